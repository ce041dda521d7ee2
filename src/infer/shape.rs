//! What values are by themselves: identifiers, codes, numbers, dates.

use crate::profile::{DateFormat, FORMATS, Form, Values};

/// So many different values show what one could have by chance.
pub(super) const TELLING: usize = 3;
/// Characters of a constant width that make a code.
const CODE_WIDTH: usize = 6;

/// What values are by themselves, whatever they are called and read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nobody makes two that are equal.
    Unique,
    /// Codes of one width.
    Code,
    /// Numbers.
    Number,
    /// Dates, or times.
    Date,
    /// Anything else.
    Other,
}

/// What the values are by themselves.
pub(super) fn shape(values: &Values) -> Shape {
    let has = |form| values.filled > 0 && values.forms.has(form);
    let one_width = values.shortest == values.longest && values.longest >= CODE_WIDTH;
    if has(Form::Uuid) || has(Form::Uti) {
        Shape::Unique
    } else if has(Form::Lei) || has(Form::Iban) || has(Form::Isin) {
        Shape::Code
    } else if has(Form::IsoDate) || has(Form::IsoTimestamp) || formats(values).next().is_some() {
        Shape::Date
    } else if has(Form::Number) && !(one_width && !values.point && !values.comma) {
        Shape::Number
    } else if one_width && values.different() >= TELLING && !spaced(values) {
        Shape::Code
    } else {
        Shape::Other
    }
}

fn spaced(values: &Values) -> bool {
    values
        .sample
        .as_ref()
        .is_some_and(|sample| sample.contains(' ') || !sample.contains(|c: char| c.is_ascii_digit()))
}

/// The formats of dates and times that all values fit.
pub(super) fn formats(values: &Values) -> impl Iterator<Item = DateFormat> + '_ {
    (0..FORMATS.len()).filter(|&n| values.filled > 0 && values.forms.has_format(n)).map(|n| FORMATS[n])
}
