//! What a file is, from its first bytes: its encoding (byte order mark, then declaration; XML 1.0
//! appendix F), or the reason why it is no XML at all, by name.

use super::place::Place;
use crate::error::{Error, Result, printable};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1252, WINDOWS_1254};

/// As many bytes are looked at.
pub(super) const HEAD: usize = 4096;

/// How to read the file.
#[derive(Debug)]
pub(super) struct Verdict {
    /// Transcode from it; `None`: UTF-8, which is read as it stands.
    pub encoding: Option<&'static Encoding>,
    /// The declaration says ASCII, so bytes above 127 are invalid.
    pub ascii: bool,
    /// The declaration names an ISO 8859 part that is read as its Windows superset.
    pub superset: Option<String>,
    /// Length of the byte order mark.
    pub mark: usize,
    /// For the summary.
    pub warnings: Vec<String>,
}

/// Judges `head`, the first bytes of the file (all of them if it is short).
pub(super) fn judge(name: &str, head: &[u8]) -> Result<Verdict> {
    let shown = printable(name);
    let start = Place { name, line: 1, byte: 0 };
    if head.is_empty() {
        return Err(start.refused(
            "the file is empty (0 bytes)",
            "fetch it again, or ask the sender: an empty file usually means a failed export",
        ));
    }
    refuse_packed(&start, head)?;
    let mut verdict = byte_order(head);
    let plain: Vec<u8> = head[verdict.mark..].iter().copied().filter(|&b| b != 0).collect();
    let content = plain.trim_ascii_start();
    refuse_other_formats(&start, content)?;
    if content.len() < plain.len() && content.starts_with(b"<?xml") {
        verdict
            .warnings
            .push(format!("{shown}: white space stands before the XML declaration; it was skipped"));
    }
    if verdict.encoding.is_none() {
        declared(&start, content, &mut verdict)?;
    }
    if verdict.mark == 3 {
        verdict.warnings.push(format!("{shown}: begins with a UTF-8 byte order mark; it was skipped"));
    }
    Ok(verdict)
}

fn byte_order(head: &[u8]) -> Verdict {
    let (encoding, mark) = match head {
        [0xef, 0xbb, 0xbf, ..] => (None, 3),
        [0xff, 0xfe, ..] => (Some(UTF_16LE), 2),
        [0xfe, 0xff, ..] => (Some(UTF_16BE), 2),
        [b'<', 0, ..] => (Some(UTF_16LE), 0),
        [0, b'<', ..] => (Some(UTF_16BE), 0),
        _ => (None, 0),
    };
    Verdict { encoding, ascii: false, superset: None, mark, warnings: Vec::new() }
}

fn refuse_packed(start: &Place<'_>, head: &[u8]) -> Result<()> {
    const PACKED: [(&[u8], &str); 6] = [
        (b"\x1f\x8b", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
    ];
    match PACKED.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, kind)) => Err(start.refused(
            format!("this is a compressed file ({kind}), not XML"),
            "it is compressed; unpack it first",
        )),
        None => Ok(()),
    }
}

fn refuse_other_formats(start: &Place<'_>, content: &[u8]) -> Result<()> {
    let begins =
        |text: &str| content.get(..text.len()).is_some_and(|b| b.eq_ignore_ascii_case(text.as_bytes()));
    let (what, hint) = if content.is_empty() {
        ("the file holds nothing but white space", "fetch it again, or ask the sender")
    } else if begins("<!doctype html") || begins("<html") {
        (
            "this is an HTML page, not XML data",
            "the server probably sent an error or log-in page instead of the file: fetch it again",
        )
    } else if begins("OFXHEADER:") {
        (
            "this is OFX 1.x, which is SGML and not XML",
            "ask for OFX 2.x, or convert the file (its tags have no end tags) first",
        )
    } else if begins("<SEC-DOCUMENT>") || begins("<SUBMISSION>") || begins("-----BEGIN") {
        (
            "this is an EDGAR container (SGML), not one XML document",
            "extract the XML document (between <XML> and </XML>) from it first",
        )
    } else if begins("{") || begins("[") {
        ("this is JSON, not XML", "ask the sender for XML; tieout reads nothing else")
    } else if begins("<") {
        return Ok(());
    } else {
        ("this is not XML: it does not begin with `<`", "check that this is the right file")
    };
    Err(start.refused(what, hint))
}

