//! A driver's error as a sentence with a subject, a code, and what to do about it.
//!
//! Each server has one table of its own codes. Nothing here looks at the text of a message.

pub mod mysql;
mod postgres;
mod sqlite;

use crate::error::{Code, Error, printable};
use sqlx::{mysql::MySqlDatabaseError, postgres::PgDatabaseError, sqlite::SqliteError};
use std::io::ErrorKind;

/// What a driver's error means.
struct Judged {
    code: Code,
    /// Where the table of codes cannot be as exact.
    hint: Option<&'static str>,
    /// The server's own code, as people look it up.
    theirs: Option<String>,
}

/// A failed statement, named by its template.
pub fn statement(name: &str, cause: sqlx::Error) -> Error {
    let Judged { code, hint, theirs } = judge(&cause);
    // The connection stood, so that the time ran out in the statement.
    let hint = hint.or((code == Code::NoAnswer).then_some(
        "raise [database] statement_timeout if the statement needs longer; otherwise check that the server is up",
    ));
    let theirs = theirs.map(|code| format!(" [{code}]")).unwrap_or_default();
    let error = Error::new(code, format!("{}: {}{theirs}", subject(name), text(&cause))).because(cause);
    hint.into_iter().fold(error, Error::with_hint)
}

/// A failed connection.
pub fn connection(shown: &str, cause: sqlx::Error) -> Error {
    let Judged { code, hint, .. } = judge(&cause);
    let error = Error::new(code, format!("cannot connect to {shown}: {}", text(&cause))).because(cause);
    hint.into_iter().fold(error, Error::with_hint)
}

/// What a statement is for, in words.
fn subject(name: &str) -> String {
    let words = match name {
        "ours" => "reading the columns of ours",
        "join" => "the join that reads ours",
        "load" | "insert" => "loading the staging table",
        "create_stage" | "create_join" | "create_tie" | "create_stage_index" | "drop" => {
            "preparing the work tables"
        }
        "truncate" => "emptying the work tables",
        "record" => "recording the breaks",
        "read_results" => "reading the results back",
        other => return format!("statement `{other}` failed"),
    };
    format!("{words} failed")
}

/// The message without anything that a driver may add of its own.
fn text(cause: &sqlx::Error) -> String {
    match cause {
        // SQLite takes a quoted name that it does not know for a text; ours are names.
        sqlx::Error::Database(error) => printable(
            error.message().trim_end_matches(" - should this be a string literal in single-quotes?"),
        ),
        other => printable(&other.to_string()),
    }
}

fn judge(cause: &sqlx::Error) -> Judged {
    let only = |code| Judged { code, hint: None, theirs: None };
    match cause {
        sqlx::Error::Io(cause) => only(match cause.kind() {
            ErrorKind::InvalidData => Code::TlsFailed,
            ErrorKind::NotFound => Code::UrlFileMissing,
            ErrorKind::TimedOut => Code::NoAnswer,
            _ => Code::CannotConnect,
        }),
        sqlx::Error::Tls(_) => only(Code::TlsFailed),
        sqlx::Error::ColumnDecode { .. } => only(Code::NotText),
        sqlx::Error::Database(error) => {
            if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
                let number = error.number();
                return Judged { theirs: Some(number.to_string()), ..only(mysql::code(number)) };
            }
            let theirs = error.code().map(std::borrow::Cow::into_owned);
            let of = theirs.as_deref().unwrap_or_default();
            if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
                return Judged { code: postgres::code(of, error.routine()), hint: None, theirs };
            }
            let result = of.parse().ok().filter(|_| error.try_downcast_ref::<SqliteError>().is_some());
            let code = result.map_or(Code::StatementRefused, sqlite::code);
            let vague = result.is_some_and(sqlite::is_vague);
            Judged { code, hint: vague.then_some(sqlite::STATEMENT), theirs }
        }
        _ => only(Code::DriverFailed),
    }
}
