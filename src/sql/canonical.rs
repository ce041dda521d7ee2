//! The canonical text of our values: one inline expression per type, in each server's file.
//!
//! It must give the same bytes as `convert::canonical` gives for theirs; the property test over random
//! rows holds the two together. Never wrapped in a SQL function: that is an order of magnitude slower.

use super::Dialect;
use crate::{feed::Kind, model::Family};

/// The canonical text of expression `x`, never NULL: no value is the empty text.
pub fn canonical(dialect: Dialect, kind: &Kind, family: Family, x: &str) -> String {
    format!("COALESCE({}, '')", dialect.canonical(kind, family, x))
}
