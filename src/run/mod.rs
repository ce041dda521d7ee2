//! The whole job, on one page: [`job`]. What a step does stands in the file that is named for it; nothing else knows
//! their order.

mod accepted;
mod arrivals;
mod export;
mod hook;
mod leftovers;
mod lock;
mod moved;
mod receive;
mod reconcile;
mod request;
mod sessions;
mod stage;
mod start;
mod summarise;
mod trend;
mod unfinished;
mod work_tables;

pub use accepted::is_day;
pub use export::{prunable, remove_results, replay};
pub use hook::PLACEHOLDERS;
pub use request::{Report, Request, Tell};
pub use unfinished::{clean_up, clean_up_named};
pub use work_tables::prepare_statements;

use crate::{
    database::{Connection, migrate},
    error::{Error, Result, printable},
    failpoint::failpoint,
    source::GivenFiles,
};
use export::FinishedRun;
use lock::Locks;
use receive::Received;
use start::NewFiles;

/// What a job came to: the verdicts that were reached, this time or before, and were told; and what ended it, if
/// anything did. The one does not undo the other.
pub struct Told {
    /// One per run, earlier runs first.
    pub reports: Vec<Report>,
    /// Any error; see the exit statuses.
    pub failure: Option<Error>,
}

/// Runs the whole job, one run per row set; none where there is no new file and the feed allows that. Results, run row
/// and file ledger of a run are committed together or not at all.
pub async fn run(request: &Request) -> Told {
    let mut reports = Vec::new();
    let mut failure = Box::pin(job(request, &mut reports)).await.err();
    let cut_short = failure.is_some() || reports.iter().any(|report| report.after.is_some());
    match request.stop.flag().check() {
        Err(signal) if cut_short => failure = Some(signal),
        _ => {
            if let Some(cause) = &failure {
                hook::failed(request, cause).await;
            }
        }
    }
    Told { reports, failure }
}

/// Every step in its order. A test may hold or kill the process at the failpoints between them: whatever is lost there,
/// the next run of the feed finishes or does again.
async fn job(request: &Request, reports: &mut Vec<Report>) -> Result<()> {
    // Before anything is fetched: what it says is wrong with the feed, and not with a file.
    accepted::of_feed(&request.feeds[0])?;
    let arguments = receive::arguments(request).await;
    let (mut locks, mut connection) = match tell_earlier(request, reports).await {
        Ok(ready) => ready,
        Err(cause) => {
            return Err(match arguments {
                Ok(_) => cause,
                Err(file) => worst(file, cause),
            });
        }
    };
    let mut finished = Vec::new();
    // What is wrong with a file keeps no earlier verdict from being told.
    let result: Result<()> = async {
        let received = match arguments? {
            Some(received) => received,
            None => receive::from_source(&mut connection, request).await?,
        };
        let Received { given, source } = received;
        let result = match given.bad.first() {
            Some(_) => Ok(()),
            None => reconcile_new(&mut connection, &mut locks, request, &given, reports, &mut finished).await,
        };
        for bad in given.bad.iter().skip(1) {
            tracing::warn!("{} cannot be taken either: {}", printable(&bad.name), bad.cause);
        }
        let bad = given.bad.into_iter().map(|bad| bad.cause).next();
        let result = bad.map_or(result, Err);
        let moved = match source {
            Some(source) => moved::done_with(&mut connection, request, source).await,
            None => Ok(()),
        };
        match (result, moved) {
            (Err(cause), Err(moved)) => Err(worst(cause, moved)),
            (result, moved) => result.and(moved),
        }
    }
    .await;
    reports.extend(hook::tell(request, locks, finished).await);
    result
}

/// Two failures told as one, the one of the higher status first.
fn worst(one: Error, other: Error) -> Error {
    if other.status() > one.status() { other.and(&one) } else { one.and(&other) }
}

/// Tells the verdicts that earlier runs reached and did not tell, whatever files this one is given.
async fn tell_earlier(request: &Request, reports: &mut Vec<Report>) -> Result<(Locks, Connection)> {
    migrate(&request.target).await?;
    // Once more after each telling: the feeds were free meanwhile, for a run that may have died since.
    loop {
        let mut locks = Locks::take(request).await?;
        failpoint("after-lock", &request.stop).await;
        let mut finished = Vec::new();
        let result: Result<Connection> = async {
            let mut connection = Connection::open(&request.target).await?;
            connection.watched_by(&request.stop).await;
            unfinished::finish(&mut connection, &mut locks, request, reports, &mut finished).await?;
            Ok(connection)
        }
        .await;
        if result.is_ok() && finished.is_empty() {
            return result.map(|connection| (locks, connection));
        }
        reports.extend(hook::tell(request, locks, finished).await);
        result?.close().await;
        request.stop.flag().check()?;
    }
}

/// Reconciles the files that are new, one run per row set; `told` are the earlier runs.
async fn reconcile_new(
    connection: &mut Connection,
    locks: &mut Locks,
    request: &Request,
    given: &GivenFiles,
    told: &[Report],
    finished: &mut Vec<FinishedRun>,
) -> Result<()> {
    let mut offers = Vec::new();
    for feed in &request.feeds {
        offers.push(start::offer(connection, request, feed, given, told).await?);
    }
    let new_files = start::new_files(request, offers, start::is_answered(request, &given.files, told))?;
    if new_files.is_empty() {
        return Ok(());
    }
    let mark = sessions::note(connection, request).await?;
    let result = reconcile_started(connection, locks, request, new_files, finished).await;
    sessions::forget(connection, request, mark).await;
    result
}

/// Converts, loads, reconciles and exports, with one commit a run.
async fn reconcile_started(
    connection: &mut Connection,
    locks: &mut Locks,
    request: &Request,
    new_files: Vec<NewFiles<'_>>,
    finished: &mut Vec<FinishedRun>,
) -> Result<()> {
    let stop = &request.stop;
    let started = start::runs(connection, request, new_files).await?;
    let result: Result<()> = async {
        failpoint("after-begin", stop).await;
        let staged = stage::convert_and_load(connection, request, &started).await?;
        failpoint("after-load", stop).await;
        for (run, staged) in started.iter().zip(&staged) {
            let summary = reconcile::reconcile_and_commit(connection, request, run, staged).await?;
            failpoint("after-commit", stop).await;
            let lock = locks.of(&run.feed.name)?;
            finished.push(export::export(connection, lock, request, run.feed, summary).await?);
        }
        Ok(())
    }
    .await;
    match result {
        Ok(()) => Ok(()),
        Err(cause) => {
            start::mark_failed(connection, &started).await;
            Err(locks.lost(request, &started, cause).await)
        }
    }
}
