//! What a run knows at its end → its summary.

use super::{request::Request, stage::Staged, start::StartedRun};
use crate::{
    convert::{controls_over_files, told_of_controls},
    model::{DatabaseSummary, FILTERED, FileSummary, NOTHING_COMPARED, Summary},
    reconcile::{self, Account},
    suggest,
};
use std::collections::BTreeMap;

/// The summary of a run that has just been reconciled.
pub fn summarise(
    request: &Request,
    run: &StartedRun<'_>,
    staged: &Staged,
    account: &Account<'_>,
    database: DatabaseSummary,
    timings: BTreeMap<String, f64>,
) -> Summary {
    let counts = account.counts().clone();
    let mut warnings = account.warnings();
    if counts.nothing_compared() {
        warnings.push(NOTHING_COMPARED.into());
    }
    if staged.shape.filtered {
        warnings.push(FILTERED.into());
    }
    for converted in &staged.converted {
        warnings.extend(converted.warnings.iter().cloned());
    }
    let controls = controls_over_files(run.feed, &staged.converted);
    warnings.extend(told_of_controls(run.feed, &controls).map(|(_, text)| text));
    Summary {
        run_id: run.run_id.clone(),
        feed: run.run_id.feed_name(),
        feed_sha256: run.feed.sha256.clone(),
        verdict: reconcile::verdict(counts.breaks(), counts.rejects),
        started_at: run.started_at.clone(),
        finished_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        database,
        files: (run.files.iter().zip(&staged.converted))
            .map(|(file, converted)| FileSummary::new(&file.name, &file.sha256, file.bytes, converted))
            .collect(),
        passed_over: run.passed_over.clone(),
        reasons: account.reasons().clone(),
        columns: account.columns(),
        totals: account.total_summaries(),
        controls,
        absorbed: account.absorbed(),
        matched_within_tolerance: account.within_tolerance(),
        audited: account.audited(),
        suggestions: Some(suggest::of_feed(run.feed)),
        parameters: request.parameters.clone(),
        correctable: Some(staged.shape.correctable.clone()),
        matched_exported: run.feed.results.matched,
        counts,
        warnings,
        timings,
    }
}
