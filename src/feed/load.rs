//! From a feed file to a [`Feed`]: opens the tables, hands each to its reader, and puts the parts together.

use super::{
    Feed, Suggest, Xml, after, column, control, fail_on,
    mistakes::{FeedReading, advice, line_and_column, nearest},
    ours, settings, source, succession, suggestions,
    table::KnownTable,
    timing,
};
use crate::{
    error::{Code, Error, Mistake, Place, Result},
    model::checksum::hex,
};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, io, path::Path};
use toml::de::{DeTable, DeValue};

pub(super) const TABLES: [&str; 15] = [
    "feed",
    "database",
    "source",
    "xml",
    "set",
    "column",
    "ours",
    "control",
    "sequence",
    "continuity",
    "suggestions",
    "timing",
    "fail_on",
    "results",
    "after",
];
/// The tables of a row set.
const SET_TABLES: [&str; 7] =
    ["column", "ours", "control", "sequence", "continuity", "suggestions", "timing"];
/// A file that is no TOML at all would give one syntax error per line.
const MAX_SYNTAX_ERRORS: usize = 10;

/// Looks up the variables of `${NAME}`.
type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads a feed file; `env` looks up the variables of `${NAME}`. Gives one feed per row set, at least one.
///
/// # Errors
/// `Usage` where there is no such file, or with every mistake in it; `Machine` where it cannot be read.
pub fn load(file: &Path, env: Env<'_>) -> Result<Vec<Feed>> {
    load_for(file, env, false)
}

/// The same; where another database is named `elsewhere`, the variables of the feed's own URL need not be set.
///
/// # Errors
/// As `load`.
pub fn load_for(file: &Path, env: Env<'_>, elsewhere: bool) -> Result<Vec<Feed>> {
    let place = Place::file(&file.display().to_string());
    let bytes = fs::read(file).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => {
            Error::new(Code::NoFeedFile, format!("there is no feed file {place}")).about(place).because(cause)
        }
        io::ErrorKind::IsADirectory => {
            Error::new(Code::NoFeedFile, format!("{place} is a directory, not a feed file"))
                .with_hint("name the .toml file in it")
                .about(place)
                .because(cause)
        }
        _ => Error::machine("read", file, cause),
    })?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => parse_for(text, file, env, elsewhere),
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let (line, column) = line_and_column(&valid, valid.len());
            let place = Place::line_and_column(&file.display().to_string(), line, column);
            let what = "this is not UTF-8; save the file as UTF-8".to_owned();
            Err(Error::feed(Code::FeedSyntax, vec![Mistake { place, what }]))
        }
    }
}

/// Reads the text of a feed file; `file` is for messages only. Gives one feed per row set, at least one.
///
/// # Errors
/// `Usage` with every mistake, in the file's order.
pub fn parse(text: &str, file: &Path, env: Env<'_>) -> Result<Vec<Feed>> {
    parse_for(text, file, env, false)
}

fn parse_for(text: &str, file: &Path, env: Env<'_>, elsewhere: bool) -> Result<Vec<Feed>> {
    let reading = FeedReading::new(text, file, env);
    let (document, errors) = DeTable::parse_recoverable(text);
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        reading.mistake(0, "", "this looks like XML; the feed file (TOML) comes first, then the XML files");
        return reading.finish(Code::FeedSyntax, None);
    }
    for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
        let at = error.span().map_or(text.len(), |span| span.start);
        reading.mistake(at, "", format!("TOML syntax: {}", error.message()));
    }
    if !errors.is_empty() {
        // What could be recovered is not what was meant: checking it would only add noise.
        return reading.finish(Code::FeedSyntax, None);
    }
    let level = Level { reading: &reading, entries: document.get_ref(), prefix: "", tables: &TABLES };
    let built = level.feeds(text, file, elsewhere);
    reading.finish(Code::FeedMistakes, built)
}

/// What `[xml]` shares with `[[set]]`: they say where rows are.
const ROWS: [&str; 6] = ["row", "explode", "where", "skip", "retraction", "allow_empty"];

/// The file, or one `[[set]]` of it: tables by name.
struct Level<'r> {
    reading: &'r FeedReading<'r>,
    entries: &'r DeTable<'r>,
    /// Before the names of its tables: `set.`, or nothing.
    prefix: &'static str,
    tables: &'static [&'static str],
}

