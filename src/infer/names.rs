//! Names: of the feed, and of columns, which are words of the path in lower `snake_case`.

use crate::feed::xml_name::in_name;
use std::collections::HashMap;

/// As long as the feed allows.
const MAX_COLUMN: usize = 48;
const MAX_FEED: usize = 40;
/// Names that say nothing without the one above them.
const GENERIC: [&str; 22] = [
    "id", "cd", "nm", "tp", "dt", "dt_tm", "prtry", "othr", "value", "val", "text", "name", "code", "type",
    "date", "amt", "ccy", "currency", "issr", "v", "key", "ref",
];

/// A name in lower `snake_case`: `CdtDbtInd` and `cdt-dbt-ind` give `cdt_dbt_ind`, `XMLFile` gives `xml_file`.
#[must_use]
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (n, &c) in chars.iter().enumerate() {
        if !in_word(c) {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            continue;
        }
        let before = n.checked_sub(1).map(|n| chars[n]);
        let next_is_lower = chars.get(n + 1).is_some_and(|next| next.is_lowercase());
        let begins = c.is_uppercase()
            && before
                .is_some_and(|b| b.is_lowercase() || b.is_numeric() || b.is_uppercase() && next_is_lower);
        if begins && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out.trim_end_matches('_').to_owned()
}

/// Vowel signs and the like stand in words, too.
fn in_word(c: char) -> bool {
    c.is_alphanumeric() || in_name(c) && !matches!(c, '-' | '.' | '_' | '\u{b7}' | '\u{203f}' | '\u{2040}')
}

/// `[feed] name`: the root element's, or the only file's.
#[must_use]
pub fn feed_name(root: Option<&str>, files: &[String]) -> String {
    let from_file = match files {
        [file] => file.rsplit('/').next().and_then(|name| name.split('.').next()),
        _ => None,
    };
    // `Document` is the root of every ISO 20022 message.
    let root = root.filter(|root| *root != "Document" && *root != "root");
    let words = snake(root.or(from_file).unwrap_or("feed"));
    let mut name = String::new();
    for c in words.chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(MAX_FEED);
    let name = name.trim_end_matches('-');
    if name.is_empty() { "feed".into() } else { name.into() }
}

/// Unique column names. Each item is a column's path as names, outermost first, of which as few from the end
/// are taken as tell it apart; `least`: at least this many.
#[must_use]
pub fn columns(paths: &[(Vec<String>, usize)]) -> Vec<String> {
    let mut taken: Vec<usize> = paths.iter().map(|(words, least)| enough(words, *least)).collect();
    for _ in 0..16 {
        let names: Vec<String> = paths.iter().zip(&taken).map(|((words, _), n)| joined(words, *n)).collect();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for name in &names {
            *seen.entry(name).or_default() += 1;
        }
        let mut longer = false;
        for (n, name) in names.iter().enumerate() {
            if seen[name.as_str()] > 1 && taken[n] < paths[n].0.len() {
                taken[n] += 1;
                longer = true;
            }
        }
        if !longer {
            break;
        }
    }
    let mut names: Vec<String> = Vec::with_capacity(paths.len());
    for ((words, _), &count) in paths.iter().zip(&taken) {
        let base = fitting(&joined(words, count), MAX_COLUMN);
        let name = unique(&base, &names);
        names.push(name);
    }
    names
}

/// `base`, or `base_2` and so on where it is taken.
#[must_use]
pub fn unique(base: &str, taken: &[String]) -> String {
    let mut name = base.to_owned();
    let mut number = 1;
    while taken.contains(&name) {
        number += 1;
        let suffix = format!("_{number}");
        name = format!("{}{suffix}", fitting(base, MAX_COLUMN - suffix.len()));
    }
    name
}

fn enough(words: &[String], least: usize) -> usize {
    let last = words.last().map(|word| snake(word)).unwrap_or_default();
    // A child of the row itself (row and leaf) needs nothing above it.
    let wanted = if words.len() > 2 && GENERIC.contains(&last.as_str()) { least.max(2) } else { least };
    wanted.min(words.len())
}

/// The last `count` names as one; a word that follows itself stands once.
fn joined(words: &[String], count: usize) -> String {
    let mut parts: Vec<String> = Vec::new();
    for word in &words[words.len() - count..] {
        for part in snake(word).split('_') {
            if parts.last().is_none_or(|last| last != part) && !part.is_empty() {
                parts.push(part.to_owned());
            }
        }
    }
    parts.join("_")
}

/// Cut from the front, at a word where there is one; never what the feed forbids.
fn fitting(name: &str, bytes: usize) -> String {
    let mut name = name;
    while name.len() > bytes {
        let Some((_, rest)) = name.split_once('_') else { break };
        name = rest;
    }
    let name = &name[..name.floor_char_boundary(bytes)];
    match name {
        "" => "column".into(),
        _ if name.starts_with("tieout_") => name.replacen("tieout_", "their_", 1),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[(&str, usize)]) -> Vec<String> {
        let paths: Vec<_> =
            paths.iter().map(|(path, least)| (path.split('/').map(Into::into).collect(), *least)).collect();
        columns(&paths)
    }

    #[test]
    fn snake_case() {
        for (name, expected) in [
            ("CdtDbtInd", "cdt_dbt_ind"),
            ("IBAN", "iban"),
            ("XMLFile", "xml_file"),
            ("fx-rate.2", "fx_rate_2"),
            ("NbOfTxs", "nb_of_txs"),
            ("UnitID", "unit_id"),
            ("_x_", "x"),
            ("Übertrag", "übertrag"),
            ("U\u{308}bertrag·Nr", "u\u{308}bertrag_nr"),
            ("ที่อยู่", "ที่อยู่"),
            ("राशि-मूल्य", "राशि_मूल्य"),
        ] {
            assert_eq!(snake(name), expected);
        }
    }

    #[test]
    fn columns_are_told_apart() {
        assert_eq!(
            names(&[("Ntry/Amt", 1), ("Ntry/Amt/Ccy", 1), ("Ntry/Acct/Id/IBAN", 1), ("Stmt/Id", 2)]),
            ["amt", "amt_ccy", "iban", "stmt_id"]
        );
        assert_eq!(names(&[("R/A/X", 1), ("R/B/X", 1)]), ["a_x", "b_x"]);
        assert_eq!(names(&[("R/X", 1), ("R/x", 1)]), ["r_x", "r_x_2"]);
        assert_eq!(names(&[("Ntry/BookgDt/Dt", 1), ("tieout_id", 1)]), ["bookg_dt", "their_id"]);
    }

    #[test]
    fn names_fit() {
        let long = format!("{}/{}", "a".repeat(40), "b".repeat(40));
        let found =
            names(&[(&long, 2), (&"é".repeat(60), 1), ("-", 1), (&"x".repeat(60), 1), (&"x".repeat(61), 1)]);
        assert_eq!(found[0], "b".repeat(40));
        assert!(found.iter().all(|name| (1..=48).contains(&name.len())), "{found:?}");
        assert!(found[4].ends_with("x_2"), "{found:?}");
    }

    #[test]
    fn feed_names() {
        let files = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(feed_name(Some("FlexQueryResponse"), &files(&["x.xml"])), "flex-query-response");
        assert_eq!(feed_name(Some("Document"), &files(&["in/Statement_01.camt.xml"])), "statement-01");
        assert_eq!(feed_name(None, &files(&["a", "b"])), "feed");
        assert_eq!(feed_name(Some("Übertrag"), &files(&["a", "b"])), "bertrag");
    }
}
