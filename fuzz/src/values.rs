//! Canonical text is canonical: what is written reads back as itself, whatever it was made of.

use tieout::canonical::{
    Refusal, boolean,
    number::{DecimalSign, decimal, integer, negate, scale, to_point},
    time::{Reading, date, timestamp},
};

const ISO: Reading = Reading { format: None, zone: None };
/// Formats that a mutation of the first line would hardly hit.
const FORMATS: [&str; 5] = ["%d.%m.%Y", "%Y%m%d;%H%M%S", "%Y-%m-%dT%H:%M:%S%:z", "%m/%d/%y %I:%M %p", "%Y%j"];

/// Reads `bytes` as a value of every type. A first line, if there are several, is the format of a date or a factor.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (first, value) = text.split_once('\n').unwrap_or(("", text));
    stable(value, integer);
    stable(value, decimal);
    stable(value, boolean);
    stable(value, |text, out| date(text, &ISO, out));
    stable(value, |text, out| timestamp(text, &ISO, out));
    for sign in [DecimalSign::Comma, DecimalSign::Auto] {
        let mut point = String::new();
        if to_point(value, sign, &mut point).is_ok() {
            stable(&point, decimal);
        }
    }
    arithmetic(first, value);
    for format in FORMATS.into_iter().chain([first]) {
        for zone in [None, Some(jiff::tz::TimeZone::fixed(jiff::tz::offset(-11)))] {
            let reading = Reading { format: Some(format.to_owned()), zone };
            again(date, value, &reading);
            again(timestamp, value, &reading);
        }
    }
}

type Write<'a> = &'a dyn Fn(&str, &mut Vec<u8>) -> Result<(), Refusal>;

/// The canonical text, appended to what is there and nothing else changed.
fn written(text: &str, write: Write<'_>) -> Option<String> {
    let mut out = b"before".to_vec();
    if let Err(reason) = write(text, &mut out) {
        assert!(!reason.is_empty());
        return None;
    }
    let out = String::from_utf8(out).expect("canonical text is text");
    let canonical = out.strip_prefix("before").expect("nothing before it was changed");
    assert!(!canonical.is_empty() && canonical.is_ascii(), "{text:?} gave {canonical:?}");
    Some(canonical.to_owned())
}

fn stable(text: &str, write: impl Fn(&str, &mut Vec<u8>) -> Result<(), Refusal>) {
    if let Some(once) = written(text, &write) {
        assert_eq!(written(&once, &write).as_ref(), Some(&once), "of {text:?}");
    }
}

/// What a format or a zone gave is what plain ISO text gives.
fn again(write: fn(&str, &Reading, &mut Vec<u8>) -> Result<(), Refusal>, text: &str, reading: &Reading) {
    if let Some(once) = written(text, &|text, out| write(text, reading, out)) {
        assert_eq!(written(&once, &|text, out| write(text, &ISO, out)).as_ref(), Some(&once), "of {text:?}");
    }
}

fn arithmetic(factor: &str, number: &str) {
    let (Some(factor), Some(number)) = (written(factor, &decimal), written(number, &decimal)) else { return };
    let scaled = |text: &str, divide| {
        written(text, &|text, out| {
            let start = out.len();
            out.extend_from_slice(text.as_bytes());
            scale(out, start, &factor, divide)
        })
    };
    let negated = |text: &str| {
        written(text, &|text, out| {
            let start = out.len();
            out.extend_from_slice(text.as_bytes());
            negate(out, start, false)
        })
    };
    if let Some(quotient) = scaled(&number, true) {
        stable(&quotient, decimal);
        assert_eq!(scaled(&quotient, false).as_ref(), Some(&number), "a quotient does not multiply back");
    }
    if let Some(product) = scaled(&number, false) {
        stable(&product, decimal);
    }
    if let Some(negative) = negated(&number) {
        assert!(number == "0" || negative.strip_prefix('-') == Some(number.as_str()));
        assert!(number == "0" || negated(&negative).is_none(), "two minus signs cancelled out");
    }
}
