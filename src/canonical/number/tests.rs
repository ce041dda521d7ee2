//! Numbers as senders write them, each with the one form that it has.

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
    for text in ["1.5", "1.2345", "1234.567", "1.234 567", ".123", "12,345,6", "0.123", "+-5", "+5-", "--5"] {
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
