//! Why two dates or timestamps differ.

use super::Reason;
use jiff::{
    SignedDuration,
    civil::{Date, DateTime, Time},
};

/// The offsets of time zones are whole multiples of this, today …
const QUARTER: SignedDuration = SignedDuration::from_mins(15);
/// … and XML Schema allows none that is further from UTC.
const FURTHEST: SignedDuration = SignedDuration::from_hours(14);

/// The first reason that holds. A timestamp on the same date as midnight may be both; to have no time
/// of day asks for more, so it is asked first.
pub fn reason(one: &str, other: &str) -> Option<Reason> {
    let (one, other) = (read(one)?, read(other)?);
    let timeless = |(_, time): (Date, Option<Time>)| time.is_none_or(|time| time == Time::midnight());
    if one.0 == other.0 && (timeless(one) || timeless(other)) {
        return Some(Reason::DateOnly);
    }
    // A date on its own is no point in time that could be shifted.
    let (a, b) = (one.0.to_datetime(one.1?), other.0.to_datetime(other.1?));
    is_shifted(a, b).then_some(Reason::TimeZoneShift)
}

/// Canonical text of a date or a timestamp; none where it is not: ours may hold anything.
fn read(text: &str) -> Option<(Date, Option<Time>)> {
    let (date, time) = match text.split_once(' ') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    // The parser takes more forms than the canonical one.
    let plain = |text: &str, mark: u8| text.bytes().all(|b| b.is_ascii_digit() || b == mark || b == b'.');
    if date.len() != 10 || !plain(date, b'-') || time.is_some_and(|time| time.len() < 8 || !plain(time, b':'))
    {
        return None;
    }
    let time = time.map(str::parse).transpose().ok()?;
    Some((date.parse().ok()?, time))
}

fn is_shifted(a: DateTime, b: DateTime) -> bool {
    let apart = a.duration_since(b).abs();
    !apart.is_zero() && apart <= FURTHEST && apart.as_nanos() % QUARTER.as_nanos() == 0
}
