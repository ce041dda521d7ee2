//! What one row set takes of a document: it hears the document's events, remembers what its paths match, and makes
//! canonical rows of its row elements. Knows nothing of the syntax that the events come from.
//!
//! - `extraction`: which elements are remembered, where rows begin and end
//! - `element`, `records`: a row element that has ended, and the records that it gives
//! - `decide`: which records are rows
//! - `values`, `numbers`, `noted`, `codes`, `buffers`, `bad`: one column of one record
//! - `parents`: an element in which rows could stand and none does
//! - `first_pass`, `found`, `lookup`, `entries`, `retractions`: what has to be known before the first row
//! - `positions`: elements that must follow others, of this file or of one before
//! - `controls`, `declared`, `tally`, `judge`, `totals`, `sums`, `empty`: what the document must add up to

mod bad;
mod buffers;
mod codes;
mod controls;
mod decide;
mod declared;
mod element;
mod empty;
mod entries;
mod extraction;
mod first_pass;
mod found;
mod judge;
mod lookup;
mod noted;
mod numbers;
mod parents;
mod positions;
mod records;
mod retractions;
mod sums;
mod tally;
mod totals;
mod values;

pub use empty::refuse as refuse_empty;
pub(super) use extraction::{Extraction, Taking};
pub(super) use first_pass::first_pass;
pub(super) use lookup::entries_feed;
pub(super) use positions::{PositionGroup, PositionReader, position_groups};
pub(super) use records::Records;
