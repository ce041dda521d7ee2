//! Canonical decimal text as exact numbers, and back.

use bigdecimal::{BigDecimal, Zero};
use std::str::FromStr;

/// The number that a text of ours counts as. Ours may hold anything; what is not a canonical number counts as nothing, as
/// it does in the database's own sum, which the account compares this with.
pub fn counted(text: &str) -> BigDecimal {
    number(text).unwrap_or_else(BigDecimal::zero)
}

/// A text without exponent as a number, where it is one.
pub fn number(text: &str) -> Option<BigDecimal> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.');
    if plain { BigDecimal::from_str(text).ok() } else { None }
}

/// Its text in the summary.
pub fn text(number: &BigDecimal) -> String {
    if number.is_zero() { "0".into() } else { number.normalized().to_plain_string() }
}
