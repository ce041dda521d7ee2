//! What is read, and to which day a file counts.

use super::*;
use jiff::civil::date;

fn expected(text: &str) -> Expected {
    let holidays = BusinessDays::parse("2026-12-25\n2026-12-28").unwrap();
    Expected::parse(text, &holidays).unwrap_or_else(|refused| panic!("{text}: {refused:?}"))
}

fn at(text: &str) -> Timestamp {
    format!("{text}:00Z").parse().unwrap()
}

fn look(last: Option<&str>, now: &str) -> Look {
    Look { at: at(now), last: last.map(at) }
}

/// Runs that find so many files each, whose times on the server these are; gives the day, what is missing and whether
/// it is early of the day that the last one tells, and all days that lack files with how many.
fn told(text: &str, runs: &[(&str, &[&str])]) -> (Date, bool, Vec<(Date, u32)>) {
    let expected = expected(text);
    let (mut last, mut files, mut answer) = (None, Vec::new(), None);
    for (now, modified) in runs {
        let look = look(last, now);
        files.extend(modified.iter().map(|time| expected.day_of(look, (!time.is_empty()).then(|| at(time)))));
        let of = |day: Date| files.iter().filter(|of| **of == day).map(|_| "f".to_owned()).collect();
        let days = expected.days(look).into_iter().map(|day| expected.judge(look, day, of(day)));
        let days: Vec<JudgedDay> = days.collect();
        let lacking = days.iter().filter(|day| day.missing > 0).map(|day| (day.day, day.missing)).collect();
        let newest = days.last().unwrap();
        answer = Some((newest.day, newest.early, lacking));
        last = Some(*now);
    }
    answer.unwrap()
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
    let before: (&str, &[&str]) = ("2026-07-14T06:31", &[""]);
    let came: (&str, &[&str]) = ("2026-07-15T05:00", &["", ""]);
    let (day, none) = (date(2026, 7, 15), Vec::new());
    assert_eq!(told(text, &[before, came, ("2026-07-15T06:29", &[])]), (day, true, none));
    assert_eq!(told(text, &[before, came, ("2026-07-15T06:30", &[])]), (day, false, vec![(day, 1)]));
}

#[test]
fn a_late_file_counts_for_its_day_until_midnight() {
    let text = "2 files by 07:30 UTC";
    let (tuesday, wednesday) = (date(2026, 7, 14), date(2026, 7, 15));
    let late: [(&str, &[&str]); 2] = [("2026-07-14T07:35", &[""]), ("2026-07-14T09:00", &[""])];
    assert_eq!(told(text, &late[..1]), (tuesday, false, vec![(tuesday, 1)]));
    assert_eq!(told(text, &late), (tuesday, false, vec![]));
    // After midnight it counts for the next day, and no look tells the old one once more.
    let runs: [(&str, &[&str]); 3] =
        [late[0], ("2026-07-15T03:00", &["2026-07-15T02:00"]), ("2026-07-15T07:30", &[])];
    assert_eq!(told(text, &runs[..2]), (wednesday, true, vec![]));
    assert_eq!(told(text, &runs), (wednesday, false, vec![(wednesday, 1)]));
}

#[test]
fn a_look_that_found_nothing_has_answered_for_its_day() {
    let text = "1 file by 03:30 UTC on business days";
    let monday: (&str, &[&str]) = ("2026-07-13T04:10", &[""]);
    let tuesday: (&str, &[&str]) = ("2026-07-14T04:10", &[]);
    let wednesday: (&str, &[&str]) = ("2026-07-15T03:00", &[""]);
    assert_eq!(told(text, &[monday, tuesday]).2, [(date(2026, 7, 14), 1)]);
    assert_eq!(told(text, &[monday, tuesday, wednesday]), (date(2026, 7, 15), true, vec![]));
    let runs = [monday, tuesday, wednesday, ("2026-07-15T04:10", &[])];
    assert_eq!(told(text, &runs), (date(2026, 7, 15), false, vec![]));
    // A missing file of a Friday is told on Friday, and not on the days off after it.
    let friday: (&str, &[&str]) = ("2026-07-17T04:10", &[]);
    assert_eq!(told(text, &[monday, friday]).2.len(), 4, "nobody looked since Monday");
    assert_eq!(told(text, &[monday, friday, ("2026-07-18T04:10", &[])]), (date(2026, 7, 20), true, vec![]));
}

