//! The files of `tests/verdicts/`: what a case is, and how its file is read. Any key that is not known is a mistake.

use crate::support::Kind;
use std::{fs, path::Path};
use toml::{Table, Value};

/// Cases that share one table of ours, and so one run.
pub struct Batch {
    pub family: String,
    pub name: String,
    pub columns: Vec<Column>,
    /// Further text columns `w1`, `w2` …, which hold `w` on both sides unless a case says otherwise.
    pub wide: usize,
    /// Rows have the case's name as the first part of their key.
    pub named_rows: bool,
    pub cases: Vec<Case>,
    /// The whole table, for `on`, `before`, `after` … of one database.
    pub options: Table,
}

impl Batch {
    /// The columns that a database has, and the cases that belong there.
    pub fn on(&self, kind: Kind) -> (Vec<&Column>, Vec<&Case>) {
        let columns: Vec<&Column> =
            self.columns.iter().filter(|column| column.sql_type(kind).is_some()).collect();
        let there =
            |row: &Table| row.keys().all(|key| self.is_wide(key) || columns.iter().any(|c| c.name == *key));
        let named = |case: &Case| {
            case.on.is_empty() || names(kind).iter().any(|name| case.on.iter().any(|on| on == name))
        };
        let cases: Vec<&Case> = (self.cases.iter())
            .filter(|case| named(case) && case.theirs.iter().chain(&case.ours).all(there))
            .collect();
        (columns, cases)
    }

    fn is_wide(&self, name: &str) -> bool {
        let number = name.strip_prefix('w').and_then(|number| number.parse().ok());
        number.is_some_and(|number: usize| (1..=self.wide).contains(&number))
    }
}

impl Column {
    /// Its type on a database, if it is there.
    pub fn sql_type(&self, kind: Kind) -> Option<&str> {
        for_kind(kind, &self.options).and_then(Value::as_str).filter(|text| !text.is_empty())
    }
}

/// A column on both sides; what is not ours goes into the feed as it stands.
pub struct Column {
    pub name: String,
    pub key: bool,
    pub options: Table,
    pub feed: Table,
}

/// Rows of both sides and the true answer.
pub struct Case {
    pub name: String,
    pub theirs: Vec<Table>,
    pub ours: Vec<Table>,
    /// `outcome [key|key]: differing;columns`, one per row or pair, sorted.
    pub is: Vec<String>,
    /// Cells of the case's breaks that must read so.
    pub shows: Table,
    pub on: Vec<String>,
}

const BATCH: [&str; 15] = [
    "name",
    "columns",
    "cases",
    "wide",
    "named_rows",
    "table",
    "reads",
    "query",
    "where",
    "xml",
    "suffix",
    "before",
    "after",
    "database",
    "refused",
];
const CASE: [&str; 7] = ["case", "theirs", "ours", "is", "from", "shows", "on"];
const OWN: [&str; 7] = ["sql", "postgres", "mysql", "mariadb", "sqlite", "named", "expression"];

/// Every batch of every family, in order.
pub fn read_all(folder: &Path) -> Vec<Batch> {
    let entries = fs::read_dir(folder).expect("the families").map(|entry| entry.expect("a family").path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files.iter().flat_map(|file| read(file)).collect()
}

fn read(file: &Path) -> Vec<Batch> {
    let family = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(file).expect("a family");
    let mut whole: Table =
        toml::from_str(&text).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()));
    let batches = whole.remove("table").unwrap_or_else(|| panic!("{family}: has no [[table]]"));
    assert!(whole.is_empty(), "{family}: unknown keys {whole:?}");
    tables(&batches, &family).into_iter().map(|table| batch(&family, table)).collect()
}

fn batch(family: &str, options: Table) -> Batch {
    let name = word(&options, "name", family);
    let place = format!("{family}: {name}");
    known(&options, &BATCH, &place);
    let columns =
        tables(&options["columns"], &place).into_iter().map(|table| column(table, &place)).collect();
    let wide = options.get("wide").and_then(Value::as_integer).unwrap_or(0);
    let cases: Vec<Case> =
        tables(&options["cases"], &place).iter().map(|table| case(table, &place)).collect();
    let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{place}: two cases of one name");
    Batch {
        family: family.to_owned(),
        name,
        columns,
        wide: usize::try_from(wide).expect("a count"),
        named_rows: options.get("named_rows").and_then(Value::as_bool).unwrap_or(true),
        cases,
        options,
    }
}

fn column(options: Table, place: &str) -> Column {
    let feed = options.iter().filter(|(key, _)| !OWN.contains(&key.as_str()));
    let feed: Table = feed.map(|(key, value)| (key.clone(), value.clone())).collect();
    let key = options.get("key").and_then(Value::as_bool).unwrap_or(false);
    Column { name: word(&options, "name", place), key, feed, options }
}

fn case(table: &Table, place: &str) -> Case {
    let name = word(table, "case", place);
    let place = format!("{place}: {name}");
    known(table, &CASE, &place);
    assert!(!word(table, "from", &place).is_empty(), "{place}: says not where it is from");
    let rows = |side: &str| table.get(side).map_or_else(Vec::new, |rows| tables(rows, &place));
    let mut is = table.get("is").map_or_else(Vec::new, words);
    is.sort();
    let shows = table.get("shows").and_then(Value::as_table).cloned().unwrap_or_default();
    let on = table.get("on").map_or_else(Vec::new, words);
    Case { theirs: rows("theirs"), ours: rows("ours"), is, shows, on, name }
}

fn known(table: &Table, keys: &[&str], place: &str) {
    let unknown: Vec<&String> = table.keys().filter(|key| !keys.contains(&key.as_str())).collect();
    assert!(unknown.is_empty(), "{place}: unknown keys {unknown:?}");
}

fn word(table: &Table, key: &str, place: &str) -> String {
    let word = table.get(key).and_then(Value::as_str);
    word.unwrap_or_else(|| panic!("{place}: needs {key} as a text")).to_owned()
}

/// A text or a list of texts.
pub fn words(value: &Value) -> Vec<String> {
    let word =
        |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value:?} is to be a text")).to_owned();
    value.as_array().map_or_else(|| vec![word(value)], |all| all.iter().map(word).collect())
}

/// A table or a list of tables.
fn tables(value: &Value, place: &str) -> Vec<Table> {
    let table = |value: &Value| {
        value.as_table().unwrap_or_else(|| panic!("{place}: {value:?} is to be a table")).clone()
    };
    value.as_array().map_or_else(|| vec![table(value)], |all| all.iter().map(table).collect())
}

/// What holds on one database: the most special of `mariadb`, `mysql`, `postgres`, `sqlite` and `sql`.
pub fn for_kind(kind: Kind, table: &Table) -> Option<&Value> {
    names(kind).iter().find_map(|name| table.get(*name))
}

/// The names by which a file may mean this database, the most special first.
fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Sqlite => &["sqlite", "sql"],
        Kind::Postgres => &["postgres", "sql"],
        Kind::MySql => &["mysql", "sql"],
        Kind::MariaDb => &["mariadb", "mysql", "sql"],
    }
}
