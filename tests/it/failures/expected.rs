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
    // The first run of all answers for last week's.
    place.run(&[]).expect(5, &["TIED OUT", "1 is missing"]);
    place.run(&[]).expect(0, &["no new file", "there is time left"]);
    place.write("inbox/b.xml", THEIRS.replace("<d>", "<d><!-- b -->"));
    place.run(&[]).expect(0, &["TIED OUT", "1 file came (b.xml); there is time left"]);
    assert_eq!(summary(&place)["expected_files"]["early"], true);
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