#[test]
fn where_no_run_follows_a_cut_off_files_count_for_the_day_on_which_they_came() {
    let text = "2 files by 07:30 UTC";
    let (ninth, tenth) = (date(2026, 7, 9), date(2026, 7, 10));
    let first: (&str, &[&str]) = ("2026-07-09T08:10", &["2026-07-09T05:00", "2026-07-09T05:00"]);
    let second: (&str, &[&str]) = ("2026-07-10T04:10", &[]);
    assert_eq!(told(text, &[first]), (ninth, false, vec![]));
    assert_eq!(told(text, &[first, second]), (tenth, true, vec![]));
    for (times, missing) in [
        (["2026-07-10T05:00", "2026-07-11T03:00"], vec![(tenth, 1)]),
        (["2026-07-10T05:00", "2026-07-10T23:59"], vec![]),
        // No time, one that is to come, and one at which the look before would have met the file: it came today.
        (["2026-07-10T05:00", ""], vec![(tenth, 1)]),
        (["2026-07-10T05:00", "2026-07-12T00:00"], vec![(tenth, 1)]),
        (["2026-07-10T05:00", "2026-07-10T04:00"], vec![(tenth, 1)]),
    ] {
        let runs = [first, second, ("2026-07-11T04:10", &times[..])];
        assert_eq!(told(text, &runs), (tenth, false, missing), "{times:?}");
    }
}

#[test]
fn a_job_after_midnight_answers_for_the_evening_before() {
    let text = "2 files by 23:00 UTC on weekdays";
    let monday: (&str, &[&str]) = ("2026-07-14T01:00", &[]);
    let night: (&str, &[&str]) = ("2026-07-15T01:00", &["2026-07-14T22:00", "2026-07-15T00:30"]);
    let tuesday = date(2026, 7, 14);
    assert_eq!(told(text, &[monday, night]), (tuesday, false, vec![(tuesday, 1)]));
    assert_eq!(told(text, &[monday, night, ("2026-07-15T02:00", &[])]), (date(2026, 7, 15), true, vec![]));
}

#[test]
fn weekends_and_holidays_expect_nothing() {
    let text = "1 file by 07:30 UTC on business days";
    let eve: (&str, &[&str]) = ("2026-12-24T07:35", &[""]);
    let tuesday = date(2026, 12, 29);
    for now in ["2026-12-25T12:00", "2026-12-26T12:00", "2026-12-28T12:00"] {
        assert_eq!(told(text, &[eve, (now, &[])]), (tuesday, true, vec![]), "{now}");
    }
    assert_eq!(told(text, &[eve, ("2026-12-29T07:30", &[])]).2, [(tuesday, 1)]);
    let holiday: (&str, &[&str]) = ("2026-12-28T12:00", &[""]);
    assert_eq!(told(text, &[eve, holiday, ("2026-12-29T07:30", &[])]).2, []);
}

#[test]
fn a_feed_answers_for_no_day_before_its_first_run() {
    let day = date(2026, 7, 15);
    assert_eq!(told("5 files by 07:30 UTC", &[("2026-07-15T07:31", &[])]), (day, false, vec![(day, 5)]));
    assert_eq!(told("5 files by 07:30 UTC", &[("2026-07-15T07:29", &[])]), (day, true, vec![]));
    assert_eq!(told("5 files by 23:00 UTC", &[("2026-07-15T01:00", &[""])]), (day, true, vec![]));
}

#[test]
fn a_clock_that_went_back_repeats_a_day_and_forgets_none() {
    let text = "1 file by 07:30 UTC";
    let runs: [(&str, &[&str]); 2] = [("2026-07-16T08:00", &[""]), ("2026-07-15T08:00", &[])];
    assert_eq!(told(text, &runs).2, [(date(2026, 7, 15), 1)]);
}

#[test]
fn more_than_expected_is_told_unless_the_number_is_a_least_one() {
    let look = look(None, "2026-07-15T08:00");
    let judge =
        |text: &str| expected(text).judge(look, date(2026, 7, 15), vec!["a".into(), "b".into()]).too_many;
    assert_eq!((judge("1 file by 07:30 UTC"), judge("at least 1 file by 07:30 UTC")), (1, 0));
}

#[test]
fn a_cut_off_moves_with_the_clocks() {
    let text = "1 file by 07:30 Europe/London";
    let before: (&str, &[&str]) = ("2026-03-28T07:31", &[""]);
    // Clocks go forward in the night to the 29th.
    assert_eq!(told(text, &[before, ("2026-03-29T06:29", &[])]).2, []);
    assert_eq!(told(text, &[before, ("2026-03-29T06:30", &[])]).2, [(date(2026, 3, 29), 1)]);
}
