//! The whole job. This is the only file that knows the order of the stages.

mod after;
mod finish;
mod stage;

pub use finish::replay;
pub use stage::{clean_up, prepare_statements};

use finish::finish;

use crate::{
    convert::Progress,
    database::{Connection, LoadMethod, Lock, Stop, Target, migrate},
    error::{Error, Result, printable},
    export::{ControlSummary, DatabaseSummary, FileSummary, Summary, Verdict},
    failpoint::border,
    feed::Feed,
    reconcile::{self, Account, Task},
    source::{self, InputFile},
    sql::{Dialect, Ledger, Parameters, Work},
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

/// What a run is asked to do.
pub struct Request {
    /// The feed.
    pub feed: Feed,
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

/// Runs the whole job; `None` where there is no new file and the feed allows that.
///
/// # Errors
/// Any; see the exit statuses. Results, run row and file ledger are committed together or not at all.
pub async fn run(request: &Request) -> Result<Option<Report>> {
    let stop = &request.stop;
    let result = Box::pin(guarded(request)).await;
    let cut_short = match &result {
        Ok(report) => report.as_ref().is_some_and(|report| report.after.is_some()),
        Err(_) => true,
    };
    if cut_short && stop.is_set() {
        return Err(Error::Interrupted { name: "a signal", status: 130 });
    }
    if let Err(cause) = &result {
        after::failed(request, cause).await;
    }
    result
}

async fn guarded(request: &Request) -> Result<Option<Report>> {
    // Wrong usage is told before anything is read or changed. Which dialect it is does not matter here.
    Work::new(Dialect::Sqlite, &request.feed).ours(&request.given())?;
    (request.stage)("reading the files' digests");
    let files = {
        let (feed, paths, stop) = (request.feed.clone(), request.files.clone(), request.stop.clone());
        blocking(move || source::files(&feed, &paths, stop.flag())).await?
    };
    migrate(&request.target).await?;
    let lock = Lock::take(&request.target, &request.feed.name).await?;
    border("after-lock", &request.stop).await;
    let result = locked(request, files).await;
    // Before the hook, so that a process left behind by it cannot hold the feed.
    lock.release().await;
    let Some((summary, folder, cleaned)) = result? else { return Ok(None) };
    let after = after::reconciled(request, &summary, &folder, cleaned).await.err();
    Ok(Some(Report { summary, folder, after }))
}

type Locked = (Summary, PathBuf, Result<()>);

async fn locked(request: &Request, files: Vec<InputFile>) -> Result<Option<Locked>> {
    let mut connection = Connection::open(&request.target).await?;
    request.stop.watch(&mut connection).await?;
    let feed = &request.feed;
    stage::bury(&mut connection, feed, &request.out).await?;
    if let Some(done) = finish::unfinished(&mut connection, request, &files).await? {
        return Ok(Some(done));
    }
    let files = unseen(&mut connection, request, files).await?;
    if files.is_empty() {
        return Ok(None);
    }
    request.progress.total.store(files.iter().map(|file| file.unpacked).sum(), Ordering::Relaxed);
    let run = begin(&mut connection, request).await?;
    let result = begun_run(&mut connection, request, &files, &run).await;
    if result.is_err() {
        // What cannot be written down now, the next run does (`bury`).
        let failed = Ledger(connection.dialect()).run_failed(&run.id)?;
        drop(connection.execute(&failed).await);
    }
    result.map(Some)
}

async fn begun_run(
    connection: &mut Connection,
    request: &Request,
    files: &[InputFile],
    run: &Run,
) -> Result<Locked> {
    let feed = &request.feed;
    border("after-begin", &request.stop).await;
    let work = Work::new(connection.dialect(), feed);
    stage::prepare(connection, &work).await?;
    let shape = connection.describe_ours(feed, &request.given()).await?;
    let mut timings = BTreeMap::new();
    let begun = Instant::now();
    let loaded = stage::convert_and_load(request, files, &run.id, connection.dialect()).await?;
    if let Some(index) = work.index()? {
        connection.execute(&index).await?;
    }
    timings.insert("convert_and_load".to_owned(), begun.elapsed().as_secs_f64());
    border("after-load", &request.stop).await;
    (request.stage)("reconciling");
    let begun = Instant::now();
    let task =
        Task { feed, shape: &shape, run_id: &run.id, converted: &loaded.converted, rejects: &loaded.rejects };
    connection.begin().await?;
    let reconciled =
        reconcile_and_commit(connection, request, &task, run, files, &loaded, timings, begun).await;
    let summary = match reconciled {
        Ok(summary) => summary,
        Err(cause) => {
            connection.rollback().await;
            return Err(cause);
        }
    };
    finish(connection, request, summary).await
}

#[allow(clippy::too_many_arguments, reason = "everything that a run knows meets here, once")]
async fn reconcile_and_commit(
    connection: &mut Connection,
    request: &Request,
    task: &Task<'_>,
    run: &Run,
    files: &[InputFile],
    loaded: &stage::Loaded,
    mut timings: BTreeMap<String, f64>,
    begun: Instant,
) -> Result<Summary> {
    let account = reconcile::reconcile(connection, task).await?;
    timings.insert("reconcile".to_owned(), begun.elapsed().as_secs_f64());
    let database = DatabaseSummary {
        product: connection.product().to_owned(),
        url: request.target.shown().to_owned(),
        loaded_by: loaded.method.map_or("", LoadMethod::name).to_owned(),
    };
    let summary = summarise(request, run, files, loaded, &account, database, timings);
    border("in-reconcile", &request.stop).await;
    if request.stop.is_set() {
        // It came between two statements, where there was nothing to cancel.
        return Err(Error::Interrupted { name: "a signal", status: 130 });
    }
    reconcile::commit(connection, task, &summary).await?;
    border("after-commit", &request.stop).await;
    Ok(summary)
}

/// Who this run is.
struct Run {
    id: String,
    started_at: String,
}

async fn begin(connection: &mut Connection, request: &Request) -> Result<Run> {
    let ledger = Ledger(connection.dialect());
    let feed = &request.feed.name;
    let last = connection.one(&ledger.run_last_seq(feed)?).await?.unwrap_or_default();
    let seq = last.parse::<i64>().unwrap_or(0) + 1;
    let now = jiff::Timestamp::now();
    let run = Run {
        // The time is for people; what tells runs apart is the number.
        id: format!("{feed}-{}-{seq:06}", now.strftime("%Y%m%dT%H%M%SZ")),
        started_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    };
    let holder =
        format!("run {}, process {} on {}, since {}", run.id, std::process::id(), host(), run.started_at);
    connection.execute(&ledger.fence_new(feed)?).await?;
    connection.execute(&ledger.fence_take(feed, &run.id, &holder)?).await?;
    connection.execute(&ledger.run_begin(&run.id, feed, seq, &run.started_at)?).await?;
    Ok(run)
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "this host".into(), |name| name.trim().into())
}

/// Refuses files that a run has counted already; files of a `[source]` are skipped instead.
async fn unseen(
    connection: &mut Connection,
    request: &Request,
    files: Vec<InputFile>,
) -> Result<Vec<InputFile>> {
    let ledger = Ledger(connection.dialect());
    let mut new: Vec<InputFile> = Vec::new();
    for file in files {
        if new.iter().any(|other| other.sha256 == file.sha256) {
            return Err(Error::refused(
                format!("{} is given twice (same bytes under one name or two)", printable(&file.name)),
                "give each file once",
            ));
        }
        let seen = connection.rows(&ledger.file_seen(&request.feed.name, &file.sha256)?).await?;
        match seen.into_iter().next() {
            Some(row) if !request.force => {
                let text = |n: usize| row.get(n).cloned().flatten().unwrap_or_default();
                let what = format!(
                    "{} was already reconciled in run {} ({})",
                    printable(&file.name),
                    text(1),
                    text(2)
                );
                if request.files.is_empty() {
                    tracing::info!("{what}: skipped");
                    continue;
                }
                return Err(Error::refused(
                    what,
                    "`tieout report RUN` writes its outputs again; --force reconciles the file once more",
                ));
            }
            _ => new.push(file),
        }
    }
    let allowed = request.feed.source.as_ref().is_some_and(|source| source.allow_none);
    if new.is_empty() && !(allowed && request.files.is_empty()) {
        return Err(Error::Fetch {
            what: "there is no new file in [source]".into(),
            hint: "every file there was reconciled already; --force reconciles them once more, [source] allow_none = true accepts silence".into(),
        });
    }
    Ok(new)
}

fn summarise(
    request: &Request,
    run: &Run,
    files: &[InputFile],
    loaded: &stage::Loaded,
    account: &Account<'_>,
    database: DatabaseSummary,
    timings: BTreeMap<String, f64>,
) -> Summary {
    let counts = account.counts().clone();
    let mut warnings = account.warnings();
    let mut controls = Vec::new();
    for (file, converted) in files.iter().zip(&loaded.converted) {
        warnings.extend(converted.warnings.iter().cloned());
        controls.extend(converted.controls.iter().map(|control| ControlSummary {
            name: control.name.clone(),
            file: file.name.clone(),
            ordinal: control.ordinal,
            declared: control.declared.clone(),
            counted: control.counted.clone(),
            outcome: control.outcome.to_owned(),
        }));
    }
    Summary {
        run_id: run.id.clone(),
        feed: request.feed.name.clone(),
        feed_sha256: request.feed.sha256.clone(),
        verdict: reconcile::verdict(counts.breaks(), counts.rejects),
        started_at: run.started_at.clone(),
        finished_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        database,
        files: (files.iter().zip(&loaded.converted))
            .map(|(file, converted)| file_summary(file, converted))
            .collect(),
        columns: account.columns(),
        totals: account.total_summaries(),
        controls,
        absorbed: account.absorbed(),
        matched_within_tolerance: account.within_tolerance(),
        parameters: request.parameters.clone(),
        matched_exported: request.feed.results.matched,
        counts,
        warnings,
        timings,
    }
}

fn file_summary(file: &InputFile, converted: &crate::convert::Converted) -> FileSummary {
    FileSummary {
        name: file.name.clone(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        elements: converted.elements,
        records: converted.records,
        rows: converted.rows,
        rejects: converted.rejects,
        filtered: converted.filtered,
    }
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