/// The feeds, held against what needs all of them.
fn checked(feeds: Vec<Feed>, fail_on: Option<&KnownTable<'_>>) -> Vec<Feed> {
    if let Some(table) = fail_on {
        fail_on::check(table, &feeds);
    }
    feeds
}

/// What all row sets of a file share.
struct Shared {
    name: Option<String>,
    xml: Option<Xml>,
    feed: Feed,
}

impl<'r> Level<'r> {
    fn feeds(&self, text: &str, file: &Path, elsewhere: bool) -> Option<Vec<Feed>> {
        self.refuse_unknown();
        let name = self.required("feed", settings::FEED).and_then(|table| settings::feed_name(&table));
        let folder = file.parent().unwrap_or(Path::new(""));
        let database = self.table("database", settings::DATABASE);
        let database = database.and_then(|table| settings::database(&table, folder, elsewhere));
        let fail_on = self.table("fail_on", fail_on::FAIL_ON);
        let source = self.table("source", source::SOURCE).and_then(|table| source::source(&table));
        let results = settings::results(self.table("results", settings::RESULTS).as_ref(), file);
        let after = self.table("after", after::AFTER).and_then(|table| after::after(&table));
        let feed = Feed {
            name: String::new(),
            set: None,
            file: file.to_owned(),
            sha256: hex(&Sha256::digest(text.as_bytes())),
            database,
            source,
            xml: Xml::default(),
            columns: Vec::new(),
            ours: None,
            controls: Vec::new(),
            successions: Vec::new(),
            suggest: Suggest::default(),
            timing: None,
            fail_on: fail_on.as_ref().map(fail_on::fail_on).unwrap_or_default(),
            results,
            after,
            parameters: BTreeMap::new(),
        };
        if self.entries.contains_key("set") {
            let xml = self.table("xml", settings::XML);
            self.refuse_rows_beside_sets(xml.as_ref());
            let xml = Some(xml.map_or_else(Xml::default, |table| settings::document(&table)));
            return Some(checked(self.sets(&Shared { name, xml, feed })?, fail_on.as_ref()));
        }
        let table = self.required("xml", settings::XML);
        let xml = table.and_then(|table| settings::rows(&table, settings::document(&table)));
        Some(checked(vec![self.row_set(&Shared { name, xml, feed })?], fail_on.as_ref()))
    }

    /// Columns, ours and controls of one row set.
    fn row_set(&self, shared: &Shared) -> Option<Feed> {
        let columns = column::columns(&self.list("column", column::COLUMN));
        self.require_columns(&columns);
        let ours = self.table("ours", ours::OURS).and_then(|table| ours::ours(&table, &columns));
        let controls = self.controls(&columns, shared.xml.as_ref());
        let successions = self.successions(&controls);
        let suggest = self
            .table("suggestions", suggestions::SUGGESTIONS)
            .map(|table| suggestions::suggestions(&table, &columns, ours.as_ref()))
            .unwrap_or_default();
        let timing = self.table("timing", timing::TIMING);
        let timing = timing.and_then(|table| timing::timing(&table, &columns, ours.as_ref()));
        let (name, xml) = (shared.name.clone()?, shared.xml.clone()?);
        Some(Feed { name, xml, columns, ours, controls, successions, suggest, timing, ..shared.feed.clone() })
    }

    fn sets(&self, shared: &Shared) -> Option<Vec<Feed>> {
        let mut names: Vec<String> = Vec::new();
        let mut feeds = Vec::new();
        for table in self.list("set", settings::SET) {
            let name = settings::set_name(&table, shared.name.as_deref(), &names);
            names.extend(name.as_ref().map(|(name, _)| name.clone()));
            let xml = shared.xml.clone().and_then(|xml| settings::rows(&table, xml));
            let level =
                Level { reading: self.reading, entries: table.entries, prefix: "set.", tables: &SET_TABLES };
            let (set, name) = name.unzip();
            feeds.push(level.row_set(&Shared { name, xml, feed: Feed { set, ..shared.feed.clone() } }));
        }
        if feeds.is_empty() {
            self.reading.mistake(0, "[[set]]", "there is no set; add one, or write [xml] row and [[column]]");
        }
        feeds.into_iter().collect()
    }

