//! One bad file of a source keeps no other from being reconciled, is told every night, and can be ignored.

use super::{OURS, THEIRS, feed};
use crate::support::{Kind, Place, on_every_server};
use serde_json::Value;
use std::fs;

const CUT: &str = "<d>\n  <r><id>c</id><amount>3</amount></r>\n  <r><id>d</id>";

/// An inbox with a good file and one that is cut short, after a row of it was converted.
fn inbox(kind: Kind, source: &str) -> Place {
    let place = Place::new(kind);
    place.sql(OURS);
    place.feed(
        feed()
            .xml("chunk_rows = 1")
            .and(&format!("[source]\nurl = \"file:inbox\"\norder = \"name\"\n{source}\n")),
    );
    fs::create_dir(place.path("inbox")).expect("a folder");
    place.write("inbox/a-bad.xml", CUT);
    place.write("inbox/b-good.xml", THEIRS);
    place
}

fn summary(place: &Place) -> Value {
    serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON")
}

#[test]
fn the_good_file_is_reconciled_and_the_bad_one_is_named() {
    on_every_server(|kind| {
        let place = inbox(kind, "");
        let output = place.run(&[]);
        output.expect(
            3,
            &["TIED OUT", "b-good.xml", "a-bad.xml", "the others were reconciled", "tieout ignore"],
        );
        let summary = summary(&place);
        assert_eq!(summary["verdict"], "tied_out", "{kind:?}: no row of the bad file is left");
        assert_eq!(summary["counts"]["theirs"], 2, "{kind:?}");
        let refused = &summary["refused_files"][0];
        assert_eq!(refused["name"], "a-bad.xml", "{kind:?}");
        assert_eq!(refused["code"], "TO-304", "{kind:?}: {refused}");
        assert_eq!(refused["sha256"].as_str().map(str::len), Some(64), "{kind:?}");
        assert!(
            refused["reason"].as_str().is_some_and(|reason| reason.contains("truncated")),
            "{kind:?}: {refused}"
        );
        assert_eq!(summary["files"][0]["file_no"], 2, "{kind:?}");
        assert!(place.output_file("tieout-out", "report.html").contains("a-bad.xml"), "{kind:?}");
        // The next night it is offered again, with the time of the first one; the good one was counted.
        let since = refused["since"].as_str().expect("a time");
        place.run(&[]).expect(3, &["a-bad.xml"]);
        assert_eq!(place.count("FROM tieout_refused"), 1, "{kind:?}");
        let rows = place.query(&format!("SELECT {} FROM tieout_refused", kind.as_text("first_seen")));
        assert_eq!(rows[0][0].as_deref(), Some(since), "{kind:?}");
        assert_eq!(
            place.count("FROM tieout_runs WHERE status = 'failed' AND failure LIKE 'TO-3%'"),
            1,
            "{kind:?}"
        );
        // And once it is good, it is taken.
        place.write("inbox/a-bad.xml", THEIRS.replace(">a<", ">c<").replace(">b<", ">d<"));
        place.run(&[]).expect(1, &["BREAKS", "a-bad.xml"]);
    });
}

#[test]
fn rows_of_a_break_name_their_file_whatever_was_left_out() {
    on_every_server(|kind| {
        let place = inbox(kind, "");
        place.write("inbox/b-good.xml", THEIRS.replace("1.50", "1.51"));
        place.run(&[]).expect(3, &["BREAKS"]);
        let breaks = place.output_file("tieout-out", "breaks.csv");
        assert!(breaks.contains("b-good.xml") && !breaks.contains("a-bad.xml"), "{kind:?}: {breaks}");
    });
}

#[test]
fn an_ignored_file_is_passed_over_with_the_reason() {
    on_every_server(|kind| {
        let place = inbox(kind, "");
        place.run(&[]).expect(3, &["a-bad.xml"]);
        let ignore = |arguments: &[&str]| {
            let mut all = vec!["ignore"];
            all.extend(arguments);
            all.extend(["--database", place.url()]);
            place.tieout(&all)
        };
        ignore(&["no-such.xml", "--reason", "x"]).expect(2, &["TO-224", "no-such.xml"]);
        ignore(&["a-bad.xml", "--reason", " "]).expect(2, &["TO-223"]);
        ignore(&["a-bad.xml", "--reason", "sent by mistake"]).expect(0, &["a-bad.xml", "acme"]);
        place.write("inbox/c.xml", THEIRS.replace(">a<", ">e<"));
        place.run(&[]).expect(1, &["BREAKS", "ignored", "a-bad.xml: sent by mistake"]);
        let summary = summary(&place);
        assert!(summary.get("refused_files").is_none(), "{kind:?}");
        // Another file of that name is another file.
        place.write("inbox/a-bad.xml", "<d>");
        place.run(&[]).expect(3, &["a-bad.xml"]);
    });
}

