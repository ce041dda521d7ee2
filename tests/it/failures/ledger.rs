//! Past runs: history, report, migrate, clean, and what a killed run leaves.

use super::{THEIRS, feed, place, with_a_break};
use crate::support::{Feed, Kind, Place, of_this_run, on_every_server};
use std::{fs, path::Path};

fn at(place: &Place, arguments: &[&str]) -> crate::support::Output {
    let mut all = arguments.to_vec();
    all.extend(["--database", place.url()]);
    place.tieout(&all)
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a run folder")
        .map(|entry| entry.expect("a file"))
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("text");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn history_and_report() {
    on_every_server(|kind| {
        let place = place(kind);
        at(&place, &["history"]).expect(0, &["no run yet"]);
        with_a_break(&place);
        place.feed(feed().and("[results]\nmatched = true\n"));
        place.run(&["theirs.xml"]).expect(1, &[]);
        let first = place.run_folder("tieout-out");
        let run = first.file_name().expect("a name").to_string_lossy().into_owned();
        place.write("theirs.xml", THEIRS);
        place.run(&["theirs.xml"]).expect(0, &[]);
        let list = at(&place, &["history", "feed.toml"]);
        list.expect(
            0,
            &[&run, "breaks", "tied_out", "theirs.xml", "1 matched, 1 breaks", "2 matched, 0 breaks"],
        );
        // The newest comes first, under a header.
        let lines: Vec<&str> = list.stdout.lines().collect();
        assert!(lines.len() == 3 && lines[0].starts_with("started (UTC)"), "{}", list.all());
        assert!(lines[1].contains("tied_out") && lines[2].contains(&run), "{}", list.all());
        assert!(lines[1].contains(" s  "), "how long it took: {}", list.all());
        let list = at(&place, &["history", "acme", "--format", "json"]);
        let list: serde_json::Value = serde_json::from_str(&list.stdout).expect("JSON");
        assert_eq!(
            (&list[1]["run_id"], &list[1]["verdict"], &list[0]["breaks"]),
            (&run.clone().into(), &"breaks".into(), &0.into())
        );
        at(&place, &["history", "acmee"])
            .expect(2, &["TO-237", "no feed acmee ever ran", "did you mean `acme`?"]);
        at(&place, &["history", "gone.toml"]).expect(2, &["TO-201", "gone.toml"]);

        at(&place, &["report", &run, "--out", "again"]).expect(1, &["BREAKS", &run]);
        assert_eq!(files(&first), files(&place.path("again").join(&run)), "{kind:?}");
        fs::remove_dir_all(&first).expect("the folder goes");
        at(&place, &["report", &run]).expect(1, &["BREAKS"]);
        assert_eq!(files(&first), files(&place.path("again").join(&run)), "{kind:?}");
        at(&place, &["report", "acme-no-such-run"]).expect(2, &["acme-no-such-run", "tieout history"]);
    });
}

/// What cannot be read is never taken for a zero, for nothing, or for "ours alone".
#[test]
fn a_ledger_that_cannot_be_read_is_status_70() {
    on_every_server(|kind| {
        let place = place(kind);
        with_a_break(&place);
        place.run(&["theirs.xml"]).expect(1, &[]);
        let folder = place.run_folder("tieout-out");
        let run = folder.file_name().expect("a name").to_string_lossy().into_owned();
        if kind == Kind::Sqlite {
            // No other server keeps a text in a column of numbers.
            for (column, statement) in [("line", "read_results"), ("record", "read_results")] {
                place.sql(&format!("UPDATE tieout_results SET {column} = '?' || {column}"));
                let what = format!("statement `{statement}` cannot be read: {column} holds ?");
                at(&place, &["report", &run]).expect(70, &[&what]);
                place.sql(&format!(
                    "UPDATE tieout_results SET {column} = CAST(substr({column}, 2) AS integer)"
                ));
            }
            at(&place, &["report", &run]).expect(1, &[]);
            place.sql("UPDATE tieout_runs SET seq = '?'");
            place.run(&["theirs.xml", "--force"]).expect(70, &["run_last_seq", "holds ?"]);
        }
        place.sql("UPDATE tieout_runs SET detail = '{'");
        for command in [["report", &run], ["history", "acme"]] {
            at(&place, &command).expect(70, &["the summary of run", "cannot be read"]);
        }
    });
}

/// A run that was reconciled by a program that knew no reasons.
#[test]
fn the_reasons_of_an_old_run_are_found_again() {
    on_every_server(|kind| {
        let place = place(kind);
        with_a_break(&place);
        place.run(&["theirs.xml"]).expect(1, &["reasons    rounding (1)"]);
        let first = place.run_folder("tieout-out");
        let run = first.file_name().expect("a name").to_string_lossy().into_owned();
        let page = fs::read_to_string(first.join("report.html")).expect("a report");
        assert_eq!(page.matches("1.5<span class=why>one is rounded</span>").count(), 1, "{kind:?}");
        place.sql("UPDATE tieout_runs SET detail = REPLACE(detail, '\"reasons\"', '\"once_unknown\"')");
        at(&place, &["report", &run, "--out", "again"]).expect(1, &["reasons    rounding (1)"]);
        assert_eq!(files(&first), files(&place.path("again").join(&run)), "{kind:?}");
    });
}

#[test]
fn the_suggestions_of_an_old_run_are_made_again() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql("CREATE TABLE ours (id varchar(10), amount decimal(9, 2), currency varchar(3), day date); INSERT INTO ours VALUES ('a 1', 5, 'EUR', '2026-01-02')");
        place.feed(
            Feed::new("f")
                .key("id")
                .column("amount", "type = \"decimal\"\ntotal_by = \"currency\"")
                .column("currency", "")
                .column("day", "type = \"date\""),
        );
        place.write(
            "theirs.xml",
            "<d><r><id>A1</id><amount>5</amount><currency>EUR</currency><day>2026-01-01</day></r></d>",
        );
        place.run(&["theirs.xml"]).expect(1, &["suggested  1 probable pair"]);
        let first = place.run_folder("tieout-out");
        let run = first.file_name().expect("a name").to_string_lossy().into_owned();
        let page = fs::read_to_string(first.join("report.html")).expect("a report");
        assert!(page.contains("<td>reference alike, 1 day apart</td>"), "{kind:?}: {page}");
        place.sql("UPDATE tieout_runs SET detail = REPLACE(detail, '\"suggestions\"', '\"once_unknown\"')");
        at(&place, &["report", &run, "--out", "again"]).expect(1, &["suggested  1 probable pair"]);
        assert_eq!(files(&first), files(&place.path("again").join(&run)), "{kind:?}");
    });
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    on_every_server(|kind| {
        let place = place(kind);
        let rows: String =
            (0..40).map(|n| format!("<r><id>{}</id><amount>{n}</amount></r>", n % 7)).collect();
        place.write("theirs.xml", format!("<d>{rows}</d>"));
        let breaks = |out: &str| {
            place.run(&["theirs.xml", "--force", "--out", out]).expect(1, &[]);
            of_this_run(&place.output_file(out, "breaks.csv"))
        };
        let first = breaks("first");
        assert_eq!(
            first.lines().count(),
            1 + 40 + 2,
            "{kind:?}: 40 duplicates in theirs, two rows only in ours"
        );
        // The order in which our rows stand is not part of the answer.
        place.sql("DELETE FROM ours; INSERT INTO ours VALUES ('b', 2), ('a', 1.5)");
        assert_eq!(first, breaks("second"), "{kind:?}");
        assert_eq!(first, breaks("third"), "{kind:?}");
    });
}

