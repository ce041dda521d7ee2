//! A document → rows → chunked CSV and rejects. Knows no database, no clock, nothing asynchronous.
//!
//! One pass in constant memory: only ancestors' values and the current row are held. Only what a feed declares to
//! stand after its rows, and look-ups, take a pass before it. Every value is rewritten into canonical text (see
//! `canonical`) so that nothing that reaches the database can be coerced by it, and every row gets its SHA-256.
//!
//! The rooms, each of which knows only those before it:
//! - `location`, `offset`, `document`, `events`: where something stands, what is read, and what a document tells
//! - `cost`: what a conversion may write and hold
//! - `paths`: what a feed's paths match
//! - `chunks`: rows to CSV
//! - `rows`: what one row set takes of a document's events
//! - `xml`: bytes to checked events; the only one that knows what the document was written in, and none of the above
//!   but the first line
//! - `controls`: what the documents of a run say of themselves, together
//! - `job`: the passes, which is where all of them meet

mod chunks;
mod controls;
mod cost;
mod document;
mod events;
mod job;
mod location;
mod offset;
mod paths;
mod rows;
#[cfg(test)]
mod tests;
mod xml;

pub use chunks::{ChunkFolder, Destination, RowSet, Sink};
pub use controls::{controls_over_files, told_of_controls};
pub use document::{Document, Progress};
pub use events::{Attribute, Events};
pub use job::{convert, convert_file, parameters};
pub use location::Location;
pub use rows::refuse_empty;
pub use xml::{Scanned, scan};
