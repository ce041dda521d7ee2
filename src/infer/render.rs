//! The draft as a feed file with comments.

use super::{Column, DETAIL, Draft, Key, names, pairing::Paired};
use crate::error::printable;
use std::fmt::Write as _;

/// Files without rows that are named.
const MAX_NAMED: usize = 5;
/// Characters of a sample value.
const MAX_SAMPLE: usize = 40;

/// Our side of the feed, and what is said of each column.
pub struct OurSide {
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
    pub ours: Option<&'a OurSide>,
}

/// The feed's text; without facts, only what the converter needs.
#[must_use]
pub fn render(draft: &Draft, facts: Option<&Facts<'_>>) -> String {
    let mut out = String::new();
    if let Some(facts) = facts {
        head(draft, facts, &mut out);
    }
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(out, "[feed]\nname = {}\n", quoted(&draft.name));
    xml(draft, facts, &mut out);
    for (n, column) in draft.columns.iter().enumerate() {
        out.push('\n');
        one(draft, n, column, facts, &mut out);
    }
    match &draft.key {
        Key::Ordinal { files, nearest } => {
            ordinal(draft, *files, nearest.as_deref(), facts.is_some(), &mut out);
        }
        Key::Columns(set, _) if set.contains(&DETAIL) => {
            let taken: Vec<String> = draft.columns.iter().map(|column| column.name.clone()).collect();
            let name = names::unique("detail_number", &taken);
            let _ =
                writeln!(out, "\n[[column]]\nname = {}\nfrom = \"detail_number\"\nkey = true", quoted(&name));
        }
        Key::Columns(..) => {}
    }
    if let Some(ours) = facts.and_then(|facts| facts.ours) {
        our_side(draft, ours, &mut out);
    }
    out
}

