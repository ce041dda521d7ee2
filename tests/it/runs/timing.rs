//! `[timing]`: rows near to the cut-off that only one side has. They are breaks, and no reason for status 1 until the
//! grace ends.

use crate::support::{Feed, Kind, Output, Place, on_every_server};
use serde_json::{Value, json};

fn feed(timing: &str) -> Feed {
    let feed = Feed::new("acme").key("id").column("amount", "type = \"decimal\"");
    feed.column("day", "type = \"date\"").and(&format!("[timing]\n{timing}\n"))
}

const TO: &str = "column = \"day\"\ndays = 2\ncut_off = \":to\"";

/// A place whose table holds rows of these ids and days; all amounts are 7.
fn place(kind: Kind, timing: &str, ours: &[(&str, &str)]) -> Place {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours (id varchar(10), amount decimal(10, 2), day date)");
    book(&place, ours);
    place.feed(feed(timing));
    place
}

fn book(place: &Place, rows: &[(&str, &str)]) {
    for (id, day) in rows {
        place.sql(&format!("INSERT INTO ours VALUES ('{id}', 7, '{day}')"));
    }
}

/// Runs over a file of these ids and days, whose newest row is on both sides.
#[track_caller]
fn run(place: &Place, theirs: &[(&str, &str)], more: &[&str]) -> Output {
    let row = |(id, day): &(&str, &str)| format!("<r><id>{id}</id><amount>7</amount><day>{day}</day></r>");
    place.write("theirs.xml", format!("<d>{}</d>", theirs.iter().map(row).collect::<String>()));
    place.run(&[&["theirs.xml", "--force"], more].concat())
}

fn summary(place: &Place) -> Value {
    serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON")
}

/// Cut-off, rows of theirs and rows of ours that are timing.
fn timing(place: &Place) -> (String, u64, u64) {
    let timing = summary(place)["timing"].clone();
    let number = |name: &str| timing[name].as_u64().expect("a number");
    let cut_off = timing["cut_off"].as_str().expect("a day").to_owned();
    (cut_off, number("missing_in_ours"), number("missing_in_theirs"))
}

/// A column of the newest run's breaks, by id.
fn column(place: &Place, name: &str) -> Vec<(String, String)> {
    let text = place.output_file("tieout-out", "breaks.csv");
    let rows = csv::Reader::from_reader(text.as_bytes())
        .into_deserialize::<std::collections::BTreeMap<String, String>>()
        .map(|row| row.expect("a row"));
    rows.map(|row| (row["id"].clone(), row[name].clone())).collect()
}

#[track_caller]
fn listed(place: &Place, more: &[&str]) -> Vec<Value> {
    let arguments = [&["breaks", "acme", "--format", "json", "--database", place.url()], more].concat();
    let output = place.tieout(&arguments);
    assert_eq!(output.status, 0, "{}", output.all());
    serde_json::from_str(&output.stdout).expect("JSON")
}

fn keys(listed: &[Value]) -> Vec<String> {
    listed.iter().map(|one| one["key"][0].as_str().expect("a key").to_owned()).collect()
}

