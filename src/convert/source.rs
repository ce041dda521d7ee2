//! Bytes of a file → valid UTF-8 text for the XML parser.
//!
//! UTF-8 is validated and passed on as it stands; other encodings are transcoded. Bytes that are
//! invalid in the encoding, or characters that XML 1.0 (section 2.2) forbids, end the text with an
//! error: nothing is ever replaced.

mod decode;

use super::{
    Progress,
    sniff::{self, Verdict},
};
use crate::error::{Error, Result};
use encoding_rs::Decoder;
use std::{
    io::{self, Read},
    path::Path,
    sync::atomic::Ordering,
};

const BLOCK: usize = 64 * 1024;

/// A decoding reader.
pub(super) struct Source<'a, R> {
    input: R,
    name: &'a str,
    progress: &'a Progress,
    /// For everything but UTF-8.
    decoder: Option<Decoder>,
    verdict: Verdict,
    /// `block[..filled]` was read and is not text yet.
    block: Vec<u8>,
    filled: usize,
    /// Bytes read from `input`.
    read: u64,
    at_end: bool,
}

/// Why there is no more text.
pub(super) enum Stop {
    /// The file has ended.
    End,
    /// What stands right after the text: what is wrong with it, and what to do.
    Here(String, &'static str),
    Failed(Error),
}

impl<'a, R: Read> Source<'a, R> {
    /// Looks at the first bytes; refuses what is no XML.
    pub fn open(mut input: R, name: &'a str, progress: &'a Progress) -> Result<Self> {
        let mut block = vec![0; BLOCK];
        let mut filled = 0;
        while filled < sniff::HEAD {
            match read_some(&mut input, &mut block[filled..sniff::HEAD]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(cause) => return Err(unreadable(name, cause)),
            }
        }
        progress.bytes.fetch_add(filled as u64, Ordering::Relaxed);
        let verdict = sniff::judge(name, &block[..filled])?;
        block.copy_within(verdict.mark..filled, 0);
        Ok(Self {
            input,
            name,
            progress,
            decoder: verdict.encoding.map(encoding_rs::Encoding::new_decoder_without_bom_handling),
            block,
            filled: filled - verdict.mark,
            read: filled as u64,
            at_end: false,
            verdict,
        })
    }

    /// The file's name in messages.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Offset of the text's first byte. Offsets are those of the UTF-8 text; in a UTF-8 file they are the file's.
    pub fn begin(&self) -> u64 {
        if self.decoder.is_some() { 0 } else { self.verdict.mark as u64 }
    }

    /// Bytes read from the input so far.
    pub fn bytes_read(&self) -> u64 {
        self.read
    }

    /// What was odd about the encoding.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.verdict.warnings)
    }

    /// Appends text until there are `wanted` bytes; after a reason to stop there is nothing more to ask for.
    ///
    /// The first thing that is wrong with a file is what it is refused for, however its bytes arrive: the text ends
    /// before it, and may be wrong itself.
    pub fn fill(&mut self, text: &mut String, wanted: usize) -> Option<Stop> {
        while text.len() < wanted {
            let start = text.len();
            let decoded = if self.decoder.is_some() { self.transcode(text) } else { self.validate(text) };
            if let Some(stop) = self.check_characters(text, start).or(decoded) {
                return Some(stop);
            }
            // The head was read before; after that, what is left here is part of one character.
            if let Err(error) = self.read_into_block() {
                return Some(Stop::Failed(error));
            }
        }
        None
    }

    fn read_into_block(&mut self) -> Result<()> {
        let n = read_some(&mut self.input, &mut self.block[self.filled..])
            .map_err(|cause| unreadable(self.name, cause))?;
        self.read += n as u64;
        self.progress.bytes.fetch_add(n as u64, Ordering::Relaxed);
        self.filled += n;
        self.at_end = n == 0;
        Ok(())
    }
}

fn read_some(input: &mut impl Read, buf: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buf) {
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// A reader that unpacks says itself why it refuses the file.
fn unreadable(name: &str, cause: io::Error) -> Error {
    Error::from_io(cause).unwrap_or_else(|cause| Error::machine("read", Path::new(name), &cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_split_over_blocks_stay_whole() {
        let text = format!("<a>{}</a>", "é€😀\n".repeat(40_000));
        let wide: Vec<u8> =
            [0xfffe_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let wide = [&[0xfe, 0xff], &wide[2..]].concat();
        for bytes in [text.as_bytes(), &wide] {
            let progress = Progress::default();
            let mut source = Source::open(bytes, "x.xml", &progress).unwrap();
            let (mut read, mut wanted) = (String::new(), 1000);
            while source.fill(&mut read, wanted).is_none() {
                assert!(read.len() >= wanted);
                wanted = read.len() + 1000;
            }
            assert_eq!(read, text);
            assert_eq!(source.bytes_read(), bytes.len() as u64);
        }
    }
}
