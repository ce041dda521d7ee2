//! From a feed file to a [`Feed`]: opens the tables, hands each to its reader, and puts the parts together.

use super::{
    Feed, column, control,
    mistakes::{Reading, advice, line_and_column, nearest},
    ours, settings,
    table::Table,
};
use crate::error::{Error, Result, printable};
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, fs, io, path::Path};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

const TABLES: [&str; 9] =
    ["feed", "database", "source", "xml", "column", "ours", "control", "results", "after"];
/// A file that is no TOML at all would give one syntax error per line.
const MAX_SYNTAX_ERRORS: usize = 10;

/// Looks up the variables of `${NAME}`.
type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads a feed file; `env` looks up the variables of `${NAME}`.
///
/// # Errors
/// [`Error::Usage`] where there is no such file, [`Error::Machine`] where it cannot be read,
/// [`Error::Feed`] with every mistake otherwise.
pub fn load(file: &Path, env: Env<'_>) -> Result<Feed> {
    let shown = printable(&file.display().to_string());
    let bytes = fs::read(file).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Error::usage(
            format!("there is no feed file {shown}"),
            "check the path; `tieout infer FILE` writes a feed to start from",
        ),
        io::ErrorKind::IsADirectory => {
            Error::usage(format!("{shown} is a directory, not a feed file"), "name the .toml file in it")
        }
        _ => Error::machine("read", file, &cause),
    })?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => parse(text, file, env),
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let (line, column) = line_and_column(&valid, valid.len());
            let what = format!("{shown}:{line}:{column}: this is not UTF-8; save the file as UTF-8");
            Err(Error::Feed { mistakes: vec![what] })
        }
    }
}

/// Reads the text of a feed; `file` is for messages only.
///
/// # Errors
/// [`Error::Feed`] with every mistake, in the file's order.
pub fn parse(text: &str, file: &Path, env: Env<'_>) -> Result<Feed> {
    let reading = Reading::new(text, file, env);
    let (document, errors) = DeTable::parse_recoverable(text);
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        reading.mistake(0, "", "this looks like XML; the feed file (TOML) comes first, then the XML files");
        return reading.finish(None);
    }
    for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
        let at = error.span().map_or(text.len(), |span| span.start);
        reading.mistake(at, "", format!("TOML syntax: {}", error.message()));
    }
    if !errors.is_empty() {
        // What could be recovered is not what was meant: checking it would only add noise.
        return reading.finish(None);
    }
    let built = Document { reading: &reading, entries: document.get_ref() }.feed(text, file);
    reading.finish(built)
}

/// The top level of the file.
struct Document<'r> {
    reading: &'r Reading<'r>,
    entries: &'r DeTable<'r>,
}

impl<'r> Document<'r> {
    fn feed(&self, text: &str, file: &Path) -> Option<Feed> {
        self.refuse_unknown();
        let name = self.required("feed", settings::FEED).and_then(|table| settings::feed_name(&table));
        let database =
            self.table("database", settings::DATABASE).and_then(|table| settings::database(&table));
        let source = self.table("source", settings::SOURCE).and_then(|table| settings::source(&table));
        let xml = self.required("xml", settings::XML).and_then(|table| settings::xml(&table));
        let columns = column::columns(&self.list("column", column::COLUMN));
        self.require_columns(&columns);
        let ours = self.table("ours", ours::OURS).and_then(|table| ours::ours(&table, &columns));
        let controls = self.controls(&columns);
        let results = settings::results(self.table("results", settings::RESULTS).as_ref());
        let after = self.table("after", settings::AFTER).and_then(|table| settings::after(&table));
        Some(Feed {
            name: name?,
            file: file.to_owned(),
            sha256: hex(&Sha256::digest(text.as_bytes())),
            database,
            source,
            xml: xml?,
            columns,
            ours,
            controls,
            results,
            after,
        })
    }

    fn refuse_unknown(&self) {
        for (key, value) in self.entries {
            let word: &str = key.get_ref();
            if TABLES.contains(&word) {
                continue;
            }
            let table = match value.get_ref() {
                DeValue::Table(_) => format!("[{word}]"),
                DeValue::Array(list) if list.iter().all(|item| item.get_ref().is_table()) => {
                    format!("[[{word}]]")
                }
                _ => {
                    let what =
                        "this key stands above any table; move it below the [table] that it belongs to";
                    self.reading.mistake(key.span().start, word, what);
                    continue;
                }
            };
            let what = format!("unknown table; {}", advice(word, TABLES));
            self.reading.mistake(key.span().start, &table, what);
        }
    }

    fn table(&self, name: &str, known: &'static [&'static str]) -> Option<Table<'r>> {
        let value = self.entries.get(name)?;
        let title = format!("[{name}]");
        let at = value.span().start;
        let DeValue::Table(entries) = value.get_ref() else {
            let what = format!("is one table; write it once, as {title}, with its keys below");
            self.reading.mistake(at, &title, what);
            return None;
        };
        Some(Table::open(self.reading, &title, at, entries, known))
    }

    fn required(&self, name: &str, known: &'static [&'static str]) -> Option<Table<'r>> {
        let misspelt = |word: &str| !TABLES.contains(&word) && nearest(word, &TABLES) == Some(name);
        if !self.entries.keys().any(|word| word.get_ref() == name || misspelt(word.get_ref())) {
            self.reading.mistake(0, &format!("[{name}]"), "this table is missing; add it");
        }
        self.table(name, known)
    }

    fn list(&self, name: &str, known: &'static [&'static str]) -> Vec<Table<'r>> {
        let Some((key, value)) = self.entries.get_key_value(name) else { return Vec::new() };
        let title = format!("[[{name}]]");
        let open = |item: &'r Spanned<DeValue<'r>>| {
            let entries = item.get_ref().as_table()?;
            Some(Table::open(self.reading, &title, item.span().start, entries, known))
        };
        let tables: Option<Vec<_>> =
            value.get_ref().as_array().and_then(|list| list.iter().map(open).collect());
        tables.unwrap_or_else(|| {
            let what = format!("there may be several of these; write each as {title}");
            self.reading.mistake(key.span().start, &format!("[{name}]"), what);
            Vec::new()
        })
    }

    fn require_columns(&self, columns: &[super::Column]) {
        let none = "there is no column; add one for every value to compare";
        let Some((key, value)) = self.entries.get_key_value("column") else {
            self.reading.mistake(0, "[[column]]", none);
            return;
        };
        if value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            self.reading.mistake(key.span().start, "[[column]]", none);
        }
        if !columns.is_empty() && !columns.iter().any(|column| column.key) {
            let what = "no column is a key; add key = true to those that identify a row";
            self.reading.mistake(key.span().start, "[[column]]", what);
        }
    }

    fn controls(&self, columns: &[super::Column]) -> Vec<super::Control> {
        let tables = self.list("control", control::CONTROL);
        let mut controls: Vec<super::Control> = Vec::new();
        for table in &tables {
            let Some(control) = control::control(table, columns) else { continue };
            if controls.iter().any(|other| other.name == control.name) {
                table
                    .mistake("name", format!("`{}` is another control's name too; rename one", control.name));
            }
            controls.push(control);
        }
        controls
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
