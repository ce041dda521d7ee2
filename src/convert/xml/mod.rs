//! The bytes of an XML document → checked events. Knows no feed but its `[xml]`, and nothing of rows.
//!
//! - `scan`: the entry, and the two threads
//! - `decode`, `sniff`, `labels`, `characters`: bytes become text
//! - `tokens`, `window`: text becomes tokens
//! - `walk`, `markup`, `namespaces`, `doctype`, `refusal`: what a document may hold, and what it says

mod characters;
mod decode;
mod doctype;
mod labels;
mod markup;
mod namespaces;
mod refusal;
mod scan;
mod sniff;
mod tokens;
mod walk;
mod window;

pub use scan::{Scanned, scan};
