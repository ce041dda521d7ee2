//! What a file is, from its first bytes: its encoding (byte order mark, then declaration; XML 1.0
//! appendix F), or the reason why it is no XML at all, by name.

#[cfg(test)]
mod tests;

use super::{
    labels::{Charset, charset},
    markup::is_space,
};
use crate::{
    convert::location::Location,
    error::{Code, Error, Result, excerpt, printable},
};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// As many bytes are looked at.
pub(super) const HEAD: usize = 4096;

/// How to read the file.
#[derive(Debug)]
pub(super) struct Sniffed {
    /// Transcode from it; `None`: UTF-8, which is read as it stands.
    pub encoding: Option<&'static Encoding>,
    /// The declaration says ASCII, so bytes above 127 are invalid.
    pub ascii: bool,
    /// The declaration names a part of ISO 8859, of which `encoding` is the superset of Windows: the bytes 0x80 to 0x9F are
    /// control characters.
    pub iso: bool,
    /// What to warn of where such bytes occur.
    pub controls: Option<String>,
    /// Length of the byte order mark.
    pub mark: usize,
    /// For the summary.
    pub warnings: Vec<String>,
}

/// Judges `head`, the first bytes of the file (all of them if it is short).
pub(super) fn judge(name: &str, head: &[u8]) -> Result<Sniffed> {
    let shown = printable(name);
    let start = Location { name, line: 1, byte: 0 };
    if head.is_empty() {
        return Err(start.refused(Code::FileEmpty, "the file is empty (0 bytes)"));
    }
    refuse_packed(&start, head)?;
    refuse_signed(&start, head)?;
    if head.iter().all(|&b| b == 0) {
        return Err(start
            .refused(Code::FileEmpty, "the file begins with nothing but NUL bytes")
            .with_hint("it was probably cut short while it was copied: fetch it again"));
    }
    if let [0, 0, 0xfe, 0xff, ..] | [0xff, 0xfe, 0, 0, ..] | [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] = head
    {
        return Err(unknown_encoding(&start, "UTF-32"));
    }
    if head.starts_with(b"\x4c\x6f\xa7\x94") {
        return Err(unknown_encoding(&start, "EBCDIC"));
    }
    let mut sniffed = byte_order(head);
    let plain: Vec<u8> = head[sniffed.mark..].iter().copied().filter(|&b| b != 0).collect();
    let content = plain.trim_ascii_start();
    refuse_other_formats(&start, content, head.len() >= HEAD)?;
    if content.len() < plain.len() && content.starts_with(b"<?xml") {
        sniffed
            .warnings
            .push(format!("{shown}: white space stands before the XML declaration; it was skipped"));
    }
    let label = declared_label(&start, content, head.len() >= HEAD)?;
    if let Some(label) = label {
        declared(&start, &label, &mut sniffed)?;
    }
    if sniffed.mark == 3 {
        sniffed.warnings.push(format!("{shown}: begins with a UTF-8 byte order mark; it was skipped"));
    }
    Ok(sniffed)
}

fn byte_order(head: &[u8]) -> Sniffed {
    let (encoding, mark) = match head {
        [0xef, 0xbb, 0xbf, ..] => (None, 3),
        [0xff, 0xfe, ..] => (Some(UTF_16LE), 2),
        [0xfe, 0xff, ..] => (Some(UTF_16BE), 2),
        [b'<', 0, ..] => (Some(UTF_16LE), 0),
        [0, b'<', ..] => (Some(UTF_16BE), 0),
        _ => (None, 0),
    };
    Sniffed { encoding, ascii: false, iso: false, controls: None, mark, warnings: Vec::new() }
}

