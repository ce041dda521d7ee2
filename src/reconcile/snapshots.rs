//! Every statement of a few telling feeds, on every server, as files that a reviewer reads: tests/statements. A change of
//! SQL shows there; `INSTA_UPDATE=always cargo test --lib snapshots` writes them anew.

use super::{Task, statements};
use crate::{
    feed::{self, Feed, Kind, Timeouts},
    model::{Converted, Correctable, Family, OurColumn, OursShape, Parameters},
    sql::{Dialect, Ledger, Statement, Work, limits, session, tests as made},
};
use std::{collections::BTreeMap, fmt::Write, path::Path};

const SERVERS: [(Dialect, &str); 4] = [
    (Dialect::Postgres, "postgres"),
    (Dialect::MySql, "mysql"),
    (Dialect::MariaDb, "mariadb"),
    (Dialect::Sqlite, "sqlite"),
];

fn read(name: &str) -> Feed {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/statements/{name}.toml"));
    let text = std::fs::read_to_string(&file).expect("a feed");
    feed::parse(&text, &file, &|_| None).expect("a good feed").remove(0)
}

/// Ours as a careful person would declare it; columns whose name says so are texts.
fn family(dialect: Dialect, name: &str, kind: &Kind) -> Family {
    match kind {
        _ if dialect == Dialect::Sqlite => Family::Dynamic,
        _ if name.ends_with("_text") => Family::Text,
        Kind::Text => Family::Text,
        Kind::Decimal if name == "rate" => Family::Double,
        Kind::Decimal => Family::Decimal,
        Kind::Date { .. } => Family::Date,
        Kind::Timestamp { .. } if dialect == Dialect::Postgres => Family::TimestampTz,
        Kind::Timestamp { .. } => Family::Timestamp,
        Kind::Boolean if dialect == Dialect::Postgres => Family::Boolean,
        // MySQL and MariaDB know no other.
        Kind::Integer | Kind::Boolean => Family::Integer,
    }
}

/// The statements of a run over a hundred thousand rows, in the order in which they are executed.
fn run(dialect: Dialect, feed: &Feed) -> Vec<Statement> {
    let columns =
        feed.columns.iter().enumerate().filter(|(_, c)| feed.ours.as_ref().is_some_and(|o| o.asks(c)));
    let column =
        |c: &feed::Column| OurColumn { type_name: String::new(), family: family(dialect, &c.name, &c.kind) };
    let values = [("from", "2026-01-01"), ("to", "2026-01-31"), ("desk", "rates")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let shape = OursShape {
        columns: columns.map(|(n, c)| (n, column(c))).collect(),
        parameters: Parameters { values: BTreeMap::from(values), casts: vec!["date".into(), "date".into()] },
        unique_key: feed.name == "ten",
        correctable: Correctable::Refused(String::new()),
        filtered: false,
    };
    let converted = [Converted { rows: 100_000, ..Converted::default() }];
    let task =
        Task { feed, shape: &shape, run_id: "20260131T000000Z-1", converted: &converted, rejects: &[] };
    let work = Work::new(dialect, feed);
    let mut all = work.create();
    all.extend(work.drop_index().into_iter().chain(work.load("0001-000001.csv")).chain(work.index()));
    let steps = statements(dialect, &task).expect("every parameter has a value");
    all.extend(steps.in_order().into_iter().cloned());
    all.extend(super::timing_statements(dialect, &task));
    all.extend(super::life_statements(dialect, &task, "2026-01-31T00:00:00Z"));
    all.push(Ledger(dialect).read_results(task.run_id));
    all.extend(work.truncate());
    all
}

fn compare(name: &str, dialect: Dialect, server: &str, all: &[Statement]) {
    let mut text = String::new();
    for statement in all {
        let _ = write!(text, "\n---- {}\n\n{};\n", statement.name, statement.pasted(dialect));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../tests/statements");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("{name}.{server}"), text));
}

#[test]
fn the_statements_of_a_feed_are_those_of_its_snapshot() {
    for name in ["bank", "ten", "texts", "loose", "scoped"] {
        let feed = read(name);
        for (dialect, server) in SERVERS {
            compare(name, dialect, server, &run(dialect, &feed));
        }
    }
}

#[test]
fn the_statements_of_sessions_and_of_the_ledger_are_those_of_their_snapshot() {
    for (dialect, server) in SERVERS {
        let mut all = session(dialect, &limits(dialect, &Timeouts::default(), None));
        all.extend(made::session_statements(dialect));
        all.extend(made::ledger_statements(dialect));
        compare("tieout", dialect, server, &all);
    }
}

#[test]
fn the_join_of_ten_columns_fits_on_one_screen() {
    let feed = read("ten");
    for (dialect, server) in SERVERS {
        let all = run(dialect, &feed);
        let join = all.iter().find(|statement| statement.name == "join").expect("a join");
        let text = join.pasted(dialect);
        let (lines, widest) = (text.lines().count(), text.lines().map(|line| line.chars().count()).max());
        // SQLite types values, not columns: every number may be a double or a text, and each form is there.
        let screen = if dialect == Dialect::Sqlite { 66 } else { 60 };
        assert!(lines <= screen && widest <= Some(160), "{server}: {lines} x {widest:?}\n{text}");
    }
}
