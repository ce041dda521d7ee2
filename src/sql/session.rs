//! What a session is set to before anything else: results must not depend on the role's or the
//! server's defaults.

use super::{
    Dialect, Statement,
    template::{Fill, template},
};
use crate::feed::Timeouts;

/// The statements that set a session.
#[must_use]
pub fn session(dialect: Dialect, timeouts: &Timeouts) -> Vec<Statement> {
    dialect.session(timeouts).into_iter().map(|sql| Statement::plain("session", sql)).collect()
}

/// Version, collation, time zone and the like of the server: (name, value).
pub fn server_settings(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!(dialect, "server_settings"))
}
