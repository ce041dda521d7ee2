//! Bytes of a file → valid UTF-8 text for the XML parser.
//!
//! UTF-8 is validated and passed on as it stands; other encodings are transcoded. Bytes that are
//! invalid in the encoding, or characters that XML 1.0 (section 2.2) forbids, end the text with an
//! error: nothing is ever replaced.

use super::{
    characters::forbidden,
    sniff::{self, Sniffed},
};
use crate::{
    convert::document::Progress,
    error::{Code, Error, Place, Result, printable},
};
use encoding_rs::{Decoder, DecoderResult};
use std::{
    io::{self, Read},
    path::Path,
    sync::atomic::Ordering,
};

const BLOCK: usize = 64 * 1024;

/// A decoding reader.
pub(super) struct DecodingReader<'a, R> {
    input: R,
    name: &'a str,
    progress: &'a Progress,
    /// For everything but UTF-8.
    decoder: Option<Decoder>,
    sniffed: Sniffed,
    /// `block[..filled]` was read and is not text yet.
    block: Vec<u8>,
    filled: usize,
    /// Bytes read from `input`.
    read: u64,
    at_end: bool,
}

/// Why there is no more text.
pub(super) enum TextEnd {
    /// The file has ended.
    End,
    /// What stands right after the text is wrong.
    Here {
        code: Code,
        what: String,
    },
    Failed(Error),
}

