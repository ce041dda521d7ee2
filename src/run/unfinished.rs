//! What earlier runs of a feed left undone. Its lock is held, so none of them is alive: a run that died before its commit
//! left nothing and is abandoned, a committed one is finished.

use super::{
    export::{FinishedRun, export, read_summary},
    leftovers,
    request::Request,
    sessions,
    work_tables::{chunk_folder, prepare},
};
use crate::{
    database::{Connection, Lock},
    error::{Code, Error, Result, printable},
    feed::Feed,
    ledger::{Fence, RunDetail, RunKey},
    model::Summary,
    source::InputFile,
    sql::{Ledger, Work},
};
use std::path::Path;

/// Forgets runs of this feed that were killed before their commit, and removes what dead runs left in `out`.
///
/// # Errors
/// `Database`; `Internal` where a row of the ledger cannot be read.
pub async fn abandon_dead_runs(connection: &mut Connection, feed: &Feed, out: &Path) -> Result<()> {
    sessions::end_dead(connection, feed).await?;
    let ledger = Ledger(connection.dialect());
    let dead: Vec<RunKey> = connection.read(&ledger.runs_loading(&feed.name)).await?;
    let fence: Option<Fence> = connection.read_first(&ledger.fence_holder(&feed.name)).await?;
    for RunKey(run_id) in &dead {
        let who = fence.as_ref().filter(|fence| fence.run_id == **run_id);
        let who = who.map_or_else(|| run_id.to_string(), |fence| printable(&fence.holder));
        tracing::warn!("a run died before its commit and left nothing: marked as abandoned ({who})");
        if !chunk_folder(out, run_id).exists() {
            tracing::warn!(
                "no chunks of run {run_id} lie in this --out: if it had another, `tieout clean FEED --out DIR` removes what lies there"
            );
        }
    }
    leftovers::remove(connection, &feed.name, out).await?;
    connection.execute(&ledger.run_abandon(&feed.name)).await.map(drop)
}

/// Finishes runs of this feed that were committed but killed before they were exported. Where one of
/// them is a run of exactly these files, it is the answer.
///
/// # Errors
/// `Database`, and those of the export.
pub async fn finish(
    connection: &mut Connection,
    lock: &mut Lock,
    request: &Request,
    feed: &Feed,
    files: &[InputFile],
) -> Result<Option<FinishedRun>> {
    let ledger = Ledger(connection.dialect());
    let mut answer = None;
    for run in connection.read::<RunDetail>(&ledger.runs_unfinished(&feed.name)).await? {
        let summary = read_summary(connection, &run).await?.ok_or_else(|| {
            Error::check(
                Code::RowsLost,
                format!("run {} is {}, but the ledger has no summary of it", run.run_id, run.status),
            )
        })?;
        tracing::warn!(run = &*summary.run_id, "this run was committed but not finished: finishing it");
        let answers = !request.force && is_asked_again(request, feed, files, &summary);
        let finished = export(connection, lock, request, feed, summary).await?;
        if answers {
            answer = Some(finished);
        } else {
            connection.execute(&ledger.run_status(&finished.summary.run_id, "done")).await?;
        }
    }
    Ok(answer)
}

/// The same feed, files and parameters.
fn is_asked_again(request: &Request, feed: &Feed, files: &[InputFile], summary: &Summary) -> bool {
    summary.files.len() == files.len()
        && files.iter().all(|file| summary.files.iter().any(|done| done.sha256 == file.sha256))
        && summary.feed_sha256 == feed.sha256
        && summary.parameters == request.parameters
}

/// What `tieout clean` does: dead runs are abandoned, the work tables emptied.
///
/// # Errors
/// `Database`.
pub async fn clean_up(connection: &mut Connection, feed: &Feed, out: &Path) -> Result<()> {
    abandon_dead_runs(connection, feed, out).await?;
    prepare(connection, &Work::new(connection.dialect(), feed)).await
}
