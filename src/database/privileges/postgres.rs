//! PostgreSQL: roles, schemas, owners.

use super::{Finding, OwnTables, shown};
use crate::{
    database::{
        connection::Connection,
        rows::{Cells, FromRow},
    },
    error::{Code, Result},
    feed::Feed,
    model::Parameters,
    sql::{Dialect, Work, explain, privileges},
};

/// A role, as `privileges` selects it.
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of the server")]
struct PostgresRole {
    user: String,
    /// Where its tables are created; none where its search path names no schema that is there.
    schema: Option<String>,
    may_use: bool,
    may_create: bool,
    superuser: bool,
    read_only: bool,
    replica: bool,
}

impl FromRow for PostgresRole {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (user, schema) = (cells.text("the user")?, cells.optional("the schema")?);
        let mut is = |what: &str| Ok(cells.optional(what)?.is_some_and(|is| is == "true"));
        Ok(Self {
            user,
            schema,
            may_use: is("whether it may look into it")?,
            may_create: is("whether it may create")?,
            superuser: is("whether it may do anything")?,
            read_only: is("whether it is read-only")?,
            replica: is("whether the server is a replica")?,
        })
    }
}

impl PostgresRole {
    /// Why nothing can be written, where the server or the role's settings say so.
    fn cannot_write(&self) -> Option<String> {
        if self.replica {
            return Some("the server is a replica, which takes no writes".to_owned());
        }
        let user = &self.user;
        self.read_only.then(|| format!(
            "transactions of {user} are read-only here (default_transaction_read_only): set it to off for the role or the database"
        ))
    }
}

/// One of tieout's own tables, as `own_tables` selects it.
struct OwnTable {
    name: String,
    owned: bool,
    /// Privileges with commas between.
    missing: String,
}

impl FromRow for OwnTable {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (name, owned) = (cells.text("the table")?, cells.text("whether it is owned")? == "true");
        Ok(Self { name, owned, missing: cells.text("what is missing")? })
    }
}

impl Connection {
    /// Why ours may not be read, where only a statement's execution would show it: PostgreSQL describes any table.
    pub async fn ours_unreadable(&mut self, feed: &Feed, parameters: &Parameters) -> Option<Finding> {
        if self.dialect != Dialect::Postgres {
            return None;
        }
        let ours = Work::new(self.dialect, feed).ours(parameters).ok()?;
        let cause = self.rows(&explain(self.dialect, &ours)).await.err()?;
        if cause.code() != Code::NoPrivilege {
            return Some(cause.into());
        }
        let what =
            format!("the user may not read {}: {cause}", shown(self.dialect, super::table_of_ours(feed)));
        Some(Finding::lacks(what, self.grant_ours(feed).await))
    }

    pub(super) async fn postgres_grant_ours(&mut self, table: Option<&[String]>) -> Result<Vec<String>> {
        let role: Option<PostgresRole> = self.read_first(&privileges::postgres_privileges()).await?;
        let Some(PostgresRole { user, .. }) = role else { return Ok(Vec::new()) };
        let mut grants = Vec::new();
        if let Some([.., schema, _]) = table
            && self.one(&privileges::may_use(schema)).await?.is_some_and(|may| may == "false")
        {
            grants.push(privileges::grant_usage(&self.dialect.quote(schema), &user));
        }
        grants.push(privileges::grant_ours(self.dialect, table, &user));
        Ok(grants)
    }

    /// Why nothing can be written here, where the server or the role's settings say so.
    pub(super) async fn postgres_read_only(&mut self) -> Result<Option<String>> {
        let role: Option<PostgresRole> = self.read_first(&privileges::postgres_privileges()).await?;
        Ok(role.and_then(|role| role.cannot_write()))
    }

    pub(super) async fn postgres_privileges(&mut self, tables: &OwnTables) -> Result<Vec<Finding>> {
        let Some(role) = self.read_first::<PostgresRole>(&privileges::postgres_privileges()).await? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        found.extend(role.cannot_write().map(|why| Finding::obstacle(Code::ReadOnly, why)));
        let Some(schema) = &role.schema else {
            let what =
                "the connection has no current schema to create tables in: set search_path for the role";
            found.push(Finding::obstacle(Code::NoPrivilege, what));
            return Ok(found);
        };
        if role.may_use && role.may_create {
            found.push(Finding::Good(format!("{} may create tables in schema {schema}", role.user)));
        } else {
            let what = format!("{} may not create tables in schema {schema}", role.user);
            found.push(Finding::lacks(what, vec![privileges::grant_schema(schema, &role.user)]));
        }
        if role.may_use {
            self.postgres_tables(&role, schema, tables, &mut found).await?;
        }
        if role.superuser {
            found.push(Finding::Warning(format!(
                "{} is a superuser: a role that may read ours and create its own tables is enough",
                role.user
            )));
        }
        Ok(found)
    }

    /// The tables that are there already, which somebody else may have made.
    async fn postgres_tables(
        &mut self,
        role: &PostgresRole,
        schema: &str,
        tables: &OwnTables,
        found: &mut Vec<Finding>,
    ) -> Result<()> {
        let work = tables.work.iter().map(|(name, _)| name.clone());
        let all: Vec<String> = tables.ledger.iter().cloned().chain(work).collect();
        let there: Vec<OwnTable> = self.read(&privileges::own_tables(&all)).await?;
        let changes = self.due().await.contains(&privileges::CHANGES_TABLE);
        for OwnTable { name, owned, missing } in there {
            let columns = tables.work.iter().find(|(table, _)| *table == name).map(|(_, columns)| columns);
            let full = format!("{schema}.{}", self.dialect.quote(&name));
            // Only work tables are emptied so.
            let missing = missing.split(", ").filter(|one| columns.is_some() || *one != "TRUNCATE");
            let missing: Vec<&str> = missing.filter(|one| !one.is_empty()).collect();
            let again = match columns {
                Some(columns) => self.table_columns(&name).await? != *columns,
                None => changes,
            };
            if !owned && again {
                let what =
                    format!("{name} has to be changed or made again, and {} does not own it", role.user);
                found.push(Finding::lacks(what, vec![privileges::own_table(&full, &role.user)]));
            } else if !missing.is_empty() {
                let missing = missing.join(", ");
                let what = format!("{} lacks {missing} on {name}", role.user);
                let grant = privileges::grant_table(self.dialect, &missing, &full, &role.user);
                found.push(Finding::lacks(what, vec![grant]));
            }
        }
        Ok(())
    }
}