#[test]
fn a_run_that_failed_is_in_the_history() {
    on_every_server(|kind| {
        let place = place(kind);
        place.write("broken.xml", "<d>");
        let broken = place.run(&["broken.xml"]);
        broken.expect(3, &["TO-3"]);
        let code = broken.stderr.split("TO-").nth(1).and_then(|rest| rest.get(..3)).expect("a code");
        let output = place.run(&["theirs.xml"]);
        output.expect(0, &["TIED OUT"]);
        // The newest first, and why in the place of the rows.
        let list = at(&place, &["history", "feed.toml"]);
        list.expect(0, &["rows and files, or why it failed"]);
        let lines: Vec<&str> = list.stdout.lines().collect();
        assert!(lines.len() == 3 && lines[1].contains("2 matched, 0 breaks"), "{}", list.all());
        let why = format!("TO-{code}: broken.xml");
        assert!(lines[2].contains("failed") && lines[2].contains(&why), "{why}: {}", list.all());
        let list = at(&place, &["history", "acme", "--format", "json"]);
        let list: serde_json::Value = serde_json::from_str(&list.stdout).expect("JSON");
        assert_eq!(list[0]["failure"], serde_json::Value::Null, "{list}");
        assert!(list[1]["failure"].as_str().is_some_and(|text| text.starts_with(&why)), "{list}");
        assert!(!output.stderr.contains("died"), "{kind:?}: {}", output.stderr);
        at(&place, &["report", "acme-no-such-run"]).expect(2, &["no reconciled run"]);
    });
}

