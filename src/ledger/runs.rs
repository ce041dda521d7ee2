//! Rows of `tieout_runs` and `tieout_files`.

use crate::{
    database::{Cells, FromRow},
    error::{Code, Error, Result, printable},
    model::{FeedName, Outcome, RunId, Summary, Verdict},
};
use std::path::Path;

/// A run that a statement selects by `run_id` and `feed` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunKey(pub RunId);

impl FromRow for RunKey {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        key(cells).map(|(run_id, _)| Self(run_id))
    }
}

/// A feed that ran, as `feeds_known` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedKey(pub FeedName);

impl FromRow for FeedKey {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        cells.is("a row of tieout_feeds".to_owned());
        cells.parsed("feed", "the name of a feed", FeedName::parse).map(Self)
    }
}

/// The columns `run_id` and `feed`. The one names the other: a row that does not is nothing that tieout wrote.
fn key(cells: &mut Cells) -> Result<(RunId, FeedName)> {
    let run_id = run_id(cells, "run_id")?;
    cells.is(format!("the row of run {run_id}"));
    let of_it = |text: &str| FeedName::parse(text).filter(|feed| **feed == *run_id.feed());
    let feed = cells.parsed("feed", "the feed of that run", of_it)?;
    Ok((run_id, feed))
}

/// The id of a run in a column of this name.
pub(super) fn run_id(cells: &mut Cells, column: &str) -> Result<RunId> {
    cells.parsed(column, "the id of a run", RunId::parse)
}

/// One of the words that the column may hold.
fn word(cells: &mut Cells, column: &str, words: &[&'static str]) -> Result<&'static str> {
    let known = |text: &str| words.iter().find(|word| **word == text).copied();
    cells.parsed(column, &format!("one of {}", words.join(", ")), known)
}

/// A time, or empty.
fn time(cells: &mut Cells, column: &str) -> Result<String> {
    let is_time = |text: &str| text.is_empty() || text.parse::<jiff::Timestamp>().is_ok();
    cells.parsed(column, "a time", |text| is_time(text).then(|| text.to_owned()))
}

const STATUSES: [&str; 6] = ["loading", "reconciled", "exported", "done", "failed", "abandoned"];
const VERDICTS: [&str; 3] =
    [Verdict::TiedOut.name(), Verdict::TiedOutWithFailedControls.name(), Verdict::Breaks.name()];

/// A past run, as `runs_history` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its id.
    pub run_id: RunId,
    /// Its feed.
    pub feed: FeedName,
    /// `loading`, `reconciled`, `exported`, `done`, `failed` or `abandoned`.
    pub status: &'static str,
    /// `tied_out`, `tied_out_with_failed_controls`, `breaks`, or empty where it was not reconciled.
    pub verdict: &'static str,
    /// UTC.
    pub started_at: String,
    /// UTC; empty where it was not reconciled.
    pub finished_at: String,
    /// Its summary as JSON; empty where it was not reconciled.
    detail: String,
    /// Why it failed, as `TO-401: what happened`; empty where it did not, and in rows of older programs.
    pub failure: String,
}

impl FromRow for RunRow {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (run_id, feed) = key(cells)?;
        let [tied_out, failed_controls, breaks] = VERDICTS;
        Ok(Self {
            run_id,
            feed,
            status: word(cells, "status", &STATUSES)?,
            verdict: word(cells, "verdict", &[tied_out, failed_controls, breaks, ""])?,
            started_at: time(cells, "started_at")?,
            finished_at: time(cells, "finished_at")?,
            detail: cells.text("detail")?,
            failure: cells.optional("failure")?.unwrap_or_default(),
        })
    }
}

/// What `run_read` and `runs_unfinished` select of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDetail {
    /// Its id.
    pub run_id: RunId,
    /// Its feed.
    pub feed: FeedName,
    /// As in [`RunRow`].
    pub status: &'static str,
    /// As in [`RunRow`].
    detail: String,
}

impl FromRow for RunDetail {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (run_id, feed) = key(cells)?;
        let status = word(cells, "status", &STATUSES)?;
        Ok(Self { run_id, feed, status, detail: cells.text("detail")? })
    }
}

