//! `[[sequence]]` and `[[continuity]]`: what a run's files must follow, and what the runs before them noted.

use crate::support::{Feed, Kind, Output, Place, on_every_server};
use serde_json::Value;
use std::{fs, path::Path};

const FOLLOWS: &str = r#"
[[sequence]]
name = "statement number"
per  = "d/s"
path = "@n"
by   = { account = "@account" }
part = "@page"

[[sequence]]
name      = "page"
per       = "d/s[@page]"
path      = "@page"
by        = { account = "@account", statement = "@n" }
first     = ".[@page = '1']/@page"
last      = ".[@last = 'true']/@last"
on_absent = "accept"

[[continuity]]
name    = "balance"
per     = "d/s"
explode = "b"
opening = "b[@k = 'O']/@v"
closing = "b[@k = 'C']/@v"
sign    = { path = "b/@s", negative = ["D"], positive = ["C", ""] }
by      = { account = "@account", currency = "b/@c" }
number  = "@n"
part    = "@page"
date    = "b/@d"
"#;

fn feed() -> Feed {
    Feed::new("follows").row("d/s/r").xml("allow_empty = true").key("id").and(FOLLOWS)
}

fn place(kind: Kind) -> Place {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours (id varchar(10))");
    place.feed(feed());
    place
}

/// A statement: its attributes, then `opening closing` of EUR.
fn statement(attributes: &str, amounts: &str) -> String {
    let balance = |kind: char, amount: &str| {
        let (code, amount) = amount.strip_prefix('-').map_or(("C", amount), |amount| ("D", amount));
        format!("<b k='{kind}' v='{amount}' s='{code}' c='EUR' d='2026-03-02'/>")
    };
    let mut balances = String::new();
    for (kind, amount) in ['O', 'C'].into_iter().zip(amounts.split(' ')).filter(|(_, amount)| *amount != "_")
    {
        balances.push_str(&balance(kind, amount));
    }
    format!("<s {attributes}>{balances}</s>")
}

fn write(place: &Place, name: &str, statements: &[String]) {
    place.write(name, format!("<d>{}</d>", statements.concat()));
}

/// Runs the files and gives the control of that name.
#[track_caller]
fn control(place: &Place, run: &Output, name: &str) -> Value {
    let summary = summary(place, run);
    let controls = summary["controls"].as_array().expect("controls");
    controls.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {summary}")).clone()
}

#[track_caller]
fn summary(place: &Place, run: &Output) -> Value {
    // `open next  <folder>/breaks.csv`
    let next = run.stdout.lines().find_map(|line| line.strip_prefix("open next"));
    let next = next.unwrap_or_else(|| panic!("no run in {}{}", run.stdout, run.stderr));
    let path = place.path(next.trim()).with_file_name("summary.json");
    serde_json::from_slice(&fs::read(path).expect("a summary")).expect("JSON")
}

#[test]
fn a_number_that_did_not_come_names_the_files_around_it() {
    on_every_server(|kind| {
        let place = place(kind);
        write(&place, "a.xml", &[statement("account='A' n='0097'", "100 110")]);
        write(
            &place,
            "c.xml",
            &[statement("account='A' n='99'", "135 165"), statement("account='B' n='5'", "0 -1")],
        );
        write(&place, "b.xml", &[statement("account='A' n='98'", "110 135")]);
        write(&place, "again.xml", &[statement("account='A' n='98' x='1'", "110 135")]);
        let first = place.run(&["a.xml"]);
        assert_eq!(control(&place, &first, "statement number")["outcome"], "passed", "{kind:?}");
        assert_eq!(control(&place, &first, "balance")["outcome"], "skipped", "{kind:?}");

        let gap = place.run(&["c.xml"]);
        let sequence = control(&place, &gap, "statement number");
        let told = "statement number 98 of account A is missing: a.xml has 97, c.xml has 99";
        assert_eq!((&sequence["outcome"], &sequence["kind"]), (&"failed".into(), &"sequence".into()));
        assert_eq!(sequence["examples"][0]["problem"], told, "{kind:?}");
        assert_eq!((&sequence["checked"], &sequence["failed"]), (&2.into(), &1.into()), "{kind:?}");
        let balance = control(&place, &gap, "balance");
        let told_balance = "balance of account A, currency EUR: a.xml closes 97 with 110, c.xml opens 99 with 135: a \
                            difference of 25";
        assert_eq!(balance["examples"][0]["problem"], told_balance, "{kind:?}");
        assert!(gap.stdout.contains(told) && gap.stdout.contains(told_balance), "{}", gap.stdout);

        // What comes late closes the gap, on both sides.
        let late = place.run(&["b.xml"]);
        assert_eq!(control(&place, &late, "statement number")["outcome"], "passed", "{kind:?}");
        assert_eq!(control(&place, &late, "balance")["held"], 2, "{kind:?}");
        let twice = control(&place, &place.run(&["again.xml"]), "statement number");
        let told = "statement number 98 of account A comes twice: b.xml has it, and so has again.xml";
        assert_eq!(twice["examples"][0]["problem"], told, "{kind:?}");
    });
}

