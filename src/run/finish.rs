//! Everything after the commit: export, clean-up, pruning. It can be made again from the results at any
//! time, so a run that was killed here is finished by the next one.

use super::{Locked, Request};
use crate::{
    database::Connection,
    error::{Error, Result},
    export,
    failpoint::border,
    feed::Feed,
    model::Summary,
    source::InputFile,
    sql::{Ledger, Work},
};
use std::path::{Path, PathBuf};

/// Exports a committed run, then cleans up.
///
/// # Errors
/// Those of the export; a failed clean-up is given beside the verdict instead.
pub async fn finish(
    connection: &mut Connection,
    request: &Request,
    feed: &Feed,
    mut summary: Summary,
) -> Result<Locked> {
    (request.stage)("exporting");
    let folder = export::export(connection, &mut summary, &request.out).await?;
    border("after-export", &request.stop).await;
    let ledger = Ledger(connection.dialect());
    connection.execute(&ledger.run_status(&summary.run_id, "exported")?).await?;
    (request.stage)("cleaning up");
    let cleaned = clean(connection, request, feed, &summary).await;
    Ok((summary, folder, cleaned))
}

async fn clean(connection: &mut Connection, request: &Request, feed: &Feed, summary: &Summary) -> Result<()> {
    if !request.keep_staging {
        let work = Work::new(connection.dialect(), feed);
        connection.execute_all(&work.truncate()?).await.map_err(|cause| after(&cause))?;
    }
    prune(connection, feed, &summary.run_id).await.map_err(|cause| after(&cause))
}

fn after(cause: &Error) -> Error {
    Error::after(
        format!("the outputs are complete, but the clean-up failed: {cause}"),
        "run `tieout clean FEED`, or just run the feed again",
    )
}

/// Removes results beyond `keep_runs`, oldest first. The run itself counts as kept until it is done.
async fn prune(connection: &mut Connection, feed: &Feed, run_id: &str) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    let last = connection.one(&ledger.run_last_seq(&feed.name)?).await?.unwrap_or_default();
    let newest_to_go = last.parse::<i64>().unwrap_or(0) - i64::from(feed.results.keep_runs);
    let mut runs: Vec<String> = connection
        .rows(&ledger.runs_to_prune(&feed.name, newest_to_go)?)
        .await?
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    if feed.results.keep_runs == 0 {
        runs.push(run_id.to_owned());
    }
    for run in runs {
        connection.execute(&ledger.prune_results(&run)?).await?;
        connection.execute(&ledger.prune_rejects(&run)?).await?;
    }
    Ok(())
}

/// Finishes runs of this feed that were committed but killed before they were exported. Where one of
/// them is a run of exactly these files, it is the answer.
///
/// # Errors
/// `Database`, and those of the export.
pub async fn unfinished(
    connection: &mut Connection,
    request: &Request,
    feed: &Feed,
    files: &[InputFile],
) -> Result<Option<Locked>> {
    let ledger = Ledger(connection.dialect());
    let mut answer = None;
    for row in connection.rows(&ledger.runs_unfinished(&feed.name)?).await? {
        let detail = row.into_iter().nth(2).flatten().unwrap_or_default();
        let summary = read_summary(connection, &detail).await?;
        tracing::warn!(run = summary.run_id, "this run was committed but not finished: finishing it");
        let same = summary.files.len() == files.len()
            && files.iter().all(|file| summary.files.iter().any(|done| done.sha256 == file.sha256))
            && summary.feed_sha256 == feed.sha256
            && summary.parameters == request.parameters;
        let done = finish(connection, request, feed, summary).await?;
        if same && !request.force {
            answer = Some(done);
        } else {
            let run_id = &done.0.run_id;
            connection.execute(&ledger.run_status(run_id, "done")?).await?;
        }
    }
    Ok(answer)
}

/// The summary of a run from the ledger, with its reasons also where the program that wrote it knew none.
async fn read_summary(connection: &mut Connection, detail: &str) -> Result<Summary> {
    let mut summary: Summary = serde_json::from_str(detail).map_err(|cause| {
        Error::internal(format!("the summary of a run in the ledger cannot be read: {cause}"))
    })?;
    if summary.reasons.is_empty() && summary.counts.mismatched > 0 {
        summary.reasons = export::count_reasons(connection, &summary).await?;
    }
    Ok(summary)
}

/// Writes a past run's outputs again.
///
/// # Errors
/// `Usage` where there is no such run or its results were pruned; those of the export.
pub async fn replay(connection: &mut Connection, run_id: &str, out: &Path) -> Result<(Summary, PathBuf)> {
    let ledger = Ledger(connection.dialect());
    let row = connection.rows(&ledger.run_read(run_id)?).await?.into_iter().next().unwrap_or_default();
    let detail = row.into_iter().nth(2).flatten().unwrap_or_default();
    if detail.is_empty() {
        return Err(Error::usage(
            format!("there is no reconciled run {}", crate::error::printable(run_id)),
            "`tieout history` lists the runs",
        ));
    }
    let mut summary = read_summary(connection, &detail).await?;
    let mut recorded = 0;
    for row in connection.rows(&ledger.count_results(run_id)?).await? {
        if let [Some(outcome), Some(rows)] = row.as_slice()
            && outcome != "matched"
        {
            recorded += rows.parse::<u64>().unwrap_or(0);
        }
    }
    if recorded != summary.counts.breaks() {
        return Err(Error::usage(
            format!("the results of run {run_id} were pruned"),
            "raise [results] keep_runs to keep more of them",
        ));
    }
    let folder = export::export(connection, &mut summary, out).await?;
    Ok((summary, folder))
}
