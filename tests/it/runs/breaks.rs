//! The life of breaks: what a run says of those of earlier runs, and when it says that one is gone.

use crate::support::{Feed, Kind, Place, on_every_server};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn feed() -> Feed {
    Feed::new("acme").key("id").column("amount", "type = \"decimal\"")
}

/// A place whose table holds these rows: id, amount, day.
pub fn place(kind: Kind, ours: &[(&str, &str, &str)]) -> Place {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours (id varchar(10), amount decimal(10, 2), day varchar(10))");
    for (id, amount, day) in ours {
        place.sql(&format!("INSERT INTO ours VALUES ('{id}', {amount}, '{day}')"));
    }
    place.feed(feed());
    place
}

/// Runs over a file of these rows; gives the summary.
#[track_caller]
pub fn run(place: &Place, theirs: &[(&str, &str)], more: &[&str], status: i32) -> Value {
    let row = |(id, amount): &(&str, &str)| format!("<r><id>{id}</id><amount>{amount}</amount></r>");
    place.write("theirs.xml", format!("<d>{}</d>", theirs.iter().map(row).collect::<String>()));
    let arguments: Vec<&str> = ["theirs.xml"].iter().chain(more).copied().collect();
    place.run(&arguments).expect(status, &[]);
    serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON")
}

type Row = BTreeMap<String, String>;

/// The rows of a CSV file of the newest run, by id and outcome.
fn rows(place: &Place, name: &str) -> BTreeMap<String, Row> {
    let text = place.output_file("tieout-out", name);
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
    rows.map(|row| row.expect("a row"))
        .map(|row: Row| (format!("{} {}", row["id"], row["outcome"]), row))
        .collect()
}

/// `life` and `runs_open` of each break of the newest run.
fn lives(place: &Place) -> Vec<String> {
    let told = |(subject, row): (String, Row)| format!("{subject}: {} {}", row["life"], row["runs_open"]);
    rows(place, "breaks.csv").into_iter().map(told).collect()
}

fn cleared(place: &Place) -> Vec<String> {
    let told = |(subject, row): (String, Row)| format!("{subject}: {} {}", row["why"], row["runs_open"]);
    rows(place, "cleared.csv").into_iter().map(told).collect()
}

fn life(summary: &Value) -> Vec<u64> {
    ["new", "persisting", "changed", "reopened", "cleared", "open", "not_looked_at"]
        .map(|word| summary["life"][word].as_u64().expect("a number"))
        .into()
}