#[test]
fn a_file_that_is_counted_once_more_does_not_come_twice() {
    on_every_server(|kind| {
        let place = place(kind);
        write(&place, "a.xml", &[statement("account='A' n='1'", "1 2")]);
        write(&place, "b.xml", &[statement("account='A' n='2'", "2 3")]);
        place.run(&["a.xml", "b.xml"]).expect(0, &[]);
        let again = place.run(&["b.xml", "--force"]);
        for name in ["statement number", "balance"] {
            let control = control(&place, &again, name);
            assert_eq!(
                (&control["outcome"], &control["held"]),
                (&"passed".into(), &1.into()),
                "{kind:?} {name}"
            );
        }
    });
}

#[test]
fn what_is_still_missing_is_told_and_fails_once() {
    let place = place(Kind::Sqlite);
    for (name, number) in [("a.xml", 1), ("c.xml", 3), ("d.xml", 4)] {
        write(&place, name, &[statement(&format!("account='A' n='{number}'"), "1 1")]);
    }
    place.run(&["a.xml"]).expect(0, &[]);
    place.run(&["c.xml"]);
    let after = place.run(&["d.xml"]);
    assert_eq!(control(&place, &after, "statement number")["outcome"], "passed");
    let told = "statement number 2 of account A is still missing: a.xml has 1, c.xml has 3";
    assert!(after.stdout.contains(told), "{}", after.stdout);
}

#[test]
fn the_pages_of_a_statement_come_in_any_order_and_on_any_night() {
    on_every_server(|kind| {
        let place = place(kind);
        let page = |page: u32, last: bool, amounts: &str| {
            statement(&format!("account='A' n='7' page='{page}' last='{last}'"), amounts)
        };
        write(&place, "1.xml", &[page(1, false, "100 _")]);
        write(&place, "3.xml", &[page(3, true, "_ 130")]);
        write(&place, "2.xml", &[page(2, false, "_ _")]);
        write(&place, "8.xml", &[statement("account='A' n='8' page='1' last='true'", "130 5")]);
        let pages = |files: &[&str]| {
            let run = place.run(files);
            assert_eq!(
                control(&place, &run, "statement number")["failed"],
                Value::Null,
                "{kind:?} {files:?}"
            );
            assert_eq!(control(&place, &run, "balance")["failed"], Value::Null, "{kind:?} {files:?}");
            control(&place, &run, "page")["examples"][0]["problem"].as_str().map(str::to_owned)
        };
        let of = "of account A, statement 7";
        let first = format!("page 2 {of} has not come: 1.xml has 1, and it is not the last");
        assert_eq!(pages(&["1.xml"]), Some(first), "{kind:?}");
        let third = format!("page 2 {of} is missing: 1.xml has 1, 3.xml has 3");
        assert_eq!(pages(&["3.xml"]), Some(third), "{kind:?}");
        assert_eq!(pages(&["2.xml"]), None, "{kind:?}");
        assert_eq!(pages(&["8.xml"]), None, "{kind:?}");
        let together = self::place(kind);
        for name in ["1.xml", "2.xml", "3.xml", "8.xml"] {
            together.copy(&place.path(name));
        }
        let run = together.run(&["8.xml", "3.xml", "2.xml", "1.xml"]);
        for name in ["statement number", "page", "balance"] {
            assert_eq!(control(&together, &run, name)["outcome"], "passed", "{kind:?} {name}");
        }
    });
}

/// The problems of a control, in the order of the nights, each of which is one file that is written and run.
fn nights(place: &Place, control: &str, nights: &[(&str, Vec<String>)]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (name, statements) in nights {
        write(place, name, statements);
        let one = self::control(place, &place.run(&[name]), control);
        let problems = one["examples"].as_array().into_iter().flatten().map(|one| &one["problem"]);
        found.push(problems.filter_map(|one| one.as_str().map(str::to_owned)).collect());
    }
    found
}

