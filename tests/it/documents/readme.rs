//! What README.md shows is what is printed, and every command in it runs.

use super::{markdown::Document, names::commands};
use crate::support::{Kind, Place};
use regex::Regex;
use std::{path::Path, process::Command};

/// With the time and the random digits out of the run's id.
fn timeless(text: &str) -> String {
    let id = Regex::new(r"-\d{8}T\d{6}Z-(\d{6})-[0-9a-f]{8}").expect("a pattern");
    id.replace_all(text, "-<time>-$1-<random>").into_owned()
}

#[test]
fn the_demo_prints_what_the_readme_shows() {
    let place = Place::new(Kind::Sqlite);
    let printed = place.tieout(&["demo"]);
    assert_eq!(
        timeless(Document::read("README.md").block("text", 0)),
        timeless(&printed.stdout),
        "{}",
        printed.all()
    );
}

#[test]
fn the_cron_line_is_that_of_the_example() {
    let example = include_str!("../../../scripts/examples/cron");
    let readme = Document::read("README.md");
    let line = readme.block("text", 1).trim();
    assert!(example.lines().any(|own| own == line), "{line}\n{example}");
}

#[test]
fn every_command_of_the_readme_runs() {
    let readme = Document::read("README.md");
    let place = Place::new(Kind::Postgres);
    place.sql(
        "CREATE SCHEMA ledger; \
         CREATE TABLE ledger.entries (statement text, bank_ref text, amount_cents bigint, currency text, booked_on date); \
         INSERT INTO ledger.entries VALUES ('STMT-1', 'REF-1', 6000, 'CHF', '2026-01-30'), \
         ('STMT-1', 'REF-2', -1450, 'CHF', '2026-01-31'), ('STMT-2', 'REF-3', 1, 'CHF', '2026-02-01')",
    );
    place.write("acme.toml", readme.block("toml", 0));
    place.write("statement.xml", include_str!("statement.xml"));
    let program = Path::new(env!("CARGO_BIN_EXE_tieout"));
    let path = format!("{}:/usr/bin:/bin", program.parent().expect("a folder").display());
    let shown = commands(&readme);
    let whole: Vec<&String> =
        shown.iter().filter(|line| line.contains("acme.toml ") || line.contains("mine.toml")).collect();
    assert!(whole.len() >= 5, "{whole:?}");
    for line in whole {
        let done = Command::new("sh")
            .args(["-c", line])
            .current_dir(place.path(""))
            .env("PATH", &path)
            .env("DATABASE_URL", place.url())
            .output()
            .expect("a shell");
        let told =
            format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success(), "{line}\n{told}");
        let ties_out = line.starts_with("tieout run");
        assert!(
            !ties_out || told.contains("TIED OUT   acme-statements: every row matches"),
            "{line}\n{told}"
        );
    }
}
