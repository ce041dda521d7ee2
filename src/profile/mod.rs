//! What a document is made of: the tree of its names, how often each occurs in its parent and in which
//! order, and what its values look like. Read once, in bounded memory; several files add up.
//!
//! Knows no feed and no database. `infer` makes a feed of it, `drift` compares it with one.

mod codes;
mod collect;
pub mod drift;
mod facts;
mod forms;
mod nodes;
#[cfg(test)]
mod tests;
mod values;

pub use facts::{ANY, CONTEXT};
pub use forms::{DateFormat, FORMATS, Form, Recognizer};
pub use nodes::{DOCUMENT, NodeId, Profile};
pub use values::Values;