#[test]
fn a_page_that_never_came_fails_each_night_that_another_one_comes() {
    on_every_server(|kind| {
        let page = |n: u32, page: u32, last: bool| {
            vec![statement(&format!("account='A' n='{n}' page='{page}' last='{last}'"), "_ _")]
        };
        let of = "of account A, statement 7";
        let never = nights(
            &place(kind),
            "page",
            &[("2.xml", page(7, 2, false)), ("3.xml", page(7, 3, true)), ("1.xml", page(7, 1, false))],
        );
        let before =
            format!("what stands before page 2 {of} is missing: 2.xml has 2, and it is not the first");
        let ends = format!("page 3 {of} has not come: 2.xml has 2, and it is not the last");
        assert_eq!(never, [vec![before.clone(), ends], vec![format!("{before}; 3.xml has 3")], vec![]]);

        // The statement after it tells once, and warns then, until the page comes.
        let place = place(kind);
        let later = nights(
            &place,
            "page",
            &[("1.xml", page(7, 1, false)), ("8.xml", page(8, 1, true)), ("9.xml", page(9, 1, true))],
        );
        let ends = format!("page 2 {of} has not come: 1.xml has 1, and it is not the last");
        assert_eq!(later, [vec![ends.clone()], vec![format!("{ends}; 8.xml begins another one")], vec![]]);
        write(&place, "10.xml", &page(10, 1, true));
        assert!(place.run(&["10.xml"]).stdout.contains(&ends), "{kind:?}");
        write(&place, "2.xml", &page(7, 2, true));
        write(&place, "11.xml", &page(11, 1, true));
        place.run(&["2.xml"]);
        assert!(!place.run(&["11.xml"]).stdout.contains("has not come"), "{kind:?}");
    });
}

#[test]
fn what_has_no_amounts_or_unreadable_ones_stands_between_on_three_nights_too() {
    on_every_server(|kind| {
        let numbered = |n: u32, amounts: &str| vec![statement(&format!("account='A' n='{n}'"), amounts)];
        let blank =
            [("7.xml", numbered(7, "1 2")), ("8.xml", numbered(8, "_ _")), ("9.xml", numbered(9, "5 6"))];
        let balance = nights(&place(kind), "balance", &blank);
        assert_eq!((&balance[0], &balance[2]), (&vec![], &vec![]), "{kind:?}: {balance:?}");
        let bad =
            [("7.xml", numbered(7, "1 2")), ("8.xml", numbered(8, "2 x")), ("9.xml", numbered(9, "5 6"))];
        let balance = nights(&place(kind), "balance", &bad);
        assert_eq!((balance[1].len(), balance[2].len()), (1, 0), "{kind:?}: {balance:?}");
        let plain = |amounts: &str| vec![statement("account='A'", amounts)];
        let nothing = "<s account='A'><b k='C' c='EUR' d='2026-03-02'/></s>".to_owned();
        let unnumbered = [("7.xml", plain("1 2")), ("8.xml", vec![nothing]), ("9.xml", plain("5 6"))];
        assert_eq!(nights(&place(kind), "balance", &unnumbered)[2], Vec::<String>::new(), "{kind:?}");
    });
}

#[test]
fn a_file_that_was_replaced_and_is_counted_once_more_takes_its_own_place() {
    on_every_server(|kind| {
        let place = place(kind);
        write(&place, "1.xml", &[statement("account='A' n='1'", "1 2")]);
        write(&place, "2.xml", &[statement("account='A' n='2'", "3 4")]);
        write(&place, "1b.xml", &[statement("account='A' n='1'", "1 3")]);
        for file in ["1.xml", "2.xml", "1b.xml"] {
            place.run(&[file]);
        }
        let again = place.run(&["1.xml", "--force"]);
        for name in ["statement number", "balance"] {
            assert_eq!(control(&place, &again, name)["failed"], Value::Null, "{kind:?} {name}");
        }
    });
}

