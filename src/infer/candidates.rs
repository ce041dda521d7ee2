//! Which columns could be part of a key, by their names and types alone.

use super::{
    draft::{Draft, DraftColumn, KeyPart},
    names::snake,
    words,
};

/// Columns that are looked at.
pub(super) const MAX_CANDIDATES: usize = 32;
/// Words of names that hold what people wrote.
const WRITTEN: [&str; 13] = [
    "desc",
    "description",
    "memo",
    "nm",
    "name",
    "ustrd",
    "text",
    "inf",
    "info",
    "comment",
    "note",
    "adr",
    "title",
];

/// How likely a column is part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likelihood {
    /// Its name says that it tells records apart.
    Named,
    /// Nothing speaks for it or against it.
    Possible,
    /// A date.
    Dated,
    /// What people wrote.
    Written,
}

/// The likelihood of a column; `None`: never.
pub(super) fn likelihood(column: &DraftColumn) -> Option<Likelihood> {
    let name = snake(&column.name);
    match column.r#type.kind {
        _ if column.join || column.carried => None,
        Some("decimal" | "boolean") => None,
        _ if words::tells_records_apart(column.path.rsplit(['/', '@']).next().unwrap_or_default()) => {
            Some(Likelihood::Named)
        }
        // Quantities repeat as soon as there are more rows.
        Some("integer") => None,
        Some("date" | "timestamp") => Some(Likelihood::Dated),
        _ if name.split('_').any(|word| WRITTEN.contains(&word)) => Some(Likelihood::Written),
        _ => Some(Likelihood::Possible),
    }
}

/// Columns worth measuring, the likeliest first.
#[must_use]
pub(super) fn columns(draft: &Draft) -> Vec<usize> {
    let mut ranked: Vec<(Likelihood, bool, usize)> = (draft.columns.iter().enumerate())
        .filter_map(|(n, column)| Some((likelihood(column)?, column.header, n)))
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().take(MAX_CANDIDATES).map(|(_, _, n)| n).collect()
}

/// Parts of a key worth measuring, the likeliest first.
#[must_use]
pub fn candidates(draft: &Draft) -> Vec<KeyPart> {
    let detail = draft.layout.explode.as_ref().map(|_| KeyPart::Detail);
    columns(draft).into_iter().map(KeyPart::Column).chain(detail).collect()
}
