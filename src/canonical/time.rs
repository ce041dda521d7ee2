//! Dates `YYYY-MM-DD` and timestamps `YYYY-MM-DD HH:MM:SS[.ffffff]`, years 0001 to 9999.
//!
//! ISO 8601 text takes a hand-written path, OFX another (see `ofx`); any other `format` and every time zone go through jiff.

mod changed;
mod iso;
mod ofx;
mod parts;

pub use changed::Changed;
pub use parts::{Directive, directives, expanded};

use super::Refusal;
use iso::{Time, Written, iso_date, too_precise};
use jiff::{
    civil::{Date, DateTime},
    fmt::strtime,
    tz::{Offset, TimeZone},
};
use std::borrow::Cow;

/// The `format` that stands for the form of OFX.
pub const OFX: &str = "ofx";

/// How a column reads dates and times.
#[derive(Debug, Clone)]
pub struct Reading {
    /// strftime format, or [`OFX`], instead of ISO 8601.
    pub format: Option<String>,
    /// The zone a naive value stands in, or to which a date is converted.
    pub zone: Option<TimeZone>,
}

/// Appends the calendar date: as written, or in the column's zone where the value says an instant.
///
/// # Errors
/// The text is not a date.
pub fn date(text: &str, reading: &Reading, out: &mut Vec<u8>) -> Result<(), Refusal> {
    if reading.format.is_none() && text.len() == 10 {
        let day = iso_date(text.as_bytes()).ok_or_else(not_a_date)?;
        push_date(day, out);
        return Ok(());
    }
    let written = read(text, reading, not_a_date)?;
    let day = match (&reading.zone, written.offset, written.time) {
        (Some(zone), Some(offset), Some(time)) => {
            let instant = offset.to_timestamp(civil(written.date, time)).map_err(|_| out_of_range())?;
            zone.to_datetime(instant).date()
        }
        _ => written.date,
    };
    check_year(day)?;
    push_date(day, out);
    Ok(())
}

/// Appends the timestamp: in UTC where the value has an offset or the column a zone, else as written.
///
/// # Errors
/// The text is not a timestamp, or names no single instant in the column's zone.
pub fn timestamp(text: &str, reading: &Reading, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let written = read(text, reading, not_a_timestamp)?;
    let local = civil(written.date, written.time.unwrap_or_default());
    let utc = match (written.offset, &reading.zone) {
        (Some(offset), _) if offset.seconds() == 0 => local,
        (Some(offset), _) => Offset::UTC.to_datetime(offset.to_timestamp(local).map_err(|_| out_of_range())?),
        (None, Some(zone)) => {
            let instant = zone.to_ambiguous_timestamp(local);
            let instant = instant.unambiguous().map_err(|_| {
                Refusal::from("names no single instant in the column's timezone (clocks change there)")
            })?;
            Offset::UTC.to_datetime(instant)
        }
        (None, None) => local,
    };
    check_year(utc.date())?;
    push_date(utc.date(), out);
    push_time(utc, out);
    Ok(())
}

fn read(text: &str, reading: &Reading, refused: fn() -> Refusal) -> Result<Written, Refusal> {
    match &reading.format {
        None => iso::read(text.as_bytes(), refused),
        Some(format) if format == OFX => ofx::read(text),
        Some(format) => formatted(text, format),
    }
}

fn formatted(text: &str, format: &str) -> Result<Written, Refusal> {
    let mismatch = || Refusal::from(format!("does not fit the format {format:?}"));
    let text = &*with_offset(text, format);
    let parsed = strtime::parse(format, text).map_err(|_| mismatch())?;
    let date = parsed.to_date().map_err(|_| mismatch())?;
    parts::check(text, format, parsed.second() == Some(59))?;
    check_year(date)?;
    let time = if parsed.hour().is_some() {
        let time = parsed.to_time().map_err(|_| mismatch())?;
        if time.nanosecond() != 0 {
            return Err(too_precise());
        }
        let micros = i32::from(time.millisecond()) * 1000 + i32::from(time.microsecond());
        Some((time.hour(), time.minute(), time.second(), micros))
    } else {
        None
    };
    Ok(Written { date, time, offset: parsed.offset() })
}

