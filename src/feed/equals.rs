//! What a control must equal: terms joined by `+` and `-`.

use super::{
    Column, Kind, Term, TermValue,
    mistakes::advice,
    path::{Path, PathError},
    units,
};

/// Terms joined by `+` and `-`.
pub(super) fn terms(text: &str, columns: &[Column]) -> Result<Vec<Term>, PathError> {
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
