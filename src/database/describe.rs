//! What our side looks like, learnt by preparing statements: no row of it is read.

use super::{
    column_types::{mysql_family, mysql_type, our_column, postgres_family},
    connection::{Connection, Driver},
    errors,
    patience::within,
};
use crate::{
    error::Result,
    feed::Feed,
    model::{Family, OurColumn, OursShape, Parameters},
    sql::{self, Dialect, Statement, Work, catalogue, explain},
};
use sqlx::{AssertSqlSafe, Column as _, Either, Executor, SqlSafeStr, SqlStr, Statement as _, TypeInfo};

/// Columns by name, and the types of parameters where they are known.
type Described = (Vec<(String, OurColumn)>, Option<Vec<String>>);

impl Connection {
    /// Describes ours by preparing its SELECT; reads no row.
    ///
    /// # Errors
    /// `Database` where a table or column is missing or may not be read.
    pub async fn describe_ours(&mut self, feed: &Feed, parameters: &Parameters) -> Result<OursShape> {
        let work = Work::new(self.dialect, feed);
        let (described, casts) = self.prepared(&work.ours(parameters)?).await?;
        let mut parameters = parameters.clone();
        if let Some(casts) = casts {
            parameters.casts = casts;
        }
        let columns: Vec<(usize, OurColumn)> = described
            .into_iter()
            .filter_map(|(name, column)| {
                feed.columns.iter().position(|c| c.name == name).map(|n| (n, column))
            })
            .collect();
        let unique_key = self.unique_key(feed, &columns).await?;
        let correctable = self.correctable(feed, &columns, unique_key, &parameters).await?;
        let filtered = self.filtered(&work.ours(&parameters)?).await?;
        Ok(OursShape { columns, parameters, unique_key, correctable, filtered })
    }

    /// Ours as it was before the first run, where it reads `{theirs}`, whose table that run creates: refused for what else
    /// is wrong with it, or for nothing. `None` where that is no question.
    pub async fn describe_before_the_first_run(
        &mut self,
        feed: &Feed,
        parameters: &Parameters,
    ) -> Option<Result<()>> {
        let work = Work::new(self.dialect, feed);
        if !sql::reads_theirs(feed) {
            return None;
        }
        let mut all_there = true;
        for (table, _) in work.tables() {
            all_there &= self.table_columns(&table).await.map_or(true, |columns| !columns.is_empty());
        }
        if all_there {
            return None;
        }
        Some(match work.before_stage().ours(parameters) {
            Ok(ours) => self.prepared(&ours).await.map(drop),
            Err(cause) => Err(cause),
        })
    }

    /// Whether policies filter what a statement reads, as a user who may not pass by them. Reads no row.
    async fn filtered(&mut self, ours: &Statement) -> Result<bool> {
        if self.dialect != Dialect::Postgres {
            return Ok(false);
        }
        let explain = explain(self.dialect, ours);
        let [off, reset] = catalogue::row_security();
        // While it is off, a statement that would be filtered is refused; one that is refused either way is another matter.
        self.execute(&off).await?;
        let refused = self.rows(&explain).await.is_err();
        self.execute(&reset).await?;
        Ok(refused && self.rows(&explain).await.is_ok())
    }

    /// The columns that a statement gives, and the types of its parameters where the server infers them.
    async fn prepared(&mut self, statement: &Statement) -> Result<Described> {
        self.still_answers(statement.name)?;
        let sql = AssertSqlSafe(statement.bound(self.dialect).0).into_sql_str();
        let failed = |cause: sqlx::Error| errors::statement(statement.name, cause);
        let work = async { prepare(&mut self.driver, sql).await.map_err(failed) };
        let came = within(self.limits.statement, work).await;
        self.answered(statement.name, came).await
    }

    /// The columns of a table of ours, in order, by preparing a SELECT; reads no row.
    ///
    /// # Errors
    /// `Database` where there is no such table or it may not be read.
    pub async fn describe_table(&mut self, table: &[String]) -> Result<Vec<(String, OurColumn)>> {
        Ok(self.prepared(&catalogue::our_table(self.dialect, table)).await?.0)
    }
}

/// The columns that a statement gives, and the types of its parameters where the server infers them.
async fn prepare(driver: &mut Driver, sql: SqlStr) -> Result<Described, sqlx::Error> {
    let mut casts = None;
    let described = match driver {
        Driver::Postgres(c) => {
            let prepared = (&mut **c).prepare(sql).await?;
            if let Some(Either::Left(types)) = prepared.parameters() {
                casts = Some(types.iter().map(|t| t.name().to_owned()).collect());
            }
            (prepared.columns().iter())
                .map(|c| (c.name().to_owned(), our_column(c.type_info().name(), postgres_family)))
                .collect()
        }
        Driver::MySql(c) => {
            let prepared = (&mut **c).prepare(sql).await?;
            (prepared.columns().iter())
                .map(|c| (c.name().to_owned(), our_column(mysql_type(c.type_info()), mysql_family)))
                .collect()
        }
        Driver::Sqlite(c) => {
            let prepared = (&mut **c).prepare(sql).await?;
            (prepared.columns().iter())
                .map(|c| (c.name().to_owned(), our_column("typed per value", |_| Family::Dynamic)))
                .collect()
        }
    };
    Ok((described, casts))
}