#[test]
fn a_break_is_new_known_changed_gone_and_back() {
    on_every_server(|kind| {
        let place =
            place(kind, &[("a", "1", ""), ("b", "2", ""), ("d", "4", ""), ("e", "5", ""), ("e", "5", "")]);
        let theirs = [("a", "1"), ("b", "2.5"), ("c", "3"), ("e", "5")];
        let first = run(&place, &theirs, &[], 1);
        assert_eq!(life(&first), [4, 0, 0, 0, 0, 4, 0], "{kind:?}");
        assert_eq!(
            lives(&place),
            [
                "b mismatched: new 1",
                "c missing_in_ours: new 1",
                "d missing_in_theirs: new 1",
                "e duplicate_in_ours: new 1"
            ],
            "{kind:?}"
        );
        let since = first["started_at"].clone();

        // The same file once more is no further day.
        let again = run(&place, &theirs, &["--force"], 1);
        assert_eq!(life(&again), [0, 4, 0, 0, 0, 4, 0], "{kind:?}");
        assert!(lives(&place).iter().all(|one| one.ends_with("persisting 1")), "{kind:?}");

        place.sql("DELETE FROM ours WHERE id = 'e'");
        place.sql("INSERT INTO ours VALUES ('e', 5, '')");
        let second = run(&place, &[("a", "1"), ("b", "2.75"), ("c", "3"), ("e", "5"), ("f", "6")], &[], 1);
        assert_eq!(life(&second), [1, 2, 1, 0, 1, 4, 0], "{kind:?}");
        assert_eq!(
            lives(&place),
            [
                "b mismatched: changed 2",
                "c missing_in_ours: persisting 2",
                "d missing_in_theirs: persisting 2",
                "f missing_in_ours: new 1"
            ],
            "{kind:?}"
        );
        assert_eq!(cleared(&place), ["e duplicate_in_ours: gone_in_ours 1"], "{kind:?}");
        assert_eq!(rows(&place, "breaks.csv")["b mismatched"]["first_seen"], since.as_str().expect("a time"));
        assert_eq!(second["life"]["oldest_first_seen"], since, "{kind:?}");
        let told = second["run_id"].as_str().expect("an id").to_owned();
        let folder = place.run_folder("tieout-out");

        // c is booked with another amount: the one break ends, another begins.
        place.sql("UPDATE ours SET amount = 2.75 WHERE id = 'b'");
        place.sql("DELETE FROM ours WHERE id = 'd'");
        place.sql("INSERT INTO ours VALUES ('c', 33, '')");
        place.sql("INSERT INTO ours VALUES ('f', 6, '')");
        let third = run(&place, &[("a", "1"), ("b", "2.750"), ("c", "3"), ("e", "5"), ("f", "6")], &[], 1);
        assert_eq!(life(&third), [1, 0, 0, 0, 4, 1, 0], "{kind:?}");
        assert_eq!(lives(&place), ["c mismatched: new 1"]);
        assert_eq!(
            cleared(&place),
            [
                "b mismatched: matched 2",
                "c missing_in_ours: matched 2",
                "d missing_in_theirs: gone_in_ours 2",
                "f missing_in_ours: matched 1"
            ],
            "{kind:?}"
        );
        place.sql("UPDATE ours SET amount = 3 WHERE id = 'c'");
        let clean = run(&place, &[("a", "1"), ("b", "2.75"), ("c", "3.0"), ("e", "5"), ("f", "6")], &[], 0);
        assert_eq!(life(&clean), [0, 0, 0, 0, 1, 0, 0], "{kind:?}");
        assert_eq!(clean["life"]["oldest_first_seen"], "", "{kind:?}");

        let back = run(&place, &[("a", "1"), ("b", "2.5"), ("c", "3"), ("e", "5"), ("f", "6")], &[], 1);
        assert_eq!(life(&back), [0, 0, 0, 1, 0, 1, 0], "{kind:?}");
        assert_eq!(lives(&place), ["b mismatched: reopened 1"], "{kind:?}");
        assert_eq!(
            rows(&place, "breaks.csv")["b mismatched"]["first_seen"],
            back["started_at"].as_str().expect("a time")
        );

        // What an old run said stays what it said.
        place
            .tieout(&["report", &told, "--out", "again", "--database", place.url()])
            .expect(1, &["1 new, 3 known (1 with other values), 1 cleared"]);
        for name in ["breaks.csv", "cleared.csv", "summary.json", "manifest.json"] {
            let [one, other] = [folder.join(name), place.path("again").join(&told).join(name)]
                .map(|path| std::fs::read(path).expect("a file"));
            assert_eq!(one, other, "{kind:?}: {name}");
        }
    });
}

#[test]
fn what_a_run_did_not_look_at_stays_open() {
    on_every_server(|kind| {
        let place = place(kind, &[("a", "1", "1"), ("b", "2", "1"), ("c", "3", "2")]);
        place.feed(feed().scope("day = :day"));
        // a is not sent, b differs, x is not booked; e is there twice.
        place.sql("INSERT INTO ours VALUES ('e', 5, '1'), ('e', 5, '1')");
        let monday = ["--set", "day=1"];
        let first = run(&place, &[("b", "2.5"), ("x", "9"), ("e", "5")], &monday, 1);
        assert_eq!(life(&first), [4, 0, 0, 0, 0, 4, 0], "{kind:?}");

        // Another day, with a file of its own, in which e is one row of that day's.
        place.sql("INSERT INTO ours VALUES ('e', 5, '2')");
        let tuesday = run(&place, &[("c", "3"), ("e", "5")], &["--set", "day=2"], 0);
        assert_eq!(life(&tuesday), [0, 0, 0, 0, 0, 4, 4], "{kind:?}");
        place.tieout(&["history", "acme", "--database", place.url()]).expect(0, &["tied_out"]);

        // Monday again: a is gone from it, b is right, and one e is gone.
        place.sql("DELETE FROM ours WHERE id = 'a'");
        place.sql("DELETE FROM ours WHERE id = 'e' AND day = '1'");
        place.sql("INSERT INTO ours VALUES ('e', 5, '1')");
        let again = run(&place, &[("b", "2.0"), ("x", "9"), ("e", "5")], &monday, 1);
        assert_eq!(life(&again), [0, 1, 0, 0, 3, 1, 0], "{kind:?}");
        assert_eq!(
            cleared(&place),
            [
                "a missing_in_theirs: gone_in_ours 1",
                "b mismatched: matched 1",
                "e duplicate_in_ours: gone_in_ours 1"
            ],
            "{kind:?}"
        );
    });
}

