//! Real servers, a database and a folder per test, and the real program.

#![allow(dead_code, reason = "not every test module uses every helper")]

pub mod client;
pub mod digest;
pub mod pack;
pub mod parallel;
pub mod random;

use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};
use tempfile::TempDir;

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
    MySql,
    MariaDb,
}

pub const EVERY_KIND: [Kind; 4] = [Kind::Sqlite, Kind::Postgres, Kind::MySql, Kind::MariaDb];
pub const SERVERS: [Kind; 3] = [Kind::Postgres, Kind::MySql, Kind::MariaDb];

impl Kind {
    /// The URL of the server's administrator.
    pub fn admin_url(self) -> String {
        let name = match self {
            Kind::Sqlite => return String::new(),
            Kind::Postgres => "TIEOUT_TEST_POSTGRES_URL",
            Kind::MySql => "TIEOUT_TEST_MYSQL_URL",
            Kind::MariaDb => "TIEOUT_TEST_MARIADB_URL",
        };
        std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests with scripts/test"))
    }

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
}

/// Runs a test body on every kind of server at once, naming those that failed.
pub fn on_every_server(body: impl Fn(Kind) + Sync) {
    on_each(&EVERY_KIND, body);
}

/// The same on some kinds.
pub fn on_each(kinds: &[Kind], body: impl Fn(Kind) + Sync) {
    let failed: Vec<Kind> = thread::scope(|scope| {
        let body = &body;
        let started: Vec<_> = kinds.iter().map(|&kind| (kind, scope.spawn(move || body(kind)))).collect();
        started.into_iter().filter_map(|(kind, thread)| thread.join().err().map(|_| kind)).collect()
    });
    assert!(failed.is_empty(), "the failures above were on {failed:?}");
}

/// What the program printed.
#[derive(Debug)]
pub struct Output {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Fails unless the program ended so, and said all of this.
    #[track_caller]
    pub fn expect(&self, status: i32, words: &[&str]) {
        let text = format!("{}{}", self.stdout, self.stderr);
        let missing: Vec<&&str> = words.iter().filter(|word| !text.contains(**word)).collect();
        assert!(
            self.status == status && missing.is_empty(),
            "status {status} was expected, and the words {missing:?}:\n{}",
            self.all()
        );
    }

    pub fn all(&self) -> String {
        format!("status {}\n--- stdout\n{}--- stderr\n{}", self.status, self.stdout, self.stderr)
    }
}

impl From<std::process::Output> for Output {
    fn from(output: std::process::Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder and an empty database of its own on one server; both go when it is dropped.
pub struct Place {
    pub kind: Kind,
    pub dir: TempDir,
    url: String,
    database: String,
    runtime: tokio::runtime::Runtime,
}

impl Place {
    pub fn new(kind: Kind) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let database = format!("tieout_t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}?mode=rwc", dir.path().join("ours.sqlite").display()),
            _ => with_database(&kind.admin_url(), &database),
        };
        let place = Self { kind, dir, url, database, runtime };
        match kind {
            Kind::Sqlite => {}
            Kind::Postgres => place.admin(&format!("CREATE DATABASE {}", place.database)),
            _ => place.admin(&format!("CREATE DATABASE {} CHARACTER SET utf8mb4", place.database)),
        }
        place
    }