#[test]
fn a_row_is_timing_until_its_grace_ends_and_then_a_break_of_that_age() {
    on_every_server(|kind| {
        // Thursday; the weekend is the 28th and 29th.
        let place = place(kind, TO, &[("both", "2026-11-26"), ("late", "2026-11-26")]);
        let theirs = [("both", "2026-11-26")];
        let on = |day: &str| run(&place, &theirs, &["--set", &format!("to={day}")]);
        on("2026-11-26").expect(
            0,
            &[
                "BREAKS, ALL TIMING acme: 1 of 2 rows do not tie out\n",
                "1 timing: within 2 business days of 2026-11-26, and no reason for status 1\n",
            ],
        );
        let first = summary(&place);
        assert_eq!((&first["verdict"], &first["failed_on"]), (&json!("breaks"), &json!([])), "{kind:?}");
        let files = ["breaks.csv", "report.html", "summary.json"];
        let of = |place: &Place, out: &str| files.map(|name| place.output_file(out, name));
        let told = of(&place, "tieout-out");
        for day in ["2026-11-27", "2026-11-29", "2026-11-30"] {
            on(day).expect(0, &["BREAKS, ALL TIMING"]);
            assert_eq!(timing(&place), (day.into(), 0, 1), "{kind:?}");
            assert_eq!(column(&place, "timing_until"), [("late".into(), "2026-11-30".into())], "{kind:?}");
            assert_eq!(keys(&listed(&place, &["--timing"])), ["late"], "{kind:?}");
        }
        on("2026-12-01").expect(1, &["BREAKS     acme: 1 of 2 rows", "0 timing: within 2 business days of"]);
        assert_eq!(timing(&place), ("2026-12-01".into(), 0, 0), "{kind:?}");
        assert_eq!(column(&place, "timing_until"), [("late".into(), String::new())], "{kind:?}");
        assert_eq!(column(&place, "life"), [("late".into(), "persisting".into())], "{kind:?}");
        let since = first["started_at"].as_str().expect("a time").to_owned();
        assert_eq!(column(&place, "first_seen"), [("late".into(), since)], "{kind:?}");
        assert_eq!(summary(&place)["failed_on"], json!(["breaks"]), "{kind:?}");
        assert!(listed(&place, &["--timing"]).is_empty(), "{kind:?}");

        // The old day once more is the old day, and its report is what it was.
        on("2026-11-26").expect(0, &["BREAKS, ALL TIMING"]);
        let id = first["run_id"].as_str().expect("an id");
        let arguments = ["report", id, "--database", place.url(), "--out", "again"];
        place.tieout(&arguments).expect(0, &["BREAKS, ALL TIMING"]);
        assert_eq!(of(&place, "again"), told, "{kind:?}");

        // What comes at last is gone.
        run(&place, &[("both", "2026-11-26"), ("late", "2026-11-26")], &["--set", "to=2026-12-01"])
            .expect(0, &["TIED OUT", "0 new, 0 known, 1 cleared"]);
        assert_eq!(timing(&place), ("2026-12-01".into(), 0, 0), "{kind:?}");
        assert!(place.output_file("tieout-out", "cleared.csv").contains(",missing_in_theirs,late,matched,"));
        assert!(listed(&place, &[]).is_empty(), "{kind:?}");
    });
}

#[test]
fn an_accepted_break_is_counted_as_accepted_even_if_it_is_timing() {
    on_every_server(|kind| {
        let place = place(kind, TO, &[("both", "2026-11-26"), ("a", "2026-11-26"), ("b", "2026-11-27")]);
        let theirs = [("both", "2026-11-26"), ("c", "2026-11-01")];
        let on = |day: &str| run(&place, &theirs, &["--set", &format!("to={day}")]);
        on("2026-11-27").expect(1, &["BREAKS     acme: 3 of 4 rows", "2 timing: within"]);
        let open = listed(&place, &[]);
        let accept = |key: &str| {
            let one = open.iter().find(|one| one["key"] == json!([key])).expect("a break");
            let id = one["break_id"].as_str().expect("an id");
            let said = ["--reason", "known, <since> March", "--until", "2999-12-31", "--owner", "jo"];
            place.tieout(&[&["accept", id], &said[..], &["--database", place.url()]].concat()).expect(0, &[]);
        };
        accept("a");
        on("2026-11-27").expect(1, &["1 timing: within", "1 accepted: known"]);
        accept("c");
        on("2026-11-27").expect(0, &["BREAKS, ALL TIMING OR ACCEPTED acme: 3 of 4 rows do not tie out\n"]);
        assert_eq!(timing(&place), ("2026-11-27".into(), 0, 1), "{kind:?}");
        assert_eq!(summary(&place)["life"]["accepted"], 2, "{kind:?}");
        let until = [("a", "2026-11-30"), ("b", "2026-12-01"), ("c", "")];
        assert_eq!(
            column(&place, "timing_until"),
            until.map(|(id, day)| (id.into(), day.into())),
            "{kind:?}"
        );
        assert_eq!(keys(&listed(&place, &["--timing"])), ["a", "b"], "{kind:?}");

        let page = place.output_file("tieout-out", "report.html");
        assert!(page.contains(">breaks, all timing or accepted<"), "{page}");
        let sections: Vec<&str> = page.split("<h2>").collect();
        let section = |title: &str| {
            let found = sections.iter().find(|one| one.starts_with(title));
            found.copied().unwrap_or_else(|| panic!("no {title}: {page}"))
        };
        let timing = section("1 timing break<");
        assert!(timing.contains("<td class=said>2026-12-01</td>") && timing.contains(">b<"), "{timing}");
        let accepted = section("2 accepted breaks<");
        let said = "<td class=said>2999-12-31</td><td class=said>jo</td><td class=said>known, &lt;since&gt; March</td>";
        assert_eq!(accepted.matches(said).count(), 2, "{accepted}");
        assert!(!page.contains("<h2>3 breaks") && !page.contains("<h2>0 breaks"), "{page}");

        // The grace of the other one ends, and what is accepted is that still.
        on("2026-12-02").expect(1, &["0 timing: within", "2 accepted: known"]);
        assert!(place.output_file("tieout-out", "report.html").contains("<h2>1 break<"));
    });
}

