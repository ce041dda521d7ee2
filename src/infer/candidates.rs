//! Which columns could be part of a key: by what their values are, and by what they are called.

use super::{
    draft::{Draft, DraftColumn, KeyPart},
    shape::Shape,
    words,
};

/// Columns that are looked at.
pub(super) const MAX_CANDIDATES: usize = 32;

/// How likely a column is part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likelihood {
    /// Its values are made so that none occurs twice, or its name says that it tells records apart.
    Identifier,
    /// Codes of one width.
    Code,
    /// Nothing speaks for it or against it.
    Possible,
    /// A date.
    Dated,
    /// What people wrote.
    Written,
}

/// The likelihood of a column; `None`: never.
pub(super) fn likelihood(draft: &Draft, column: &DraftColumn) -> Option<Likelihood> {
    let name = telling(column);
    match column.r#type.kind {
        _ if column.join || column.carried || is_anchor(draft, column) => None,
        Some("decimal" | "boolean") => None,
        _ if words::is_amount(&name) => None,
        _ if column.element || column.shape == Shape::Unique => Some(Likelihood::Identifier),
        _ if words::tells_records_apart(&name) => Some(Likelihood::Identifier),
        // Quantities repeat as soon as there are more rows.
        Some("integer") if !words::identifies(&name) => None,
        Some("date" | "timestamp") => Some(Likelihood::Dated),
        _ => match column.shape {
            Shape::Number if !words::identifies(&name) => None,
            Shape::Date => Some(Likelihood::Dated),
            _ if words::is_written(&name) => Some(Likelihood::Written),
            Shape::Code => Some(Likelihood::Code),
            _ => Some(Likelihood::Possible),
        },
    }
}

/// `id` of an element within the row is what references of this document lead to, and `footnoteId` is one: neither
/// identifies a record.
fn is_anchor(draft: &Draft, column: &DraftColumn) -> bool {
    let holder = column.path.strip_suffix("/@id").or_else(|| column.path.strip_suffix("/@ID"));
    let detail = draft.layout.explode.as_ref().map(|(_, path)| path.as_str());
    let within = holder.is_some_and(|holder| !holder.ends_with("..") && Some(holder) != detail);
    within || column.path.to_lowercase().contains("footnote")
}

/// The name that says what its values are.
pub(super) fn telling(column: &DraftColumn) -> String {
    if let Some(name) = &column.picked {
        return name.clone();
    }
    let steps: Vec<&str> =
        column.path.split(['/', '@']).filter(|step| !matches!(*step, "" | "." | "..")).collect();
    words::telling(&steps).to_owned()
}

/// Columns worth measuring, the likeliest first.
#[must_use]
pub(super) fn columns(draft: &Draft) -> Vec<usize> {
    // What stands deep in a record is more often of something that it names.
    let depth = |column: &DraftColumn| column.path.matches('/').count();
    let mut ranked: Vec<_> = (draft.columns.iter().enumerate())
        .filter_map(|(n, column)| Some((likelihood(draft, column)?, column.header, depth(column), n)))
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().take(MAX_CANDIDATES).map(|(_, _, _, n)| n).collect()
}

/// Parts of a key worth measuring, the likeliest first.
#[must_use]
pub fn candidates(draft: &Draft) -> Vec<KeyPart> {
    let detail = draft.layout.explode.as_ref().map(|_| KeyPart::Detail);
    columns(draft).into_iter().map(KeyPart::Column).chain(detail).collect()
}

/// The header value that tells what these rows stand in from others: one of an ancestor's own, or of what stands beside
/// it, that no row lacks; the nearest.
pub(super) fn parent_id(draft: &Draft, filled: impl Fn(usize) -> bool) -> Option<usize> {
    let steps = |n: usize| {
        let path = &draft.columns[n].path;
        (path.replace("../", "").matches('/').count(), path.matches("../").count(), n)
    };
    let names_it = |&n: &usize| {
        let column = &draft.columns[n];
        column.header
            && !column.late
            && filled(n)
            && steps(n).0 <= 1
            && likelihood(draft, column) == Some(Likelihood::Identifier)
    };
    (0..draft.columns.len()).filter(names_it).min_by_key(|&n| steps(n))
}
