//! The row's checksum: SHA-256 over an injective encoding of canonical text.
//!
//! Encoding of one row: the fields joined by `|`; in a field `~` becomes `~~` and `|` becomes `~p`.
//! A field without a value is empty, which no value is (an empty text *is* "no value"), so
//! `('ab','c')` and `('a','bc')` differ, and so do no value and the text `NULL`. Databases build the
//! same bytes with two nested `replace()` calls (`sql/`).

use sha2::{Digest, Sha256};

/// Appends `field` to `row` in its escaped form, without a separator.
pub fn escape_into(row: &mut Vec<u8>, field: &[u8]) {
    for &byte in field {
        match byte {
            b'~' => row.extend_from_slice(b"~~"),
            b'|' => row.extend_from_slice(b"~p"),
            _ => row.push(byte),
        }
    }
}

/// The encoding of a whole row.
pub fn encode<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = Vec::new();
    for (n, field) in fields.into_iter().enumerate() {
        if n > 0 {
            row.push(b'|');
        }
        escape_into(&mut row, field.as_bytes());
    }
    // Only ASCII bytes were added between whole UTF-8 strings.
    String::from_utf8(row).unwrap_or_default()
}

/// The fields of an encoded row, as they were before `encode`.
#[must_use]
pub fn decode(row: &str) -> Vec<String> {
    row.split('|').map(unescape).collect()
}

fn unescape(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        match c {
            '~' => out.push(if chars.next() == Some('p') { '|' } else { '~' }),
            _ => out.push(c),
        }
    }
    out
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifted_fields_differ() {
        assert_ne!(encode(["ab", "c"]), encode(["a", "bc"]));
        assert_ne!(encode(["a|b", "c"]), encode(["a", "b|c"]));
        assert_ne!(encode(["a~", "pc"]), encode(["a", "~pc"]));
        assert_ne!(encode(["", "NULL"]), encode(["NULL", ""]));
    }

    #[test]
    fn decoding_gives_the_fields_back() {
        for fields in [vec!["a~p|b", "", "~~", "|", "é"], vec![""]] {
            assert_eq!(decode(&encode(fields.iter().copied())), fields);
        }
    }
}
