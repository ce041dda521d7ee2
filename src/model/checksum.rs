//! The row's checksum: SHA-256 over the canonical texts of its fields, joined by U+001F.
//!
//! The encoding is injective without any escaping: no XML and no feed can hold U+001F, so theirs has
//! exactly one separator between two fields, and `('ab','c')` and `('a','bc')` differ. A row of ours that
//! holds the character has more separators, so it equals no row of theirs (and is refused when its
//! fields are needed). A field without a value is empty, which no value is.

use sha2::{Digest, Sha256};

/// Stands between two fields: U+001F, the unit separator.
pub const SEPARATOR: u8 = 0x1f;

/// What a server writes instead of an encoded row of ours that it cannot hold: longer than its `max_allowed_packet`.
pub const OVERSIZE: &str = "~?";

/// The encoding of a whole row.
pub fn encode<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = String::new();
    for (n, field) in fields.into_iter().enumerate() {
        if n > 0 {
            row.push(char::from(SEPARATOR));
        }
        row.push_str(field);
    }
    row
}

/// The fields of an encoded row.
#[must_use]
pub fn decode(row: &str) -> Vec<String> {
    row.split(char::from(SEPARATOR)).map(str::to_owned).collect()
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    push_hex(bytes, &mut out);
    out.into_iter().map(char::from).collect()
}

/// Appends bytes in lower-case hex.
pub fn push_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifted_fields_differ() {
        assert_ne!(encode(["ab", "c"]), encode(["a", "bc"]));
        assert_ne!(encode(["a|b", "c"]), encode(["a", "b|c"]));
        assert_ne!(encode(["", "NULL"]), encode(["NULL", ""]));
    }

    #[test]
    fn decoding_gives_the_fields_back() {
        for fields in [vec!["a~p|b", "", "~~", "|", "é"], vec![""]] {
            assert_eq!(decode(&encode(fields.iter().copied())), fields);
        }
    }
}