#[test]
fn a_file_that_is_left_out_every_night_takes_no_place_of_a_limit() {
    let place = inbox(Kind::Sqlite, "limit = 1");
    place.run(&[]).expect(3, &["a-bad.xml"]);
    place.run(&[]).expect(3, &["TIED OUT", "a-bad.xml"]);
    // Nor does one that is ignored before any run has met it.
    place.write("inbox/0-test.xml", THEIRS.replace(">a<", ">t<"));
    let path = place.path("inbox/0-test.xml");
    let path = path.to_str().expect("a path");
    place
        .tieout(&["ignore", path, "--reason", "a test", "--database", place.url()])
        .expect(0, &["0-test.xml"]);
    place.write("inbox/c.xml", THEIRS.replace("<d>", "<d><!-- c -->"));
    place.run(&[]).expect(3, &["TIED OUT", "c.xml", "0-test.xml: a test", "a-bad.xml"]);
}

#[test]
fn all_or_nothing_is_the_old_way() {
    let place = inbox(Kind::Sqlite, "all_or_nothing = true");
    let output = place.run(&[]);
    output.expect(3, &["a-bad.xml", "truncated"]);
    assert!(!output.stdout.contains("TIED OUT"), "{}", output.all());
    fs::remove_file(place.path("inbox/a-bad.xml")).expect("the file");
    place.run(&[]).expect(0, &["TIED OUT"]);
}

#[test]
fn what_all_or_nothing_refuses_can_be_ignored() {
    on_every_server(|kind| {
        let place = inbox(kind, "all_or_nothing = true");
        place.run(&[]).expect(3, &["a-bad.xml", "since"]);
        place
            .tieout(&["ignore", "a-bad.xml", "--reason", "a test", "--database", place.url()])
            .expect(0, &["a-bad.xml", "acme"]);
        place.run(&[]).expect(0, &["TIED OUT", "a-bad.xml: a test"]);
    });
}

#[test]
fn a_file_that_is_bad_alone_says_since_when() {
    let place = inbox(Kind::Sqlite, "");
    fs::remove_file(place.path("inbox/b-good.xml")).expect("it goes");
    place.run(&[]).expect(3, &["a-bad.xml", "truncated", ", since 20"]);
}

#[test]
fn a_refusal_is_told_late_with_its_status_and_stands_in_the_history() {
    on_every_server(|kind| {
        let place = inbox(kind, "");
        let hook = "[after]\ncommand = [\"/bin/sh\", \"-c\", \"echo \\\"$TIEOUT_STATUS $TIEOUT_REFUSED\\\" >> told\"]\non = [\"failure\"]\n";
        place.feed(feed().and("[source]\nurl = \"file:inbox\"\n").and(hook));
        for point in ["after-commit", "after-export"] {
            place.write("inbox/a-bad.xml", CUT);
            place.write("inbox/b-good.xml", THEIRS.replace("<d>", &format!("<d><!--{point}-->")));
            let command = place.command().args(["run", "feed.toml", "--database", place.url()]);
            assert_eq!(command.env("TIEOUT_KILL_AT", point).output().status, -1, "{kind:?} {point}");
            fs::remove_file(place.path("inbox/a-bad.xml")).expect("it goes");
            let output = place.run(&["-q", "--metrics", "tieout.prom"]);
            output.expect(3, &["a-bad.xml", "refused by run acme-"]);
            let metrics = fs::read_to_string(place.path("tieout.prom")).expect("metrics");
            assert!(metrics.contains("tieout_last_run_status{feed=\"acme\"} 3\n"), "{kind:?}: {metrics}");
            let told = fs::read_to_string(place.path("told")).expect("what the hook wrote");
            assert_eq!(told, "3 a-bad.xml\n", "{kind:?} {point}: one call");
            fs::remove_file(place.path("told")).expect("it goes");
            place.run(&[]).expect(5, &["no new file"]);
            fs::remove_file(place.path("told")).expect("it was called");
        }
        place.tieout(&["history", "--database", place.url()]).expect(0, &["1 file refused"]);
    });
}

#[test]
fn files_that_are_all_bad_are_no_run() {
    on_every_server(|kind| {
        let place = inbox(kind, "");
        place.write("inbox/b-good.xml", "<d><r><id>x</id>");
        place.run(&[]).expect(3, &["2 files of the source were refused", "a-bad.xml", "b-good.xml"]);
        assert_eq!(place.count("FROM tieout_runs WHERE status = 'failed'"), 1, "{kind:?}");
        assert_eq!(place.count("FROM tieout_files"), 0, "{kind:?}");
    });
}

#[test]
fn the_same_bytes_under_two_names_are_counted_once() {
    let place = inbox(Kind::Sqlite, "");
    place.write("inbox/a-bad.xml", THEIRS);
    place
        .run(&[])
        .expect(0, &["TIED OUT", "a-bad.xml", "b-good.xml is given twice", "1 given twice (b-good.xml)"]);
    assert_eq!(summary(&place)["counts"]["theirs"], 2);
    place.run(&[]).expect(5, &["TO-505"]);
    assert_eq!(place.count("FROM tieout_refused"), 0);
}

