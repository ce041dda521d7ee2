//! Bytes of a file → a stream of valid UTF-8 for the XML parser, with lines counted and limits kept.
//!
//! UTF-8 is validated and passed on as it stands; other encodings are transcoded. Bytes that are
//! invalid in the encoding, or characters that XML 1.0 (section 2.2) forbids, end the stream with an
//! error that names their offset: nothing is ever replaced.

mod decode;

use super::{
    Progress,
    characters::count_newlines,
    place::Place,
    sniff::{self, Verdict},
};
use crate::error::{Error, Result};
use encoding_rs::Decoder;
use std::{
    io::{self, BufRead, Read},
    path::Path,
    sync::atomic::Ordering,
};

const BLOCK: usize = 128 * 1024;

/// A decoding, counting reader. Offsets are those of the UTF-8 text; in a UTF-8 file they are the file's.
pub(super) struct Source<'a, R> {
    input: R,
    name: &'a str,
    progress: &'a Progress,
    /// For everything but UTF-8, with the bytes that it has not decoded yet.
    transcoding: Option<(Decoder, Vec<u8>)>,
    verdict: Verdict,
    /// Text is `block[..end]`; `block[end..filled]` is not validated yet.
    block: Vec<u8>,
    pos: usize,
    end: usize,
    filled: usize,
    /// Offset of `block[0]` in the text.
    base: u64,
    /// Bytes read from `input`.
    read: u64,
    at_end: bool,
    /// `newlines` is the number of line feeds before `block[counted]`.
    counted: usize,
    newlines: u64,
    /// Where the current token began.
    mark: u64,
    /// Line feeds before the mark, once its block is gone.
    mark_newlines: Option<u64>,
    /// Bytes that one token may have.
    limit: u64,
    /// `block[..stop]` is given out: up to `end`, or to where the current token is too long.
    stop: usize,
    /// What is wrong with the bytes after the text in the block.
    pending: Option<Error>,
    failure: Option<Error>,
}

impl<'a, R: Read> Source<'a, R> {
    /// Looks at the first bytes; refuses what is no XML.
    pub fn open(mut input: R, name: &'a str, progress: &'a Progress, limit: usize) -> Result<Self> {
        let mut head = vec![0; sniff::HEAD];
        let mut filled = 0;
        while filled < head.len() {
            match read_some(&mut input, &mut head[filled..]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(cause) => return Err(unreadable(name, cause)),
            }
        }
        head.truncate(filled);
        progress.bytes.fetch_add(filled as u64, Ordering::Relaxed);
        let verdict = sniff::judge(name, &head)?;
        head.drain(..verdict.mark);
        let mut source = Self {
            input,
            name,
            progress,
            transcoding: None,
            block: vec![0; BLOCK],
            pos: 0,
            end: 0,
            filled: 0,
            base: 0,
            read: filled as u64,
            at_end: false,
            counted: 0,
            newlines: 0,
            mark: 0,
            mark_newlines: None,
            limit: limit as u64,
            stop: 0,
            pending: None,
            failure: None,
            verdict,
        };
        if let Some(encoding) = source.verdict.encoding {
            source.transcoding = Some((encoding.new_decoder_without_bom_handling(), head));
        } else {
            source.base = source.verdict.mark as u64;
            source.mark = source.base;
            source.block[..head.len()].copy_from_slice(&head);
            source.filled = head.len();
        }
        Ok(source)
    }

    /// The next token begins here.
    pub fn begin_token(&mut self) {
        self.mark = self.base + self.pos as u64;
        self.mark_newlines = None;
        self.set_stop();
    }

    /// A token gets one byte more than it may have. So the limit does not depend on where blocks begin.
    #[inline]
    fn set_stop(&mut self) {
        let allowed = self.mark.saturating_add(self.limit).saturating_add(1) - self.base;
        self.stop = usize::try_from(allowed).unwrap_or(usize::MAX).min(self.end);
    }

    /// Offset of the current token.
    pub fn byte(&self) -> u64 {
        self.mark
    }

    /// Line of the current token, from 1.
    pub fn line(&mut self) -> u64 {
        let newlines = self.mark_newlines.unwrap_or_else(|| {
            // The mark lies in the current block, and counting never went past it.
            let mark = usize::try_from(self.mark - self.base).unwrap_or(self.counted);
            self.count_to(mark);
            self.newlines
        });
        newlines + 1
    }

