//! Rows of `tieout_runs` and `tieout_files`.

use crate::{
    database::{Cells, FromRow},
    error::{Code, Error, Result},
    model::{Outcome, Summary},
};

/// A past run, as `runs_history` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its id.
    pub run_id: String,
    /// Its feed.
    pub feed: String,
    /// `loading`, `reconciled`, `exported`, `done`, `failed` or `abandoned`.
    pub status: String,
    /// `tied_out`, `breaks`, or empty where it was not reconciled.
    pub verdict: String,
    /// UTC.
    pub started_at: String,
    /// UTC; empty where it was not reconciled.
    pub finished_at: String,
    /// Its summary as JSON; empty where it was not reconciled.
    pub detail: String,
}

impl FromRow for RunRow {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self {
            run_id: cells.text("run_id")?,
            feed: cells.text("feed")?,
            status: cells.text("status")?,
            verdict: cells.text("verdict")?,
            started_at: cells.text("started_at")?,
            finished_at: cells.text("finished_at")?,
            detail: cells.text("detail")?,
        })
    }
}

/// What `run_read` and `runs_unfinished` select of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDetail {
    /// Its id.
    pub run_id: String,
    /// As in [`RunRow`].
    pub status: String,
    /// As in [`RunRow`].
    pub detail: String,
}

impl FromRow for RunDetail {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (run_id, status) = (cells.text("run_id")?, cells.text("status")?);
        Ok(Self { run_id, status, detail: cells.text("detail")? })
    }
}

impl RunRow {
    /// The summary that was committed with the run's results; none where it was not reconciled.
    ///
    /// # Errors
    /// `Internal` where it cannot be read.
    pub fn summary(&self) -> Result<Option<Summary>> {
        summary(&self.run_id, &self.detail)
    }
}

impl RunDetail {
    /// As that of [`RunRow`].
    ///
    /// # Errors
    /// As there.
    pub fn summary(&self) -> Result<Option<Summary>> {
        summary(&self.run_id, &self.detail)
    }
}

fn summary(run_id: &str, detail: &str) -> Result<Option<Summary>> {
    if detail.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(detail).map(Some).map_err(|cause| {
        Error::check(
            Code::Unreadable,
            format!("the summary of run {run_id} in the ledger cannot be read: {cause}"),
        )
    })
}

/// A file that a run has counted, as `file_seen` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedFile {
    /// Its digest.
    pub sha256: String,
    /// The last run that counted it.
    pub run_id: String,
    /// That run's verdict.
    pub verdict: String,
}

impl FromRow for CountedFile {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (sha256, run_id) = (cells.text("sha256")?, cells.text("run_id")?);
        Ok(Self { sha256, run_id, verdict: cells.text("verdict")? })
    }
}

/// How many results of an outcome a run has, as `count_results` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeRows {
    /// What became of them.
    pub outcome: Outcome,
    /// How many there are.
    pub rows: u64,
}

impl FromRow for OutcomeRows {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let outcome = cells.parsed("outcome", "an outcome", Outcome::parse)?;
        Ok(Self { outcome, rows: cells.number("rows")? })
    }
}
