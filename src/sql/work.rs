//! The statements that work on one feed's tables: stage, join, tie, and the results.

use super::{
    Dialect, OurColumn, Parameters, Piece, Statement, differs::differs, encode, our_side::OurSide, ours,
    template::Fill,
};
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
    stage: String,
    join: String,
    tie: String,
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
        let mut join = owned(&["tieout_id", "outcome", "ours"]);
        join.extend(self.totals().iter().flat_map(|(n, _)| total_columns(*n)));
        vec![
            (table_name("stage", &self.feed.name), stage),
            (table_name("join", &self.feed.name), join),
            (
                table_name("tie", &self.feed.name),
                owned(&["side", "tieout_id", "row_key", "compared", "ours"]),
            ),
        ]
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
        // JSON escapes quotes, and so sorts otherwise than the text that the other databases sort by.
        let order = if d == Dialect::Sqlite { self.our_fields("ours", |_| true) } else { "ours".into() };
        let fill = || {
            Fill::default()
                .sql("stage", &*self.stage)
                .sql("join", &*self.join)
                .sql("tie", &*self.tie)
                .sql("our_order", &*order)
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

    /// Rows staged and the sum of their ids.
    ///
    /// # Errors
    /// As `drop`.
    pub fn count_stage(&self) -> Result<Statement> {
        Fill::default().sql("stage", &*self.stage).render(
            self.dialect,
            "count_stage",
            template!("count_stage"),
        )
    }

    /// Rows, ids and rows of ours per outcome in the join.
    ///
    /// # Errors
    /// As `drop`.
    pub fn count_join(&self) -> Result<Statement> {
        Fill::default().sql("join", &*self.join).render(self.dialect, "count_join", template!("count_join"))
    }

    /// Numbers the rows of keys that occur more than once in theirs.
    ///
    /// # Errors
    /// As `drop`.
    pub fn mark_repeats(&self) -> Result<Statement> {
        let d = self.dialect;
        let same: Vec<String> = self
            .key_columns()
            .map(|c| {
                let name = d.quote(&c.name);
                format!("t.{name} = d.{name}")
            })
            .collect();
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("keys", self.keys(""))
            .sql("t_keys", self.keys("t."))
            .sql("t_is_d", same.join(" AND "))
            .render(d, "mark_repeats", template!(d, "mark_repeats"))
    }

    /// The SELECT of ours, for describing its types: no row is read.
    ///
    /// # Errors
    /// `Usage` where a parameter has no value.
    pub fn ours(&self, parameters: &Parameters) -> Result<Statement> {
        let mut pieces = ours::select(self.dialect, self.feed, &self.stage, parameters)?;
        pieces.insert(0, Piece::Sql("SELECT * FROM (\n".into()));
        pieces.push(Piece::Sql("\n) AS ours WHERE 1 = 0".into()));
        Ok(Statement::new("ours", pieces))
    }

    /// The one statement that reads ours, and what completes it on servers without FULL JOIN.
    ///
    /// # Errors
    /// `Usage` where a parameter has no value; `Internal` where `types` lacks a column.
    pub fn join(&self, types: &[(usize, OurColumn)], parameters: &Parameters) -> Result<Vec<Statement>> {
        let d = self.dialect;
        let ours = ours::select(d, self.feed, &self.stage, parameters)?;
        let side = OurSide { work: self, types };
        let fill = Fill::default()
            .sql("stage", &*self.stage)
            .sql("join", &*self.join)
            .pieces("ours", ours)
            .sql("on", side.on()?)
            .sql("same", side.same()?)
            .sql("our_row", side.row()?)
            .sql("our_payload", side.payload())
            .sql("exact_row", side.exact_row()?)
            .sql("exact_column", side.exact_column()?)
            .sql("canonical", side.canonical_columns()?)
            .sql("total_names", side.total_names())
            .sql("total_values", side.total_values()?);
        let mut all = vec![fill.render(d, "join", template!(d, "join"))?];
        if d.mysql_family() {
            let label = include_str!("../../sql/mysql/label.sql");
            all.push(Fill::default().sql("join", &*self.join).render(d, "label", label)?);
        }
        Ok(all)
    }

    /// Rows of theirs that met nothing; `None` where the join itself finds them.
    ///
    /// # Errors
    /// As `drop`.
    pub fn unmet(&self) -> Result<Option<Statement>> {
        if self.dialect == Dialect::Postgres {
            return Ok(None);
        }
        let fill = Fill::default().sql("stage", &*self.stage).sql("join", &*self.join);
        fill.render(self.dialect, "unmet", template!("unmet")).map(Some)
    }

    /// Takes keys that occur more than once out of the join, cancels equal rows and puts the rest back.
    /// With `unique`, an index says that no key occurs twice in ours.
    ///
    /// # Errors
    /// As `drop`.
    pub fn ties(&self, unique: bool) -> Result<Vec<Statement>> {
        let d = self.dialect;
        let row = if d == Dialect::Sqlite { self.their_json() } else { self.their_row() };
        // JSON escapes quotes, and so sorts otherwise than the text that the other databases sort by.
        let order = if d == Dialect::Sqlite { self.our_fields("ours", |_| true) } else { "ours".into() };
        // MariaDB sorts texts, and so makes the groups of window functions, by their first bytes only.
        let grouped = |fields: String| if d.mysql_family() { encode::sha256(d, &fields) } else { fields };
        let fill = || {
            Fill::default()
                .sql("stage", &*self.stage)
                .sql("join", &*self.join)
                .sql("tie", &*self.tie)
                .sql("our_order", &*order)
                .sql("their_key", grouped(self.their_fields(Column::is_key)))
                .sql("their_compared", grouped(self.their_fields(Column::compared)))
                .sql("their_payload", &*row)
                .sql("our_key", grouped(self.our_fields("j.ours", Column::is_key)))
                .sql("our_key_bare", grouped(self.our_fields("ours", Column::is_key)))
                .sql("our_compared", grouped(self.our_fields("j.ours", Column::compared)))
                .sql("no_key", grouped(encode::join(d, &vec!["''".to_owned(); self.key_columns().count()])))
        };
        let mut all = Vec::new();
        if unique {
            all.push(fill().render(d, "tie_theirs", template!("tie_theirs_unique"))?);
        } else {
            all.push(fill().render(d, "tie_theirs", template!("tie_theirs"))?);
        }
        all.push(fill().render(d, "tie_ours", template!("tie_ours"))?);
        if !unique {
            all.push(fill().render(d, "tie_ours_alone", template!("tie_ours_alone"))?);
        }
        all.push(fill().render(d, "tie_remove_met", template!("tie_remove_met"))?);
        if !unique {
            all.push(fill().render(d, "tie_remove_alone", template!("tie_remove_alone"))?);
        }
        all.push(fill().render(d, "tie_resolve", template!("tie_resolve"))?);
        Ok(all)
    }

    /// Writes every break into the results.
    ///
    /// # Errors
    /// As `drop`.
    pub fn record(&self, run_id: &str) -> Result<Statement> {
        let d = self.dialect;
        let ours_row = match d {
            Dialect::Sqlite => self.our_fields("j.ours", |_| true),
            _ => "j.ours".into(),
        };
        let all_exact = self.feed.columns.iter().all(Column::exact);
        let exact = if all_exact { ours_row.clone() } else { self.our_fields("j.ours", Column::exact) };
        let wanted =
            if self.feed.results.matched { "1 = 1" } else { "j.outcome <> 'matched' OR j.ours IS NOT NULL" };
        let (file_no, record) = match d {
            Dialect::MySql | Dialect::MariaDb => {
                ("j.tieout_id DIV 1000000000000", "j.tieout_id MOD 1000000000000")
            }
            _ => ("j.tieout_id / 1000000000000", "j.tieout_id % 1000000000000"),
        };
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("join", &*self.join)
            .sql("differing", self.differing())
            .sql("our_key", self.our_fields("j.ours", Column::is_key))
            .sql("their_key", self.their_fields(Column::is_key))
            .sql("their_row", self.their_row())
            .sql("our_row", ours_row)
            .sql("our_checksum", encode::sha256(d, &exact))
            .sql("file_no", file_no)
            .sql("record", record)
            .sql("wanted", wanted)
            .value("run_id", run_id)
            .render(d, "record", template!("record"))
    }

    /// Control totals of both sides, per column with `total_by`: (column, theirs, ours).
    ///
    /// # Errors
    /// As `drop`.
    pub fn total_statements(&self) -> Result<Vec<(usize, Statement, Statement)>> {
        let d = self.dialect;
        self.totals()
            .into_iter()
            .map(|(n, by)| {
                let [amount, group] = total_columns(n);
                let theirs = Fill::default()
                    .sql("stage", &*self.stage)
                    .sql("group", d.quote(&self.feed.columns[by].name))
                    .sql("amount", d.quote(&self.feed.columns[n].name))
                    .render(d, "totals_theirs", template!(d, "totals_theirs"))?;
                let ours = Fill::default()
                    .sql("join", &*self.join)
                    .sql("group", group)
                    .sql("amount", amount)
                    .render(d, "totals_ours", template!(d, "totals_ours"))?;
                Ok((n, theirs, ours))
            })
            .collect()
    }

    /// Compared columns with `total_by` and the column that groups them.
    pub(super) fn totals(&self) -> Vec<(usize, usize)> {
        let columns = self.feed.columns.iter().enumerate();
        columns.filter(|(_, c)| c.compared()).filter_map(|(n, c)| c.total_by.map(|by| (n, by))).collect()
    }

    fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.feed.columns.iter().filter(|c| c.key)
    }

    fn keys(&self, prefix: &str) -> String {
        let names: Vec<String> =
            self.key_columns().map(|c| format!("{prefix}{}", self.dialect.quote(&c.name))).collect();
        names.join(", ")
    }

    fn columns(&self) -> String {
        let names: Vec<String> = self.feed.columns.iter().map(|c| self.dialect.quote(&c.name)).collect();
        names.join(", ")
    }

    fn their_fields(&self, which: impl Fn(&Column) -> bool) -> String {
        let fields: Vec<String> = (self.feed.columns.iter())
            .filter(|c| which(c))
            .map(|c| format!("s.{}", self.dialect.quote(&c.name)))
            .collect();
        encode::join(self.dialect, &fields)
    }

    fn their_row(&self) -> String {
        self.their_fields(|_| true)
    }

    fn their_json(&self) -> String {
        let names: Vec<String> =
            self.feed.columns.iter().map(|c| format!("s.{}", self.dialect.quote(&c.name))).collect();
        format!("json_array({})", names.join(", "))
    }

    fn our_fields(&self, row: &str, which: impl Fn(&Column) -> bool) -> String {
        let fields: Vec<String> = (self.feed.columns.iter().enumerate())
            .filter(|(_, c)| which(c))
            .map(|(n, _)| encode::field(self.dialect, row, n + 1))
            .collect();
        encode::join(self.dialect, &fields)
    }

    /// The names of the differing columns of a pair, each followed by `;`, in the feed's order.
    fn differing(&self) -> String {
        let d = self.dialect;
        let cases: Vec<String> = (self.feed.columns.iter().enumerate())
            .filter(|(_, c)| c.compared())
            .map(|(n, c)| {
                let theirs = format!("s.{}", d.quote(&c.name));
                let ours = encode::field(d, "j.ours", n + 1);
                let differs = differs(d, c, &theirs, &ours);
                format!("CASE WHEN {differs} THEN {} ELSE '' END", d.literal(&format!("{};", c.name)))
            })
            .collect();
        if d.mysql_family() { format!("CONCAT({})", cases.join(", ")) } else { cases.join(" || ") }
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
    fn is_key(&self) -> bool {
        self.key
    }
}
