//! The room's entry: a whole document, read on two threads. The first makes text and tokens of bytes, the caller's
//! checks them and tells what they say.

use super::{
    decode::DecodingReader,
    tokens::{self, Tokens},
    walk::Walker,
};
use crate::{
    convert::{document::Progress, events::Events},
    error::{Error, Result},
    feed::Xml,
};
use std::{
    io::Read,
    sync::mpsc::{channel, sync_channel},
    thread,
};

/// What is known of a document that was read to its end.
#[derive(Debug)]
pub struct Scanned {
    /// Bytes read.
    pub bytes: u64,
    /// What was odd about the document itself.
    pub warnings: Vec<String>,
}

/// Reads a whole XML document and tells `events` what it holds. `name` is the file's in messages; `xml` says what the
/// document must be and how large its parts may be.
///
/// # Errors
/// `Refused` where it is not well-formed or not what `xml` says; what `events` fail with; `Machine` where it cannot be read.
pub fn scan<R: Read + Send>(
    input: R,
    name: &str,
    xml: &Xml,
    progress: &Progress,
    events: &mut impl Events,
) -> Result<Scanned> {
    let text = DecodingReader::open(input, name, progress)?;
    let tokens = Tokens::new(text, xml.limits.text);
    thread::scope(|scope| {
        let (windows, received) = sync_channel(tokens::WAITING);
        let (back, emptied) = channel();
        thread::Builder::new()
            .name("tokens".into())
            .spawn_scoped(scope, move || tokens.run(&windows, &emptied))
            .map_err(|cause| Error::machine("start a thread for", "tokens".as_ref(), cause))?;
        let ended = Walker::new(xml, events, name).walk(received, &back)?;
        Ok(Scanned { bytes: ended.bytes, warnings: ended.warnings })
    })
}