/// gzip, zstd and zip are unpacked before the converter sees the document: here they are packed twice.
fn refuse_packed(start: &Location<'_>, head: &[u8]) -> Result<()> {
    const PACKED: [(&[u8], &str); 12] = [
        (b"\x1f\x8b", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"\x1f\x9d", "compress"),
        (b"LZIP", "lzip"),
        (b"Rar!\x1a\x07", "rar"),
        (b"MSCF", "cab"),
    ];
    let tar = head.get(257..262) == Some(b"ustar");
    let kind = match PACKED.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, kind)) => kind,
        None if tar => "tar",
        None => return Ok(()),
    };
    if matches!(kind, "gzip" | "zip" | "zstd") {
        return Err(start
            .refused(
                Code::OtherPacking,
                format!("this is a compressed file ({kind}) within a compressed file, not XML"),
            )
            .with_hint(
                "one layer is unpacked and no more: unpack it first, or ask the sender to pack it once",
            ));
    }
    Err(start.refused(Code::OtherPacking, format!("this is a compressed file ({kind}), not XML")))
}

/// A signed or encrypted envelope (CMS, PKCS #7: RFC 5652), as DER, PEM or plain base64: the document lies within it.
fn refuse_signed(start: &Location<'_>, head: &[u8]) -> Result<()> {
    /// The object identifier 1.2.840.113549.1.7, which its kinds share.
    const PKCS7: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
    /// The same in base64, by how many bytes of length stand before it.
    const BASE64: [&[u8]; 3] = [b"KoZIhvcNAQc", b"CSqGSIb3DQEH", b"BgkqhkiG9w0BBw"];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begin = |bytes: usize| &text[..text.len().min(bytes)];
    let holds = |part: &[u8], bytes: usize| begin(bytes).windows(part.len()).any(|found| found == part);
    let pem = [&b"-----BEGIN PKCS7"[..], b"-----BEGIN CMS"].iter().any(|line| text.starts_with(line));
    let hint = if pem {
        "take the document out of it first: openssl smime -verify -noverify -inform PEM -in FILE -out FILE.xml"
    } else if head.first() == Some(&0x30)
        && head[..head.len().min(24)].windows(PKCS7.len()).any(|found| found == PKCS7)
    {
        "take the document out of it first: openssl smime -verify -noverify -inform DER -in FILE -out FILE.xml"
    } else if text.starts_with(b"MI") && BASE64.iter().any(|part| holds(part, 40)) {
        "take the document out of it first: base64 -d FILE | openssl smime -verify -noverify -inform DER -out FILE.xml"
    } else {
        return Ok(());
    };
    let what = "this is a signed envelope (CMS, like .p7m), not XML: the document lies within it";
    Err(start.refused(Code::NotXml, what).with_hint(hint))
}

/// `content` is what follows white space; `long`: more follows it.
fn refuse_other_formats(start: &Location<'_>, content: &[u8], long: bool) -> Result<()> {
    let begins =
        |text: &str| content.get(..text.len()).is_some_and(|b| b.eq_ignore_ascii_case(text.as_bytes()));
    let refused = |code, what: &str| Err(start.refused(code, what));
    let other = |what: &str, hint: &'static str| Err(start.refused(Code::NotXml, what).with_hint(hint));
    if content.is_empty() && long {
        other("the file begins with 4096 bytes of white space", "check that this is the right file")
    } else if content.is_empty() {
        refused(Code::FileEmpty, "the file holds nothing but white space")
    } else if begins("<!doctype html") || begins("<html") {
        refused(Code::HtmlPage, "this is an HTML page, not XML data")
    } else if begins("OFXHEADER:") {
        other(
            "this is OFX 1.x, which is SGML and not XML",
            "ask for OFX 2.x, or convert the file (its tags have no end tags) first",
        )
    } else if begins("<SEC-DOCUMENT>") || begins("<SUBMISSION>") || begins("-----BEGIN") {
        other(
            "this is an EDGAR container (SGML), not one XML document",
            "extract the XML document (between <XML> and </XML>) from it first",
        )
    } else if begins("{1:") || begins(":20:") {
        other(
            "this is a SWIFT MT message, not XML",
            "ask the sender for the ISO 20022 message (MX, like camt.053)",
        )
    } else if begins("{") || begins("[") {
        refused(Code::NotXml, "this is JSON, not XML")
    } else if begins("%PDF-") {
        refused(Code::NotXml, "this is a PDF document, not XML")
    } else if content.starts_with(b"\xd0\xcf\x11\xe0") {
        refused(Code::NotXml, "this is an old Office document, not XML")
    } else if begins("<") {
        Ok(())
    } else if let Some(what) = delimited(content) {
        refused(Code::NotXml, what)
    } else {
        other("this is not XML: it does not begin with `<`", "check that this is the right file")
    }
}