#[test]
fn the_newest_day_of_theirs_is_the_cut_off_where_nothing_else_is_said() {
    on_every_server(|kind| {
        let place = place(kind, "column = \"day\"\ndays = 1", &[("both", "2026-11-30"), ("a", "2026-11-27")]);
        run(&place, &[("both", "2026-11-30"), ("b", "2026-11-26")], &[])
            .expect(1, &["1 timing: within 1 business day of"]);
        assert_eq!(timing(&place), ("2026-11-30".into(), 0, 1), "{kind:?}");
        // A day that cannot be is a cut-off that excuses nothing else.
        run(&place, &[("both", "2026-11-30"), ("c", "2062-11-30")], &[])
            .expect(1, &["1 timing: within 1 business day of 2062-11-30"]);
        assert_eq!(timing(&place), ("2062-11-30".into(), 1, 0), "{kind:?}");
    });
}

#[test]
fn a_cut_off_that_nobody_says_is_an_error_and_no_verdict() {
    on_every_server(|kind| {
        let place = place(kind, "column = \"day\"\ndays = 2", &[("a", "2026-11-30")]);
        place.write("theirs.xml", "<d><r><id>b</id><amount>7</amount></r></d>");
        place.run(&["theirs.xml"]).expect(
            3,
            &[
                "no row of theirs has a day in column day, so the cut-off of [timing] is unknown",
                "TO-352",
                "--set date=",
            ],
        );
        assert_eq!(place.count("FROM tieout_results"), 0, "{kind:?}");
        assert_eq!(place.count("FROM tieout_runs WHERE status = 'failed'"), 1, "{kind:?}");
        // Where nothing stands alone, nobody asks for it.
        place.sql("UPDATE ours SET id = 'b', day = NULL");
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
        assert_eq!(timing(&place), (String::new(), 0, 0), "{kind:?}");
    });
}

