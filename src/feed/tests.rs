//! Tests of whole feeds: what a good one means. `mistakes` has what a bad one says.

mod mistakes;
mod sets;

use super::{
    AuditSize, BadRows, Case, Column, Equality, Feed, Kind, On, Presence, Relation, Repeat, TermValue,
    Tolerance, ValueFrom, parse,
    path::{Condition, Predicate},
};
use crate::{canonical::number::DecimalSign, error::ErrorKind};
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

const EVERY_OPTION: &str = r#"
feed = { name = "every-option" }
database = { url = "${DATABASE_URL}", lock_timeout = "500ms", statement_timeout = "5m" }
source = { url = "file:/in", pattern = "*.xml", allow_none = true }
[xml]
row = ["/a/b", "//c"]
allow_empty = true
max_depth = 9
max_text = "1KiB"
max_attributes = 8
max_row = 2048
max_rejects = 7
max_amplification = 20
members = "camt*.xml"
max_members = 12
max_ratio = 50
max_unpacked = "2 GiB"
max_window = "64MiB"
chunk_rows = 200_000
chunk_bytes = "1 MB"
[[column]]
name = "text"
key = true
required = true
trim = true
collapse_spaces = true
upper = true
strip = " -"
pattern = 'EREF\+(\w+)'
default = ""
null_if = "N/A"
repeat = "join"
separator = ", "
[[column]]
name = "number"
type = "decimal"
decimal_comma = true
scale_by = { path = "N", operation = "divide" }
tolerance_percent = "0.50"
total_by = "constant"
sign = { path = ["S", "T/@s"] }
[[column]]
name = "moment"
type = "timestamp"
format = "%d.%m.%Y %H:%M"
timezone = "Europe/Zurich"
[[column]]
name = "constant"
value = "$${x}"
ignore_case = true
lower = true
[[column]]
name = "row"
from = "row_number"
type = "integer"
compare = false
[ours]
query = "select 1"
columns = { row = "n" }
[results]
keep_runs = 0
matched = true
audit = "all"
[after]
command = ["true"]
on = ["tied_out"]
timeout = "1h"
"#;

fn env(name: &str) -> Option<String> {
    (name == "DATABASE_URL").then(|| "postgres://u:hunter2@h/db".to_owned())
}

fn good(text: &str) -> Feed {
    parse(text, Path::new("feed.toml"), &env).unwrap_or_else(|error| panic!("{error}")).remove(0)
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
    assert_eq!(feed.columns[1].text.map["978"], "EUR");
    assert_eq!((feed.columns[2].comparison.total_by(), &feed.columns[2].kind), (Some(1), &Kind::Decimal));
    assert!(matches!(feed.ours.unwrap().relation, Relation::Table(parts) if parts == ["accounts"]));
    assert_eq!(
        (feed.results.keep_runs, feed.results.matched, feed.results.audit),
        (30, false, AuditSize::About(1000))
    );
    assert!(feed.database.is_none() && feed.source.is_none() && feed.after.is_none());
    assert_eq!(feed.xml.bad_rows, BadRows::Refuse);
    assert_eq!((feed.xml.chunk_rows, feed.xml.chunk_bytes), (100_000, 16 << 20));
    assert_eq!((feed.xml.limits.depth, feed.xml.limits.rejects), (256, 10_000));
    let unpack = &feed.xml.unpack;
    assert_eq!(
        (unpack.members, unpack.ratio, unpack.unpacked, unpack.window),
        (1000, 300, 64 << 30, 8 << 20)
    );
    assert!(unpack.wanted.is_none());
    assert_eq!(feed.sha256.len(), 64);
}

#[test]
fn the_example_of_the_readme_parses() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    assert_eq!(good(example).name, "acme-statements");
}

