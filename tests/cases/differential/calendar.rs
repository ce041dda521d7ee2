//! Days and moments, counted from 0001-01-01 in the Gregorian calendar without end.

const DAYS_OF_400_YEARS: i64 = 146_097;
pub const MICROS_OF_DAY: i64 = 86_400_000_000;

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day.
pub fn civil(day: i64) -> (i64, i64, i64) {
    let mut year = 1 + 400 * day.div_euclid(DAYS_OF_400_YEARS);
    let mut rest = day.rem_euclid(DAYS_OF_400_YEARS);
    while rest >= 365 + i64::from(leap(year)) {
        rest -= 365 + i64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    while rest >= days_of_month(year, month) {
        rest -= days_of_month(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

/// The day of a date.
pub fn count(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let years = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    years + (1..month).map(|month| days_of_month(year, month)).sum::<i64>() + day - 1
}

/// `YYYY-MM-DD`.
pub fn day(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `HH:MM:SS` and the microseconds.
pub fn clock(moment: i64) -> (String, i64) {
    let micros = moment.rem_euclid(MICROS_OF_DAY);
    let seconds = micros / 1_000_000;
    (format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60), micros % 1_000_000)
}

/// `YYYY-MM-DD HH:MM:SS` and the microseconds.
pub fn moment(moment: i64) -> (String, i64) {
    let (clock, micros) = clock(moment);
    (format!("{} {clock}", day(moment.div_euclid(MICROS_OF_DAY))), micros)
}

/// Fails where this is no longer so.
pub fn days_are_those_of_the_calendar() {
    for (text, year, month, date) in [
        ("0001-01-01", 1, 1, 1),
        ("1900-03-01", 1900, 3, 1),
        ("2024-02-29", 2024, 2, 29),
        ("9999-12-31", 9999, 12, 31),
    ] {
        assert_eq!(day(count(year, month, date)), text);
    }
    assert_eq!(count(1970, 1, 1), 719_162);
}