/// `Z` is an offset too, at the end of a text whose format ends with one.
fn with_offset<'t>(text: &'t str, format: &str) -> Cow<'t, str> {
    let zulu = if format.ends_with("%:z") { "+00:00" } else { "+0000" };
    match text.strip_suffix('Z') {
        Some(rest) if format.ends_with("%z") || format.ends_with("%:z") => format!("{rest}{zulu}").into(),
        _ => text.into(),
    }
}

fn civil(date: Date, (hour, minute, second, micros): Time) -> DateTime {
    date.at(hour, minute, second, micros * 1000)
}

fn check_year(date: Date) -> Result<(), Refusal> {
    if date.year() < 1 { Err(out_of_range()) } else { Ok(()) }
}

fn push_date(date: Date, out: &mut Vec<u8>) {
    let year = date.year().unsigned_abs();
    let digit = |n: u16| b'0' + u8::try_from(n % 10).unwrap_or(0);
    out.extend_from_slice(&[digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), b'-']);
    push_two(date.month(), out);
    out.push(b'-');
    push_two(date.day(), out);
}

fn push_time(time: DateTime, out: &mut Vec<u8>) {
    for (separator, part) in [(b' ', time.hour()), (b':', time.minute()), (b':', time.second())] {
        out.push(separator);
        push_two(part, out);
    }
    let mut micros = time.subsec_nanosecond() / 1000;
    if micros == 0 {
        return;
    }
    out.push(b'.');
    let mut unit = 100_000;
    while micros > 0 {
        out.push(b'0' + u8::try_from(micros / unit).unwrap_or(0));
        micros %= unit;
        unit /= 10;
    }
}

fn push_two(number: i8, out: &mut Vec<u8>) {
    let number = number.unsigned_abs();
    out.extend_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
}

fn not_a_date() -> Refusal {
    "is not a date (YYYY-MM-DD, or set format)".into()
}

fn not_a_timestamp() -> Refusal {
    "is not a timestamp (YYYY-MM-DDTHH:MM:SS, or set format)".into()
}

