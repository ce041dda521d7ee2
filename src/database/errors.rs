//! A driver's error as a sentence with a subject, and what to do about it.

use crate::error::{Error, printable};
use std::io::ErrorKind;

/// A failed statement, named by its template.
pub fn statement(name: &str, cause: &sqlx::Error) -> Error {
    let code = code(cause);
    let what = format!(
        "{}: {}{}",
        subject(name),
        text(cause),
        code.as_deref().map(|c| format!(" [{c}]")).unwrap_or_default()
    );
    Error::database(what, hint(cause, code.as_deref()))
}

/// A failed connection.
pub fn connection(shown: &str, cause: &sqlx::Error) -> Error {
    let code = code(cause);
    Error::database(format!("cannot connect to {shown}: {}", text(cause)), hint(cause, code.as_deref()))
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

fn code(cause: &sqlx::Error) -> Option<String> {
    let database = cause.as_database_error()?;
    if let Some(error) = database.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return Some(error.number().to_string());
    }
    database.code().map(std::borrow::Cow::into_owned)
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

fn hint(cause: &sqlx::Error, code: Option<&str>) -> &'static str {
    match cause {
        sqlx::Error::Io(cause) if cause.kind() == ErrorKind::InvalidData => TLS,
        sqlx::Error::Io(cause) if cause.kind() == ErrorKind::NotFound => {
            "a file that the URL names is not there: a socket, or a certificate or key (sslrootcert, ssl-ca and the like)"
        }
        sqlx::Error::Io(_) => "check host, port and network, and that the server is up; then run again",
        sqlx::Error::Tls(_) => TLS,
        sqlx::Error::ColumnDecode { .. } => NO_TEXT,
        sqlx::Error::Database(error) => by_code(code.unwrap_or_default(), error.message()),
        _ => "nothing was changed; check the server's log and run again",
    }
}

const TLS: &str = "check the TLS settings of the URL (PostgreSQL: sslmode, sslrootcert; MySQL and MariaDB: ssl-mode, ssl-ca) and the server's certificate";

const NO_TEXT: &str = "a text of ours holds bytes that are no letters: correct it, or map its bytes under [ours.columns] (hex(…), encode(…, 'hex')); nothing was changed";

const TOO_WIDE: &str =
    "that many columns surely fit on no server: take columns out of the feed, or reconcile them in two feeds";

pub fn by_code(code: &str, message: &str) -> &'static str {
    match code {
        "28P01" | "28000" | "1045" | "1698" | "3118" => {
            "check user and password in the database URL, and whether the server asks for TLS or a certificate"
        }
        "3D000" | "1049" => "check the database name in the URL, or create the database",
        "42P01" | "1146" => {
            "check the table name under [ours] (with its schema); `tieout check FEED` tries it"
        }
        "42703" | "1054" => {
            "name our column under [ours.columns], or correct it; `tieout check FEED` lists what is there"
        }
        "42501" if message.contains("row-level security") => {
            "a policy of ours hides rows from this role, whose row_security is off: let it read all rows, or set row_security = on for it"
        }
        "42501" | "1142" | "1143" | "1044" | "1227" | "1370" => {
            "the user lacks a privilege; `tieout check FEED` prints the GRANTs that are missing"
        }
        "22021" => NO_TEXT,
        "22P05" => {
            "this database's encoding lacks a letter of theirs; nothing was changed; a database in UTF8 has all of them"
        }
        "22012" | "1365" => {
            "an expression under [ours.columns] divides by zero; nothing was changed; say there what that is to be, e.g. nullif(divisor, 0)"
        }
        "42P08" | "42P18" => "cast the parameter in the feed, e.g. :from::date",
        "55P03" | "1205" => {
            "another session holds a lock; nothing was changed; run again, or raise [database] lock_timeout"
        }
        "57014" | "3024" | "1969" | "1317" => {
            "the statement was cancelled; nothing was changed; raise [database] statement_timeout if it was that"
        }
        "53100" | "1021" | "1114" | "13" => {
            "the server's disk or tablespace is full; nothing was changed; free space and run again"
        }
        "25006" | "1290" | "1792" | "1836" | "8" => {
            "the database is read-only; connect to the primary, as a user who may write"
        }
        "57P01" | "57P02" | "57P03" | "1053" | "1927" => {
            "the server ended the session; nothing was changed; run again"
        }
        "1366" | "1292" | "22P02" | "22003" => {
            "a value does not fit; check the column types with `tieout check FEED`"
        }
        "1118" | "1117" => TOO_WIDE,
        "54000" if message.contains("row is too big") => TOO_WIDE,
        "1" if message.contains("Expression tree is too large") => TOO_WIDE,
        "1301" => {
            "a row is longer than the server's max_allowed_packet; nothing was changed; raise it, or leave the longest column out"
        }
        "1406" => "a key is longer than 512 characters; map a shorter key",
        "5" | "517" => "another process writes to this SQLite file; run again when it is done",
        "1" if message.contains("no such column") => "name our column under [ours.columns], or correct it",
        "1" if message.contains("no such table") => "check the table name under [ours]",
        "14" => "check that the folder of the SQLite file exists and can be written",
        _ => "nothing was changed; check the statement with `tieout plan FEED`",
    }
}
