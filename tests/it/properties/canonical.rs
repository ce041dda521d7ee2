//! The canonical text and the checksum of ours, as each database computes them.

use super::{
    values::{self, Value},
    xml,
};
use crate::support::{Feed, Kind, Place, digest::sha256, on_every_server, random::Random};
use std::{collections::BTreeMap, fmt::Write};

const ROWS: usize = 1200;

/// A column of the feed and of ours.
struct Column {
    name: &'static str,
    /// `type` in the feed.
    r#type: &'static str,
    postgres: &'static str,
    mysql: &'static str,
    make: fn(&mut Random, i64) -> Value,
}

const fn column(
    name: &'static str,
    r#type: &'static str,
    postgres: &'static str,
    mysql: &'static str,
    make: fn(&mut Random, i64) -> Value,
) -> Column {
    Column { name, r#type, postgres, mysql, make }
}

/// Where columns need no type, a value keeps the one it was written with.
const COLUMNS: [Column; 21] = [
    column("words", "text", "text", "longtext", |r, _| values::text(r)),
    column("name", "text", "varchar(200)", "varchar(200)", |r, _| values::text(r)),
    column("western", "text", "varchar(80)", "varchar(80) CHARACTER SET latin1", |r, _| values::western(r)),
    column("padded", "text", "char(20)", "char(20)", |r, _| values::padded(r)),
    column("bytes", "text", "bytea", "varbinary(20)", |r, _| values::bytes(r)),
    column("number_text", "text", "bigint", "bigint", |r, _| canonically_spelled(values::integer(r))),
    column("day_text", "text", "date", "date", |r, _| values::day(r)),
    column("whole", "integer", "bigint", "bigint", |r, _| values::integer(r)),
    column("large", "integer", "numeric", "bigint unsigned", |r, _| values::unsigned(r)),
    column("amount", "decimal", "numeric", "decimal(58,20)", |r, _| values::decimal(r)),
    column("written", "decimal", "text", "varchar(80)", |r, _| values::decimal_text(r)),
    column("counted", "decimal", "bigint", "bigint", |r, _| values::integer(r)),
    column("measured", "decimal", "double precision", "double", |r, _| values::double(r)),
    column("rough", "decimal", "real", "float", |r, _| values::single(r)),
    column("day", "date", "date", "date", |r, _| values::day(r)),
    column("day_at", "date", "timestamp", "datetime", |r, _| values::day_of_timestamp(r)),
    column("at", "timestamp", "timestamp", "datetime(6)", |r, _| values::timestamp(r)),
    column("at_day", "timestamp", "date", "date", |r, _| values::midnight(r)),
    column("instant", "timestamp", "timestamptz", "timestamp(6) NULL", values::instant),
    column("flag", "boolean", "boolean", "tinyint(1)", |r, _| values::boolean(r)),
    column("yes", "boolean", "text", "varchar(5)", |r, _| values::boolean_text(r)),
];

/// Where a text column of the feed meets a number of ours, theirs has to write it the same way.
fn canonically_spelled(value: Value) -> Value {
    Value { theirs: value.canonical.clone(), ..value }
}

struct Row {
    id: usize,
    values: Vec<Value>,
    /// Theirs has it too.
    shared: bool,
}

fn rows(random: &mut Random, offset: i64) -> Vec<Row> {
    let row = |id: usize| {
        let mut value = |column: &Column| {
            if random.chance(8) { Value::null() } else { (column.make)(random, offset) }
        };
        Row { id, values: COLUMNS.iter().map(&mut value).collect(), shared: id.is_multiple_of(2) }
    };
    (1..=ROWS).map(row).collect()
}

fn feed() -> Feed {
    let feed = Feed::new("canonical").column("id", "type = \"integer\"\nkey = true");
    COLUMNS
        .iter()
        .fold(feed, |feed, column| feed.column(column.name, &format!("type = \"{}\"", column.r#type)))
}

fn theirs(rows: &[Row]) -> String {
    let rows: Vec<String> = (rows.iter().filter(|row| row.shared))
        .map(|row| {
            let id = row.id.to_string();
            let cells = COLUMNS.iter().zip(&row.values).map(|(column, value)| {
                (column.name, Some(value.theirs.as_str()).filter(|_| !value.canonical.is_empty()))
            });
            xml::row([("id", Some(id.as_str()))].into_iter().chain(cells))
        })
        .collect();
    xml::document(&rows)
}

fn create(kind: Kind) -> String {
    let columns: Vec<String> = (COLUMNS.iter())
        .map(|column| {
            let r#type = match kind {
                Kind::Sqlite => "",
                Kind::Postgres => column.postgres,
                _ => column.mysql,
            };
            format!("{} {type}", column.name)
        })
        .collect();
    let all = format!("CREATE TABLE ours (id bigint PRIMARY KEY, {})", columns.join(", "));
    // Some servers call a word reserved that others do not.
    all.replace(" at ", if kind.mysql_family() { " `at` " } else { " \"at\" " })
}

fn insert(kind: Kind, rows: &[Row], offset: i64) -> String {
    let zone =
        format!("{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 60, offset.abs() % 60);
    let mut sql = match kind {
        Kind::Sqlite => String::new(),
        // Intervals, unlike texts, are read as "east is positive".
        Kind::Postgres => {
            format!("SET TIME ZONE INTERVAL '{zone}' HOUR TO MINUTE; SET DateStyle = 'ISO, YMD';\n")
        }
        _ => format!("SET time_zone = '{zone}', sql_mode = 'STRICT_ALL_TABLES';\n"),
    };
    for batch in rows.chunks(200) {
        let rows: Vec<String> = (batch.iter())
            .map(|row| {
                let values: Vec<String> = row.values.iter().map(|value| value.literal(kind)).collect();
                format!("({}, {})", row.id, values.join(", "))
            })
            .collect();
        let _ = writeln!(sql, "INSERT INTO ours VALUES\n{};", rows.join(",\n"));
    }
    sql
}

/// SHA-256 over the fields joined by U+001F.
fn checksum(id: usize, values: &[Value]) -> String {
    let fields: Vec<String> =
        std::iter::once(id.to_string()).chain(values.iter().map(|value| value.canonical.clone())).collect();
    sha256(fields.join("\u{1f}"))
}

#[test]
fn every_database_writes_the_canonical_text_of_the_contract() {
    let mut random = Random::seeded();
    let offset = random.pick(&[0, 60, 330, 345, -210, -570]);
    let rows = rows(&mut random, offset);
    let theirs = theirs(&rows);
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql(&create(kind));
        place.sql(&insert(kind, &rows, offset));
        place.feed(feed());
        place.write("theirs.xml", &theirs);
        let output = place.run(&["theirs.xml", "--format", "json"]);
        assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
        let breaks = place.output_file("tieout-out", "breaks.csv");
        check(kind, &rows, &breaks);
        let summary: serde_json::Value = serde_json::from_str(&output.stdout).expect("a summary");
        assert_eq!(summary["warnings"].to_string(), "[]", "{kind:?}: a checksum drifted");
    });
}

/// Every row that theirs has is matched; of every other one the breaks show the expected text and checksum.
fn check(kind: Kind, rows: &[Row], breaks: &str) {
    let mut reader = csv::Reader::from_reader(breaks.as_bytes());
    let header: BTreeMap<String, usize> = (reader.headers().expect("a header").iter().enumerate())
        .map(|(n, name)| (name.to_owned(), n))
        .collect();
    let mut missing: BTreeMap<usize, &Row> =
        rows.iter().filter(|row| !row.shared).map(|row| (row.id, row)).collect();
    let mut wrong = Wrong::default();
    for record in reader.records() {
        let record = record.expect("a row");
        let cell = |name: &str| &record[header[name]];
        let id: usize = cell("id").parse().expect("an id");
        if cell("outcome") != "missing_in_theirs" {
            for name in cell("differing_columns").split(';') {
                let [theirs, ours] =
                    ["theirs", "ours"].map(|side| cell(&format!("{name}_{side}")).to_owned());
                wrong.add(name, id, &format!("called different: theirs {theirs:?}, ours {ours:?}"));
            }
            continue;
        }
        let row = missing.remove(&id).expect("a row that theirs lacks, once");
        for (column, value) in COLUMNS.iter().zip(&row.values) {
            let got = cell(&format!("{}_ours", column.name));
            if got != value.canonical {
                wrong.add(
                    column.name,
                    id,
                    &format!("{got:?} instead of {:?} for {:?}", value.canonical, value.sql),
                );
            }
        }
        if cell("checksum_ours") != checksum(id, &row.values) {
            wrong.add("checksum_ours", id, "is not the checksum of the expected text");
        }
    }
    assert!(wrong.0.is_empty(), "{kind:?}:\n{}", wrong.text());
    assert!(missing.is_empty(), "{kind:?}: not reported: {:?}", missing.keys());
}

/// What went wrong, per column.
#[derive(Default)]
struct Wrong(BTreeMap<String, Vec<String>>);

impl Wrong {
    fn add(&mut self, column: &str, id: usize, what: &str) {
        self.0.entry(column.to_owned()).or_default().push(format!("row {id}: {what}"));
    }

    fn text(&self) -> String {
        let column = |(name, all): (&String, &Vec<String>)| {
            format!("{name}: {} rows, such as\n  {}\n", all.len(), all[..all.len().min(4)].join("\n  "))
        };
        self.0.iter().map(column).collect()
    }
}
