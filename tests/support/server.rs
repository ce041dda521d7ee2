//! The databases that tests run on, and the account that may do anything there.
//!
//! Servers are shared by all tests, so no test changes what a server sets for everybody. A test that must uses a spare:
//! a second MySQL and a second MariaDB that `scripts/servers` starts for nothing else.

use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use std::{
    sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    thread,
};

use super::{digest::hex, watch};

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Sqlite,
    Postgres,
    MySql,
    MariaDb,
}

pub const EVERY_KIND: [Kind; 4] = [Kind::Sqlite, Kind::Postgres, Kind::MySql, Kind::MariaDb];
pub const SERVERS: [Kind; 3] = [Kind::Postgres, Kind::MySql, Kind::MariaDb];
pub const MYSQL_FAMILY: [Kind; 2] = [Kind::MySql, Kind::MariaDb];

impl Kind {
    pub fn mysql_family(self) -> bool {
        matches!(self, Kind::MySql | Kind::MariaDb)
    }

    /// The name of its folder under `sql/`.
    pub fn dialect(self) -> &'static str {
        match self {
            Kind::Sqlite => "sqlite",
            Kind::Postgres => "postgres",
            Kind::MySql | Kind::MariaDb => "mysql",
        }
    }

    /// Its name in a test's.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sqlite => "sqlite",
            Kind::Postgres => "postgres",
            Kind::MySql => "mysql",
            Kind::MariaDb => "mariadb",
        }
    }

    /// The value of an expression as text, which is what `Place::query` reads.
    pub fn as_text(self, expression: &str) -> String {
        format!("CAST({expression} AS {})", if self.mysql_family() { "char" } else { "text" })
    }

    /// A text literal by its bytes, so that no setting of the server matters.
    pub fn literal(self, text: &str) -> String {
        let hex = hex(text.as_bytes());
        match self {
            Kind::Sqlite => format!("CAST(X'{hex}' AS text)"),
            Kind::Postgres => format!("convert_from(decode('{hex}', 'hex'), 'UTF8')"),
            Kind::MySql | Kind::MariaDb => format!("_utf8mb4 X'{hex}'"),
        }
    }
}

/// Runs a test body on every kind of server at once, naming those that failed; what each came to, in that order.
pub fn on_every_server<T: Send>(body: impl Fn(Kind) -> T + Sync) -> Vec<T> {
    on_each(&EVERY_KIND, body)
}

