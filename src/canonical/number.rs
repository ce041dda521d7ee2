//! Exact numbers of any length: no exponent, no `+`, no leading or trailing zeros, `-0` is `0`.

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal_text(text: &str) -> Result<String, Refusal> {
        let mut out = Vec::new();
        decimal(text, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn decimals_have_one_form() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.00", "0"),
            ("+1.50", "1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("000000000000149.87", "149.87"),
            ("100.0000000000005", "100.0000000000005"),
            ("-007.10", "-7.1"),
            ("5.00-", "-5"),
            ("0-", "0"),
            ("\u{2212}5.5", "-5.5"),
            ("5.5\u{2212}", "-5.5"),
        ] {
            assert_eq!(decimal_text(text).as_deref(), Ok(expected), "{text}");
        }
        for text in [
            "",
            ".",
            "-",
            "1e3",
            "1,5",
            "1 000",
            "0x1",
            "--1",
            "NaN",
            "Infinity",
            "1.2.3",
            "١",
            "-5-",
            "5--",
            "+5-",
            "5+",
            "5 -",
            "-\u{2212}5",
        ] {
            assert!(decimal_text(text).is_err(), "{text}");
        }
        assert!(decimal_text("1e3").unwrap_err().contains("exponents"));
        assert!(decimal_text(&"9".repeat(1000)).is_ok());
        assert!(decimal_text(&"9".repeat(1001)).is_err());
    }

    #[test]
    fn integers_have_one_form() {
        for (text, expected) in [("007", "7"), ("+12", "12"), ("-0", "0"), ("-10", "-10")] {
            let mut out = Vec::new();
            integer(text, &mut out).unwrap();
            assert_eq!(out, expected.as_bytes(), "{text}");
        }
        for text in ["", "1.0", "1.", "1e3", "abc", "-"] {
            assert!(integer(text, &mut Vec::new()).is_err(), "{text}");
        }
    }

    #[test]
    fn decimal_commas() {
        let point = |text: &str| {
            let mut out = String::new();
            to_point(text, DecimalSign::Comma, &mut out).map(|()| out)
        };
        assert_eq!(point("1.234.567,89").as_deref(), Ok("1234567.89"));
        assert_eq!(point("-1 234,5").as_deref(), Ok("-1234.5"));
        assert_eq!(point("1234,5").as_deref(), Ok("1234.5"));
        assert_eq!(point("1.234").as_deref(), Ok("1234"));
        for text in
            ["1.5", "1.2345", "1234.567", "1.234 567", ".123", "12,345,6", "0.123", "+-5", "+5-", "--5"]
        {
            let refused = point(text).and_then(|text| decimal_text(&text));
            assert!(refused.is_err(), "{text} gave {refused:?}");
        }
    }

    fn auto(text: &str) -> Result<String, Refusal> {
        let mut out = String::new();
        to_point(text, DecimalSign::Auto, &mut out).and_then(|()| decimal_text(&out))
    }

    #[test]
    fn the_decimal_sign_is_found_or_refused() {
        for (text, expected) in [
            ("5", "5"),
            ("-12.80", "-12.8"),
            ("-200,00", "-200"),
            ("1.234,5", "1234.5"),
            ("1,234.567", "1234.567"),
            ("1.234.567", "1234567"),
            ("1,234,567.8-", "-1234567.8"),
            ("0,123", "0.123"),
            (".123", "0.123"),
            ("\u{2212},123", "-0.123"),
            ("1234,5678", "1234.5678"),
            ("1 234", "1234"),
            ("1\u{a0}234,567", "1234.567"),
            ("1'234.50", "1234.5"),
            ("5.", "5"),
            ("1.234,", "1234"),
        ] {
            assert_eq!(auto(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["1.234", "12,345", "123.456", "1234.567", "000.123"] {
            assert!(auto(text).unwrap_err().contains("could have"), "{text}");
        }
        for text in [
            "",
            ".",
            ",",
            "1.23.456",
            "1,2.3,4",
            "1.234.56",
            "1,234.5,6",
            "0.123,4",
            "1.2345,6",
            "1..5",
            "+-5",
            "1 23",
            "1 234 56",
            "1.5e3",
            "1.234 567",
            "a,5",
            "1 234,567.8",
        ] {
            let read = auto(text);
            assert!(read.is_err(), "{text} gave {read:?}");
        }
    }

    /// Every reading of a number, by trying what each sign could be.
    fn readings(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (decimal, group) in [('.', ','), (',', '.')] {
            let (whole, fraction) = text.split_once(decimal).unwrap_or((text, ""));
            let groups: Vec<&str> = whole.split(group).collect();
            let even = groups[1..].iter().all(|part| part.len() == 3) && (1..=3).contains(&groups[0].len());
            let grouped = groups.len() > 1 && even && groups[0] != "0";
            if fraction.contains(['.', ',']) || !(groups.len() == 1 || grouped) {
                continue;
            }
            if let Ok(read) = decimal_text(&format!("{}.{fraction}", groups.concat())) {
                found.push(read);
            }
        }
        found.dedup();
        found
    }

    #[test]
    fn scaling_is_exact_or_refused() {
        let scaled = |text: &str, factor: &str, divide| {
            let mut out = text.as_bytes().to_vec();
            scale(&mut out, 0, factor, divide).map(|()| String::from_utf8(out).unwrap())
        };
        assert_eq!(scaled("12.5", "100", true).as_deref(), Ok("0.125"));
        assert_eq!(scaled("12.5", "0.001", true).as_deref(), Ok("12500"));
        assert_eq!(scaled("-3", "0.5", false).as_deref(), Ok("-1.5"));
        assert!(scaled("1", "3", true).is_err());
        assert!(scaled("1", "0", true).is_err());
        assert_eq!(scaled("9", "3", true).as_deref(), Ok("3"));
    }

    #[test]
    fn a_minus_and_a_sign_code_contradict() {
        let mut out = b"x-5".to_vec();
        assert!(negate(&mut out, 1, false).is_err());
        let mut out = b"x5".to_vec();
        negate(&mut out, 1, false).unwrap();
        assert_eq!(out, b"x-5");
    }

    proptest! {
        #[test]
        fn canonical_decimals_are_stable_and_equal_in_value(text in "[+-]?[0-9]{0,30}\\.?[0-9]{0,30}") {
            if let Ok(once) = decimal_text(&text) {
                prop_assert_eq!(decimal_text(&once), Ok(once.clone()));
                let padded = if text.starts_with(['+', '-']) { text.clone() } else { format!("0{text}") };
                prop_assert_eq!(decimal_text(&padded), Ok(once.clone()));
                let big = BigDecimal::from_str(&once).unwrap();
                prop_assert_eq!(of_big(&big), once);
            }
        }

        #[test]
        fn auto_reads_what_has_one_reading_only(text in "[0-9]{0,4}([.,][0-9]{1,4}){0,3}[.,]?") {
            match auto(&text) {
                Ok(read) => prop_assert_eq!(readings(&text), vec![read]),
                // Three decimals behind a whole that is no group are refused too.
                Err(_) => prop_assert!(readings(&text).len() != 1 || text.len() - text.rfind(['.', ',']).unwrap_or(0) == 4),
            }
        }

        #[test]
        fn quotients_multiply_back(number in -1_000_000i64..1_000_000, divisor in 1i64..2000) {
            let mut out = number.to_string().into_bytes();
            if scale(&mut out, 0, &divisor.to_string(), true).is_ok() {
                scale(&mut out, 0, &divisor.to_string(), false).unwrap();
                prop_assert_eq!(out, number.to_string().into_bytes());
            }
        }
    }
}
