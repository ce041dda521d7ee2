//! What a run left, held against what is expected of it.

use super::{
    expect::{Expected, TOTAL_SCALE},
    packing::Listed,
    schema::Schema,
    value::Number,
};
use crate::support::{Output, of_this_run};
use std::{collections::BTreeSet, fs, path::Path};

/// Files that the same rows make the same on every database.
pub const SAME_EVERYWHERE: [&str; 5] =
    ["breaks.csv", "matched.csv", "rejects.csv", "columns.csv", "suggestions.csv"];

const COUNTS: [&str; 11] = [
    "records",
    "theirs",
    "ours",
    "rejects",
    "filtered",
    "matched",
    "mismatched",
    "missing_in_ours",
    "missing_in_theirs",
    "duplicate_in_theirs",
    "duplicate_in_ours",
];

/// What random files deserve to be warned of.
const WARNINGS: [&str; 6] = [
    "byte order mark",
    "matched nothing in the whole file",
    "sign took codes as positive",
    "nothing was compared",
    "pattern does not match",
    "names no element around the rows",
];

/// The most that a failure shows of one kind.
const SHOWN: usize = 4;

/// What a status says that it should not; of several sets the worst one counts.
pub fn status(output: &Output, expected: &[Expected]) -> Option<String> {
    let breaks = |one: &Expected| !one.breaks.is_empty() || !one.rejects.is_empty();
    let right = i32::from(expected.iter().any(breaks));
    (output.status != right).then(|| format!("status {} instead of {right}", output.status))
}

/// The summaries that a run printed, one after the other.
pub fn summaries(output: &Output) -> Vec<serde_json::Value> {
    let all = serde_json::Deserializer::from_str(&output.stdout).into_iter();
    all.map_while(Result::ok).collect()
}

/// A file of the run's without what it tells of other runs.
pub fn read(folder: &Path, name: &str) -> String {
    let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
    if ["breaks.csv", "matched.csv"].contains(&name) { of_this_run(&text) } else { text }
}

/// What is wrong with the run of one set.
pub fn check(
    folder: &Path,
    summary: &serde_json::Value,
    schema: &Schema,
    expected: &Expected,
    files: &[Listed],
) -> Vec<String> {
    let read = |name: &str| read(folder, name);
    let mut wrong = Vec::new();
    differences("breaks.csv", &lines(schema, &read("breaks.csv"), &mut wrong), &expected.breaks, &mut wrong);
    if schema.matched {
        differences(
            "matched.csv",
            &lines(schema, &read("matched.csv"), &mut wrong),
            &expected.matched,
            &mut wrong,
        );
    }
    if summary["feed"] != *schema.feed() {
        wrong.push(format!("a summary of {} instead of {}", summary["feed"], schema.feed()));
    }
    counts(summary, schema, expected, &mut wrong);
    let listed = listed(summary);
    if listed != files {
        wrong.push(format!("the summary lists {listed:?} instead of {files:?}"));
    }
    let rejects: BTreeSet<(String, usize)> = records(&read("rejects.csv"))
        .into_iter()
        .map(|cells| (cells[0].clone(), cells[1].parse().expect("a record number")))
        .collect();
    if rejects != expected.rejects {
        wrong.push(format!("rejects {rejects:?} instead of {:?}", expected.rejects));
    }
    wrong
}

