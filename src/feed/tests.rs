//! Tests of whole feeds: what a good one means, and what each mistake says.

use super::{
    BadRows, Feed, Kind, On, Relation, Repeat, TermValue, Tolerance, ValueFrom, parse,
    path::{Condition, Predicate},
};
use crate::error::Error;
use proptest::prelude::*;
use std::{path::Path, time::Duration};

const STATEMENTS: &str = include_str!("tests/statements.toml");

const DEMO: &str = r#"
[feed]
name = "demo"
[xml]
root = "ACCOUNTBALANCE"
row = "ACCOUNT"
[[column]]
name = "account"
path = "ACCOUNTNUMBER"
key = true
[[column]]
name = "currency"
path = "CURRENCYCODE"
map = { 978 = "EUR", 756 = "CHF" }
[[column]]
name = "balance"
path = "BALANCE"
type = "decimal"
total_by = "currency"
[ours]
table = "accounts"
"#;

fn env(name: &str) -> Option<String> {
    (name == "DATABASE_URL").then(|| "postgres://u:hunter2@h/db".to_owned())
}

fn good(text: &str) -> Feed {
    parse(text, Path::new("feed.toml"), &env).unwrap_or_else(|error| panic!("{error}"))
}

/// Every mistake of a feed, as the user reads them.
fn mistakes(text: &str) -> Vec<String> {
    match parse(text, Path::new("feed.toml"), &env) {
        Err(Error::Feed { mistakes }) => mistakes,
        other => panic!("not a list of mistakes: {other:?}"),
    }
}

/// A good feed of one key column, to which tests add.
fn with(more: &str) -> String {
    format!("[feed]\nname = \"f\"\n[xml]\nrow = \"R\"\n[[column]]\nname = \"id\"\nkey = true\n{more}")
}

#[test]
fn the_demo_parses() {
    let feed = good(DEMO);
    assert_eq!(feed.name, "demo");
    assert_eq!(feed.xml.root.as_deref(), Some("ACCOUNTBALANCE"));
    assert_eq!(feed.columns[1].map["978"], "EUR");
    assert_eq!((feed.columns[2].total_by, &feed.columns[2].kind), (Some(1), &Kind::Decimal));
    assert!(matches!(feed.ours.unwrap().relation, Relation::Table(parts) if parts == ["accounts"]));
    assert_eq!((feed.results.keep_runs, feed.results.matched), (30, false));
    assert!(feed.database.is_none() && feed.source.is_none() && feed.after.is_none());
    assert_eq!(feed.xml.bad_rows, BadRows::Refuse);
    assert_eq!((feed.xml.chunk_rows, feed.xml.chunk_bytes), (100_000, 16 << 20));
    assert_eq!((feed.xml.limits.depth, feed.xml.limits.rejects), (256, 10_000));
    assert_eq!(feed.sha256.len(), 64);
}

#[test]
fn the_statements_example_parses() {
    let feed = good(STATEMENTS);
    assert_eq!(feed.database.as_ref().unwrap().url.reveal(), "postgres://u:hunter2@h/db");
    assert!(!format!("{feed:?}").contains("hunter2"));
    assert_eq!(feed.source.as_ref().unwrap().pattern, "*.xml*");
    assert_eq!(feed.xml.row[0].steps.len(), 2);
    assert_eq!(feed.xml.explode.as_ref().unwrap().text, "NtryDtls/TxDtls");
    assert!(matches!(&feed.xml.filter, Some(Condition::Or(any)) if any.len() == 2));
    assert_eq!(feed.xml.bad_rows, BadRows::Quarantine);
    let names: Vec<_> = feed.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["statement", "reference", "amount", "currency", "booked_on", "memo"]);
    let keys: Vec<_> = feed.columns.iter().map(|column| column.key).collect();
    assert_eq!(keys, [true, true, false, false, false, false]);
    assert!(matches!(&feed.columns[0].from, ValueFrom::Paths(paths) if paths[0].up == 1));
    assert!(matches!(&feed.columns[1].from, ValueFrom::Paths(paths) if paths.len() == 3));
    let amount = &feed.columns[2];
    assert_eq!(amount.tolerance, Some(Tolerance::Absolute("0.01".into())));
    assert_eq!(amount.total_by, Some(3));
    let sign = amount.sign.as_ref().unwrap();
    assert_eq!(
        (sign.paths[0].text.as_str(), sign.negative.as_slice()),
        ("CdtDbtInd", &["DBIT".to_owned()][..])
    );
    assert_eq!(feed.columns[4].kind, Kind::Date { format: None, timezone: None });
    let memo = &feed.columns[5];
    assert_eq!(memo.repeat, Repeat::Join { separator: " ".into() });
    assert!(!memo.compare && !memo.compared());
    let ours = feed.ours.unwrap();
    assert!(matches!(&ours.relation, Relation::Table(parts) if parts == &["ledger", "entries"]));
    assert_eq!(ours.expressions["amount"], "amount_cents / 100.0");
    assert!(ours.filter.unwrap().starts_with("booked_on between"));
    let after = feed.after.unwrap();
    assert_eq!(after.command, ["./notify.sh", "{summary}"]);
    assert_eq!((after.on, after.timeout), (vec![On::Breaks, On::Failure], Duration::from_secs(60)));
}

