//! What our side looks like: the types of the columns that the feed asks for, and whether an index
//! says that no key occurs twice.

use super::{
    connection::{Connection, Inner},
    errors,
};
use crate::{
    error::Result,
    feed::{Feed, Kind, Relation},
    model::{Family, OurColumn, OursShape, Parameters},
    sql::{Dialect, Statement, Work},
};
use sqlx::{
    AssertSqlSafe, Column as _, Either, Executor, MySql, SqlSafeStr, Statement as _, Type, TypeInfo,
    mysql::MySqlTypeInfo,
};

impl Connection {
    /// Describes ours by preparing its SELECT; reads no row.
    ///
    /// # Errors
    /// `Database` where a table or column is missing or may not be read.
    pub async fn describe_ours(&mut self, feed: &Feed, parameters: &Parameters) -> Result<OursShape> {
        let work = Work::new(self.dialect, feed);
        let statement = work.ours(parameters)?;
        let (sql, _) = statement.bound(self.dialect);
        let (described, casts) = self.prepared("ours", sql).await?;
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

    /// Whether policies filter what a statement reads, as a user who may not pass by them. Reads no row.
    async fn filtered(&mut self, ours: &Statement) -> Result<bool> {
        if self.dialect != Dialect::Postgres {
            return Ok(false);
        }
        let explain = ours.prefixed("EXPLAIN ");
        // While it is off, a statement that would be filtered is refused; one that is refused either way is another matter.
        self.execute(&Statement::plain("session", "SET row_security = off")).await?;
        let refused = self.rows(&explain).await.is_err();
        self.execute(&Statement::plain("session", "RESET row_security")).await?;
        Ok(refused && self.rows(&explain).await.is_ok())
    }

    /// The columns that a statement gives, and the types of its parameters where the server infers them.
    async fn prepared(
        &mut self,
        name: &'static str,
        sql: String,
    ) -> Result<(Vec<(String, OurColumn)>, Option<Vec<String>>)> {
        let failed = |cause: sqlx::Error| errors::statement(name, &cause);
        let sql = AssertSqlSafe(sql).into_sql_str();
        let mut casts = None;
        let described: Vec<(String, OurColumn)> = match &mut self.inner {
            Inner::Postgres(c) => {
                let prepared = (&mut **c).prepare(sql).await.map_err(failed)?;
                if let Some(Either::Left(types)) = prepared.parameters() {
                    casts = Some(types.iter().map(|t| t.name().to_owned()).collect());
                }
                (prepared.columns().iter())
                    .map(|c| (c.name().to_owned(), our_column(c.type_info().name(), postgres_family)))
                    .collect()
            }
            Inner::MySql(c) => {
                let prepared = (&mut **c).prepare(sql).await.map_err(failed)?;
                (prepared.columns().iter())
                    .map(|c| (c.name().to_owned(), our_column(mysql_type(c.type_info()), mysql_family)))
                    .collect()
            }
            Inner::Sqlite(c) => {
                let prepared = (&mut **c).prepare(sql).await.map_err(failed)?;
                (prepared.columns().iter())
                    .map(|c| (c.name().to_owned(), our_column("typed per value", |_| Family::Dynamic)))
                    .collect()
            }
        };
        Ok((described, casts))
    }

    /// The columns of a table of ours, in order, by preparing a SELECT; reads no row.
    ///
    /// # Errors
    /// `Database` where there is no such table or it may not be read.
    pub async fn describe_table(&mut self, table: &[String]) -> Result<Vec<(String, OurColumn)>> {
        let name: Vec<String> = table.iter().map(|part| self.dialect.quote(part)).collect();
        Ok(self.prepared("ours", format!("SELECT * FROM {}", name.join("."))).await?.0)
    }

    /// The columns of each unique index of a table of ours.
    ///
    /// # Errors
    /// `Database`.
    pub async fn unique_columns(&mut self, table: &[String]) -> Result<Vec<Vec<String>>> {
        let statement = match (self.dialect, table) {
            (Dialect::Sqlite, [.., name]) => sqlite_unique_indexes(self.dialect, name),
            _ => match unique_indexes(self.dialect, table) {
                Some(statement) => statement,
                None => return Ok(Vec::new()),
            },
        };
        let mut indexes: Vec<(String, Vec<String>)> = Vec::new();
        for row in self.rows(&statement).await? {
            let [Some(index), Some(column)] = row.as_slice() else { continue };
            match indexes.iter_mut().find(|(name, _)| name == index) {
                Some((_, columns)) => columns.push(column.clone()),
                None => indexes.push((index.clone(), vec![column.clone()])),
            }
        }
        Ok(indexes.into_iter().map(|(_, columns)| columns).collect())
    }

    /// The names of a table's columns in the current schema, in order; empty where there is no such table.
    ///
    /// # Errors
    /// `Database`.
    pub async fn table_columns(&mut self, table: &str) -> Result<Vec<String>> {
        let name = self.dialect.literal(table);
        let sql = match self.dialect {
            Dialect::Postgres => format!(
                "SELECT CAST(attname AS text) FROM pg_attribute \
                 WHERE attrelid = to_regclass(quote_ident({name})) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            ),
            Dialect::Sqlite => format!("SELECT name FROM pragma_table_info({name}) ORDER BY cid"),
            Dialect::MySql | Dialect::MariaDb => format!(
                "SELECT CAST(column_name AS char) FROM information_schema.columns \
                 WHERE table_schema = database() AND table_name = {name} ORDER BY ordinal_position"
            ),
        };
        let rows = self.rows(&Statement::plain("table_columns", sql)).await?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    /// True only where a unique index over columns that cannot be NULL lies within the key, and the
    /// canonical text of those columns keeps different values different.
    async fn unique_key(&mut self, feed: &Feed, types: &[(usize, OurColumn)]) -> Result<bool> {
        let Some(ours) = &feed.ours else { return Ok(false) };
        let Relation::Table(table) = &ours.relation else { return Ok(false) };
        let plain: Vec<&str> = (feed.columns.iter().enumerate())
            .filter(|(n, c)| {
                let family = types.iter().find(|(asked, _)| asked == n).map(|(_, ours)| ours.family);
                c.key
                    && !ours.expressions.contains_key(&c.name)
                    && family.is_some_and(|f| injective(&c.kind, f))
            })
            .map(|(_, c)| c.name.as_str())
            .collect();
        let Some(statement) = unique_indexes(self.dialect, table) else { return Ok(false) };
        let mut indexes: Vec<(String, Vec<String>)> = Vec::new();
        for row in self.rows(&statement).await? {
            let [Some(index), Some(column)] = row.as_slice() else { return Ok(false) };
            match indexes.iter_mut().find(|(name, _)| name == index) {
                Some((_, columns)) => columns.push(column.clone()),
                None => indexes.push((index.clone(), vec![column.clone()])),
            }
        }
        Ok(indexes.iter().any(|(_, columns)| columns.iter().all(|c| plain.contains(&c.as_str()))))
    }
}

fn our_column(type_name: &str, family: impl Fn(&str) -> Family) -> OurColumn {
    OurColumn { type_name: type_name.to_lowercase(), family: family(type_name) }
}

fn postgres_family(name: &str) -> Family {
    match name {
        "INT2" | "INT4" | "INT8" | "OID" => Family::Integer,
        "NUMERIC" => Family::Decimal,
        "FLOAT4" => Family::Real,
        "FLOAT8" => Family::Double,
        "MONEY" => Family::Money,
        "DATE" => Family::Date,
        "TIMESTAMP" => Family::Timestamp,
        "TIMESTAMPTZ" => Family::TimestampTz,
        "BOOL" => Family::Boolean,
        "BYTEA" => Family::Binary,
        _ => Family::Text,
    }
}

/// The type's name. The driver takes texts of a `_bin` collation for bytes, since the server marks both
/// as binary; only the character set tells them apart, which it asks for when it decodes a text.
fn mysql_type(column: &MySqlTypeInfo) -> &str {
    let name = column.name();
    if !<str as Type<MySql>>::compatible(column) {
        return name;
    }
    match name {
        "VARBINARY" => "VARCHAR",
        "BINARY" => "CHAR",
        "TINYBLOB" => "TINYTEXT",
        "BLOB" => "TEXT",
        "MEDIUMBLOB" => "MEDIUMTEXT",
        "LONGBLOB" => "LONGTEXT",
        other => other,
    }
}

fn mysql_family(name: &str) -> Family {
    let name = name.strip_suffix(" UNSIGNED").unwrap_or(name);
    match name {
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" | "YEAR" => Family::Integer,
        "DECIMAL" => Family::Decimal,
        "FLOAT" => Family::Real,
        "DOUBLE" => Family::Double,
        "DATE" => Family::Date,
        "DATETIME" | "TIMESTAMP" => Family::Timestamp,
        "BIT" => Family::Bit,
        "BINARY" | "VARBINARY" | "BLOB" | "TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB" | "GEOMETRY" => {
            Family::Binary
        }
        _ => Family::Text,
    }
}

/// Different values of the type have different canonical texts.
fn injective(kind: &Kind, family: Family) -> bool {
    match family {
        Family::Text => *kind == Kind::Text,
        Family::Integer => matches!(kind, Kind::Text | Kind::Integer | Kind::Decimal),
        Family::Decimal => matches!(kind, Kind::Integer | Kind::Decimal),
        Family::Date => matches!(kind, Kind::Date { .. }),
        _ => false,
    }
}

/// (index, column) of the primary key and every unique index of a SQLite table.
fn sqlite_unique_indexes(dialect: Dialect, table: &str) -> Statement {
    let name = dialect.literal(table);
    let sql = format!(
        "SELECT i.name, c.name FROM pragma_index_list({name}) AS i JOIN pragma_index_info(i.name) AS c \
         WHERE i.\"unique\" = 1 AND i.partial = 0 \
         UNION ALL SELECT '', name FROM pragma_table_info({name}) WHERE pk > 0"
    );
    Statement::plain("unique_indexes", sql)
}

/// (index, column) of every unique index whose columns are all NOT NULL, of tables that such an index holds for
/// as a whole: not of one that others inherit from, and of no engine that leaves rows elsewhere, like MERGE.
fn unique_indexes(dialect: Dialect, table: &[String]) -> Option<Statement> {
    let sql = match dialect {
        Dialect::Postgres => {
            let name: Vec<String> = table.iter().map(|part| dialect.quote(part)).collect();
            format!(
                "SELECT CAST(i.indexrelid AS text), CAST(a.attname AS text) \
                 FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) \
                 JOIN pg_class AS c ON c.oid = i.indrelid \
                 WHERE i.indrelid = to_regclass({}) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL \
                 AND NOT EXISTS (SELECT 1 FROM pg_attribute AS n WHERE n.attrelid = i.indrelid \
                                 AND n.attnum = ANY (i.indkey) AND NOT n.attnotnull) \
                 AND (c.relkind = 'p' OR NOT EXISTS (SELECT 1 FROM pg_inherits AS h WHERE h.inhparent = i.indrelid))",
                dialect.literal(&name.join("."))
            )
        }
        Dialect::MySql | Dialect::MariaDb => {
            let (schema, name) = match table {
                [name] => ("database()".to_owned(), name),
                [schema, name] => (dialect.literal(schema), name),
                _ => return None,
            };
            format!(
                "SELECT CAST(s.index_name AS char), CAST(s.column_name AS char) \
                 FROM information_schema.statistics AS s \
                 JOIN information_schema.tables AS t ON t.table_schema = s.table_schema AND t.table_name = s.table_name \
                 AND t.engine IN ('InnoDB', 'MyISAM', 'Aria', 'MEMORY', 'RocksDB', 'ndbcluster') \
                 WHERE s.table_schema = {schema} AND s.table_name = {} AND s.non_unique = 0 AND s.index_name NOT IN \
                 (SELECT n.index_name FROM information_schema.statistics AS n WHERE n.table_schema = s.table_schema \
                  AND n.table_name = s.table_name AND (n.nullable = 'YES' OR n.sub_part IS NOT NULL OR n.column_name IS NULL))",
                dialect.literal(name)
            )
        }
        // SQLite's types are the values' own: '1' and 1 are two keys there and one canonical text.
        Dialect::Sqlite => return None,
    };
    Some(Statement::plain("unique_indexes", sql))
}