/// Applies the encoding that the XML declaration names.
fn declared(start: &Place<'_>, content: &[u8], verdict: &mut Verdict) -> Result<()> {
    let Some(label) = declared_label(content) else { return Ok(()) };
    let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
        return Err(unknown_encoding(start, &label));
    };
    let name = label.to_ascii_lowercase();
    if verdict.mark > 0 {
        // The byte order mark outranks the declaration.
        return Ok(());
    }
    if encoding == UTF_16LE || encoding == UTF_16BE {
        verdict.warnings.push(format!(
            "{}: declares {label}, but its bytes are not UTF-16; it was read as UTF-8",
            printable(start.name)
        ));
    } else if name.contains("ascii") || name.contains("646") || name.contains("x3.4") {
        verdict.ascii = true;
    } else if encoding != UTF_8 {
        if !encoding.is_ascii_compatible() || encoding == encoding_rs::REPLACEMENT {
            return Err(unknown_encoding(start, &label));
        }
        let wider = encoding == WINDOWS_1252 || encoding == WINDOWS_1254 || encoding == WINDOWS_874;
        if wider && !name.contains("125") && !name.contains("874") {
            verdict.superset = Some(format!("declares {label}, but holds characters of {}", encoding.name()));
        }
        verdict.encoding = Some(encoding);
    }
    Ok(())
}

fn unknown_encoding(start: &Place<'_>, label: &str) -> Error {
    start.refused(
        format!("the declared encoding {:?} is not supported", super::place::excerpt(label)),
        "convert the file to UTF-8 first",
    )
}

/// The value of the declaration's `encoding`.
fn declared_label(content: &[u8]) -> Option<String> {
    let rest = content.strip_prefix(b"<?xml")?;
    let end = rest.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(&rest[..end]).ok()?;
    let after = &declaration[declaration.find("encoding")? + "encoding".len()..];
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(|label| label.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_xml_is_refused_by_name() {
        for (head, expected) in [
            (&b""[..], "0 bytes"),
            (b" \n", "white space"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"PK\x03\x04", "zip"),
            (b"\x28\xb5\x2f\xfd", "zstd"),
            (b"\n<!DOCTYPE HTML>", "HTML"),
            (b"<html lang='en'>", "HTML"),
            (b"{\"error\":1}", "JSON"),
            (b"[1]", "JSON"),
            (b"OFXHEADER:100\r\n", "OFX 1.x"),
            (b"<SEC-DOCUMENT>0001", "EDGAR"),
            (b"-----BEGIN PRIVACY", "EDGAR"),
            (b"a,b,c", "not XML"),
            (b"<?xml version='1.0' encoding='EBCDIC-CP-US'?>", "encoding"),
        ] {
            let error = judge("x.xml", head).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
            assert!(error.to_string().starts_with("x.xml: line 1, byte 0: "), "{error}");
            assert!(!error.hint().is_empty());
        }
    }

    #[test]
    fn encodings_by_mark_then_declaration() {
        let of = |head: &[u8]| judge("x", head).unwrap().encoding.map(Encoding::name);
        assert_eq!(of(b"<a/>"), None);
        assert_eq!(of(b"\xef\xbb\xbf<?xml version='1.0' encoding='windows-1252'?><a/>"), None);
        assert_eq!(of(b"\xff\xfe<\0a\0"), Some("UTF-16LE"));
        assert_eq!(of(b"\xfe\xff\0<\0a"), Some("UTF-16BE"));
        assert_eq!(of(b"<\0?\0"), Some("UTF-16LE"));
        assert_eq!(of(b"\0<\0?"), Some("UTF-16BE"));
        assert_eq!(of(b"<?xml version='1.0' encoding='WINDOWS-1251'?><a/>"), Some("windows-1251"));
        assert_eq!(of(b"\n<?xml version='1.0' encoding = \"iso-8859-15\"?><a/>"), Some("ISO-8859-15"));
        assert_eq!(of(b"<?xml version='1.0' encoding='UTF-16'?><a/>"), None);
        assert!(judge("x", b"<?xml version='1.0' encoding='US-ASCII'?><a/>").unwrap().ascii);
    }
}
