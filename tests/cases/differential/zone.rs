//! Time zones by their countries' rules, as of 2012 to 2025: what clocks show there, and what they never or twice show.

use super::{
    calendar::{self, MICROS_OF_DAY},
    domain::Domain,
    value::Value,
};
use crate::support::random::Random;

const MINUTE: i64 = 60_000_000;

#[derive(Debug, PartialEq, Eq)]
pub struct Zone {
    pub name: &'static str,
    /// Minutes east of UTC in winter.
    standard: i64,
    /// Minutes by which clocks are put forward in summer; 0: never.
    shift: i64,
    begins: Change,
    ends: Change,
    /// The years whose rules these are.
    years: [i64; 2],
}

/// On a Sunday of a month; the clock shows so many minutes after midnight just before.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    month: i64,
    sunday: Sunday,
    minutes: i64,
}

#[derive(Debug, PartialEq, Eq)]
enum Sunday {
    Number(i64),
    Last,
}

const NEVER: Change = Change { month: 1, sunday: Sunday::Last, minutes: 0 };
const RULED: [i64; 2] = [2012, 2025];

const fn change(month: i64, sunday: Sunday, minutes: i64) -> Change {
    Change { month, sunday, minutes }
}

/// Always as far from UTC. In the names `Etc/…` the sign is turned round.
const fn fixed(name: &'static str, standard: i64, years: [i64; 2]) -> Zone {
    Zone { name, standard, shift: 0, begins: NEVER, ends: NEVER, years }
}

const fn changing(name: &'static str, standard: i64, shift: i64, begins: Change, ends: Change) -> Zone {
    Zone { name, standard, shift, begins, ends, years: RULED }
}

pub static FIXED: [Zone; 4] = [
    fixed("Etc/GMT-3", 180, [3, 9997]),
    fixed("Etc/GMT+11", -660, [3, 9997]),
    fixed("Etc/GMT-14", 840, [3, 9997]),
    fixed("Asia/Kathmandu", 345, RULED),
];

pub static CHANGING: [Zone; 5] = [
    changing("Europe/Zurich", 60, 60, change(3, Sunday::Last, 120), change(10, Sunday::Last, 180)),
    changing("Europe/London", 0, 60, change(3, Sunday::Last, 60), change(10, Sunday::Last, 120)),
    changing(
        "America/New_York",
        -300,
        60,
        change(3, Sunday::Number(2), 120),
        change(11, Sunday::Number(1), 120),
    ),
    changing(
        "America/St_Johns",
        -210,
        60,
        change(3, Sunday::Number(2), 120),
        change(11, Sunday::Number(1), 120),
    ),
    // South of the equator, and by half an hour only.
    changing(
        "Australia/Lord_Howe",
        630,
        30,
        change(10, Sunday::Number(1), 120),
        change(4, Sunday::Number(1), 120),
    ),
];

impl Change {
    /// What the clock shows just before, in a year.
    fn shown(&self, year: i64) -> i64 {
        // 0001-01-01 was a Monday.
        let sunday_from = |day: i64| day + (6 - day).rem_euclid(7);
        let day = match self.sunday {
            Sunday::Number(n) => sunday_from(calendar::count(year, self.month, 7 * n - 6)),
            // All these months have 31 days.
            Sunday::Last => sunday_from(calendar::count(year, self.month, 25)),
        };
        day * MICROS_OF_DAY + self.minutes * MINUTE
    }
}

fn year(moment: i64) -> i64 {
    calendar::civil(moment.div_euclid(MICROS_OF_DAY)).0
}

impl Zone {
    pub fn changes(&self) -> bool {
        self.shift > 0
    }

    /// The moments at which summer begins and ends.
    fn moments(&self, year: i64) -> [i64; 2] {
        let begins = self.begins.shown(year) - self.standard * MINUTE;
        [begins, self.ends.shown(year) - (self.standard + self.shift) * MINUTE]
    }

    /// How far its clocks are from UTC.
    fn offset(&self, moment: i64) -> i64 {
        let [begins, ends] = self.moments(year(moment));
        let summer =
            if begins < ends { begins <= moment && moment < ends } else { moment < ends || begins <= moment };
        (self.standard + if summer { self.shift } else { 0 }) * MINUTE
    }

