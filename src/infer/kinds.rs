//! Which type a column has, by all values that the samples hold.

use super::{Form, names::snake};
use crate::profile::{FORMATS, Form as Looks, Values};

/// Last words of names that identify something: digits there are no number to calculate with.
const IDENTIFIERS: [&str; 18] = [
    "id",
    "ref",
    "reference",
    "number",
    "no",
    "nr",
    "iban",
    "isin",
    "cusip",
    "key",
    "code",
    "cd",
    "uetr",
    "bic",
    "zip",
    "phone",
    "version",
    "num",
];
/// Words of names that hold amounts.
const AMOUNTS: [&str; 14] = [
    "amt", "amount", "balance", "bal", "price", "px", "rate", "sum", "total", "value", "fee", "tax", "limit",
    "cost",
];

/// The name, or the end of it where words are glued together, says that it identifies something.
pub(super) fn identifies(name: &str) -> bool {
    let name = snake(name);
    let last = name.rsplit('_').next().unwrap_or_default();
    IDENTIFIERS.contains(&last)
        || ["id", "ref", "no", "nr", "num", "number", "iban", "isin", "key"]
            .iter()
            .any(|end| last.ends_with(end))
}

/// A word of the name says that it is an amount.
pub(super) fn is_amount(name: &str) -> bool {
    snake(name).split('_').any(|word| {
        AMOUNTS.contains(&word) || ["amt", "amount", "balance"].iter().any(|end| word.ends_with(end))
    })
}

/// The type by the values and the name (of the element or attribute); a sentence where it was not clear.
pub(super) fn decide(values: &Values, name: &str) -> (Form, Option<&'static str>) {
    let typed = |kind| Form { kind: Some(kind), ..Form::default() };
    let has = |form| values.forms.has(form);
    if values.filled == 0 {
        return (Form::default(), None);
    }
    if let Some(found) = dated(values) {
        return found;
    }
    if has(Looks::BooleanWord)
        || has(Looks::BooleanLetter) && values.few.as_ref().is_some_and(|f| f.len() > 1)
    {
        return (typed("boolean"), None);
    }
    number(values, name)
}

fn dated(values: &Values) -> Option<(Form, Option<&'static str>)> {
    let typed = |kind, format| (Form { kind: Some(kind), format, ..Form::default() }, None);
    if values.forms.has(Looks::IsoDate) {
        return Some(typed("date", None));
    }
    if values.forms.has(Looks::IsoTimestamp) {
        let (form, _) = typed("timestamp", None);
        let remark = match (values.zoned, values.naive) {
            (true, false) => None,
            (true, true) => {
                Some("some values name a zone and some do not: give the others' as timezone = \"…\"")
            }
            _ => Some("names no zone: give it as timezone = \"…\" where ours is in UTC"),
        };
        return Some((form, remark));
    }
    let mut formats: Vec<usize> = (0..FORMATS.len()).filter(|&n| values.forms.has_format(n)).collect();
    if formats.len() > 1 {
        // A format that says more of the values goes before that of OFX.
        formats.retain(|&n| n + 1 < FORMATS.len());
    }
    match formats.as_slice() {
        [] => None,
        [only] => {
            let (format, with_time) = FORMATS[*only];
            Some(typed(if with_time { "timestamp" } else { "date" }, Some(format)))
        }
        _ => Some((
            Form::default(),
            Some(
                "a date whose day and month cannot be told apart: set type = \"date\" and format = \"%d/%m/%Y\" or \"%m/%d/%Y\"",
            ),
        )),
    }
}

fn number(values: &Values, name: &str) -> (Form, Option<&'static str>) {
    let typed = |kind| Form { kind: Some(kind), ..Form::default() };
    let has = |form| values.forms.has(form);
    if values.leading_zero {
        let digits = has(Looks::Decimal) && !values.point;
        return (Form::default(), digits.then_some("digits with leading zeros: text"));
    }
    if identifies(name) && !is_amount(name) {
        return (Form::default(), None);
    }
    if has(Looks::Integer) && !is_amount(name) {
        return (typed("integer"), None);
    }
    if has(Looks::Decimal) {
        return (typed("decimal"), None);
    }
    // Commas before three digits could be either; a value that is clear decides.
    let clear = values.clear_comma || values.point;
    if has(Looks::Grouped) && values.comma && !has(Looks::DecimalComma) {
        return (Form { strip: Some(","), ..typed("decimal") }, None);
    }
    if has(Looks::DecimalComma) && clear {
        return (Form { decimal_comma: true, ..typed("decimal") }, None);
    }
    let unclear = has(Looks::DecimalComma) || has(Looks::Grouped);
    let remark =
        unclear.then_some("a number whose comma could stand before decimals or between thousands: set type = \"decimal\" and decimal_comma = true, or strip = \",\"");
    (Form::default(), remark)
}
