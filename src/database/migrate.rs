//! tieout's own tables, versioned: refinery over sqlx's connections.

use super::{
    connection::{Connection, Driver},
    lock::Lock,
    patience::within,
    target::Target,
};
use crate::{
    error::{Code, Error, ErrorKind, Result},
    sql::privileges::{CHANGES_TABLE, MAKES_INDEX, MAKES_TABLE},
    sql::{
        Dialect,
        catalogue::{self, SCHEMA_HISTORY},
    },
};
use refinery::{Migration, Runner};
use refinery_core::{
    AsyncMigrate,
    traits::r#async::{AsyncQuery, AsyncTransaction},
};
use sqlx::{AssertSqlSafe, Connection as _, Executor, Row};
use std::time::Duration;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// (name, SQL) of every migration of a server, oldest first; they never change once released.
macro_rules! migrations {
    ($folder:literal: $($name:literal)*) => {
        vec![$(($name, include_str!(concat!("../../migrations/", $folder, "/", $name, ".sql")))),*]
    };
}

fn migrations(dialect: Dialect) -> Vec<(&'static str, &'static str)> {
    match dialect {
        Dialect::Postgres => {
            migrations!("postgres": "V1__ledger" "V2__sessions" "V3__breaks" "V4__arrivals" "V5__positions" "V6__refused"
                "V7__timing" "V8__days")
        }
        Dialect::MySql | Dialect::MariaDb => {
            migrations!("mysql": "V1__ledger" "V2__sessions" "V3__breaks" "V4__arrivals" "V5__positions" "V6__refused"
                "V7__timing" "V8__days")
        }
        Dialect::Sqlite => {
            migrations!("sqlite": "V1__ledger" "V2__sessions" "V3__breaks" "V4__arrivals" "V5__positions" "V6__refused"
                "V7__timing" "V8__days")
        }
    }
}

/// Creates or upgrades tieout's own tables; gives the names of what was applied.
///
/// # Errors
/// `ReadOnly` where nothing can be written, whether or not anything is to be applied; `Database` where a statement fails or
/// the schema is newer than this program.
pub async fn migrate(target: &Target) -> Result<Vec<String>> {
    let mut connection = Connection::open(target).await?;
    connection.takes_writes().await?;
    if pending(&mut connection).await?.is_empty() {
        connection.close().await;
        return Ok(Vec::new());
    }
    // Two feeds may start at the same time on a new database.
    let lock = wait_for_lock(target).await?;
    let todo = migrations(connection.dialect())
        .into_iter()
        .map(|(name, sql)| Migration::unapplied(name, sql).map_err(failed))
        .collect::<Result<Vec<_>>>()?;
    let mut runner = Runner::new(&todo);
    runner.set_migration_table_name(SCHEMA_HISTORY);
    let limit = connection.limits.statement;
    let came = within(limit, async { runner.run_async(&mut Adapter(&mut connection)).await.map_err(failed) });
    let came = came.await;
    let report = connection.answered("migrate", came).await;
    lock.release().await;
    connection.close().await;
    Ok(report?.applied_migrations().iter().map(ToString::to_string).collect())
}

/// The names of migrations that are still to be applied.
///
/// # Errors
/// `Database` where the schema is newer than this program.
pub async fn pending(connection: &mut Connection) -> Result<Vec<String>> {
    let known = migrations(connection.dialect());
    let applied =
        if has_history(connection).await? { applied_versions(connection).await? } else { Vec::new() };
    let newest = known.iter().map(|(name, _)| version(name)).max().unwrap_or_default();
    if let Some(newer) = applied.iter().find(|version| **version > newest) {
        return Err(Error::new(
            Code::SchemaTooNew,
            format!(
                "the schema of tieout's tables there has version {newer}; this program knows versions up to {newest}"
            ),
        ));
    }
    let missing = known.iter().filter(|(name, _)| !applied.contains(&version(name)));
    Ok(missing.map(|(name, _)| (*name).to_owned()).collect())
}

/// The number in `V3__breaks`.
fn version(name: &str) -> i64 {
    let digits = name.trim_start_matches('V').split('_').next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(i64::MAX)
}

/// The tables that the migrations make, in their order.
pub(super) fn tables_of_ledger(dialect: Dialect) -> Vec<String> {
    let made = migrations(dialect).into_iter().flat_map(|(_, sql)| sql.split(MAKES_TABLE).skip(1));
    let name = |rest: &str| {
        let rest = rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest);
        rest.split(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric()).next().map(str::to_owned)
    };
    made.filter_map(name).collect()
}

