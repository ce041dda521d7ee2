//! Which files are new to which row set, and the runs that start with them.

use super::{
    export::last_seq,
    request::{Report, Request},
};
use crate::{
    database::Connection,
    error::{Code, Error, Place, Result, printable},
    feed::Feed,
    files::random,
    ledger::CountedFile,
    model::{PassedOver, RunId},
    source::{GivenFiles, InputFile},
    sql::Ledger,
};

/// What a row set is offered.
pub struct Offer<'r> {
    feed: &'r Feed,
    files: Offered,
    passed_over: Vec<PassedOver>,
}

enum Offered {
    /// Files that no run has counted, in order; none where a `[source]` holds nothing new.
    New(Vec<InputFile>),
    /// A file that was given is counted already: this refuses it, unless another row set has something to do.
    Counted(Error),
}

/// The files that are new to a row set, at least one.
pub struct NewFiles<'r> {
    feed: &'r Feed,
    files: Vec<InputFile>,
    passed_over: Vec<PassedOver>,
}

/// A run that has started.
pub struct StartedRun<'r> {
    /// Its row set.
    pub feed: &'r Feed,
    /// Its files, in order.
    pub files: Vec<InputFile>,
    /// What stood beside them and was not taken.
    pub passed_over: Vec<PassedOver>,
    /// Its id.
    pub run_id: RunId,
    /// For the summary.
    pub started_at: String,
}

/// Looks which of the files no run of the row set has counted. One that was given and counted is a refusal, unless the run
/// that counted it was `told` just now; one of a `[source]` is skipped.
///
/// # Errors
/// `Database`; `Refused` where a new one is given twice.
pub async fn offer<'r>(
    connection: &mut Connection,
    request: &Request,
    feed: &'r Feed,
    given: &GivenFiles,
    told: &[Report],
) -> Result<Offer<'r>> {
    let ledger = Ledger(connection.dialect());
    let mut new = Vec::new();
    let mut passed_over = given.passed_over.clone();
    for file in &given.files {
        let counted: Option<CountedFile> =
            connection.read_first(&ledger.file_seen(&feed.name, &file.sha256)).await?;
        let Some(counted) = counted.filter(|_| !request.force) else {
            new.push(file.clone());
            continue;
        };
        let CountedFile { run_id, verdict, .. } = counted;
        let place = Place::file(&file.name);
        let what = format!("{place} was already reconciled in run {run_id} ({verdict})");
        let answered = told.iter().any(|run| run.summary.run_id == run_id && is_of(request, run));
        if !request.files.is_empty() && !answered {
            let refusal = Error::new(Code::AlreadyReconciled, what).about(place);
            return Ok(Offer { feed, files: Offered::Counted(refusal), passed_over });
        }
        PassedOver::add(&mut passed_over, PassedOver::COUNTED, &file.name);
        tracing::info!("{what}: skipped");
    }
    twice(request, &mut new, &mut passed_over)?;
    Ok(Offer { feed, files: Offered::New(new), passed_over })
}

/// Whether an earlier run that was told just now is the answer to what is asked: nothing needs to be new then.
pub fn is_answered(request: &Request, files: &[InputFile], told: &[Report]) -> bool {
    let counts =
        |run: &Report, file: &InputFile| run.summary.files.iter().any(|done| done.sha256 == file.sha256);
    let given = |run: &Report| is_of(request, run) && files.iter().all(|file| counts(run, file));
    if request.files.is_empty() { !told.is_empty() } else { told.iter().any(given) }
}

/// Whether a run was of the same feed file and parameters.
fn is_of(request: &Request, run: &Report) -> bool {
    request.feeds.iter().any(|feed| feed.sha256 == run.summary.feed_sha256)
        && run.summary.parameters == request.parameters
}

/// A new file that is given twice is refused; where each stands for itself, the second one is passed over.
fn twice(request: &Request, files: &mut Vec<InputFile>, passed_over: &mut Vec<PassedOver>) -> Result<()> {
    let mut once: Vec<InputFile> = Vec::new();
    for file in files.drain(..) {
        let Some(other) = once.iter().find(|other| other.sha256 == file.sha256) else {
            once.push(file);
            continue;
        };
        let place = Place::file(&file.name);
        if !request.each_by_itself() {
            let what = format!("{place} is given twice (same bytes under one name or two)");
            return Err(Error::new(Code::GivenTwice, what).about(place));
        }
        tracing::warn!(
            "{place} is given twice: {} has the same bytes, which count once",
            printable(&other.name)
        );
        PassedOver::add(passed_over, PassedOver::COPY, &file.name);
    }
    *files = once;
    Ok(())
}

