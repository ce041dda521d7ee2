//! What the user may do in the database, as `check` tells it, with the GRANTs that are missing. It reads the catalogue and
//! tries nothing out but the lock of SQLite's file, so it does not fail by the lack of what it is there to report.

mod mysql;
mod postgres;

use super::{
    catalogue::table_of_ours,
    connection::Connection,
    migrate::{self, tables_of_ledger},
    target::{Options, Target},
};
use crate::{
    error::{Code, Error, Result, printable},
    feed::Feed,
    sql::{
        self, Dialect, Work,
        catalogue::{SCHEMA_HISTORY, qualified},
    },
};

/// Something found out about a run before it begins.
pub enum Finding {
    /// As it must be.
    Good(String),
    /// A run works nevertheless.
    Warning(String),
    /// It stands in the way of a run.
    Obstacle(Obstacle),
}

/// What a run would fail with.
pub struct Obstacle {
    /// As the run would.
    pub code: Code,
    /// What it is, with its subject.
    pub what: String,
    /// The lines that an administrator runs, where any would help.
    pub grants: Vec<String>,
}

impl Finding {
    fn obstacle(code: Code, what: impl Into<String>) -> Self {
        Self::Obstacle(Obstacle { code, what: what.into(), grants: Vec::new() })
    }

    /// The user lacks a privilege, which these lines give.
    fn lacks(what: impl Into<String>, grants: Vec<String>) -> Self {
        Self::Obstacle(Obstacle { code: Code::NoPrivilege, what: what.into(), grants })
    }
}

/// The tables that are tieout's.
struct OwnTables {
    ledger: Vec<String>,
    /// With the columns that they must have.
    work: Vec<(String, Vec<String>)>,
}

impl OwnTables {
    fn of(dialect: Dialect, feeds: &[Feed]) -> Self {
        let mut ledger = tables_of_ledger(dialect);
        ledger.push(SCHEMA_HISTORY.to_owned());
        let work = feeds.iter().flat_map(|feed| Work::new(dialect, feed).tables()).collect();
        Self { ledger, work }
    }
}

/// What keeps the user out of the database, where connecting said that a privilege is missing.
///
/// # Errors
/// `Database` where the server does not say.
pub async fn not_entered(target: &Target, feeds: &[Feed]) -> Result<Vec<Finding>> {
    match &target.options {
        Options::Postgres(options) => {
            Ok(vec![may_not_connect(options.get_database(), options.get_username())])
        }
        Options::MySql(options) => {
            let mut connection = Connection::open(&target.without_database()?).await?;
            let tables = OwnTables::of(connection.dialect, feeds);
            let found = connection.mysql_privileges(&tables, options.get_database()).await;
            connection.close().await;
            found
        }
        Options::Sqlite(_) => Ok(Vec::new()),
    }
}

impl Connection {
    /// Whether the user may create and fill tieout's own tables, and how rows will be loaded.
    ///
    /// # Errors
    /// `Database` where the server does not say.
    pub async fn privileges(&mut self, feeds: &[Feed]) -> Result<Vec<Finding>> {
        let tables = OwnTables::of(self.dialect, feeds);
        match self.dialect {
            Dialect::Postgres => self.postgres_privileges(&tables).await,
            Dialect::MySql | Dialect::MariaDb => self.mysql_privileges(&tables, None).await,
            Dialect::Sqlite => Ok(vec![self.sqlite_privileges().await]),
        }
    }

    /// Refuses a database in which this user can write nothing, before anything is created there.
    ///
    /// # Errors
    /// `ReadOnly`.
    pub(super) async fn takes_writes(&mut self) -> Result<()> {
        let why = match self.dialect {
            Dialect::Postgres => self.postgres_read_only().await,
            Dialect::MySql | Dialect::MariaDb => {
                self.mysql_read_only().await.map(|why| why.map(str::to_owned))
            }
            Dialect::Sqlite => Ok(None),
        };
        // A server that does not say it refuses the first statement that writes.
        match why {
            Ok(Some(why)) => Err(Error::new(Code::ReadOnly, why)),
            _ => Ok(()),
        }
    }

    /// The lines that let this user read ours; none where no GRANT could.
    pub async fn grant_ours(&mut self, feed: &Feed) -> Vec<String> {
        let table = table_of_ours(feed);
        let grants = match self.dialect {
            Dialect::Postgres => self.postgres_grant_ours(table).await,
            Dialect::MySql | Dialect::MariaDb => self.mysql_grant_ours(table).await,
            Dialect::Sqlite => Ok(Vec::new()),
        };
        grants.unwrap_or_default()
    }

    /// What an upgrade of the ledger would need to do, as words of SQL: `ALTER TABLE`, `CREATE INDEX`.
    async fn due(&mut self) -> Vec<&'static str> {
        // Where the history may not be read, that is an obstacle of its own.
        let pending = migrate::pending(self).await.unwrap_or_default();
        migrate::words_of(self.dialect, &pending)
    }

    /// A transaction takes the lock to write, which a read-only file refuses.
    async fn sqlite_privileges(&mut self) -> Finding {
        match self.begin().await {
            Ok(()) => {
                self.rollback().await;
                Finding::Good("the SQLite file can be written".into())
            }
            Err(cause) => Finding::obstacle(cause.code(), cause.to_string()),
        }
    }
}

/// A table of ours in a message.
fn shown(dialect: Dialect, table: Option<&[String]>) -> String {
    table.map_or_else(|| "what [ours] reads".to_owned(), |table| printable(&qualified(dialect, table)))
}

/// A failure to find out is told as what it is.
impl From<Error> for Finding {
    fn from(cause: Error) -> Self {
        Self::obstacle(cause.code(), format!("{cause}; {}", cause.hint()))
    }
}

/// Who may not even connect.
fn may_not_connect(database: Option<&str>, user: &str) -> Finding {
    let quoted = |name: &str| qualified(Dialect::Postgres, &[name.to_owned()]);
    let database = database.unwrap_or(user);
    let grant = sql::privileges::grant_connect(&quoted(database), &quoted(user));
    Finding::lacks(format!("{user} may not connect to the database {database}"), vec![grant])
}
