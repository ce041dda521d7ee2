//! Probable counterparts: of the rows that the other side lacks, pairs that agree in amount and currency and
//! nearly in date, but not in their key. They are suggestions to a person: no count and no verdict knows of them.
//!
//! Pure: it knows canonical texts and neither database nor clock, and orders by bytes, so the suggestions are the
//! same on every database and are made again for old runs.

mod alike;
mod choose;
mod keys;
mod pairs;
#[cfg(test)]
mod tests;

pub use choose::{of_feed, of_summary};
pub use keys::keys_apart;
pub use pairs::Pair;

use crate::model::{Outcome, ResultRow, Suggestions, Summary, checksum};
use alike::{RemainingColumns, plain};
use jiff::civil::Date;
use pairs::{LoneRow, find};

/// Rows held per side; where more are missing, something else is wrong and no pair would mean anything.
const MOST_ROWS: u64 = 50_000;
/// … and bytes of both sides.
const MOST_BYTES: usize = 32 << 20;

/// Collects the rows without a partner while the results are read.
pub struct Finder<'a> {
    summary: &'a Summary,
    told: Suggestions,
    /// Amount, currency, date among the columns.
    places: Option<(usize, Option<usize>, usize)>,
    theirs: Vec<LoneRow>,
    ours: Vec<LoneRow>,
    bytes: usize,
}

impl<'a> Finder<'a> {
    /// Begins; rows of other summaries have no place in it.
    pub fn new(summary: &'a Summary) -> Self {
        let told = summary.suggestions.clone().unwrap_or_else(|| of_summary(summary));
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
        let row = LoneRow {
            group: checksum::encode([magnitude, currency.map_or("", value)]),
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
