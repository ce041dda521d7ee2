//! Exact numbers of any length: no exponent, no `+`, no leading or trailing zeros, `-0` is `0`.

#[cfg(test)]
mod tests;

use super::Refusal;
use bigdecimal::{BigDecimal, num_bigint::BigInt};
use std::str::FromStr;

/// More digits than this are refused: no ledger holds them, and they are a way to burn time.
const MAX_DIGITS: usize = 1000;

/// The minus of typography, which some programs write.
const MINUS: char = '\u{2212}';

/// A quotient has to end within this many decimals.
const MAX_QUOTIENT_SCALE: i64 = 40;

/// Appends a whole number.
///
/// # Errors
/// The text is not a whole number.
pub fn integer(text: &str, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || !only_digits(digits) {
        return Err(not_a_number(text, "a whole number"));
    }
    if digits.len() > MAX_DIGITS {
        return Err("has more than 1000 digits".into());
    }
    push(negative, digits, "", out);
    Ok(())
}

/// Appends a decimal.
///
/// # Errors
/// The text is not a decimal.
pub fn decimal(text: &str, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let (negative, digits) = split_sign(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 || !only_digits(whole) || !only_digits(fraction) {
        return Err(not_a_number(text, "a decimal number"));
    }
    if whole.len() + fraction.len() > MAX_DIGITS {
        return Err("has more than 1000 digits".into());
    }
    push(negative, whole, fraction, out);
    Ok(())
}

/// Which sign stands before the decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DecimalSign {
    /// `1234.5`; nothing groups digits.
    #[default]
    Point,
    /// `1.234,5`; points or blanks group digits.
    Comma,
    /// Whatever the number itself shows beyond doubt.
    Auto,
}

/// What [`decimal`] and [`integer`] read, made of a number that is written with this sign.
///
/// Groups must have three digits each: `1.5` with a decimal comma is refused, because it would silently become 15.
///
/// # Errors
/// The text is not such a number.
pub fn to_point(text: &str, sign: DecimalSign, out: &mut String) -> Result<(), Refusal> {
    let (negative, digits) = split_sign(text);
    let (at, refused) = match sign {
        DecimalSign::Point => {
            out.push_str(text);
            return Ok(());
        }
        DecimalSign::Comma => (digits.find(','), "is not a number with a decimal comma"),
        DecimalSign::Auto => (decimal_sign(digits)?, "is not a number, or its groups of digits are uneven"),
    };
    let (whole, fraction) = at.map_or((digits, None), |at| (&digits[..at], Some(&digits[at + 1..])));
    let groups: &[char] = match sign {
        DecimalSign::Auto => &['.', ',', ' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}'],
        _ => &['.', ' ', '\u{a0}', '\u{202f}'],
    };
    if negative {
        out.push('-');
    }
    // `0.123` was meant with a decimal point; where a decimal comma or another group follows, it is padded.
    let point_was_meant = match sign {
        DecimalSign::Comma => {
            fraction.is_none() && whole.starts_with("0.") && whole.matches('.').count() == 1
        }
        _ => whole.strip_prefix('0').is_some_and(|rest| rest.starts_with(groups)),
    };
    if point_was_meant {
        return Err(refused.into());
    }
    ungroup(whole, groups, out).ok_or(refused)?;
    if let Some(fraction) = fraction {
        if !only_digits(fraction) {
            return Err(refused.into());
        }
        out.push('.');
        out.push_str(fraction);
    }
    Ok(())
}

/// Where the decimal sign stands; `None`: the number has no decimals. Both signs: the last of them. One sign once: it,
/// unless three digits behind it could be a group. One sign several times groups digits.
fn decimal_sign(digits: &str) -> Result<Option<usize>, Refusal> {
    let Some(at) = digits.rfind(['.', ',']) else { return Ok(None) };
    let (whole, fraction) = (&digits[..at], &digits[at + 1..]);
    let same = digits.as_bytes()[at];
    let other = if same == b'.' { ',' } else { '.' };
    if whole.contains(other) {
        return Ok(Some(at));
    }
    if whole.contains(char::from(same)) {
        return Ok(None);
    }
    // A blank or an apostrophe groups the digits already.
    if fraction.len() != 3 || whole.is_empty() || whole == "0" || !only_digits(whole) {
        return Ok(Some(at));
    }
    Err("could have three decimals or a group of three digits: set decimal to \"point\" or \"comma\"".into())
}

