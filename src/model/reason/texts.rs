//! Why two texts differ.

use super::Reason;
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

/// Equally long, and different in exactly two characters side by side, which are swapped digits.
pub fn digits_are_transposed(one: &str, other: &str) -> bool {
    let mut pairs = one.chars().zip(other.chars()).skip_while(|(a, b)| a == b);
    let (Some(first), Some(second)) = (pairs.next(), pairs.next()) else { return false };
    let swapped = first.0 == second.1 && first.1 == second.0;
    let digits = first.0.is_ascii_digit() && first.1.is_ascii_digit();
    // Of two ASCII digits on either side, the rest is equally long where it is equal.
    swapped && digits && one.len() == other.len() && pairs.all(|(a, b)| a == b)
}