impl RunRow {
    /// The summary that was committed with the run's results; none where it was not reconciled.
    ///
    /// # Errors
    /// `Internal` where it cannot be read, or is another run's.
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

fn summary(run_id: &RunId, detail: &str) -> Result<Option<Summary>> {
    if detail.is_empty() {
        return Ok(None);
    }
    let unreadable = |why: String| {
        let what = format!("the summary of run {run_id} in the ledger cannot be read: {why}");
        Error::check(Code::Unreadable, what)
    };
    let summary: Summary =
        serde_json::from_str(detail).map_err(|cause| unreadable(printable(&cause.to_string())))?;
    if summary.run_id != *run_id || *summary.feed != *run_id.feed() {
        return Err(unreadable(format!("it is that of run {} of feed {}", summary.run_id, summary.feed)));
    }
    let counts = &summary.counts;
    if summary.verdict != Verdict::of(counts.breaks(), counts.rejects, summary.failed_controls) {
        return Err(unreadable(format!(
            "its verdict {} does not follow from its counts",
            summary.verdict.name()
        )));
    }
    Ok(Some(summary))
}

/// Who may commit a run of a feed, as `fence_holder` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The run; whatever stands there is only compared.
    pub run_id: String,
    /// Process, host, since when, and where it writes to: for messages.
    pub holder: String,
}

impl Fence {
    /// Whether the run writes to this folder, as far as its holder says.
    #[must_use]
    pub fn writes_to(&self, out: &Path) -> bool {
        let out = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
        self.holder.ends_with(&format!("--out {}", out.display()))
    }
}

impl FromRow for Fence {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self { run_id: cells.text("run_id")?, holder: cells.text("holder")? })
    }
}

/// A file that a run has counted, as `file_seen` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedFile {
    /// Its digest.
    pub sha256: String,
    /// The last run that counted it.
    pub run_id: RunId,
    /// That run's verdict.
    pub verdict: &'static str,
    /// Its outputs are complete.
    pub exported: bool,
}

impl FromRow for CountedFile {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (sha256, run_id) = (cells.text("sha256")?, run_id(cells, "run_id")?);
        let verdict = word(cells, "verdict", &VERDICTS)?;
        let exported = word(cells, "status", &["reconciled", "exported", "done"])? != "reconciled";
        Ok(Self { sha256, run_id, verdict, exported })
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

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "acme-20260131T070509Z-000042-ab12cd34";

    fn row(change: Option<(usize, &str)>) -> Result<RunRow> {
        let sound = [ID, "acme", "done", "breaks", "2026-01-31T07:05:09Z", "2026-01-31T07:05:10Z", "", ""];
        let mut row: Vec<Option<String>> = sound.map(|cell| Some(cell.to_owned())).into();
        if let Some((n, cell)) = change {
            row[n] = Some(cell.to_owned());
        }
        RunRow::from_row(&mut Cells::new("runs_history", row))
    }

    #[test]
    fn a_sound_row_is_read() {
        let run = row(None).unwrap();
        assert_eq!((&*run.run_id, &*run.feed, run.status, run.verdict), (ID, "acme", "done", "breaks"));
        assert!(run.summary().unwrap().is_none());
    }

    #[test]
    fn a_row_that_nobody_of_ours_wrote_is_status_70_and_can_be_found() {
        for (n, cell, column) in [
            (0, "/etc", "run_id holds /etc"),
            (0, "acme-20260131T070509Z-000042-ab12cd34\n", "run_id holds acme"),
            (1, "other", "feed holds other"),
            (1, "acme\n\\! id", "feed holds acme\\u{a}"),
            (2, "\u{1b}[2J", "status holds \\u{1b}"),
            (3, "won", "verdict holds won"),
            (4, "today\n", "started_at holds today\\u{a}"),
        ] {
            let cause = row(Some((n, cell))).unwrap_err();
            assert_eq!(cause.status(), 70, "{cause}");
            assert!(cause.to_string().contains(column), "{cause}");
            assert!(n == 0 || cause.to_string().ends_with(&format!(", in the row of run {ID}")), "{cause}");
            assert!(!cause.to_string().contains(char::is_control), "{cause:?}");
        }
    }
}