#[test]
fn controls_of_the_example() {
    let feed = good(STATEMENTS);
    let [entries, balance] = &feed.controls[..] else { panic!("two controls") };
    assert!(entries.refuse && entries.per.is_none() && entries.sign.is_none());
    assert!(matches!(entries.equals[..], [ref term] if matches!(term.value, TermValue::Count)));
    assert!(!balance.refuse);
    assert_eq!(balance.per.as_ref().unwrap().text, "Stmt");
    assert!(matches!(balance.path.steps[0].predicates[..], [Predicate::Holds(_)]));
    let [opening, movements] = &balance.equals[..] else { panic!("two terms") };
    assert!(
        matches!(&opening.value, TermValue::Path(path) if path.text == "Bal[Tp/CdOrPrtry/Cd='OPBD']/Amt")
    );
    assert!(!movements.negative && matches!(movements.value, TermValue::Sum(2)));
}

#[test]
fn equals_adds_and_subtracts() {
    let control = "[[column]]\nname=\"n\"\ntype=\"integer\"\n[[control]]\nname=\"c\"\npath=\"a\"\nequals=\" -sum( n )+ {a[b='}']} -1.50+rows - count\"";
    let feed = good(&with(control));
    let terms = &feed.controls[0].equals;
    let signs: Vec<_> = terms.iter().map(|term| term.negative).collect();
    assert_eq!(signs, [true, false, true, false, true]);
    assert!(matches!(&terms[2].value, TermValue::Number(number) if number == "1.5"));
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text = r#"[feed]
name = "Demo"
[xml]
rows = "A//B"
row = "A//B"
bad_rows = "quarantene"
[[column]]
name = "a"
tolerance = 0.5
type = "decimal"
[[column]]
name = "A"
typ = "date"
[[columns]]
name = "x"
"#;
    assert_eq!(
        mistakes(text),
        [
            "feed.toml:2:8: [feed] name: `Demo` has other characters than a-z, 0-9 and -; take them out",
            "feed.toml:4:1: [xml] rows: unknown key; did you mean `row`?",
            "feed.toml:5:10: [xml] row: `//` is possible only at the beginning of a row path: name every step",
            "feed.toml:6:12: [xml] bad_rows: `quarantene` is not possible; did you mean `quarantine`?",
            "feed.toml:7:3: [[column]]: no column is a key; add key = true to those that identify a row",
            "feed.toml:9:13: [[column]] tolerance: a float is not exact; write it in quotes: \"0.5\"",
            "feed.toml:12:1: [[column]] name: `A` is the name of column 1 too (letter case does not count); rename one of them",
            "feed.toml:13:1: [[column]] typ: unknown key; did you mean `type`?",
            "feed.toml:14:3: [[columns]]: unknown table; did you mean `column`?",
        ]
    );
}

#[test]
fn syntax_errors_have_a_place() {
    assert_eq!(mistakes("[feed]\nname = demo\n").len(), 1);
    let found = mistakes("[feed]\nname = demo\n").remove(0);
    assert!(found.starts_with("feed.toml:2:8: TOML syntax: "), "{found}");
    let found = mistakes("[feed]\nname = \"a\"\nname = \"b\"\n").remove(0);
    assert!(found.starts_with("feed.toml:3:1: TOML syntax: duplicate key"), "{found}");
    assert_eq!(
        mistakes("<?xml version=\"1.0\"?>"),
        ["feed.toml:1:1: this looks like XML; the feed file (TOML) comes first, then the XML files"]
    );
}

