//! Which days are so near to a cut-off that what only one side has may still be on its way.

use super::days::BusinessDays;
use jiff::civil::Date;

/// The days that are not more than some business days before or after a cut-off day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grace<'a> {
    business: &'a BusinessDays,
    /// One more than the business days that it lasts.
    beyond: i32,
    first: Date,
    last: Date,
}

impl<'a> Grace<'a> {
    /// So many business days around a cut-off.
    #[must_use]
    pub fn around(cut_off: Date, days: u16, business: &'a BusinessDays) -> Self {
        let beyond = i32::from(days) + 1;
        let first = business.add(cut_off.tomorrow().unwrap_or(cut_off), -beyond);
        let mut grace = Self { business, beyond, first, last: cut_off };
        grace.last = grace.end(cut_off);
        grace
    }

    /// The last cut-off day that has this day in its grace; none where this cut-off has not.
    #[must_use]
    pub fn until(&self, day: Date) -> Option<Date> {
        (self.first <= day && day <= self.last).then(|| self.end(day))
    }

    /// The last day that is not more business days after `day`.
    fn end(&self, day: Date) -> Date {
        let next = self.business.add(day, self.beyond);
        // There may be no further one at the end of all years.
        next.yesterday().unwrap_or(next).max(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn of(cut_off: Date, days: u16, business: &BusinessDays) -> Vec<String> {
        let grace = Grace::around(cut_off, days, business);
        let all = date(2026, 12, 1).series(jiff::Span::new().days(1)).take(45);
        let within = all.filter_map(|day| Some(format!("{day} {}", grace.until(day)?)));
        within.map(|text| text.replace("2026-12-", "").replace("2027-01-", "+")).collect()
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        let weekdays = BusinessDays::weekdays();
        // Monday the 14th: Friday is one business day away, and so is what is booked on the weekend.
        assert_eq!(of(date(2026, 12, 14), 1, &weekdays), ["11 14", "12 14", "13 14", "14 15", "15 16"]);
        // Sunday the 13th: Thursday is one away, and Monday too.
        assert_eq!(of(date(2026, 12, 13), 1, &weekdays), ["10 13", "11 14", "12 14", "13 14", "14 15"]);
        let christmas = BusinessDays::parse("2026-12-25\n2026-12-28").unwrap();
        assert_eq!(
            of(date(2026, 12, 29), 1, &christmas),
            ["24 29", "25 29", "26 29", "27 29", "28 29", "29 30", "30 31"]
        );
    }

    #[test]
    fn a_day_is_in_the_grace_as_long_as_it_says() {
        let business = BusinessDays::parse("2026-12-25\n2026-12-28\n2027-01-01").unwrap();
        for days in [1, 2, 5] {
            for n in 0..60_i32 {
                let cut_off = date(2026, 12, 1).checked_add(jiff::Span::new().days(n)).unwrap();
                let grace = Grace::around(cut_off, days, &business);
                for m in -30..30_i32 {
                    let day = cut_off.checked_add(jiff::Span::new().days(m)).unwrap();
                    let apart = business.between(day, cut_off).unsigned_abs();
                    let until = grace.until(day);
                    assert_eq!(until.is_some(), apart <= u64::from(days), "{day} {cut_off} {days}");
                    assert!(until.is_none_or(|until| until >= cut_off), "{day} {cut_off} {days}");
                }
            }
        }
    }

    #[test]
    fn the_end_of_all_years_is_no_panic() {
        let weekdays = BusinessDays::weekdays();
        assert!(Grace::around(Date::MAX, 3, &weekdays).until(Date::MAX).is_some());
        assert!(Grace::around(Date::MIN, 3, &weekdays).until(Date::MIN).is_some());
    }
}