#[test]
fn a_failed_run_notes_nothing_and_a_replay_says_what_the_run_said() {
    let place = place(Kind::Sqlite);
    let refusing = FOLLOWS.replacen("part = \"@page\"", "part = \"@page\"\non_failure = \"refuse\"", 1);
    assert_ne!(refusing, FOLLOWS);
    place.feed(feed().and("").named("follows").to_string().replace(FOLLOWS, &refusing));
    for number in [1, 2, 3] {
        let name = format!("{number}.xml");
        write(&place, &name, &[statement(&format!("account='A' n='{number}'"), "1 1")]);
    }
    place.run(&["1.xml"]).expect(0, &[]);
    let missing = "statement number 2 of account A is missing: 1.xml has 1, 3.xml has 3";
    place.run(&["3.xml"]).expect(3, &["TO-350", missing]);
    assert_eq!(place.count("FROM tieout_positions WHERE number_text = '3'"), 0);
    // The next one is given together with what was missing.
    let whole = place.run(&["3.xml", "2.xml"]);
    whole.expect(0, &[]);
    let written = summary(&place, &whole);
    place.feed(feed());
    write(&place, "5.xml", &[statement("account='A' n='5'", "1 1")]);
    place.run(&["5.xml"]);
    let id = written["run_id"].as_str().expect("an id").to_owned();
    place.tieout(&["report", &id, "--database", place.url(), "--out", "again"]).expect(0, &[]);
    let read = |path: &Path| fs::read(path.join(&id).join("summary.json")).expect("a summary");
    assert_eq!(read(&place.path("again")), read(&place.path("tieout-out")));
}

#[test]
fn results_that_are_pruned_leave_the_positions() {
    let place = place(Kind::Sqlite);
    place.feed(feed().and("[results]\nkeep_runs = 0\n"));
    write(&place, "1.xml", &[statement("account='A' n='1'", "1 1")]);
    write(&place, "3.xml", &[statement("account='A' n='3'", "1 1")]);
    place.run(&["1.xml"]).expect(0, &[]);
    let gap = place.run(&["3.xml"]);
    assert_eq!(control(&place, &gap, "statement number")["outcome"], "failed");
}

#[test]
fn a_number_that_cannot_be_read_or_is_not_there_is_told() {
    let place = place(Kind::Sqlite);
    write(&place, "a.xml", &[statement("account='A' n='x'", "1 1"), statement("account='A'", "1 1")]);
    let run = place.run(&["a.xml"]);
    let sequence = control(&place, &run, "statement number");
    assert_eq!((&sequence["failed"], &sequence["not_declared"]), (&1.into(), &1.into()));
    let problem = sequence["examples"][0]["problem"].as_str().expect("a problem").to_owned();
    assert!(problem.starts_with("statement number of account A: number \"x\""), "{problem}");
    place.feed(feed().to_string().replace("part = \"@page\"\n\n[[seq", "on_absent = \"refuse\"\n\n[[seq"));
    write(&place, "b.xml", &[statement("account='B'", "1 1")]);
    place.run(&["b.xml"]).expect(3, &["TO-351", "statement number of account B is not there"]);
}

#[test]
fn every_row_set_has_its_own() {
    let place = Place::new(Kind::Sqlite);
    place.sql("CREATE TABLE ours (id varchar(10)); CREATE TABLE others (id varchar(10))");
    let set = |name: &str, table: &str| {
        Feed::new(name).row("d/s/r").xml("allow_empty = true").key("id").ours(&format!("table = \"{table}\""))
    };
    let feed = Feed::new("two").set(set("one", "ours")).set(set("other", "others")).to_string();
    place.feed(feed + &FOLLOWS.replace("[[", "[[set."));
    write(&place, "1.xml", &[statement("account='A' n='1'", "1 1")]);
    write(&place, "3.xml", &[statement("account='A' n='3'", "1 1")]);
    place.run(&["1.xml"]).expect(0, &[]);
    let gap = place.run(&["3.xml"]).stdout;
    assert_eq!(gap.matches("statement number 2 of account A is missing").count(), 1, "{gap}");
    assert_eq!(place.count("FROM tieout_positions WHERE feed = 'two-other'"), 4);
    assert_eq!(place.count("FROM tieout_positions WHERE feed = 'two-one'"), 0);
}

#[test]
fn mistakes_are_said_before_a_file_is_read() {
    let place = place(Kind::Sqlite);
    let mistakes = "[[sequence]]\nname = \"n\"\nper = \"d/s\"\nresets = \"year\"\n\
                    [[continuity]]\nname = \"n\"\nper = \"d/s\"\nopening = \"@a[\"\nclosing = \"@b\"\nsequnce = 1\n";
    place.feed(Feed::new("f").key("id").and(mistakes));
    place.tieout(&["check", "feed.toml", "--database", place.url()]).expect(
        2,
        &[
            "[[sequence]] path: is missing",
            "[[sequence]] date: is missing; with resets = \"year\"",
            "[[continuity]] opening",
            "[[continuity]] sequnce: unknown key",
        ],
    );
    let position = "[[sequence]]\nname = \"n\"\nper = \"d/s[2]\"\npath = \"@n\"\n";
    place.feed(Feed::new("f").key("id").and(position));
    place.tieout(&["check", "feed.toml", "--database", place.url()]).expect(2, &["a position cannot select"]);
}
