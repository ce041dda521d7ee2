//! The whole job. This is the only file that knows the order of the stages.

mod after;
mod due;
mod finish;
mod stage;
mod summarise;

pub use finish::replay;
pub use stage::{clean_up, prepare_statements};

use due::Due;
use finish::finish;
use summarise::summarise;

use crate::{
    convert::Progress,
    database::{Connection, LoadMethod, Lock, Stop, Target, migrate},
    error::{Error, Result},
    failpoint::border,
    feed::Feed,
    model::{DatabaseSummary, Parameters, Summary, Verdict},
    reconcile::{self, Task},
    source::{self, InputFile},
    sql::{Dialect, Ledger, Work, server_settings},
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

/// What a run is asked to do.
pub struct Request {
    /// One feed per row set of the feed file, at least one.
    pub feeds: Vec<Feed>,
    /// Files given as arguments.
    pub files: Vec<PathBuf>,
    /// The database.
    pub target: Target,
    /// Where run folders go.
    pub out: PathBuf,
    /// `--set`.
    pub parameters: BTreeMap<String, String>,
    /// Files converted at once.
    pub jobs: usize,
    /// Leave the work tables filled.
    pub keep_staging: bool,
    /// Leave the chunks on disk.
    pub keep_chunks: bool,
    /// Reconcile files that a run has counted already.
    pub force: bool,
    /// The process to stop for.
    pub stop: Stop,
    /// What long work reports to.
    pub progress: Arc<Progress>,
    /// Called when a stage begins.
    pub stage: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Request {
    /// The parameters as they were given.
    fn given(&self) -> Parameters {
        Parameters { values: self.parameters.clone(), casts: Vec::new() }
    }
}

/// What a run came to.
pub struct Report {
    /// The summary.
    pub summary: Summary,
    /// Its folder.
    pub folder: PathBuf,
    /// A hook or the clean-up failed: the verdict stands.
    pub after: Option<Error>,
}

/// Runs the whole job, one run per row set; none where there is no new file and the feed allows that.
///
/// # Errors
/// Any; see the exit statuses. Results, run row and file ledger of a run are committed together or not at all.
pub async fn run(request: &Request) -> Result<Vec<Report>> {
    let stop = &request.stop;
    let result = Box::pin(guarded(request)).await;
    let cut_short = match &result {
        Ok(reports) => reports.iter().any(|report| report.after.is_some()),
        Err(_) => true,
    };
    if cut_short {
        stop.flag().check()?;
    }
    if let Err(cause) = &result {
        after::failed(request, cause).await;
    }
    result
}

async fn guarded(request: &Request) -> Result<Vec<Report>> {
    // Wrong usage is told before anything is read or changed. Which dialect it is does not matter here.
    for feed in &request.feeds {
        Work::new(Dialect::Sqlite, feed).ours(&request.given())?;
    }
    (request.stage)("reading the files' digests");
    let files = {
        let (feed, paths, stop) = (request.feeds[0].clone(), request.files.clone(), request.stop.clone());
        let digested = move || {
            let files = source::files(&feed, &paths, stop.flag())?;
            files.into_iter().map(|file| file.digested(stop.flag())).collect::<Result<Vec<_>>>()
        };
        blocking(digested).await?
    };
    migrate(&request.target).await?;
    let mut locks = Vec::new();
    let result = lock_and_run(request, &files, &mut locks).await;
    // Before the hook, so that a process left behind by it cannot hold the feed.
    for lock in locks {
        lock.release().await;
    }
    let mut reports = Vec::new();
    for (summary, folder, cleaned) in result? {
        let after = after::reconciled(request, &summary, &folder, cleaned).await.err();
        reports.push(Report { summary, folder, after });
    }
    Ok(reports)
}

type Locked = (Summary, PathBuf, Result<()>);

async fn lock_and_run(request: &Request, files: &[InputFile], locks: &mut Vec<Lock>) -> Result<Vec<Locked>> {
    for feed in &request.feeds {
        locks.push(Lock::take(&request.target, &feed.name).await?);
    }
    border("after-lock", &request.stop).await;
    let mut connection = Connection::open(&request.target).await?;
    request.stop.watch(&mut connection).await?;
    let mut done = Vec::new();
    let mut due = Vec::new();
    for feed in &request.feeds {
        stage::bury(&mut connection, feed, &request.out).await?;
        match finish::unfinished(&mut connection, request, feed, files).await? {
            Some(one) => done.push(one),
            None => due.push((feed, due::unseen(&mut connection, request, feed, files).await?)),
        }
    }
    let due = due::with_files(request, due, !done.is_empty())?;
    if due.is_empty() {
        return Ok(done);
    }
    // The row sets share a pass over the files, mostly over the same ones.
    let bytes = due.iter().map(|(_, files)| files.iter().map(|file| file.unpacked).sum::<u64>()).max();
    request.progress.total.store(bytes.unwrap_or(0), Ordering::Relaxed);
    let mut begun = Vec::new();
    for (feed, files) in due {
        begun.push(due::begin(&mut connection, feed, files).await?);
    }
    let result = all_begun(&mut connection, request, &begun, &mut done).await;
    if result.is_err() {
        // What cannot be written down now, the next run does (`bury`).
        for one in &begun {
            let failed = Ledger(connection.dialect()).run_failed(&one.run_id)?;
            drop(connection.execute(&failed).await);
        }
    }
    result.map(|()| done)
}

/// Converts and loads for all row sets in one pass over the files, then reconciles one after the other.
async fn all_begun(
    connection: &mut Connection,
    request: &Request,
    all: &[Due<'_>],
    done: &mut Vec<Locked>,
) -> Result<()> {
    border("after-begin", &request.stop).await;
    let dialect = connection.dialect();
    let mut shapes = Vec::new();
    for due in all {
        stage::prepare(connection, &Work::new(dialect, due.feed)).await?;
        shapes.push(connection.describe_ours(due.feed, &request.given()).await?);
    }
    let begun = Instant::now();
    let loaded = stage::convert_and_load(request, all, dialect).await?;
    for due in all {
        if let Some(index) = Work::new(dialect, due.feed).index()? {
            connection.execute(&index).await?;
        }
    }
    let loading = begun.elapsed().as_secs_f64();
    border("after-load", &request.stop).await;
    for ((due, shape), loaded) in all.iter().zip(&shapes).zip(&loaded) {
        (request.stage)("reconciling");
        let (converted, rejects) = (&loaded.converted, &loaded.rejects);
        let task = Task { feed: due.feed, shape, run_id: &due.run_id, converted, rejects };
        connection.begin().await?;
        let summary = match reconcile_and_commit(connection, request, &task, due, loaded, loading).await {
            Ok(summary) => summary,
            Err(cause) => {
                connection.rollback().await;
                return Err(cause);
            }
        };
        done.push(finish(connection, request, due.feed, summary).await?);
    }
    Ok(())
}

async fn reconcile_and_commit(
    connection: &mut Connection,
    request: &Request,
    task: &Task<'_>,
    due: &Due<'_>,
    loaded: &stage::Loaded,
    loading: f64,
) -> Result<Summary> {
    let begun = Instant::now();
    let account = reconcile::reconcile(connection, task).await?;
    let mut timings = BTreeMap::from([("convert_and_load".to_owned(), loading)]);
    timings.insert("reconcile".to_owned(), begun.elapsed().as_secs_f64());
    let settings = connection.rows(&server_settings(connection.dialect())?).await?;
    let settings = settings.into_iter().filter_map(|mut row| Some((row.first_mut()?.take()?, row.pop()??)));
    let database = DatabaseSummary {
        product: connection.product().to_owned(),
        url: request.target.shown().to_owned(),
        loaded_by: loaded.method.map_or("", LoadMethod::name).to_owned(),
        settings: settings.collect(),
    };
    let summary = summarise(request, due, loaded, task.shape, &account, database, timings);
    border("in-reconcile", &request.stop).await;
    // A signal that came between two statements found nothing to cancel.
    request.stop.flag().check()?;
    reconcile::commit(connection, task, &summary).await?;
    border("after-commit", &request.stop).await;
    Ok(summary)
}

impl Report {
    /// The exit status that the verdict asks for.
    #[must_use]
    pub fn status(&self) -> u8 {
        match (&self.after, self.summary.verdict) {
            (Some(after), _) => after.status(),
            (None, Verdict::TiedOut) => 0,
            (None, Verdict::Breaks) => 1,
        }
    }
}

/// Runs blocking work on its own thread.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(panic) => Err(Error::internal(format!("a worker thread panicked: {panic}"))),
    }
}
