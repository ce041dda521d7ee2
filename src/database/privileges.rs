//! What the user may do in the database, as `check` tells it, with the GRANTs that are missing. It reads the catalogue and
//! tries nothing out but the lock of SQLite's file.

use super::{
    catalogue::table_of_ours,
    connection::Connection,
    rows::{Cells, FromRow},
};
use crate::{
    error::Result,
    feed::Feed,
    sql::{Dialect, catalogue::qualified, privileges},
};

/// Something found out about a run before it begins.
pub enum Finding {
    /// As it must be.
    Good(String),
    /// A run works nevertheless.
    Warning(String),
    /// It stands in the way of a run; with the line that an administrator runs, where one would help.
    Obstacle(String, Option<String>),
}

/// A role of PostgreSQL, as `privileges` selects it.
struct PostgresRole {
    user: String,
    /// Where its tables are created; none where its search path names no schema that is there.
    schema: Option<String>,
    may_create: bool,
    superuser: bool,
}

impl FromRow for PostgresRole {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (user, schema) = (cells.text("the user")?, cells.optional("the schema")?);
        let may_create = cells.optional("whether it may create")?.is_some_and(|may| may == "true");
        Ok(Self { user, schema, may_create, superuser: cells.text("whether it may do anything")? == "true" })
    }
}

/// A user of MySQL or MariaDB, as `privileges` selects it.
struct MysqlAccount {
    /// With the host.
    user: String,
    database: Option<String>,
    local_infile: bool,
}

impl FromRow for MysqlAccount {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (user, database) = (cells.text("the user")?, cells.optional("the database")?);
        Ok(Self { user, database, local_infile: cells.text("local_infile")? == "1" })
    }
}

impl Connection {
    /// Whether the user may create and fill tieout's own tables, and how rows will be loaded.
    ///
    /// # Errors
    /// `Database` where the server does not say.
    pub async fn privileges(&mut self) -> Result<Vec<Finding>> {
        match self.dialect {
            Dialect::Postgres => self.postgres_privileges().await,
            Dialect::MySql | Dialect::MariaDb => self.mysql_privileges().await,
            Dialect::Sqlite => Ok(vec![self.sqlite_privileges().await]),
        }
    }

    /// The line that lets this user read ours; nothing where no GRANT could.
    pub async fn grant_ours(&mut self, feed: &Feed) -> Option<String> {
        let user = match self.dialect {
            Dialect::Postgres => self.one(&privileges::postgres_privileges()).await.ok()??,
            Dialect::MySql | Dialect::MariaDb => {
                privileges::mysql_user(&self.one(&privileges::mysql_privileges()).await.ok()??)
            }
            Dialect::Sqlite => return None,
        };
        Some(privileges::grant_ours(self.dialect, table_of_ours(feed), &user))
    }

    /// Why ours may not be read, where only a statement's execution would show it: PostgreSQL describes any table.
    pub async fn ours_unreadable(&mut self, feed: &Feed) -> Option<Finding> {
        if self.dialect != Dialect::Postgres {
            return None;
        }
        let table = table_of_ours(feed)?;
        let may = self.one(&privileges::may_read(table)).await.ok()??;
        if may != "false" {
            return None;
        }
        let what = format!("the user may not read {}", qualified(self.dialect, table));
        Some(Finding::Obstacle(what, self.grant_ours(feed).await))
    }

    async fn postgres_privileges(&mut self) -> Result<Vec<Finding>> {
        let Some(PostgresRole { user, schema, may_create, superuser }) =
            self.read_first(&privileges::postgres_privileges()).await?
        else {
            return Ok(Vec::new());
        };
        let Some(schema) = schema else {
            let what =
                "the connection has no current schema to create tables in: set search_path for the role";
            return Ok(vec![Finding::Obstacle(what.into(), None)]);
        };
        let mut found = Vec::new();
        if may_create {
            found.push(Finding::Good(format!("{user} may create tables in schema {schema}")));
        } else {
            let what = format!("{user} may not create tables in schema {schema}");
            found.push(Finding::Obstacle(what, Some(privileges::grant_schema(&schema, &user))));
        }
        if superuser {
            found.push(Finding::Warning(format!(
                "{user} is a superuser: a role that may read ours and create its own tables is enough"
            )));
        }
        Ok(found)
    }

    async fn mysql_privileges(&mut self) -> Result<Vec<Finding>> {
        let Some(MysqlAccount { user, database, local_infile }) =
            self.read_first(&privileges::mysql_privileges()).await?
        else {
            return Ok(Vec::new());
        };
        let tables = match database {
            None => Finding::Obstacle("the URL names no database to create tables in".into(), None),
            Some(database) => self.mysql_tables(&user, &database).await?,
        };
        let loading = if local_infile {
            Finding::Good("local_infile is on: rows are loaded by LOAD DATA LOCAL".into())
        } else {
            Finding::Warning("local_infile is off: rows are loaded by INSERT, which is slower; SET GLOBAL local_infile = 1 allows LOAD DATA LOCAL".into())
        };
        Ok(vec![tables, loading])
    }

    async fn mysql_tables(&mut self, user: &str, database: &str) -> Result<Finding> {
        let grants: Vec<String> = self.read(&privileges::mysql_grants()).await?;
        let missing = privileges::mysql_missing(&grants, database);
        Ok(if missing.is_empty() {
            Finding::Good(format!("{user} may create and fill tables in {database}"))
        } else if privileges::mysql_has_roles(&grants) {
            Finding::Warning(
                "privileges come from roles: they are not looked into; the first run shows".into(),
            )
        } else {
            let grant = privileges::grant_database(&missing, database, &privileges::mysql_user(user));
            Finding::Obstacle(format!("{user} lacks {} in {database}", missing.join(", ")), Some(grant))
        })
    }

    /// A transaction takes the lock to write, which a read-only file refuses.
    async fn sqlite_privileges(&mut self) -> Finding {
        match self.begin().await {
            Ok(()) => {
                self.rollback().await;
                Finding::Good("the SQLite file can be written".into())
            }
            Err(cause) => Finding::Obstacle(cause.to_string(), None),
        }
    }
}