/// One mistake added to a good feed, and the whole message.
#[test]
fn each_mistake_says_what_to_do() {
    for (more, message) in [
        (
            "path = 5",
            "8:8: [[column]] path: this is of type integer; write a text in quotes, or a list of them",
        ),
        ("path = []", "8:1: [[column]] path: the list is empty; name at least one path"),
        (
            "path = \"a\"\nvalue = \"b\"",
            "9:1: [[column]] value: stands beside path; keep one of path, value and from",
        ),
        (
            "compare = false",
            "8:1: [[column]] compare: a key column always compares; take compare = false out, or key = true",
        ),
        (
            "type = \"decimal\"\ntolerance = 1",
            "9:1: [[column]] tolerance: a key column matches exactly; take tolerance out, or key = true",
        ),
        (
            "ignore_case = true",
            "8:1: [[column]] ignore_case: a key column matches exactly; take ignore_case out, or key = true",
        ),
        (
            "decimal_comma = true",
            "8:1: [[column]] decimal_comma: is for numbers, and this column is of type text; add type = \"decimal\", or take decimal_comma out",
        ),
        (
            "sign = { path = \"S\", negativ = [] }",
            "8:21: [[column]] sign.negativ: unknown key; did you mean `negative`?",
        ),
        ("upper = true\nlower = true", "9:1: [[column]] lower: stands beside upper; keep one of them"),
        (
            "separator = \",\"",
            "8:1: [[column]] separator: needs repeat = \"join\"; add it, or take separator out",
        ),
        ("pattern = \"(\"", "8:11: [[column]] pattern: is no regular expression: unclosed group"),
        (
            "type = \"date\"\ntimezone = \"Mars/Base\"",
            "9:12: [[column]] timezone: `Mars/Base` is no time zone; use an IANA name like \"Europe/Zurich\" or \"UTC\"",
        ),
        (
            "format = \"%Y-%m-%d\"",
            "8:1: [[column]] format: is for date and timestamp, and this column is of type text; change type, or take format out",
        ),
        (
            "type = \"date\"\nformat = \"%d.%m\"",
            "9:10: [[column]] format: `%d.%m` does not give a whole date; it needs a year, a month and a day",
        ),
        (
            "type = \"money\"",
            "8:8: [[column]] type: `money` is not possible; known: text, integer, decimal, date, timestamp, boolean",
        ),
        ("required = \"yes\"", "8:12: [[column]] required: this is of type string; write true or false"),
        (
            "default = \"${NOPE}\"",
            "8:11: [[column]] default: the environment variable `NOPE` is not set; set it, or write `$${` for a literal `${`",
        ),
        (
            "path = [\"ok\", \"a/@b/c\"]",
            "8:19: [[column]] path: an attribute is the last step of a path: nothing follows it",
        ),
        (
            "[[column]]\nname = \"x y\"",
            "8:1: [[column]] path: is missing, and the name `x y` is no path; write path = \"…\"",
        ),
        (
            "[[column]]\nname = \"Tieout_x\"",
            "9:8: [[column]] name: begins with `tieout_`, which tieout's own columns do; choose another name",
        ),
        (
            "[[column]]\nname = \"n\"\ntype = \"integer\"\ntotal_by = \"ix\"",
            "11:12: [[column]] total_by: no [[column]] is named `ix`; did you mean `id`?",
        ),
        (
            "[[column]]\nname = \"n\"\ntype = \"integer\"\ntolerance = \"-1\"",
            "11:13: [[column]] tolerance: `-1` is negative; write it without the sign",
        ),
        (
            "[ours]\ntable = \"t\"\nquery = \"select 1\"",
            "10:1: [ours] query: stands beside table; keep one of them",
        ),
        (
            "[ours]\ntable = \"t\"\n[ours.columns]\nid2 = \"x\"",
            "11:1: [ours] columns.id2: no [[column]] has this name; did you mean `id`?",
        ),
        (
            "[ours]\nwhere = \"1 = 1\"",
            "8:2: [ours] table: is missing; name our table, like \"ledger.entries\", or write a query",
        ),
        (
            "[[control]]\nname = \"c\"\npath = \"p\"\nequals = \"count + sum(id)\"",
            "11:23: [[control]] equals: sum(id): the column is of type text; only integer and decimal sum up",
        ),
        (
            "[[control]]\nname = \"c\"\npath = \"p\"\nequals = \"{a//b}\"",
            "11:13: [[control]] equals: `//` is possible only at the beginning of a row path: name every step",
        ),
        (
            "[[control]]\nname = \"c\"\npath = \"../p\"\nequals = \"rows\"",
            "10:1: [[control]] path: begins with `..`, but without `per` there is nothing to go up from",
        ),
        (
            "[database]\nurl = \"oracle://u:hunter2@h\"",
            "9:7: [database] url: does not begin with a known scheme; use one of postgres: postgresql: mysql: mariadb: sqlite:",
        ),
        (
            "[database]\nurl = \"sqlite:x\"\nlock_timeout = \"5\"",
            "10:16: [database] lock_timeout: `5` is not a duration; write it like \"500ms\", \"30s\", \"5m\" or \"1h\"",
        ),
        (
            "[after]\ncommand = \"./x\"",
            "9:11: [after] command: this is of type string; write a list like [\"./notify.sh\", \"{summary}\"], since no shell splits it",
        ),
        (
            "[results]\nkeep_runs = -1",
            "9:13: [results] keep_runs: is out of range; write 0 or a reasonable number above",
        ),
        (
            "[control]\nname = \"c\"",
            "8:2: [control]: there may be several of these; write each as [[control]]",
        ),
        (
            "[[results]]\nmatched = true",
            "8:3: [results]: there is one such table at most; write it once, as [results]",
        ),
    ] {
        assert_eq!(mistakes(&with(more)), [format!("feed.toml:{message}")], "{more}");
    }
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(
        mistakes("title = 1"),
        [
            "feed.toml:1:1: title: this key stands above any table; move it below one of [feed], [database], [source], [xml], [column], [ours], [control], [results], [after]",
            "feed.toml:1:1: [feed]: this table is missing; add it",
            "feed.toml:1:1: [xml]: this table is missing; add it",
            "feed.toml:1:1: [[column]]: there is no column; add one for every value to compare",
        ]
    );
    assert_eq!(mistakes("column = []\n[feed]\nname = \"a\"\n[xml]\nrow = \"R\"").len(), 1);
}

