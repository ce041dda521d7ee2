//! Breaks that a person accepted, open breaks as they are listed, the view of them, and what is unlike other days.

use super::breaks::{place, run};
use crate::support::{Feed, Kind, Output, Place, on_every_server};
use serde_json::{Value, json};

fn feed() -> Feed {
    Feed::new("acme").key("id").column("amount", "type = \"decimal\"")
}

#[track_caller]
fn at(place: &Place, arguments: &[&str]) -> Output {
    place.tieout(&[arguments, &["--database", place.url()]].concat())
}

/// The open breaks that a list with these options holds.
#[track_caller]
fn listed(place: &Place, more: &[&str]) -> Vec<Value> {
    let output = at(place, &[&["breaks", "acme", "--format", "json"], more].concat());
    assert_eq!(output.status, 0, "{}", output.all());
    serde_json::from_str(&output.stdout).expect("JSON")
}

fn id(place: &Place, key: &str) -> String {
    let all = listed(place, &[]);
    let one = all.iter().find(|one| one["key"] == json!([key])).expect("a break of that key");
    one["break_id"].as_str().expect("an id").to_owned()
}

#[test]
fn an_accepted_break_is_a_break_and_no_status_1() {
    on_every_server(|kind| {
        let place = place(kind, &[("a", "1", ""), ("b", "2", "")]);
        run(&place, &[("a", "1.5"), ("b", "2.5")], &[], 1);
        let accept = |key: &str| {
            at(
                &place,
                &[
                    "accept",
                    &id(&place, key),
                    "--reason",
                    "known, since March",
                    "--until",
                    "2999-12-31",
                    "--owner",
                    "jo",
                ],
            )
            .expect(0, &["accepted until 2999-12-31: mismatched", "of feed acme"]);
        };
        accept("a");
        let summary = run(&place, &[("a", "1.50"), ("b", "2.5")], &[], 1);
        assert_eq!(
            (&summary["life"]["accepted"], &summary["failed_on"]),
            (&json!(1), &json!(["breaks"])),
            "{kind:?}"
        );
        accept("b");
        place.write(
            "theirs.xml",
            "<d><r><id>a</id><amount>1.500</amount></r><r><id>b</id><amount>2.5</amount></r></d>",
        );
        let output = place.run(&["theirs.xml"]);
        output.expect(0, &["BREAKS, ALL ACCEPTED acme: 2 of 2 rows do not tie out\n", "2 accepted: known"]);
        assert!(!output.stdout.contains("TIED OUT"), "{}", output.all());
        let summary: Value =
            serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON");
        assert_eq!((&summary["verdict"], &summary["failed_on"]), (&json!("breaks"), &json!([])), "{kind:?}");
        let accepted = place.output_file("tieout-out", "accepted.csv");
        assert!(accepted.contains(",mismatched,a,2999-12-31,jo,\"known, since March\"\r\n"), "{accepted}");
        assert!(place.output_file("tieout-out", "report.html").contains(
            "<td class=said>2999-12-31</td><td class=said>jo</td><td class=said>known, since March</td>"
        ));
        let told = summary["run_id"].as_str().expect("an id");
        at(&place, &["report", told]).expect(0, &["BREAKS, ALL ACCEPTED"]);

        // Other values are another matter.
        let summary = run(&place, &[("a", "1.75"), ("b", "2.5")], &[], 1);
        assert_eq!(
            (&summary["life"]["accepted"], &summary["life"]["changed"]),
            (&json!(1), &json!(1)),
            "{kind:?}"
        );
        // So is another day.
        place.sql("UPDATE tieout_accepted SET until = '2020-01-01'");
        let summary = run(&place, &[("a", "1.75"), ("b", "2.50")], &[], 1);
        assert_eq!(summary["life"]["accepted"], 0, "{kind:?}");
    });
}