fn comment(text: &str, out: &mut String) {
    let text = printable(text);
    let mut line = String::from("#");
    for word in text.split(' ') {
        if line.chars().count() + word.chars().count() > 110 && line.len() > 1 {
            let _ = writeln!(out, "{line}");
            line = String::from("#  ");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(out, "{line}");
}

fn head(draft: &Draft, facts: &Facts<'_>, out: &mut String) {
    let files = match facts.files {
        [only] => only.clone(),
        [first, ..] => format!("{} files ({first} …)", facts.files.len()),
        [] => String::new(),
    };
    comment(
        &format!(
            "A feed to start from, made by `tieout infer` from {files}: {}.",
            counted(facts.rows, "row")
        ),
        out,
    );
    comment(
        "It runs as it is. Compare it with the sender's specification: samples show what occurs, not what may occur.",
        out,
    );
    if !facts.shipped.is_empty() {
        let shown: Vec<String> =
            facts.shipped.iter().map(|name| format!("tieout feeds show {name}")).collect();
        comment(&format!("A feed for such files ships with tieout: {}.", shown.join(", or ")), out);
    }
    for note in &draft.notes {
        comment(&format!("Left out: {note}."), out);
    }
    out.push('\n');
}

fn xml(draft: &Draft, facts: Option<&Facts<'_>>, out: &mut String) {
    let layout = &draft.layout;
    let _ = writeln!(out, "[xml]");
    if let Some(facts) = facts {
        comment(&facts.layout, out);
        if !layout.others.is_empty() {
            comment(&format!("Other elements that could be the row: {}.", layout.others.join(", ")), out);
        }
    }
    let _ = writeln!(out, "row = {}", quoted(&layout.row_path));
    if let Some((_, path)) = &layout.explode {
        let _ = writeln!(out, "explode = {}", quoted(path));
    }
    if let Some(root) = &layout.root {
        let _ = writeln!(out, "root = {}", quoted(root));
    }
    if !draft.empty.is_empty() {
        let named = draft.empty.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = draft.empty.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        comment(&format!("No row in {named}{more}: are they of the same kind as the others?"), out);
        let _ = writeln!(out, "allow_empty = true");
    }
}

fn one(draft: &Draft, n: usize, column: &Column, facts: Option<&Facts<'_>>, out: &mut String) {
    let pair = facts.and_then(|facts| facts.ours).map(|ours| ours.pairs[n].as_ref());
    let key = matches!(&draft.key, Key::Columns(set, _) if set.contains(&n));
    let _ = writeln!(out, "[[column]]");
    if let Some(facts) = facts {
        let mut said = occurrence(facts.nulls[n], facts.rows);
        if let Some(sample) = &facts.samples[n] {
            let shown: String = sample.chars().take(MAX_SAMPLE).collect();
            let cut = if shown.len() < sample.len() { "…" } else { "" };
            let _ = write!(said, ", like {shown:?}{cut}");
        }
        for remark in &column.remarks {
            let _ = write!(said, "; {remark}");
        }
        comment(&said, out);
    }
    let _ = writeln!(out, "name = {}", quoted(&column.name));
    let _ = writeln!(out, "path = {}", quoted(&column.path));
    if let Some(kind) = column.form.kind {
        let _ = writeln!(out, "type = {}", quoted(kind));
    }
    if let Some(format) = column.form.format {
        let _ = writeln!(out, "format = {}", quoted(format));
    }
    if column.form.decimal_comma {
        let _ = writeln!(out, "decimal_comma = true");
    }
    if let Some(strip) = column.form.strip {
        let _ = writeln!(out, "strip = {}", quoted(strip));
    }
    if let Some(sign) = &column.sign {
        let codes: Vec<String> = sign.negative.iter().map(|code| quoted(code)).collect();
        let _ =
            writeln!(out, "sign = {{ path = {}, negative = [{}] }}", quoted(&sign.path), codes.join(", "));
    }
    if column.join {
        let _ = writeln!(out, "repeat = \"join\"");
    }
    if column.late {
        let _ = writeln!(out, "late = true");
    }
    if column.trim {
        let _ = writeln!(out, "trim = true");
    }
    if key {
        if let Key::Columns(_, measured) = &draft.key {
            comment(measured, out);
        }
        let _ = writeln!(out, "key = true");
    } else if pair.is_some_and(|pair| pair.is_none()) {
        comment("nothing of ours was found for it", out);
        let _ = writeln!(out, "compare = false");
    }
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

/// The number of a row, where nothing else tells rows apart.
fn ordinal(draft: &Draft, files: bool, nearest: Option<&str>, said: bool, out: &mut String) {
    let mut taken: Vec<String> = draft.columns.iter().map(|column| column.name.clone()).collect();
    if said {
        let nearest = nearest.map_or_else(String::new, |nearest| format!(" Nearest to it comes {nearest}."));
        let text = "No column, pair or triple of columns tells all rows apart, so rows are known by their place in the file.";
        out.push('\n');
        comment(&format!("{text}{nearest}"), out);
    }
    let mut column = |base: &str, from: &str| {
        let name = names::unique(base, &taken);
        let _ = writeln!(out, "\n[[column]]");
        let _ = writeln!(out, "name = {}\nfrom = {}\nkey = true", quoted(&name), quoted(from));
        taken.push(name);
    };
    if files {
        column("file_name", "file_name");
    }
    column("row_number", "row_number");
}

fn our_side(draft: &Draft, ours: &OurSide, out: &mut String) {
    let _ = writeln!(out, "\n[ours]\ntable = {}", quoted(&ours.table));
    let _ = writeln!(out, "\n[ours.columns]");
    for (column, pair) in draft.columns.iter().zip(&ours.pairs) {
        let Some(pair) = pair else { continue };
        comment(&format!("{}: {}", column.name, pair.reason), out);
        if pair.expression != column.name {
            let _ = writeln!(out, "{} = {}", quoted_key(&column.name), quoted(&pair.expression));
        }
    }
}

fn quoted_key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare { name.to_owned() } else { quoted(name) }
}

/// A TOML basic string (TOML 1.0, "String").
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    // `${` would be read from the environment.
    for c in text.replace("${", "$${").chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\\U0000000A\"");
        assert_eq!(quoted_key("a.b"), "\"a.b\"");
    }

    #[test]
    fn comments_are_wrapped_and_hold_no_line_end() {
        let mut out = String::new();
        comment(&format!("{} x\ny", "word ".repeat(40).trim_end()), &mut out);
        assert!(out.lines().all(|line| line.starts_with('#') && line.len() <= 120), "{out}");
        assert!(out.contains("x\\u{a}y"));
    }
}