    /// The URL of this place's own database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same as another user.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        let mut url = url::Url::parse(&self.url).expect("a URL");
        url.set_username(user).expect("a user");
        url.set_password(Some(password)).expect("a password");
        url.to_string()
    }

    pub fn database(&self) -> &str {
        &self.database
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file in the test's folder");
        path
    }

    pub fn copy(&self, from: &Path) {
        fs::copy(from, self.path(&from.file_name().expect("a file name").to_string_lossy())).expect("a copy");
    }

    /// Runs SQL (one or several statements) as the administrator of this place's database.
    pub fn sql(&self, sql: &str) {
        if let Err(cause) = self.try_sql(sql) {
            panic!("{:?}: {cause}\n{sql}", self.kind);
        }
    }

    pub fn try_sql(&self, sql: &str) -> Result<(), sqlx::Error> {
        execute(&self.runtime, self.kind, &self.url, sql)
    }

    /// Runs SQL as the server's administrator, outside this place's database.
    pub fn admin(&self, sql: &str) {
        let url = self.kind.admin_url();
        execute(&self.runtime, self.kind, &url, sql)
            .unwrap_or_else(|cause| panic!("{:?}: {cause}\n{sql}", self.kind));
    }

    /// Forbids LOAD DATA LOCAL to all sessions of the server while `body` runs: other tests that load meanwhile come
    /// to the same results by INSERT.
    pub fn without_load_data<T>(&self, body: impl FnOnce() -> T) -> T {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        struct Lifted<'a>(&'a Place);
        impl Drop for Lifted<'_> {
            fn drop(&mut self) {
                self.0.admin("SET GLOBAL local_infile = 1");
            }
        }
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        self.admin("SET GLOBAL local_infile = 0");
        let _lifted = Lifted(self);
        body()
    }

    /// Rows of a query whose columns are all text or NULL (cast them).
    pub fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        self.query_at(&self.url, sql)
    }

    /// The same at another URL of the same server.
    pub fn query_at(&self, url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
        self.runtime.block_on(async {
            macro_rules! rows {
                ($connection:ty, $url:expr) => {{
                    let mut connection = <$connection>::connect($url).await.expect("a connection");
                    let rows = connection
                        .fetch_all(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
                        .await
                        .expect("rows");
                    rows.iter()
                        .map(|row| (0..row.len()).map(|n| row.try_get_unchecked(n).expect("text")).collect())
                        .collect()
                }};
            }
            match self.kind {
                Kind::Sqlite => rows!(sqlx::SqliteConnection, url),
                Kind::Postgres => rows!(sqlx::PgConnection, url),
                _ => rows!(sqlx::MySqlConnection, &url.replacen("mariadb:", "mysql:", 1)),
            }
        })
    }

    /// The program, ready to be given arguments, in this place's folder.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tieout"));
        command
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .env_remove("DATABASE_URL")
            .env_remove("TIEOUT_LOG");
        command
    }

    /// Runs the program to its end.
    pub fn tieout(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().expect("the program starts").into()
    }

    /// `tieout run feed.toml FILE… --database URL …`.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut all = vec!["run", "feed.toml"];
        all.extend(arguments);
        all.extend(["--database", &self.url]);
        self.tieout(&all)
    }

    /// The one run folder under `out`.
    pub fn run_folder(&self, out: &str) -> PathBuf {
        let mut folders: Vec<PathBuf> = fs::read_dir(self.path(out))
            .expect("an output folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| {
                path.is_dir() && !path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'))
            })
            .collect();
        folders.sort();
        folders.pop().expect("a run folder")
    }

    /// A file of the newest run folder under `out`.
    pub fn output_file(&self, out: &str, name: &str) -> String {
        let path = self.run_folder(out).join(name);
        fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let sql = match self.kind {
            Kind::Sqlite => return,
            Kind::Postgres => format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database),
            _ => format!("DROP DATABASE IF EXISTS {}", self.database),
        };
        let url = self.kind.admin_url();
        if let Err(cause) = execute(&self.runtime, self.kind, &url, &sql) {
            eprintln!("the test database {} stays behind: {cause}", self.database);
        }
    }
}

fn with_database(admin: &str, database: &str) -> String {
    let (base, query) =
        admin.split_once('?').map_or((admin, String::new()), |(base, query)| (base, format!("?{query}")));
    let (server, _) = base.rsplit_once('/').expect("an URL with a database");
    format!("{server}/{database}{query}")
}

fn execute(runtime: &tokio::runtime::Runtime, kind: Kind, url: &str, sql: &str) -> Result<(), sqlx::Error> {
    runtime.block_on(async {
        macro_rules! run {
            ($connection:ty, $url:expr) => {{
                let mut connection = <$connection>::connect($url).await?;
                connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await?;
                connection.close().await
            }};
        }
        match kind {
            Kind::Sqlite => run!(sqlx::SqliteConnection, url),
            Kind::Postgres => run!(sqlx::PgConnection, url),
            _ => run!(sqlx::MySqlConnection, &url.replacen("mariadb:", "mysql:", 1)),
        }
    })
}