#[test]
fn a_parameter_that_is_no_day_is_refused_before_anything_is_read() {
    let place = place(Kind::Sqlite, TO, &[("a", "2026-11-30")]);
    place.write("theirs.xml", "<d><r><id>b</id><amount>7</amount></r></d>");
    for command in ["run", "check", "plan"] {
        for (set, says) in [
            (vec![], "[timing] cut_off is :to, which has no value"),
            (vec!["--set", "to=2026-02-30"], "--set to=2026-02-30 is no day, and [timing] cut_off is :to"),
            (vec!["--set", "to=2026-01-31 10:00:00"], "is no day"),
            (vec!["--set", "to="], "is no day"),
        ] {
            let arguments =
                [&[command, "feed.toml", "theirs.xml", "--database", place.url()], &set[..]].concat();
            // A check looks at all the rest too.
            place.tieout(&arguments).expect(if command == "check" { 4 } else { 2 }, &[says]);
        }
    }
    let output = place.run(&["theirs.xml", "--set", "to=2026-11-30"]);
    output.expect(1, &[]);
    assert!(!output.all().contains("nothing in the feed uses"), "{}", output.all());
    let plan = ["plan", "feed.toml", "--set", "to=2026-11-30", "--database", place.url()];
    place.tieout(&plan).expect(0, &["outcome IN ('missing_in_ours', 'missing_in_theirs')"]);
    // `convert` compares nothing.
    place.tieout(&["convert", "feed.toml", "theirs.xml", "--out", "chunks"]).expect(0, &[]);
}

#[test]
fn only_the_side_that_is_named_may_be_late() {
    on_every_server(|kind| {
        for (side, expected) in [("ours", (0, 1)), ("theirs", (1, 0)), ("both", (1, 1))] {
            let place = place(kind, &format!("{TO}\nside = \"{side}\""), &[("a", "2026-11-30")]);
            let status = i32::from(side != "both");
            run(&place, &[("b", "2026-11-30")], &["--set", "to=2026-11-30"]).expect(status, &[]);
            let (_, theirs, ours) = timing(&place);
            assert_eq!((theirs, ours), expected, "{kind:?} {side}");
        }
    });
}

#[test]
fn holidays_are_no_days_of_the_grace() {
    let calendar = format!("{TO}\ncalendar = \"holidays.txt\"");
    let place = place(Kind::Sqlite, TO, &[("both", "2026-12-23"), ("a", "2026-12-23")]);
    place.write("holidays.txt", "2026-12-25 # Friday\n2026-12-28\n");
    let on = |timing: &str, status: i32| {
        place.feed(feed(timing));
        run(&place, &[("both", "2026-12-23")], &["--set", "to=2026-12-29"]).expect(status, &[]);
    };
    on(TO, 1);
    on(&calendar, 0);
    assert_eq!(column(&place, "timing_until")[0].1, "2026-12-29");
    place.write("holidays.txt", "25.12.2026\n");
    place.run(&["theirs.xml", "--set", "to=2026-12-29"]).expect(2, &["line 1 is no date of a holiday"]);
}

#[test]
fn limits_of_fail_on_do_not_count_what_is_timing() {
    let place = place(Kind::Sqlite, TO, &[("both", "2026-11-30"), ("a", "2026-11-30"), ("b", "2026-01-01")]);
    let on = |limit: &str, status: i32| {
        place.feed(feed(TO).and(&format!("[fail_on]\n{limit}\n")));
        run(&place, &[("both", "2026-11-30")], &["--set", "to=2026-11-30"]).expect(status, &[]);
    };
    on("amount = { column = \"amount\", over = \"7\" }", 0);
    on("amount = { column = \"amount\", over = \"6.99\" }", 1);
    // One of two rows counts.
    on("rate = \"50%\"", 0);
    on("rate = \"49%\"", 1);
}

