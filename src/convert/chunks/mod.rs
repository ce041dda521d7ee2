//! Canonical rows → CSV files of bounded size. Knows rows as texts, not where they were read.
//!
//! - `destination`: which row set of which file the rows are, and who receives the chunks
//! - `collect`, `block`: rows are handed over in blocks
//! - `writer`: blocks become CSV, on a thread of its own
//! - `repeats`: keys that may have occurred before

mod block;
mod collect;
mod destination;
mod repeats;
mod writer;

pub(super) use collect::Chunks;
pub use destination::{ChunkFolder, Destination, RowSet, Sink};
