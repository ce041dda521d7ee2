//! Names of encodings: those of the IANA registry of character sets and those of the Encoding Standard, in any letter case.
//!
//! The Encoding Standard reads ISO-8859-1, -9 and -11 as windows-1252, -1254 and -874. Here each is itself: XML allows the
//! control characters U+0080 to U+009F, and only the names of Windows mean letters there.

use encoding_rs::{Encoding, WINDOWS_874, WINDOWS_1252, WINDOWS_1254};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Bytes above 127 are invalid.
    Ascii,
    /// An ISO 8859 part: as this encoding of Windows, but for the control characters 0x80 to 0x9F.
    Iso(&'static Encoding),
    /// This encoding.
    Of(&'static Encoding),
}

const ASCII: [&str; 12] = [
    "us-ascii",
    "ascii",
    "usascii",
    "ansi_x3.4-1968",
    "ansi_x3.4-1986",
    "iso-ir-6",
    "iso_646.irv:1991",
    "iso646-us",
    "us",
    "ibm367",
    "cp367",
    "csascii",
];

/// Names that the Encoding Standard lacks, behind the one that it has.
const FURTHER: [(&str, &[&str]); 30] = [
    ("utf-8", &["csutf8"]),
    ("utf-16", &["csutf16"]),
    ("utf-16le", &["csutf16le"]),
    ("utf-16be", &["csutf16be"]),
    ("iso-8859-1", &["latin-1"]),
    ("iso-8859-6", &["iso_8859-6-e", "iso_8859-6-i"]),
    ("iso-8859-8", &["iso_8859-8-e"]),
    ("iso-8859-8-i", &["iso_8859-8-i"]),
    ("iso-8859-10", &["iso_8859-10", "iso_8859-10:1992"]),
    ("iso-8859-11", &["cstis620", "iso_8859-11", "iso_8859-11:2001"]),
    ("iso-8859-13", &["csiso885913", "iso_8859-13", "latin7", "l7"]),
    (
        "iso-8859-14",
        &["iso-ir-199", "iso_8859-14:1998", "iso_8859-14", "latin8", "iso-celtic", "l8", "csiso885914"],
    ),
    ("iso-8859-15", &["latin-9", "latin9", "csiso885915"]),
    ("iso-8859-16", &["iso-ir-226", "iso_8859-16:2001", "iso_8859-16", "latin10", "l10", "csiso885916"]),
    ("gbk", &["cp936", "ms936", "windows-936", "csgbk"]),
    ("gb18030", &["csgb18030"]),
    ("big5", &["csbig5hkscs"]),
    ("euc-jp", &["extended_unix_code_packed_format_for_japanese"]),
    ("shift_jis", &["cswindows31j"]),
    ("koi8-u", &["cskoi8u"]),
    ("windows-874", &["cswindows874"]),
    ("windows-1250", &["cswindows1250"]),
    ("windows-1251", &["cswindows1251"]),
    ("windows-1252", &["cswindows1252"]),
    ("windows-1253", &["cswindows1253"]),
    ("windows-1254", &["cswindows1254"]),
    ("windows-1255", &["cswindows1255"]),
    ("windows-1256", &["cswindows1256"]),
    ("windows-1257", &["cswindows1257"]),
    ("windows-1258", &["cswindows1258"]),
];

/// What the name stands for; `None`: nothing that can be read.
pub(super) fn charset(label: &str) -> Option<Charset> {
    let label = label.trim().to_ascii_lowercase();
    if ASCII.contains(&label.as_str()) {
        return Some(Charset::Ascii);
    }
    // Java's names of the parts of ISO 8859.
    let label = label.strip_prefix("iso8859_").map_or(label.clone(), |part| format!("iso-8859-{part}"));
    let known =
        FURTHER.iter().find(|(_, further)| further.contains(&label.as_str())).map(|(known, _)| *known);
    let encoding = Encoding::for_label(known.unwrap_or(&label).as_bytes())?;
    let wider = [WINDOWS_1252, WINDOWS_1254, WINDOWS_874].contains(&encoding);
    let of_windows = ["windows", "cswindows", "cp1252", "cp1254", "x-cp", "dos-874"];
    let own = of_windows.iter().any(|prefix| label.starts_with(prefix));
    Some(if wider && !own { Charset::Iso(encoding) } else { Charset::Of(encoding) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{
        BIG5, EUC_JP, EUC_KR, GB18030, GBK, IBM866, ISO_8859_2, ISO_8859_10, ISO_8859_14, ISO_8859_15,
        ISO_8859_16, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250,
        WINDOWS_1258,
    };

    #[test]
    fn names_of_the_registry_are_known() {
        for label in
            ["US-ASCII", "USASCII", "ANSI_X3.4-1968", "ISO646-US", "us", "IBM367", "csASCII", " ascii "]
        {
            assert_eq!(charset(label), Some(Charset::Ascii), "{label}");
        }
        for (labels, encoding) in [
            (
                "ISO_8859-1:1987 iso-ir-100 ISO_8859-1 ISO-8859-1 latin1 l1 IBM819 CP819 csISOLatin1 ISO8859_1 latin-1",
                WINDOWS_1252,
            ),
            ("ISO_8859-9:1989 iso-ir-148 ISO_8859-9 ISO-8859-9 latin5 l5 csISOLatin5", WINDOWS_1254),
            ("ISO-8859-11 TIS-620 csTIS620", WINDOWS_874),
        ] {
            for label in labels.split(' ') {
                assert_eq!(charset(label), Some(Charset::Iso(encoding)), "{label}");
            }
        }
        for (labels, encoding) in [
            ("windows-1252 cswindows1252 cp1252 x-cp1252", WINDOWS_1252),
            ("windows-1254 cswindows1254 CP1254", WINDOWS_1254),
            ("windows-874 cswindows874", WINDOWS_874),
            ("windows-1250 cswindows1250 cp1250", WINDOWS_1250),
            ("windows-1258 cswindows1258", WINDOWS_1258),
            ("ISO_8859-2:1987 iso-ir-101 ISO_8859-2 ISO-8859-2 latin2 l2 csISOLatin2 ISO8859_2", ISO_8859_2),
            ("ISO-8859-10 iso-ir-157 l6 ISO_8859-10:1992 csISOLatin6 latin6", ISO_8859_10),
            (
                "ISO-8859-14 iso-ir-199 ISO_8859-14:1998 ISO_8859-14 latin8 iso-celtic l8 csISO885914",
                ISO_8859_14,
            ),
            ("ISO-8859-15 ISO_8859-15 Latin-9 csISO885915", ISO_8859_15),
            ("ISO-8859-16 iso-ir-226 ISO_8859-16:2001 ISO_8859-16 latin10 l10 csISO885916", ISO_8859_16),
            ("UTF-8 csUTF8 utf8", UTF_8),
            ("UTF-16 csUTF16 csUnicode ISO-10646-UCS-2 UTF-16LE csUTF16LE", UTF_16LE),
            ("UTF-16BE csUTF16BE", UTF_16BE),
            ("GBK CP936 MS936 windows-936 csGBK GB2312 csGB2312", GBK),
            ("GB18030 csGB18030", GB18030),
            ("Big5 csBig5 Big5-HKSCS csBig5HKSCS", BIG5),
            ("EUC-JP Extended_UNIX_Code_Packed_Format_for_Japanese csEUCPkdFmtJapanese", EUC_JP),
            ("EUC-KR csEUCKR KS_C_5601-1987 korean", EUC_KR),
            ("Shift_JIS MS_Kanji csShiftJIS Windows-31J csWindows31J", SHIFT_JIS),
            ("KOI8-R csKOI8R", KOI8_R),
            ("KOI8-U csKOI8U", KOI8_U),
            ("IBM866 cp866 866 csIBM866", IBM866),
            ("macintosh mac csMacintosh", MACINTOSH),
        ] {
            for label in labels.split(' ') {
                assert_eq!(charset(label), Some(Charset::Of(encoding)), "{label}");
            }
        }
        for label in
            ["IBM037", "ebcdic-cp-us", "EBCDIC-US", "cp500", "UTF-7", "UTF-32", "IBM850", "latin", ""]
        {
            assert_eq!(charset(label), None, "{label}");
        }
    }
}
