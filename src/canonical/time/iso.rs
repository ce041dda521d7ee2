//! ISO 8601 as XML Schema writes it, by hand: most values of most files are read here.

use crate::canonical::Refusal;
use jiff::{civil::Date, tz::Offset};

/// A value as written: the calendar date, the time of day if there is one, the offset if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub date: Date,
    pub time: Option<Time>,
    pub offset: Option<Offset>,
}

/// `YYYY-MM-DD`, then nothing, a zone, or `T` or a blank with a time and perhaps a zone.
pub(super) fn read(text: &[u8], refused: fn() -> Refusal) -> Result<Written, Refusal> {
    let date = text.get(..10).and_then(iso_date).ok_or_else(refused)?;
    let rest = &text[10..];
    match rest.first() {
        None => Ok(Written { date, time: None, offset: None }),
        Some(b'T' | b't' | b' ') => {
            let (time, rest) = iso_time(&rest[1..], refused)?;
            Ok(Written { date, time: Some(time), offset: iso_offset(rest, refused)? })
        }
        Some(_) => Ok(Written { date, time: None, offset: iso_offset(rest, refused)? }),
    }
}

pub(super) fn iso_date(text: &[u8]) -> Option<Date> {
    if text.len() != 10 || text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let year = i16::from(two(text)?) * 100 + i16::from(two(&text[2..])?);
    if year == 0 {
        return None;
    }
    Date::new(year, two(&text[5..])?, two(&text[8..])?).ok()
}

/// Hour, minute, second, microsecond.
pub(super) type Time = (i8, i8, i8, i32);

/// `HH:MM[:SS[.fraction]]`, and what follows it.
pub(super) fn iso_time(text: &[u8], refused: fn() -> Refusal) -> Result<(Time, &[u8]), Refusal> {
    let [_, _, b':', from_minute @ ..] = text else { return Err(refused()) };
    let (hour, minute) = (two(text).ok_or_else(refused)?, two(from_minute).ok_or_else(refused)?);
    let (second, rest) = match &from_minute[2..] {
        [b':', from_second @ ..] => (two(from_second).ok_or_else(refused)?, &from_second[2..]),
        rest => (0, rest),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Err("is not a time of day between 00:00:00 and 23:59:59".into());
    }
    let [b'.' | b',', fraction @ ..] = rest else { return Ok(((hour, minute, second, 0), rest)) };
    let len = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
    if len == 0 {
        return Err(refused());
    }
    let (digits, rest) = fraction.split_at(len);
    if digits.iter().skip(6).any(|&b| b != b'0') {
        return Err(too_precise());
    }
    let micros = (0..6).fold(0, |sum, n| sum * 10 + i32::from(digits.get(n).map_or(0, |b| b - b'0')));
    Ok(((hour, minute, second, micros), rest))
}

/// Nothing, `Z`, `±HH:MM`, `±HHMM` or `±HH`.
fn iso_offset(text: &[u8], refused: fn() -> Refusal) -> Result<Option<Offset>, Refusal> {
    match text {
        [] => Ok(None),
        [b'Z' | b'z'] => Ok(Some(Offset::UTC)),
        _ => numeric_offset(text).map(Some).ok_or_else(refused),
    }
}

fn numeric_offset(text: &[u8]) -> Option<Offset> {
    let (&sign, digits) = text.split_first()?;
    let (hours, minutes) = match digits {
        [_, _, b':', rest @ ..] | [_, _, rest @ ..] if rest.len() == 2 => (two(digits)?, two(rest)?),
        [_, _] => (two(digits)?, 0),
        _ => return None,
    };
    // XML Schema allows offsets up to 14:00.
    if !matches!(sign, b'+' | b'-') || minutes > 59 || hours > 14 || (hours == 14 && minutes > 0) {
        return None;
    }
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    Offset::from_seconds(if sign == b'-' { -seconds } else { seconds }).ok()
}

/// The number that the first two characters are.
pub(super) fn two(text: &[u8]) -> Option<i8> {
    let &[tens, ones, ..] = text else { return None };
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok()
}

pub(super) fn too_precise() -> Refusal {
    "is more precise than microseconds".into()
}
