//! What a session is set to before anything else: results must not depend on the role's or the
//! server's defaults.

use super::{
    Dialect, Locking, Statement,
    limits::SessionLimits,
    template::{Fill, template},
};
use crate::feed::Timeouts;
use std::time::Duration;

/// The limits of a session that is limited to so much of its own.
#[must_use]
pub fn limits(dialect: Dialect, timeouts: &Timeouts, own: Option<Duration>) -> SessionLimits {
    SessionLimits::new(timeouts, own, dialect.limits_every_statement())
}

/// What the session's statements are limited to before it is set, in milliseconds.
#[must_use]
pub fn statement_limit(dialect: Dialect) -> Option<Statement> {
    let fill = Fill::default().sql("limit", dialect.statement_limit()?).sql("text", dialect.text_type());
    Some(fill.render(dialect, template!("statement_limit")))
}

/// The statements that set a session.
#[must_use]
pub fn session(dialect: Dialect, limits: &SessionLimits) -> Vec<Statement> {
    dialect
        .session(limits)
        .into_iter()
        .map(|sql| Statement::plain("session", Locking::Session, sql))
        .collect()
}

/// Version, collation, time zone and the like of the server: (name, value).
pub fn server_settings(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!(dialect, "server_settings"))
}

/// How the session is encrypted, as the server sees it; SQLite has no server.
pub fn encryption(dialect: Dialect) -> Statement {
    let template = if dialect == Dialect::Postgres {
        template!("postgres" / "encryption")
    } else {
        template!("mysql" / "encryption")
    };
    Fill::default().render(dialect, template)
}
