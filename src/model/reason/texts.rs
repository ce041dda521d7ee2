//! Why two texts differ.

use super::{Reason, digits_are_transposed};
use unicode_normalization::UnicodeNormalization;

/// A beginning of at least so many characters is a cut-off text, however long the whole one is.
const CLEARLY_CUT: usize = 4;

/// The first reason that holds.
pub fn reason(one: &str, other: &str) -> Option<Reason> {
    if one.nfc().eq(other.nfc()) {
        Some(Reason::UnicodeForm)
    } else if one.to_lowercase() == other.to_lowercase() {
        Some(Reason::Case)
    } else if without_spaces(one).eq(without_spaces(other)) {
        Some(Reason::Whitespace)
    } else if is_truncated(one, other) {
        Some(Reason::Truncated)
    } else if digits_are_transposed(one, other) {
        Some(Reason::TransposedDigits)
    } else {
        None
    }
}

/// Without characters that have the Unicode property `White_Space`.
fn without_spaces(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}

/// One is the beginning of the other: at least four characters of it, or at least half of it.
fn is_truncated(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let (kept, all) = (short.chars().count(), long.chars().count());
    long.starts_with(short) && kept < all && kept > 0 && (kept >= CLEARLY_CUT || kept * 2 >= all)
}
