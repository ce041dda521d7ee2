//! Which type a column has, by all values that the samples hold.

use super::{
    draft::DraftType,
    words::{identifies, is_amount},
};
use crate::profile::{FORMATS, Form, Values};

/// The type by the values and the name (of the element or attribute); a sentence where it was not clear.
pub(super) fn decide(values: &Values, name: &str) -> (DraftType, Option<&'static str>) {
    let typed = |kind| DraftType { kind: Some(kind), ..DraftType::default() };
    let has = |form| values.forms.has(form);
    if values.filled == 0 {
        return (DraftType::default(), None);
    }
    if let Some(found) = dated(values) {
        return found;
    }
    if has(Form::BooleanWord) || has(Form::BooleanLetter) && values.few.as_ref().is_some_and(|f| f.len() > 1)
    {
        return (typed("boolean"), None);
    }
    number(values, name)
}

fn dated(values: &Values) -> Option<(DraftType, Option<&'static str>)> {
    let typed = |kind, format| (DraftType { kind: Some(kind), format, ..DraftType::default() }, None);
    if values.forms.has(Form::IsoDate) {
        return Some(typed("date", None));
    }
    if values.forms.has(Form::IsoTimestamp) {
        let (r#type, _) = typed("timestamp", None);
        let remark = match (values.zoned, values.naive) {
            (true, false) => None,
            (true, true) => {
                Some("some values name a zone and some do not: give the others' as timezone = \"…\"")
            }
            _ => Some("names no zone: give it as timezone = \"…\" where ours is in UTC"),
        };
        return Some((r#type, remark));
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
            DraftType::default(),
            Some(
                "a date whose day and month cannot be told apart: set type = \"date\" and format = \"%d/%m/%Y\" or \"%m/%d/%Y\"",
            ),
        )),
    }
}

fn number(values: &Values, name: &str) -> (DraftType, Option<&'static str>) {
    let typed = |kind| DraftType { kind: Some(kind), ..DraftType::default() };
    let has = |form| values.forms.has(form);
    if values.leading_zero {
        let digits = has(Form::Decimal) && !values.point;
        return (DraftType::default(), digits.then_some("digits with leading zeros: text"));
    }
    if identifies(name) && !is_amount(name) {
        return (DraftType::default(), None);
    }
    if has(Form::Integer) && !is_amount(name) {
        return (typed("integer"), None);
    }
    if has(Form::Decimal) {
        return (typed("decimal"), None);
    }
    // Commas before three digits could be either; a value that is clear decides.
    let clear = values.clear_comma || values.point;
    if has(Form::Grouped) && values.comma && !has(Form::DecimalComma) {
        return (DraftType { strip: Some(","), ..typed("decimal") }, None);
    }
    if has(Form::DecimalComma) && clear {
        return (DraftType { decimal_comma: true, ..typed("decimal") }, None);
    }
    let unclear = has(Form::DecimalComma) || has(Form::Grouped);
    let remark =
        unclear.then_some("a number whose comma could stand before decimals or between thousands: set type = \"decimal\" and decimal_comma = true, or strip = \",\"");
    (DraftType::default(), remark)
}
