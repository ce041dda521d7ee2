//! A driver's error as a sentence with a subject, a code, and what to do about it.
//!
//! Each server has one table of its own codes. Nothing here looks at the text of a message.

pub mod mysql;
mod postgres;
mod sqlite;

use super::target::Target;
use crate::{
    error::{Code, Error, printable},
    sql::SessionLimits,
};
use sqlx::{mysql::MySqlDatabaseError, postgres::PgDatabaseError, sqlite::SqliteError};
use std::{io::ErrorKind, time::Duration};

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
    let hint = hint.or((code == Code::NoAnswer).then_some(OUT_OF_TIME));
    let theirs = theirs.map(|code| format!(" [{code}]")).unwrap_or_default();
    let error = Error::new(code, format!("{}: {}{theirs}", subject(name), text(&cause))).because(cause);
    hint.into_iter().fold(error, Error::with_hint)
}

/// A statement that nothing came back of.
pub fn no_answer(name: &str, waited: Duration, cancelled: bool) -> Error {
    let then = if cancelled { "it was cancelled" } else { "nor does it take another connection" };
    let what = format!("{}: the server gave no answer within {} s; {then}", subject(name), waited.as_secs());
    Error::new(Code::NoAnswer, what).with_hint(OUT_OF_TIME)
}

/// A statement of SQLite, where the server is this process.
pub fn not_done(name: &str, waited: Duration) -> Error {
    let what = format!("{}: it was not done within {} s, and was ended", subject(name), waited.as_secs());
    Error::new(Code::NoAnswer, what).with_hint("raise [database] statement_timeout if it needs longer")
}

/// The same error; where the server's own limit may have ended the statement, with what to do about that.
pub fn beyond_its_own_limit(cause: Error, limits: SessionLimits) -> Error {
    if cause.code() != Code::Cancelled || !limits.by_server {
        return cause;
    }
    cause.with_hint(
        "nothing was changed; the server has a limit of its own for this user (PostgreSQL: statement_timeout, MySQL: max_execution_time, MariaDB: max_statement_time), and [database] statement_timeout in the feed comes before it",
    )
}

/// A statement that is not asked any more.
pub fn silent(name: &str) -> Error {
    Error::new(Code::NoAnswer, format!("{}: the server gave no answer before", subject(name)))
}

/// Where the connection stood, so that the time ran out in a statement.
const OUT_OF_TIME: &str =
    "raise [database] statement_timeout if the statement needs longer; otherwise check that the server is up";

/// Where nobody asked for what failed.
const BY_DEFAULT: &str = "another machine must prove who it is, unless the URL says otherwise: name the authority of its certificate (PostgreSQL: sslrootcert=FILE; MySQL and MariaDB: ssl-ca=FILE), or say that any will do (sslmode=require; ssl-mode=REQUIRED), or that the network is trusted (sslmode=disable; ssl-mode=DISABLED)";

/// A failed connection.
pub fn connection(target: &Target, cause: sqlx::Error) -> Error {
    let Judged { code, hint, .. } = judge(&cause);
    let hint = hint.or((code == Code::TlsFailed && target.verified_by_default).then_some(BY_DEFAULT));
    let error =
        Error::new(code, format!("cannot connect to {}: {}", target.shown, text(&cause))).because(cause);
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
        "read_results" | "read_results_of" => "reading the results back",
        "count_stage" => "counting what was staged",
        "version" | "statement_limit" | "session_id" | "session" | "search_path" => "setting up the session",
        "migrate" | "schema_history" | "schema_versions" => "creating or upgrading tieout's own tables",
        "lock" => "taking the feed's lock",
        "unlock" => "giving the feed's lock back",
        "begin" => "beginning the transaction",
        "commit" => "the commit",
        "rollback" => "rolling back",
        "table_columns" | "our_columns" | "unique_indexes" => "reading the catalogue",
        "fence_new" | "fence_take" | "fence_check" | "run_begin" | "run_failed" | "run_abandon" => {
            "writing the run to tieout's own tables"
        }
        "run_status" => "noting how far the run is",
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
