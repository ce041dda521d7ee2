//! Why two numbers differ. No two of these reasons hold at once, so their order does not matter.

use super::{Reason, texts::digits_are_transposed};
use bigdecimal::{BigDecimal, RoundingMode};
use std::{cmp::Ordering, str::FromStr};

/// A point that moved further is not one that slipped.
const FURTHEST: u64 = 9;

/// The reason that holds.
pub fn reason(one: &str, other: &str) -> Option<Reason> {
    let (a, b) = (Number::read(one)?, Number::read(other)?);
    if a.magnitude == b.magnitude && a.negative != b.negative {
        Some(Reason::Sign)
    } else if a.is_scaled(&b) {
        Some(Reason::Scale)
    } else if is_rounded(&a, &b, one, other) {
        Some(Reason::Rounding)
    } else if digits_are_transposed(one, other) {
        Some(Reason::TransposedDigits)
    } else {
        None
    }
}

/// Canonical text of a number, taken apart.
struct Number<'a> {
    negative: bool,
    /// The text without its sign.
    magnitude: &'a str,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Number<'a> {
    /// None where it is not canonical text of a number: ours may hold anything.
    fn read(text: &'a str) -> Option<Self> {
        let magnitude = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = match magnitude.split_once('.') {
            // A point with nothing or with zeros at the end is no canonical text.
            Some((_, fraction)) if fraction.is_empty() || fraction.ends_with('0') => return None,
            Some(parts) => parts,
            None => (magnitude, ""),
        };
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let padded = whole.starts_with('0') && whole != "0";
        let fits = digits(whole) && digits(fraction) && !whole.is_empty() && !padded && text != "-0";
        fits.then_some(Self { negative: magnitude.len() < text.len(), magnitude, whole, fraction })
    }

    /// The digits between the zeros at both ends, and the power of ten of the last of them; none of 0.
    fn significant(&self) -> Option<(String, i64)> {
        let digits = format!("{}{}", self.whole, self.fraction);
        let ended = digits.trim_end_matches('0');
        let zeros = i64::try_from(digits.len() - ended.len()).ok()?;
        let power = zeros - i64::try_from(self.fraction.len()).ok()?;
        let digits = ended.trim_start_matches('0');
        (!digits.is_empty()).then(|| (digits.to_owned(), power))
    }

    fn is_scaled(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (self.significant(), other.significant()) else { return false };
        self.negative == other.negative && a.0 == b.0 && (1..=FURTHEST).contains(&a.1.abs_diff(b.1))
    }
}

/// The one with fewer decimals is the other one rounded to them: half up (away from zero), half to
/// even (which gives one of the other two), or cut off. To round to more decimals than are left would give nothing else: those would be
/// zeros, which canonical text does not write.
fn is_rounded(a: &Number<'_>, b: &Number<'_>, one: &str, other: &str) -> bool {
    let (rounded, exact, decimals) = match a.fraction.len().cmp(&b.fraction.len()) {
        Ordering::Less => (one, other, a.fraction.len()),
        Ordering::Equal => return false,
        Ordering::Greater => (other, one, b.fraction.len()),
    };
    let (Ok(rounded), Ok(exact)) = (BigDecimal::from_str(rounded), BigDecimal::from_str(exact)) else {
        return false;
    };
    let Ok(decimals) = i64::try_from(decimals) else { return false };
    [RoundingMode::HalfUp, RoundingMode::Down]
        .into_iter()
        .any(|mode| exact.with_scale_round(decimals, mode) == rounded)
}