    /// The place of the current token.
    pub fn place(&mut self) -> Place<'a> {
        Place { name: self.name, line: self.line(), byte: self.mark }
    }

    /// Everything was read.
    pub fn has_ended(&self) -> bool {
        self.at_end && self.pos == self.end
    }

    /// Bytes read from the input so far.
    pub fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Why the stream ended early.
    pub fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// What was odd about the encoding.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.verdict.warnings)
    }

    fn count_to(&mut self, pos: usize) {
        if pos > self.counted {
            self.newlines += count_newlines(&self.block[self.counted..pos]);
            self.counted = pos;
        }
    }

    #[cold]
    fn next_block(&mut self) -> io::Result<()> {
        let more = !self.at_end || self.pos < self.end || self.pending.is_some();
        if more && self.failure.is_none() {
            self.failure = self.refill().err();
        }
        if self.failure.is_some() {
            // The reason is kept here; the parser only needs to stop.
            (self.pos, self.end, self.stop) = (0, 0, 0);
            return Err(io::Error::other("refused"));
        }
        self.set_stop();
        Ok(())
    }

    /// Makes at least one more byte of text available, unless the input has ended.
    fn refill(&mut self) -> Result<()> {
        if self.mark_newlines.is_none() {
            let line = self.line();
            self.mark_newlines = Some(line - 1);
        }
        if self.base + self.pos as u64 - self.mark > self.limit {
            let limit = self.limit;
            return Err(self.place().refused(
                format!("one value or tag is longer than {limit} bytes"),
                "raise max_text under [xml] if the file is right",
            ));
        }
        self.count_to(self.end);
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        self.base += self.end as u64;
        self.block.copy_within(self.end..self.filled, 0);
        self.filled -= self.end;
        (self.pos, self.end, self.counted) = (0, 0, 0);
        if self.transcoding.is_some() {
            self.transcode()?;
        } else {
            self.validate()?;
        }
        self.check_characters()
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

    fn place_in_block(&mut self, at: usize) -> Place<'a> {
        let line = self.newlines + count_newlines(&self.block[self.counted..at]) + 1;
        Place { name: self.name, line, byte: self.base + at as u64 }
    }
}

impl<R: Read> Read for Source<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buf)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: Read> BufRead for Source<'_, R> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.pos == self.stop {
            self.next_block()?;
        }
        Ok(&self.block[self.pos..self.stop])
    }

    #[inline]
    fn consume(&mut self, amount: usize) {
        self.pos = (self.pos + amount).min(self.stop);
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

    fn read(bytes: &[u8]) -> (String, Option<Error>) {
        let progress = Progress::default();
        let mut source = match Source::open(bytes, "x.xml", &progress, 1 << 20) {
            Ok(source) => source,
            Err(error) => return (String::new(), Some(error)),
        };
        source.begin_token();
        let mut text = String::new();
        let _ = source.read_to_string(&mut text);
        (text, source.take_failure())
    }

    #[test]
    fn characters_split_over_blocks_stay_whole() {
        let text = format!("<a>{}</a>", "é€😀\n".repeat(40_000));
        assert_eq!(read(text.as_bytes()).0, text);
        let wide: Vec<u8> =
            [0xfffe_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let wide = [&[0xfe, 0xff], &wide[2..]].concat();
        assert_eq!(read(&wide).0, text);
    }

    #[test]
    fn lines_are_counted_over_blocks() {
        let text = format!("<a>{}", "12345678\n".repeat(50_000));
        let progress = Progress::default();
        let mut source = Source::open(text.as_bytes(), "x", &progress, 1 << 20).unwrap();
        let mut expected = 1;
        loop {
            source.begin_token();
            let Ok(available) = source.fill_buf() else { panic!() };
            let n = available.len().min(1000);
            if n == 0 {
                break;
            }
            let newlines = count_newlines(&available[..n]);
            source.consume(n);
            assert_eq!(source.line(), expected);
            expected += newlines;
        }
        assert_eq!(expected, 50_001);
    }

    #[test]
    fn one_token_is_bounded() {
        let progress = Progress::default();
        let endless = io::repeat(b'<');
        let mut source = Source::open(endless, "x", &progress, 1 << 20).unwrap();
        source.begin_token();
        let mut sink = Vec::new();
        assert!(source.read_to_end(&mut sink).is_err());
        assert!(source.take_failure().unwrap().to_string().contains("longer than 1048576 bytes"));
    }
}