/// Text whose first lines have the same number of the same delimiter, as CSV has.
fn delimited(content: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(content);
    let mut lines = text.lines();
    let (first, second) = (lines.next()?, lines.next()?);
    let count = |line: &str, delimiter| line.matches(delimiter).count();
    let same = |delimiter| count(first, delimiter) > 0 && count(first, delimiter) == count(second, delimiter);
    [';', ',', '\t', '|']
        .into_iter()
        .any(same)
        .then_some("this is delimited text like CSV, not XML: it does not begin with `<`")
}

/// Applies the encoding that the XML declaration names.
fn declared(start: &Location<'_>, label: &str, sniffed: &mut Sniffed) -> Result<()> {
    let Some(charset) = charset(label) else {
        return Err(unknown_encoding(start, label));
    };
    let (name, shown) = (printable(start.name), excerpt(label));
    if sniffed.mark > 0 || sniffed.encoding.is_some() {
        // The byte order (by its mark, or by the zero bytes) outranks the declaration.
        let found = sniffed.encoding.unwrap_or(UTF_8);
        // `UTF-16` names both orders, and so does the label's encoding.
        let either = charset == Charset::Of(UTF_16LE) && !label.to_ascii_lowercase().ends_with("le");
        if charset != Charset::Of(found) && !(either && found == UTF_16BE) {
            let found = found.name();
            sniffed
                .warnings
                .push(format!("{name}: declares {shown}, but its bytes are {found}; it was read as such"));
        }
        return Ok(());
    }
    match charset {
        Charset::Ascii => sniffed.ascii = true,
        Charset::Of(encoding) if encoding == UTF_8 => {}
        Charset::Of(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => sniffed
            .warnings
            .push(format!("{name}: declares {shown}, but its bytes are not UTF-16; it was read as UTF-8")),
        Charset::Of(encoding) if !encoding.is_ascii_compatible() || encoding == encoding_rs::REPLACEMENT => {
            return Err(unknown_encoding(start, label));
        }
        Charset::Of(encoding) => sniffed.encoding = Some(encoding),
        Charset::Iso(encoding) => {
            sniffed.encoding = Some(encoding);
            sniffed.iso = true;
            sniffed.controls = Some(format!(
                "declares {shown}, and holds control characters between U+0080 and U+009F; {} was probably meant, or UTF-8",
                encoding.name()
            ));
        }
    }
    Ok(())
}

fn unknown_encoding(start: &Location<'_>, label: &str) -> Error {
    start.refused(Code::UnknownEncoding, format!("the encoding {:?} is not supported", excerpt(label)))
}

/// The value of the declaration's `encoding`; `long`: more follows `content`.
fn declared_label(start: &Location<'_>, content: &[u8], long: bool) -> Result<Option<String>> {
    const BEGIN: &[u8] = b"<?xml";
    let end = content.windows(2).position(|pair| pair == b"?>");
    let begins = match content.strip_prefix(BEGIN) {
        Some(rest) => rest.first().is_none_or(|byte| is_space(char::from(*byte))),
        None => BEGIN.starts_with(content),
    };
    if begins && long && end.is_none() {
        let what = format!("the XML declaration does not end within the first {HEAD} bytes");
        return Err(start
            .refused(Code::NotWellFormed, what)
            .with_hint("check that this is the right file; a declaration has less than 100 bytes"));
    }
    Ok(end.and_then(|end| label(&content[..end])))
}

/// The encoding that a declaration without its end names. `<?xml-stylesheet` begins none.
fn label(declaration: &[u8]) -> Option<String> {
    let rest = std::str::from_utf8(declaration).ok()?.strip_prefix("<?xml")?;
    rest.starts_with(is_space).then_some(())?;
    let after = &rest[rest.find("encoding")? + "encoding".len()..];
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(|label| label.trim().to_owned())
}
