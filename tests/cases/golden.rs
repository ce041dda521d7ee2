//! The golden cases: each folder of `tests/golden/` is a whole run with its expected outputs, the same
//! bytes on every database.
//!
//! A case holds `shows.txt` (one sentence: what it shows), `feed.toml`, the files of theirs (`*.xml`), our
//! table (`ours.sql`, or `ours.<dialect>.sql` where the statements must differ), further `arguments` (one
//! a line) and `expected/`: the exit `status`; of a run that was refused `stderr`, of any other
//! `breaks.csv` (without what it tells of other runs), `columns.csv`, `summary.json` (without what no two runs share), and `rejects.csv`,
//! `matched.csv` and `suggestions.csv` where they hold a row; of several row sets, each file begins with the
//! name of its feed. Our table may be called `ours`: it is dropped between cases.
//!
//! A case on a database is the test `golden::CASE::DATABASE`. `TIEOUT_BLESS=1` writes the expected files anew, from
//! the embedded database: what they say must then be derived by hand from the contract, not taken from the program.

use crate::{
    blessing, name, pool, repository, sorted,
    support::{EVERY_KIND, Kind, Output, Place, Server, of_this_run},
    trials::Trials,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What a case gives: file name → bytes as text.
pub type Files = BTreeMap<String, String>;

/// `golden::CASE::DATABASE`.
pub fn trials(trials: &mut Trials) {
    on_each_case(trials, "golden", |_| true, check);
}

/// Adds a check of every case for which it is meant, on every database; its differences are failures.
pub fn on_each_case(
    trials: &mut Trials,
    title: &'static str,
    is_meant: fn(&Path) -> bool,
    check: fn(&Place, &Path) -> Vec<String>,
) {
    for case in sorted(&repository("tests/golden")).into_iter().filter(|case| is_meant(case)) {
        for kind in EVERY_KIND {
            let (case, test) = (case.clone(), format!("{title}::{}::{}", name(&case), kind.name()));
            if blessing() && kind != Kind::Sqlite {
                trials.not_run(test, "TIEOUT_BLESS writes what the embedded database gives");
                continue;
            }
            trials.add(test, move || {
                let differences = check(&pool::lend(title, Server::shared(kind)), &case);
                if differences.is_empty() { Ok(()) } else { Err(differences.join("\n\n")) }
            });
        }
    }
}

/// Runs one case and says what is not as expected.
fn check(place: &Place, case: &Path) -> Vec<String> {
    let name = name(case);
    let shown = fs::read_to_string(case.join("shows.txt")).unwrap_or_default();
    let mut failures = Vec::new();
    if shown.trim().lines().count() != 1 {
        failures.push("shows.txt is to hold one sentence".to_owned());
    }
    let (output, actual) = run(place, case, &name);
    let expected_folder = case.join("expected");
    if blessing() {
        bless(&expected_folder, &actual);
    }
    let expected = read_all(&expected_folder);
    let mut files: Vec<&String> = expected.keys().chain(actual.keys()).collect();
    files.sort();
    files.dedup();
    for file in files {
        let line = match (expected.get(file), actual.get(file)) {
            (Some(expected), Some(actual)) => first_difference(expected, actual),
            (None, _) => Some("is not expected".to_owned()),
            (_, None) => Some("is expected, but was not written".to_owned()),
        };
        if let Some(line) = line {
            failures.push(format!("{file}: {line}\n{}", indented(&output.stderr)));
        }
    }
    failures
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    | {line}")).collect::<Vec<_>>().join("\n")
}

fn first_difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    // By `\n` only, so that `\r` counts too.
    let (mut left, mut right) = (expected.split('\n'), actual.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        let (left, right) = (left.next(), right.next());
        if left != right {
            let shown = |line: Option<&str>| line.map_or("nothing".to_owned(), |line| format!("{line:?}"));
            return Some(format!(
                "line {number} differs\n  expected {}\n  got      {}",
                shown(left),
                shown(right)
            ));
        }
    }
}

