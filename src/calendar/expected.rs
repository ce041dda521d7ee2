//! What a day is expected to bring: `5 files by 07:30 Europe/London on business days`; and whether it did.
//!
//! ```text
//! expected = ["at" "least"] number ("file" | "files") "by" HH:MM zone ["on" days | "every" "day"]
//! days     = "business" "days" | "weekdays" | "every" "day" | day {"," day} | day "-" day
//! day      = "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun"
//! ```
//!
//! A file counts for the day, in that zone, on which a run took it. Where no run looked between the cut-off and midnight,
//! the first one after midnight is still that day's: a job at 01:00 answers for files that were due at 23:00.

#[cfg(test)]
mod tests;

use super::{
    cut_off::CutOff,
    days::BusinessDays,
    words::{Misread, Phrase, refuse},
};
use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};
use std::fmt;

/// So many days without an expected one are searched: the longest run of holidays is shorter.
const SEARCHED: usize = 400;

const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// What a day is expected to bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// More are as good.
    pub at_least: bool,
    /// How many files, at least 1.
    pub files: u32,
    cut_off: CutOff,
    days: Days,
}

/// On which days.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    Business(BusinessDays),
    /// From Monday on.
    OfTheWeek([bool; 7]),
}

/// A file, and when a run met it first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// When the run began.
    pub taken: Timestamp,
    /// The file's name.
    pub name: String,
}

/// What is to be said of the files that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedDay {
    /// The day that was expected to bring them.
    pub day: Date,
    /// The files that count for it, in order.
    pub came: Vec<String>,
    /// How many are missing; 0 also where there is time left.
    pub missing: u32,
    /// How many came beyond what was expected, where that says how many they are.
    pub too_many: u32,
    /// The cut-off is still to come.
    pub early: bool,
}

impl Expected {
    /// Reads it. `business` says what `business days` are.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn parse(text: &str, business: &BusinessDays) -> Result<Self, Misread> {
        let mut words = Phrase::new(text);
        let at_least = words.eat("at");
        if at_least && !words.eat("least") {
            return refuse(words.offset(), "needs `least` after `at`");
        }
        let at = words.offset();
        let files = words.next().and_then(|word| word.parse().ok()).filter(|files| *files > 0);
        let Some(files) = files else {
            return refuse(at, "needs a number of files here, at least 1, like `5 files by 07:30 UTC`");
        };
        if !words.eat("files") && !words.eat("file") {
            return refuse(words.offset(), "needs `files` after their number");
        }
        if !words.eat("by") {
            return refuse(
                words.offset(),
                "needs `by` and a time of day here, like `by 07:30 Europe/London`",
            );
        }
        let cut_off = CutOff::take(&mut words)?;
        let named = words.eat("on");
        let days = match words.rest() {
            "" if !named => Some(Days::OfTheWeek([true; 7])),
            rest if named || rest.eq_ignore_ascii_case("every day") => days(rest, business),
            _ => None,
        };
        let Some(days) = days else {
            let what = "needs days here: `on business days`, `on weekdays`, `every day`, `on Mon-Fri` or `on Mon, Thu`";
            return refuse(words.offset(), what);
        };
        Ok(Self { at_least, files, cut_off, days })
    }

    fn is_expected(&self, day: Date) -> bool {
        match &self.days {
            Days::Business(days) => days.is_business_day(day),
            Days::OfTheWeek(days) => days[index(day.weekday())],
        }
    }

    /// The last day whose cut-off has passed.
    fn last_due(&self, now: Timestamp) -> Option<Date> {
        let mut day = self.cut_off.day_of(now);
        for _ in 0..SEARCHED {
            if self.is_expected(day) && self.cut_off.on(day) <= now {
                return Some(day);
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    /// The first day whose cut-off is still to come.
    fn next_due(&self, now: Timestamp) -> Date {
        let mut day = self.cut_off.day_of(now);
        for _ in 0..SEARCHED {
            if self.is_expected(day) && self.cut_off.on(day) > now {
                break;
            }
            day = day.tomorrow().unwrap_or(day);
        }
        day
    }

    /// The day for which a run counts, `others` being when runs before it began.
    fn day_of(&self, moment: Timestamp, others: impl Iterator<Item = Timestamp>) -> Date {
        let Some(day) = self.last_due(moment) else { return self.next_due(moment) };
        let due = self.cut_off.on(day);
        let looked = others.filter(|other| *other < moment).any(|other| other >= due);
        if day == self.cut_off.day_of(moment) || !looked { day } else { self.next_due(moment) }
    }

    /// What is to be said at this moment, when these files have come, in whatever order. Those that this run has taken
    /// stand among them with `now`.
    #[must_use]
    pub fn judge(&self, now: Timestamp, arrived: &[Arrived]) -> JudgedDay {
        let moments = || arrived.iter().map(|one| one.taken);
        let day = self.day_of(now, moments());
        let counts = |one: &&Arrived| self.day_of(one.taken, moments()) == day;
        let came: Vec<String> = arrived.iter().filter(counts).map(|one| one.name.clone()).collect();
        let early = self.cut_off.on(day) > now;
        let number = u32::try_from(came.len()).unwrap_or(u32::MAX);
        JudgedDay {
            day,
            missing: if early { 0 } else { self.files.saturating_sub(number) },
            too_many: if self.at_least { 0 } else { number.saturating_sub(self.files) },
            came,
            early,
        }
    }

    /// Before this moment nothing of what is judged at `now` can have come.
    #[must_use]
    pub fn since(&self, now: Timestamp) -> Timestamp {
        let before = self.last_due(now).and_then(|day| day.yesterday().ok());
        let before = before.and_then(|day| self.last_due(self.cut_off.on(day)));
        before.map_or(Timestamp::MIN, |day| self.cut_off.on(day))
    }
}

/// `business days`, `weekdays`, `every day`, `Mon-Fri`, `Mon, Thu`.
fn days(text: &str, business: &BusinessDays) -> Option<Days> {
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["business", "days"] => return Some(Days::Business(business.clone())),
        ["weekdays"] => return Some(Days::OfTheWeek([true, true, true, true, true, false, false])),
        ["every", "day"] => return Some(Days::OfTheWeek([true; 7])),
        _ => {}
    }
    let number = |name: &str| NAMES.iter().position(|known| known.eq_ignore_ascii_case(name.trim()));
    let mut chosen = [false; 7];
    if let Some((first, last)) = text.split_once('-') {
        let (mut at, last) = (number(first)?, number(last)?);
        chosen[at] = true;
        while at != last {
            at = (at + 1) % 7;
            chosen[at] = true;
        }
    } else {
        for name in text.split(',') {
            chosen[number(name)?] = true;
        }
    }
    Some(Days::OfTheWeek(chosen))
}

fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()
}

impl fmt::Display for Expected {
    /// As it can be read again, but for the days, which a sentence names by date.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, s) =
            (if self.at_least { "at least " } else { "" }, if self.files == 1 { "" } else { "s" });
        write!(f, "{least}{} file{s} by {}", self.files, self.cut_off)
    }
}
