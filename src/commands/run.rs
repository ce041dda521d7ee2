//! `tieout run` and `tieout clean`.

use super::{
    arguments::{load_feeds, load_feeds_with, parameters, target},
    progress::Shown,
    terminal::{note, print_summary},
};
use crate::{
    cli::{self, Global},
    database::{Connection, Lock, migrate},
    error::Result,
    run::{self, Report, Request, Told, clean_up},
    stop::Stop,
};
use std::cmp::Reverse;

/// The whole job.
pub async fn run(arguments: cli::RunArgs, global: &Global, stop: Stop) -> Result<u8> {
    let feeds = load_feeds_with(&arguments.feed, &arguments.set.set)?;
    let target = target(&arguments.database, feeds.first())?;
    let shown = Shown::start(global);
    let request = Request {
        feeds,
        files: arguments.files,
        target,
        out: arguments.database.out,
        parameters: parameters(&arguments.set.set)?,
        jobs: match arguments.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        },
        keep_staging: arguments.keep_staging,
        keep_chunks: arguments.keep_chunks,
        force: arguments.force,
        stop,
        progress: shown.counters.clone(),
        stage: shown.stage(),
        tell: shown.beside(move |summary, folder| print_summary(summary, folder, arguments.format)),
    };
    let Told { reports, failure } = run::run(&request).await;
    drop(shown);
    if reports.is_empty() && failure.is_none() {
        note("there is no new file, which the feed allows: nothing to do");
    }
    let status = reports.iter().map(Report::status).max().unwrap_or(0);
    let after = reports.into_iter().filter_map(|report| report.after);
    let mut failures: Vec<_> = after.chain(failure).collect();
    // The first one gives the exit status: the highest, whichever run it is of.
    failures.sort_by_key(|failed| Reverse(failed.status()));
    match failures.into_iter().reduce(|first, other| first.and(&other)) {
        Some(failed) => Err(failed),
        None => Ok(status),
    }
}

/// Empties the work tables and marks runs that died as abandoned.
pub async fn clean(arguments: &cli::CleanArgs) -> Result<u8> {
    let feeds = load_feeds(&arguments.feed)?;
    let target = target(&arguments.database, feeds.first())?;
    migrate(&target).await?;
    for feed in &feeds {
        let lock = Lock::take(&target, &feed.name).await?;
        let result = async {
            let mut connection = Connection::open(&target).await?;
            let result = clean_up(&mut connection, feed, &arguments.database.out).await;
            connection.close().await;
            result
        }
        .await;
        lock.release().await;
        result?;
        note(&format!("the work tables of feed {} are empty", feed.name));
    }
    Ok(0)
}
