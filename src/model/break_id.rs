//! What a break is known by in every run, and a fingerprint of its values.

use super::{ResultRow, checksum};

/// Gives breaks their ids, in the order of the results.
#[derive(Debug, Default)]
pub struct BreakIds {
    last: (String, u64),
}

impl BreakIds {
    /// The same in every run: a digest of feed, key and kind; the n-th break of a kind within one key gets the n-th id.
    pub fn next(&mut self, feed: &str, row: &ResultRow) -> String {
        let subject = format!("{feed}\n{}\n{}", row.key_text, row.outcome.name());
        let nth = if self.last.0 == subject { self.last.1 + 1 } else { 1 };
        let digest = checksum::sha256_hex(format!("{subject}\n{nth}").as_bytes());
        self.last = (subject, nth);
        digest[..32].to_owned()
    }
}

/// Whether a text is the id of a break.
#[must_use]
pub fn is_break_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// SHA-256 of the compared values of both sides. A change of a column that is only carried along is none of the break.
#[must_use]
pub fn fingerprint(row: &ResultRow, compared: impl Fn(usize) -> bool) -> String {
    let sides = [&row.theirs, &row.ours].into_iter().flatten();
    let fields = sides.flat_map(|side| side.fields.iter().enumerate().filter(|(n, _)| compared(*n)));
    checksum::sha256_hex(checksum::encode(fields.map(|(_, text)| text.as_str())).as_bytes())
}
