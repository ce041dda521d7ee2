//! What stands between a PostgreSQL session and what statements mean: names in front of the server's own.

use super::connection::Connection;
use crate::{
    error::{Error, Result, printable},
    sql::{Dialect, Statement},
};

impl Connection {
    /// Refuses a session where a name means something else than the server's own.
    ///
    /// # Errors
    /// `Database` where the search path changes what functions, operators or types mean, or the catalogue cannot be read.
    pub(super) async fn names_are_the_servers_own(&mut self) -> Result<()> {
        if self.dialect != Dialect::Postgres {
            return Ok(());
        }
        let path = self.one(&Statement::plain("search_path", "SHOW search_path")).await?;
        // It is searched first where it is not named.
        if !path.is_some_and(|path| path.contains("pg_catalog")) {
            return Ok(());
        }
        let in_front = Statement::plain("in_front", include_str!("../../sql/postgres/in_front.sql"));
        let Some(names) = self.one(&in_front).await? else { return Ok(()) };
        Err(Error::database(
            format!("the search_path puts these in front of the server's own: {}", printable(&names)),
            "take pg_catalog out of this role's or database's search_path: it is searched first where it is not named; nothing was changed",
        ))
    }
}
