//! Whether two canonical texts differ by value: exactly, within a tolerance, or but for letter case.

use super::{Dialect, canonical::MAX_DIGITS};
use crate::feed::{Column, Equality, Kind, Tolerance};

/// The condition under which two canonical texts differ by value.
pub fn differs(d: Dialect, column: &Column, theirs: &str, ours: &str) -> String {
    let equality = column.comparison.equality();
    if *equality == Equality::IgnoreCase {
        // The stage's own collation knows letter case in ASCII only.
        let collate = if d == Dialect::Postgres { " COLLATE \"default\"" } else { "" };
        return format!("lower({theirs}{collate}) <> lower({ours}{collate})");
    }
    if !matches!(column.kind, Kind::Integer | Kind::Decimal) {
        return format!("{theirs} <> {ours}");
    }
    let beyond = match equality {
        Equality::Within(Tolerance::Absolute(limit)) => beyond_absolute(d, theirs, ours, limit),
        Equality::Within(Tolerance::Percent(limit)) => beyond_percent(d, theirs, ours, limit),
        Equality::Exact | Equality::IgnoreCase => compare_numbers(d, theirs, ours),
    };
    format!(
        "CASE WHEN {theirs} = {ours} THEN 0 WHEN {theirs} = '' OR {not_ours} OR {not_theirs} THEN 1 \
         WHEN {beyond} THEN 1 ELSE 0 END = 1",
        not_ours = not_number(d, ours),
        not_theirs = not_number(d, theirs),
    )
}

/// Not canonical decimal text that the dialect can calculate with exactly.
fn not_number(d: Dialect, x: &str) -> String {
    match d {
        Dialect::Postgres => format!("(length({x}) >= {MAX_DIGITS} OR {x} !~ '^-?[0-9]+([.][0-9]+)?$')"),
        Dialect::MySql | Dialect::MariaDb => format!("{x} NOT REGEXP '^-?[0-9]{{1,35}}([.][0-9]{{1,30}})?$'"),
        // `-` and `1.2.3` pass the pattern, but no arithmetic: there the answer is NULL.
        Dialect::Sqlite => format!("({x} = '' OR {x} GLOB '*[^0-9.-]*' OR decimal_cmp({x}, '0') IS NULL)"),
    }
}

fn number(d: Dialect, x: &str) -> String {
    match d {
        Dialect::Postgres => format!("CAST({x} AS numeric)"),
        Dialect::MySql | Dialect::MariaDb => format!("CAST({x} AS decimal(65, 30))"),
        Dialect::Sqlite => x.to_owned(),
    }
}

fn compare_numbers(d: Dialect, theirs: &str, ours: &str) -> String {
    match d {
        Dialect::Sqlite => format!("decimal_cmp({theirs}, {ours}) <> 0"),
        _ => format!("{} <> {}", number(d, theirs), number(d, ours)),
    }
}

fn beyond_absolute(d: Dialect, theirs: &str, ours: &str, limit: &str) -> String {
    match d {
        Dialect::Sqlite => format!(
            "decimal_cmp(decimal_sub({theirs}, {ours}), '{limit}') > 0 OR decimal_cmp(decimal_sub({ours}, {theirs}), '{limit}') > 0"
        ),
        _ => format!("abs({} - {}) > {limit}", number(d, theirs), number(d, ours)),
    }
}

fn beyond_percent(d: Dialect, theirs: &str, ours: &str, limit: &str) -> String {
    match d {
        Dialect::Sqlite => {
            let allowed = format!("decimal_mul(ltrim({ours}, '-'), '{limit}')");
            format!(
                "decimal_cmp(decimal_mul(decimal_sub({theirs}, {ours}), '100'), {allowed}) > 0 \
                 OR decimal_cmp(decimal_mul(decimal_sub({ours}, {theirs}), '100'), {allowed}) > 0"
            )
        }
        _ => format!("abs({t} - {o}) * 100 > abs({o}) * {limit}", t = number(d, theirs), o = number(d, ours)),
    }
}
