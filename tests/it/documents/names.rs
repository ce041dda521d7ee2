//! Everything that a document names is there: files, links, tables and keys of a feed, commands and options.

use super::markdown::{Document, Heading, has_extension, root};
use clap::{Command, CommandFactory};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tieout::{cli::Cli, feed};

/// What a document names and the repository does not hold.
pub fn missing_files(document: &Document) -> Vec<String> {
    let spans = document.spans.iter().filter_map(|span| missing_file(span));
    spans.map(|path| format!("{}: there is no {path}", document.path.display())).collect()
}

/// The path that a code span begins with, where it looks like one of the repository and leads nowhere. `src/` and the
/// extension of a module may be left out; what follows a placeholder (`<dialect>`, `*`, `{a,b}`) is not looked at.
fn missing_file(span: &str) -> Option<String> {
    let path = span.split_whitespace().next()?.trim_end_matches('/');
    let mut steps = path.split('/');
    // A path that begins with `/` is none of the repository's.
    let first = steps.next().filter(|first| !first.is_empty() && !first.starts_with(".."))?;
    if steps.next().is_none() {
        let named = has_extension(path, "rs") || has_extension(path, "md");
        return (named && !is_placeholder(path) && !is_somewhere(path, root())).then(|| path.to_owned());
    }
    let bases: Vec<PathBuf> = [root().to_owned(), root().join("src")]
        .into_iter()
        .filter(|base| is_file(&base.join(first)))
        .collect();
    let certain: Vec<&str> = path.split('/').take_while(|step| !is_placeholder(step)).collect();
    let certain = certain.join("/");
    (!bases.is_empty() && !bases.iter().any(|base| is_file(&base.join(&certain)))).then_some(certain)
}

fn is_placeholder(step: &str) -> bool {
    step.contains(['*', '<', '{', '…', '[']) || step.chars().any(char::is_uppercase) && !step.contains('.')
}

fn is_file(path: &Path) -> bool {
    path.exists() || PathBuf::from(format!("{}.rs", path.display())).exists()
}

/// Whether some file of the repository is called so.
fn is_somewhere(name: &str, folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let own = entry.file_name();
        let skipped = own == "target" || own.to_string_lossy().starts_with(".git");
        own == name || !skipped && entry.path().is_dir() && is_somewhere(name, &entry.path())
    })
}

/// Links of a document that lead nowhere.
pub fn broken_links(document: &Document) -> Vec<String> {
    let lost =
        |link: &&String| !link.contains("://") && !link.starts_with("mailto:") && !leads(document, link);
    let lost = document.links.iter().filter(lost);
    lost.map(|link| format!("{}: the link {link} leads nowhere", document.path.display())).collect()
}

fn leads(document: &Document, link: &str) -> bool {
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let has =
        |headings: &[Heading]| anchor.is_none_or(|anchor| headings.iter().any(|one| one.anchor == anchor));
    if file.is_empty() {
        return has(&document.headings);
    }
    let folder = document.path.parent().unwrap_or(Path::new(""));
    let path = folder.join(file);
    let there = root().join(&path).exists();
    there && (anchor.is_none() || has(&Document::read(&path.to_string_lossy()).headings))
}

/// The tables and keys of a feed that a document names in code spans or examples, and that no feed may have.
pub fn unknown_keys(document: &Document) -> Vec<String> {
    let mut unknown: Vec<String> = document.spans.iter().flat_map(|span| unknown_in_span(span)).collect();
    for (_, text) in document.blocks.iter().filter(|(language, _)| language == "toml") {
        match text.parse::<toml::Table>() {
            Ok(table) => unknown_in_example(&table, &mut unknown),
            Err(cause) => unknown.push(format!("an example that is no TOML ({cause})")),
        }
    }
    unknown.iter().map(|what| format!("{}: no feed has {what}", document.path.display())).collect()
}

/// The keys of a table: `xml`, `set.ours`, `xml.retraction` or, of a table that is a value, `sign`.
fn keys_of(table: &str) -> Option<&'static [&'static str]> {
    let last = |title: &str| title.trim_matches(['[', ']']).rsplit('.').next().map(str::to_owned);
    let found = feed::keys().into_iter().find(|(title, _)| last(title) == last(table));
    found.map(|(_, keys)| keys)
}

