//! One feed's work tables: stage, join and tie; making, filling and emptying them. What is asked of them is `verdict`.

use super::{Dialect, Statement, template::Fill};
use crate::{
    error::{Error, Result},
    feed::{Column, Feed},
};

macro_rules! template {
    ($dialect:expr, $file:literal) => {
        match $dialect {
            Dialect::Postgres => include_str!(concat!("../../sql/postgres/", $file, ".sql")),
            Dialect::MySql | Dialect::MariaDb => include_str!(concat!("../../sql/mysql/", $file, ".sql")),
            Dialect::Sqlite => include_str!(concat!("../../sql/sqlite/", $file, ".sql")),
        }
    };
    ($file:literal) => {
        include_str!(concat!("../../sql/any/", $file, ".sql"))
    };
}
pub(super) use template;

/// Builds the statements of one feed on one server.
pub struct Work<'a> {
    pub(super) dialect: Dialect,
    pub(super) feed: &'a Feed,
    pub(super) stage: String,
    pub(super) join: String,
    pub(super) tie: String,
}

impl<'a> Work<'a> {
    /// For one feed on one dialect.
    #[must_use]
    pub fn new(dialect: Dialect, feed: &'a Feed) -> Self {
        let table = |part: &str| dialect.quote(&table_name(part, &feed.name));
        Self { dialect, feed, stage: table("stage"), join: table("join"), tie: table("tie") }
    }

    /// The feed's work tables: (unquoted name, its column names) of stage, join and tie.
    #[must_use]
    pub fn tables(&self) -> Vec<(String, Vec<String>)> {
        let owned = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        let mut stage = owned(&["tieout_id", "tieout_line", "tieout_checksum", "tieout_seen"]);
        stage.extend(self.feed.columns.iter().map(|c| c.name.clone()));
        stage.push("tieout_copy".into());
        let (mut join, mut tie) = if self.dialect.mysql_family() {
            (owned(&["tieout_row"]), owned(&["tieout_row"]))
        } else {
            (Vec::new(), Vec::new())
        };
        join.extend(owned(&["tieout_id", "outcome", "ours"]));
        join.extend(self.totals().iter().flat_map(|(n, _)| total_columns(*n)));
        tie.extend(owned(&["side", "tieout_id", "row_key", "compared", "ours"]));
        [("stage", stage), ("join", join), ("tie", tie)]
            .map(|(part, columns)| (table_name(part, &self.feed.name), columns))
            .into()
    }

    /// `DROP TABLE` for a work table of another shape.
    ///
    /// # Errors
    /// `Internal` on a broken template, here and below.
    pub fn drop(&self, table: &str) -> Result<Statement> {
        Fill::default().sql("table", self.dialect.quote(table)).render(
            self.dialect,
            "drop",
            template!("drop"),
        )
    }

    /// The `CREATE TABLE IF NOT EXISTS` statements.
    ///
    /// # Errors
    /// As `drop`.
    pub fn create(&self) -> Result<Vec<Statement>> {
        let d = self.dialect;
        let (kind, key) = match d {
            Dialect::Postgres => ("text COLLATE \"C\" NOT NULL", "text COLLATE \"C\" NOT NULL"),
            Dialect::Sqlite => ("text NOT NULL", "text NOT NULL"),
            _ => ("longtext NOT NULL", "varchar(512) NOT NULL"),
        };
        let columns: Vec<String> = (self.feed.columns.iter())
            .map(|c| format!("    {} {}", d.quote(&c.name), if c.key { key } else { kind }))
            .collect();
        let text = if d.mysql_family() { "longtext" } else { "text" };
        let totals: Vec<String> = (self.totals().iter())
            .flat_map(|(n, _)| total_columns(*n))
            .map(|name| {
                format!(
                    ",
    {name} {text}"
                )
            })
            .collect();
        let totals = totals.concat();
        let fill = || {
            Fill::default()
                .sql("stage", &*self.stage)
                .sql("join", &*self.join)
                .sql("tie", &*self.tie)
                .sql("collation", d.collation())
                .sql("stage_columns", columns.join(",\n"))
                .sql("total_columns", &*totals)
        };
        let mut all = vec![fill().render(d, "create_stage", template!(d, "create_stage"))?];
        if d != Dialect::Postgres {
            all.extend(self.create_index()?);
        }
        all.push(fill().render(d, "create_join", template!(d, "create_join"))?);
        all.push(fill().render(d, "create_tie", template!(d, "create_tie"))?);
        Ok(all)
    }