#[test]
fn a_scope_that_may_move_by_itself_clears_nothing_that_did_not_match() {
    on_every_server(|kind| {
        for scope in ["lower(day) = '1'", "id in (select id from {theirs}) or day = '1'"] {
            let place = place(kind, &[("a", "1", "1"), ("b", "2", "1")]);
            place.feed(feed().scope(scope));
            run(&place, &[("b", "2.5")], &[], 1);
            place.sql("DELETE FROM ours WHERE id = 'a'");
            let second = run(&place, &[("b", "2")], &[], 0);
            assert_eq!(life(&second), [0, 0, 0, 0, 1, 1, 1], "{kind:?}: {scope}");
        }
    });
}

#[test]
fn a_key_that_became_two_in_ours_is_not_gone_there() {
    on_every_server(|kind| {
        let place = place(kind, &[("a", "1", ""), ("b", "2", "")]);
        run(&place, &[("b", "2")], &[], 1);
        place.sql("INSERT INTO ours VALUES ('a', 1, '')");
        let second = run(&place, &[("b", "2.0")], &[], 1);
        assert_eq!(life(&second), [2, 0, 0, 0, 0, 3, 1], "{kind:?}");
        assert_eq!(cleared(&place), Vec::<String>::new(), "{kind:?}");
        place.sql("DELETE FROM ours WHERE id = 'a'");
        let third = run(&place, &[("b", "2.00")], &[], 0);
        assert_eq!(life(&third), [0, 0, 0, 0, 3, 0, 0], "{kind:?}");
    });
}

#[test]
fn a_run_that_dies_before_its_commit_changes_nothing() {
    on_every_server(|kind| {
        let place = place(kind, &[("a", "1", "")]);
        run(&place, &[("a", "2")], &[], 1);
        place.write("theirs.xml", "<d><r><id>a</id><amount>1</amount></r></d>");
        let dying = place.command().env("TIEOUT_KILL_AT", "in-reconcile");
        dying.args(["run", "feed.toml", "theirs.xml", "--database", place.url()]).output();
        let open = "FROM tieout_breaks WHERE state = 'open' AND runs_open = 1";
        assert_eq!(place.count(open), 1, "{kind:?}");
        assert_eq!(place.count("FROM tieout_cleared"), 0, "{kind:?}");
        let after = run(&place, &[("a", "1")], &[], 0);
        assert_eq!(life(&after), [0, 0, 0, 0, 1, 0, 0], "{kind:?}");
    });
}

#[test]
fn results_of_open_breaks_outlive_keep_runs() {
    on_every_server(|kind| {
        let place = place(kind, &[("a", "1", "1"), ("b", "2", "2")]);
        place.feed(feed().scope("day = :day").and("[results]\nkeep_runs = 1\n"));
        let first = run(&place, &[("a", "9")], &["--set", "day=1"], 1);
        for n in 0..3 {
            run(
                &place,
                &[(
                    "b",
                    if n == 0 {
                        "2"
                    } else if n == 1 {
                        "2.0"
                    } else {
                        "2.00"
                    },
                )],
                &["--set", "day=2"],
                0,
            );
        }
        let id = first["run_id"].as_str().expect("an id");
        place.tieout(&["report", id, "--database", place.url()]).expect(1, &["BREAKS"]);
        // Once it is gone, so are they.
        run(&place, &[("a", "1")], &["--set", "day=1"], 0);
        run(&place, &[("b", "2.000")], &["--set", "day=2"], 0);
        place.tieout(&["report", id, "--database", place.url()]).expect(2, &["were pruned"]);
        run(&place, &[("b", "02")], &["--set", "day=2"], 0);
        assert_eq!(place.count("FROM tieout_breaks"), 0, "{kind:?}: nor is it remembered for ever");
        assert_eq!(json!(place.count("FROM tieout_cleared")), json!(0), "{kind:?}");
    });
}

