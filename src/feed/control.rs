//! `[[control]]`: what the file declares about itself, and what that must equal.

use super::{
    Column, Control, Kind, Term, TermValue,
    mistakes::advice,
    path::{Path, PathError},
    sign::sign,
    table::KnownTable,
    units,
};

pub(super) const CONTROL: &[&str] = &["name", "per", "path", "sign", "equals", "on_failure"];

/// One `[[control]]`.
pub(super) fn control(table: &KnownTable<'_>, columns: &[Column]) -> Option<Control> {
    table.require("name", "name it for the summary");
    table.require("path", "say where the file declares the number");
    table.require("equals", "write count, rows, sum(column), {path} or a number, joined by + and -");
    let name = table.word("name");
    let per = table.row_path("per");
    let path = table.path("path");
    let equals = equals(table, columns);
    if !table.has("per") {
        let terms = equals.iter().flatten();
        let braces = terms.filter_map(|term| match &term.value {
            TermValue::Path(path) => Some(("equals", path)),
            _ => None,
        });
        for (key, path) in path.iter().map(|path| ("path", path)).chain(braces) {
            if path.up > 0 {
                table.mistake(key, "begins with `..`, but without `per` there is nothing to go up from");
            }
        }
    }
    let sign = sign(table);
    let on_failure = table.choice("on_failure", &[("refuse", true), ("warn", false)]);
    Some(Control {
        name: name?.value,
        per,
        path: path?,
        sign,
        equals: equals?,
        refuse: on_failure.unwrap_or(true),
    })
}

fn equals(table: &KnownTable<'_>, columns: &[Column]) -> Option<Vec<Term>> {
    let text = table.word("equals")?;
    table.parsed("equals", &text, |text| terms(text, columns))
}

/// Terms joined by `+` and `-`.
fn terms(text: &str, columns: &[Column]) -> Result<Vec<Term>, PathError> {
    let mut terms = Vec::new();
    let mut at = 0;
    loop {
        at += blanks(&text[at..]);
        let mut negative = false;
        let sign = text[at..].chars().next().filter(|c| matches!(c, '+' | '-'));
        match sign {
            Some(sign) => {
                negative = sign == '-';
                at += 1;
                at += blanks(&text[at..]);
            }
            None if terms.is_empty() => {}
            None if at == text.len() => return Ok(terms),
            None => return refuse(at, "expected `+` or `-` between two terms"),
        }
        let (value, length) = term(&text[at..], at, columns)?;
        at += length;
        terms.push(Term { negative, value });
    }
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn refuse<T>(offset: usize, message: impl Into<String>) -> Result<T, PathError> {
    Err(PathError { message: message.into(), offset })
}

/// The term that `text` begins with, and its length; `at` is where `text` begins.
fn term(text: &str, at: usize, columns: &[Column]) -> Result<(TermValue, usize), PathError> {
    if let Some(inside) = text.strip_prefix('{') {
        let Some(length) = closing_brace(inside) else {
            return refuse(at, "`{` is never closed; add `}`");
        };
        let path = Path::parse(&inside[..length])
            .map_err(|error| PathError { offset: error.offset + at + 1, ..error })?;
        return Ok((TermValue::Path(path), length + 2));
    }
    let length = text.find(|c: char| c.is_whitespace() || "+-({".contains(c)).unwrap_or(text.len());
    let word = &text[..length];
    match word {
        "count" => Ok((TermValue::Count, length)),
        "rows" => Ok((TermValue::Rows, length)),
        "sum" if text[length..].starts_with('(') => {
            let Some(inside) = text[length + 1..].find(')') else {
                return refuse(at + length, "`(` is never closed; add `)`");
            };
            let name = &text[length + 1..length + 1 + inside];
            Ok((TermValue::Sum(summed(name, at + length + 1, columns)?), length + inside + 2))
        }
        _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') => match units::decimal(word, word) {
            Ok(number) => Ok((TermValue::Number(number), length)),
            Err(what) => refuse(at, what),
        },
        "" => refuse(at, "a term is missing here; write count, rows, sum(column), {path} or a number"),
        _ => refuse(at, format!("`{word}` is no term; write count, rows, sum(column), {{path}} or a number")),
    }
}

/// Where the `}` stands that is not inside quotes.
fn closing_brace(inside: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in inside.char_indices() {
        match quote {
            Some(open) if open == c => quote = None,
            None if c == '}' => return Some(at),
            None if matches!(c, '\'' | '"') => quote = Some(c),
            _ => {}
        }
    }
    None
}

/// The index of a column that can be summed.
fn summed(name: &str, at: usize, columns: &[Column]) -> Result<usize, PathError> {
    let name = name.trim();
    let Some(index) = columns.iter().position(|column| column.name == name) else {
        let advice = advice(name, columns.iter().map(|column| column.name.as_str()));
        return refuse(at, format!("sum({name}): no [[column]] has this name; {advice}"));
    };
    let kind = &columns[index].kind;
    if !matches!(kind, Kind::Integer | Kind::Decimal) {
        let what =
            format!("sum({name}): the column is of type {}; only integer and decimal sum up", kind.name());
        return refuse(at, what);
    }
    Ok(index)
}
