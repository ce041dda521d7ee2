//! What becomes of the bytes of a block: they are checked as UTF-8 or decoded, and characters that XML forbids end the text.

use super::{BLOCK, Source, read_some, unreadable};
use crate::{
    convert::characters::forbidden,
    error::{Error, Result},
};
use encoding_rs::DecoderResult;
use std::{io::Read, sync::atomic::Ordering};

const ENCODING_HINT: &str = "the file is damaged, or its XML declaration names the wrong encoding: ask the sender, or convert it to UTF-8";

impl<R: Read> Source<'_, R> {
    pub(super) fn validate(&mut self) -> Result<()> {
        // The head was read before; after that, what is left here is part of one character.
        let mut fresh = self.filled < 4;
        while self.end == 0 && !self.at_end {
            if fresh {
                self.read_into_block()?;
            }
            fresh = true;
            match std::str::from_utf8(&self.block[..self.filled]) {
                Ok(_) => self.end = self.filled,
                Err(error) if error.error_len().is_none() && !self.at_end => self.end = error.valid_up_to(),
                Err(error) => {
                    let at = error.valid_up_to();
                    let error = self.invalid(at, "UTF-8");
                    self.cut(at, error)?;
                }
            }
        }
        if self.verdict.ascii
            && let Some(at) = self.block[..self.end].iter().position(|b| !b.is_ascii())
        {
            let error = self.invalid(at, "ASCII, which the file declares");
            self.cut(at, error)?;
        }
        Ok(())
    }

    /// The text ends at `block[at]` because of `error`, which is told when everything before it has been read: the first
    /// thing that is wrong with a file is what it is refused for, however its bytes arrive.
    fn cut(&mut self, at: usize, error: Error) -> Result<()> {
        if at == 0 {
            return Err(error);
        }
        (self.end, self.pending) = (at, Some(error));
        Ok(())
    }

    pub(super) fn transcode(&mut self) -> Result<()> {
        let Some((mut decoder, mut raw)) = self.transcoding.take() else { return Ok(()) };
        let mut done = false;
        while self.end == 0 && !done {
            if raw.is_empty() {
                raw.resize(BLOCK / 4, 0);
                let n = read_some(&mut self.input, &mut raw).map_err(|cause| unreadable(self.name, cause))?;
                raw.truncate(n);
                self.read += n as u64;
                self.progress.bytes.fetch_add(n as u64, Ordering::Relaxed);
                self.at_end = n == 0;
                done = self.at_end;
            }
            if self.verdict.superset.is_some() && raw.iter().any(|b| (0x80..0xa0).contains(b)) {
                let what = self.verdict.superset.take().unwrap_or_default();
                let name = crate::error::printable(self.name);
                self.verdict.warnings.push(format!("{name}: {what}, and was read as such"));
            }
            let name = decoder.encoding().name();
            let (result, used, written) =
                decoder.decode_to_utf8_without_replacement(&raw, &mut self.block, done);
            let unread = (raw.len() - used) as u64;
            raw.drain(..used);
            if let DecoderResult::Malformed(bad, after) = result {
                let at = self.read - unread - u64::from(bad) - u64::from(after);
                let file = crate::error::printable(self.name);
                let what = format!("{file}: byte {at} of the file is not valid {name}");
                self.cut(written, Error::refused(what, ENCODING_HINT))?;
            }
            self.end = written;
        }
        self.filled = self.end;
        self.transcoding = Some((decoder, raw));
        Ok(())
    }

    fn invalid(&mut self, at: usize, what: &str) -> Error {
        self.place_in_block(at).refused(format!("invalid {what}"), ENCODING_HINT)
    }

    pub(super) fn check_characters(&mut self) -> Result<()> {
        let Some(at) = forbidden(&self.block[..self.end]) else { return Ok(()) };
        let code = match self.block[at] {
            0xef => 0xff40 + u32::from(self.block[at + 2]),
            control => u32::from(control),
        };
        let error = self.place_in_block(at).refused(
            format!("the character U+{code:04X} is forbidden in XML"),
            "the file is damaged or binary: fetch it again, or ask the sender",
        );
        self.cut(at, error)
    }
}
