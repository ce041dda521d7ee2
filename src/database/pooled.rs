//! Whether the server's session is ours alone. A pooler that hands sessions out per transaction gives what one client left
//! idle to the next, and sends a client's next statement elsewhere: locks, settings and statements go astray.

use super::{
    connection::{Connection, Driver},
    errors,
    target::Options,
};
use crate::{
    error::{Code, Error, Result},
    sql::{self, Dialect},
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor, PgConnection, Row};

/// How often two connections are asked in turn. Once would do on an idle pool; on a busy one others shuffle its sessions.
const ROUNDS: usize = 3;

impl Connection {
    /// Asks once for each database. Another connection never meets this one's session where sessions are their clients'
    /// own, and a session never changes.
    ///
    /// # Errors
    /// `PooledSession`; `Database`.
    pub(super) async fn is_ours_alone(&mut self) -> Result<()> {
        let Driver::Postgres(ours) = &mut self.driver else { return Ok(()) };
        if self.target.asked.get().is_some() {
            return Ok(());
        }
        let login = self.target.login().await?;
        let Options::Postgres(options) = &login.options else { return Ok(()) };
        let failed = |cause| errors::connection(&self.target, cause);
        let mut other = options.connect().await.map_err(failed)?;
        let alone = are_apart(ours, &mut other).await.map_err(failed)?;
        drop(other.close().await);
        if !alone {
            let what =
                format!("{} is a pooler that lends its sessions for one transaction", self.target.shown);
            return Err(Error::new(Code::PooledSession, what));
        }
        self.target.asked.get_or_init(|| ());
        Ok(())
    }
}

/// Whether each of two connections has one session, and not the same.
async fn are_apart(ours: &mut PgConnection, other: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let (first, met) = (session(ours).await?, session(other).await?);
    let mut apart = first != met;
    for _ in 0..ROUNDS {
        // Twice: a pool of two sessions that takes the one that rested longest would else always give each its own.
        apart &=
            session(other).await? == met && session(other).await? == met && session(ours).await? == first;
        if !apart {
            break;
        }
    }
    Ok(apart)
}

/// The simple protocol: a prepared statement may be on another session already.
async fn session(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let Some(statement) = sql::session_id(Dialect::Postgres) else { return Ok(None) };
    let (sql, _) = statement.bound(Dialect::Postgres);
    connection.fetch_one(sqlx::raw_sql(AssertSqlSafe(sql))).await?.try_get_unchecked(0)
}
