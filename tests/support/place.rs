//! A folder and a database for one test.

use super::{
    Kind, Output,
    program::Program,
    server::{self, Server},
};
use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder and an empty database of its own on one server; both go when it is dropped.
pub struct Place {
    pub kind: Kind,
    pub dir: TempDir,
    server: Server,
    url: String,
    database: String,
}

impl Place {
    pub fn new(kind: Kind) -> Self {
        Self::on(Server::shared(kind))
    }

    pub fn on(server: Server) -> Self {
        let (kind, dir) = (server.kind, TempDir::new().expect("a temporary folder"));
        let database = format!("tieout_t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}?mode=rwc", dir.path().join("ours.sqlite").display()),
            _ => server.database_url(&database),
        };
        match kind {
            Kind::Sqlite => {}
            Kind::Postgres => server.execute(&format!("CREATE DATABASE {database}")),
            _ => server.execute(&format!("CREATE DATABASE {database} CHARACTER SET utf8mb4")),
        }
        Self { kind, dir, server, url, database }
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

    pub fn server(&self) -> &Server {
        &self.server
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file in the test's folder");
        path
    }

    /// Writes `feed.toml`.
    pub fn feed(&self, feed: impl Display) -> PathBuf {
        self.write("feed.toml", feed.to_string())
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

    /// The same where it may fail.
    ///
    /// # Errors
    /// The server's.
    pub fn try_sql(&self, sql: &str) -> Result<(), sqlx::Error> {
        server::execute(self.kind, &self.url, sql)
    }

    /// Runs SQL as the server's administrator, outside this place's database.
    pub fn admin(&self, sql: &str) {
        self.server.execute(sql);
    }

    /// Rows of a query whose columns are all text or NULL (`Kind::as_text`).
    pub fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        self.query_at(&self.url, sql)
    }

    /// The same at another URL of the same server.
    pub fn query_at(&self, url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
        server::query(self.kind, url, sql)
    }

    /// How many rows there are `FROM …`.
    pub fn count(&self, from: &str) -> u64 {
        let rows = self.query(&format!("SELECT {} {from}", self.kind.as_text("count(*)")));
        rows[0][0].as_deref().expect("a count").parse().expect("a number")
    }

    /// The program, ready to be given arguments, in this place's folder.
    pub fn command(&self) -> Program {
        Program::tieout().current_dir(self.dir.path())
    }

    /// Runs the program to its end.
    #[track_caller]
    pub fn tieout(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output()
    }

    /// `tieout run feed.toml FILE… --database URL …`.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut all = vec!["run", "feed.toml"];
        all.extend(arguments);
        all.extend(["--database", &self.url]);
        self.tieout(&all)
    }

    /// The newest run folder under `out`.
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
        self.server.clean_up(&sql);
    }
}
