//! What steers a session on its way: transactions, the feed's lock, cancelling, the server's plans and warnings.

use super::{
    Dialect, Statement,
    template::{Fill, template},
};
use crate::model::checksum::sha256_hex;

/// A template of the servers with sessions; none on SQLite, which has none.
macro_rules! of_server {
    ($dialect:expr, $name:literal) => {
        match $dialect {
            Dialect::Postgres => Some(template!("postgres" / $name)),
            Dialect::MySql | Dialect::MariaDb => Some(template!("mysql" / $name)),
            Dialect::Sqlite => None,
        }
    };
}

/// Begins a transaction.
pub fn begin(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!(dialect, "begin"))
}

/// Commits it.
pub fn commit(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!("commit"))
}

/// Rolls it back.
pub fn rollback(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!("rollback"))
}

/// The statements of one lock of a feed or a run.
pub struct LockStatements {
    /// Takes it: `true` or `false`.
    pub take: Statement,
    /// Fails where this session does not hold it.
    pub held: Statement,
    /// Gives it back.
    pub give_back: Statement,
    /// The session that holds it.
    pub holder: Statement,
}

/// The lock of this name. None on SQLite, where it is a file beside the database's.
#[must_use]
pub fn lock(dialect: Dialect, name: &str) -> Option<LockStatements> {
    let name = format!("tieout {name}");
    let [take, held, give_back, holder] = match dialect {
        Dialect::Postgres => {
            let digest = sha256_hex(name.as_bytes());
            let number =
                |digits: &str| i64::from(u32::from_str_radix(digits, 16).unwrap_or_default().cast_signed());
            let (first, second) = (number(&digest[..8]), number(&digest[8..16]));
            [
                template!("postgres" / "lock"),
                template!("postgres" / "lock_held"),
                template!("postgres" / "unlock"),
                template!("postgres" / "lock_holder"),
            ]
            .map(|template| {
                Fill::default().value("first", first).value("second", second).render(dialect, template)
            })
        }
        Dialect::MySql | Dialect::MariaDb => {
            let name = format!(".{name}");
            [
                template!("mysql" / "lock"),
                template!("mysql" / "lock_held"),
                template!("mysql" / "unlock"),
                template!("mysql" / "lock_holder"),
            ]
            .map(|template| Fill::default().value("name", &name).render(dialect, template))
        }
        Dialect::Sqlite => return None,
    };
    Some(LockStatements { take, held, give_back, holder })
}

/// What another session calls this one; none on SQLite, where nobody else could cancel anything.
#[must_use]
pub fn session_id(dialect: Dialect) -> Option<Statement> {
    let template = of_server!(dialect, "session_id")?;
    Some(Fill::default().render(dialect, template))
}

/// Cancels what the session of this id does.
#[must_use]
pub fn cancel(dialect: Dialect, session: u64) -> Option<Statement> {
    let template = of_server!(dialect, "cancel")?;
    Some(Fill::default().sql("session", session.to_string()).render(dialect, template))
}

/// Marks this session until it ends. None on SQLite, here and below.
#[must_use]
pub fn mark(dialect: Dialect, mark: i64) -> Option<Statement> {
    let template = of_server!(dialect, "mark")?;
    Some(Fill::default().value("mark", mark).render(dialect, template))
}

/// The session that has this mark.
#[must_use]
pub fn marked(dialect: Dialect, mark: i64) -> Option<Statement> {
    let template = of_server!(dialect, "marked")?;
    Some(Fill::default().value("mark", mark).render(dialect, template))
}

/// Ends another session.
#[must_use]
pub fn end_session(dialect: Dialect, session: u64) -> Option<Statement> {
    let template = of_server!(dialect, "end_session")?;
    Some(Fill::default().sql("session", session.to_string()).render(dialect, template))
}

/// What asks the server how it would execute a statement; messages call it as they call that.
pub fn explain(dialect: Dialect, statement: &Statement) -> Statement {
    let explain = Fill::default()
        .pieces("statement", statement.pieces.clone())
        .sql("format", if dialect == Dialect::MariaDb { "JSON" } else { "TREE" })
        .render(dialect, template!(dialect, "explain"));
    Statement::new(statement.name, explain.locking, explain.pieces)
}

/// What MySQL or MariaDB warned of in the last statement: level, code, message.
pub fn warnings(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!("mysql" / "warnings"))
}
