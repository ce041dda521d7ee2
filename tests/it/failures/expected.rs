//! A day whose shape is known: files that are late or missing are status 5, and what came is reconciled.

use super::{OURS, THEIRS, feed};
use crate::support::{Kind, Place, on_every_server};
use serde_json::Value;
use std::fs;

fn inbox(kind: Kind, source: &str) -> Place {
    let place = Place::new(kind);
    place.sql(OURS);
    place.feed(feed().and(&format!("[source]\nurl = \"file:inbox\"\n{source}\n")));
    fs::create_dir(place.path("inbox")).expect("a folder");
    place
}

fn summary(place: &Place) -> Value {
    serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON")
}

/// Midnight is always past.
#[test]
fn files_that_did_not_come_are_status_5_beside_the_verdict() {
    on_every_server(|kind| {
        let place = inbox(kind, "expect = \"2 files by 00:00 UTC\"\nallow_none = true");
        place.run(&[]).expect(5, &["TO-540", "0 files came", "2 are missing"]);
        place.write("inbox/a.xml", THEIRS);
        place.run(&[]).expect(5, &["TIED OUT", "1 file came (a.xml)", "1 is missing"]);
        let expected = &summary(&place)["expected_files"];
        assert_eq!(expected["missing"], 1, "{kind:?}");
        assert_eq!(expected["came"][0], "a.xml", "{kind:?}");
        assert_eq!(expected["early"], false, "{kind:?}");
        // What runs of the day took before counts too.
        place.write("inbox/b.xml", THEIRS.replace("<d>", "<d><!-- b -->"));
        place.run(&[]).expect(0, &["TIED OUT", "2 files came (a.xml, b.xml)"]);
        // The day is complete, and nothing is new.
        place.run(&[]).expect(0, &["no new file", "2 files came"]);
        place.write("inbox/c.xml", THEIRS.replace("<d>", "<d><!-- c -->"));
        place.run(&[]).expect(0, &["TIED OUT", "1 more than that"]);
    });
}

/// A day that is none of the expected ones, whichever day it is: only tomorrow's weekday is expected.
#[test]
fn nothing_is_missing_on_another_day() {
    let tomorrow = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).tomorrow().expect("a day");
    let expect = format!("expect = \"2 files by 23:59 UTC on {}\"", tomorrow.strftime("%a"));
    let place = inbox(Kind::Sqlite, &expect);
    place.write("inbox/a.xml", THEIRS);
    // The first run of all answers for no day before it.
    place.run(&[]).expect(0, &["TIED OUT", "1 file came (a.xml); there is time left"]);
    place.run(&[]).expect(0, &["no new file", "there is time left"]);
    place.write("inbox/b.xml", THEIRS.replace("<d>", "<d><!-- b -->"));
    place.run(&[]).expect(0, &["TIED OUT", "2 files came (a.xml, b.xml); there is time left"]);
    assert_eq!(summary(&place)["expected_files"]["early"], true);
}

fn day(before_today: i64) -> String {
    let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC);
    today.date().checked_sub(jiff::Span::new().days(before_today)).expect("a day").to_string()
}

/// As if the last run had looked at noon, so many days ago.
fn looked(place: &Place, days_ago: i64) {
    place.sql(&format!("UPDATE tieout_looks SET looked_at = '{}T12:00:00Z'", day(days_ago)));
}

/// The cut-off is just before midnight, so today's is still to come.
#[test]
fn a_day_on_which_no_run_looked_is_told_once_by_the_next_one() {
    on_every_server(|kind| {
        let place = inbox(kind, "expect = \"1 file by 23:59 UTC\"");
        place.run(&[]).expect(0, &["there is time left"]);
        looked(&place, 1);
        let told = format!("on {}, 0 files came; 1 is missing", day(1));
        place.run(&[]).expect(5, &["TO-540", &told]);
        // That run found nothing, and has looked nevertheless.
        place.run(&[]).expect(0, &["no new file", &day(0), "there is time left"]);
        place.write("inbox/a.xml", THEIRS);
        place.run(&[]).expect(0, &["TIED OUT", &day(0), "1 file came (a.xml); there is time left"]);
        // Nobody looked for three days: each is told.
        looked(&place, 3);
        let output = place.run(&[]);
        output.expect(5, &[&day(3), &day(2), &format!("on {}", day(1)), "1 is missing"]);
        place.run(&[]).expect(0, &["there is time left"]);
    });
}

