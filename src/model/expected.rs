//! What a day was expected to bring, and what came.

use crate::error::printable;
use serde::{Deserialize, Serialize};

/// So many names are told.
const SHOWN: usize = 20;

/// The files that a day was expected to bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedFiles {
    /// What the feed says, such as `5 files by 07:30 Europe/London`.
    pub expected: String,
    /// Which day, in that zone.
    pub day: String,
    /// The files that came, in order.
    pub came: Vec<String>,
    /// How many did not come in time; 0 also where there is time left.
    pub missing: u64,
    /// How many came beyond what was expected.
    pub too_many: u64,
    /// There is time left.
    pub early: bool,
    /// Days before, at which no run had looked, and that lack files.
    #[serde(default)]
    pub earlier: Vec<ExpectedFiles>,
}

impl ExpectedFiles {
    /// How many files are missing, on that day and on earlier ones.
    #[must_use]
    pub fn missing_in_all(&self) -> u64 {
        self.earlier.iter().map(Self::missing_in_all).fold(self.missing, u64::saturating_add)
    }

    /// Whether any is.
    #[must_use]
    pub fn lacks(&self) -> bool {
        self.missing_in_all() > 0
    }

    /// `3 files came of 5 files by 07:30 UTC on 2026-07-15 (a.xml, b.xml, c.xml): 2 are missing`.
    #[must_use]
    pub fn text(&self) -> String {
        let names: Vec<String> = self.came.iter().take(SHOWN).map(|name| printable(name)).collect();
        let more = if self.came.len() > SHOWN { ", …" } else { "" };
        let names = if names.is_empty() { String::new() } else { format!(" ({}{more})", names.join(", ")) };
        let (count, expected, day) = (self.came.len(), printable(&self.expected), &self.day);
        let s = if count == 1 { "" } else { "s" };
        let so_far = match (self.missing, self.too_many) {
            _ if self.early => "; there is time left".to_owned(),
            (0, 0) => String::new(),
            (0, more) => format!("; {more} more than that"),
            (1, _) => "; 1 is missing".to_owned(),
            (missing, _) => format!("; {missing} are missing"),
        };
        let mut text = format!("of {expected} on {day}, {count} file{s} came{names}{so_far}");
        for day in &self.earlier {
            text = format!("{}; {text}", day.text());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_and_what_did_not_is_one_sentence() {
        let one = |came: &[&str], missing, too_many, early| {
            let came = came.iter().map(|name| (*name).to_owned()).collect();
            let (expected, day) = ("2 files by 07:30 UTC".into(), "2026-07-15".into());
            ExpectedFiles { expected, day, came, missing, too_many, early, earlier: Vec::new() }.text()
        };
        let begin = "of 2 files by 07:30 UTC on 2026-07-15, ";
        assert_eq!(one(&[], 2, 0, false), format!("{begin}0 files came; 2 are missing"));
        assert_eq!(one(&["a"], 1, 0, false), format!("{begin}1 file came (a); 1 is missing"));
        assert_eq!(one(&["a"], 0, 0, true), format!("{begin}1 file came (a); there is time left"));
        assert_eq!(one(&["a", "b"], 0, 0, false), format!("{begin}2 files came (a, b)"));
        assert_eq!(
            one(&["a", "b", "c"], 0, 1, false),
            format!("{begin}3 files came (a, b, c); 1 more than that")
        );
    }
}