/// `[xml] row`, `[database] lock_timeout, statement_timeout`, `[[column]] type = "decimal"`.
fn unknown_in_span(span: &str) -> Vec<String> {
    let Some((table, rest)) = span.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Vec::new();
    };
    let table = table.trim_start_matches('[');
    // `[host]:port` is an address.
    if rest.starts_with(':') {
        return Vec::new();
    }
    if table.is_empty() || !table.chars().all(|c| c.is_ascii_lowercase() || c == '.') {
        return Vec::new();
    }
    // Edits of a test's file are no feed, and neither is what the clients of MySQL read.
    if ["attack", "client"].contains(&table) {
        return Vec::new();
    }
    let rest = rest.trim_start_matches(']');
    let owner = [".columns", ".skip"].iter().find_map(|own| table.strip_suffix(own));
    let Some(keys) = keys_of(owner.unwrap_or(table)) else { return vec![format!("[{table}]")] };
    let before_value = rest.split('=').next().unwrap_or_default();
    let words = before_value.split([',', ' ']).filter(|word| !word.is_empty());
    words.filter(|word| !keys.contains(word)).map(|word| format!("[{table}] {word}")).collect()
}

/// The tables of an example; keys above any table are those of a table that the text around it names.
fn unknown_in_example(example: &toml::Table, unknown: &mut Vec<String>) {
    for (name, value) in example {
        match (value, keys_of(name)) {
            (toml::Value::Table(table), Some(keys)) => unknown_in_table(name, keys, table, unknown),
            (toml::Value::Array(list), Some(keys)) => {
                let tables = list.iter().filter_map(toml::Value::as_table);
                tables.for_each(|table| unknown_in_table(name, keys, table, unknown));
            }
            (toml::Value::Table(_), None) => unknown.push(format!("[{name}]")),
            _ if feed::keys().iter().any(|(_, keys)| keys.contains(&name.as_str())) => {}
            _ => unknown.push(name.clone()),
        }
    }
}

fn unknown_in_table(title: &str, keys: &[&str], table: &toml::Table, unknown: &mut Vec<String>) {
    for (key, value) in table {
        if !keys.contains(&key.as_str()) {
            unknown.push(format!("[{title}] {key}"));
        }
        // Under these the user chooses the keys.
        if matches!(key.as_str(), "columns" | "map" | "skip" | "by" | "headers") {
            continue;
        }
        let inner: Vec<&toml::Table> = match value {
            toml::Value::Table(inner) => vec![inner],
            toml::Value::Array(list) => list.iter().filter_map(toml::Value::as_table).collect(),
            _ => Vec::new(),
        };
        for inner in inner {
            unknown_in_table(key, keys_of(key).unwrap_or_default(), inner, unknown);
        }
    }
}

/// Commands and options that a document names, and that the program does not have.
pub fn unknown_commands(document: &Document) -> Vec<String> {
    let program = Cli::command();
    let mut unknown = Vec::new();
    for line in commands(document) {
        unknown.extend(unknown_in_command(&program, &line));
    }
    // What is said of tests names options of the test programs.
    let alone =
        document.spans.iter().filter(|span| span.starts_with("--") && !document.path.starts_with("tests"));
    for option in alone {
        let known = program.get_subcommands().any(|command| has_option(command, option));
        if !known && !has_option(&program, option) {
            unknown.push(option.clone());
        }
    }
    unknown.iter().map(|what| format!("{}: the program has no {what}", document.path.display())).collect()
}

/// Lines that begin with the program's name, in code spans and in blocks for a shell.
pub fn commands(document: &Document) -> Vec<String> {
    let blocks = document.blocks.iter().filter(|(language, _)| language == "sh");
    let lines = blocks.flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>());
    let all = document.spans.iter().cloned().chain(lines);
    all.filter(|line| line.starts_with("tieout ")).collect()
}

pub fn unknown_in_command(program: &Command, line: &str) -> Option<String> {
    let ends = |word: &&str| !matches!(*word, "#" | "|" | "||" | "&&" | ">" | ">>" | ";");
    // Options of every command may stand before it.
    let words = line.split_whitespace().take_while(ends).skip(1).skip_while(|word| word.starts_with('-'));
    let mut words = words.peekable();
    let mut command = program;
    while let Some(word) = words.next_if(|word| command.has_subcommands() && is_name(word)) {
        match command.find_subcommand(word) {
            Some(found) => command = found,
            None if word == "help" => return None,
            None => return Some(format!("command `{word}`: {line}")),
        }
    }
    let options = words.filter(|word| word.trim_start_matches('[').starts_with("--"));
    let unknown =
        options.into_iter().find(|option| !has_option(command, option) && !has_option(program, option));
    unknown.map(|option| format!("option `{option}`: {line}"))
}

/// A word that is typed as it stands: no placeholder, option or file.
fn is_name(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-')
}

fn has_option(command: &Command, text: &str) -> bool {
    let name: String = text
        .trim_start_matches(['[', '-'])
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '-')
        .collect();
    matches!(name.as_str(), "help" | "version")
        || command.get_arguments().any(|one| one.get_long() == Some(&name))
}
