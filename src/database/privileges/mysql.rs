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
        let settings: Vec<Setting> = self.read(&privileges::mysql_variables()).await?;
        let settings: BTreeMap<String, String> =
            settings.into_iter().filter_map(|one| Some((one.name, one.value?))).collect();
        let on = |name: &str| settings.get(name).is_some_and(|value| value == "ON" || value == "1");
        let rows = self.grants(&account).await?;
        let grants = MysqlGrants::read(&rows);
        let mut found = Vec::new();
        let anyway = || WRITES_ANYWAY.iter().any(|privilege| grants.everywhere(privilege));
        if on("super_read_only") || on("innodb_read_only") || (on("read_only") && !anyway()) {
            found.push(Finding::obstacle(
                Code::ReadOnly,
                "the server is read-only (read_only, super_read_only or innodb_read_only is on), as replicas are",
            ));
        } else if on("transaction_read_only") || on("tx_read_only") {
            found.push(Finding::obstacle(
                Code::ReadOnly,
                "transactions are read-only here (transaction_read_only is on)",
            ));
        }
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
        found.push(if on("local_infile") {
            Finding::Good("local_infile is on: rows are loaded by LOAD DATA LOCAL".into())
        } else {
            Finding::Warning("local_infile is off: rows are loaded by INSERT, which is slower; SET GLOBAL local_infile = 1 allows LOAD DATA LOCAL".into())
        });
        Ok(found)
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
