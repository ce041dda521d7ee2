//! Why a row cannot be converted.

use crate::{
    convert::{location::Location, paths::Unreadable},
    error::Error,
};
use std::borrow::Cow;

/// Why a row is bad because of one value: the value as it stood, and the reason.
#[derive(Debug)]
pub(super) struct BadValue {
    pub value: String,
    pub reason: Cow<'static, str>,
}

impl BadValue {
    pub fn new(value: &[u8], reason: impl Into<Cow<'static, str>>) -> Self {
        Self { value: String::from_utf8_lossy(value).into_owned(), reason: reason.into() }
    }
}

impl From<Unreadable> for BadValue {
    fn from(Unreadable { path, value, reason }: Unreadable) -> Self {
        Self { value, reason: format!("(of the condition on {path}) {reason}").into() }
    }
}

/// Why there is no value.
#[derive(Debug)]
pub(super) enum NoValue {
    /// The row is bad.
    Bad(BadValue),
    /// It would be longer than one value may be.
    TooLong,
}

impl From<BadValue> for NoValue {
    fn from(bad: BadValue) -> Self {
        Self::Bad(bad)
    }
}

/// A row that is bad.
#[derive(Debug)]
pub(super) struct BadRow {
    /// The column; `None` where the reason is not one column's.
    pub column: Option<usize>,
    pub bad: BadValue,
}

/// Why there is no row.
pub(super) enum NoRow {
    /// It is bad.
    Bad(BadRow),
    /// The file is refused.
    Refused(Error),
}

impl NoValue {
    /// What it means for the row at this place, of which it is the value of this column. `limit`: bytes that one value
    /// may have.
    pub fn of_row(self, (column, name): (usize, &str), limit: usize, place: Location<'_>) -> NoRow {
        match self {
            Self::Bad(bad) => NoRow::Bad(BadRow { column: Some(column), bad }),
            Self::TooLong => {
                let what = format!("the value of column {name} is longer than {limit} bytes");
                NoRow::Refused(place.exceeded("max_text", what))
            }
        }
    }
}