fn out_of_range() -> Refusal {
    "is outside the years 0001 to 9999".into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reading(format: Option<&str>, zone: Option<&str>) -> Reading {
        Reading {
            format: format.map(Into::into),
            zone: zone.map(|name| TimeZone::get(name).expect("a known zone")),
        }
    }

    type Canonical = fn(&str, &Reading, &mut Vec<u8>) -> Result<(), Refusal>;

    fn text(canonical: Canonical, value: &str, reading: &Reading) -> Result<String, Refusal> {
        let mut out = Vec::new();
        canonical(value, reading, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn dates_as_written() {
        let plain = reading(None, None);
        for value in
            ["2024-02-29", "2024-02-29Z", "2024-02-29+01:00", "2024-02-29T23:59:59-05:00", "2024-02-29 00:00"]
        {
            assert_eq!(text(date, value, &plain).as_deref(), Ok("2024-02-29"), "{value}");
        }
        for value in
            ["2023-02-29", "0000-01-01", "20240229", "2024-2-9", "12024-01-01", "2024-02-29X", "", "é"]
        {
            assert!(text(date, value, &plain).is_err(), "{value}");
        }
    }

    #[test]
    fn dates_in_a_zone_and_in_a_format() {
        let zurich = reading(None, Some("Europe/Zurich"));
        assert_eq!(text(date, "2024-06-30T23:30:00Z", &zurich).as_deref(), Ok("2024-07-01"));
        assert_eq!(text(date, "2024-06-30T23:30:00", &zurich).as_deref(), Ok("2024-06-30"));
        assert_eq!(text(date, "31.12.2024", &reading(Some("%d.%m.%Y"), None)).as_deref(), Ok("2024-12-31"));
        assert!(text(date, "2024-12-31", &reading(Some("%d.%m.%Y"), None)).is_err());
        assert_eq!(text(date, "01-FEB-19", &reading(Some("%d-%b-%y"), None)).as_deref(), Ok("2019-02-01"));
        for canonical in [date as Canonical, timestamp] {
            let year = text(canonical, "01-FEB-19", &reading(Some("%d-%b-%Y"), None)).unwrap_err();
            assert!(year.contains("its year has not four digits"), "{year}");
        }
        let compact = reading(Some("%Y%m%d%H%M%S"), None);
        for (value, why) in [("20161231235960", "leap second"), ("2019110110101", "all their digits")] {
            let refused = text(timestamp, value, &compact).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
        for (format, zone) in [("%Y-%m-%dT%H:%M:%S%z", "Z"), ("%Y-%m-%dT%H:%M:%S%:z", "-01:00")] {
            let moment = text(
                timestamp,
                &format!("2019-02-01T10:05:06{zone}"),
                &reading(Some(format), Some("Asia/Tokyo")),
            );
            let hour = if zone == "Z" { 10 } else { 11 };
            assert_eq!(moment, Ok(format!("2019-02-01 {hour}:05:06")));
        }
        assert!(text(timestamp, "1.2.19 10:00", &reading(Some("%d.%m.%Y %H:%M"), Some("UTC"))).is_err());
    }

    #[test]
    fn timestamps_in_utc_or_as_written() {
        let plain = reading(None, None);
        for (value, expected) in [
            ("2024-01-31T10:00:00", "2024-01-31 10:00:00"),
            ("2024-01-31 10:00:00.500000", "2024-01-31 10:00:00.5"),
            ("2024-01-31T10:00:00.000", "2024-01-31 10:00:00"),
            ("2024-01-31T10:00:00.1234560", "2024-01-31 10:00:00.123456"),
            ("2024-01-31T10:00:00.000001Z", "2024-01-31 10:00:00.000001"),
            ("2024-01-01T00:30:00+01:00", "2023-12-31 23:30:00"),
            ("2024-01-01T00:30:00-0530", "2024-01-01 06:00:00"),
            ("2024-01-31", "2024-01-31 00:00:00"),
        ] {
            assert_eq!(text(timestamp, value, &plain).as_deref(), Ok(expected), "{value}");
        }
        for value in [
            "2024-01-31T24:00:00",
            "2024-01-31T10:00:60",
            "2024-01-31T10:00:00.1234567",
            "2024-01-31T10",
            "2024-01-31T10:00:00+15:00",
            "0001-01-01T00:00:00+01:00",
        ] {
            assert!(text(timestamp, value, &plain).is_err(), "{value}");
        }
    }

    #[test]
    fn timestamps_in_a_zone() {
        let zurich = reading(None, Some("Europe/Zurich"));
        assert_eq!(text(timestamp, "2024-07-01T12:00:00", &zurich).as_deref(), Ok("2024-07-01 10:00:00"));
        assert_eq!(text(timestamp, "2024-07-01", &zurich).as_deref(), Ok("2024-06-30 22:00:00"));
        // The clock skips this hour, and shows the other one twice.
        assert!(text(timestamp, "2024-03-31T02:30:00", &zurich).is_err());
        assert!(text(timestamp, "2024-10-27T02:30:00", &zurich).is_err());
        let compact = reading(Some("%Y%m%d;%H%M%S"), None);
        assert_eq!(text(timestamp, "20240131;101112", &compact).as_deref(), Ok("2024-01-31 10:11:12"));
    }

    proptest! {
        #[test]
        fn canonical_timestamps_are_stable(
            year in 1i16..=9999, month in 1i8..=12, day in 1i8..=28,
            hour in 0i8..24, minute in 0i8..60, second in 0i8..60, micros in 0i32..1_000_000,
        ) {
            let written = format!(
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}");
            let plain = reading(None, None);
            let once = text(timestamp, &written, &plain).unwrap();
            prop_assert_eq!(text(timestamp, &once, &plain), Ok(once.clone()));
            let shortened = written.replace('T', " ");
            let shortened = shortened.trim_end_matches('0').trim_end_matches('.');
            prop_assert!(shortened.starts_with(&once) || once.starts_with(shortened));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(value in "\\PC{0,30}") {
            let plain = reading(None, None);
            let _ = text(date, &value, &plain);
            let _ = text(timestamp, &value, &plain);
        }
    }
}