/// What these migrations do beside making tables.
pub(super) fn words_of(dialect: Dialect, names: &[String]) -> Vec<&'static str> {
    let of = |words: &str| {
        let mut all = migrations(dialect).into_iter();
        all.any(|(name, sql)| names.iter().any(|one| one == name) && sql.contains(words))
    };
    [CHANGES_TABLE, MAKES_INDEX].into_iter().filter(|words| of(words)).collect()
}

/// Whether tieout ever ran in this database, by whatever version.
///
/// # Errors
/// `Database`.
pub async fn has_ledger(connection: &mut Connection) -> Result<bool> {
    // What a newer program made is refused, and not read by halves.
    pending(connection).await?;
    Ok(has_history(connection).await? && !applied_versions(connection).await?.is_empty())
}

async fn has_history(connection: &mut Connection) -> Result<bool> {
    Ok(connection.one(&catalogue::schema_history(connection.dialect)).await?.is_some())
}

async fn applied_versions(connection: &mut Connection) -> Result<Vec<i64>> {
    connection.read(&catalogue::schema_versions(connection.dialect)).await
}

async fn wait_for_lock(target: &Target) -> Result<Lock> {
    for _ in 0..300 {
        match Lock::of_schema(target).await {
            Err(error) if error.kind() == ErrorKind::Locked => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            other => return other,
        }
    }
    Lock::of_schema(target).await
}

fn failed(cause: refinery::Error) -> Error {
    Error::new(Code::MigrationFailed, format!("creating or upgrading tieout's own tables failed: {cause}"))
        .because(cause)
}

/// refinery's traits over sqlx.
struct Adapter<'a>(&'a mut Connection);

macro_rules! in_transaction {
    ($connection:expr, $queries:expr) => {{
        let mut transaction = $connection.begin().await?;
        let mut count = 0;
        for query in $queries {
            (&mut *transaction).execute(sqlx::raw_sql(AssertSqlSafe(query.to_owned()))).await?;
            count += 1;
        }
        transaction.commit().await?;
        Ok(count)
    }};
}

impl AsyncTransaction for Adapter<'_> {
    type Error = sqlx::Error;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &'a mut self,
        queries: T,
    ) -> Result<usize, Self::Error> {
        match &mut self.0.driver {
            Driver::Postgres(c) => in_transaction!(c, queries),
            Driver::MySql(c) => in_transaction!(c, queries),
            Driver::Sqlite(c) => in_transaction!(c, queries),
        }
    }
}

macro_rules! read_history {
    ($connection:expr, $query:expr) => {{
        let rows = (&mut **$connection).fetch_all(sqlx::raw_sql(AssertSqlSafe($query.to_owned()))).await?;
        let mut applied = Vec::new();
        for row in rows {
            let (version, on, checksum): (i32, String, String) =
                (row.try_get(0)?, row.try_get(2)?, row.try_get(3)?);
            applied.push((version, row.try_get::<String, _>(1)?, on, checksum));
        }
        applied
    }};
}

impl AsyncQuery<Vec<Migration>> for Adapter<'_> {
    async fn query<'a>(&'a mut self, query: &'a str) -> Result<Vec<Migration>, Self::Error> {
        let applied = match &mut self.0.driver {
            Driver::Postgres(c) => read_history!(c, query),
            Driver::MySql(c) => read_history!(c, query),
            Driver::Sqlite(c) => read_history!(c, query),
        };
        let broken =
            |()| sqlx::Error::Decode("the schema history holds a row that refinery did not write".into());
        applied
            .into_iter()
            .map(|(version, name, on, checksum)| {
                let on = OffsetDateTime::parse(&on, &Rfc3339).map_err(|_| broken(()))?;
                let checksum = checksum.parse().map_err(|_| broken(()))?;
                Ok(Migration::applied(version, name, on, checksum))
            })
            .collect()
    }
}

impl AsyncMigrate for Adapter<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledgers_tables_are_those_that_its_migrations_make() {
        let all = tables_of_ledger(Dialect::Postgres);
        for dialect in [Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite] {
            assert_eq!(tables_of_ledger(dialect), all, "{dialect}");
        }
        assert!(all.len() > 5 && all.iter().all(|table| table.starts_with("tieout_")), "{all:?}");
        assert_eq!(words_of(Dialect::MySql, &[]), Vec::<&str>::new());
    }
}
