//! Everything between the commit and the hook: export, clean-up, pruning. It can be made again from the results at any
//! time, so a run that was killed here is finished by the next one.

use super::{leftovers, request::Request};
use crate::{
    database::{Connection, Lock, Target},
    error::{Code, Error, Result, excerpt},
    export,
    failpoint::failpoint,
    feed::Feed,
    ledger::{OutcomeRows, RunDetail, RunKey},
    model::{Outcome, RunId, Summary},
    sql::{Ledger, Work},
};
use std::path::{Path, PathBuf};

/// A run whose outputs are complete.
pub struct FinishedRun {
    /// Its summary.
    pub summary: Summary,
    /// Its folder.
    pub folder: PathBuf,
    /// What became of the clean-up: the verdict stands where it failed.
    pub cleaned: Result<()>,
}

/// Exports a committed run, then cleans up.
///
/// # Errors
/// Those of the export; a failed clean-up is given beside the verdict instead.
pub async fn export(
    connection: &mut Connection,
    lock: &mut Lock,
    request: &Request,
    feed: &Feed,
    mut summary: Summary,
) -> Result<FinishedRun> {
    (request.stage)("exporting");
    let folder = export::export(connection, lock, &mut summary, &request.out).await?;
    failpoint("after-export", &request.stop).await;
    let ledger = Ledger(connection.dialect());
    connection.execute(&ledger.run_status(&summary.run_id, "exported")).await?;
    (request.stage)("cleaning up");
    let cleaned = clean(connection, request, feed).await.map_err(clean_up_failed);
    Ok(FinishedRun { summary, folder, cleaned })
}

async fn clean(connection: &mut Connection, request: &Request, feed: &Feed) -> Result<()> {
    if !request.keep_staging {
        let work = Work::new(connection.dialect(), feed);
        connection.execute_all(&work.truncate()).await?;
    }
    prune(connection, feed).await
}

/// That work tables or old results could not be removed.
pub fn clean_up_failed(cause: Error) -> Error {
    Error::new(Code::CleanUpFailed, format!("the outputs are complete, but the clean-up failed: {cause}"))
        .because(cause)
}

/// Removes results beyond `keep_runs`, oldest first, of runs that were told. Those that hold the values of an open break
/// stay, unless nothing is to be kept at all.
///
/// # Errors
/// `Database`.
pub async fn prune(connection: &mut Connection, feed: &Feed) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    let (keep, all) = (feed.results.keep_runs, feed.results.keep_runs == 0);
    for RunKey(run) in connection.read(&ledger.runs_to_prune(&feed.name, keep, all)).await? {
        remove_results(connection, &run).await?;
    }
    Ok(())
}

/// Removes a run's results and rejects; its row and its files stay.
///
/// # Errors
/// `Database`.
pub async fn remove_results(connection: &mut Connection, run: &RunId) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    connection.execute(&ledger.prune_breaks(run.feed(), run)).await?;
    connection.execute(&ledger.prune_cleared(run)).await?;
    connection.execute(&ledger.prune_results(run)).await?;
    connection.execute(&ledger.prune_rejects(run)).await.map(drop)
}

/// The runs of a feed beyond the newest so many whose results may go, and how many rows that are. None that saw an open
/// break last.
///
/// # Errors
/// `Database`.
pub async fn prunable(connection: &mut Connection, feed: &str, keep: u32) -> Result<Vec<(RunId, u64)>> {
    let ledger = Ledger(connection.dialect());
    let mut found = Vec::new();
    for RunKey(run) in connection.read(&ledger.runs_to_prune(feed, keep, false)).await? {
        let recorded: Vec<OutcomeRows> = connection.read(&ledger.count_results(&run)).await?;
        // An aggregate: there is always a row.
        let rejects: Option<u64> = connection.read_first(&ledger.count_rejects(&run)).await?;
        let rows = recorded.iter().map(|one| one.rows).sum::<u64>() + rejects.unwrap_or_default();
        if rows > 0 {
            found.push((run, rows));
        }
    }
    Ok(found)
}

/// The number of the feed's last run; 0 where there is none.
///
/// # Errors
/// `Database`.
pub async fn last_seq(connection: &mut Connection, feed: &str) -> Result<i64> {
    let last = Ledger(connection.dialect()).run_last_seq(feed);
    // An aggregate: there is always a row.
    Ok(connection.read_first(&last).await?.unwrap_or_default())
}

/// The summary of a run from the ledger, with its reasons also where the program that wrote it knew none; none where
/// the run was not reconciled.
///
/// # Errors
/// `Internal` where it cannot be read; `Database`.
pub async fn read_summary(connection: &mut Connection, run: &RunDetail) -> Result<Option<Summary>> {
    let Some(mut summary) = run.summary()? else { return Ok(None) };
    if summary.reasons.is_empty() && summary.counts.mismatched > 0 {
        summary.reasons = export::count_reasons(connection, &summary).await?;
    }
    Ok(Some(summary))
}

/// Writes a past run's outputs again, under the lock of its feed: nobody else writes them meanwhile.
///
/// # Errors
/// `Usage` where there is no such run or its results were pruned; `Locked` where a run of the feed is at work; those of
/// the export.
pub async fn replay(target: &Target, name: &str, out: &Path) -> Result<(Summary, PathBuf)> {
    let run_id = RunId::parse(name).ok_or_else(|| no_such_run(name, target))?;
    let mut lock = Lock::take(target, run_id.feed()).await?;
    let result: Result<(Summary, PathBuf)> = async {
        let mut connection = Connection::open(target).await?;
        let result = replay_locked(&mut connection, &mut lock, &run_id, out, target).await;
        connection.close().await;
        result
    }
    .await;
    lock.release().await;
    result
}

async fn replay_locked(
    connection: &mut Connection,
    lock: &mut Lock,
    run_id: &RunId,
    out: &Path,
    target: &Target,
) -> Result<(Summary, PathBuf)> {
    let ledger = Ledger(connection.dialect());
    let run: Option<RunDetail> = connection.read_first(&ledger.run_read(run_id)).await?;
    let summary = match run.filter(|run| run.run_id == *run_id) {
        Some(run) => read_summary(connection, &run).await?,
        None => None,
    };
    let mut summary = summary.ok_or_else(|| no_such_run(run_id, target))?;
    let recorded: Vec<OutcomeRows> = connection.read(&ledger.count_results(run_id)).await?;
    let breaks = recorded.iter().filter(|one| one.outcome != Outcome::Matched).map(|one| one.rows);
    // An aggregate: there is always a row.
    let rejects: Option<i64> = connection.read_first(&ledger.count_rejects(run_id)).await?;
    let all_rejects = rejects.and_then(|rejects| rejects.try_into().ok()) == Some(summary.counts.rejects);
    if breaks.sum::<u64>() != summary.counts.breaks() || !all_rejects {
        return Err(Error::new(Code::RunPruned, format!("the results of run {run_id} were pruned")));
    }
    let folder = export::export(connection, lock, &mut summary, out).await?;
    leftovers::remove(connection, run_id.feed(), out).await?;
    Ok((summary, folder))
}

/// Nothing in the ledger is called so, or nothing can be.
fn no_such_run(name: &str, target: &Target) -> Error {
    let what = format!("there is no reconciled run {} in {}", excerpt(name), target.shown());
    Error::new(Code::NoSuchRun, what)
}