impl<'a, R: Read> DecodingReader<'a, R> {
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
        let sniffed = sniff::judge(name, &block[..filled])?;
        block.copy_within(sniffed.mark..filled, 0);
        Ok(Self {
            input,
            name,
            progress,
            decoder: sniffed.encoding.map(encoding_rs::Encoding::new_decoder_without_bom_handling),
            block,
            filled: filled - sniffed.mark,
            read: filled as u64,
            at_end: false,
            sniffed,
        })
    }

    /// The file's name in messages.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Offset of the text's first byte. Offsets are those of the UTF-8 text; in a UTF-8 file they are the file's.
    pub fn begin(&self) -> u64 {
        if self.decoder.is_some() { 0 } else { self.sniffed.mark as u64 }
    }

    /// Bytes read from the input so far.
    pub fn bytes_read(&self) -> u64 {
        self.read
    }

    /// What was odd about the encoding.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sniffed.warnings)
    }

    /// Appends text until there are `wanted` bytes; after a reason to stop there is nothing more to ask for.
    ///
    /// The first thing that is wrong with a file is what it is refused for, however its bytes arrive: the text ends
    /// before it, and may be wrong itself.
    pub fn fill(&mut self, text: &mut String, wanted: usize) -> Option<TextEnd> {
        while text.len() < wanted {
            let start = text.len();
            let decoded = if self.decoder.is_some() { self.transcode(text) } else { self.validate(text) };
            if let Some(stop) = self.check_characters(text, start).or(decoded) {
                return Some(stop);
            }
            // The head was read before; after that, what is left here is part of one character.
            if let Err(error) = self.read_into_block() {
                return Some(TextEnd::Failed(error));
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

    /// Appends what is valid UTF-8 in the block.
    fn validate(&mut self, text: &mut String) -> Option<TextEnd> {
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
            () if wrong => Some(TextEnd::Here { code: Code::InvalidBytes, what: "invalid UTF-8".into() }),
            () if self.at_end => Some(TextEnd::End),
            () => None,
        }
    }

    /// Appends what the block says in its encoding.
    fn transcode(&mut self, text: &mut String) -> Option<TextEnd> {
        let start = text.len();
        let raw = &self.block[..self.filled];
        if self.sniffed.controls.is_some() && raw.iter().copied().any(is_control) {
            let what = self.sniffed.controls.take().unwrap_or_default();
            self.sniffed.warnings.push(format!("{}: {what}", printable(self.name)));
        }
        let decoder = self.decoder.as_mut()?;
        // It would have to be longer than an address space: then the decoder says that the text is full.
        text.reserve(decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(raw.len()));
        let iso = self.sniffed.iso;
        let mut used = 0;
        let result = loop {
            let rest = &raw[used..];
            let end =
                if iso { rest.iter().copied().position(is_control) } else { None }.unwrap_or(rest.len());
            let last = self.at_end && end == rest.len();
            let (result, read) = decoder.decode_to_string_without_replacement(&rest[..end], text, last);
            used += read;
            if used == raw.len() || read < end || result != DecoderResult::InputEmpty {
                break result;
            }
            // The same number in both.
            text.push(char::from(raw[used]));
            used += 1;
        };
        let unread = (raw.len() - used) as u64;
        let name = decoder.encoding().name();
        let undefined = !iso && name.starts_with("windows-") && raw[..used].iter().copied().any(is_control);
        self.block.copy_within(used..self.filled, 0);
        self.filled -= used;
        // Bytes that Windows gives no letter come as control characters.
        if undefined && let Some(at) = text[start..].find(|c| matches!(c, '\u{80}'..='\u{9f}')) {
            text.truncate(start + at);
            return Some(TextEnd::Here {
                code: Code::InvalidBytes,
                what: format!("a byte that is not valid {name}"),
            });
        }
        match result {
            DecoderResult::Malformed(bad, after) => {
                let at = self.read - unread - u64::from(bad) - u64::from(after);
                let place = Place { byte: Some(at), ..Place::file(self.name) };
                let what = format!("{}: byte {at} of the file is not valid {name}", place.file);
                Some(TextEnd::Failed(Error::new(Code::InvalidBytes, what).about(place)))
            }
            DecoderResult::InputEmpty if self.at_end => Some(TextEnd::End),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => None,
        }
    }

    /// Ends the text before the first character of `text[start..]` that may not be there.
    fn check_characters(&self, text: &mut String, start: usize) -> Option<TextEnd> {
        let mut stop = None;
        if self.sniffed.ascii
            && let Some(at) = text.as_bytes()[start..].iter().position(|b| !b.is_ascii())
        {
            text.truncate(start + at);
            stop = Some(TextEnd::Here {
                code: Code::InvalidBytes,
                what: "invalid ASCII, which the file declares".into(),
            });
        }
        if let Some(at) = forbidden(&text.as_bytes()[start..]) {
            let point = text[start + at..].chars().next().map_or(0, u32::from);
            text.truncate(start + at);
            stop = Some(TextEnd::Here {
                code: Code::ForbiddenCharacter,
                what: format!("the character U+{point:04X} is forbidden in XML"),
            });
        }
        stop
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

/// Whether a part of ISO 8859 has a control character there.
fn is_control(byte: u8) -> bool {
    (0x80..0xa0).contains(&byte)
}

/// A reader that unpacks says itself why it refuses the file.
fn unreadable(name: &str, cause: io::Error) -> Error {
    Error::from_io(cause).unwrap_or_else(|cause| Error::machine("read", Path::new(name), cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, Vec<String>, bool) {
        let progress = Progress::default();
        let mut source = DecodingReader::open(bytes, "x.xml", &progress).unwrap();
        let mut text = String::new();
        let end = loop {
            let wanted = text.len() + 1000;
            if let Some(end) = source.fill(&mut text, wanted) {
                break end;
            }
        };
        (text, source.take_warnings(), matches!(end, TextEnd::End))
    }

    #[test]
    fn parts_of_iso_8859_are_themselves() {
        let of = |label: &str, content: &[u8]| {
            decoded(&[format!("<?xml version='1.0' encoding='{label}'?><a>").as_bytes(), content].concat())
        };
        let all: Vec<u8> = (0xa0..=0xff).cycle().take(200_000).collect();
        let mixed: Vec<u8> = (0x80..=0xff).cycle().take(200_000).collect();
        for (label, windows) in [("ISO-8859-1", "windows-1252"), ("ISO-8859-9", "windows-1254")] {
            let (text, warnings, whole) = of(label, &mixed);
            let (letters, _, _) = of(windows, &all);
            let above = |text: &str| text.chars().filter(|c| *c > '\u{9f}').take(96).collect::<String>();
            assert_eq!(above(&text), above(&letters), "{label}");
            let controls: Vec<u32> =
                text.chars().map(u32::from).filter(|c| (0x80..0xa0).contains(c)).take(32).collect();
            assert_eq!(controls, (0x80..0xa0).collect::<Vec<_>>(), "{label}");
            assert_eq!(text.chars().filter(|c| !c.is_ascii()).count(), 200_000);
            let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
            assert!(warning.contains(&format!("{windows} was probably meant")), "{warning}");
            assert!(whole);
        }
        assert!(of("latin1", b"\xe9</a>").1.is_empty());
        assert_eq!(of("ISO-8859-1", b"\x80").0.chars().last(), Some('\u{80}'));
        assert_eq!(of("cp1252", b"\x80").0.chars().last(), Some('€'));
        for undefined in [b"a\x81", b"a\x8d", b"a\x8f", b"a\x90", b"a\x9d"] {
            let (text, _, whole) = of("windows-1252", undefined);
            assert!(text.ends_with("<a>a") && !whole, "{undefined:?}: {text}");
        }
        assert!(of("windows-1252", b"\x80\x9f\xff</a>").2);
        assert_eq!(of("ISO-8859-11", b"\x85\xa1").0.chars().last(), Some('ก'));
        let (text, _, whole) = of("ISO-8859-11", b"\x85\xa1\xdb\xa2");
        assert!(text.ends_with("<a>\u{85}ก") && !whole, "0xDB is no letter: {text}");
    }

    #[test]
    fn characters_split_over_blocks_stay_whole() {
        let text = format!("<a>{}</a>", "é€😀\n".repeat(40_000));
        let wide: Vec<u8> =
            [0xfffe_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let wide = [&[0xfe, 0xff], &wide[2..]].concat();
        for bytes in [text.as_bytes(), &wide] {
            let progress = Progress::default();
            let mut source = DecodingReader::open(bytes, "x.xml", &progress).unwrap();
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
