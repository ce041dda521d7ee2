//! What a file is, from its first bytes: its encoding (byte order mark, then declaration; XML 1.0
//! appendix F), or the reason why it is no XML at all, by name.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_xml_is_refused_by_name() {
        let tar = [&[b'a'; 257][..], b"ustar"].concat();
        for (head, expected) in [
            (&b""[..], "0 bytes"),
            (b" \n", "white space"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"PK\x03\x04", "zip"),
            (b"\x28\xb5\x2f\xfd", "zstd"),
            (b"BZh91AY", "bzip2"),
            (b"\xfd7zXZ\x00", "(xz)"),
            (b"7z\xbc\xaf\x27\x1c", "(7z)"),
            (b"Rar!\x1a\x07\x01", "(rar)"),
            (&tar, "(tar)"),
            (b"\0\0\0\0", "NUL"),
            (b"\x4c\x6f\xa7\x94\x93", "EBCDIC"),
            (b"\0\0\0<", "UTF-32"),
            (b"\xff\xfe\0\0<\0\0\0", "UTF-32"),
            (&[b' '; HEAD], "4096 bytes of white space"),
            (b"%PDF-1.7", "PDF"),
            (b"\xd0\xcf\x11\xe0\xa1", "Office"),
            (b"{1:F01BANK", "SWIFT MT"),
            (b":20:START", "SWIFT MT"),
            (b"id;amount\na;1\n", "like CSV"),
            (b"\n<SEC-DOCUMENT>0001", "EDGAR"),
            (b"\n\nOFXHEADER:100", "OFX 1.x"),
            (b"\n<!DOCTYPE HTML>", "HTML"),
            (b"<html lang='en'>", "HTML"),
            (b"{\"error\":1}", "JSON"),
            (b"[1]", "JSON"),
            (b"OFXHEADER:100\r\n", "OFX 1.x"),
            (b"<SEC-DOCUMENT>0001", "EDGAR"),
            (b"-----BEGIN PRIVACY", "EDGAR"),
            (b"-----BEGIN PKCS7-----\nMII", "signed envelope"),
            (b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0", "signed envelope"),
            (b"0\x82\x1f\x0a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0", "signed envelope"),
            (b"MIAGCSqGSIb3DQEHAqCAMIACAQExDzAN", "signed envelope"),
            (b"MIIfCgYJKoZIhvcNAQcCoIIe+zCCHvcC", "signed envelope"),
            (b"MIMBCgEGCSqGSIb3DQEHAqCAMIACAQEx", "signed envelope"),
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
    fn no_declaration_loses_its_encoding() {
        let declaration = |before: usize, within: usize| {
            let (before, within) = ("\n".repeat(before), " ".repeat(within));
            format!(
                "{before}<?xml version='1.0'{within} encoding='windows-1252'?><a>{}</a>",
                "x".repeat(HEAD)
            )
        };
        for (before, within) in [(0, 4000), (4000, 0)] {
            let head = &declaration(before, within).into_bytes()[..HEAD];
            let found = judge("x", head).unwrap().encoding.map(Encoding::name);
            assert_eq!(found, Some("windows-1252"), "{before} {within}");
        }
        for (before, within) in [(0, 5000), (0, HEAD - 44), (4060, 0), (HEAD - 1, 0), (HEAD - 3, 0)] {
            let head = &declaration(before, within).into_bytes()[..HEAD];
            let error = judge("x", head).unwrap_err().to_string();
            assert!(error.contains("does not end within the first 4096 bytes"), "{error}");
        }
        let wide: Vec<u8> =
            declaration(0, 5000).encode_utf16().flat_map(u16::to_le_bytes).take(HEAD).collect();
        assert!(judge("x", &wide).is_err());
        let instruction = b"<?xml-stylesheet href='x' encoding='windows-1252'?><a/>";
        assert!(judge("x", instruction).unwrap().encoding.is_none());
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
        for n in (1..=11).chain(13..=16) {
            let declaration = format!("<?xml version='1.0' encoding='ISO-8859-{n}'?><a/>");
            assert!(of(declaration.as_bytes()).is_some(), "{declaration}");
        }
        for n in 1250..=1258 {
            let declaration = format!("<?xml version='1.0' encoding='Windows-{n}'?><a/>");
            assert_eq!(of(declaration.as_bytes()), Some(format!("windows-{n}").as_str()));
        }
    }

    #[test]
    fn a_declaration_that_contradicts_the_bytes_is_a_warning() {
        let wide = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        let declared = |label: &str| format!("\u{feff}<?xml version='1.0' encoding='{label}'?><a/>");
        for (head, warnings) in [
            (declared("UTF-8").into_bytes(), vec!["begins with a UTF-8 byte order mark"]),
            (
                declared("ISO-8859-1").into_bytes(),
                vec!["declares ISO-8859-1, but its bytes are UTF-8", "mark"],
            ),
            (wide(&declared("UTF-16"), u16::to_be_bytes), vec![]),
            (wide(&declared("utf-16"), u16::to_le_bytes), vec![]),
            (
                wide(&declared("UTF-16LE"), u16::to_be_bytes),
                vec!["declares UTF-16LE, but its bytes are UTF-16BE"],
            ),
            (wide(&declared("UTF-8"), u16::to_le_bytes), vec!["declares UTF-8, but its bytes are UTF-16LE"]),
            (
                wide(&declared("UTF-8")[3..], u16::to_le_bytes),
                vec!["declares UTF-8, but its bytes are UTF-16LE"],
            ),
        ] {
            let found = judge("x", &head).unwrap().warnings;
            assert_eq!(found.len(), warnings.len(), "{found:?}");
            assert!(found.iter().zip(warnings).all(|(found, part)| found.contains(part)), "{found:?}");
        }
    }
}
