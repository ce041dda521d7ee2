//! The draft as a feed file: a TOML document whose comments are decor of the keys and tables below them.

use super::{
    draft::{Draft, DraftColumn, DraftKey, KeyPart},
    names,
    pairing::Paired,
};
use crate::{error::printable, feed};
use std::fmt::Write as _;
use toml_edit::{Array, ArrayOfTables, Decor, DocumentMut, InlineTable, Item, Key, Table, Value};

/// Files without rows that are named.
const MAX_NAMED: usize = 5;
/// Characters of a sample value.
const MAX_SAMPLE: usize = 40;
/// Characters of a comment's line.
const MAX_LINE: usize = 110;

/// Our table, and which of its columns hold what those of the draft do.
pub struct Pairing {
    /// As typed: perhaps qualified.
    pub table: String,
    /// Per column of the draft.
    pub pairs: Vec<Option<Paired>>,
}

/// What is known of the columns beyond the draft: for the comments.
pub struct Facts<'a> {
    /// Names of the sample files.
    pub files: &'a [String],
    /// Rows that were converted.
    pub rows: u64,
    /// Rows without a value, per column.
    pub nulls: &'a [u64],
    /// A value, per column.
    pub samples: &'a [Option<String>],
    /// How often the row and the detail occur, for people.
    pub layout: String,
    /// Feeds that ship with the program and read such files.
    pub shipped: &'a [&'a str],
    /// Our side.
    pub ours: Option<&'a Pairing>,
}

/// The feed's text; without facts, only what the converter needs.
#[must_use]
pub fn render(draft: &Draft, facts: Option<&Facts<'_>>) -> String {
    document(draft, facts).to_string()
}

/// The feed file as a document that can still be edited.
pub(super) fn document(draft: &Draft, facts: Option<&Facts<'_>>) -> DocumentMut {
    let mut document = DocumentMut::new();
    document.insert("feed", Item::Table(feed_table(draft, facts)));
    let mut trailing = String::new();
    document.insert("xml", Item::Table(xml(draft, facts, &mut trailing)));
    let mut columns = columns(draft, facts);
    if let Some(first) = columns.get_mut(0).filter(|_| !trailing.is_empty()) {
        let before = first.decor().prefix().and_then(toml_edit::RawString::as_str).unwrap_or("\n").to_owned();
        first.decor_mut().set_prefix(trailing + &before);
    }
    document.insert("column", Item::ArrayOfTables(columns));
    if let Some(ours) = facts.and_then(|facts| facts.ours) {
        let (table, last_comments) = our_side(draft, ours);
        document.insert("ours", Item::Table(table));
        document.set_trailing(last_comments);
    }
    document
}

