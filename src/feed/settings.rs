//! The tables that stand alone: `[feed]`, `[database]`, `[xml]`, `[results]`.

use super::{
    AuditSize, BadRows, Database, Limits, PasswordFrom, Results, Secret, Skip, Timeouts, Xml,
    beside::FeedPath,
    path::{Condition, RowPath},
    retraction::{RETRACTION, retractions},
    table::{KnownTable, Text},
    unpack,
};
use crate::model::{FeedName, MAX_FEED_NAME, WHERE, in_feed_name};
use std::{path::Path, time::Duration};

/// Pairs with equal checksums that are compared by value too.
const AUDIT: u64 = 1000;
const DATABASE_SCHEMES: [&str; 5] = ["postgres", "postgresql", "mysql", "mariadb", "sqlite"];

pub(super) const FEED: &[&str] = &["name"];
pub(super) const DATABASE: &[&str] = &[
    "url",
    "password_file",
    "password_command",
    "option_file",
    "lock_timeout",
    "statement_timeout",
    "connect_timeout",
];
pub(super) const XML: &[&str] = &[
    "row",
    "root",
    "namespace",
    "explode",
    "where",
    "skip",
    "retraction",
    "bad_rows",
    "allow_empty",
    "max_depth",
    "max_text",
    "max_attributes",
    "max_row",
    "max_rejects",
    "max_amplification",
    "members",
    "max_members",
    "max_ratio",
    "max_unpacked",
    "max_window",
    "chunk_rows",
    "chunk_bytes",
];
pub(super) const SET: &[&str] = &[
    "name",
    "row",
    "explode",
    "where",
    "skip",
    "retraction",
    "allow_empty",
    "column",
    "ours",
    "control",
    "sequence",
    "continuity",
    "suggestions",
    "timing",
];
pub(super) const RESULTS: &[&str] = &["keep_runs", "matched", "audit", "accepted"];

/// `[feed] name`.
pub(super) fn feed_name(table: &KnownTable<'_>) -> Option<String> {
    table.require("name", "name the feed in lower case, like \"acme-statements\"");
    let text = table.word("name")?;
    checked_name(table, &text)
}

fn checked_name(table: &KnownTable<'_>, text: &Text) -> Option<String> {
    let note = |what| table.mistake_at(text.at, "name", what);
    check_name(&text.value, &text.written).map_err(note).ok()?;
    Some(text.value.clone())
}

/// Whether a feed may have this name.
#[must_use]
pub fn is_name(name: &str) -> bool {
    FeedName::parse(name).is_some()
}

/// `written` stands for the name in the message.
fn check_name(name: &str, written: &str) -> Result<(), String> {
    if !name.chars().all(in_feed_name) {
        return Err(format!("`{written}` has other characters than a-z, 0-9 and -; take them out"));
    }
    if name.len() > MAX_FEED_NAME {
        return Err(format!("has {} characters; use at most {MAX_FEED_NAME}", name.len()));
    }
    Ok(())
}

/// `[database]` of a feed file in this folder. Where another database is named `elsewhere`, its URL is not even read.
pub(super) fn database(table: &KnownTable<'_>, folder: &Path, elsewhere: bool) -> Option<Database> {
    table.require("url", "write it like \"${DATABASE_URL}\", or leave [database] out and use --database");
    let url = if elsewhere { Some(Secret::new(String::new())) } else { url(table, &DATABASE_SCHEMES) };
    let password = password(table, folder);
    let (lock, statement) = (table.duration("lock_timeout"), table.duration("statement_timeout"));
    let connect = table.duration("connect_timeout");
    if connect.is_some_and(|time| time < Duration::from_secs(1)) {
        table.mistake("connect_timeout", "is too short; write at least 1s");
    }
    Some(Database { url: url?, timeouts: Timeouts { lock, statement, connect }, password })
}

/// Where the password is, if not in the URL; one place only.
fn password(table: &KnownTable<'_>, folder: &Path) -> Option<PasswordFrom> {
    let keys = ["password_file", "password_command", "option_file"];
    let named: Vec<&str> = keys.into_iter().filter(|key| table.has(key)).collect();
    if let [first, second, ..] = named[..] {
        table.mistake(second, format!("says the password, as {first} does; keep one of them"));
    }
    let path = |key| Some(folder.join(table.word(key)?.value));
    let why = "a list like [\"aws\", \"rds\", \"generate-db-auth-token\"], since no shell splits it";
    match *named.first()? {
        "password_file" => path("password_file").map(PasswordFrom::File),
        "option_file" => path("option_file").map(PasswordFrom::OptionFile),
        _ => {
            let words = table.list("password_command", why)?;
            if words.first().is_none_or(String::is_empty) {
                table.mistake("password_command", "names no program; its first item is the program to start");
                return None;
            }
            // A path is one from the feed file; a bare name is looked up.
            let program = |word: &String| word.contains('/').then(|| folder.join(word).display().to_string());
            let beside = words.first().and_then(program);
            let words =
                beside.into_iter().chain(words.iter().skip(usize::from(words[0].contains('/'))).cloned());
            Some(PasswordFrom::Command(words.collect()))
        }
    }
}

/// A URL with a known scheme; no message shows it, since it may hold a password.
pub(super) fn url(table: &KnownTable<'_>, schemes: &[&str]) -> Option<Secret> {
    let text = table.word("url")?;
    let value = text.value.trim();
    let scheme = value.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    if !scheme.is_some_and(|scheme| schemes.contains(&scheme.as_str())) {
        let known: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}:")).collect();
        let what = format!("does not begin with a known scheme; use one of {}", known.join(" "));
        table.mistake_at(text.at, "url", what);
        return None;
    }
    Some(Secret::new(value.to_owned()))
}