/// Appends the digits without what stands between groups of three of them.
fn ungroup(whole: &str, groups: &[char], out: &mut String) -> Option<()> {
    let separator = whole.chars().find(|c| groups.contains(c));
    let Some(separator) = separator else {
        out.push_str(whole);
        return only_digits(whole).then_some(());
    };
    for (n, group) in whole.split(separator).enumerate() {
        let fits = if n == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        if !fits || !only_digits(group) {
            return None;
        }
        out.push_str(group);
    }
    Some(())
}

fn only_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The number that a text begins with, and the code behind it: `100.00 DR` is `100.00` and `DR`.
#[must_use]
pub fn split_code(text: &str) -> (&str, &str) {
    let digits = text.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
    let behind = text[digits..].trim_start_matches(['.', ',', '-', MINUS]);
    (text[..text.len() - behind.len()].trim_end(), behind.trim())
}

/// Negates canonical text in place from `start` on.
///
/// # Errors
/// The number is negative already, and `negates` is not set: a sign code and a minus contradict each other or
/// cancel out, and nobody can tell which.
pub fn negate(out: &mut Vec<u8>, start: usize, negates: bool) -> Result<(), Refusal> {
    match out[start..] {
        [b'-', ..] if negates => {
            out.remove(start);
            Ok(())
        }
        [b'-', ..] => Err("is negative already, and its sign code makes it negative".into()),
        [b'0'] => Ok(()),
        _ => {
            out.insert(start, b'-');
            Ok(())
        }
    }
}

/// Multiplies (or divides) canonical text in place from `start` on by the canonical `factor`.
///
/// # Errors
/// A division by zero, or one that does not end within 40 decimals.
pub fn scale(out: &mut Vec<u8>, start: usize, factor: &str, divide: bool) -> Result<(), Refusal> {
    let parse = |text: &str| BigDecimal::from_str(text).map_err(|_| Refusal::from("is not a number"));
    let number = parse(std::str::from_utf8(&out[start..]).unwrap_or_default())?;
    let factor = parse(factor)?;
    let result = if divide { quotient(&number, &factor)? } else { number * factor };
    out.truncate(start);
    decimal(&result.to_plain_string(), out)
}

fn quotient(number: &BigDecimal, divisor: &BigDecimal) -> Result<BigDecimal, Refusal> {
    let (number, number_scale) = number.as_bigint_and_exponent();
    let (divisor, divisor_scale) = divisor.as_bigint_and_exponent();
    let zero = BigInt::from(0);
    if divisor == zero {
        return Err("is to be divided by zero".into());
    }
    // number·10^-a ÷ divisor·10^-b, with enough decimals that an exact result leaves no remainder.
    let shift = MAX_QUOTIENT_SCALE + (divisor_scale - number_scale).abs();
    let power = u32::try_from(shift).map_err(|_| Refusal::from("cannot be divided exactly"))?;
    let dividend = number * BigInt::from(10).pow(power);
    let result = &dividend / &divisor;
    if &result * &divisor != dividend {
        return Err("cannot be divided exactly within 40 decimals".into());
    }
    let result = BigDecimal::new(result, shift + number_scale - divisor_scale).normalized();
    if result.as_bigint_and_exponent().1 > MAX_QUOTIENT_SCALE {
        return Err("cannot be divided exactly within 40 decimals".into());
    }
    Ok(result)
}

/// Canonical text of a sum.
#[must_use]
pub fn of_big(number: &BigDecimal) -> String {
    let mut out = Vec::new();
    // A plain string of a decimal is a decimal; one of more than 1000 digits stays as it is.
    if decimal(&number.to_plain_string(), &mut out).is_err() {
        return number.to_plain_string();
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Whether the number is negative, and the text without its sign. A minus may stand behind the number instead.
fn split_sign(text: &str) -> (bool, &str) {
    if let Some(rest) = text.strip_prefix(['-', MINUS]) {
        return (true, rest);
    }
    if let Some(rest) = text.strip_prefix('+') {
        return (false, rest);
    }
    text.strip_suffix(['-', MINUS]).map_or((false, text), |rest| (true, rest))
}

fn push(negative: bool, whole: &str, fraction: &str, out: &mut Vec<u8>) {
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if negative && !(whole.is_empty() && fraction.is_empty()) {
        out.push(b'-');
    }
    out.extend_from_slice(if whole.is_empty() { b"0" } else { whole.as_bytes() });
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    }
}

fn not_a_number(text: &str, wanted: &str) -> Refusal {
    let exponent = text.contains(['e', 'E']) && text.starts_with(|c: char| "+-.0123456789".contains(c));
    if exponent {
        return format!("is not {wanted}: exponents are not accepted").into();
    }
    if text.contains(',') {
        return format!("is not {wanted} (for a decimal comma set decimal_comma = true)").into();
    }
    format!("is not {wanted}").into()
}
