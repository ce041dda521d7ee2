//! Reads a document without rows: every name and value in document order, with the refusals of a
//! conversion. For what looks at a file before there is a feed, or beside it.

use super::{Progress, source::Source, walk::Walker};
use crate::{error::Result, feed::Xml};
use std::io::Read;

/// Hears what a document holds, in order. Names are local: without their prefix.
pub trait Visit {
    /// An element begins.
    fn start(&mut self, name: &str);
    /// An attribute of the element that has just begun, with its prefix apart; namespace declarations are left out.
    fn attribute(&mut self, prefix: &str, name: &str, value: &str);
    /// A piece of the innermost element's text, with references resolved.
    fn text(&mut self, piece: &str);
    /// The innermost element ends.
    fn end(&mut self);
}

/// Reads the whole document; gives the number of bytes that it had.
///
/// # Errors
/// `Refused` as a conversion with this `[xml]` would.
pub fn outline(
    input: impl Read + Send,
    name: &str,
    xml: &Xml,
    progress: &Progress,
    visit: &mut dyn Visit,
) -> Result<u64> {
    let source = Source::open(input, name, progress)?;
    Ok(Walker::new(xml, Vec::new(), name).visited(visit).run(source)?.bytes)
}
