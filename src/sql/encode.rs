//! The SQL side of `model::checksum`: the same bytes from the same canonical text.

use super::server::Server;

/// Fields joined by the separator; none of them is NULL.
pub fn join(server: &dyn Server, fields: &[String]) -> String {
    match fields {
        [] => "''".into(),
        [one] => one.clone(),
        many => server.joined(many),
    }
}