#[test]
fn secrets_stay_out_of_messages() {
    let found = mistakes(&with("type = \"${DATABASE_URL}\"\n[source]\nurl = \"gopher://${DATABASE_URL}\""));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|message| !message.contains("hunter2")), "{found:?}");
    assert!(found[0].contains("`${DATABASE_URL}` is not possible"), "{found:?}");
}

#[test]
fn sizes_may_be_texts() {
    let text = "[feed]\nname=\"f\"\n[xml]\nrow=[\"A\", \"B\"]\nchunk_bytes=\"1MiB\"\nmax_text=4096\n[[column]]\nname=\"id\"\nkey=true";
    let feed = good(text);
    assert_eq!((feed.xml.chunk_bytes, feed.xml.limits.text, feed.xml.row.len()), (1 << 20, 4096, 2));
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let missing = super::load(&folder.path().join("none.toml"), &env).unwrap_err();
    assert!(matches!(missing, Error::Usage { .. }) && missing.to_string().contains("there is no feed file"));
    let file = folder.path().join("latin1.toml");
    std::fs::write(&file, b"[feed]\n# \xe9\n").unwrap();
    let found = super::load(&file, &env).unwrap_err().to_string();
    assert!(found.ends_with("latin1.toml:2:3: this is not UTF-8; save the file as UTF-8"), "{found}");
    std::fs::write(&file, DEMO).unwrap();
    assert_eq!(super::load(&file, &env).unwrap().name, "demo");
}

proptest! {
    #[test]
    fn never_panics(text in "(?s).{0,200}", at in 0..STATEMENTS.len(), length in 0usize..40, insert in ".{0,5}") {
        let _ = parse(&text, Path::new("f"), &env);
        // A good feed with a piece replaced reaches much further than arbitrary text.
        let mut broken = STATEMENTS.as_bytes().to_vec();
        let end = (at + length).min(broken.len());
        broken.splice(at..end, insert.bytes());
        let _ = parse(&String::from_utf8_lossy(&broken), Path::new("f"), &env);
    }
}
