//! Which type a column has, by all values that the samples hold. Text, unless something speaks for another: a code that
//! is read as a number, a date or a flag would equal other codes.

use super::{
    draft::DraftType,
    shape::{TELLING, formats},
    words::{identifies, is_amount, is_amount_or_security, is_count, is_date},
};
use crate::profile::{DateFormat, Form, Values};

/// Characters of what may be a version, or a clause of a text: `4.12`.
const MAX_VERSION: usize = 4;

/// A type, and sentences about it for the comment.
pub(super) type Decided = (DraftType, Vec<String>);

/// The type by the values and the name that says what they are.
pub(super) fn decide(values: &Values, name: &str) -> Decided {
    if values.filled == 0 {
        return text(None);
    }
    if let Some(code) = proven(values) {
        return text(Some(code));
    }
    dated(values, name).or_else(|| flagged(values)).unwrap_or_else(|| number(values, name))
}

fn text(why: Option<&str>) -> Decided {
    (DraftType::default(), why.map(ToOwned::to_owned).into_iter().collect())
}

fn typed(kind: &'static str, why: &str) -> Decided {
    (DraftType { kind: Some(kind), ..DraftType::default() }, vec![format!("{kind}: {why}")])
}

/// A code that proves itself.
fn proven(values: &Values) -> Option<&'static str> {
    let has = |form| values.forms.has(form);
    let several = values.different() >= TELLING;
    [
        (has(Form::Uuid), "a UUID"),
        (has(Form::Uti), "a UTI, by its LEI"),
        (has(Form::Lei), "an LEI, by its check digits"),
        (has(Form::Iban), "an IBAN, by its check digits"),
        (has(Form::Isin), "an ISIN, by its check digit"),
        (has(Form::Brazilian) && values.different() > 1, "a CNPJ or CPF, by its check digits: text"),
        (has(Form::Luhn) && several, "digits with a check digit: text"),
    ]
    .into_iter()
    .find_map(|(is, what)| is.then_some(what))
}