#[test]
fn migrate_can_be_repeated() {
    on_every_server(|kind| {
        let place = place(kind);
        at(&place, &["migrate"]).expect(0, &["V1"]);
        at(&place, &["migrate"]).expect(0, &["up to date"]);
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
    });
}

#[test]
fn staging_is_emptied_unless_it_is_kept() {
    on_every_server(|kind| {
        let place = place(kind);
        let staged = || place.query("SELECT 'row' FROM tieout_stage_acme").len();
        place.run(&["theirs.xml", "--keep-staging", "--keep-chunks"]).expect(0, &[]);
        assert_eq!(staged(), 2, "{kind:?}");
        let chunks = fs::read_dir(place.path("tieout-out")).expect("the outputs").filter(|entry| {
            entry.as_ref().expect("an entry").file_name().to_string_lossy().starts_with("chunks-acme-")
        });
        assert_eq!(chunks.count(), 1);
        at(&place, &["clean", "feed.toml"]).expect(0, &["acme"]);
        assert_eq!(staged(), 0, "{kind:?}");
        place.run(&["theirs.xml", "--force"]).expect(0, &[]);
        assert_eq!(staged(), 0, "{kind:?}");
    });
}

#[test]
fn old_results_are_pruned() {
    on_every_server(|kind| {
        let place = place(kind);
        with_a_break(&place);
        place.feed(feed().and("[results]\nkeep_runs = 1\n"));
        place.run(&["theirs.xml"]).expect(1, &[]);
        let first =
            place.run_folder("tieout-out").file_name().expect("a name").to_string_lossy().into_owned();
        for _ in 0..2 {
            place.run(&["theirs.xml", "--force"]).expect(1, &[]);
        }
        at(&place, &["report", &first]).expect(2, &["pruned", "keep_runs"]);
        place.feed(feed().and("[results]\nkeep_runs = 0\n"));
        place.run(&["theirs.xml", "--force"]).expect(1, &[]);
        assert!(place.query("SELECT 'row' FROM tieout_results").is_empty(), "{kind:?}");
        assert!(place.output_file("tieout-out", "breaks.csv").contains("mismatched"));
    });
}

#[test]
fn a_feed_whose_columns_changed_gets_new_work_tables() {
    on_every_server(|kind| {
        let place = place(kind);
        place.run(&["theirs.xml"]).expect(0, &[]);
        let other = Feed::new("acme").key("id").column("amount2", "path = \"amount\"\ntype = \"decimal\"");
        place.feed(other.expression("amount2", "amount"));
        place.run(&["theirs.xml", "--force"]).expect(0, &["TIED OUT"]);
    });
}

#[test]
fn commands_that_look_make_no_database() {
    let place = Place::new(Kind::Sqlite);
    place.feed(feed());
    for command in [
        &["history"][..],
        &["report", "acme-20260101T000000Z-000000"],
        &["prune", "--keep", "1"],
        &["clean", "--list"],
    ] {
        place.tieout(command).expect(2, &["TO-238", "tieout-out/tieout.sqlite", "DATABASE_URL"]);
        assert!(!place.path("tieout-out").exists(), "{command:?}");
        let url = ["--database", "sqlite:none.sqlite?mode=rwc"];
        place.tieout(&[command, &url].concat()).expect(4, &["TO-413"]);
        assert!(!place.path("none.sqlite").exists(), "{command:?}");
    }
    // A database without a run is said to be one.
    place.sql("CREATE TABLE x (y text)");
    at(&place, &["report", "acme-20260101T000000Z-000000"]).expect(2, &["TO-215", "ours.sqlite"]);
    at(&place, &["history", "acme"]).expect(2, &["TO-237"]);
    assert!(place.try_sql("SELECT 1 FROM tieout_runs").is_err());
}

