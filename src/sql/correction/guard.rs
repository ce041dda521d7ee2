//! Conditions that hold exactly where a column of ours has a canonical text.
//!
//! Either the very expression that the run compared, or a plain comparison where the two are the same for every
//! value of the column's type. In a key stands beside it, where that is certain to leave nothing out, what an index serves.

use super::value::{
    Affinity, affinity, binary, is_date, is_hex, is_integer, is_number, is_time, literal, sqlite_forms,
};
use crate::{
    feed::Kind,
    model::{Family, OurField},
    sql::{Dialect, canonical::canonical},
};

/// The condition on a column called `x`, on any dialect but SQLite, whose scripts compare through a view.
pub fn equals(dialect: Dialect, kind: &Kind, field: &OurField, x: &str, text: &str) -> String {
    if let Some(plain) = plain(dialect, kind, field, text) {
        return format!("{x} {plain}");
    }
    // Postgres texts compare by their bytes under this collation, so nothing more is to be asked.
    if dialect == Dialect::Postgres && is_plain_text(field) && *kind == Kind::Text && !text.is_empty() {
        return format!("{x} = {} COLLATE \"C\"", literal(dialect, text));
    }
    let expression = canonical(dialect, kind, field.family, x);
    format!("{expression} COLLATE {} = {}", dialect.collation(), literal(dialect, text))
}

/// A comparison of values that says the same as that of canonical texts.
fn plain(dialect: Dialect, kind: &Kind, field: &OurField, text: &str) -> Option<String> {
    use Family as F;
    let numeric = matches!(kind, Kind::Integer | Kind::Decimal | Kind::Boolean);
    let value = match (field.family, kind) {
        // NULL is the only value of these types without a canonical text.
        (
            F::Integer
            | F::Decimal
            | F::Double
            | F::Real
            | F::Date
            | F::Timestamp
            | F::TimestampTz
            | F::Boolean,
            _,
        ) if text.is_empty() => return Some("IS NULL".into()),
        // Two digits are a year of four to MySQL.
        (F::Integer, _) if is_integer(text) && field.type_name != "year" => text.to_owned(),
        (F::Decimal, _) if numeric && is_number(text) => text.to_owned(),
        (F::Boolean, _) if numeric && text == "1" => "true".into(),
        (F::Boolean, _) if numeric && text == "0" => "false".into(),
        (F::Date, Kind::Date { .. } | Kind::Text) if is_date(text) => format!("'{text}'"),
        (F::Timestamp, Kind::Timestamp { .. }) if is_time(text) => format!("'{text}'"),
        (F::TimestampTz, Kind::Timestamp { .. }) if is_time(text) => format!("'{text}+00'"),
        (F::Binary, Kind::Text) if is_hex(text) && field.type_name != "geometry" => binary(dialect, text),
        (F::Text, Kind::Text)
            if dialect == Dialect::Postgres && field.type_name == "uuid" && is_uuid(text) =>
        {
            format!("'{text}'")
        }
        _ => return None,
    };
    Some(format!("= {value}"))
}

/// A comparison that every row with this canonical text satisfies, and that an index over the column serves.
pub fn indexed(dialect: Dialect, kind: &Kind, field: &OurField, x: &str, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    match dialect {
        Dialect::Sqlite => match (kind, affinity(&field.type_name)) {
            (Kind::Text, _) => Some(format!("{x} IN ({})", sqlite_forms(text).join(", "))),
            (Kind::Integer | Kind::Decimal, Affinity::Number) if is_number(text) => {
                Some(format!("{x} = {text}"))
            }
            _ => None,
        },
        // Any other comparison of a key column stands for itself already.
        _ if field.family != Family::Text || *kind != Kind::Text => None,
        Dialect::Postgres => (is_plain_text(field) || field.type_name == "char")
            .then(|| format!("{x} = {}", literal(dialect, text))),
        // Outside ASCII the literal and the column might not be converted alike.
        Dialect::MySql | Dialect::MariaDb => {
            let known = ["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum"];
            (known.contains(&field.type_name.as_str()) && text.is_ascii())
                .then(|| format!("{x} = {}", literal(dialect, text)))
        }
    }
}

/// A Postgres type that is compared as it stands.
fn is_plain_text(field: &OurField) -> bool {
    matches!(field.type_name.as_str(), "text" | "varchar")
}

/// As Postgres writes it.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(n, b)| match n {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
        })
}