    fn refuse_rows_beside_sets(&self, xml: Option<&KnownTable<'r>>) {
        for key in ROWS {
            if let Some(xml) = xml.filter(|xml| xml.has(key)) {
                xml.mistake(key, "belongs to each [[set]] where there are sets; move it there");
            }
        }
        for name in SET_TABLES {
            if let Some((key, _)) = self.entries.get_key_value(name) {
                let what = format!(
                    "belongs to each [[set]] where there are sets; write it as set.{name} below its set"
                );
                self.reading.mistake(key.span().start, &format!("[{name}]"), what);
            }
        }
    }

    fn refuse_unknown(&self) {
        for (key, value) in self.entries {
            let word: &str = key.get_ref();
            if self.tables.contains(&word) {
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
            let what = format!("unknown table; {}", advice(word, self.tables.iter().copied()));
            self.reading.mistake(key.span().start, &table, what);
        }
    }

    fn table(&self, name: &str, known: &'static [&'static str]) -> Option<KnownTable<'r>> {
        let value = self.entries.get(name)?;
        let title = format!("[{}{name}]", self.prefix);
        let at = value.span().start;
        let DeValue::Table(entries) = value.get_ref() else {
            let what = format!("is one table; write it once, as {title}, with its keys below");
            self.reading.mistake(at, &title, what);
            return None;
        };
        Some(KnownTable::open(self.reading, &title, at, entries, known))
    }

    fn required(&self, name: &str, known: &'static [&'static str]) -> Option<KnownTable<'r>> {
        let misspelt = |word: &str| !self.tables.contains(&word) && nearest(word, self.tables) == Some(name);
        if !self.entries.keys().any(|word| word.get_ref() == name || misspelt(word.get_ref())) {
            self.reading.mistake(0, &format!("[{name}]"), "this table is missing; add it");
        }
        self.table(name, known)
    }

    fn list(&self, name: &str, known: &'static [&'static str]) -> Vec<KnownTable<'r>> {
        let Some((key, value)) = self.entries.get_key_value(name) else { return Vec::new() };
        let title = format!("[[{}{name}]]", self.prefix);
        KnownTable::open_all(self.reading, &title, value, known).unwrap_or_else(|| {
            let what = format!("there may be several of these; write each as {title}");
            self.reading.mistake(key.span().start, &format!("[{}{name}]", self.prefix), what);
            Vec::new()
        })
    }

    fn require_columns(&self, columns: &[super::Column]) {
        let none = "there is no column; add one for every value to compare";
        let title = format!("[[{}column]]", self.prefix);
        let Some((key, value)) = self.entries.get_key_value("column") else {
            self.reading.mistake(0, &title, none);
            return;
        };
        if value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            self.reading.mistake(key.span().start, &title, none);
        }
        if !columns.is_empty() && !columns.iter().any(super::Column::is_key) {
            let what = "no column is a key; add key = true to those that identify a row";
            self.reading.mistake(key.span().start, &title, what);
        }
    }

    fn controls(&self, columns: &[super::Column], xml: Option<&Xml>) -> Vec<super::Control> {
        let tables = self.list("control", control::CONTROL);
        let mut controls: Vec<super::Control> = Vec::new();
        for table in &tables {
            let Some(control) = control::control(table, columns, xml) else { continue };
            if controls.iter().any(|other| other.name == control.name) {
                table
                    .mistake("name", format!("`{}` is another control's name too; rename one", control.name));
            }
            controls.push(control);
        }
        controls
    }

    fn successions(&self, controls: &[super::Control]) -> Vec<super::Succession> {
        let sequences = self.list("sequence", succession::SEQUENCE);
        let continuities = self.list("continuity", succession::CONTINUITY);
        let read = sequences.iter().map(|table| (table, succession::sequence(table)));
        let read = read.chain(continuities.iter().map(|table| (table, succession::continuity(table))));
        let mut successions: Vec<super::Succession> = Vec::new();
        for (table, one) in read {
            let Some(one) = one else { continue };
            let mut others = controls.iter().map(|control| &control.name);
            if others.any(|name| *name == one.name) || successions.iter().any(|other| other.name == one.name)
            {
                table.mistake("name", format!("`{}` is another control's name too; rename one", one.name));
            }
            successions.push(one);
        }
        successions
    }
}