#[test]
fn files_of_two_days_are_not_counted_for_one() {
    on_every_server(|kind| {
        let place = inbox(kind, "expect = \"2 files by 23:59 UTC\"");
        place.run(&[]).expect(0, &["there is time left"]);
        looked(&place, 1);
        let file = place.write("inbox/a.xml", THEIRS);
        place.write("inbox/b.xml", THEIRS.replace("<d>", "<d><!-- b -->"));
        let time: jiff::Timestamp = format!("{}T20:00:00Z", day(1)).parse().expect("a time");
        let file = fs::File::options().write(true).open(file).expect("the file");
        file.set_modified(time.into()).expect("another time");
        let told = format!("on {}, 1 file came (a.xml); 1 is missing", day(1));
        // Their rows are the same ones, which is another matter.
        place.run(&[]).expect(5, &["BREAKS", &told]);
        assert_eq!(summary(&place)["expected_files"]["missing"], 1, "{kind:?}");
        place.run(&[]).expect(0, &["1 file came (b.xml); there is time left"]);
    });
}

#[test]
fn a_look_that_could_not_reach_the_source_is_none() {
    let place = inbox(Kind::Sqlite, "expect = \"1 file by 23:59 UTC\"");
    place.run(&[]).expect(0, &["there is time left"]);
    looked(&place, 1);
    fs::rename(place.path("inbox"), place.path("gone")).expect("it goes");
    place.run(&[]).expect(5, &["cannot list"]);
    fs::rename(place.path("gone"), place.path("inbox")).expect("it comes back");
    place.run(&[]).expect(5, &["1 is missing"]);
}

#[test]
fn missing_files_are_told_late_with_their_status() {
    on_every_server(|kind| {
        let place = inbox(kind, "expect = \"2 files by 23:59 UTC\"");
        place.run(&[]).expect(0, &["there is time left"]);
        looked(&place, 1);
        let file = place.write("inbox/a.xml", THEIRS);
        let time: jiff::Timestamp = format!("{}T20:00:00Z", day(1)).parse().expect("a time");
        let file = fs::File::options().write(true).open(file).expect("the file");
        file.set_modified(time.into()).expect("another time");
        let command = place.command().args(["run", "feed.toml", "--database", place.url()]);
        assert_eq!(command.env("TIEOUT_KILL_AT", "before-done").output().status, -1);
        // The day is long over.
        looked(&place, 0);
        let output = place.run(&["-q", "--metrics", "tieout.prom"]);
        output.expect(5, &["TO-540", "1 is missing"]);
        let metrics = fs::read_to_string(place.path("tieout.prom")).expect("metrics");
        assert!(metrics.contains("tieout_last_run_status{feed=\"acme\"} 5\n"), "{kind:?}: {metrics}");
        place.run(&[]).expect(0, &["there is time left"]);
        place.tieout(&["history", "--database", place.url()]).expect(0, &["1 file missing"]);
    });
}

#[test]
fn check_says_when_a_run_is_needed() {
    let place = inbox(Kind::Sqlite, "expect = \"2 files by 07:30 Europe/London\"");
    let output = place.tieout(&["check", "feed.toml", "--database", place.url()]);
    assert!(output.all().contains("a run between 07:30 Europe/London and midnight"), "{}", output.all());
}

#[test]
fn a_refused_file_has_come() {
    let place = inbox(Kind::Sqlite, "expect = \"2 files by 00:00 UTC\"");
    place.write("inbox/a.xml", THEIRS);
    place.write("inbox/b.xml", "<d>");
    let output = place.run(&[]);
    output.expect(3, &["TIED OUT", "b.xml", "2 files came"]);
}

#[test]
fn an_expectation_that_cannot_be_meant_is_told_where_it_stands() {
    let place = inbox(Kind::Sqlite, "expect = \"2 files by 7:30 UTC\"");
    place.run(&[]).expect(2, &["[source] expect", "a time of day of 24 hours"]);
    let holidays = "calendar = \"holidays.txt\"\nexpect = \"2 files by 07:30 UTC on business days\"";
    place.feed(feed().and(&format!("[source]\nurl = \"file:inbox\"\n{holidays}\n")));
    place.run(&[]).expect(2, &["[source] calendar", "holidays.txt", "cannot be read"]);
    place.write("holidays.txt", "2026-12-25\nboxing day\n");
    place.run(&[]).expect(2, &["[source] calendar", "line 2 is no date"]);
    place.feed(feed().and("[source]\nurl = \"file:inbox\"\ncalendar = \"weekdays\"\n"));
    place.run(&[]).expect(2, &["[source] calendar", "`expect` only"]);
}