fn dated(values: &Values, name: &str) -> Option<Decided> {
    if values.forms.has(Form::IsoDate) {
        return Some(typed("date", "every value is an ISO date"));
    }
    if values.forms.has(Form::IsoTimestamp) {
        let (r#type, mut remarks) = typed("timestamp", "every value is an ISO date and time");
        let remark = match (values.zoned, values.naive) {
            (true, false) => None,
            (true, true) => {
                Some("some values name a zone and some do not: give the others' as timezone = \"…\"")
            }
            _ => Some("names no zone: give it as timezone = \"…\" where ours is in UTC"),
        };
        remarks.extend(remark.map(ToOwned::to_owned));
        return Some((r#type, remarks));
    }
    let mut found: Vec<DateFormat> = formats(values).collect();
    if found.len() > 1 {
        // A format that says more of the values goes before that of OFX.
        found.retain(|format| format.text != crate::canonical::time::OFX);
    }
    let first = *found.first()?;
    // Nothing but digits is a date by its name, or where several could be nothing else.
    let digits = first.digits || values.forms.has(Form::Integer);
    if digits && !is_date(name) && (identifies(name) || is_amount(name) || values.different() < TELLING) {
        return None;
    }
    if found.len() > 1 {
        let choices: Vec<String> = found.iter().map(|format| format!("{:?}", format.text)).collect();
        let why = format!(
            "a date whose day, month and year nothing tells apart here: text; ask the sender, then set type = \"date\" and format = {}",
            choices.join(" or ")
        );
        return Some((DraftType::default(), vec![why]));
    }
    let kind = if first.time { "timestamp" } else { "date" };
    let (r#type, remarks) = typed(kind, "every value fits this format and no other");
    Some((DraftType { format: Some(first.text), ..r#type }, remarks))
}

/// A flag, where both of a pair occur: one alone may be a code, like the country NO.
fn flagged(values: &Values) -> Option<Decided> {
    const PAIRS: [[&str; 2]; 3] = [["true", "false"], ["yes", "no"], ["y", "n"]];
    if !values.forms.has(Form::BooleanWord) && !values.forms.has(Form::BooleanLetter) {
        return None;
    }
    let few = values.few.as_ref()?;
    let lower: Vec<String> = few.iter().map(|value| value.to_lowercase()).collect();
    let has = |word: &str| lower.iter().any(|value| value == word);
    let whole = |pair: &&[&str; 2]| {
        pair.iter().all(|word| has(word)) && lower.iter().all(|value| pair.contains(&value.as_str()))
    };
    if PAIRS.iter().any(|pair| whole(&pair)) {
        let shown: Vec<&str> = few.iter().map(String::as_str).collect();
        return Some(typed("boolean", &format!("{} occur", shown.join(" and "))));
    }
    let shown: Vec<&str> = few.iter().map(String::as_str).collect();
    let why = format!(
        "{} without a counterpart may be a code: text; set type = \"boolean\" if it is a flag",
        shown.join(", ")
    );
    Some((DraftType::default(), vec![why]))
}

fn number(values: &Values, name: &str) -> Decided {
    let has = |form| values.forms.has(form);
    if !has(Form::Number) {
        return text(None);
    }
    let amount = is_amount(name);
    let whole = !values.point && !values.comma;
    if values.leading_zero && (whole || !amount) {
        return text(Some("digits with leading zeros: text"));
    }
    if values.plus && whole && !amount {
        return text(Some("digits with a plus sign: text"));
    }
    if identifies(name) && !amount {
        return text(Some("digits that identify, by its name: text"));
    }
    if whole && has(Form::Decimal) {
        return whole_number(values, name, amount);
    }
    if has(Form::Decimal) {
        if values.longest <= MAX_VERSION && !amount && !is_count(name) {
            return text(Some(
                "a point between two digits, as versions have it: text; set type = \"decimal\" if it is a number",
            ));
        }
        let why = if amount {
            "an amount by its name, and every value is a number"
        } else {
            "a point stands in values, and every value is a number"
        };
        return typed("decimal", why);
    }
    with_commas(values)
}

fn whole_number(values: &Values, name: &str, amount: bool) -> Decided {
    if amount && !is_amount_or_security(name) {
        return typed("decimal", "an amount by its name, and every value is a number");
    }
    if is_count(name) && values.forms.has(Form::Integer) {
        return typed("integer", "a count by its name, and every value is a whole number");
    }
    if values.forms.has(Form::Integer) && values.negative {
        return typed("integer", "some are negative, and every value is a whole number");
    }
    text(Some("digits that may be a code: text; set type = \"integer\" if it is a number to calculate with"))
}

/// Commas before three digits could be either; a value that is clear decides.
fn with_commas(values: &Values) -> Decided {
    let has = |form| values.forms.has(form);
    let decimal = || DraftType { kind: Some("decimal"), ..DraftType::default() };
    let clear = values.clear_comma || values.point;
    if has(Form::Grouped) && values.comma && !has(Form::DecimalComma) {
        let why = "decimal: commas stand between thousands in every value that has one".to_owned();
        return (DraftType { strip: Some(","), ..decimal() }, vec![why]);
    }
    if has(Form::DecimalComma) && clear {
        let why = "decimal: commas stand before decimals".to_owned();
        return (DraftType { decimal: Some("comma"), ..decimal() }, vec![why]);
    }
    if !has(Form::DecimalComma) && !has(Form::Grouped) && !values.unclear {
        let why = "decimal: points and commas both stand before decimals, and no value is unclear".to_owned();
        return (DraftType { decimal: Some("auto"), ..decimal() }, vec![why]);
    }
    text(Some(
        "a number whose comma could stand before decimals or between thousands: text; set type = \"decimal\" and decimal = \"comma\", or strip = \",\"",
    ))
}