/// The same on some kinds.
pub fn on_each<T: Send>(kinds: &[Kind], body: impl Fn(Kind) -> T + Sync) -> Vec<T> {
    let (body, test) = (&body, watch::here());
    let results: Vec<_> = thread::scope(|scope| {
        let begin = |&kind: &Kind| {
            let test = test.clone();
            scope.spawn(move || {
                watch::helping(test);
                body(kind)
            })
        };
        let threads: Vec<_> = kinds.iter().map(begin).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let failed: Vec<Kind> =
        kinds.iter().zip(&results).filter(|(_, result)| result.is_err()).map(|(kind, _)| *kind).collect();
    assert!(failed.is_empty(), "the failures above were on {failed:?}");
    results.into_iter().flatten().collect()
}

/// A server, or SQLite, which is none.
#[derive(Debug, Clone)]
pub struct Server {
    pub kind: Kind,
    /// The URL of its administrator; empty for SQLite.
    url: String,
}

impl Server {
    /// The one that all tests share.
    pub fn shared(kind: Kind) -> Self {
        let name = match kind {
            Kind::Sqlite => return Self { kind, url: String::new() },
            Kind::Postgres => "TIEOUT_TEST_POSTGRES_URL",
            Kind::MySql => "TIEOUT_TEST_MYSQL_URL",
            Kind::MariaDb => "TIEOUT_TEST_MARIADB_URL",
        };
        Self { kind, url: named(name) }
    }

    /// A second one, whose settings may be changed; where settings belong to roles and databases, there is no need.
    pub fn spare(kind: Kind) -> Self {
        let name = match kind {
            Kind::Sqlite | Kind::Postgres => return Self::shared(kind),
            Kind::MySql => "TIEOUT_TEST_MYSQL_SPARE_URL",
            Kind::MariaDb => "TIEOUT_TEST_MARIADB_SPARE_URL",
        };
        let spare = Self { kind, url: named(name) };
        // A test that was killed may have left its settings.
        MADE_PLAIN[kind as usize].get_or_init(|| {
            spare.execute("SET GLOBAL read_only = 0, GLOBAL local_infile = 1, GLOBAL init_connect = ''");
            if kind == Kind::MariaDb {
                spare.execute("SET GLOBAL idle_transaction_timeout = 0");
            }
        });
        spare
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of one of its databases.
    pub fn database_url(&self, database: &str) -> String {
        let mut url = url::Url::parse(&self.url).expect("a URL");
        url.set_path(database);
        url.to_string()
    }

    /// Runs SQL as its administrator.
    pub fn execute(&self, sql: &str) {
        execute(self.kind, &self.url, sql).unwrap_or_else(|cause| panic!("{:?}: {cause}\n{sql}", self.kind));
    }

    /// The same for what goes with a test, which may have failed already and must not fail once more.
    pub fn clean_up(&self, sql: &str) {
        let _doing = watch::cleaning_up();
        if let Err(cause) = execute(self.kind, &self.url, sql) {
            eprintln!("{:?}: something of a test stays behind: {cause}\n{sql}", self.kind);
        }
    }

    /// Nobody changes a setting of a spare while this is held.
    pub fn as_it_is(&self) -> RwLockReadGuard<'static, ()> {
        SETTINGS[self.kind as usize].read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets a global variable of a spare until this is dropped, when nobody relies on what it is.
    pub fn set(&self, variable: &'static str, value: &str) -> Setting {
        assert!(*self.url != Self::shared(self.kind).url, "a shared server stays as it is");
        let alone = SETTINGS[self.kind as usize].write().unwrap_or_else(PoisonError::into_inner);
        let before = query(self.kind, &self.url, &format!("SELECT CAST(@@global.{variable} AS char)"));
        let before = before[0][0].clone().expect("a value");
        self.execute(&format!("SET GLOBAL {variable} = {value}"));
        Setting { server: self.clone(), variable, before, _alone: alone }
    }
}

/// By kind: whoever changes a spare's settings is alone there.
static SETTINGS: [RwLock<()>; 4] = [const { RwLock::new(()) }; 4];
/// By kind: whether the spare's settings are what this process begins with.
static MADE_PLAIN: [OnceLock<()>; 4] = [const { OnceLock::new() }; 4];

/// A setting of a spare; it is as before when this goes.
pub struct Setting {
    server: Server,
    variable: &'static str,
    before: String,
    _alone: RwLockWriteGuard<'static, ()>,
}

impl Drop for Setting {
    fn drop(&mut self) {
        self.server.clean_up(&format!("SET GLOBAL {} = {}", self.variable, self.before));
    }
}

fn named(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests with scripts/test"))
}

/// A URL as sqlx knows it.
fn known(url: &str) -> String {
    url.replacen("mariadb:", "mysql:", 1)
}

/// Runs something of sqlx's within the time that the test has left.
fn block_on<T>(
    kind: Kind,
    sql: &str,
    task: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let _doing = watch::doing(format!("SQL on {kind:?}: {}", sql.chars().take(300).collect::<String>()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let test = watch::here();
    let left = test.left();
    let result = runtime.block_on(async { tokio::time::timeout(left, task).await });
    result.unwrap_or_else(|_| Err(std::io::Error::new(std::io::ErrorKind::TimedOut, test.told()).into()))
}

/// Runs SQL, one statement or several.
///
/// # Errors
/// The server's.
pub fn execute(kind: Kind, url: &str, sql: &str) -> Result<(), sqlx::Error> {
    macro_rules! run {
        ($connection:ty) => {{
            let mut connection = <$connection>::connect(&known(url)).await?;
            connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await?;
            connection.close().await
        }};
    }
    block_on(kind, sql, async {
        match kind {
            Kind::Sqlite => run!(sqlx::SqliteConnection),
            Kind::Postgres => run!(sqlx::PgConnection),
            _ => run!(sqlx::MySqlConnection),
        }
    })
}

/// Rows of a query whose columns are all text or NULL (`Kind::as_text`).
pub fn query(kind: Kind, url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
    macro_rules! rows {
        ($connection:ty) => {{
            let mut connection = <$connection>::connect(&known(url)).await?;
            let rows = connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await?;
            rows.iter().map(|row| (0..row.len()).map(|n| row.try_get_unchecked(n)).collect()).collect()
        }};
    }
    let rows = block_on(kind, sql, async {
        match kind {
            Kind::Sqlite => rows!(sqlx::SqliteConnection),
            Kind::Postgres => rows!(sqlx::PgConnection),
            _ => rows!(sqlx::MySqlConnection),
        }
    });
    rows.unwrap_or_else(|cause| panic!("{kind:?}: {cause}\n{sql}"))
}
