//! Which database: a URL that is never printed.

use super::url;
use crate::{
    error::{Code, Error, Result, printable},
    feed::{Secret, Timeouts},
};
use ::url::Url;
use sqlx::{
    ConnectOptions, mysql::MySqlConnectOptions, postgres::PgConnectOptions, sqlite::SqliteConnectOptions,
};
use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    str::FromStr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A database to connect to.
#[derive(Debug, Clone)]
pub struct Target {
    pub(super) options: Options,
    pub(super) timeouts: Timeouts,
    /// The URL without user, password and query, for messages.
    pub(super) shown: String,
    /// MySQL only: the URL for the second driver.
    pub(super) url: Secret,
    /// Shared by all connections to it.
    pub(super) silence: Silence,
    /// What the sessions of a run are found by; shared by all connections to it.
    pub(super) mark: Arc<OnceLock<i64>>,
    /// Set when it was asked whether a session there is its client's alone.
    pub(super) asked: Arc<OnceLock<()>>,
}

/// Whether a database gave no answer any more, not even to another connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Silence(Arc<AtomicBool>);

impl Silence {
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_known(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Clone)]
pub(super) enum Options {
    Postgres(Box<PgConnectOptions>),
    MySql(Box<MySqlConnectOptions>),
    Sqlite(Box<SqliteConnectOptions>),
}

impl Target {
    /// Reads a URL: `postgres://`, `mysql://`, `mariadb://` or `sqlite:`.
    ///
    /// # Errors
    /// `Usage` without the URL's text where it cannot be read.
    pub fn parse(url: &Secret, timeouts: Timeouts) -> Result<Self> {
        let text = url.reveal();
        let scheme = text.split(':').next().unwrap_or_default();
        let unreadable =
            || Error::new(Code::BadDatabaseUrl, format!("the {scheme} URL of the database cannot be read"));
        let mut url = url.clone();
        let options = match scheme {
            "postgres" | "postgresql" => {
                url = url::checked(scheme, text)?;
                let options = PgConnectOptions::from_str(url.reveal()).map_err(|_| unreadable())?;
                // The session sets it; poolers refuse it as a parameter of the connection.
                let options = options.extra_float_digits(None);
                let host = bare(options.get_host());
                let options = options.host(&host);
                Options::Postgres(Box::new(options.application_name("tieout").disable_statement_logging()))
            }
            "mysql" | "mariadb" => {
                url = url::checked(scheme, text)?;
                let text = url.reveal().replacen("mariadb:", "mysql:", 1);
                let options = MySqlConnectOptions::from_str(&text).map_err(|_| unreadable())?;
                let host = bare(options.get_host());
                let options = options.host(&host);
                Options::MySql(Box::new(own_session(options).disable_statement_logging()))
            }
            "sqlite" => {
                url::checked_file(text)?;
                let options = SqliteConnectOptions::from_str(text).map_err(|_| unreadable())?;
                Options::Sqlite(Box::new(options.disable_statement_logging()))
            }
            _ => {
                return Err(Error::new(Code::BadDatabaseUrl, "the database URL has an unknown scheme")
                    .with_hint("begin it with postgres://, mysql://, mariadb:// or sqlite:"));
            }
        };
        Ok(Self {
            options,
            timeouts,
            shown: shown(scheme, text),
            url: url.clone(),
            silence: Silence::default(),
            mark: Arc::default(),
            asked: Arc::default(),
        })
    }

    /// The embedded default: a SQLite file that is created, for its owner only, where it is missing.
    ///
    /// # Errors
    /// `Machine` where it cannot be created.
    pub fn embedded(path: &Path, timeouts: Timeouts) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
        file.map_err(|cause| Error::machine("create", path, cause))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .disable_statement_logging();
        Ok(Self {
            options: Options::Sqlite(Box::new(options)),
            timeouts,
            shown: format!("sqlite:{}", path.display()),
            url: Secret::new(String::new()),
            silence: Silence::default(),
            mark: Arc::default(),
            asked: Arc::default(),
        })
    }

    /// Notes that nobody answered who wanted to connect.
    pub(super) fn gave_no_answer(&self, waited: Duration) -> Error {
        self.silence.note();
        let what = format!("cannot connect to {}: no answer within {} s", self.shown, waited.as_secs());
        Error::new(Code::NoAnswer, what)
    }

    /// The URL without user, password and query.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

/// A host as the system looks it up: an IPv6 address without the brackets that a URL puts around it.
fn bare(host: &str) -> String {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).to_owned()
}

/// Sets nothing by itself: `sql::session` does.
fn own_session(options: MySqlConnectOptions) -> MySqlConnectOptions {
    options.pipes_as_concat(false).no_engine_substitution(false).timezone(None)
}

fn shown(scheme: &str, text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() => {
            let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
            printable(&format!("{scheme}://{}{port}{}", url.host_str().unwrap_or_default(), url.path()))
        }
        _ if scheme == "sqlite" => printable(text.split('?').next().unwrap_or_default()),
        _ => format!("the {scheme} database"),
    }
}
