//! The summary as a person reads it on a terminal.

use super::tables::RejectTable;
use crate::{
    error::{printable, printable_lines},
    model::{PassedOver, Summary, Verdict, controls_failed},
};
use std::{
    fmt::{Result, Write as _},
    path::Path,
};

/// A screen of text: verdict, counts, differing columns, totals, where to look next.
#[must_use]
pub fn summary_text(summary: &Summary, folder: &Path) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = verdict(&mut out, summary)
        .and_then(|()| counts(&mut out, summary))
        .and_then(|()| differences(&mut out, summary))
        .and_then(|()| totals(&mut out, summary))
        .and_then(|()| notes(&mut out, summary))
        .and_then(|()| writeln!(out, "\nopen next  {}", folder.join("breaks.csv").display()));
    out
}

/// The verdict as the first words of the text: `TIED OUT`, `TIED OUT, 1 CONTROL FAILED`, `BREAKS`.
#[must_use]
pub fn headline(summary: &Summary) -> String {
    match (summary.verdict, controls_failed(summary.failed_controls)) {
        (Verdict::Breaks, _) => match summary.excused() {
            Some(all) => format!("BREAKS, {}", all.to_uppercase()),
            None => "BREAKS".to_owned(),
        },
        (_, Some(failed)) => format!("TIED OUT, {}", failed.to_uppercase()),
        (_, None) => "TIED OUT".to_owned(),
    }
}

fn verdict(out: &mut String, summary: &Summary) -> Result {
    let counts = &summary.counts;
    write!(out, "{:<10} {}: ", headline(summary), summary.feed)?;
    match summary.verdict {
        Verdict::Breaks => {
            let rows = counts.breaks() + counts.rejects;
            write!(out, "{rows} of {} rows do not tie out", rows + counts.matched)?;
            if let Some(failed) = controls_failed(summary.failed_controls) {
                write!(out, ", and {failed}")?;
            }
            if summary.status() == 0 && summary.excused().is_none() {
                write!(out, "; the feed's [fail_on] lets that pass")?;
            }
        }
        _ if counts.nothing_compared() => write!(out, "nothing was compared, both sides are empty")?,
        _ => write!(out, "every row matches")?,
    }
    if !summary.no_key_met.is_empty() {
        write!(out, "; NO KEY MET: {}", printable(&summary.no_key_met.join("; ")))?;
    }
    if !summary.unusual.is_empty() {
        write!(out, "; UNUSUAL: {}", printable(&summary.unusual.join("; ")))?;
    }
    writeln!(out)?;
    writeln!(out)?;
    for file in &summary.files {
        writeln!(out, "theirs     {}: {} records, {} rows", printable(&file.name), file.records, file.rows)?;
    }
    if let Some(filtered) = counts.filtered_text() {
        writeln!(out, "filtered   {}", printable(&filtered))?;
    }
    for file in &summary.refused_files {
        writeln!(out, "refused    {}", printable_lines(&file.text()))?;
    }
    if let Some(expected) = &summary.expected_files {
        writeln!(out, "expected   {}", expected.text())?;
    }
    if let Some(passed) = PassedOver::text(&summary.passed_over) {
        writeln!(out, "passed over {}", printable(&passed))?;
    }
    writeln!(out, "ours       {} rows ({})", counts.ours, printable(&summary.database.product))?;
    for (n, line) in summary.life_lines().iter().enumerate() {
        writeln!(out, "{:<10} {line}", if n == 0 { "breaks" } else { "" })?;
    }
    writeln!(out)
}

fn counts(out: &mut String, summary: &Summary) -> Result {
    for line in summary.counts.lines() {
        let file = if line.name == "rejects" { format!(": {}", RejectTable::NAME) } else { String::new() };
        writeln!(out, "{:>12}  {:<20} {}{file}", line.rows, line.name, line.meaning)?;
    }
    if summary.matched_within_tolerance > 0 {
        writeln!(out, "{:>12}  of the matched only within a tolerance", summary.matched_within_tolerance)?;
    }
    if summary.audited > 0 {
        writeln!(out, "{:>12}  pairs with equal checksums compared by value too", summary.audited)?;
    }
    Ok(())
}

fn differences(out: &mut String, summary: &Summary) -> Result {
    let differing: Vec<String> = (summary.columns.iter())
        .filter(|c| c.mismatched > 0)
        .map(|c| format!("{} ({})", printable(&c.name), c.mismatched))
        .collect();
    if !differing.is_empty() {
        writeln!(out, "\ndiffering  {}", differing.join(", "))?;
    }
    if !summary.reasons.is_empty() {
        let reasons: Vec<String> =
            summary.reasons.iter().map(|(code, values)| format!("{} ({values})", printable(code))).collect();
        writeln!(out, "reasons    {}", reasons.join(", "))?;
    }
    if let Some(suggestions) = summary.suggestions.as_ref().filter(|suggestions| suggestions.pairs > 0) {
        let pairs = suggestions.pairs;
        let s = if pairs == 1 { "" } else { "s" };
        let gap = if differing.is_empty() { "\n" } else { "" };
        writeln!(out, "{gap}suggested  {pairs} probable pair{s} among what is missing: suggestions.csv")?;
    }
    Ok(())
}

fn totals(out: &mut String, summary: &Summary) -> Result {
    for (n, total) in summary.totals.iter().enumerate() {
        let gap = if n == 0 { "\n" } else { "" };
        let group = if total.group.is_empty() { "(none)" } else { &total.group };
        writeln!(
            out,
            "{gap}total      {} {}: theirs {}, ours {}, difference {}",
            printable(&total.column),
            printable(group),
            printable(&total.theirs),
            printable(&total.ours),
            printable(&total.difference)
        )?;
    }
    Ok(())
}

fn notes(out: &mut String, summary: &Summary) -> Result {
    // What failed stands among the warnings.
    let absent: Vec<String> = (summary.controls.iter())
        .filter(|control| control.not_declared > 0)
        .map(|control| format!("{} ({})", printable(&control.name), control.not_declared))
        .collect();
    if !absent.is_empty() {
        writeln!(out, "controls   not declared: {}", absent.join(", "))?;
    }
    for warning in &summary.warnings {
        writeln!(out, "warning    {}", printable(warning))?;
    }
    Ok(())
}
