//! Which database: a URL that is never printed.

use super::{
    parameters::{TlsAsked, UrlSettings},
    password::{self, ClientSection, PasswordCommand},
    patience::CONNECT,
    url,
};
use crate::{
    error::{Code, Error, Result, printable},
    feed::{PasswordFrom, Secret, Timeouts},
};
use ::url::Url;
use sqlx::{
    ConnectOptions,
    mysql::{MySqlConnectOptions, MySqlSslMode},
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::SqliteConnectOptions,
};
use std::{
    fs::OpenOptions,
    net::IpAddr,
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
    /// How long a connection may take, and then what sets its session.
    pub(super) connect: Duration,
    /// It is another machine, and nobody said how to look at its certificate.
    pub(super) verified_by_default: bool,
    /// One that does not stand in the URL, where the program itself has found it.
    password: Option<Secret>,
    /// What says it for each new connection.
    command: Option<Arc<PasswordCommand>>,
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
        let (mut connect, mut verified_by_default) = (None, false);
        let mut checked = || {
            let (checked, read) = url::checked(scheme, text)?;
            url = checked;
            connect = read.connect;
            Ok(read)
        };
        let options = match scheme {
            "postgres" | "postgresql" => {
                let read = checked()?;
                let options = PgConnectOptions::from_str(url.reveal()).map_err(|_| unreadable())?;
                let (options, by_default) = postgres(options, read);
                verified_by_default = by_default;
                Options::Postgres(Box::new(options))
            }
            "mysql" | "mariadb" => {
                let read = checked()?;
                let text = url.reveal().replacen("mariadb:", "mysql:", 1);
                let options = MySqlConnectOptions::from_str(&text).map_err(|_| unreadable())?;
                let (options, by_default) = mysql(options, read);
                verified_by_default = by_default;
                Options::MySql(Box::new(options))
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
            connect: connect.or(timeouts.connect).unwrap_or(CONNECT),
            verified_by_default,
            shown: shown(scheme, text),
            url,
            ..Self::of(options, timeouts)
        })
    }

    fn of(options: Options, timeouts: Timeouts) -> Self {
        Self {
            options,
            timeouts,
            connect: timeouts.connect.unwrap_or(CONNECT),
            verified_by_default: false,
            password: None,
            command: None,
            shown: String::new(),
            url: Secret::new(String::new()),
            silence: Silence::default(),
            mark: Arc::default(),
            asked: Arc::default(),
        }
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
        let shown = format!("sqlite:{}", path.display());
        Ok(Self { shown, ..Self::of(Options::Sqlite(Box::new(options)), timeouts) })
    }

    /// The same server, and none of its databases.
    ///
    /// # Errors
    /// `BadDatabaseUrl`, which its URL was not before.
    pub(super) fn without_database(&self) -> Result<Self> {
        let url = Url::parse(self.url.reveal()).map(|mut url| {
            url.set_path("");
            Secret::new(url.into())
        });
        let url = url.map_err(|_| Error::internal("the URL was readable before"))?;
        let parsed = Self::parse(&url, Timeouts { connect: Some(self.connect), ..self.timeouts })?;
        let mut other = Self { shown: self.shown.clone(), command: self.command.clone(), ..parsed };
        if let Some(password) = &self.password {
            other.set_password(password.clone());
        }
        Ok(other)
    }

    /// The same with a password from elsewhere, where the URL has none: from where the feed says, or from what the server's
    /// own clients read. `env` looks up variables.
    ///
    /// # Errors
    /// `PasswordUnreadable`.
    pub fn with_password(
        mut self,
        from: Option<&PasswordFrom>,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let Ok(url) = Url::parse(self.url.reveal()) else { return Ok(self) };
        if url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password") {
            return Ok(self);
        }
        match (from, &self.options) {
            (_, Options::Sqlite(_)) => {}
            (Some(PasswordFrom::File(path)), _) => self.set_password(password::of_file(path)?),
            (Some(PasswordFrom::Command(words)), _) => {
                self.command = Some(Arc::new(PasswordCommand::new(words.clone())));
            }
            (Some(PasswordFrom::OptionFile(path)), Options::MySql(_)) => {
                self.take(&url, password::of_option_file(path)?);
            }
            (_, Options::Postgres(_)) if env("PGPASSWORD").is_none() => {
                password::warn_of_pgpass(env("PGPASSFILE"), env("HOME"));
            }
            (_, Options::Postgres(_)) => {}
            (_, Options::MySql(_)) => {
                let own = env("HOME").map(|home| password::of_own_option_file(Path::new(&home)));
                self.take(&url, own.transpose()?.unwrap_or_default());
                if let Some(password) = env("MYSQL_PWD") {
                    self.set_password(Secret::new(password));
                }
            }
        }
        Ok(self)
    }

    fn take(&mut self, url: &Url, client: ClientSection) {
        if let (Some(user), "", Options::MySql(options)) = (client.user, url.username(), &mut self.options) {
            **options = options.as_ref().clone().username(&user);
        }
        if let Some(password) = client.password {
            self.set_password(password);
        }
    }

    fn set_password(&mut self, password: Secret) {
        match &mut self.options {
            Options::Postgres(options) => **options = options.as_ref().clone().password(password.reveal()),
            Options::MySql(options) => **options = options.as_ref().clone().password(password.reveal()),
            Options::Sqlite(_) => {}
        }
        self.password = Some(password);
    }

    /// The same with the password that a command says, where it does.
    ///
    /// # Errors
    /// `PasswordCommandFailed`.
    pub(super) async fn login(&self) -> Result<Self> {
        let mut login = self.clone();
        if let Some(command) = &self.command {
            login.set_password(command.ask().await?);
        }
        Ok(login)
    }

    /// The password that does not stand in the URL.
    pub(super) fn password(&self) -> Option<&str> {
        self.password.as_ref().map(Secret::reveal)
    }

    /// The same, which is never made where it is not there.
    #[must_use]
    pub fn only_existing(mut self) -> Self {
        if let Options::Sqlite(options) = &mut self.options {
            **options = options.as_ref().clone().create_if_missing(false);
        }
        self
    }

    /// Notes that nobody answered who wanted to connect.
    pub(super) fn gave_no_answer(&self) -> Error {
        self.silence.note();
        let waited = self.connect.as_secs();
        let what = format!("cannot connect to {}: no answer within {waited} s", self.shown);
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

/// Whether a host is this machine, so that nobody stands between.
fn is_here(host: &str) -> bool {
    let name = host.to_ascii_lowercase();
    host.is_empty()
        || host.starts_with('/')
        || name == "localhost"
        || name.ends_with(".localhost")
        || host.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

/// Whether the certificate of another machine is looked at only because nobody said otherwise.
fn by_default(read: UrlSettings, here: bool, environment: bool) -> bool {
    read.tls == TlsAsked::Nothing && !here && !environment
}

fn postgres(options: PgConnectOptions, read: UrlSettings) -> (PgConnectOptions, bool) {
    // The session sets it; poolers refuse it as a parameter of the connection.
    let options = options.extra_float_digits(None).application_name("tieout").disable_statement_logging();
    let host = bare(options.get_host());
    let here = options.get_socket().is_some() || is_here(&host);
    let by_default = by_default(read, here, std::env::var_os("PGSSLMODE").is_some());
    let options = options.host(&host);
    let options = match read.tls {
        _ if by_default => options.ssl_mode(PgSslMode::VerifyFull),
        TlsAsked::Authority if here => options.ssl_mode(PgSslMode::VerifyCa),
        TlsAsked::System | TlsAsked::Authority => options.ssl_mode(PgSslMode::VerifyFull),
        TlsAsked::Mode | TlsAsked::Nothing => options,
    };
    (options, by_default)
}

fn mysql(options: MySqlConnectOptions, read: UrlSettings) -> (MySqlConnectOptions, bool) {
    // Sets nothing by itself: `sql::session` does.
    let options = options.pipes_as_concat(false).no_engine_substitution(false).timezone(None);
    let host = bare(options.get_host());
    let here = options.get_socket().is_some() || is_here(&host);
    let by_default = by_default(read, here, false);
    let options = options.host(&host).disable_statement_logging();
    let options = match read.tls {
        _ if by_default => options.ssl_mode(MySqlSslMode::VerifyIdentity),
        TlsAsked::Authority if here => options.ssl_mode(MySqlSslMode::VerifyCa),
        TlsAsked::Authority | TlsAsked::System => options.ssl_mode(MySqlSslMode::VerifyIdentity),
        TlsAsked::Mode | TlsAsked::Nothing => options,
    };
    (options, by_default)
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

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn this_machine_is_told_from_others() {
        for host in [
            "",
            "/run/postgresql",
            "localhost",
            "LocalHost",
            "db.localhost",
            "127.3.2.1",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_here(host), "{host}");
        }
        for host in ["db.example.com", "10.0.0.1", "localhost.example.com", "::2", "127.0.0.1.example.com"] {
            assert!(!is_here(host), "{host}");
        }
    }
}
