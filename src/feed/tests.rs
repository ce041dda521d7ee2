//! Tests of whole feeds: what a good one means. `mistakes` has what a bad one says.

mod mistakes;

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
    assert_eq!((after.on, after.timeout), (vec![On::Breaks, On::Failure], Duration::from_mins(1)));
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
