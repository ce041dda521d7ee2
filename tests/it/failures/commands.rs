//! The commands beside `run`: convert, check, plan, demo, and what packagers need.

use super::{THEIRS, feed, place};
use crate::support::{Kind, Place, on_every_server};
use std::fs;
use tieout::model::checksum::sha256_hex;

/// Its stage is a table that the first run creates.
#[test]
fn a_scope_that_reads_theirs_is_checked_after_the_first_run() {
    on_every_server(|kind| {
        let place = place(kind);
        let scoped = |table: &str| {
            place.feed(
                super::feed().ours(&format!("table = \"{table}\"")).scope("id IN (SELECT id FROM {theirs})"),
            )
        };
        let check = || place.tieout(&["check", "feed.toml", "--database", place.url()]);
        scoped("ours");
        check().expect(0, &["[ours] reads {theirs}, whose table the first run creates"]);
        scoped("nowhere");
        check().expect(4, &["FAILED", "nowhere"]);
        // What is wrong beside `{theirs}` is told before the first run, too.
        place.feed(super::feed().ours("table = \"ours\"").scope("idd IN (SELECT id FROM {theirs})"));
        check().expect(4, &["FAILED", "idd"]);
        let joined = "SELECT o.* FROM oours AS o JOIN {theirs} AS t ON t.id = o.id";
        place.feed(super::feed().ours(&format!("query = \"{joined}\"")));
        check().expect(4, &["FAILED", "oours"]);
        scoped("ours");
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
        check().expect(0, &["column amount:"]);
    });
}

#[test]
fn convert_writes_chunks_with_their_digests() {
    let place = Place::new(Kind::Sqlite);
    place.feed(feed().without_ours().xml("chunk_rows = 1").xml("bad_rows = \"quarantine\""));
    place.write("theirs.xml", THEIRS);
    let output = place.tieout(&["convert", "feed.toml", "theirs.xml", "--out", "chunks"]);
    output.expect(0, &["1 rows"]);
    let report = fs::read_to_string(place.path("chunks/convert.json")).expect("convert.json");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((&report["files"][0]["rows"], &report["files"][0]["rejects"]), (&2.into(), &0.into()));
    let chunks = report["chunks"].as_array().expect("chunks");
    assert_eq!(chunks.len(), 2, "{report}");
    for (chunk, id) in chunks.iter().zip(["a", "b"]) {
        let text = fs::read_to_string(place.path("chunks").join(chunk["name"].as_str().expect("a name")));
        let text = text.expect("the chunk");
        assert_eq!(chunk["bytes"], text.len());
        assert_eq!(chunk["sha256"], sha256_hex(text.as_bytes()));
        assert!(output.stdout.contains(chunk["sha256"].as_str().expect("a digest")), "{}", output.all());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], r#""tieout_id","tieout_line","tieout_checksum","tieout_seen","id","amount""#);
        assert!(lines[1].contains(&format!("\"{id}\"")) && lines.len() == 2, "{text}");
    }
    let rejects = fs::read_to_string(place.path("chunks/rejects.csv")).expect("rejects.csv");
    assert_eq!(rejects, "source_file,record,line,byte,column,value,reason\r\n");

    place.write("theirs.xml", THEIRS.replace("1.50", "one"));
    place.tieout(&["convert", "feed.toml", "theirs.xml", "--out", "rejected"]).expect(1, &[]);
    let rejects = fs::read_to_string(place.path("rejected/rejects.csv")).expect("rejects.csv");
    assert!(rejects.contains("theirs.xml,1,2,6,amount,one,is not a decimal number"), "{rejects}");
    place.tieout(&["convert", "feed.toml", "theirs.xml"]).expect(2, &["--out"]);
    place.tieout(&["convert", "feed.toml", "none.xml", "--out", "none"]).expect(3, &["none.xml"]);
}

