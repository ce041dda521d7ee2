//! Which days are business days.

use super::words::{Misread, refuse};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use std::collections::BTreeSet;

/// Every day from Monday to Friday that is no holiday.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessDays {
    holidays: BTreeSet<Date>,
}

impl BusinessDays {
    /// From Monday to Friday, without holidays.
    #[must_use]
    pub fn weekdays() -> Self {
        Self::default()
    }

    /// Reads a calendar: one ISO date of a holiday a line; blank lines and what follows a `#` are left out.
    ///
    /// # Errors
    /// The first line that is no date, with its number.
    pub fn parse(text: &str) -> Result<Self, Misread> {
        let mut holidays = BTreeSet::new();
        let mut offset = 0;
        for (n, line) in text.split_inclusive('\n').enumerate() {
            let date = line.split('#').next().unwrap_or_default().trim().trim_start_matches('\u{feff}');
            if !date.is_empty() {
                let Some(holiday) = iso_date(date) else {
                    let what = format!("line {} is no date of a holiday like 2026-12-25", n + 1);
                    return refuse(offset, what);
                };
                holidays.insert(holiday);
            }
            offset += line.len();
        }
        Ok(Self { holidays })
    }

    /// Whether it is one.
    #[must_use]
    pub fn is_business_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&day)
    }

    /// The business day that stands so many business days after `day`, or before it where `days` is negative; `day` itself,
    /// whatever it is, where it is 0. At the end of the calendar of years it is the last day that there is.
    #[must_use]
    pub fn add(&self, day: Date, days: i32) -> Date {
        let step = if days < 0 { -1 } else { 1 };
        let (mut at, mut left) = (day, days.unsigned_abs());
        while left > 0 {
            let Ok(next) = at.checked_add(step.days()) else { return at };
            at = next;
            left -= u32::from(self.is_business_day(at));
        }
        at
    }

    /// How many business days come after `from`, up to and with `to`; negative where `to` is the earlier one.
    #[must_use]
    pub fn between(&self, from: Date, to: Date) -> i64 {
        if to < from {
            return -self.between(to, from);
        }
        let mut count = 0;
        let mut at = from;
        while at < to {
            let Ok(next) = at.tomorrow() else { break };
            at = next;
            count += i64::from(self.is_business_day(at));
        }
        count
    }
}

/// The date that is written as `YYYY-MM-DD`, and nothing else.
#[must_use]
pub fn iso_date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(n, byte)| match n {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    text.parse().ok().filter(|_| shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn christmas() -> BusinessDays {
        BusinessDays::parse("# United Kingdom\n2026-12-25 # Friday\n\n2026-12-28\r\n2027-01-01").unwrap()
    }

    #[test]
    fn weekends_and_holidays_are_none() {
        let days = christmas();
        assert!(days.is_business_day(date(2026, 12, 24)));
        for day in [25, 26, 27, 28] {
            assert!(!days.is_business_day(date(2026, 12, day)), "{day}");
        }
        assert!(BusinessDays::weekdays().is_business_day(date(2026, 12, 25)));
    }

    #[test]
    fn days_are_added_and_counted_over_holidays() {
        let days = christmas();
        let eve = date(2026, 12, 24);
        assert_eq!(days.add(eve, 1), date(2026, 12, 29));
        assert_eq!(days.add(eve, 5), date(2027, 1, 5));
        assert_eq!(days.add(date(2026, 12, 29), -1), eve);
        assert_eq!(days.add(date(2026, 12, 26), 0), date(2026, 12, 26));
        assert_eq!(days.add(date(2026, 12, 26), -1), eve);
        for n in 0..40 {
            assert_eq!(days.between(eve, days.add(eve, n)), i64::from(n));
            assert_eq!(days.between(eve, days.add(eve, -n)), -i64::from(n));
        }
        assert_eq!(days.between(eve, date(2026, 12, 28)), 0);
    }

    #[test]
    fn the_end_of_all_years_is_no_panic() {
        assert_eq!(christmas().add(date(9999, 12, 30), 10), Date::MAX);
    }

    #[test]
    fn a_line_that_is_no_date_is_told_with_its_number() {
        for text in
            ["2026-12-25\nchristmas\n", "2026-12-25\n20261225", "2026-12-25\n2026-02-30", "#\n2026-1-1"]
        {
            let refused = BusinessDays::parse(text).unwrap_err();
            assert!(refused.what.starts_with("line 2 is no date"), "{text}: {refused:?}");
            assert!(text[refused.offset..].starts_with(text.lines().nth(1).unwrap()));
        }
    }
}
