//! Each reason by example, their order, and random texts against the definitions.

use super::{Reason, reason};
use bigdecimal::{BigDecimal, num_bigint::BigInt};
use proptest::prelude::*;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

#[track_caller]
fn expect(r#type: &str, expected: Reason, pairs: &[(&str, &str)]) {
    for (one, other) in pairs {
        assert_eq!(reason(r#type, one, other), expected, "{type}: {one:?} and {other:?}");
        assert_eq!(reason(r#type, other, one), expected, "{type}: {other:?} and {one:?}");
    }
}

#[test]
fn no_value_comes_first_in_every_type() {
    for r#type in ["text", "integer", "decimal", "date", "timestamp", "boolean"] {
        expect(r#type, Reason::NullVsValue, &[("", "0"), ("", " "), ("", "2026-01-31 00:00:00")]);
    }
}

#[test]
fn texts() {
    expect("text", Reason::UnicodeForm, &[("é", "e\u{301}"), ("\u{212a}1", "K1"), ("x \u{2126}", "x Ω")]);
    expect("text", Reason::Case, &[("Miller", "MILLER"), ("é", "É"), ("ΔΕΗ", "δεη"), ("i\u{307}", "İ")]);
    expect(
        "text",
        Reason::Whitespace,
        &[("a b", "ab"), ("end ", "end"), ("a\u{a0}b", "a b"), ("a\nb", "a b")],
    );
    expect(
        "text",
        Reason::Truncated,
        &[("long reference", "long"), ("AB", "A"), ("abc", "ab"), ("1200", "120")],
    );
    expect("text", Reason::TransposedDigits, &[("4000-12", "4000-21"), ("é09", "é90"), ("12", "21")]);
}

#[test]
fn texts_that_are_almost_so() {
    let pairs = [
        // Compatibility forms are other characters; ß has no lower-case twin in two letters.
        ("ﬁ", "fi"),
        ("ß", "SS"),
        // Two reasons at once are none.
        ("a b", "AB"),
        ("E\u{301}x", "é x"),
        // A short beginning of a long text, and an end.
        ("abc", "abcdefg"),
        ("reference", "ference"),
        // Letters, digits further apart, two swaps, one swap and a length.
        ("ab12", "ba12"),
        ("1x2", "2x1"),
        ("1234", "2143"),
        ("123", "213x"),
        ("12", "24"),
        // A zero-width space is no white space.
        ("a\u{200b}b", "ab"),
        ("-5", "5"),
    ];
    expect("text", Reason::Value, &pairs);
}

#[test]
fn numbers() {
    expect("decimal", Reason::Sign, &[("12.5", "-12.5"), ("-1", "1")]);
    expect(
        "decimal",
        Reason::Scale,
        &[("12.5", "1250"), ("-3", "-0.003"), ("1", "1000000000"), ("0.1", "100")],
    );
    let rounded = [
        ("1.25", "1.3"),
        ("1.25", "1.2"),
        ("-1.25", "-1.3"),
        ("1.29", "1.2"),
        ("1.996", "2"),
        ("0.004", "0"),
        ("-0.5", "0"),
        ("123456789012345678901234567890.905", "123456789012345678901234567890.91"),
    ];
    expect("decimal", Reason::Rounding, &rounded);
    expect("decimal", Reason::TransposedDigits, &[("1243.5", "1234.5"), ("0.12", "0.21"), ("-98", "-89")]);
    expect("integer", Reason::Scale, &[("1200", "12")]);
    expect("integer", Reason::Sign, &[("7", "-7")]);
    expect("integer", Reason::TransposedDigits, &[("1324", "1234")]);
}

#[test]
fn numbers_that_are_almost_so() {
    let pairs = [
        ("0", "10"),
        ("1", "10000000000"),
        ("-1", "10"),
        ("1.25", "1.4"),
        ("1.21", "1.3"),
        ("1.5", "1.6"),
        // Rounding takes decimals only: 1250 is no rounded 1249.
        ("1249", "1250"),
        // Cut off before the point means nothing certain in a number.
        ("123456", "12345"),
        ("1.2", "2.1"),
        // Not canonical text of a number, so no number's reason.
        ("1e5", "1e6"),
        ("1.50", "-1.50"),
        ("007", "-007"),
        ("NaN", "nan"),
        ("12 EUR", "12"),
        ("Infinity", "-Infinity"),
        (".5", "-.5"),
        ("-", "-1"),
    ];
    expect("decimal", Reason::Value, &pairs);
}

#[test]
fn times() {
    let at = "2026-01-31 10:00:00";
    let shifted = [
        (at, "2026-01-31 11:00:00"),
        (at, "2026-01-31 04:15:00"),
        (at, "2026-02-01 00:00:00"),
        ("2026-12-31 23:30:00.25", "2027-01-01 13:30:00.25"),
    ];
    expect("timestamp", Reason::TimeZoneShift, &shifted);
    // Ten hours after midnight may be a shift too: no time of day is asked first.
    expect("timestamp", Reason::DateOnly, &[(at, "2026-01-31 00:00:00"), (at, "2026-01-31")]);
    expect("date", Reason::DateOnly, &[("2026-01-31", "2026-01-31 23:59:59.999999")]);
    let neither = [
        (at, "2026-01-31 10:00:01"),
        (at, "2026-01-31 11:00:00.000001"),
        (at, "2026-02-01 00:15:00"),
        (at, "2026-01-30 00:00:00"),
        (at, "2026-01-31T11:00:00"),
        (at, "2026-01-31 11:00:00-05"),
        (at, "0000-00-00 00:00:00"),
        (at, "infinity"),
        ("0044-03-15 10:00:00 BC", "0044-03-15 11:00:00 BC"),
        ("9999-12-31 23:59:59", "0001-01-01 00:00:00"),
    ];
    expect("timestamp", Reason::Value, &neither);
    expect("date", Reason::Value, &[("2026-01-31", "2026-01-13"), ("2026-01-31", "2026-01-30 22:00:00")]);
    expect("boolean", Reason::Value, &[("0", "1"), ("1", "TRUE!")]);
}

#[test]
fn where_two_definitions_hold_the_order_decides() {
    // The Kelvin sign is a K in normal form, and both are k in lower case.
    expect("text", Reason::UnicodeForm, &[("\u{212a}", "K")]);
    // An en quad and an en space: the same in normal form, and both white space.
    expect("text", Reason::UnicodeForm, &[("a\u{2000}b", "a\u{2002}b")]);
    // What is left of the text without its trailing blank is also its beginning.
    expect("text", Reason::Whitespace, &[("reference ", "reference")]);
}

#[test]
fn every_code_has_a_name_of_its_own() {
    let mut codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Reason::ALL.len());
    assert!(Reason::ALL.iter().all(|reason| reason.words().is_none() == (*reason == Reason::Value)));
}

/// The definitions once more, in other words than the program's.
fn holds(reason: Reason, one: &str, other: &str) -> bool {
    let chars = |text: &str| text.chars().collect::<Vec<char>>();
    let (a, b) = (chars(one), chars(other));
    let number = |text: &str| BigDecimal::from_str(text);
    match reason {
        Reason::NullVsValue => a.is_empty() ^ b.is_empty(),
        Reason::UnicodeForm => one.nfc().collect::<String>() == other.nfc().collect::<String>(),
        Reason::Case => one.to_lowercase() == other.to_lowercase(),
        Reason::Whitespace => {
            one.split_whitespace().collect::<String>() == other.split_whitespace().collect::<String>()
        }
        Reason::Truncated => {
            let kept = a.len().min(b.len());
            a.len() != b.len()
                && kept > 0
                && a[..kept] == b[..kept]
                && (kept >= 4 || 2 * kept >= a.len().max(b.len()))
        }
        Reason::TransposedDigits => {
            let mut swaps = (1..a.len()).filter(|&n| {
                let mut swapped = a.clone();
                swapped.swap(n - 1, n);
                a[n - 1].is_ascii_digit() && a[n].is_ascii_digit() && swapped == b
            });
            swaps.next().is_some()
        }
        Reason::Sign => number(one).ok().zip(number(other).ok()).is_some_and(|(a, b)| a == -b),
        Reason::Scale => number(one).ok().zip(number(other).ok()).is_some_and(|(a, b)| {
            let shifted = |power: i64| &a * BigDecimal::new(BigInt::from(1), -power);
            (-9..=9).any(|power| power != 0 && shifted(power) == b)
        }),
        Reason::Rounding => number(one).ok().zip(number(other).ok()).is_some_and(|(a, b)| {
            let decimals = a.fractional_digit_count().min(b.fractional_digit_count());
            let ulp = BigDecimal::new(BigInt::from(1), decimals);
            // Nearest, or cut off: always less than one unit of the last decimal, and not on the same grid.
            a.fractional_digit_count() != b.fractional_digit_count() && (a - b).abs() < ulp
        }),
        Reason::DateOnly => {
            one[..10] == other[..10]
                && (one.ends_with(" 00:00:00") || other.ends_with(" 00:00:00") || one.len() != other.len())
        }
        Reason::TimeZoneShift => one[one.len().min(17)..] == other[other.len().min(17)..],
        Reason::Value => true,
    }
}

const TYPES: [&str; 6] = ["text", "integer", "decimal", "date", "timestamp", "boolean"];

/// Values close to each other, of every type and of none.
fn a_value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab1 ]{0,4}",
        "[AaÉée\u{301}\u{212a}K \u{2000}\u{a0}]{0,5}",
        "-?[0-3]{1,4}(\\.[0-3]{1,3})?",
        "-?(1|12|21|125)(0{1,4})?",
        "2026-01-(30|31)( (00|10|11|23):(00|15|30):00(\\.5)?)?",
        "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_reason_holds_and_no_side_is_special(one in a_value(), other in a_value(), n in 0..TYPES.len()) {
        prop_assume!(one != other);
        let found = reason(TYPES[n], &one, &other);
        prop_assert_eq!(reason(TYPES[n], &other, &one), found);
        prop_assert!(holds(found, &one, &other), "{}: {:?} and {:?} are no {:?}", TYPES[n], one, other, found);
    }

    /// In a text, `value` means that no reason of a text holds.
    #[test]
    fn no_reason_of_a_text_is_missed(one in a_value(), other in a_value()) {
        prop_assume!(one != other && reason("text", &one, &other) == Reason::Value);
        for missed in &Reason::ALL[..5] {
            prop_assert!(!holds(*missed, &one, &other), "{:?} and {:?} are {:?}", one, other, missed);
        }
        prop_assert!(!holds(Reason::TransposedDigits, &one, &other));
    }

    #[test]
    fn a_planted_reason_is_found(number in 1i64..1_000_000_000, decimals in 0i64..6, power in 1u32..=9, steps in 1i8..=56) {
        let canonical = |number: BigDecimal| number.normalized().to_plain_string();
        let value = BigDecimal::new(BigInt::from(number), decimals);
        let text = canonical(value.clone());
        prop_assert_eq!(reason("decimal", &text, &canonical(-value.clone())), Reason::Sign);
        let scaled = canonical(value.clone() * BigDecimal::from(10i64.pow(power)));
        prop_assert_eq!(reason("decimal", &text, &scaled), Reason::Scale);
        for mode in [bigdecimal::RoundingMode::HalfUp, bigdecimal::RoundingMode::HalfEven, bigdecimal::RoundingMode::Down] {
            let rounded = canonical(value.with_scale_round(decimals / 2, mode));
            prop_assume!(rounded != text);
            prop_assert_eq!(reason("decimal", &text, &rounded), Reason::Rounding, "{} and {}", text, rounded);
        }
        let at = jiff::civil::date(2026, 1, 31).at(10, 7, 1, 0);
        let shifted = at + jiff::SignedDuration::from_mins(15 * i64::from(steps));
        let shown = |at: jiff::civil::DateTime| at.strftime("%F %T").to_string();
        prop_assert_eq!(reason("timestamp", &shown(at), &shown(shifted)), Reason::TimeZoneShift);
    }
}