/// What `[xml]` says of whole documents.
pub(super) fn document(table: &KnownTable<'_>) -> Xml {
    let bad_rows = [("refuse", BadRows::Refuse), ("quarantine", BadRows::Quarantine)];
    let default = Xml::default();
    Xml {
        root: root(table),
        namespaces: table.strings("namespace").unwrap_or_default(),
        bad_rows: table.choice("bad_rows", &bad_rows).unwrap_or(BadRows::Refuse),
        limits: limits(table),
        unpack: unpack::unpack(table),
        chunk_rows: table.number("chunk_rows", 1, default.chunk_rows),
        chunk_bytes: table.size("chunk_bytes", default.chunk_bytes),
        ..default
    }
}

/// What `[xml]` or `[[set]]` says of rows.
pub(super) fn rows(table: &KnownTable<'_>, document: Xml) -> Option<Xml> {
    table.require("row", "name the element that makes a row, like row = \"Stmt/Ntry\"");
    let row = table.alternatives("row", RowPath::parse);
    let explode = explode(table);
    let skip = skip(table);
    let filter = table.condition("where");
    let retractions = retractions(&table.tables("retraction", RETRACTION));
    let (allow_empty, empty_with) = allow_empty(table);
    let retractions = retractions?;
    Some(Xml { row: row?, explode, skip, filter, retractions, allow_empty, empty_with, ..document })
}

/// `[[set]] name`: itself, and the full name that its tables and its lock have.
pub(super) fn set_name(
    table: &KnownTable<'_>,
    feed: Option<&str>,
    others: &[String],
) -> Option<(String, String)> {
    table.require("name", "name the set in lower case, like \"balances\"");
    let text = table.word("name")?;
    let name = checked_name(table, &text)?;
    if others.contains(&name) {
        table.mistake_at(text.at, "name", format!("`{name}` is another set's name too; rename one"));
        return None;
    }
    let full = format!("{}-{name}", feed?);
    if full.len() > MAX_FEED_NAME {
        let what = format!("`{full}` has {} characters; use at most {MAX_FEED_NAME}", full.len());
        table.mistake_at(text.at, "name", what);
        return None;
    }
    Some((name, full))
}

/// Conditions by the reasons that they give, in the order of the file.
fn skip(table: &KnownTable<'_>) -> Vec<Skip> {
    let mut entries = table.string_table("skip", "{ pending = \"Sts = 'PDNG'\" }").unwrap_or_default();
    entries.sort_by_key(|(_, at, _)| *at);
    let mut conditions = Vec::new();
    for (name, at, text) in entries {
        let key = format!("skip.{name}");
        if !is_name(&name) {
            table.mistake_at(at, &key, "has other characters than a-z, 0-9 and -, or too many; rename it");
        } else if name == WHERE {
            table.mistake_at(at, &key, "is the reason of what `where` leaves out; rename it");
        }
        let when = table.parsed(&key, &text, Condition::parse);
        conditions.extend(when.map(|when| Skip { name, when }));
    }
    conditions
}

/// `true`, `false`, or elements of which a file without rows must hold one.
fn allow_empty(table: &KnownTable<'_>) -> (bool, Vec<RowPath>) {
    if !table.is_text("allow_empty") {
        return (table.flag("allow_empty", false), Vec::new());
    }
    let with = table.alternatives("allow_empty", RowPath::parse).unwrap_or_default();
    let conditions = with.iter().flat_map(|path| &path.steps).any(|step| !step.predicates.is_empty());
    if conditions {
        table.mistake("allow_empty", "names elements; leave `[…]` out");
    }
    (true, with)
}

fn explode(table: &KnownTable<'_>) -> Option<RowPath> {
    let path = table.row_path("explode")?;
    if path.text.starts_with('/') {
        table.mistake("explode", "is relative to the row; leave the leading `/` out");
        return None;
    }
    Some(path)
}

fn root(table: &KnownTable<'_>) -> Option<String> {
    let Text { value, at, .. } = table.word("root")?;
    let local = value.rsplit(':').next().unwrap_or_default().trim();
    if local.is_empty() || local.contains(['/', '@', '[', ' ']) {
        table.mistake_at(at, "root", "is one element's name; write no path");
        return None;
    }
    Some(local.to_owned())
}

fn limits(table: &KnownTable<'_>) -> Limits {
    let default = Limits::default();
    Limits {
        depth: table.number("max_depth", 1, default.depth),
        text: table.size("max_text", default.text),
        attributes: table.number("max_attributes", 1, default.attributes),
        row: table.size("max_row", default.row),
        rejects: table.number("max_rejects", 0, default.rejects),
        amplification: table.number("max_amplification", 1, default.amplification),
    }
}

/// `[results]`; absent is the defaults.
pub(super) fn results(table: Option<&KnownTable<'_>>, feed: &Path) -> Results {
    let accepted = table.and_then(|table| table.word("accepted"));
    Results {
        accepted: accepted.map(|text| FeedPath::of(feed, Path::new(text.value.trim())).path),
        keep_runs: table.map_or(30, |table| table.number("keep_runs", 0, 30)),
        matched: table.is_some_and(|table| table.flag("matched", false)),
        audit: table.map_or(AuditSize::About(AUDIT), audit),
    }
}

/// A number of rows, or `"all"`.
fn audit(table: &KnownTable<'_>) -> AuditSize {
    if table.is_text("audit") {
        return table.choice("audit", &[("all", AuditSize::All)]).unwrap_or(AuditSize::About(AUDIT));
    }
    AuditSize::About(table.number("audit", 0, AUDIT))
}