/// The summary: rows per outcome, per column, totals, and nothing else to say.
fn counts(summary: &serde_json::Value, schema: &Schema, expected: &Expected, wrong: &mut Vec<String>) {
    for what in COUNTS {
        let (got, right) = (&summary["counts"][what], expected.counts.get(what).copied().unwrap_or(0));
        if *got != right {
            wrong.push(format!("the summary counts {got} {what} instead of {right}"));
        }
    }
    for (n, column) in schema.columns.iter().enumerate().filter(|(_, column)| column.compared()) {
        let got =
            ["matched", "mismatched", "null_theirs", "null_ours"].map(|what| &summary["columns"][n][what]);
        if got.iter().zip(expected.columns[n]).any(|(got, right)| **got != right) {
            wrong.push(format!("column {}: {got:?} instead of {:?}", column.name, expected.columns[n]));
        }
    }
    let totals: Vec<[String; 3]> = (summary["totals"].as_array().into_iter().flatten())
        .map(|total| {
            ["group", "theirs", "ours"].map(|what| total[what].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let sum = |units: i128| Number::scaled(units, TOTAL_SCALE).shown();
    let right: Vec<[String; 3]> = (expected.totals.iter())
        .map(|(group, [theirs, ours])| [group.clone(), sum(*theirs), sum(*ours)])
        .collect();
    if totals != right {
        let different = totals.iter().zip(&right).find(|(got, right)| got != right);
        wrong.push(format!("{} totals instead of {}: {different:?}", totals.len(), right.len()));
    }
    for warning in summary["warnings"].as_array().into_iter().flatten() {
        let text = warning.as_str().unwrap_or_default();
        if !WARNINGS.iter().any(|known| text.contains(known)) {
            wrong.push(format!("a warning: {text}"));
        }
    }
}

/// The files of the summary.
fn listed(summary: &serde_json::Value) -> Vec<Listed> {
    let files = summary["files"].as_array().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let listed = |file: &serde_json::Value| Listed {
        name: text(&file["name"]),
        sha256: text(&file["sha256"]),
        records: file["records"].as_u64().and_then(|count| count.try_into().ok()).unwrap_or(0),
    };
    files.map(listed).collect()
}

fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|record| record.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// The lines without `break_id` and `reasons`, which are looked at here.
fn lines(schema: &Schema, text: &str, wrong: &mut Vec<String>) -> Vec<Vec<String>> {
    let differing = 1 + schema.keys().count();
    let mut ids = BTreeSet::new();
    let mut all = records(text);
    for cells in &mut all {
        if !ids.insert(cells.remove(0)) {
            wrong.push(format!("a break_id occurs twice: {cells:?}"));
        }
        let reasons = cells.remove(differing + 1);
        if !reasons_fit(schema, &cells[differing], &reasons, &cells[differing + 1..]) {
            wrong.push(format!("the reasons {reasons} do not fit {cells:?}"));
        }
    }
    all
}

/// One reason per differing column, and the right one where it can be told without the program's
/// definitions: a missing value, an opposite sign, and what only texts, numbers and dates can be.
fn reasons_fit(schema: &Schema, names: &str, reasons: &str, cells: &[String]) -> bool {
    let split = |text: &str| text.split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let (names, reasons): (Vec<String>, Vec<String>) = (split(names), split(reasons));
    names.len() == reasons.len()
        && names.iter().zip(&reasons).all(|(name, reason)| {
            let n = schema.columns.iter().position(|column| column.name == *name).expect("a column");
            let [theirs, ours] = [0, 1].map(|side| cells[2 * n + side].as_str());
            let negated = theirs.strip_prefix('-') == Some(ours) || ours.strip_prefix('-') == Some(theirs);
            let codes: &[&str] = match schema.columns[n].kind.name() {
                _ if theirs.is_empty() != ours.is_empty() => &["null_vs_value"],
                "text" => &["unicode_form", "case", "whitespace", "truncated", "transposed_digits", "value"],
                "integer" | "decimal" if negated => &["sign", "value"],
                "integer" | "decimal" => &["scale", "rounding", "transposed_digits", "value"],
                "date" => &["date_only", "value"],
                "timestamp" => &["date_only", "time_zone_shift", "value"],
                _ => &["value"],
            };
            codes.contains(&reason.as_str())
        })
}

/// Lines of one side only.
fn differences(file: &str, got: &[Vec<String>], right: &[Vec<String>], wrong: &mut Vec<String>) {
    let sorted = |lines: &[Vec<String>]| {
        let mut lines = lines.to_vec();
        lines.sort();
        lines
    };
    let (got, right) = (sorted(got), sorted(right));
    let (mut one, mut other) = (got.iter().peekable(), right.iter().peekable());
    let mut shown = [Vec::new(), Vec::new()];
    loop {
        match (one.peek(), other.peek()) {
            (Some(left), Some(right)) if left == right => {
                one.next();
                other.next();
            }
            (Some(left), right) if right.is_none_or(|right| left < right) => shown[0].extend(one.next()),
            (_, Some(_)) => shown[1].extend(other.next()),
            _ => break,
        }
    }
    for (lines, what) in shown.iter().zip(["is not expected", "is missing"]) {
        wrong.extend(lines.iter().take(SHOWN).map(|line| format!("{file}: {what}: {line:?}")));
        if lines.len() > SHOWN {
            wrong.push(format!("{file}: {} more like the last", lines.len() - SHOWN));
        }
    }
}