#[test]
fn the_statements_example_parses() {
    let feed = good(STATEMENTS);
    assert_eq!(feed.database.as_ref().unwrap().url.reveal(), "postgres://u:hunter2@h/db");
    assert!(!format!("{feed:?}").contains("hunter2"));
    assert_eq!(feed.source.as_ref().unwrap().patterns[0].text, "*.xml*");
    assert_eq!(feed.xml.row[0].steps.len(), 2);
    assert_eq!(feed.xml.explode.as_ref().unwrap().text, "NtryDtls/TxDtls");
    assert!(matches!(&feed.xml.filter, Some(Condition::Or(any)) if any.len() == 2));
    assert_eq!(feed.xml.bad_rows, BadRows::Quarantine);
    let names: Vec<_> = feed.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["statement", "reference", "amount", "currency", "booked_on", "memo"]);
    let keys: Vec<_> = feed.columns.iter().map(Column::is_key).collect();
    assert_eq!(keys, [true, true, false, false, false, false]);
    assert!(matches!(&feed.columns[0].source.from, ValueFrom::Paths(paths) if paths[0].up == 1));
    assert!(matches!(&feed.columns[1].source.from, ValueFrom::Paths(paths) if paths.len() == 3));
    let amount = &feed.columns[2];
    assert_eq!(amount.comparison.equality(), &Equality::Within(Tolerance::Absolute("0.01".into())));
    assert_eq!(amount.comparison.total_by(), Some(3));
    let sign = amount.number.sign.as_ref().unwrap();
    assert_eq!(
        (sign.paths[0].text.as_str(), sign.negative.as_slice()),
        ("CdtDbtInd", &["DBIT".to_owned()][..])
    );
    assert_eq!(feed.columns[4].kind, Kind::Date { format: None, timezone: None });
    let memo = &feed.columns[5];
    assert_eq!(memo.source.repeat, Repeat::Join { separator: " ".into() });
    assert!(!memo.compared());
    let ours = feed.ours.unwrap();
    assert!(matches!(&ours.relation, Relation::Table(parts) if parts == &["ledger", "entries"]));
    assert_eq!(ours.expressions["amount"], "amount_cents / 100.0");
    assert!(ours.filter.unwrap().starts_with("booked_on between"));
    let after = feed.after.unwrap();
    assert_eq!(after.command.as_deref().unwrap_or_default(), ["./notify.sh", "{summary}"]);
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
fn every_option_is_read() {
    let feed = good(EVERY_OPTION);
    assert!(feed.database.as_ref().unwrap().timeouts.lock == Some(Duration::from_millis(500)));
    assert!(feed.source.as_ref().unwrap().allow_none && feed.xml.allow_empty);
    let limits = feed.xml.limits;
    assert_eq!(
        (limits.depth, limits.text, limits.attributes, limits.row, limits.rejects, limits.amplification),
        (9, 1024, 8, 2048, 7, 20)
    );
    let unpack = &feed.xml.unpack;
    assert_eq!(unpack.wanted.as_deref(), Some("camt*.xml"));
    assert_eq!((unpack.members, unpack.ratio, unpack.unpacked, unpack.window), (12, 50, 2 << 30, 64 << 20));
    assert_eq!((feed.xml.chunk_rows, feed.xml.chunk_bytes), (200_000, 1_000_000));
    let text = &feed.columns[0];
    assert!(
        text.is_key()
            && text.source.presence == Presence::Required
            && text.text.trim
            && text.text.collapse_spaces
    );
    assert_eq!((text.text.case, text.text.strip.as_str()), (Some(Case::Upper), " -"));
    assert_eq!(text.text.pattern.as_ref().unwrap().as_str(), r"EREF\+(\w+)");
    assert_eq!(
        (text.source.default.as_deref(), text.text.null_if.as_slice()),
        (Some(""), &["N/A".to_owned()][..])
    );
    assert_eq!(text.source.repeat, Repeat::Join { separator: ", ".into() });
    let number = &feed.columns[1];
    assert!(number.number.decimal == DecimalSign::Comma && number.number.scale_by.as_ref().unwrap().divide);
    assert_eq!(number.comparison.equality(), &Equality::Within(Tolerance::Percent("0.5".into())));
    assert!(
        number.number.sign.as_ref().unwrap().negative.is_empty()
            && number.number.sign.as_ref().unwrap().paths.len() == 2
    );
    let zoned = |text: &str| Some(text.to_owned());
    let moment = Kind::Timestamp { format: zoned("%d.%m.%Y %H:%M"), timezone: zoned("Europe/Zurich") };
    assert_eq!(feed.columns[2].kind, moment);
    assert!(matches!(&feed.columns[3].source.from, ValueFrom::Constant(value) if value == "${x}"));
    assert!(matches!(feed.columns[4].source.from, ValueFrom::RowNumber));
    assert!(
        *feed.columns[3].comparison.equality() == Equality::IgnoreCase
            && !feed.columns[3].exact()
            && feed.columns[0].exact()
    );
    assert!(matches!(&feed.ours.as_ref().unwrap().relation, Relation::Query(query) if query == "select 1"));
    assert_eq!((feed.results.keep_runs, feed.results.matched, feed.results.audit), (0, true, AuditSize::All));
    let after = feed.after.unwrap();
    assert_eq!((after.on, after.timeout), (vec![On::TiedOut], Duration::from_hours(1)));
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
    assert!(missing.kind() == ErrorKind::Usage && missing.to_string().contains("there is no feed file"));
    let file = folder.path().join("latin1.toml");
    std::fs::write(&file, b"[feed]\n# \xe9\n").unwrap();
    let found = super::load(&file, &env).unwrap_err().to_string();
    assert!(found.ends_with("latin1.toml:2:3: this is not UTF-8; save the file as UTF-8"), "{found}");
    std::fs::write(&file, DEMO).unwrap();
    assert_eq!(super::load(&file, &env).unwrap()[0].name, "demo");
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

#[test]
fn a_folder_may_have_an_at_sign_in_its_name() {
    let feed = |url: &str| with("").replace("[xml]", &format!("[source]\nurl = \"{url}\"\n[xml]"));
    for url in ["file:inbox@bank/", "file:/a@b/in", "file:///a@b/in", "file:a/u:p@h"] {
        assert!(parse(&feed(url), Path::new("feed.toml"), &env).is_ok(), "{url}");
    }
    for url in ["file://u@h/in", "file://u:p@h/in", "file:u:p@h/in"] {
        assert!(parse(&feed(url), Path::new("feed.toml"), &env).is_err(), "{url}");
    }
}
