//! The account of a run: every row of both sides once, every total tied out. It adds up what the
//! database counted and what was read back, and refuses to go on where the two disagree.

mod checks;
mod columns;
mod decimal;
mod equation;
mod groups;
mod minor_units;
mod report;
mod rows;

use super::counts::{GroupSum, JoinCount, TheirRows};
use crate::{
    error::Result,
    feed::Feed,
    model::{Converted, KeySides, Outcome, ResultRow},
};
use columns::ColumnStatistics;
pub use decimal::number;
use groups::GroupSums;
use rows::RowCounts;

/// What was counted and added up.
pub struct Account<'a> {
    feed: &'a Feed,
    rows: RowCounts,
    columns: ColumnStatistics,
    groups: GroupSums,
    /// Keys of both sides, where none of theirs met one of ours.
    unmet: Option<KeySides>,
    /// What the server said while it read ours.
    server_warnings: Vec<String>,
    /// Other sentences.
    warnings: Vec<String>,
}

impl<'a> Account<'a> {
    /// Begins with what the converter counted.
    ///
    /// # Errors
    /// `Internal` where a sum of the converter's is not a number.
    pub fn new(feed: &'a Feed, converted: &[Converted]) -> Result<Self> {
        Ok(Self {
            feed,
            rows: RowCounts::new(converted),
            columns: ColumnStatistics::new(feed, converted),
            groups: GroupSums::new(converted)?,
            unmet: None,
            server_warnings: Vec::new(),
            warnings: Vec::new(),
        })
    }

    /// Takes what the server warned of while it read ours.
    pub fn server_warned(&mut self, warnings: Vec<String>) {
        self.server_warnings.extend(warnings);
    }

    /// Takes a sentence for whoever reads the summary, if there is one.
    pub fn warn(&mut self, warning: Option<String>) {
        self.warnings.extend(warning);
    }

    /// Takes the database's control totals of one column.
    ///
    /// # Errors
    /// `Database` where a value is too long for it.
    pub fn totals(&mut self, column: usize, theirs: Vec<GroupSum>, ours: Vec<GroupSum>) -> Result<()> {
        self.groups.totals(self.feed, column, theirs, ours)
    }

    /// Takes the join before and after repeated keys were settled.
    ///
    /// # Errors
    /// `Internal` where a row of theirs is missing or there twice, or one of ours came or went.
    pub fn join(&mut self, staged: TheirRows, before: &JoinCount, after: JoinCount) -> Result<()> {
        let keys = self.feed.columns.iter().filter(|column| column.is_key()).count();
        self.unmet = (after.pairs() == 0).then(|| KeySides::new(keys));
        self.rows.join(staged, before, after)
    }

    /// Takes a recorded row and computes its checksums once more; gives that of ours where the server could not.
    ///
    /// # Errors
    /// `Internal` where a checksum or the differing columns are not what the values say.
    pub fn row(&mut self, row: &ResultRow, has_sha256: bool) -> Result<Option<String>> {
        self.rows.recorded(row.outcome);
        let filled = checks::checksums(self.feed, row, has_sha256)?;
        self.columns.row(self.feed, row)?;
        self.groups.row(self.feed, row);
        let key = || row.key.iter().map(String::as_str);
        match (&mut self.unmet, row.outcome) {
            (Some(sides), Outcome::MissingInOurs) => sides.add_theirs(key()),
            (Some(sides), Outcome::MissingInTheirs) => sides.add_ours(key()),
            _ => {}
        }
        Ok(filled)
    }

    /// The equations that must hold before anything is committed.
    ///
    /// # Errors
    /// `Internal` with the equation that does not hold.
    pub fn prove(&mut self) -> Result<()> {
        self.rows.prove()?;
        self.groups.prove(self.feed)
    }
}
