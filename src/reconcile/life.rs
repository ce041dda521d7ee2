//! What became of each break since the last run, decided from ids and fingerprints in the verdict's transaction.

use super::{Task, scope};
use crate::{
    database::Connection,
    error::{Code, Error, Result},
    ledger::{AcceptedBreak, LifeCount, OpenCount},
    model::LifeSummary,
    sql::{Dialect, Ledger, OfRun, Statement, Work},
};
use jiff::Timestamp;

/// When a run began, and what it read.
pub struct Began<'a> {
    /// UTC, as the ledger keeps it.
    pub at: &'a str,
    /// The digests of its files.
    pub files: Vec<&'a str>,
    /// What the feed's own file says of breaks that are known.
    pub accepted: Vec<AcceptedBreak>,
}

/// The statements that [`decide`] runs behind [`taken_over`], in order, of a run that begins `at` that time.
#[must_use]
pub fn statements(dialect: Dialect, task: &Task<'_>, at: &str) -> Vec<Statement> {
    let (ledger, work, scope) = (Ledger(dialect), Work::new(dialect, task.feed), scope::of_run(task));
    let key_columns = scope::key_columns(task);
    let run = OfRun {
        feed: &task.feed.name,
        run_id: task.run_id,
        now: at,
        scope: &scope,
        key_columns: &key_columns,
    };
    let today = at.get(..10).unwrap_or_default();
    let mut all = vec![
        ledger.files_before(run.feed),
        ledger.breaks_seen(run, true),
        ledger.life(run),
        ledger.accepted_bind(run),
        ledger.accepted(run, "file", today),
        ledger.accepted(run, "command", today),
        ledger.breaks_unseen(run),
        work.clear_met(run),
        ledger.clear_gone(run),
        ledger.mark_cleared(run),
        ledger.count_life(run.run_id),
        ledger.count_open(run.feed),
    ];
    all.extend(task.feed.timing.iter().map(|_| ledger.count_timing(run.run_id)));
    all
}

/// Notes what the run found and what it found gone; gives what the summary says of it.
///
/// # Errors
/// `Database`; `Internal` where the counts do not add up to `breaks`.
pub async fn decide(
    connection: &mut Connection,
    task: &Task<'_>,
    began: &Began<'_>,
    breaks: u64,
) -> Result<LifeSummary> {
    let dialect = connection.dialect();
    let ledger = Ledger(dialect);
    let scope = scope::of_run(task);
    let key_columns = scope::key_columns(task);
    let run = OfRun {
        feed: &task.feed.name,
        run_id: task.run_id,
        now: began.at,
        scope: &scope,
        key_columns: &key_columns,
    };
    let today = began.at.get(..10).unwrap_or_default();
    let taken_over = taken_over(connection, run.feed, run.now, &began.accepted).await?;
    connection.execute_all(&taken_over).await?;
    if breaks > 0 {
        let before: Vec<String> = connection.read(&ledger.files_before(run.feed)).await?;
        let mut files = began.files.clone();
        files.sort_unstable();
        // The same files once more are no further day on which a break is open.
        connection.execute(&ledger.breaks_seen(run, before != files)).await?;
        connection.execute(&ledger.life(run)).await?;
        connection.execute(&ledger.accepted_bind(run)).await?;
        for origin in ["file", "command"] {
            connection.execute(&ledger.accepted(run, origin, today)).await?;
        }
    }
    let mut summary = LifeSummary::default();
    let unseen: u64 = connection.read_first(&ledger.breaks_unseen(run)).await?.unwrap_or_default();
    if unseen > 0 {
        summary.cleared = connection.execute(&Work::new(dialect, task.feed).clear_met(run)).await?;
        if !scope.is_empty() {
            summary.cleared += connection.execute(&ledger.clear_gone(run)).await?;
        }
        let marked = connection.execute(&ledger.mark_cleared(run)).await?;
        equal("breaks cleared = breaks that are open no more", summary.cleared, marked)?;
    }
    for LifeCount { life, breaks, accepted } in connection.read(&ledger.count_life(task.run_id)).await? {
        summary.add(life, breaks);
        summary.accepted += accepted;
    }
    let seen = summary.new + summary.persisting + summary.changed + summary.reopened;
    equal("breaks = new + known + changed + reopened", breaks, seen)?;
    let open: Option<OpenCount> = connection.read_first(&ledger.count_open(run.feed)).await?;
    if let Some(OpenCount { breaks: open, oldest }) = open {
        summary.open = open;
        summary.not_looked_at = unseen.saturating_sub(summary.cleared);
        equal("open breaks = breaks of this run + those not looked at", open, seen + summary.not_looked_at)?;
        summary.oldest_days = days_between(&oldest, began.at);
        summary.oldest_first_seen = oldest;
    }
    Ok(summary)
}

/// The statements by which what the file says is what counts, from `now` on: lines that are new or were changed begin anew,
/// those that are gone count no more.
///
/// # Errors
/// `Database` where the ledger does not say what counted so far.
pub async fn taken_over(
    connection: &mut Connection,
    feed: &str,
    now: &str,
    wanted: &[AcceptedBreak],
) -> Result<Vec<Statement>> {
    const FILE: &str = "file";
    let ledger = Ledger(connection.dialect());
    let there: Vec<AcceptedBreak> = connection.read(&ledger.accepted_read(feed, FILE)).await?;
    let gone = there.iter().filter(|old| !wanted.contains(old));
    let mut all: Vec<Statement> = gone.map(|old| ledger.accepted_remove(feed, &old.break_id, FILE)).collect();
    for AcceptedBreak { break_id, acceptance } in wanted.iter().filter(|new| !there.contains(new)) {
        let said = [&acceptance.reason, &acceptance.until, &acceptance.owner].map(String::as_str);
        all.push(ledger.accepted_add(feed, break_id, FILE, said, now, ""));
    }
    Ok(all)
}

/// Both numbers are the same.
///
/// # Errors
/// `Internal`, with what does not hold.
pub fn equal(what: &str, one: u64, other: u64) -> Result<()> {
    if one == other {
        return Ok(());
    }
    Err(Error::check(Code::ProofFailed, format!("{what} does not hold: {one} and {other}")))
}

/// Whole days; 0 where there is no such time, or the clock went back.
fn days_between(earlier: &str, later: &str) -> u64 {
    let times = earlier.parse::<Timestamp>().ok().zip(later.parse::<Timestamp>().ok());
    let seconds = times.map_or(0, |(earlier, later)| later.as_second() - earlier.as_second());
    u64::try_from(seconds / 86_400).unwrap_or_default()
}