#[test]
fn a_file_that_was_ignored_for_its_digest_is_taken_once_that_is_right() {
    on_every_server(|kind| {
        let place = inbox(kind, "allow_none = true");
        fs::remove_file(place.path("inbox/a-bad.xml")).expect("the file");
        place.write("inbox/b-good.xml.sha256", "0".repeat(64));
        place.run(&[]).expect(3, &["b-good.xml", "TO-346"]);
        let ignore = ["ignore", "b-good.xml", "--reason", "wrong digest", "--database", place.url()];
        place.tieout(&ignore).expect(0, &["b-good.xml"]);
        place.run(&[]).expect(0, &["there is no new file", "left out: 1 ignored (b-good.xml: wrong digest)"]);
        place.write("inbox/b-good.xml.sha256", crate::support::digest::sha256(THEIRS));
        place.run(&[]).expect(0, &["TIED OUT", "b-good.xml was ignored for its digest"]);
        place.run(&["--force"]).expect(0, &["TIED OUT"]);
    });
}

#[test]
fn a_damaged_archive_is_a_bad_file_too() {
    let place = inbox(Kind::Sqlite, "pattern = \"*\"");
    place.write("inbox/a-bad.xml", b"PK\x03\x04 and no more");
    place.run(&[]).expect(3, &["TIED OUT", "a-bad.xml"]);
    assert_eq!(summary(&place)["refused_files"][0]["sha256"].as_str().map(str::len), Some(64));
}

#[test]
fn a_document_is_good_or_bad_for_all_row_sets() {
    let place = inbox(Kind::Sqlite, "");
    place.sql("CREATE TABLE others (id varchar(10)); INSERT INTO others VALUES ('o');");
    let set = |name: &str, row: &str, table: &str| {
        crate::support::Feed::new(name).row(row).key("id").ours(&format!("table = \"{table}\""))
    };
    let two = crate::support::Feed::new("acme").xml("root = \"d\"");
    let two = two.set(set("rows", "r", "ours")).set(set("others", "o", "others"));
    place.feed(two.and("[source]\nurl = \"file:inbox\"\n"));
    // The second set cannot convert its row; the first one could.
    place.write("inbox/a-bad.xml", "<d><r><id>c</id></r><o/></d>");
    place.write("inbox/b-good.xml", "<d><r><id>a</id></r><r><id>b</id></r><o><id>o</id></o></d>");
    let output = place.run(&[]);
    output.expect(3, &["a-bad.xml", "acme-rows: every row matches", "acme-others: every row matches"]);
}

/// Killed at any point, the next run gives what an undisturbed one gives.
#[test]
fn a_kill_between_a_bad_and_a_good_file_loses_neither() {
    on_every_server(|kind| {
        let points = [
            "after-begin",
            "after-first-chunk",
            "after-refusal",
            "after-load",
            "after-refusals",
            "in-reconcile",
            "after-commit",
            "after-export",
            "before-done",
        ];
        let place = inbox(kind, "");
        for (n, point) in points.into_iter().enumerate() {
            place.write("inbox/b-good.xml", THEIRS.replace("<d>", &format!("<d><!--{n}-->")));
            let killed = (place.command())
                .args(["run", "feed.toml", "--database", place.url()])
                .env("TIEOUT_KILL_AT", point)
                .output();
            assert_eq!(killed.status, -1, "{kind:?}: {point} was not reached: {}", killed.all());
            place.run(&[]).expect(3, &["a-bad.xml"]);
            let summary = summary(&place);
            assert_eq!(summary["verdict"], "tied_out", "{kind:?}: {point}");
            assert_eq!(summary["refused_files"][0]["name"], "a-bad.xml", "{kind:?}: {point}");
        }
        let done = "FROM tieout_files WHERE name = 'b-good.xml'";
        assert_eq!(place.count(done), points.len() as u64, "{kind:?}: each good file was counted once");
        assert_eq!(place.count("FROM tieout_files WHERE name = 'a-bad.xml'"), 0, "{kind:?}");
    });
}

#[test]
fn the_hook_hears_which_files_were_refused() {
    let place = inbox(Kind::Sqlite, "");
    let hook = "[after]\ncommand = [\"/bin/sh\", \"-c\", \"echo \\\"$TIEOUT_STATUS $TIEOUT_REFUSED $0\\\" >> told\", \"{refused}\"]\non = [\"tied_out\", \"failure\"]\n";
    place.feed(feed().and("[source]\nurl = \"file:inbox\"\n").and(hook));
    place.run(&[]).expect(3, &["TIED OUT"]);
    let told = fs::read_to_string(place.path("told")).expect("what the hook wrote");
    assert_eq!(told, "3 a-bad.xml a-bad.xml\n", "one call says all");
}
