//! The words that everything else speaks: what was converted, what became of it and why, what ours looks like, and the
//! summary of a run. Plain data; it imports nothing of this crate but errors.

pub mod checksum;
mod converted;
pub mod currency;
mod ours;
mod outcome;
mod reason;
mod result_row;
pub mod row_id;
mod run_id;
mod summary;

pub use converted::{Chunk, ControlOutcome, Converted, FilteredBy, GroupTotal, Reject, WHERE, chunk_name};
pub use ours::{Correctable, FILTERED, Family, OurColumn, OurField, OurTable, OursShape, Parameters};
pub use outcome::Outcome;
pub use reason::{Reason, add_reasons, reason};
pub use result_row::{ResultRow, Side};
pub use run_id::{FeedName, MAX_FEED_NAME, RunId, in_feed_name};
pub use summary::{
    Absorbed, ColumnSummary, ControlSummary, CountLine, Counts, DatabaseSummary, FileSummary, Suggestions,
    Summary, TotalSummary, Verdict,
};
