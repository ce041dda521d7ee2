//! When a file was last changed, and which day that is.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// When a file, or a member of an archive, was last changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Changed {
    /// Nobody says.
    #[default]
    Unknown,
    /// At this moment.
    At(Timestamp),
    /// On this day, in a zone that nobody says.
    On(Date),
}

impl Changed {
    /// The day, `YYYY-MM-DD`: of a moment in the zone, or else in UTC; empty where nobody knows it.
    #[must_use]
    pub fn day(self, zone: Option<&TimeZone>) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::At(moment) => zone.unwrap_or(&TimeZone::UTC).to_datetime(moment).date().to_string(),
            Self::On(day) => day.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_moment_is_another_day_elsewhere() {
        let zurich = TimeZone::get("Europe/Zurich").unwrap();
        let moment = Changed::At("2026-03-01T23:30:00Z".parse().unwrap());
        assert_eq!(moment.day(None), "2026-03-01");
        assert_eq!(moment.day(Some(&zurich)), "2026-03-02");
        let day = Changed::On(date(2026, 3, 1));
        assert_eq!((day.day(None), day.day(Some(&zurich))), ("2026-03-01".into(), "2026-03-01".into()));
        assert_eq!(Changed::Unknown.day(None), "");
    }
}
