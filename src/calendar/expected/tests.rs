//! What is read, and to which day a file counts.

use super::*;
use jiff::civil::date;

fn expected(text: &str) -> Expected {
    let holidays = BusinessDays::parse("2026-12-25\n2026-12-28").unwrap();
    Expected::parse(text, &holidays).unwrap_or_else(|refused| panic!("{text}: {refused:?}"))
}

/// Names of files by when they were taken.
fn arrived(files: &[(&str, &str)]) -> Vec<Arrived> {
    let one = |(taken, name): &(&str, &str)| Arrived { taken: taken.parse().unwrap(), name: (*name).into() };
    files.iter().map(one).collect()
}

fn judge(text: &str, now: &str, files: &[(&str, &str)]) -> JudgedDay {
    expected(text).judge(now.parse().unwrap(), &arrived(files))
}

#[test]
fn every_form_is_read() {
    let sunday = date(2026, 11, 29);
    let on = |text: &str| -> Vec<bool> {
        let expected = expected(text);
        (1..8).map(|n| expected.is_expected(sunday + jiff::Span::new().days(n))).collect()
    };
    let (yes, no) = (true, false);
    assert_eq!(on("5 files by 07:30 Europe/London on business days"), [yes, yes, yes, yes, yes, no, no]);
    assert_eq!(on("5 files by 07:30 UTC on weekdays"), [yes, yes, yes, yes, yes, no, no]);
    assert_eq!(on("1 file by 07:30 UTC"), [yes; 7]);
    assert_eq!(on("1 file by 07:30 UTC every day"), [yes; 7]);
    assert_eq!(on("At least 2 files by 23:00 UTC on Every Day"), [yes; 7]);
    assert_eq!(on("2 files by 23:00 UTC on Tue-Sat"), [no, yes, yes, yes, yes, yes, no]);
    assert_eq!(on("2 files by 23:00 UTC on Sat-Mon"), [yes, no, no, no, no, yes, yes]);
    assert_eq!(on("2 files by 23:00 UTC on mon, thu"), [yes, no, no, yes, no, no, no]);
    assert!(!expected("1 file by 07:30 UTC on business days").is_expected(date(2026, 12, 25)));
    assert!(expected("1 file by 07:30 UTC on weekdays").is_expected(date(2026, 12, 25)));
    assert!(expected("at least 2 files by 07:30 UTC").at_least);
    assert_eq!(expected("1 file by 07:30 UTC on Mon").to_string(), "1 file by 07:30 UTC");
}

#[test]
fn mistakes_stand_where_they_are() {
    for (text, offset, what) in [
        ("", 0, "number of files"),
        ("0 files by 07:30 UTC", 0, "number of files"),
        ("-1 files by 07:30 UTC", 0, "number of files"),
        ("at most 5 files by 07:30 UTC", 3, "`least`"),
        ("5 by 07:30 UTC", 2, "`files`"),
        ("5 files", 7, "`by`"),
        ("5 files before 07:30 UTC", 8, "`by`"),
        ("5 files by 7:30 UTC", 11, "time of day"),
        ("5 files by 07:30 on Mon", 17, "a zone"),
        ("5 files by 07:30 Mars/Olympus", 17, "no zone"),
        ("5 files by 07:30 UTC on", 23, "needs days"),
        ("5 files by 07:30 UTC on Funday", 24, "needs days"),
        ("5 files by 07:30 UTC weekdays", 21, "needs days"),
        ("5 files by 07:30 UTC on Mon-Tue-Wed", 24, "needs days"),
        ("5 files by 07:30 UTC on business days please", 24, "needs days"),
    ] {
        let refused = Expected::parse(text, &BusinessDays::weekdays()).unwrap_err();
        assert_eq!(refused.offset, offset, "{text}: {refused:?}");
        assert!(refused.what.contains(what), "{text}: {refused:?}");
    }
}

#[test]
fn what_is_missing_is_told_from_the_cut_off_on() {
    let text = "3 files by 07:30 Europe/London on business days";
    let files = [("2026-07-15T05:00:00Z", "a"), ("2026-07-15T06:29:00Z", "b")];
    let early = judge(text, "2026-07-15T06:29:59Z", &[("2026-07-14T06:31:00Z", "o"), files[0], files[1]]);
    assert_eq!((early.day, early.early, early.missing), (date(2026, 7, 15), true, 0));
    assert_eq!(early.came, ["a", "b"]);
    let due = judge(text, "2026-07-15T06:30:00Z", &[("2026-07-14T06:31:00Z", "o"), files[0], files[1]]);
    assert_eq!((due.day, due.early, due.missing), (date(2026, 7, 15), false, 1));
    assert_eq!(due.came, ["a", "b"]);
}

