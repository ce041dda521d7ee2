//! Canonical decimal text as exact numbers, and back.

use bigdecimal::{BigDecimal, Zero};
use std::str::FromStr;

/// The number that a text of ours counts as. Ours may hold anything; what is not a canonical number counts as nothing, as
/// it does in the database's own sum, which the account compares this with.
pub fn counted(text: &str) -> BigDecimal {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.');
    let number = if plain { BigDecimal::from_str(text).ok() } else { None };
    number.unwrap_or_else(BigDecimal::zero)
}

/// Its text in the summary.
pub fn text(number: &BigDecimal) -> String {
    if number.is_zero() { "0".into() } else { number.normalized().to_plain_string() }
}