/// The row sets that have something to do. Where one has counted its files already and another has not (a
/// run was cut short between the two), only the other has.
///
/// # Errors
/// `Refused` or `Fetch` where none has, and no earlier run is what was asked for (`answered`) either.
pub fn new_files<'r>(request: &Request, offers: Vec<Offer<'r>>, answered: bool) -> Result<Vec<NewFiles<'r>>> {
    let mut new = Vec::new();
    let (mut refusal, mut beside) = (None, None);
    for Offer { feed, files, passed_over, .. } in offers {
        let odd = passed_over.iter().any(PassedOver::is_odd);
        beside = beside.or_else(|| PassedOver::text(&passed_over).filter(|_| odd));
        match files {
            Offered::New(files) if files.is_empty() => {}
            Offered::New(files) => new.push(NewFiles { feed, files, passed_over }),
            Offered::Counted(cause) => refusal = refusal.or(Some(cause)),
        }
    }
    if let Some(beside) = beside.as_ref().filter(|_| new.is_empty()) {
        tracing::warn!("passed over: {}", printable(beside));
    }
    let allowed = request.feeds[0].source.as_ref().is_some_and(|source| source.allow_none);
    if !new.is_empty() || answered || (allowed && request.files.is_empty()) {
        return Ok(new);
    }
    Err(refusal.unwrap_or_else(|| Error::new(Code::NoNewFile, "there is no new file in [source]")))
}

/// Starts a run per row set: takes its fence and writes the run down.
///
/// # Errors
/// `Database`; `Machine` where the system gives no random number.
pub async fn runs<'r>(
    connection: &mut Connection,
    request: &Request,
    new_files: Vec<NewFiles<'r>>,
) -> Result<Vec<StartedRun<'r>>> {
    let mut started = Vec::new();
    for new in new_files {
        match start(connection, request, new).await {
            Ok(run) => started.push(run),
            Err(cause) => {
                mark_failed(connection, request, &started, &cause).await;
                return Err(cause);
            }
        }
    }
    Ok(started)
}

async fn start<'r>(
    connection: &mut Connection,
    request: &Request,
    NewFiles { feed, files, passed_over }: NewFiles<'r>,
) -> Result<StartedRun<'r>> {
    let ledger = Ledger(connection.dialect());
    let name = &feed.name;
    let last = last_seq(connection, name).await?;
    let seq = last.checked_add(1).ok_or_else(|| {
        Error::check(
            Code::Unreadable,
            format!("the last run of feed {name} has the number {last} in tieout_runs"),
        )
    })?;
    let now = jiff::Timestamp::now();
    let run_id = RunId::new(name, now, seq, random()?);
    let started_at = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    tracing::Span::current().record("run", &*run_id);
    let out = std::path::absolute(&request.out).unwrap_or_else(|_| request.out.clone());
    let holder = format!(
        "run {run_id}, process {} on {}, since {started_at}, --out {}",
        std::process::id(),
        host(),
        out.display()
    );
    connection.execute(&ledger.fence_new(name)).await?;
    connection.execute(&ledger.fence_take(name, &run_id, &holder)).await?;
    connection.execute(&ledger.run_begin(&run_id, name, seq, &started_at)).await?;
    Ok(StartedRun { feed, files, passed_over, run_id, started_at })
}

/// Marks the runs that will not be committed as failed, and why. What cannot be written down now, the next run does: it
/// abandons dead runs.
pub async fn mark_failed(
    connection: &mut Connection,
    request: &Request,
    runs: &[StartedRun<'_>],
    cause: &Error,
) {
    // A statement that a signal cancelled failed by the signal.
    let signal = request.stop.flag().check().err();
    let reason = in_words(signal.as_ref().unwrap_or(cause));
    for run in runs {
        let failed = Ledger(connection.dialect()).run_failed(&run.run_id, &reason);
        if connection.execute(&failed).await.is_ok() || !request.stop.is_set() {
            continue;
        }
        // The signal has cancelled what this session was doing, perhaps that.
        if let Ok(mut other) = Connection::open(&request.target).await {
            drop(other.execute(&failed).await);
            other.close().await;
        }
    }
}

/// `TO-401: what happened`, not longer than a page.
fn in_words(cause: &Error) -> String {
    let text: Vec<String> = cause.to_string().lines().map(printable).collect();
    format!("{}: {}", cause.code(), text.join("\n")).chars().take(2000).collect()
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "this host".into(), |name| name.trim().into())
}
