//! Whether two canonical texts differ by value: exactly, within a tolerance, or but for letter case.

use super::Dialect;
use crate::feed::{Column, Equality, Kind, Tolerance};

/// The condition under which two canonical texts differ by value.
pub fn differs(d: Dialect, column: &Column, theirs: &str, ours: &str) -> String {
    let equality = column.comparison.equality();
    if *equality == Equality::IgnoreCase {
        return format!("{} <> {}", d.lower(theirs), d.lower(ours));
    }
    if !matches!(column.kind, Kind::Integer | Kind::Decimal) {
        return format!("{theirs} <> {ours}");
    }
    let beyond = match equality {
        Equality::Within(Tolerance::Absolute(limit)) => d.beyond_absolute(theirs, ours, limit),
        Equality::Within(Tolerance::Percent(limit)) => d.beyond_percent(theirs, ours, limit),
        Equality::Exact | Equality::IgnoreCase => d.numbers_differ(theirs, ours),
    };
    format!(
        "CASE WHEN {theirs} = {ours} THEN 0 WHEN {theirs} = '' OR {not_ours} OR {not_theirs} THEN 1 \
         WHEN {beyond} THEN 1 ELSE 0 END = 1",
        not_ours = d.not_number(ours),
        not_theirs = d.not_number(theirs),
    )
}
