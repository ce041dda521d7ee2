//! The whole job, on one page: [`job`]. What a step does stands in the file that is named for it; nothing else knows
//! their order.

mod export;
mod hook;
mod leftovers;
mod lock;
mod receive;
mod reconcile;
mod request;
mod sessions;
mod stage;
mod start;
mod summarise;
mod unfinished;
mod work_tables;

pub use export::replay;
pub use request::{Report, Request};
pub use unfinished::clean_up;
pub use work_tables::prepare_statements;

use crate::{
    database::{Connection, migrate},
    error::Result,
    failpoint::failpoint,
};
use export::FinishedRun;
use lock::Locks;

/// Runs the whole job, one run per row set; none where there is no new file and the feed allows that.
///
/// # Errors
/// Any; see the exit statuses. Results, run row and file ledger of a run are committed together or not at all.
pub async fn run(request: &Request) -> Result<Vec<Report>> {
    let result = Box::pin(job(request)).await;
    let cut_short = match &result {
        Ok(reports) => reports.iter().any(|report| report.after.is_some()),
        Err(_) => true,
    };
    if cut_short {
        request.stop.flag().check()?;
    }
    if let Err(cause) = &result {
        hook::failed(request, cause).await;
    }
    result
}

/// Every step in its order. A test may hold or kill the process at the failpoints between them: whatever is lost there,
/// the next run of the feed finishes or does again.
async fn job(request: &Request) -> Result<Vec<Report>> {
    let stop = &request.stop;
    let files = receive::files(request).await?;
    migrate(&request.target).await?;

    let mut locks = Locks::take(request).await?;
    let finished: Result<Vec<FinishedRun>> = async {
        failpoint("after-lock", stop).await;
        let mut connection = Connection::open(&request.target).await?;
        connection.watched_by(stop).await;

        let (mut finished, mut offers) = (Vec::new(), Vec::new());
        for feed in &request.feeds {
            let lock = locks.of(&feed.name)?;
            unfinished::abandon_dead_runs(&mut connection, feed, &request.out).await?;
            match unfinished::finish(&mut connection, lock, request, feed, &files).await? {
                Some(run) => finished.push(run),
                None => offers.push(start::offer(&mut connection, request, feed, &files).await?),
            }
        }
        let new_files = start::new_files(request, offers, !finished.is_empty())?;
        if new_files.is_empty() {
            return Ok(finished);
        }
        let mark = sessions::note(&mut connection, request).await?;
        let started = start::runs(&mut connection, request, new_files).await?;
        let result: Result<()> = async {
            failpoint("after-begin", stop).await;
            let staged = stage::convert_and_load(&mut connection, request, &started).await?;
            failpoint("after-load", stop).await;
            for (run, staged) in started.iter().zip(&staged) {
                let summary = reconcile::reconcile_and_commit(&mut connection, request, run, staged).await?;
                failpoint("after-commit", stop).await;
                let lock = locks.of(&run.feed.name)?;
                finished.push(export::export(&mut connection, lock, request, run.feed, summary).await?);
            }
            Ok(())
        }
        .await;
        let result = match result {
            Ok(()) => Ok(finished),
            Err(cause) => {
                start::mark_failed(&mut connection, &started).await;
                Err(locks.lost(request, &started, cause).await)
            }
        };
        sessions::forget(&mut connection, request, mark).await;
        result
    }
    .await;
    // Before the hook, so that a process left behind by it cannot hold the feed.
    locks.release().await;

    let mut reports = Vec::new();
    for run in finished? {
        reports.push(hook::reconciled(request, run).await);
    }
    Ok(reports)
}
