//! Every golden case is corrected and taken back again: after `corrections.sql` the same run ties out, after
//! `corrections_undo.sql` its breaks are the first ones, byte for byte.

use crate::{
    golden::{on_each_case, ours, run_in},
    support::{Kind, Place, client::paste},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn on_sqlite() {
    on_each_case(Kind::Sqlite, 1, corrected);
}

#[test]
fn on_postgres() {
    on_each_case(Kind::Postgres, 2, corrected);
}

#[test]
fn on_mysql() {
    on_each_case(Kind::MySql, 3, corrected);
}

#[test]
fn on_mariadb() {
    on_each_case(Kind::MariaDb, 3, corrected);
}

fn corrected(place: &Place, case: &Path) -> Vec<String> {
    let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
    place.sql("DROP TABLE IF EXISTS ours");
    place.sql(&ours(place.kind, case));
    let (_, first) = run_in(place, case, &name, &[]);
    let mut failures = Vec::new();
    let mut fail = |what: String| failures.push(format!("{name} on {:?}: {what}", place.kind));
    let scripts = |file: &str| runs(&place.path(&name)).iter().map(|run| read(&run.join(file))).collect::<Vec<_>>();
    let (forward, back) = (scripts("corrections.sql"), scripts("corrections_undo.sql"));
    if forward.is_empty() {
        return Vec::new(); // The run itself was refused.
    }
    let refused = forward.iter().any(|script| script.contains("-- Refused"));
    if std::env::var_os("TIEOUT_SHOW").is_some() {
        eprintln!("{name} on {:?}: {}", place.kind, forward.concat());
    }
    match (refused, cannot(place.kind, &name)) {
        (true, true) => return Vec::new(),
        (false, false) => {}
        (refused, _) => {
            fail(format!("refused is {refused}:\n{}", forward.concat()));
            return failures;
        }
    }
    let mut apply = |scripts: &[String], what: &str| {
        for script in scripts {
            let output = paste(place, script);
            if output.status != 0 {
                fail(format!("{what}: {}\n{script}", output.all()));
            }
        }
    };
    apply(&forward, "the corrections");
    let (second, files) = run_in(place, case, &format!("{name}-second"), &["--force"]);
    apply(&back, "the undo");
    let rows: usize = breaks(&files).iter().map(|text| text.matches("\r\n").count().saturating_sub(1)).sum();
    if rows > 0 {
        fail(format!("does not tie out: {:?}\n{}\n{}", breaks(&files), forward.concat(), second.stderr));
    }
    let (_, third) = run_in(place, case, &format!("{name}-third"), &["--force"]);
    if breaks(&third) != breaks(&first) {
        fail(format!("is not as it was: {:?}\n{:?}\n{}", breaks(&first), breaks(&third), back.concat()));
    }
    failures
}

/// The cases whose breaks cannot be corrected.
fn cannot(_kind: Kind, name: &str) -> bool {
    matches!(name, "")
}

fn breaks(files: &crate::golden::Files) -> Vec<&String> {
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
