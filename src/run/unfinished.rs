//! What earlier runs of a feed left undone. Its lock is held, so none of them is alive: a run that died before its commit
//! left nothing and is abandoned, a committed one is finished.

use super::{
    export::{FinishedRun, export, read_summary},
    leftovers,
    lock::Locks,
    request::{Report, Request},
    work_tables::prepare,
};
use crate::{
    database::Connection,
    error::{Code, Error, Result, printable},
    feed::Feed,
    ledger::{Fence, RunDetail, RunKey},
    model::RunId,
    sql::{Ledger, Work, empty, work_tables},
};
use std::path::Path;

/// What the ledger says of a run that nobody could mark as failed.
const DIED: &str = "its process ended before the commit: it was killed, or the machine or the network failed";

/// Forgets runs of this feed that were killed before their commit, and removes what dead runs left in `out`.
///
/// # Errors
/// `Database`; `Internal` where a row of the ledger cannot be read.
async fn abandon_dead_runs(connection: &mut Connection, feed: &str, out: &Path) -> Result<()> {
    connection.end_dead(feed, true).await?;
    let ledger = Ledger(connection.dialect());
    let dead: Vec<RunKey> = connection.read(&ledger.runs_loading(feed)).await?;
    let fence: Option<Fence> = connection.read_first(&ledger.fence_holder(feed)).await?;
    for RunKey(run_id) in &dead {
        let who = fence.as_ref().filter(|fence| fence.run_id == **run_id);
        let who = who.map_or_else(|| run_id.to_string(), |fence| printable(&fence.holder));
        tracing::warn!("a run died before its commit and left nothing: marked as abandoned ({who})");
        tell_other_out(fence.as_ref(), run_id, out);
    }
    leftovers::remove(connection, feed, out).await?;
    connection.execute(&ledger.run_abandon(feed, DIED)).await.map(drop)
}

/// Abandons dead runs, and exports those that were committed but not told: they are in the ledger, whatever files they
/// counted. One that another process is telling is left to it.
///
/// # Errors
/// `Database`, and those of the export; `finished` holds what was exported before.
pub async fn finish(
    connection: &mut Connection,
    locks: &mut Locks,
    request: &Request,
    told: &[Report],
    finished: &mut Vec<FinishedRun>,
) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    name_untold_sets(connection, request).await?;
    for feed in &request.feeds {
        abandon_dead_runs(connection, &feed.name, &request.out).await?;
        for run in connection.read::<RunDetail>(&ledger.runs_unfinished(&feed.name)).await? {
            // One whose hook has just failed is not tried again at once.
            if told.iter().any(|told| told.summary.run_id == run.run_id) {
                continue;
            }
            let lock = locks.of(&feed.name)?;
            if !lock.also(&run.run_id).await? {
                let end = lock.end_by_hand(Some(&run.run_id)).await?;
                let end = end
                    .map_or_else(String::new, |end| format!("; if it is gone, this ends its session: {end}"));
                tracing::warn!("run {} is being told by another process, and is left to it{end}", run.run_id);
                continue;
            }
            if is_told(connection, &run.run_id).await? {
                continue;
            }
            let summary = read_summary(connection, &run).await?.ok_or_else(|| {
                Error::check(
                    Code::RowsLost,
                    format!("run {} is {}, but the ledger has no summary of it", run.run_id, run.status),
                )
            })?;
            let fence: Option<Fence> = connection.read_first(&ledger.fence_holder(&feed.name)).await?;
            tell_other_out(fence.as_ref(), &run.run_id, &request.out);
            tracing::warn!(run = &*summary.run_id, "this run was committed but not finished: finishing it");
            finished.push(export(connection, lock, request, feed, summary).await?);
        }
    }
    Ok(())
}

/// A row set that was taken out of the feed file may have a run that was committed and never told. Nobody tells it any more,
/// so it is named.
async fn name_untold_sets(connection: &mut Connection, request: &Request) -> Result<()> {
    let Some(first) = request.feeds.first() else { return Ok(()) };
    let set = first.set.as_ref().map_or(0, |set| set.len() + 1);
    // A name of a feed holds nothing that is special in a pattern.
    let others = format!("{}-%", &first.name[..first.name.len() - set]);
    for RunKey(run_id) in connection.read(&Ledger(connection.dialect()).runs_untold(&others)).await? {
        if request.feeds.iter().all(|feed| feed.name != *run_id.feed()) {
            tracing::warn!(
                "run {run_id} was committed and not told, and this feed file has no such row set (any more): `tieout report {run_id}` writes its outputs"
            );
        }
    }
    Ok(())
}

/// Says where a dead run may have left something, as far as that is known.
fn tell_other_out(fence: Option<&Fence>, run_id: &RunId, out: &Path) {
    if fence.is_some_and(|fence| fence.run_id == **run_id && !fence.writes_to(out)) {
        tracing::warn!(
            "run {run_id} had another --out: `tieout clean FEED --out DIR` removes what lies there"
        );
    }
}

/// Whether the process that told it was done meanwhile.
async fn is_told(connection: &mut Connection, run_id: &RunId) -> Result<bool> {
    let run: Option<RunDetail> =
        connection.read_first(&Ledger(connection.dialect()).run_read(run_id)).await?;
    Ok(run.is_none_or(|run| run.status == "done"))
}

/// What `tieout clean` does: dead runs are abandoned, the work tables emptied.
///
/// # Errors
/// `Database`.
pub async fn clean_up(connection: &mut Connection, feed: &Feed, out: &Path) -> Result<()> {
    abandon_dead_runs(connection, &feed.name, out).await?;
    leftovers::remove_spool(feed, out);
    prepare(connection, &Work::new(connection.dialect(), feed)).await
}

/// The same for a feed of which only the name is known: its work tables are emptied, as far as they are there.
///
/// # Errors
/// `Database`.
pub async fn clean_up_named(connection: &mut Connection, feed: &str, out: &Path) -> Result<()> {
    abandon_dead_runs(connection, feed, out).await?;
    for table in work_tables(feed) {
        if !connection.table_columns(&table).await?.is_empty() {
            connection.execute(&empty(connection.dialect(), &table)).await?;
        }
    }
    Ok(())
}
