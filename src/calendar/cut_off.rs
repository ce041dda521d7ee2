//! A time of day in a zone, such as `07:30 Europe/London`.

use super::words::{Misread, Phrase, refuse};
use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use std::fmt;

/// A time of day in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    time: Time,
    zone: TimeZone,
}

impl CutOff {
    /// Reads `HH:MM Zone`; the zone is a name of the IANA's, such as `Europe/London` or `UTC`.
    ///
    /// # Errors
    /// Where it cannot be read, or this machine knows no such zone.
    pub fn parse(text: &str) -> Result<Self, Misread> {
        let mut words = Phrase::new(text);
        let cut_off = Self::take(&mut words)?;
        if words.rest().is_empty() {
            return Ok(cut_off);
        }
        refuse(words.offset(), "ends after the zone: write it like `07:30 Europe/London`")
    }

    /// The same as the next two words.
    pub(super) fn take(words: &mut Phrase<'_>) -> Result<Self, Misread> {
        let at = words.offset();
        let Some(time) = words.next().and_then(clock) else {
            return refuse(at, "needs a time of day of 24 hours here, like `07:30`");
        };
        let at = words.offset();
        let Some(name) = words.next().filter(|name| !name.eq_ignore_ascii_case("on")) else {
            return refuse(at, "needs a zone after the time, like `Europe/London` or `UTC`");
        };
        match TimeZone::get(name) {
            Ok(zone) => Ok(Self { time, zone }),
            Err(_) => refuse(
                at,
                format!("names no zone that this machine knows: `{name}`; write e.g. Europe/London or UTC"),
            ),
        }
    }

    /// The moment of it on a day. Where clocks skip it, it is as much later; where they show it twice, the first time.
    #[must_use]
    pub fn on(&self, day: Date) -> Timestamp {
        day.to_datetime(self.time)
            .to_zoned(self.zone.clone())
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// The day that it is in the zone.
    #[must_use]
    pub fn day_of(&self, moment: Timestamp) -> Date {
        self.zone.to_datetime(moment).date()
    }
}

/// `HH:MM`.
fn clock(word: &str) -> Option<Time> {
    let (hours, minutes) = word.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i8>().ok().filter(|_| digits)
    };
    Time::new(number(hours)?, number(minutes)?, 0, 0).ok()
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.iana_name().unwrap_or("UTC");
        write!(f, "{:02}:{:02} {zone}", self.time.hour(), self.time.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(text: &str) -> CutOff {
        CutOff::parse(text).unwrap()
    }

    #[test]
    fn the_moment_follows_the_clocks_of_the_zone() {
        let london = at("07:30 Europe/London");
        assert_eq!(london.on(date(2026, 1, 15)).to_string(), "2026-01-15T07:30:00Z");
        assert_eq!(london.on(date(2026, 7, 15)).to_string(), "2026-07-15T06:30:00Z");
        assert_eq!(london.to_string(), "07:30 Europe/London");
    }

    #[test]
    fn a_time_that_clocks_skip_or_show_twice_is_one_moment() {
        let london = at("01:30 Europe/London");
        assert_eq!(london.on(date(2026, 3, 29)).to_string(), "2026-03-29T01:30:00Z", "02:30 there");
        assert_eq!(london.on(date(2026, 10, 25)).to_string(), "2026-10-25T00:30:00Z", "the first of the two");
    }

    #[test]
    fn a_day_is_that_of_the_zone() {
        let moment = "2026-01-15T22:00:00Z".parse().unwrap();
        assert_eq!(at("07:30 Asia/Tokyo").day_of(moment), date(2026, 1, 16));
        assert_eq!(at("07:30 UTC").day_of(moment), date(2026, 1, 15));
    }

    #[test]
    fn mistakes_stand_where_they_are() {
        for (text, offset, what) in [
            ("", 0, "time of day"),
            ("7:30 UTC", 0, "time of day"),
            ("24:00 UTC", 0, "time of day"),
            ("07:30", 5, "needs a zone"),
            ("07:30 Europe/Lodnon", 6, "names no zone"),
            ("07:30 UTC sharp", 10, "ends after the zone"),
        ] {
            let refused = CutOff::parse(text).unwrap_err();
            assert_eq!(refused.offset, offset, "{text}: {refused:?}");
            assert!(refused.what.contains(what), "{text}: {refused:?}");
        }
    }
}
