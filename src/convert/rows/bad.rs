//! Why a row cannot be converted.

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

/// A row that is bad.
#[derive(Debug)]
pub(super) struct BadRow {
    /// The column; `None` where the reason is not one column's.
    pub column: Option<usize>,
    pub bad: BadValue,
}
