//! One connection to one of the servers, with the few calls that everything else needs.
//!
//! Every value that comes back is text or NULL: the statements cast where they must.

use super::{
    errors, sqlite_decimal,
    target::{Options, Target},
};
use crate::{
    error::{Code, Error, Result, printable},
    sql::{self, Dialect, Statement, Value, catalogue},
    stop::Stop,
};
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, Executor, MySqlConnection, PgConnection, Row,
    SqliteConnection,
};
use std::time::Duration;

/// A row as text.
pub type TextRow = Vec<Option<String>>;

pub struct Connection {
    pub(super) driver: Driver,
    pub(super) dialect: Dialect,
    pub(super) target: Target,
    /// Product and version, e.g. `PostgreSQL 15.18`.
    product: String,
    /// Once set, no further statement begins but a rollback.
    pub(super) stop: Option<Stop>,
}

pub(super) enum Driver {
    Postgres(Box<PgConnection>),
    MySql(Box<MySqlConnection>),
    Sqlite(Box<SqliteConnection>),
}

macro_rules! each {
    ($driver:expr, $c:ident => $body:expr) => {
        match $driver {
            Driver::Postgres($c) => $body,
            Driver::MySql($c) => $body,
            Driver::Sqlite($c) => $body,
        }
    };
}

macro_rules! query {
    ($sql:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql)).persistent(false);
        for value in $values {
            query = match value {
                Value::Text(text) => query.bind(text.clone()),
                Value::Int(number) => query.bind(*number),
            };
        }
        query
    }};
}

impl Connection {
    /// Connects within 15 seconds and sets the session.
    ///
    /// # Errors
    /// `Database`, without the password.
    pub async fn open(target: &Target) -> Result<Self> {
        let attempt = tokio::time::timeout(Duration::from_secs(15), connect(&target.options)).await;
        let driver = attempt
            .map_err(|_| {
                Error::new(
                    Code::NoAnswer,
                    format!("cannot connect to {}: no answer within 15 seconds", target.shown),
                )
            })?
            .map_err(|cause| errors::connection(&target.shown, cause))?;
        let dialect = match &driver {
            Driver::Postgres(_) => Dialect::Postgres,
            Driver::MySql(_) => Dialect::MySql,
            Driver::Sqlite(_) => Dialect::Sqlite,
        };
        let mut connection =
            Self { driver, dialect, target: target.clone(), product: String::new(), stop: None };
        connection.identify().await?;
        for statement in sql::session(connection.dialect, &target.timeouts) {
            connection.execute(&statement).await?;
        }
        connection.names_are_the_servers_own().await?;
        Ok(connection)
    }

