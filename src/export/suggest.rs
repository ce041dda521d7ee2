//! Probable counterparts: of the rows that the other side lacks, pairs that agree in amount and currency and
//! nearly in date, but not in their key. They are suggestions to a person: no count and no verdict knows of them.
//!
//! Pure: it knows canonical texts and neither database nor clock, and orders by bytes, so the suggestions are the
//! same on every database and are made again for old runs.

mod alike;
mod pairs;
#[cfg(test)]
mod tests;

pub use pairs::Pair;

use crate::{
    feed::{Feed, Suggest},
    model::{Outcome, ResultRow, Suggestions, Summary, checksum},
};
use alike::{RemainingColumns, plain};
use jiff::civil::Date;
use pairs::{Row, find};

/// Rows held per side; where more are missing, something else is wrong and no pair would mean anything.
const MOST_ROWS: u64 = 50_000;
/// … and bytes of both sides.
const MOST_BYTES: usize = 32 << 20;

/// What the choice of columns looks at.
struct Known<'a> {
    name: &'a str,
    r#type: &'a str,
    compared: bool,
    total_by: Option<&'a str>,
}

/// The columns that the feed names, or those that are certain.
#[must_use]
pub fn suggestions_of_feed(feed: &Feed) -> Suggestions {
    let known = feed.columns.iter().map(|column| Known {
        name: &column.name,
        r#type: column.kind.name(),
        compared: column.compared(),
        total_by: column.comparison.total_by().and_then(|by| feed.columns.get(by)).map(|by| by.name.as_str()),
    });
    choose(&feed.suggest, &known.collect::<Vec<_>>())
}

/// The same for a run of a program that knew of none.
#[must_use]
pub fn suggestions_of_summary(summary: &Summary) -> Suggestions {
    let by = |name: &str| summary.totals.iter().find(|total| total.column == name);
    let known = summary.columns.iter().map(|column| Known {
        name: &column.name,
        r#type: &column.r#type,
        compared: column.compared,
        total_by: by(&column.name).map(|total| total.by.as_str()),
    });
    choose(&Suggest::default(), &known.collect::<Vec<_>>())
}

fn choose(asked: &Suggest, columns: &[Known<'_>]) -> Suggestions {
    let none = |note: &str| Suggestions { note: note.to_owned(), ..Suggestions::default() };
    if !asked.enabled {
        return none("switched off by the feed");
    }
    let totalled = columns.iter().filter(|c| c.compared && c.total_by.is_some());
    let totalled: Vec<&str> = totalled.map(|c| c.name).collect();
    let amount = match (&asked.amount, totalled.as_slice()) {
        (Some(named), _) => named.as_str(),
        (None, [one]) => one,
        (None, []) => return none("no column has total_by: name the amount under [suggestions]"),
        _ => return none("several columns have total_by: name the amount under [suggestions]"),
    };
    let by = columns.iter().find(|c| c.name == amount).and_then(|c| c.total_by);
    let currency = asked.currency.as_deref().or(by).unwrap_or_default();
    let first_date = || columns.iter().find(|c| c.compared && matches!(c.r#type, "date" | "timestamp"));
    let Some(date) = asked.date.as_deref().or_else(|| first_date().map(|c| c.name)) else {
        return none("no compared column is a date: name one under [suggestions]");
    };
    let [amount, currency, date] = [amount, currency, date].map(str::to_owned);
    Suggestions { amount, currency, date, days: asked.days, ..Suggestions::default() }
}

/// Collects the rows without a partner while the results are read.
pub struct Finder<'a> {
    summary: &'a Summary,
    told: Suggestions,
    /// Amount, currency, date among the columns.
    places: Option<(usize, Option<usize>, usize)>,
    theirs: Vec<Row>,
    ours: Vec<Row>,
    bytes: usize,
}

impl<'a> Finder<'a> {
    /// Begins; rows of other summaries have no place in it.
    pub fn new(summary: &'a Summary) -> Self {
        let told = summary.suggestions.clone().unwrap_or_else(|| suggestions_of_summary(summary));
        let place = |name: &str| summary.columns.iter().position(|column| column.name == name);
        let places = place(&told.amount).zip(place(&told.date));
        let places = places.map(|(amount, date)| (amount, place(&told.currency), date));
        let mut finder = Self { summary, told, places, theirs: Vec::new(), ours: Vec::new(), bytes: 0 };
        let missing = [summary.counts.missing_in_ours, summary.counts.missing_in_theirs];
        if missing.contains(&0) {
            finder.places = None;
        } else if missing.iter().any(|rows| *rows > MOST_ROWS) {
            finder.give_up();
        }
        finder
    }

    /// Takes a break by its id; only rows that one side lacks are of interest.
    pub fn add(&mut self, row: &ResultRow, id: &str) {
        let Some((amount, currency, date)) = self.places else { return };
        let (side, list) = match (row.outcome, &row.theirs, &row.ours) {
            (Outcome::MissingInOurs, Some(side), _) => (side, &mut self.theirs),
            (Outcome::MissingInTheirs, _, Some(side)) => (side, &mut self.ours),
            _ => return,
        };
        let value = |n: usize| side.fields[n].as_str();
        let (Some(day), false) = (day(value(date)), value(amount).is_empty()) else { return };
        let magnitude = value(amount).strip_prefix('-').unwrap_or(value(amount));
        let row = Row {
            group: format!("{magnitude}\u{1f}{}", currency.map_or("", value)),
            negative: value(amount).len() > magnitude.len(),
            day,
            key: row.key_text.clone(),
            plain: plain(&row.key_text),
            text: checksum::encode(side.fields.iter().map(String::as_str)),
            seq: row.seq,
            id: id.to_owned(),
            place: row.place,
        };
        self.bytes += row.group.len() + 2 * row.key.len() + row.text.len();
        list.push(row);
        if self.bytes > MOST_BYTES {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        if self.told.note.is_empty() {
            let mib = MOST_BYTES >> 20;
            self.told.note =
                format!("not made: more than {MOST_ROWS} rows of one side, or {mib} MiB, are missing");
        }
        (self.places, self.theirs, self.ours) = (None, Vec::new(), Vec::new());
    }

    /// The pairs in the order of their rank, and what the summary says of them.
    pub fn finish(self) -> (Vec<Pair>, Suggestions) {
        let mut told = self.told;
        let pairs = match self.places {
            Some((amount, currency, date)) => {
                let fixed: Vec<usize> = [Some(amount), currency, Some(date)].into_iter().flatten().collect();
                find(self.theirs, self.ours, told.days, &RemainingColumns::new(&self.summary.columns, &fixed))
            }
            None => Vec::new(),
        };
        told.pairs = pairs.len() as u64;
        (pairs, told)
    }
}

/// Days since some day, of a canonical date or timestamp; ours may hold anything.
fn day(text: &str) -> Option<i32> {
    let date: Date = text.get(..10)?.parse().ok()?;
    date.since(Date::new(1970, 1, 1).ok()?).ok().map(|span| span.get_days())
}
