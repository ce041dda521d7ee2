//! What has to be known of a document before its first row.

use super::{entries::Entries, retractions::TakenBack};
use crate::convert::paths::LateValues;

/// What the passes before the conversion found for one row set.
#[derive(Default)]
pub(in crate::convert) struct FoundFirst {
    /// Values that stand after their rows.
    pub late: LateValues,
    /// Per look-up of the feed.
    pub lookups: Vec<Entries>,
    /// Per retraction of the feed.
    pub taken_back: Vec<TakenBack>,
}
