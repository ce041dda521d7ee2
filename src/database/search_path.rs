//! The search path of a PostgreSQL session: names that it puts in front of the server's own change what statements mean.

use super::connection::Connection;
use crate::{
    error::{Code, Error, Result, printable},
    sql::{Dialect, catalogue},
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
        let [search_path, in_front] = catalogue::search_path();
        let path = self.one(&search_path).await?;
        // The server's own names are searched first where the path does not say where.
        if !path.is_some_and(|path| path.contains("pg_catalog")) {
            return Ok(());
        }
        let Some(names) = self.one(&in_front).await? else { return Ok(()) };
        Err(Error::new(
            Code::NamesInFront,
            format!("the search_path puts these in front of the server's own: {}", printable(&names)),
        ))
    }
}