#[test]
fn the_database_of_a_feed_serves_commands_that_name_no_feed() {
    on_every_server(|kind| {
        let place = place(kind);
        place.feed(feed().first("[database]\nurl = \"${OURS_URL}\"\n"));
        let with = |arguments: &[&str]| place.command().args(arguments).env("OURS_URL", place.url()).output();
        with(&["migrate", "--feed", "feed.toml"]).expect(0, &["V1"]);
        with(&["run", "feed.toml", "theirs.xml"]).expect(0, &["TIED OUT"]);
        let run = place.run_folder("tieout-out").file_name().expect("a name").to_string_lossy().into_owned();
        with(&["report", &run, "--feed", "feed.toml", "--out", "again"]).expect(0, &["TIED OUT"]);
        place.tieout(&["report", &run, "--feed", "feed.toml"]).expect(2, &["`OURS_URL` is not set"]);
        // Who names another one needs no variable of the feed's own.
        at(&place, &["report", &run, "--feed", "feed.toml", "--out", "again"]).expect(0, &["TIED OUT"]);
        at(&place, &["check", "feed.toml"]).expect(0, &["connected to"]);
        at(&place, &["history", "feed.toml"]).expect(0, &[&run]);
        place.tieout(&["convert", "feed.toml", "theirs.xml", "--out", "csv"]).expect(0, &[]);
    });
}

#[test]
fn results_of_old_runs_are_removed_on_request() {
    on_every_server(|kind| {
        let place = place(kind);
        with_a_break(&place);
        for _ in 0..3 {
            place.run(&["theirs.xml", "--force"]).expect(1, &[]);
        }
        let rows = || place.count("FROM tieout_results");
        let all = rows();
        assert!(all >= 3, "{all}");
        let dry = at(&place, &["prune", "acme", "--keep", "1", "--dry-run"]);
        dry.expect(0, &["would remove 1 rows of run acme-"]);
        assert_eq!((dry.stdout.lines().count(), rows()), (2, all), "{}", dry.all());
        at(&place, &["prune", "feed.toml", "--keep", "1"]).expect(0, &["removed 1 rows of run acme-"]);
        assert_eq!(rows(), all - 2, "{kind:?}");
        at(&place, &["prune", "--keep", "1"]).expect(0, &["nothing to remove"]);
        at(&place, &["prune", "acne", "--keep", "1"]).expect(2, &["TO-237", "did you mean `acme`?"]);
        // The runs stay in the list.
        assert_eq!(at(&place, &["history"]).stdout.lines().count(), 4, "{kind:?}");
    });
}

#[test]
fn work_tables_are_listed_and_emptied_by_a_feeds_name() {
    on_every_server(|kind| {
        let place = place(kind);
        place.run(&["theirs.xml", "--keep-staging"]).expect(0, &[]);
        fs::remove_file(place.path("feed.toml")).expect("the feed goes");
        assert_eq!(place.count("FROM tieout_stage_acme"), 2);
        let list = at(&place, &["clean", "--list"]);
        list.expect(0, &["acme  last run: 20"]);
        assert_eq!(list.stdout.lines().count(), 1, "{}", list.all());
        at(&place, &["clean", "acme"]).expect(0, &["the work tables of feed acme are empty"]);
        assert_eq!(place.count("FROM tieout_stage_acme"), 0);
        at(&place, &["clean", "acne"]).expect(2, &["TO-237", "did you mean `acme`?"]);
        at(&place, &["clean"]).expect(2, &["name a feed file or a feed"]);
        place.sql("DELETE FROM tieout_runs");
        at(&place, &["clean", "--list"]).expect(0, &["acme  last run: no run in the ledger"]);
    });
}

#[test]
fn a_row_set_that_was_taken_out_is_named_where_its_run_was_not_told() {
    on_every_server(|kind| {
        let place = place(kind);
        place.run(&["theirs.xml"]).expect(0, &[]);
        let run = place.run_folder("tieout-out").file_name().expect("a name").to_string_lossy().into_owned();
        let set = run.replacen("acme-", "acme-gone-", 1);
        place.sql(&format!(
            "INSERT INTO tieout_runs (run_id, feed, seq, status, verdict, started_at, finished_at, detail) \
             VALUES ('{set}', 'acme-gone', 1, 'reconciled', 'tied_out', '2026-01-01T00:00:00Z', '', '')"
        ));
        place.run(&["theirs.xml", "--force"]).expect(0, &["TIED OUT", &set, "committed and not told"]);
    });
}