/// The lines of a comment.
fn comment(text: &str) -> String {
    let text = printable(text);
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split(' ') {
        if line.chars().count() + word.chars().count() > MAX_LINE && line.len() > 1 {
            lines.push_str(&line);
            lines.push('\n');
            line = String::from("#  ");
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

/// Adds a key below the lines of a comment, which may be empty.
fn put(table: &mut Table, key: &str, comments: &str, value: impl Into<Value>) {
    let key = Key::new(key).with_leaf_decor(Decor::new(comments, " "));
    table.insert_formatted(&key, Item::Value(value.into()));
}

/// A text of the feed: what would be read from the environment is written so that it is not.
fn text(text: &str) -> String {
    feed::literal(text)
}

fn feed_table(draft: &Draft, facts: Option<&Facts<'_>>) -> Table {
    let mut table = Table::new();
    if let Some(facts) = facts {
        table.decor_mut().set_prefix(head(draft, facts) + "\n");
    }
    put(&mut table, "name", "", text(&draft.name));
    table
}

fn head(draft: &Draft, facts: &Facts<'_>) -> String {
    let files = match facts.files {
        [only] => only.clone(),
        [first, ..] => format!("{} files ({first} …)", facts.files.len()),
        [] => String::new(),
    };
    let rows = counted(facts.rows, "row");
    let mut lines = comment(&format!("A feed to start from, made by `tieout infer` from {files}: {rows}."));
    lines += &comment(
        "It runs as it is. Compare it with the sender's specification: samples show what occurs, not what may occur.",
    );
    if !facts.shipped.is_empty() {
        let shown: Vec<String> =
            facts.shipped.iter().map(|name| format!("tieout feeds show {name}")).collect();
        lines += &comment(&format!("A feed for such files ships with tieout: {}.", shown.join(", or ")));
    }
    for note in &draft.notes {
        lines += &comment(&format!("Left out: {note}."));
    }
    lines
}

/// `[xml]`. `trailing`: the comments that stand below its last key.
fn xml(draft: &Draft, facts: Option<&Facts<'_>>, trailing: &mut String) -> Table {
    let layout = &draft.layout;
    let mut table = Table::new();
    let mut said = String::new();
    if let Some(facts) = facts {
        said += &comment(&facts.layout);
        if !layout.others.is_empty() {
            said += &comment(&format!("Other elements that could be the row: {}.", layout.others.join(", ")));
        }
    }
    put(&mut table, "row", &said, text(&layout.row_path));
    if let Some((_, path)) = &layout.explode {
        put(&mut table, "explode", "", text(path));
    }
    if let Some(root) = &layout.root {
        put(&mut table, "root", "", text(root));
    }
    if !draft.empty.is_empty() {
        let named = draft.empty.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = draft.empty.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let said = comment(&format!("No row in {named}{more}: are they of the same kind as the others?"));
        if let Some(path) = &draft.proof {
            let proven =
                "Every sample holds this element, so it is what says that a file without rows is whole.";
            put(&mut table, "allow_empty", &(said + &comment(proven)), text(path));
        } else {
            let open = "Such a file is refused, since nothing in it says that it should be empty. If an element does, name it:";
            *trailing = said + &comment(open) + "# allow_empty = \"/path/of/that/element\"\n";
        }
    }
    table
}

/// The draft's columns, and those that only number rows or details.
fn columns(draft: &Draft, facts: Option<&Facts<'_>>) -> ArrayOfTables {
    let mut columns = ArrayOfTables::new();
    for (n, drafted) in draft.columns.iter().enumerate() {
        columns.push(column(draft, n, drafted, facts));
    }
    match &draft.key {
        DraftKey::Ordinal { files, nearest, parent } => {
            let mut taken = draft.names();
            let bases: &[&str] =
                if *files && parent.is_none() { &["file_name", "row_number"] } else { &["row_number"] };
            for (n, base) in bases.iter().enumerate() {
                let mut table = number(base, &taken);
                taken.extend(table.get("name").and_then(Item::as_str).map(ToOwned::to_owned));
                if n == 0 && facts.is_some() {
                    table
                        .decor_mut()
                        .set_prefix(format!("\n{}\n", no_key(nearest.as_deref(), *files, parent.is_some())));
                }
                columns.push(table);
            }
        }
        key if key.holds(KeyPart::Detail) => columns.push(number("detail_number", &draft.names())),
        DraftKey::Parts(..) => {}
    }
    columns
}

fn column(draft: &Draft, n: usize, column: &DraftColumn, facts: Option<&Facts<'_>>) -> Table {
    let mut table = Table::new();
    let said = facts.map(|facts| said(n, column, facts)).unwrap_or_default();
    put(&mut table, "name", &said, text(&column.name));
    if column.element {
        put(&mut table, "from", "", "element");
    } else {
        put(&mut table, "path", "", text(&column.path));
    }
    let r#type = &column.r#type;
    for (key, value) in [("type", r#type.kind), ("format", r#type.format)] {
        if let Some(value) = value {
            put(&mut table, key, "", text(value));
        }
    }
    match r#type.decimal {
        Some("comma") => put(&mut table, "decimal_comma", "", true),
        Some(sign) => put(&mut table, "decimal", "", sign),
        None => {}
    }
    if let Some(strip) = r#type.strip {
        put(&mut table, "strip", "", text(strip));
    }
    if let Some(sign) = &column.sign {
        let mut inline = InlineTable::new();
        inline.insert("path", text(&sign.path).into());
        for (key, codes) in [("negative", &sign.negative), ("positive", &sign.positive)] {
            let codes: Array = codes.iter().map(|code| text(code)).collect();
            inline.insert(key, codes.into());
        }
        put(&mut table, "sign", "", inline);
    }
    if column.join {
        put(&mut table, "repeat", "", "join");
    }
    for (key, set) in [("late", column.late), ("trim", column.trim)] {
        if set {
            put(&mut table, key, "", true);
        }
    }
    let unpaired = facts.and_then(|facts| facts.ours).is_some_and(|ours| ours.pairs[n].is_none());
    match &draft.key {
        DraftKey::Parts(parts, measured) if parts.contains(&KeyPart::Column(n)) => {
            put(&mut table, "key", &comment(measured), true);
        }
        DraftKey::Ordinal { parent, .. } if *parent == Some(n) => {
            put(&mut table, "key", &comment("tells what the rows stand in apart"), true);
        }
        _ if unpaired => put(&mut table, "compare", &comment("nothing of ours was found for it"), false),
        _ => {}
    }
    table
}

/// What is known of a column's values.
fn said(n: usize, column: &DraftColumn, facts: &Facts<'_>) -> String {
    let mut said = occurrence(facts.nulls[n], facts.rows);
    if let Some(sample) = &facts.samples[n] {
        let shown: String = sample.chars().take(MAX_SAMPLE).collect();
        let cut = if shown.len() < sample.len() { "…" } else { "" };
        // Writing to a String cannot fail, here and below.
        let _ = write!(said, ", like {shown:?}{cut}");
    }
    for remark in &column.remarks {
        let _ = write!(said, "; {remark}");
    }
    comment(&said)
}

/// `1 row`, `2 rows`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn occurrence(nulls: u64, rows: u64) -> String {
    match nulls {
        0 => "in every row".to_owned(),
        _ if nulls >= rows => "in no row".to_owned(),
        _ => format!("optional, in {} of {rows} rows", rows - nulls),
    }
}

/// A key column of what the converter counts.
fn number(from: &str, taken: &[String]) -> Table {
    let mut table = Table::new();
    put(&mut table, "name", "", text(&names::unique(from, taken)));
    put(&mut table, "from", "", from);
    put(&mut table, "key", "", true);
    table
}

/// Why rows are known by their number, and what that means.
fn no_key(nearest: Option<&str>, files: bool, parent: bool) -> String {
    let nearest = nearest.map_or_else(String::new, |nearest| format!(" Nearest to it comes {nearest}."));
    let text = "No column, pair or triple of columns tells all rows apart, so rows are known by their place in the file.";
    let warning = match (parent, files) {
        (true, _) => " WARNING: a file that comes again in another order has other numbers.",
        (false, true) => " WARNING: our side knows no names of files: find a key before you compare.",
        (false, false) => {
            " WARNING: these numbers begin anew in each file, so keys of several files collide."
        }
    };
    comment(&format!("{text}{nearest}{warning}"))
}

/// `[ours]`, and the comments that stand below its last key.
fn our_side(draft: &Draft, ours: &Pairing) -> (Table, String) {
    let mut columns = Table::new();
    let mut comments = String::new();
    for (column, pair) in draft.columns.iter().zip(&ours.pairs) {
        let Some(pair) = pair else { continue };
        comments += &comment(&format!("{}: {}", column.name, pair.reason));
        if pair.expression != column.name {
            put(&mut columns, &column.name, &comments, text(&pair.expression));
            comments.clear();
        }
    }
    let mut table = Table::new();
    put(&mut table, "table", "", text(&ours.table));
    table.insert("columns", Item::Table(columns));
    (table, comments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_texts_are_escaped_and_stay_what_they_are() {
        let mut table = Table::new();
        put(&mut table, "a.b", "", text("a\"b\\c\n${X}"));
        put(&mut table, "c", "# why\n", text("plain"));
        let written = DocumentMut::from(table).to_string();
        assert!(written.contains("\n# why\nc = \"plain\"\n"), "{written}");
        let read: toml::Table = written.parse().expect("TOML");
        assert_eq!(read["a.b"].as_str(), Some("a\"b\\c\n$${X}"));
    }

    #[test]
    fn comments_are_wrapped_and_hold_no_line_end() {
        let lines = comment(&format!("{} x\ny", "word ".repeat(40).trim_end()));
        assert!(lines.lines().all(|line| line.starts_with('#') && line.len() <= 120), "{lines}");
        assert!(lines.contains("x\\u{a}y"));
    }
}