fn run(place: &Place, case: &Path, name: &str) -> (Output, Files) {
    place.sql("DROP TABLE IF EXISTS ours");
    place.sql(&ours(place.kind, case));
    run_in(place, case, name, &[])
}

/// Runs a case in a folder of this name, against ours as it stands.
pub fn run_in(place: &Place, case: &Path, folder: &str, more: &[&str]) -> (Output, Files) {
    let folder = place.path(folder);
    fs::create_dir(&folder).expect("a folder for the case");
    let mut theirs = Vec::new();
    for path in sorted(case) {
        let file = name(&path);
        if path.extension().is_some_and(|extension| extension == "xml" || extension == "toml") {
            fs::copy(&path, folder.join(&file)).expect("a copy");
        }
        if path.extension().is_some_and(|extension| extension == "xml") {
            theirs.push(file);
        }
    }
    let further = fs::read_to_string(case.join("arguments")).unwrap_or_default();
    let output = place
        .command()
        .current_dir(&folder)
        .args(["run", "feed.toml"])
        .args(theirs)
        .args(["--out", "out", "--database", place.url()])
        .args(further.lines())
        .args(more)
        .output();
    let files = outputs(&folder, &output);
    (output, files)
}

pub fn ours(kind: Kind, case: &Path) -> String {
    let own = format!("ours.{kind:?}.sql").to_lowercase();
    let names = [own, format!("ours.{}.sql", kind.dialect()), "ours.sql".to_owned()];
    names
        .iter()
        .find_map(|name| fs::read_to_string(case.join(name)).ok())
        .unwrap_or_else(|| panic!("{} has none of {}", case.display(), names.join(", ")))
}

/// A message without its code: which code a failure has is held by the table of codes, what it says by these cases.
pub fn without_code(stderr: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" [TO-") {
        Some((message, code)) if code.ends_with(']') => format!("{message}\n"),
        _ => format!("{line}\n"),
    };
    stderr.lines().map(line).collect()
}

/// What the run left, in the form in which it is expected.
fn outputs(folder: &Path, output: &Output) -> Files {
    let mut files = Files::from([("status".to_owned(), format!("{}\n", output.status))]);
    let runs = fs::read_dir(folder.join("out")).into_iter().flatten();
    let runs = runs.map(|entry| entry.expect("an entry").path());
    let runs: Vec<PathBuf> = runs.filter(|path| path.join("summary.json").exists()).collect();
    if runs.is_empty() {
        files.insert("stderr".to_owned(), without_code(&output.stderr));
    }
    for run in &runs {
        let of_run = read_all(run);
        let summary: Value = serde_json::from_str(&of_run["summary.json"]).expect("a summary is JSON");
        let feed = summary["feed"].as_str().expect("the feed's name").to_owned();
        for (name, text) in of_run {
            let rows = text.matches("\r\n").count().saturating_sub(1);
            // Several row sets leave a folder each.
            let file = if runs.len() == 1 { name.clone() } else { format!("{feed}.{name}") };
            match name.as_str() {
                "summary.json" => files.insert(file, masked(&text)),
                "rejects.csv" | "matched.csv" | "suggestions.csv" if rows == 0 => None,
                "breaks.csv" | "matched.csv" => files.insert(file, of_this_run(&text)),
                "columns.csv" | "rejects.csv" | "suggestions.csv" => files.insert(file, text),
                _ => None,
            };
        }
    }
    files
}

/// The summary without what no two runs share.
fn masked(summary: &str) -> String {
    let mut summary: Value = serde_json::from_str(summary).expect("a summary is JSON");
    for field in ["run_id", "feed_sha256", "started_at", "finished_at", "database", "life", "timings"] {
        assert!(summary.get(field).is_some(), "the summary lacks {field}");
        summary[field] = json!("…");
    }
    format!("{summary:#}\n")
}

fn read_all(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| (name(&path), fs::read_to_string(&path).expect("an expected file is text"))).collect()
}

fn bless(folder: &Path, files: &Files) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("the old expected files go");
    }
    fs::create_dir_all(folder).expect("a folder for expected files");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("an expected file");
    }
}
