//! Rows of `tieout_breaks` and `tieout_cleared`, and what is counted of them.

use super::runs::run_id;
use crate::{
    database::{Cells, FromRow},
    error::Result,
    model::{Life, Outcome, RunId, is_break_id},
};

/// Breaks of a run of one life, as `count_life` selects them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeCount {
    /// What became of them.
    pub life: Life,
    /// How many there are.
    pub breaks: u64,
    /// How many of them are accepted.
    pub accepted: u64,
}

impl FromRow for LifeCount {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let life = cells.parsed("life", "what becomes of a break", Life::parse)?;
        Ok(Self { life, breaks: cells.number("breaks")?, accepted: cells.number("accepted breaks")? })
    }
}

/// Open breaks of a feed, as `count_open` selects them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCount {
    /// How many there are.
    pub breaks: u64,
    /// Since when the oldest is open: UTC; empty where none is.
    pub oldest: String,
}

impl FromRow for OpenCount {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let breaks = cells.number("open breaks")?;
        Ok(Self { breaks, oldest: cells.optional("first_seen")?.unwrap_or_default() })
    }
}

/// The id of a break.
pub fn break_id(cells: &mut Cells) -> Result<String> {
    cells.parsed("break_id", "the id of a break", |text| is_break_id(text).then(|| text.to_owned()))
}

/// A time of the ledger's.
pub fn time(cells: &mut Cells, column: &str) -> Result<String> {
    cells.parsed(column, "a time", |text| text.parse::<jiff::Timestamp>().is_ok().then(|| text.to_owned()))
}

/// A break that a run found gone, as `read_cleared` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearedRow {
    /// Its id.
    pub break_id: String,
    /// What it was.
    pub outcome: Outcome,
    /// Its key, encoded.
    pub key_text: String,
    /// `matched` or `gone_in_ours`.
    pub why: String,
    /// Since when it was open: UTC.
    pub first_seen: String,
    /// When it was last seen: UTC.
    pub last_seen: String,
    /// The run that saw it last.
    pub last_run: RunId,
    /// How many runs had seen it.
    pub runs_open: u64,
}

impl FromRow for ClearedRow {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let why = |text: &str| ["matched", "gone_in_ours"].contains(&text).then(|| text.to_owned());
        Ok(Self {
            break_id: break_id(cells)?,
            outcome: cells.parsed("outcome", "an outcome", Outcome::parse)?,
            key_text: cells.text("row_key")?,
            why: cells.parsed("why", "why a break is gone", why)?,
            first_seen: time(cells, "first_seen")?,
            last_seen: time(cells, "last_seen")?,
            last_run: run_id(cells, "last_run")?,
            runs_open: cells.number("runs_open")?,
        })
    }
}
