//! A column of ours as a feed names it: an SQL expression with quotes only where the name needs them.

use super::Dialect;
use crate::model::Family;

/// The column as an expression.
#[must_use]
pub fn expression(d: Dialect, name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { d.quote(name) }
}

/// The calendar date of an expression of this family, where it holds a date and time, or may.
#[must_use]
pub fn day(d: Dialect, expression: &str, family: Family) -> Option<String> {
    match (d, family) {
        (Dialect::Sqlite, _) => Some(format!("substr({expression}, 1, 10)")),
        (_, Family::Timestamp | Family::TimestampTz) => Some(format!("CAST({expression} AS date)")),
        _ => None,
    }
}

/// Needs no quotes in any of the databases.
fn is_plain(name: &str) -> bool {
    const RESERVED: [&str; 40] = [
        "all",
        "and",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "check",
        "column",
        "condition",
        "create",
        "current_date",
        "desc",
        "default",
        "end",
        "false",
        "from",
        "group",
        "having",
        "in",
        "index",
        "interval",
        "key",
        "limit",
        "not",
        "null",
        "on",
        "option",
        "or",
        "order",
        "primary",
        "references",
        "select",
        "table",
        "to",
        "true",
        "union",
        "user",
        "using",
        "where",
    ];
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !RESERVED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let expression = |name| expression(Dialect::Postgres, name);
        assert_eq!(expression("bank_ref"), "bank_ref");
        assert_eq!(expression("order"), "\"order\"");
        assert_eq!(expression("bankRef"), "\"bankRef\"");
        assert_eq!(expression("2nd"), "\"2nd\"");
    }
}
