//! One connection to one of the servers, with the few calls that everything else needs.
//!
//! Every value that comes back is text or NULL: the statements cast where they must.

use super::{
    errors,
    patience::within,
    socket, sqlite_decimal,
    target::{Options, Target},
};
use crate::{
    error::{Result, printable},
    sql::{self, Dialect, SessionLimits, Statement, Value, catalogue},
    stop::Stop,
};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, MySqlConnection, PgConnection, Row, SqliteConnection};
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};
use tokio::time::timeout;

/// A row as text.
pub type TextRow = Vec<Option<String>>;

pub struct Connection {
    pub(super) driver: Driver,
    pub(super) dialect: Dialect,
    pub(super) target: Target,
    /// Product and version, e.g. `PostgreSQL 15.18`.
    product: String,
    /// How long its statements may take.
    pub(super) limits: SessionLimits,
    /// What other sessions call this one; none on SQLite.
    pub(super) session: Option<u64>,
    /// A call had no answer: nothing more can be asked.
    pub(super) given_up: bool,
    /// SQLite only: its statement has had its time.
    pub(super) overdue: Arc<AtomicBool>,
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

/// What is asked where a signal came: what undoes and says that nothing came of it.
const AFTER_A_SIGNAL: [&str; 2] = ["rollback", "run_failed"];

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
    /// Connects and sets the session.
    ///
    /// # Errors
    /// `Database`, without the password; `NoAnswer` where either takes longer than it may.
    pub async fn open(target: &Target) -> Result<Self> {
        if target.silence.is_known() {
            return Err(errors::silent("connect"));
        }
        let late = |_| target.gave_no_answer();
        let login = target.login().await?;
        let attempt = timeout(target.connect, connect(&login.options)).await.map_err(late)?;
        let driver = attempt.map_err(|cause| errors::connection(target, cause))?;
        socket::set_all();
        let dialect = match &driver {
            Driver::Postgres(_) => Dialect::Postgres,
            Driver::MySql(_) => Dialect::MySql,
            Driver::Sqlite(_) => Dialect::Sqlite,
        };
        let mut connection = Self {
            driver,
            dialect,
            target: target.clone(),
            product: String::new(),
            limits: sql::limits(dialect, &target.timeouts, None),
            session: None,
            given_up: false,
            overdue: Arc::default(),
            stop: None,
        };
        timeout(target.connect, connection.set_up()).await.map_err(late)??;
        Ok(connection)
    }

    async fn set_up(&mut self) -> Result<()> {
        self.interrupted_if(|| false).await;
        // First, since what is set would stay with a session that others get too.
        self.is_ours_alone().await?;
        self.identify().await?;
        if let Some(statement) = sql::session_id(self.dialect) {
            self.session = self.read_first(&statement).await?;
        }
        if let Some(statement) = sql::statement_limit(self.dialect) {
            let own = self.read_first(&statement).await?.map(Duration::from_millis);
            self.limits = sql::limits(self.dialect, &self.target.timeouts, own);
        }
        for statement in self.session_statements() {
            self.execute(&statement).await?;
        }
        // Under our own settings: an account may be allowed to look at a few rows only.
        self.locks_hold_for_everybody().await?;
        self.names_are_the_servers_own().await
    }

    /// What sets the session, as it was executed.
    pub fn session_statements(&self) -> Vec<Statement> {
        sql::session(self.dialect, &self.limits)
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
        let came = within(self.patience(statement), async {
            let done = if values.is_empty() {
                // Without values the simple protocol serves, which some statements need.
                each!(&mut self.driver, c => (&mut **c).execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(|done| done.rows_affected()))
            } else {
                each!(&mut self.driver, c => query!(sql, &values).execute(&mut **c).await.map(|done| done.rows_affected()))
            };
            done.map_err(|cause| errors::statement(statement.name, cause))
        });
        let came = came.await;
        self.answered(statement.name, came).await
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
        let came = within(self.patience(statement), async {
            each!(&mut self.driver, c => {
                let mut rows = query!(sql, &values).fetch(&mut **c);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    let text = (0..row.len()).map(|n| row.try_get_unchecked::<Option<String>, _>(n));
                    take(text.collect::<Result<_, _>>().map_err(failed)?)?;
                }
            });
            Ok(())
        });
        let came = came.await;
        self.answered(statement.name, came).await
    }

    /// How long a statement may take.
    fn patience(&self, statement: &Statement) -> Duration {
        // The server undoes a transaction by itself when its connection ends.
        let longest =
            if AFTER_A_SIGNAL.contains(&statement.name) { Duration::from_mins(1) } else { Duration::MAX };
        self.limits.statement.min(longest)
    }

    /// What the server warned of in the last statement, three at most; only MySQL and MariaDB warn so. Notes, which
    /// MariaDB makes of a blank after a number, are none.
    pub async fn warnings(&mut self) -> Result<Vec<String>> {
        let statement = sql::warnings(self.dialect);
        self.still_answers(statement.name)?;
        let limit = self.limits.statement;
        let Driver::MySql(connection) = &mut self.driver else { return Ok(Vec::new()) };
        let failed = |cause: sqlx::Error| errors::statement(statement.name, cause);
        // The simple protocol: it gives numbers as texts, and prepares nothing that could forget the warnings.
        let (sql, _) = statement.bound(self.dialect);
        let came = within(limit, async {
            (&mut **connection).fetch_all(sqlx::raw_sql(AssertSqlSafe(sql))).await.map_err(failed)
        });
        let came = came.await;
        let rows = self.answered(statement.name, came).await?;
        let mut warnings = Vec::new();
        for row in rows {
            let part = |n: usize| row.try_get_unchecked::<String, _>(n).map_err(failed);
            if part(0)? != "Note" && warnings.len() < 3 {
                warnings.push(format!("{} [{}]", printable(&part(2)?), part(1)?));
            }
        }
        Ok(warnings)
    }

    /// Nothing is asked where a signal came, or where nobody answers.
    fn check_stop(&self, statement: &Statement) -> Result<()> {
        self.still_answers(statement.name)?;
        match &self.stop {
            Some(stop) if !AFTER_A_SIGNAL.contains(&statement.name) => stop.flag().check(),
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
