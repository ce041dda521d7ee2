//! `[ours]`: our table or query, and where its columns are named otherwise.

use super::{Column, Ours, Relation, mistakes::advice, table::KnownTable};
use std::collections::BTreeMap;

pub(super) const OURS: &[&str] = &["table", "query", "where", "columns"];

/// `[ours]`.
pub(super) fn ours(table: &KnownTable<'_>, columns: &[Column]) -> Option<Ours> {
    let expressions = expressions(table, columns);
    refuse_totals_of_one_side(table, columns, &expressions);
    let filter = table.word("where").map(|text| text.value);
    Some(Ours { relation: relation(table)?, filter, expressions })
}

fn relation(table: &KnownTable<'_>) -> Option<Relation> {
    if table.has("table") && table.has("query") {
        table.mistake("query", "stands beside table; keep one of them");
        return None;
    }
    if table.has("query") {
        return table.word("query").map(|text| Relation::Query(text.value));
    }
    table.require("table", "name our table, like \"ledger.entries\", or write a query");
    let text = table.word("table")?;
    match table_parts(&text.value) {
        Ok(parts) => Some(Relation::Table(parts)),
        Err(what) => {
            table.mistake_at(text.at, "table", what);
            None
        }
    }
}

fn expressions(table: &KnownTable<'_>, columns: &[Column]) -> BTreeMap<String, String> {
    let mut expressions = BTreeMap::new();
    let entries = table.string_table("columns", "[ours.columns]").unwrap_or_default();
    for (name, at, text) in entries {
        let key = format!("columns.{name}");
        if !columns.iter().any(|column| column.name == name) {
            let advice = advice(&name, columns.iter().map(|column| column.name.as_str()));
            table.mistake_at(at, &key, format!("no [[column]] has this name; {advice}"));
        }
        if text.value.trim().is_empty() {
            table.mistake_at(text.at, &key, "is empty; write our column or an SQL expression");
        }
        expressions.insert(name, text.value);
    }
    expressions
}

/// A total is compared on both sides, so ours must have what groups it.
fn refuse_totals_of_one_side(
    table: &KnownTable<'_>,
    columns: &[Column],
    expressions: &BTreeMap<String, String>,
) {
    for (column, by) in
        columns.iter().filter_map(|column| Some((column, columns.get(column.comparison.total_by()?)?)))
    {
        if !by.compared() && !expressions.contains_key(&by.name) {
            let what = format!(
                "name `{}` there: total_by of `{}` needs it on our side, where a column with compare = false is not looked for",
                by.name, column.name
            );
            table.mistake("columns", what);
        }
    }
}

/// The parts of a table's name, which may be qualified: `ledger.entries` has two. It is split at the `.`s outside
/// double quotes; `""` is a quote inside quotes.
///
/// # Errors
/// What is wrong with it.
pub fn table_parts(name: &str) -> Result<Vec<String>, String> {
    let mut parts = Vec::new();
    let mut rest = name.trim();
    loop {
        let (part, after) = if let Some(inside) = rest.strip_prefix('"') {
            quoted_part(inside).ok_or("has a `\"` that is never closed; close it")?
        } else {
            let (part, after) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
            if part.contains(|c: char| c.is_whitespace() || "\"`[]();'".contains(c)) {
                return Err(format!(
                    "`{part}` is no plain name; put names with other characters in double quotes, like '\"My Schema\".entries'"
                ));
            }
            (part.to_owned(), after)
        };
        if part.is_empty() {
            return Err("has an empty part; write it like \"ledger.entries\"".into());
        }
        if part.contains(char::is_control) {
            return Err("has a control character; take it out".into());
        }
        parts.push(part);
        match after.strip_prefix('.') {
            Some(more) => rest = more,
            None if after.is_empty() => break,
            None => return Err(format!("`{after}` follows a closing quote; separate names by `.`")),
        }
    }
    if parts.len() > 3 {
        return Err(format!("has {} parts; a name has at most three", parts.len()));
    }
    Ok(parts)
}

/// The text up to the closing quote, and what follows it.
fn quoted_part(inside: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = inside;
    loop {
        let (text, after) = rest.split_once('"')?;
        part.push_str(text);
        match after.strip_prefix('"') {
            Some(more) => {
                part.push('"');
                rest = more;
            }
            None => return Some((part, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::table_parts;

    #[test]
    fn splits_outside_quotes() {
        for (name, parts) in [
            ("entries", vec!["entries"]),
            ("ledger.entries", vec!["ledger", "entries"]),
            (r#""My Schema".entries"#, vec!["My Schema", "entries"]),
            (r#""a.b"."c""d""#, vec!["a.b", "c\"d"]),
        ] {
            assert_eq!(table_parts(name).unwrap(), parts, "{name}");
        }
        for name in
            ["", ".a", "a.", "a..b", "\"a", "\"a\"b", "a b", "a;b", "a.b.c.d", "`a`", "\"\"", "a\"b\""]
        {
            assert!(table_parts(name).is_err(), "{name}");
        }
    }
}
