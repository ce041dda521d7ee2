//! Rows of `tieout_accepted`, and breaks as people ask for them.

use super::{
    breaks::{break_id, time},
    runs::run_id,
};
use crate::{
    database::{Cells, FromRow},
    error::Result,
    model::{Acceptance, FeedName, Life, Outcome, RunId},
};

/// A break that a person accepted, as `accepted_read` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedBreak {
    /// The break.
    pub break_id: String,
    /// Until when, by whom and why.
    pub acceptance: Acceptance,
}

impl FromRow for AcceptedBreak {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let break_id = break_id(cells)?;
        let (reason, until, owner) = (cells.text("reason")?, cells.text("until")?, cells.text("owner")?);
        Ok(Self { break_id, acceptance: Acceptance { until, owner, reason } })
    }
}

/// A break that the ledger knows, as `break_read` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBreak {
    /// Its feed.
    pub feed: FeedName,
    /// It is not cleared.
    pub is_open: bool,
    /// What it is.
    pub outcome: Outcome,
    /// Its key, encoded.
    pub key_text: String,
    /// Of its values, as they were last seen.
    pub fingerprint: String,
}

impl FromRow for KnownBreak {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let state = |text: &str| ["open", "cleared"].contains(&text).then(|| text == "open");
        Ok(Self {
            feed: cells.parsed("feed", "the name of a feed", FeedName::parse)?,
            is_open: cells.parsed("state", "open or cleared", state)?,
            outcome: cells.parsed("outcome", "an outcome", Outcome::parse)?,
            key_text: cells.text("row_key")?,
            fingerprint: cells.text("fingerprint")?,
        })
    }
}

/// An open break, as `breaks_open` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRow {
    /// Its id.
    pub break_id: String,
    /// What it is.
    pub outcome: Outcome,
    /// Its key, encoded.
    pub key_text: String,
    /// Names of the differing columns.
    pub differing: Vec<String>,
    /// What the last run that saw it said.
    pub life: Life,
    /// Since when it is open: UTC.
    pub first_seen: String,
    /// When it was last seen: UTC.
    pub last_seen: String,
    /// The run that saw it last.
    pub last_run: RunId,
    /// How many runs have seen it since `first_seen`.
    pub runs_open: u64,
    /// Whether a person accepted it as it is.
    pub accepted: Option<Acceptance>,
    /// The last cut-off with which it is a matter of timing, where it is.
    pub timing_until: Option<String>,
}

impl FromRow for OpenRow {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let mut row = Self {
            break_id: break_id(cells)?,
            outcome: cells.parsed("outcome", "an outcome", Outcome::parse)?,
            key_text: cells.text("row_key")?,
            differing: cells
                .text("differing")?
                .split(';')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            life: cells.parsed("life", "what becomes of a break", Life::parse)?,
            first_seen: time(cells, "first_seen")?,
            last_seen: time(cells, "last_seen")?,
            last_run: run_id(cells, "last_run")?,
            runs_open: cells.number("runs_open")?,
            accepted: None,
            timing_until: None,
        };
        let until = cells.optional("until")?;
        let (owner, reason) = (cells.optional("owner")?.unwrap_or_default(), cells.optional("reason")?);
        row.accepted = until.map(|until| Acceptance { until, owner, reason: reason.unwrap_or_default() });
        row.timing_until = cells.optional("timing_until")?;
        Ok(row)
    }
}