#[test]
fn a_file_of_accepted_breaks_counts_as_it_stands() {
    on_every_server(|kind| {
        let place = place(kind, &[("a", "1", "")]);
        run(&place, &[("a", "1.5")], &[], 1);
        let id = id(&place, "a");
        std::fs::create_dir_all(place.path("feeds")).expect("a folder");
        place.write("feeds/feed.toml", feed().and("[results]\naccepted = \"known.csv\"\n").to_string());
        let run = |amount: &str, status: i32, says: &str| {
            place.write("theirs.xml", format!("<d><r><id>a</id><amount>{amount}</amount></r></d>"));
            at(&place, &["run", "feeds/feed.toml", "theirs.xml"]).expect(status, &[says]);
        };
        run("1.50", 2, "feeds/known.csv: it cannot be read");
        place.write("feeds/known.csv", format!("break_id,reason,until\n{id},x,never\n"));
        run("1.50", 2, "feeds/known.csv: line 2: never is no date");
        place.write("feeds/known.csv", format!("break_id,reason,until\n{id},late,2999-01-01\n"));
        run("1.50", 0, "BREAKS, ALL ACCEPTED");
        run("1.75", 1, "1 known (1 with other values)");
        run("1.750", 1, "BREAKS ");
        place.write("feeds/known.csv", format!("break_id,reason,until\n{id},late again,2999-01-01\n"));
        run("01.75", 0, "BREAKS, ALL ACCEPTED");
        place.write("feeds/known.csv", "break_id,reason,until\n");
        run("001.75", 1, "BREAKS ");
    });
}

#[test]
fn open_breaks_are_listed_by_what_is_asked_for() {
    on_every_server(|kind| {
        let place = place(kind, &[("a", "1", ""), ("b", "2", ""), ("d", "4", "")]);
        run(&place, &[("a", "1.5"), ("b", "2.5")], &[], 1);
        run(&place, &[("a", "1.5"), ("b", "2.75"), ("c\u{202e}", "3")], &[], 1);
        assert_eq!(listed(&place, &[]).len(), 4, "{kind:?}");
        let keys = |more: &[&str]| -> Vec<Value> {
            listed(&place, more).iter().map(|one| one["key"][0].clone()).collect()
        };
        assert_eq!(keys(&["--new"]), ["c\u{202e}"], "{kind:?}");
        assert_eq!(keys(&["--outcome", "missing-in-theirs"]), ["d"], "{kind:?}");
        assert_eq!(keys(&["--column", "amount"]), ["a", "b"], "{kind:?}");
        assert_eq!(keys(&["--age", "1"]), Vec::<Value>::new(), "{kind:?}");
        place.sql("UPDATE tieout_breaks SET first_seen = '2020-01-01T00:00:00Z' WHERE outcome = 'missing_in_theirs'");
        assert_eq!(keys(&["--age", "1000"]), ["d"], "{kind:?}");
        at(&place, &["breaks", "feed.toml"]).expect(0, &["missing_in_ours      new         c\\u{202e}\n"]);
        let csv = at(&place, &["breaks", "acme", "--format", "csv"]).stdout;
        assert!(csv.starts_with("feed,break_id,outcome,key,days_open,life,"), "{csv}");
        assert_eq!(csv.lines().count(), 5);
        at(&place, &["breaks", "acme", "--outcome", "matched"]).expect(2, &["is none of mismatched"]);
        at(&place, &["breaks", "no-such-feed"]).expect(2, &["there is no run of a feed no-such-feed"]);
    });
}

#[test]
fn what_cannot_be_accepted_is_refused() {
    let place = place(Kind::Sqlite, &[("a", "1", "")]);
    run(&place, &[("a", "1.5")], &[], 1);
    let id = id(&place, "a");
    for (id, reason, until, says) in [
        ("abc", "x", "2999-01-01", "abc is no break_id"),
        (&id, "x", "2999-02-30", "is no date"),
        (&id, "x", "2020-01-01", "is over"),
        (&id, " ", "2999-01-01", "--reason is empty"),
        (
            "0123456789abcdef0123456789abcdef",
            "x",
            "2999-01-01",
            "no break 0123456789abcdef0123456789abcdef is open",
        ),
    ] {
        at(&place, &["accept", id, "--reason", reason, "--until", until]).expect(2, &[says]);
    }
    assert_eq!(place.count("FROM tieout_accepted"), 0);
}

