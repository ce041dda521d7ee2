//! What a file is, by its first bytes.

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
        format!("{before}<?xml version='1.0'{within} encoding='windows-1252'?><a>{}</a>", "x".repeat(HEAD))
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
    let wide: Vec<u8> = declaration(0, 5000).encode_utf16().flat_map(u16::to_le_bytes).take(HEAD).collect();
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
    let wide =
        |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(order).collect() };
    let declared = |label: &str| format!("\u{feff}<?xml version='1.0' encoding='{label}'?><a/>");
    for (head, warnings) in [
        (declared("UTF-8").into_bytes(), vec!["begins with a UTF-8 byte order mark"]),
        (declared("ISO-8859-1").into_bytes(), vec!["declares ISO-8859-1, but its bytes are UTF-8", "mark"]),
        (wide(&declared("UTF-16"), u16::to_be_bytes), vec![]),
        (wide(&declared("utf-16"), u16::to_le_bytes), vec![]),
        (
            wide(&declared("UTF-16LE"), u16::to_be_bytes),
            vec!["declares UTF-16LE, but its bytes are UTF-16BE"],
        ),
        (wide(&declared("UTF-8"), u16::to_le_bytes), vec!["declares UTF-8, but its bytes are UTF-16LE"]),
        (wide(&declared("UTF-8")[3..], u16::to_le_bytes), vec!["declares UTF-8, but its bytes are UTF-16LE"]),
    ] {
        let found = judge("x", &head).unwrap().warnings;
        assert_eq!(found.len(), warnings.len(), "{found:?}");
        assert!(found.iter().zip(warnings).all(|(found, part)| found.contains(part)), "{found:?}");
    }
}
