//! What becomes of the bytes of a block: they are checked as UTF-8 or decoded, and characters that XML forbids end the text.

use super::{Source, Stop};
use crate::{convert::characters::forbidden, error::Error};
use encoding_rs::DecoderResult;
use std::io::Read;

const ENCODING_HINT: &str = "the file is damaged, or its XML declaration names the wrong encoding: ask the sender, or convert it to UTF-8";

impl<R: Read> Source<'_, R> {
    /// Appends what is valid UTF-8 in the block.
    pub(super) fn validate(&mut self, text: &mut String) -> Option<Stop> {
        let block = &self.block[..self.filled];
        let (valid, wrong) = match std::str::from_utf8(block) {
            Ok(valid) => (valid, false),
            Err(error) => {
                let valid = std::str::from_utf8(&block[..error.valid_up_to()]).unwrap_or_default();
                (valid, error.error_len().is_some() || self.at_end)
            }
        };
        text.push_str(valid);
        let used = valid.len();
        self.block.copy_within(used..self.filled, 0);
        self.filled -= used;
        match () {
            () if wrong => Some(Stop::Here("invalid UTF-8".into(), ENCODING_HINT)),
            () if self.at_end => Some(Stop::End),
            () => None,
        }
    }

    /// Appends what the block says in its encoding.
    pub(super) fn transcode(&mut self, text: &mut String) -> Option<Stop> {
        let raw = &self.block[..self.filled];
        if self.verdict.superset.is_some() && raw.iter().any(|b| (0x80..0xa0).contains(b)) {
            let what = self.verdict.superset.take().unwrap_or_default();
            let name = crate::error::printable(self.name);
            self.verdict.warnings.push(format!("{name}: {what}, and was read as such"));
        }
        let decoder = self.decoder.as_mut()?;
        // It would have to be longer than an address space: then the decoder says that the text is full.
        text.reserve(decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(raw.len()));
        let (result, used) = decoder.decode_to_string_without_replacement(raw, text, self.at_end);
        let unread = (raw.len() - used) as u64;
        let name = decoder.encoding().name();
        self.block.copy_within(used..self.filled, 0);
        self.filled -= used;
        match result {
            DecoderResult::Malformed(bad, after) => {
                let at = self.read - unread - u64::from(bad) - u64::from(after);
                let file = crate::error::printable(self.name);
                let what = format!("{file}: byte {at} of the file is not valid {name}");
                Some(Stop::Failed(Error::refused(what, ENCODING_HINT)))
            }
            DecoderResult::InputEmpty if self.at_end => Some(Stop::End),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => None,
        }
    }

    /// Ends the text before the first character of `text[start..]` that may not be there.
    pub(super) fn check_characters(&self, text: &mut String, start: usize) -> Option<Stop> {
        let mut stop = None;
        if self.verdict.ascii
            && let Some(at) = text.as_bytes()[start..].iter().position(|b| !b.is_ascii())
        {
            text.truncate(start + at);
            stop = Some(Stop::Here("invalid ASCII, which the file declares".into(), ENCODING_HINT));
        }
        if let Some(at) = forbidden(&text.as_bytes()[start..]) {
            let code = text[start + at..].chars().next().map_or(0, u32::from);
            text.truncate(start + at);
            stop = Some(Stop::Here(
                format!("the character U+{code:04X} is forbidden in XML"),
                "the file is damaged or binary: fetch it again, or ask the sender",
            ));
        }
        stop
    }
}