#[test]
fn check_says_what_is_there_and_changes_nothing() {
    on_every_server(|kind| {
        let place = place(kind);
        let check = || place.tieout(&["check", "feed.toml", "--database", place.url()]);
        check().expect(0, &["ok", "column id", "column amount", "no unique index"]);
        assert!(place.try_sql("SELECT 1 FROM tieout_runs").is_err(), "{kind:?}: check created tables");
        place.sql(
            "DROP TABLE ours; CREATE TABLE ours (id varchar(10) NOT NULL PRIMARY KEY, total decimal(10, 2))",
        );
        check().expect(4, &["FAILED", "amount", "[ours.columns]"]);
        place.feed(feed().expression("amount", "total"));
        let output = check();
        output.expect(0, &["ok"]);
        assert_eq!(
            output.stdout.contains("a unique index covers the key"),
            kind != Kind::Sqlite,
            "{}",
            output.all()
        );
    });
}

#[test]
fn plan_prints_what_run_would_issue_and_changes_nothing() {
    on_every_server(|kind| {
        let place = place(kind);
        place
            .tieout(&["plan", "feed.toml", "theirs.xml", "--database", place.url()])
            .expect(0, &["tieout_stage_acme", "tieout_join_acme", "ours", "INSERT INTO tieout_results"]);
        assert!(place.try_sql("SELECT 1 FROM tieout_stage_acme").is_err(), "{kind:?}: plan created tables");
    });
}

#[test]
fn the_summary_as_json() {
    let place = place(Kind::Sqlite);
    let output = place.run(&["theirs.xml", "--format", "json"]);
    output.expect(0, &[]);
    assert_eq!(output.stdout, place.output_file("tieout-out", "summary.json"));
    let output = place.run(&["theirs.xml", "--log-format", "json", "--force", "-vv"]);
    output.expect(0, &[]);
    for line in output.stderr.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}

#[test]
fn the_embedded_database_is_said() {
    let place = Place::new(Kind::Sqlite);
    place.tieout(&["demo"]).expect(0, &["5 of 11 rows do not tie out"]);
    place.write("run.toml", super::feed().to_string());
    place.write("broken.xml", "<d>");
    // There is no table of ours in it.
    place.tieout(&["run", "run.toml", "broken.xml"]).expect(4, &["embedded SQLite database"]);
    place.tieout(&["history"]).expect(0, &["failed", "acme-"]);
}

#[test]
fn help_completions_and_the_manual_page() {
    let place = Place::new(Kind::Sqlite);
    place.tieout(&["--help"]).expect(0, &["run", "convert", "plan", "check", "history", "report", "migrate"]);
    for (command, words) in [
        ("run", ["--set", "--force", "--keep-staging"]),
        ("convert", ["--out", "FEED", "FILE"]),
        ("plan", ["--explain", "--set", "--database"]),
        ("check", ["--set", "--database", "FEED"]),
        ("history", ["--format", "--database", "FEED"]),
        ("report", ["RUN", "--out", "--format"]),
        ("migrate", ["--database", "--out", "--color"]),
        ("clean", ["FEED", "--database", "--out"]),
        ("demo", ["--database", "--out", "--no-progress"]),
    ] {
        place.tieout(&[command, "--help"]).expect(0, &words);
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        place.tieout(&["completions", shell]).expect(0, &["tieout", "keep-staging"]);
    }
    place.tieout(&["man"]).expect(0, &[".TH tieout", "SYNOPSIS"]);
    place.tieout(&["--version"]).expect(0, &[env!("CARGO_PKG_VERSION")]);
}

#[test]
fn chunks_of_an_earlier_conversion_are_not_left_beside_new_ones() {
    let place = Place::new(Kind::Sqlite);
    place.feed(feed().xml("chunk_rows = 1"));
    let rows = |n: u32| {
        (1..=n).fold(String::new(), |all, n| all + &format!("<r><id>{n}</id><amount>1</amount></r>"))
    };
    for (count, other) in [(3, true), (1, false)] {
        place.write("theirs.xml", format!("<d>{}</d>", rows(count)));
        if other {
            fs::create_dir(place.path("chunks")).expect("a folder");
            place.write("chunks/notes-1.csv", "of somebody else");
        }
        place.tieout(&["convert", "feed.toml", "theirs.xml", "--out", "chunks"]).expect(0, &[]);
        let names = fs::read_dir(place.path("chunks")).expect("the chunks").flatten();
        let csv = names.filter(|e| e.file_name().to_string_lossy().starts_with("0001-")).count();
        assert_eq!(csv, count as usize);
    }
    assert!(place.path("chunks/notes-1.csv").exists());
}
