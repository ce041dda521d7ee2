//! Whether the server's session is ours alone. A pooler that hands sessions out per transaction gives what one client left
//! idle to the next, and sends a client's next statement elsewhere: locks, settings and statements go astray.

use super::{connection::Connection, errors, target::Options};
use crate::{
    error::{Code, Error, Result},
    sql::{self, Dialect},
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor, Row};

impl Connection {
    /// Asks once for each database. Another connection never meets this one's session where sessions are their clients'
    /// own, and a session never changes.
    ///
    /// # Errors
    /// `PooledSession`; `Database`.
    pub(super) async fn is_ours_alone(&mut self) -> Result<()> {
        let (Options::Postgres(options), Some(statement), Some(first)) =
            (&self.target.options, sql::session_id(self.dialect), self.session)
        else {
            return Ok(());
        };
        if self.target.asked.set(()).is_err() {
            return Ok(());
        }
        let failed = |cause| errors::connection(&self.target.shown, cause);
        let mut other = options.connect().await.map_err(failed)?;
        let (sql, _) = statement.bound(Dialect::Postgres);
        let row = other.fetch_one(sqlx::raw_sql(AssertSqlSafe(sql))).await.map_err(failed)?;
        let met: String = row.try_get_unchecked(0).map_err(failed)?;
        let again = self.read_first::<u64>(&statement).await;
        drop(other.close().await);
        if again? == Some(first) && met.parse() != Ok(first) {
            return Ok(());
        }
        Err(Error::new(
            Code::PooledSession,
            format!("{} is a pooler that lends its sessions for one transaction", self.target.shown),
        ))
    }
}
