//! What a run knows at its end → its summary.

use super::{request::Request, stage::Staged, start::StartedRun};
use crate::{
    convert::told_of_controls,
    model::{
        ControlSummary, Converted, DatabaseSummary, FILTERED, FileSummary, KeySides, LifeSummary,
        NOTHING_COMPARED, Summary, TimingSummary, Verdict,
    },
    reconcile::Account,
    source::InputFile,
    suggest,
};
use std::collections::{BTreeMap, BTreeSet};

/// What was decided of a run beside its account.
pub struct RunFindings {
    /// What became of the feed's controls, all files together.
    pub controls: Vec<ControlSummary>,
    /// What of `[fail_on]` it has.
    pub failed_on: Vec<String>,
    /// What became of breaks over runs.
    pub life: LifeSummary,
    /// What of them is a matter of timing.
    pub timing: Option<TimingSummary>,
    /// What is unlike the runs before it.
    pub unusual: Vec<String>,
}

/// The summary of a run that has just been reconciled.
pub fn summarise(
    request: &Request,
    run: &StartedRun<'_>,
    staged: &Staged,
    account: &Account<'_>,
    decided: RunFindings,
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
    let (controls, failed_on) = (decided.controls, decided.failed_on);
    let failed_controls = ControlSummary::count_failed(&controls);
    warnings.extend(told_of_controls(run.feed, &controls).map(|(_, text)| text));
    let of_file = |(number, file, converted): (u32, &InputFile, &Converted)| {
        FileSummary::new(number, &file.name, &file.sha256, file.bytes, converted)
    };
    let verdict = Verdict::of(counts.breaks(), counts.rejects, failed_controls);
    Summary {
        run_id: run.run_id.clone(),
        feed: run.run_id.feed_name(),
        feed_sha256: run.feed.sha256.clone(),
        verdict,
        failed_controls,
        failed_on: (verdict != Verdict::TiedOut).then_some(failed_on),
        started_at: run.started_at.clone(),
        finished_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        database,
        files: staged.files(run).map(of_file).collect(),
        passed_over: run.passed_over.clone(),
        refused_files: Vec::new(),
        expected_files: None,
        life: Some(decided.life),
        timing: decided.timing,
        unusual: decided.unusual,
        no_key_met: account.unmet().map_or_else(Vec::new, |sides| no_key_met(run, staged, sides)),
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
        // Whole microseconds: what is read back from the ledger is the same text.
        timings: timings.into_iter().map(|(stage, seconds)| (stage, (seconds * 1e6).round() / 1e6)).collect(),
    }
}

/// That no key met, and what may be done about it.
fn no_key_met(run: &StartedRun<'_>, staged: &Staged, sides: &KeySides) -> Vec<String> {
    let advice = suggest::keys_apart(run.feed, &staged.shape.columns, sides);
    if !advice.is_empty() {
        return advice.into_iter().map(|one| one.what).collect();
    }
    let first = |side: &[BTreeSet<String>]| {
        let values: Vec<&str> = side.iter().filter_map(|values| values.first()).map(String::as_str).collect();
        values.join(" | ")
    };
    vec![format!("theirs has keys like {:?}, ours like {:?}", first(&sides.theirs), first(&sides.ours))]
}