    /// Which version it is, and whether a server that speaks as MySQL does is MariaDB.
    async fn identify(&mut self) -> Result<()> {
        let version = self.one(&catalogue::version(self.dialect)).await?.unwrap_or_default();
        if self.dialect == Dialect::MySql && version.contains("MariaDB") {
            self.dialect = Dialect::MariaDb;
        }
        self.product = format!("{} {version}", self.dialect);
        Ok(())
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub fn product(&self) -> &str {
        &self.product
    }

    /// Runs a statement; gives the number of rows it changed.
    ///
    /// # Errors
    /// `Database`, named by the statement.
    pub async fn execute(&mut self, statement: &Statement) -> Result<u64> {
        self.check_stop(statement)?;
        let (sql, values) = statement.bound(self.dialect);
        tracing::debug!(statement = statement.name, sql, "execute");
        let deadline = self.target.timeouts.statement;
        let result = within(deadline, async {
            if values.is_empty() {
                // Without values the simple protocol serves, which some statements need.
                each!(&mut self.driver, c => (&mut **c).execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(|done| done.rows_affected()))
            } else {
                each!(&mut self.driver, c => query!(sql, &values).execute(&mut **c).await.map(|done| done.rows_affected()))
            }
        })
        .await;
        result.map_err(|cause| errors::statement(statement.name, cause))
    }

    /// Runs several statements in order.
    ///
    /// # Errors
    /// As `execute`; the first failure ends it.
    pub async fn execute_all(&mut self, statements: &[Statement]) -> Result<()> {
        for statement in statements {
            self.execute(statement).await?;
        }
        Ok(())
    }

    /// All rows of a query.
    pub async fn rows(&mut self, statement: &Statement) -> Result<Vec<TextRow>> {
        let mut rows = Vec::new();
        self.each_row(statement, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// The first column of the first row.
    pub async fn one(&mut self, statement: &Statement) -> Result<Option<String>> {
        let rows = self.rows(statement).await?;
        Ok(rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten())
    }

    /// Streams the rows of a query through `take`, in constant memory.
    ///
    /// # Errors
    /// As `execute`, and what `take` fails with.
    pub async fn each_row(
        &mut self,
        statement: &Statement,
        mut take: impl FnMut(TextRow) -> Result<()>,
    ) -> Result<()> {
        self.check_stop(statement)?;
        let (sql, values) = statement.bound(self.dialect);
        tracing::debug!(statement = statement.name, sql, "query");
        let failed = |cause: sqlx::Error| errors::statement(statement.name, cause);
        each!(&mut self.driver, c => {
            let mut rows = query!(sql, &values).fetch(&mut **c);
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                let text = (0..row.len()).map(|n| row.try_get_unchecked::<Option<String>, _>(n));
                take(text.collect::<Result<_, _>>().map_err(failed)?)?;
            }
        });
        Ok(())
    }

    /// What the server warned of in the last statement, three at most; only MySQL and MariaDB warn so. Notes, which
    /// MariaDB makes of a blank after a number, are none.
    pub async fn warnings(&mut self) -> Result<Vec<String>> {
        let Driver::MySql(connection) = &mut self.driver else { return Ok(Vec::new()) };
        let statement = sql::warnings(self.dialect);
        let failed = |cause: sqlx::Error| errors::statement(statement.name, cause);
        // The simple protocol: it gives numbers as texts, and prepares nothing that could forget the warnings.
        let (sql, _) = statement.bound(self.dialect);
        let rows = (&mut **connection).fetch_all(sqlx::raw_sql(AssertSqlSafe(sql))).await.map_err(failed)?;
        let mut warnings = Vec::new();
        for row in rows {
            let part = |n: usize| row.try_get_unchecked::<String, _>(n).map_err(failed);
            if part(0)? != "Note" && warnings.len() < 3 {
                warnings.push(format!("{} [{}]", printable(&part(2)?), part(1)?));
            }
        }
        Ok(warnings)
    }

    fn check_stop(&self, statement: &Statement) -> Result<()> {
        match &self.stop {
            Some(stop) if statement.name != "rollback" => stop.flag().check(),
            _ => Ok(()),
        }
    }

    pub async fn begin(&mut self) -> Result<()> {
        self.execute(&sql::begin(self.dialect)).await.map(drop)
    }

    /// Where it fails, the outcome is unknown.
    pub async fn commit(&mut self) -> Result<()> {
        self.execute(&sql::commit(self.dialect)).await.map(drop)
    }

    /// Rolls it back. A failure is not reported: the server does the same when the connection ends.
    pub async fn rollback(&mut self) {
        if let Err(cause) = self.execute(&sql::rollback(self.dialect)).await {
            tracing::debug!(%cause, "rollback");
        }
    }

    /// Politely: the server hears of it.
    pub async fn close(self) {
        let closed = match self.driver {
            Driver::Postgres(c) => c.close().await,
            Driver::MySql(c) => c.close().await,
            Driver::Sqlite(c) => c.close().await,
        };
        if let Err(cause) = closed {
            tracing::debug!(%cause, "close");
        }
    }
}

async fn connect(options: &Options) -> Result<Driver, sqlx::Error> {
    Ok(match options {
        Options::Postgres(options) => Driver::Postgres(Box::new(options.connect().await?)),
        Options::MySql(options) => Driver::MySql(Box::new(options.connect().await?)),
        Options::Sqlite(options) => {
            let mut connection = options.connect().await?;
            sqlite_decimal::register(&mut connection).await?;
            Driver::Sqlite(Box::new(connection))
        }
    })
}

/// The statement's own deadline, a little after the server's: a hung server never answers at all.
async fn within<T>(
    deadline: Option<Duration>,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match deadline {
        None => work.await,
        Some(limit) => tokio::time::timeout(limit + Duration::from_secs(5), work)
            .await
            .unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))),
    }
}
