//! Every golden case is corrected and taken back again: after `corrections.sql` the same run ties out, after
//! `corrections_undo.sql` its breaks are the first ones, byte for byte.
//!
//! A case on a database is the test `corrections::CASE::DATABASE`.

use crate::{
    golden::{Files, on_each_case, ours, run_in},
    name,
    support::{Kind, Place, client::paste},
    trials::Trials,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// `corrections::CASE::DATABASE`.
pub fn trials(trials: &mut Trials) {
    // A run that is refused corrects nothing.
    on_each_case(trials, "corrections", |case| !case.join("expected/stderr").exists(), corrected);
}

/// What is to become of a case.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// It ties out.
    TiesOut,
    /// The scripts hold a reason only.
    Refused,
    /// Columns of ours do not hold every value of theirs: the script fails, and changes nothing.
    DoesNotFit,
}

fn expected(kind: Kind, name: &str) -> Expected {
    match name {
        "account-dump"
        | "booleans"
        | "column-expressions"
        | "duplicates-unique"
        | "ours-is-a-query"
        | "text-against-integer" => Expected::Refused,
        "numbers-in-texts" if kind != Kind::Sqlite => Expected::Refused,
        "native-types" if kind == Kind::Sqlite => Expected::Refused,
        // Upper-case hex in bytes, trailing blanks in char(n), times in a date; SQLite holds anything.
        "bytes" | "char-padding" | "dates-against-timestamps" if kind != Kind::Sqlite => Expected::DoesNotFit,
        _ => Expected::TiesOut,
    }
}

fn corrected(place: &Place, case: &Path) -> Vec<String> {
    let name = name(case);
    place.sql("DROP TABLE IF EXISTS ours");
    place.sql(&ours(place.kind, case));
    let (_, first) = run_in(place, case, &name, &[]);
    let scripts = |file: &str| -> Vec<String> {
        runs(&place.path(&name)).iter().map(|run| read(&run.join(file))).collect()
    };
    let (forward, back) = (scripts("corrections.sql"), scripts("corrections_undo.sql"));
    if forward.is_empty() {
        return vec!["the run left no script".to_owned()];
    }
    let expected = expected(place.kind, &name);
    let mut failures = Vec::new();
    let mut fail = |what: String| failures.push(what);
    let refused = forward.iter().any(|script| script.contains("-- Refused"));
    if refused || expected == Expected::Refused {
        let written = forward.iter().chain(&back).flat_map(|script| script.lines());
        let statements = written.filter(|line| !line.starts_with("--") && !line.is_empty()).count();
        if !refused || expected != Expected::Refused || statements > 0 {
            fail(format!("{expected:?} is expected:\n{}", forward.concat()));
        }
        return failures;
    }
    let status: Vec<i32> = forward.iter().map(|script| paste(place, script).status).collect();
    let applied = status.iter().all(|status| *status == 0);
    if applied != (expected == Expected::TiesOut) {
        fail(format!("{expected:?} is expected, and the client gives {status:?}:\n{}", forward.concat()));
    }
    let again = |suffix: &str| run_in(place, case, &format!("{name}-{suffix}"), &["--force"]).1;
    if expected == Expected::TiesOut {
        let second = again("second");
        let rows: usize = breaks(&second).iter().map(|text| text.matches("\r\n").count() - 1).sum();
        if rows > 0 {
            fail(format!("does not tie out: {:?}\n{}", breaks(&second), forward.concat()));
        }
        // The last script that ran is the first that is taken back.
        for script in back.iter().rev() {
            let output = paste(place, script);
            if output.status != 0 {
                fail(format!("the undo: {}\n{script}", output.all()));
            }
        }
    }
    let third = again("third");
    if breaks(&third) != breaks(&first) {
        fail(format!("is not as it was: {:?}\n{:?}\n{}", breaks(&first), breaks(&third), back.concat()));
    }
    failures
}

fn breaks(files: &Files) -> Vec<&String> {
    files.iter().filter(|(name, _)| name.ends_with("breaks.csv")).map(|(_, text)| text).collect()
}

fn runs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("out")).into_iter().flatten();
    let runs = entries.map(|entry| entry.expect("an entry").path());
    let mut runs: Vec<PathBuf> = runs.filter(|path| path.join("summary.json").exists()).collect();
    runs.sort();
    runs
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}