#[test]
fn the_view_and_the_list_say_until_when() {
    on_every_server(|kind| {
        let place = place(kind, TO, &[("both", "2026-11-26"), ("a", "2026-11-26")]);
        let day = |n: &str| run(&place, &[("both", "2026-11-26")], &["--set", &format!("to=2026-11-{n}")]);
        day("26").expect(0, &[]);
        let view = || place.query("SELECT id, timing_until FROM tieout_breaks_acme");
        assert_eq!(view(), [[Some("a".to_owned()), Some("2026-11-30".to_owned())]], "{kind:?}");
        let list =
            |more: &[&str]| place.tieout(&[&["breaks", "acme", "--database", place.url()], more].concat());
        list(&[]).expect(0, &["  timing until 2026-11-30\n"]);
        let csv = list(&["--format", "csv"]).stdout;
        assert!(
            csv.starts_with("feed,break_id,") && csv.contains(",accepted_reason,timing_until\r\n"),
            "{csv}"
        );
        assert!(csv.ends_with(",2026-11-30\r\n"), "{csv}");

        // A run of other rows does not see it, but the cut-off is past it.
        place.feed(feed(TO).scope("id = 'both'"));
        run(&place, &[("both", "2026-11-26")], &["--set", "to=2026-12-01"]).expect(0, &["TIED OUT"]);
        assert_eq!(keys(&listed(&place, &[])), ["a"], "{kind:?}");
        assert!(listed(&place, &["--timing"]).is_empty(), "{kind:?}");

        // A feed that says nothing of timing has none, and its outputs have no word of it.
        place.feed(feed("").to_string().replace("[timing]", ""));
        run(&place, &[("both", "2026-11-26")], &[]).expect(1, &["BREAKS     acme"]);
        assert!(summary(&place).get("timing").is_none(), "{kind:?}");
        assert!(!place.output_file("tieout-out", "breaks.csv").contains("timing"), "{kind:?}");
        assert!(place.try_sql("SELECT timing_until FROM tieout_breaks_acme").is_err(), "{kind:?}");
        assert_eq!(place.count("FROM tieout_breaks WHERE timing_until IS NOT NULL"), 0, "{kind:?}");
    });
}

#[test]
fn each_row_set_has_its_own() {
    let place = place(Kind::Sqlite, TO, &[("a", "2026-11-30")]);
    let set = |name: &str| {
        let set = Feed::new(name).row(&format!("{name}s/r")).key("id");
        set.column("amount", "type = \"decimal\"").column("day", "type = \"date\"")
    };
    let text = Feed::new("acme").set(set("one")).set(set("two")).to_string();
    let at = text.find("[[set]]\nname = \"two\"").expect("the second set");
    let (first, second) = text.split_at(at);
    place.feed(format!("{first}[set.timing]\ncolumn = \"day\"\ndays = 3\n\n{second}"));
    let row = "<r><id>b</id><amount>7</amount><day>2026-11-27</day></r>";
    place.write("theirs.xml", format!("<d><ones>{row}</ones><twos>{row}</twos></d>"));
    place.run(&["theirs.xml"]).expect(1, &["BREAKS, ALL TIMING acme-one", "BREAKS     acme-two"]);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let place = place(Kind::Sqlite, TO, &[]);
    for (timing, says) in [
        ("days = 2", "[timing] column: is missing"),
        ("column = \"day\"", "[timing] days: is missing"),
        ("column = \"dya\"\ndays = 2", "no [[column]] is named `dya`; did you mean `day`"),
        ("column = \"amount\"\ndays = 2", "`amount` is of type decimal; name one of type date or timestamp"),
        ("column = \"day\"\ndays = 0", "days: is out of range; write 1 or"),
        ("column = \"day\"\ndays = 261", "write at most 260"),
        ("column = \"day\"\ndays = 2\ncut_off = \"to\"", "no [[column]] is named `to`"),
        ("column = \"day\"\ndays = 2\ncut_off = \":\"", "`:` is no parameter; write it like \":date\""),
        ("column = \"day\"\ndays = 2\ncut_off = \"amount\"", "`amount` is of type decimal"),
        ("column = \"day\"\ndays = 2\nside = \"our\"", "`our` is not possible; did you mean `ours`"),
        ("column = \"day\"\ndays = 2\ncutoff = \":to\"", "unknown key; did you mean `cut_off`"),
        ("column = \"day\"\ndays = 2\ncalendar = \"no-such\"", "`no-such` cannot be read"),
    ] {
        place.feed(feed(timing));
        place.run(&["theirs.xml"]).expect(2, &[says]);
    }
    let carried = feed(TO).column("day", "type = \"date\"\ncompare = false");
    place.feed(&carried);
    place.run(&["theirs.xml"]).expect(2, &["`day` has compare = false and is not looked for on our side"]);
}