    /// MariaDB joins by index, which is built at once when all rows are there.
    ///
    /// # Errors
    /// As `drop`.
    pub fn index(&self) -> Result<Option<Statement>> {
        if self.dialect != Dialect::MariaDb {
            return Ok(None);
        }
        // An index holds at most 3072 bytes, a letter up to 4.
        let letters = (3072 / 4 / self.key_columns().count()).min(512);
        let keys: Vec<String> =
            self.key_columns().map(|c| format!("{}({letters})", self.dialect.quote(&c.name))).collect();
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("keys", keys.join(", "))
            .render(self.dialect, "index_stage", include_str!("../../sql/mysql/index_stage.sql"))
            .map(Some)
    }

    /// Drops that index, so that the next load need not keep it up.
    ///
    /// # Errors
    /// As `drop`.
    pub fn drop_index(&self) -> Result<Option<Statement>> {
        if self.dialect != Dialect::MariaDb {
            return Ok(None);
        }
        Fill::default()
            .sql("stage", &*self.stage)
            .render(self.dialect, "drop_stage_index", include_str!("../../sql/mysql/drop_stage_index.sql"))
            .map(Some)
    }

    fn create_index(&self) -> Result<Option<Statement>> {
        if self.dialect != Dialect::Sqlite {
            return Ok(None);
        }
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("stage_index", self.dialect.quote(&format!("{}_key", table_name("stage", &self.feed.name))))
            .sql("keys", self.keys(""))
            .render(
                self.dialect,
                "create_stage_index",
                include_str!("../../sql/sqlite/create_stage_index.sql"),
            )
            .map(Some)
    }

    /// Empties the three work tables.
    ///
    /// # Errors
    /// As `drop`.
    pub fn truncate(&self) -> Result<Vec<Statement>> {
        [&self.stage, &self.join, &self.tie]
            .into_iter()
            .map(|table| {
                let d = self.dialect;
                Fill::default().sql("table", &**table).render(d, "truncate", template!(d, "truncate"))
            })
            .collect()
    }

    /// The bulk load of one chunk; `file` is what the MySQL client and server call it.
    ///
    /// # Errors
    /// `Internal` on SQLite, which loads with `insert`.
    pub fn load(&self, file: &str) -> Result<Statement> {
        let d = self.dialect;
        let text = match d {
            Dialect::Postgres => include_str!("../../sql/postgres/load.sql"),
            Dialect::MySql | Dialect::MariaDb => include_str!("../../sql/mysql/load.sql"),
            Dialect::Sqlite => return Err(Error::internal("SQLite has no bulk load statement")),
        };
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("columns", self.columns())
            .sql("file", d.literal(file))
            .render(d, "load", text)
    }

    /// A multi-row INSERT of `rows` staged rows; the values are bound in the chunk's column order.
    ///
    /// # Errors
    /// As `drop`.
    pub fn insert(&self, rows: usize) -> Result<Statement> {
        let d = self.dialect;
        let width = self.feed.columns.len() + 4;
        let mut place = 0;
        let mut row = || {
            let marks: Vec<String> = (0..width)
                .map(|_| {
                    place += 1;
                    d.placeholder(place)
                })
                .collect();
            format!("({})", marks.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(|_| row()).collect();
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("columns", self.columns())
            .sql("rows", rows.join(", "))
            .render(d, "insert", template!("insert"))
    }

    /// The columns of a chunk, for a table that `sqlite3` imports it into.
    #[must_use]
    pub fn chunk_columns(&self) -> String {
        format!("tieout_id, tieout_line, tieout_checksum, tieout_seen, {}", self.columns())
    }

    /// Moves such a table's rows into the stage.
    ///
    /// # Errors
    /// As `drop`.
    pub fn insert_chunk(&self) -> Result<Statement> {
        Fill::default().sql("stage", &*self.stage).sql("columns", self.chunk_columns()).render(
            self.dialect,
            "insert_chunk",
            include_str!("../../sql/sqlite/insert_chunk.sql"),
        )
    }
}

/// The unquoted name of a work table.
fn table_name(part: &str, feed: &str) -> String {
    // Feed names hold no underscore, so no two feeds share a table.
    format!("tieout_{part}_{}", feed.replace('-', "_"))
}

pub(super) fn total_columns(column: usize) -> [String; 2] {
    [format!("tieout_total_{column}"), format!("tieout_group_{column}")]
}

impl Column {
    pub(super) fn is_key(&self) -> bool {
        self.key
    }
}