#[test]
fn a_late_file_counts_for_its_day_and_no_other() {
    let text = "2 files by 07:30 UTC";
    let files = [
        ("2026-07-14T07:35:00Z", "a"),
        ("2026-07-14T09:00:00Z", "late"),
        ("2026-07-15T06:00:00Z", "c"),
        ("2026-07-15T07:35:00Z", "d"),
    ];
    assert_eq!(judge(text, "2026-07-14T09:00:00Z", &files[..2]).missing, 0);
    let early = judge(text, "2026-07-15T06:00:00Z", &files[..3]);
    assert_eq!((early.day, early.early, &early.came[..]), (date(2026, 7, 15), true, &["c".to_owned()][..]));
    let due = judge(text, "2026-07-15T07:35:00Z", &files);
    assert_eq!((due.missing, &due.came[..]), (0, &["c".to_owned(), "d".to_owned()][..]));
    assert_eq!(judge(text, "2026-07-15T07:35:00Z", &files[..3]).missing, 1);
}

#[test]
fn a_job_after_midnight_answers_for_the_evening_before() {
    let text = "2 files by 23:00 UTC on weekdays";
    let monday = ("2026-07-14T01:00:00Z", "monday");
    let files = [monday, ("2026-07-15T01:00:00Z", "a"), ("2026-07-15T01:00:00Z", "b")];
    let judged = judge(text, "2026-07-15T01:00:00Z", &files);
    assert_eq!((judged.day, judged.early, judged.missing), (date(2026, 7, 14), false, 0));
    assert_eq!(judged.came, ["a", "b"]);
    assert_eq!(judge(text, "2026-07-15T01:00:00Z", &files[..2]).missing, 1);
    let nothing = judge(text, "2026-07-15T01:00:00Z", &files[..1]);
    assert_eq!((nothing.day, nothing.missing), (date(2026, 7, 14), 2));
}

#[test]
fn weekends_and_holidays_expect_nothing() {
    let text = "1 file by 07:30 UTC on business days";
    let thursday = ("2026-12-24T07:35:00Z", "eve");
    for now in ["2026-12-25T12:00:00Z", "2026-12-26T12:00:00Z", "2026-12-28T12:00:00Z"] {
        let judged = judge(text, now, &[thursday]);
        assert_eq!((judged.day, judged.early, judged.missing), (date(2026, 12, 29), true, 0), "{now}");
    }
    let monday = judge(text, "2026-12-29T07:30:00Z", &[thursday]);
    assert_eq!((monday.day, monday.missing), (date(2026, 12, 29), 1));
    let holiday = ("2026-12-28T12:00:00Z", "sent on a holiday");
    assert_eq!(judge(text, "2026-12-29T07:30:00Z", &[thursday, holiday]).missing, 0);
}

#[test]
fn the_first_run_of_all_answers_for_the_day_that_is_due() {
    let judged = judge("5 files by 07:30 UTC", "2026-07-15T07:31:00Z", &[]);
    assert_eq!((judged.day, judged.missing, judged.early), (date(2026, 7, 15), 5, false));
}

#[test]
fn more_than_expected_is_told_unless_the_number_is_a_least_one() {
    let files = [("2026-07-15T08:00:00Z", "a"), ("2026-07-15T08:00:00Z", "b")];
    assert_eq!(judge("1 file by 07:30 UTC", "2026-07-15T08:00:00Z", &files).too_many, 1);
    assert_eq!(judge("at least 1 file by 07:30 UTC", "2026-07-15T08:00:00Z", &files).too_many, 0);
}

#[test]
fn a_cut_off_moves_with_the_clocks() {
    let text = "1 file by 07:30 Europe/London";
    let before = [("2026-03-28T07:31:00Z", "a")];
    // Clocks go forward in the night to the 29th.
    assert_eq!(judge(text, "2026-03-29T06:29:00Z", &before).missing, 0);
    assert_eq!(judge(text, "2026-03-29T06:30:00Z", &before).missing, 1);
}

#[test]
fn nothing_before_the_cut_off_before_matters() {
    let text = "1 file by 07:30 UTC on weekdays";
    let expected = expected(text);
    let since = |now: &str| expected.since(now.parse().unwrap()).to_string();
    assert_eq!(since("2026-07-15T08:00:00Z"), "2026-07-14T07:30:00Z");
    assert_eq!(since("2026-07-15T07:00:00Z"), "2026-07-13T07:30:00Z");
    assert_eq!(since("2026-07-13T08:00:00Z"), "2026-07-10T07:30:00Z", "over the weekend");
}
