//! Why two values differ, where that is certain: a reason code per differing column of a break.
//!
//! Pure: it knows two canonical texts and their column's type, and neither database nor clock, so the
//! reasons are the same everywhere and are found again for a run of any age. Each code has a definition
//! and the order in which they are asked is part of it (`tests`, and the table in docs/outputs.md). What fits
//! none is `value`: nothing here is a guess. It does not matter which of the two texts is theirs.

mod code;
mod numbers;
mod texts;
mod times;

#[cfg(test)]
mod tests;

pub use code::Reason;

use std::collections::BTreeMap;

/// Why two canonical texts that differ do so, in a column of this type (its name in the feed).
///
/// A value that is not one of the column's type (ours may hold any text) has no other reason than
/// `null_vs_value` or `value`.
#[must_use]
pub fn reason(r#type: &str, theirs: &str, ours: &str) -> Reason {
    if theirs.is_empty() != ours.is_empty() {
        return Reason::NullVsValue;
    }
    let found = match r#type {
        "text" => texts::reason(theirs, ours),
        "integer" | "decimal" => numbers::reason(theirs, ours),
        "date" | "timestamp" => times::reason(theirs, ours),
        _ => None,
    };
    found.unwrap_or(Reason::Value)
}

/// Adds the reasons of one result to the counts per code.
pub fn add_reasons(counts: &mut BTreeMap<String, u64>, reasons: &[Reason]) {
    for reason in reasons {
        *counts.entry(reason.code().to_owned()).or_default() += 1;
    }
}