    fn ruled(&self, moment: i64) -> bool {
        (self.years[0]..=self.years[1]).contains(&year(moment))
    }

    /// The moments at which its clocks show this: none, one or two.
    pub fn instants(&self, local: i64) -> Vec<i64> {
        let mut offsets = vec![self.standard * MINUTE];
        if self.changes() {
            offsets.push((self.standard + self.shift) * MINUTE);
        }
        let all = offsets.into_iter().map(|offset| (local - offset, offset));
        all.filter(|&(moment, offset)| self.ruled(moment) && self.offset(moment) == offset)
            .map(|(moment, _)| moment)
            .collect()
    }

    /// What its clocks show at a moment, if at no other.
    pub fn local(&self, moment: i64) -> Option<i64> {
        let local = moment + self.offset(moment);
        (self.instants(local) == [moment]).then_some(local)
    }

    /// What its clocks never show, or twice.
    pub fn no_instant(&self, random: &mut Random) -> i64 {
        let year = random.between(self.years[0], self.years[1]);
        let (begins, ends) = (self.begins.shown(year), self.ends.shown(year));
        let length = self.shift * MINUTE;
        let within = match random.below(4) {
            0 => 0,
            1 => length - 1,
            2 => random.between(0, self.shift - 1) * MINUTE,
            _ => random.between(0, length - 1),
        };
        random.pick(&[begins, ends - length]) + within
    }

    /// A value beside a change of its clocks, where there are such and the column can hold it.
    pub fn value(&self, random: &mut Random, domain: &Domain) -> Option<Value> {
        if !self.changes() {
            return None;
        }
        let year = random.between(self.years[0], self.years[1]);
        let moment = random.pick(&self.moments(year));
        let away = match random.below(5) {
            0 => random.pick(&[0, -1, 1, -1_000_000]),
            1 => random.between(-8, 8) * 15 * MINUTE,
            2 => random.between(-14, 14) * 60 * MINUTE,
            _ => random.between(-120 * MINUTE, 120 * MINUTE),
        };
        match domain {
            Domain::Days { .. } => {
                Some(Value::Day((moment + away + self.offset(moment + away)).div_euclid(MICROS_OF_DAY)))
            }
            Domain::Moments { unit, .. } => Some(Value::Moment((moment + away).div_euclid(*unit) * unit)),
            _ => None,
        }
    }

    /// Moment number `n` of a key, minute by minute over an hour that clocks show twice.
    pub fn numbered(&self, n: u64, domain: &Domain) -> Option<Value> {
        let begin = self.moments(2021)[1] - 90 * MINUTE;
        let fine = matches!(domain, Domain::Moments { unit, .. } if *unit <= MINUTE);
        let minutes = i64::try_from(n).ok()?;
        (self.changes() && fine).then(|| Value::Moment(begin + minutes * MINUTE))
    }
}

/// By the announcements of the years.
/// Fails where this is no longer so.
pub fn clocks_change_when_they_did() {
    let at = |text: &str| {
        let number = |from: usize, to: usize| text[from..to].parse::<i64>().expect("a number");
        let day = calendar::count(number(0, 4), number(5, 7), number(8, 10));
        day * MICROS_OF_DAY + (number(11, 13) * 60 + number(14, 16)) * MINUTE
    };
    for (zone, begins, ends) in [
        (0, "2024-03-31 01:00", "2024-10-27 01:00"),
        (1, "2023-03-26 01:00", "2023-10-29 01:00"),
        (2, "2024-03-10 07:00", "2024-11-03 06:00"),
        (3, "2024-03-10 05:30", "2024-11-03 04:30"),
        (4, "2024-10-05 15:30", "2024-04-06 15:00"),
    ] {
        let year = if zone == 1 { 2023 } else { 2024 };
        assert_eq!(CHANGING[zone].moments(year), [at(begins), at(ends)], "{}", CHANGING[zone].name);
    }
    let zurich = &CHANGING[0];
    assert!(zurich.instants(at("2024-03-31 02:30")).is_empty());
    assert_eq!(zurich.instants(at("2024-10-27 02:30")), [at("2024-10-27 01:30"), at("2024-10-27 00:30")]);
    assert_eq!(zurich.local(at("2024-07-01 12:00")), Some(at("2024-07-01 14:00")));
}