#[test]
fn the_view_holds_the_last_runs_breaks_with_types() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql("CREATE TABLE ours (id varchar(10), amount varchar(20), day varchar(20))");
        place.sql("INSERT INTO ours VALUES ('a', '12.50', '2026-01-31'), ('b', 'much', '2026-02-30'), ('c', '7', '2026-02-28')");
        place.feed(
            Feed::new("with-view")
                .key("id")
                .column("amount", "type = \"decimal\"")
                .column("day", "type = \"date\""),
        );
        let row = |id: &str, amount: &str, day: &str| {
            format!("<r><id>{id}</id><amount>{amount}</amount><day>{day}</day></r>")
        };
        place.write(
            "theirs.xml",
            format!("<d>{}{}</d>", row("a", "12.75", "2026-01-30"), row("b", "1", "2026-03-02")),
        );
        place.run(&["theirs.xml"]).expect(1, &[]);
        let sum = if kind == Kind::Sqlite { "amount_theirs * 1.0" } else { "amount_theirs + 0.25" };
        let text = |x: &str| kind.as_text(x);
        let rows = place.query(&format!(
            "SELECT id, outcome, {}, {}, {}, source_file, life FROM tieout_breaks_with_view ORDER BY id",
            text(sum),
            text("day_ours"),
            text("amount_ours")
        ));
        let cells =
            |n: usize| -> Vec<&str> { rows[n].iter().map(|cell| cell.as_deref().unwrap_or("-")).collect() };
        assert_eq!(rows.len(), 3, "{kind:?}");
        assert_eq!(cells(0)[..2], ["a", "mismatched"], "{kind:?}");
        assert!(
            cells(0)[2].starts_with(if kind == Kind::Sqlite { "12.75" } else { "13.00" }),
            "{kind:?}: {rows:?}"
        );
        assert_eq!(cells(0)[3], "2026-01-31", "{kind:?}");
        // What no number and no day is does not stop whoever asks.
        if kind != Kind::Sqlite {
            assert_eq!(cells(1)[3..5], ["-", "-"], "{kind:?}");
        }
        assert_eq!(cells(2)[1..3], ["missing_in_theirs", "-"], "{kind:?}");
        assert_eq!((cells(0)[5], cells(0)[6], cells(2)[5]), ("theirs.xml", "new", "-"), "{kind:?}");

        // Other columns are another view; and it tells of the last run only.
        place.feed(Feed::new("with-view").key("id").column("amount", "type = \"decimal\""));
        place.write("theirs.xml", "<d><r><id>a</id><amount>12.5</amount></r><r><id>b</id><amount>1</amount></r><r><id>c</id><amount>7</amount></r></d>");
        place.run(&["theirs.xml"]).expect(1, &[]);
        assert_eq!(place.count("FROM tieout_breaks_with_view"), 1, "{kind:?}");
        assert!(
            place.try_sql("INSERT INTO ours SELECT id, id, day_ours FROM tieout_breaks_with_view").is_err()
        );
    });
}

#[test]
fn a_day_unlike_the_others_is_told_in_the_first_line() {
    let place = Place::new(Kind::Sqlite);
    place.sql("CREATE TABLE ours (id varchar(10), amount decimal(10, 2))");
    place.feed(feed());
    for n in 0..100 {
        place.sql(&format!("INSERT INTO ours VALUES ('{n}', 1)"));
    }
    let file = |rows: usize, day: usize| {
        let row = |n| format!("<r><id>{n}</id><amount>{}1</amount></r>", "0".repeat(day));
        place.write("theirs.xml", format!("<d>{}</d>", (0..rows).map(row).collect::<String>()));
    };
    for day in 0..5 {
        file(100, day);
        let output = place.run(&["theirs.xml"]);
        output.expect(0, &["TIED OUT   acme: every row matches\n"]);
    }
    file(50, 5);
    place.run(&["theirs.xml"]).expect(
        1,
        &["rows do not tie out; UNUSUAL: the match rate fell to 50.0 %, from 100.0 % in the median of 5 runs; 50 rows of theirs, where 100 to 100 are usual\n"],
    );
    let summary: Value =
        serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON");
    assert_eq!(summary["unusual"].as_array().map(Vec::len), Some(2));
}
