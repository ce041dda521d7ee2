//! The summary as a person reads it on a terminal.

use crate::{
    error::printable,
    model::{Summary, Verdict},
};
use std::{fmt::Write as _, path::Path};

/// A screen of text: verdict, counts, differing columns, totals, where to look next.
#[must_use]
pub fn summary_text(summary: &Summary, folder: &Path) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut out, summary, folder);
    out
}

fn write(out: &mut String, summary: &Summary, folder: &Path) -> std::fmt::Result {
    let counts = &summary.counts;
    match summary.verdict {
        Verdict::TiedOut => writeln!(out, "TIED OUT   {}: every row matches", summary.feed)?,
        Verdict::Breaks => writeln!(
            out,
            "BREAKS     {}: {} of {} rows do not tie out",
            summary.feed,
            counts.breaks() + counts.rejects,
            counts.breaks() + counts.rejects + counts.matched
        )?,
    }
    writeln!(out)?;
    for file in &summary.files {
        writeln!(out, "theirs     {}: {} records, {} rows", printable(&file.name), file.records, file.rows)?;
    }
    writeln!(out, "ours       {} rows ({})", counts.ours, summary.database.product)?;
    writeln!(out)?;
    let lines = [
        ("matched", counts.matched, "both sides agree"),
        ("mismatched", counts.mismatched, "both sides have it, and it differs"),
        ("missing in ours", counts.missing_in_ours, "only their file has it"),
        ("missing in theirs", counts.missing_in_theirs, "only our table has it"),
        ("duplicate in theirs", counts.duplicate_in_theirs, "their file has the key more often"),
        ("duplicate in ours", counts.duplicate_in_ours, "our table has the key more often"),
        ("rejects", counts.rejects, "records that could not be converted: rejects.csv"),
        ("filtered", counts.filtered, "records that the feed's `where` leaves out"),
    ];
    for (name, count, meaning) in lines {
        if count > 0 || name == "matched" {
            writeln!(out, "{count:>12}  {name:<20} {meaning}")?;
        }
    }
    if summary.matched_within_tolerance > 0 {
        writeln!(out, "{:>12}  of the matched only within a tolerance", summary.matched_within_tolerance)?;
    }
    if summary.audited > 0 {
        writeln!(out, "{:>12}  pairs with equal checksums compared by value too", summary.audited)?;
    }
    let differing: Vec<String> = (summary.columns.iter())
        .filter(|c| c.mismatched > 0)
        .map(|c| format!("{} ({})", c.name, c.mismatched))
        .collect();
    if !differing.is_empty() {
        writeln!(out, "\ndiffering  {}", differing.join(", "))?;
    }
    if !summary.reasons.is_empty() {
        let reasons: Vec<String> =
            summary.reasons.iter().map(|(code, values)| format!("{code} ({values})")).collect();
        writeln!(out, "reasons    {}", reasons.join(", "))?;
    }
    if let Some(suggestions) = summary.suggestions.as_ref().filter(|suggestions| suggestions.pairs > 0) {
        let pairs = suggestions.pairs;
        let s = if pairs == 1 { "" } else { "s" };
        let gap = if differing.is_empty() { "\n" } else { "" };
        writeln!(out, "{gap}suggested  {pairs} probable pair{s} among what is missing: suggestions.csv")?;
    }
    for total in &summary.totals {
        let group = if total.group.is_empty() { "(none)" } else { &total.group };
        writeln!(
            out,
            "{}total      {} {}: theirs {}, ours {}, difference {}",
            if total.group == summary.totals[0].group && total.column == summary.totals[0].column {
                "\n"
            } else {
                ""
            },
            total.column,
            printable(group),
            total.theirs,
            total.ours,
            total.difference
        )?;
    }
    for control in summary.controls.iter().filter(|c| c.outcome == "failed") {
        writeln!(
            out,
            "control    {} of {}: declared {}, counted {}",
            control.name,
            printable(&control.file),
            control.declared.as_deref().unwrap_or("nothing"),
            control.counted
        )?;
    }
    for warning in &summary.warnings {
        writeln!(out, "warning    {}", printable(warning))?;
    }
    writeln!(out, "\nopen next  {}", folder.join("breaks.csv").display())
}
