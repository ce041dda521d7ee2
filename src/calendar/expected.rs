//! What a day is expected to bring: `5 files by 07:30 Europe/London on business days`; and whether it did.
//!
//! ```text
//! expected = ["at" "least"] number ("file" | "files") "by" HH:MM zone ["on" days | "every" "day"]
//! days     = "business" "days" | "weekdays" | "every" "day" | day {"," day} | day "-" day
//! day      = "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun"
//! ```
//!
//! A run that looks between a cut-off and midnight answers for that day. A day on which none did is answered for by the
//! first one after it, and only files that came on that day, or before it, count for it. Each day is answered for after
//! its midnight once at most: whatever a later run meets counts for a day of its own.

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

/// A look into the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When it is.
    pub at: Timestamp,
    /// When the one before was; `None`: it is the first of all. Nothing is known of the time before that.
    pub last: Option<Timestamp>,
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

    /// The first expected day from a day on.
    fn expected_from(&self, mut day: Date) -> Date {
        for _ in 0..SEARCHED {
            if self.is_expected(day) {
                break;
            }
            day = day.tomorrow().unwrap_or(day);
        }
        day
    }

    /// The days that a look answers for, the earliest first: those whose cut-off no look has met yet, and today's from its
    /// cut-off until midnight, however often it was met.
    fn due(&self, look: Look) -> Vec<Date> {
        let today = self.cut_off.day_of(look.at);
        let mut days = Vec::new();
        let mut day = look.last.map_or(today, |last| self.cut_off.day_of(last).min(today));
        loop {
            let cut_off = self.cut_off.on(day);
            let new = day == today || look.last.is_some_and(|last| last < cut_off);
            if new && self.is_expected(day) && cut_off <= look.at {
                days.push(day);
            }
            match day.tomorrow() {
                Ok(next) if day < today => day = next,
                _ => return days,
            }
        }
    }

    /// The day for which a file counts that this look meets first; `modified` is its time on the server. That is when it
    /// came, unless the look before would have met it then: senders may keep older times.
    #[must_use]
    pub fn day_of(&self, look: Look, modified: Option<Timestamp>) -> Date {
        let since_last = |time: &Timestamp| *time <= look.at && look.last.is_none_or(|last| *time > last);
        let came = self.cut_off.day_of(modified.filter(since_last).unwrap_or(look.at));
        let due = self.due(look).into_iter().find(|day| came <= *day);
        due.unwrap_or_else(|| self.expected_from(self.cut_off.day_of(look.at)))
    }

    /// The days of which something is to be said, the earliest first, at least one: those that are due, else the next one.
    #[must_use]
    pub fn days(&self, look: Look) -> Vec<Date> {
        let due = self.due(look);
        if !due.is_empty() {
            return due;
        }
        let today = self.cut_off.day_of(look.at);
        vec![self.expected_from(today)]
    }

    /// What is to be said of a day for which these files count.
    #[must_use]
    pub fn judge(&self, look: Look, day: Date, came: Vec<String>) -> JudgedDay {
        let early = self.cut_off.on(day) > look.at;
        let number = u32::try_from(came.len()).unwrap_or(u32::MAX);
        JudgedDay {
            day,
            missing: if early { 0 } else { self.files.saturating_sub(number) },
            too_many: if self.at_least { 0 } else { number.saturating_sub(self.files) },
            came,
            early,
        }
    }

    /// When a run must look so that a missing file is told on its day.
    #[must_use]
    pub fn needed_run(&self) -> String {
        format!("a run between {} and midnight there is needed on each day that expects files", self.cut_off)
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
