//! MySQL and MariaDB: GRANTs, roles, and settings of the server that stand in the way.

use super::{Finding, OwnTables};
use crate::{
    database::{
        connection::Connection,
        rows::{Cells, FromRow, Setting},
    },
    error::{Code, Result},
    sql::{
        Dialect,
        mysql_grants::{MysqlGrants, mysql_roles},
        privileges,
    },
};
use std::collections::BTreeMap;

/// A user, as `privileges` selects it.
struct MysqlAccount {
    /// With the host.
    user: String,
    database: Option<String>,
    /// Those that are in force.
    roles: Option<String>,
}

impl FromRow for MysqlAccount {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let (user, database) = (cells.text("the user")?, cells.optional("the database")?);
        Ok(Self { user, database, roles: cells.optional("the roles")? })
    }
}

/// What of the server's settings decides whether, and how, a run can work there.
struct ServerSettings(BTreeMap<String, String>);

impl ServerSettings {
    fn value(&self, name: &str) -> &str {
        self.0.get(name).map_or("OFF", String::as_str)
    }

    fn on(&self, name: &str) -> bool {
        !matches!(self.value(name), "OFF" | "0")
    }

    /// Why a user with these GRANTs cannot write.
    fn read_only(&self, grants: &MysqlGrants) -> Option<&'static str> {
        // MariaDB 12 has a value that binds administrators, too.
        let anyway = self.value("read_only") != "NO_LOCK_NO_ADMIN"
            && WRITES_ANYWAY.iter().any(|privilege| grants.everywhere(privilege));
        if self.on("super_read_only") || self.on("innodb_read_only") || (self.on("read_only") && !anyway) {
            return Some(
                "the server is read-only (read_only, super_read_only or innodb_read_only is on), as replicas are",
            );
        }
        let transactions = self.on("transaction_read_only") || self.on("tx_read_only");
        transactions.then_some("transactions are read-only here (transaction_read_only is on)")
    }
}

/// What lets a user write where a server is read-only for others.
const WRITES_ANYWAY: [&str; 4] = ["SUPER", "CONNECTION_ADMIN", "READ_ONLY ADMIN", "READ ONLY ADMIN"];

impl Connection {
    /// `database` is the one that the user may not enter, where this connection has none.
    pub(super) async fn mysql_privileges(
        &mut self,
        tables: &OwnTables,
        database: Option<&str>,
    ) -> Result<Vec<Finding>> {
        let Some(account) = self.read_first::<MysqlAccount>(&privileges::mysql_privileges()).await? else {
            return Ok(Vec::new());
        };
        let settings = self.mysql_settings().await?;
        let rows = self.grants(&account).await?;
        let grants = MysqlGrants::read(&rows);
        let mut found = Vec::new();
        found.extend(settings.read_only(&grants).map(|why| Finding::obstacle(Code::ReadOnly, why)));
        match account.database.as_deref().or(database) {
            None => found.push(Finding::obstacle(
                Code::NoSuchDatabase,
                "the URL names no database to create tables in",
            )),
            Some(database) => found.extend(self.mysql_tables(&account, &grants, database, tables).await),
        }
        if !rows.iter().all(|row| row.contains(" ON "))
            && account.roles.as_deref().is_none_or(|roles| roles == "NONE")
        {
            found.push(Finding::Warning(format!(
                "{} has roles, and none of them is in force: SET DEFAULT ROLE makes them so",
                account.user
            )));
        }
        found.push(if settings.on("local_infile") {
            Finding::Good("local_infile is on: rows are loaded by LOAD DATA LOCAL".into())
        } else {
            Finding::Warning("local_infile is off: rows are loaded by INSERT, which is slower; SET GLOBAL local_infile = 1 allows LOAD DATA LOCAL".into())
        });
        Ok(found)
    }

    /// Why this user cannot write here, where a setting says so.
    pub(super) async fn mysql_read_only(&mut self) -> Result<Option<&'static str>> {
        let settings = self.mysql_settings().await?;
        if settings.read_only(&MysqlGrants::read(&[])).is_none() {
            return Ok(None);
        }
        let Some(account) = self.read_first::<MysqlAccount>(&privileges::mysql_privileges()).await? else {
            return Ok(None);
        };
        let rows = self.grants(&account).await?;
        Ok(settings.read_only(&MysqlGrants::read(&rows)))
    }

    async fn mysql_settings(&mut self) -> Result<ServerSettings> {
        let settings: Vec<Setting> = self.read(&privileges::mysql_variables()).await?;
        Ok(ServerSettings(settings.into_iter().filter_map(|one| Some((one.name, one.value?))).collect()))
    }

    /// The user's GRANTs, with those of the roles in force; MariaDB lists them by itself.
    async fn grants(&mut self, account: &MysqlAccount) -> Result<Vec<String>> {
        let roles = mysql_roles(account.roles.as_deref().unwrap_or("NONE"));
        if self.dialect == Dialect::MySql && !roles.is_empty() {
            return self.read(&privileges::mysql_grants_with(&roles)).await;
        }
        self.read(&privileges::mysql_grants()).await
    }

    /// What is missing on the database, or else on single tables of it.
    async fn mysql_tables(
        &mut self,
        account: &MysqlAccount,
        grants: &MysqlGrants,
        database: &str,
        tables: &OwnTables,
    ) -> Vec<Finding> {
        let due = self.due().await;
        let mut needed = vec!["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP"];
        // The stage of MariaDB gets its index when all rows are there.
        if self.dialect == Dialect::MariaDb || due.contains(&privileges::MAKES_INDEX) {
            needed.push("INDEX");
        }
        if due.contains(&privileges::CHANGES_TABLE) {
            needed.push("ALTER");
        }
        let user = privileges::mysql_user(&account.user);
        let missing: Vec<&str> =
            needed.iter().copied().filter(|privilege| !grants.on_database(privilege, database)).collect();
        if missing.is_empty() {
            return vec![Finding::Good(format!("{} may create and fill tables in {database}", account.user))];
        }
        let all = tables.ledger.iter().chain(tables.work.iter().map(|(name, _)| name));
        let all: Vec<&String> = all.collect();
        let left: Vec<Vec<&str>> = all.iter().map(|table| grants.left(&missing, database, table)).collect();
        if left.iter().all(|one| *one == left[0]) {
            let missing = left[0].join(", ");
            if missing.is_empty() {
                return vec![Finding::Good(format!(
                    "{} may use each of its tables in {database}",
                    account.user
                ))];
            }
            let grant = privileges::grant_database(&missing, database, &user);
            return vec![Finding::lacks(
                format!("{} lacks {missing} in {database}", account.user),
                vec![grant],
            )];
        }
        let lacking = all.iter().zip(left).filter(|(_, left)| !left.is_empty());
        let obstacle = |(table, left): (&&String, Vec<&str>)| {
            let full = format!("{}.{}", self.dialect.quote(database), self.dialect.quote(table));
            let left = left.join(", ");
            let grant = privileges::grant_table(self.dialect, &left, &full, &user);
            Finding::lacks(format!("{} lacks {left} on {table} in {database}", account.user), vec![grant])
        };
        lacking.map(obstacle).collect()
    }

    pub(super) async fn mysql_grant_ours(&mut self, table: Option<&[String]>) -> Result<Vec<String>> {
        let account: Option<MysqlAccount> = self.read_first(&privileges::mysql_privileges()).await?;
        let grant = |account: MysqlAccount| {
            privileges::grant_ours(self.dialect, table, &privileges::mysql_user(&account.user))
        };
        Ok(account.map(grant).into_iter().collect())
    }
}