#[test]
fn ten_thousand_breaks_come_and_go() {
    on_every_server(|kind| {
        const ROWS: usize = 10_000;
        let place = place(kind, &[]);
        let ids: Vec<String> = (0..ROWS).map(|n| format!("k{n:05}")).collect();
        for some in ids.chunks(1000) {
            let rows: Vec<String> = some.iter().map(|id| format!("('{id}', 1, '')")).collect();
            place.sql(&format!("INSERT INTO ours VALUES {}", rows.join(", ")));
        }
        // Nothing of it may look at every pair of them: that would take longer than a test may.
        let run = |amount: &str, status: i32| {
            let row = |id: &String| format!("<r><id>{id}</id><amount>{amount}</amount></r>");
            place.write("theirs.xml", format!("<d>{}</d>", ids.iter().map(row).collect::<String>()));
            place.run(&["theirs.xml"]).expect(status, &[]);
            serde_json::from_str::<Value>(&place.output_file("tieout-out", "summary.json")).expect("JSON")
        };
        let rows = ROWS as u64;
        assert_eq!(life(&run("2", 1)), [rows, 0, 0, 0, 0, rows, 0], "{kind:?}");
        assert_eq!(life(&run("1", 0)), [0, 0, 0, 0, rows, 0, 0], "{kind:?}");
    });
}

/// A row that breaks every other night; runs that failed hold no results, and take no place of those that do.
#[test]
fn what_a_kept_run_found_gone_is_remembered_and_failed_runs_count_for_nothing() {
    on_every_server(|kind| {
        let place = place(kind, &[("a", "1", "")]);
        place.feed(feed().and("[results]\nkeep_runs = 2\n"));
        let mut last = Value::Null;
        for (amount, status) in [("9", 1), ("1", 0), ("9.0", 1), ("1.0", 0)] {
            last = run(&place, &[("a", amount)], &[], status);
            place.write("bad.xml", format!("<d><r><id>a</id><amount>{amount}"));
            for _ in 0..3 {
                place.run(&["bad.xml"]).expect(3, &[]);
            }
        }
        let id = last["run_id"].as_str().expect("an id");
        place.tieout(&["report", id, "--database", place.url()]).expect(0, &["TIED OUT"]);
        run(&place, &[("a", "9.00")], &[], 1);
        assert_eq!(lives(&place), ["a mismatched: reopened 1"], "{kind:?}");
        place.tieout(&["report", id, "--database", place.url()]).expect(0, &["TIED OUT"]);
    });
}

/// The text of a key may read as that of another one: only a break of the same columns is gone when its key met.
#[test]
fn a_break_of_a_key_of_other_columns_is_not_gone() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql("CREATE TABLE ours (id varchar(10), ccy varchar(10))");
        let day = |feed: Feed, ours: (&str, &str), theirs: &[(&str, &str)], status| {
            place.sql(&format!("DELETE FROM ours; INSERT INTO ours VALUES ('{}', '{}')", ours.0, ours.1));
            place.feed(feed);
            let row = |(id, ccy): &(&str, &str)| format!("<r><id>{id}</id><ccy>{ccy}</ccy></r>");
            place.write("theirs.xml", format!("<d>{}</d>", theirs.iter().map(row).collect::<String>()));
            place.run(&["theirs.xml"]).expect(status, &[]);
            let open = "FROM tieout_breaks WHERE state = 'open'";
            (place.count(open), place.count("FROM tieout_cleared"))
        };
        let both = || Feed::new("acme").key("id").key("ccy");
        let first = day(both(), ("z", "z"), &[("a", "EUR"), ("a", "USD"), ("z", "z")], 1);
        assert_eq!(first, (2, 0), "{kind:?}");
        let fewer = day(Feed::new("acme").key("id").column("ccy", ""), ("a", "CHF"), &[("a", "CHF")], 0);
        assert_eq!(fewer, (2, 0), "{kind:?}: fewer columns");
        let swapped = Feed::new("acme").key("ccy").key("id");
        assert_eq!(day(swapped, ("EUR", "a"), &[("EUR", "a")], 0), (2, 0), "{kind:?}: another order");
        assert_eq!(day(both(), ("a", "EUR"), &[("a", "EUR")], 0), (1, 1), "{kind:?}: the same columns");
    });
}
