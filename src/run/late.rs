//! What verdicts that are told late say of refused and missing files: a run that tells them has their status.

use super::{expected, refusals, request::Report};
use crate::{
    error::Error,
    model::{ExpectedFiles, RefusedFile},
};

/// The failures of runs before, each file and day once; none of those that this run tells itself.
pub fn failures(reports: &[Report], refused: &[RefusedFile], expected: Option<&ExpectedFiles>) -> Vec<Error> {
    let mut files: Vec<&RefusedFile> = refused.iter().collect();
    let mut days: Vec<&ExpectedFiles> = expected.into_iter().collect();
    let mut failures = Vec::new();
    for summary in reports.iter().filter(|report| report.late).map(|report| &report.summary) {
        let known = |file: &RefusedFile| {
            files.iter().any(|other| (&other.name, &other.sha256) == (&file.name, &file.sha256))
        };
        let new: Vec<&RefusedFile> = summary.refused_files.iter().filter(|file| !known(file)).collect();
        failures.extend(refusals::told_late(&summary.run_id, &new));
        files.extend(new);
        if let Some(day) = summary.expected_files.as_ref().filter(|day| day.lacks()) {
            let known = days.iter().any(|other| other.lacks() && other.day == day.day);
            failures.extend(expected::failure(Some(day)).filter(|_| !known));
            days.push(day);
        }
    }
    failures
}
