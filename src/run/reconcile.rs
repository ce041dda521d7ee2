//! One run's verdict: its transaction, and the summary that is committed with it.

use super::{
    accepted,
    request::Request,
    stage::Staged,
    start::StartedRun,
    summarise::{RunFindings, summarise},
    trend,
};
use crate::{
    convert::controls_over_files,
    database::{Connection, Setting, TlsSession},
    error::Result,
    failpoint::failpoint,
    model::{ControlSummary, DatabaseSummary, ExpectedFiles, RefusedFile, Summary, TimingSummary},
    reconcile::{self, Began, ReadFile, Task},
    sql::server_settings,
};
use std::{collections::BTreeMap, time::Instant};

/// What is known of the files beside those that were staged.
pub struct Incoming<'a> {
    /// Files that were left out.
    pub refused: &'a [RefusedFile],
    /// What the day was expected to bring.
    pub expected: Option<&'a ExpectedFiles>,
}

/// Reconciles what was staged for a run and commits results, run row and file ledger together; rolls back where
/// anything fails.
///
/// # Errors
/// `Database`; `Internal` where the account does not hold; `Interrupted`.
pub async fn reconcile_and_commit(
    connection: &mut Connection,
    request: &Request,
    run: &StartedRun<'_>,
    staged: &Staged,
    incoming: &Incoming<'_>,
) -> Result<Summary> {
    (request.stage)("reconciling");
    connection.begin().await?;
    let result = up_to_the_commit(connection, request, run, staged, incoming).await;
    if result.is_err() {
        connection.rollback().await;
    }
    result
}

async fn up_to_the_commit(
    connection: &mut Connection,
    request: &Request,
    run: &StartedRun<'_>,
    staged: &Staged,
    incoming: &Incoming<'_>,
) -> Result<Summary> {
    let (converted, rejects) = (&staged.converted, &staged.rejects);
    let task = Task { feed: run.feed, shape: &staged.shape, run_id: &run.run_id, converted, rejects };
    let begun = Instant::now();
    let account = reconcile::reconcile(connection, &task).await?;
    let mut timings = BTreeMap::from([("convert_and_load".to_owned(), staged.seconds)]);
    timings.insert("reconcile".to_owned(), begun.elapsed().as_secs_f64());
    let said: Vec<Setting> = connection.read(&server_settings(connection.dialect())).await?;
    let mut settings: BTreeMap<_, _> =
        said.into_iter().filter_map(|one| Some((one.name, one.value?))).collect();
    if let Some(TlsSession { negotiated, verified }) = connection.encryption().await? {
        settings.extend([("tls".to_owned(), negotiated), ("tls_verified".to_owned(), verified.to_owned())]);
    }
    let database = DatabaseSummary {
        product: connection.product().to_owned(),
        url: request.target.shown().to_owned(),
        loaded_by: staged.method.name().to_owned(),
        settings,
    };
    let files: Vec<ReadFile<'_>> = (staged.files(run))
        .map(|(_, file, converted)| ReadFile { name: &file.name, sha256: &file.sha256, converted })
        .collect();
    let followed = reconcile::follow(connection, run.feed, &files).await?;
    let mut controls = controls_over_files(run.feed, converted);
    controls.extend(followed.controls);
    let failed_controls = ControlSummary::count_failed(&controls);
    let counts = account.counts();
    let digests = files.iter().map(|file| file.sha256).collect();
    let began = Began { at: &run.started_at, files: digests, accepted: accepted::of_feed(run.feed)? };
    let cut_off = reconcile::mark_timing(connection, &task, counts).await?;
    let life = reconcile::decide(connection, &task, &began, counts.breaks()).await?;
    let unusual = trend::unusual(connection, &run.feed.name, counts).await?;
    let timing = reconcile::count_timing(connection, &task, cut_off).await?;
    let excused = life.accepted + timing.as_ref().map_or(0, TimingSummary::breaks);
    let failed_on = reconcile::failed_on(connection, &task, counts, excused, failed_controls).await?;
    let decided = RunFindings { controls, failed_on, life, timing, unusual };
    let mut summary = summarise(request, run, staged, &account, decided, database, timings);
    summary.warnings.extend(followed.warnings);
    summary.refused_files = incoming.refused.to_vec();
    summary.expected_files = incoming.expected.cloned();
    let odd = incoming.expected.filter(|one| one.lacks() || one.too_many > 0);
    summary.warnings.extend(odd.map(ExpectedFiles::text));
    failpoint("in-reconcile", &request.stop).await;
    // A signal that came between two statements found nothing to cancel.
    request.stop.flag().check()?;
    reconcile::commit(connection, &task, &summary, &followed.noted).await?;
    Ok(summary)
}
