//! The SQL side of `model::checksum`: the same bytes from the same canonical text.

use super::Dialect;

/// Fields joined by the separator; none of them is NULL.
pub fn join(dialect: Dialect, fields: &[String]) -> String {
    match fields {
        [] => "''".into(),
        [one] => one.clone(),
        many => dialect.joined(many),
    }
}
