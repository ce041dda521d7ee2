//! `tieout run`.

use super::{
    arguments::{load_feeds_with, parameters, target},
    end::CommandEnd,
    progress::Shown,
    terminal::{note, print_summary, print_verdict},
};
use crate::{
    cli::{self, Format, Global, LogFormat},
    error::{Code, Error, Result},
    model::Summary,
    notify::{self, Past},
    run::{self, Report, Request, Tell, Told},
    stop::Stop,
};
use std::{cmp::Reverse, sync::Arc, time::Instant};
use tracing::{Instrument, Span, field::Empty};

/// The whole job.
pub async fn run(arguments: cli::RunArgs, global: &Global, stop: Stop) -> CommandEnd {
    let begun = Instant::now();
    let (format, quiet, metrics) = (arguments.format, global.quiet, arguments.metrics.clone());
    let shown = Shown::start(global);
    let print = shown.beside(move |summary, folder| match format {
        Format::Text if quiet => print_verdict(summary, folder),
        format => print_summary(summary, folder, format),
    });
    let request = match request(arguments, &shown, print, stop) {
        Ok(request) => request,
        Err(cause) => return CommandEnd::failed(cause),
    };
    let feed = &*request.feeds[0].name;
    let span = match global.log_format {
        LogFormat::Json => tracing::info_span!("run", feed, run = Empty, stage = Empty),
        LogFormat::Text => Span::none(),
    };
    let Told { mut reports, expected, failure } = run::run(&request).instrument(span).await;
    drop(shown);
    if reports.is_empty() && failure.is_none() {
        note(&expected.map_or_else(
            || "there is no new file, which the feed allows: nothing to do".to_owned(),
            |expected| format!("there is no new file: {}", expected.text()),
        ));
    }
    reports.iter().for_each(log_verdict);
    let verdict = reports.iter().map(|report| report.summary.verdict).max();
    let status = reports.iter().map(Report::status).max().unwrap_or(0);
    let after = reports.iter_mut().filter_map(|report| report.after.take());
    let mut failures: Vec<_> = after.chain(failure).collect();
    let reached = failures.iter().map(Error::status).fold(status, u8::max);
    if let Some(path) = metrics {
        let feeds = request.feeds.iter().map(|feed| &*feed.name).collect();
        let summaries = reports.iter().map(|report| &report.summary).collect();
        let past = Past { feeds, summaries, status: reached, ended: now(), duration: begun.elapsed() };
        failures.extend(notify::write_metrics(&path, &past).map_err(not_written).err());
    }
    // The first one gives the exit status: the highest, whichever run it is of.
    failures.sort_by_key(|failed| Reverse(failed.status()));
    let status = match failures.into_iter().reduce(|first, other| first.and(&other)) {
        Some(failed) => Err(failed),
        None => Ok(status),
    };
    let run = reports.last().map(|report| report.summary.run_id.to_string());
    CommandEnd { status, verdict, feed: Some(request.feeds[0].file_name().to_owned()), run }
}

/// What was typed, as what is to be done.
fn request(arguments: cli::RunArgs, shown: &Shown, tell: Arc<Tell>, stop: Stop) -> Result<Request> {
    let feeds = load_feeds_with(&arguments.feed, &arguments.set.set, arguments.database.database.is_some())?;
    Ok(Request {
        target: target(&arguments.database, feeds.first())?,
        feeds,
        files: arguments.files,
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
        tell,
    })
}

/// What a run came to, as an event.
fn log_verdict(report: &Report) {
    let Summary { run_id, feed, verdict, counts, timings, .. } = &report.summary;
    tracing::info!(
        run = &**run_id,
        feed = &**feed,
        verdict = verdict.name(),
        status = report.status(),
        theirs = counts.theirs,
        ours = counts.ours,
        matched = counts.matched,
        breaks = counts.breaks(),
        rejects = counts.rejects,
        seconds = timings.values().sum::<f64>(),
        folder = %report.folder.display(),
        "reconciled"
    );
}

/// Seconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn not_written(cause: Error) -> Error {
    Error::new(Code::MetricsFailed, format!("the file of --metrics is not written: {cause}")).because(cause)
}
