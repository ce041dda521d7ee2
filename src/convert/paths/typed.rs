//! What a column makes of a text: its options, then its type.

use crate::{
    canonical::{
        self,
        number::{self, DecimalSign},
        time::Reading,
    },
    feed::{Case, TextOptions},
};
use jiff::tz::TimeZone;

/// A type, ready to be applied.
#[derive(Debug, Clone)]
pub(in crate::convert) enum CompiledKind {
    Text,
    Integer,
    Decimal,
    Boolean,
    Date(Reading),
    Timestamp(Reading),
}

impl CompiledKind {
    /// It is the type whose values are kept as they stand.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text)
    }

    /// The zone of a date or timestamp, if it has one.
    pub fn zone(&self) -> Option<&TimeZone> {
        match self {
            Self::Date(reading) | Self::Timestamp(reading) => reading.zone.as_ref(),
            Self::Text | Self::Integer | Self::Decimal | Self::Boolean => None,
        }
    }
}

/// Why a value that the pattern does not match makes a bad row.
pub(in crate::convert) const UNMATCHED: &str = "does not match the column's pattern";

/// Collapse, strip, pattern, `null_if`, map and case, in this order. `false`: there is a value, and the pattern does not
/// match it.
pub(in crate::convert) fn apply(
    options: &TextOptions,
    value: &str,
    text: &mut String,
    other: &mut String,
) -> bool {
    let mut matched = true;
    if options.collapse_spaces {
        let mut blank = false;
        for c in value.chars() {
            if !c.is_whitespace() {
                text.push(c);
            } else if !blank {
                text.push(' ');
            }
            blank = c.is_whitespace();
        }
    } else {
        text.push_str(value);
    }
    if !options.strip.is_empty() {
        text.retain(|c| !options.strip.contains(c));
    }
    if let Some(pattern) = &options.pattern {
        other.clear();
        if let Some(groups) = pattern.captures(text) {
            other.push_str(groups.get(1).or_else(|| groups.get(0)).map_or("", |group| group.as_str()));
        } else {
            let value = text.trim();
            matched = value.is_empty() || options.null_if.iter().any(|null| null == value);
        }
        std::mem::swap(text, other);
    }
    if options.null_if.contains(text) {
        text.clear();
    }
    if let Some(mapped) = options.map.get(text.as_str()) {
        text.clone_from(mapped);
    }
    match options.case {
        Some(Case::Upper) => *text = text.to_uppercase(),
        Some(Case::Lower) => *text = text.to_lowercase(),
        None => {}
    }
    matched
}

/// Appends the canonical text of a value as the type says. `other` is room for what is made of it first.
pub(in crate::convert) fn typed(
    kind: &CompiledKind,
    sign: DecimalSign,
    value: &str,
    other: &mut String,
    out: &mut Vec<u8>,
) -> Result<(), canonical::Refusal> {
    let number = matches!(kind, CompiledKind::Integer | CompiledKind::Decimal);
    let value = if number && sign != DecimalSign::Point {
        other.clear();
        number::to_point(value, sign, other)?;
        other.as_str()
    } else {
        value
    };
    match kind {
        CompiledKind::Text => out.extend_from_slice(value.as_bytes()),
        CompiledKind::Integer => number::integer(value, out)?,
        CompiledKind::Decimal => number::decimal(value, out)?,
        CompiledKind::Boolean => canonical::boolean(value, out)?,
        CompiledKind::Date(reading) => canonical::time::date(value, reading, out)?,
        CompiledKind::Timestamp(reading) => canonical::time::timestamp(value, reading, out)?,
    }
    Ok(())
}
