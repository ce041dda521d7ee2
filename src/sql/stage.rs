//! Theirs in the database: how the columns lie in the stage, and how a chunk gets into it.

use super::{
    Dialect, Piece, Statement, encode, mysql,
    template::{Fill, template},
    work::Work,
};
use crate::{feed::Column, model::row_id};

/// The columns of the stage. Their order alone tells what each is, so that a stage of another shape is noticed.
struct Layout<'a> {
    keys: Vec<&'a Column>,
    apart: Vec<&'a Column>,
    /// MySQL and MariaDB: joined in `tieout_rest`, from which the columns of these names are read.
    packed: Vec<&'a Column>,
}

impl Work<'_> {
    fn layout(&self) -> Layout<'_> {
        let (keys, mut apart): (Vec<&Column>, Vec<&Column>) =
            self.feed.columns.iter().partition(|c| c.is_key());
        let widest = self.dialect.widest_row().unwrap_or(apart.len());
        let packed = apart.split_off(widest.min(apart.len()));
        Layout { keys, apart, packed }
    }

    /// The names of its columns.
    pub(super) fn stage_columns(&self) -> Vec<String> {
        let layout = self.layout();
        let owned = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        let named = |columns: &[&Column]| columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        let rest = if layout.packed.is_empty() { owned(&[]) } else { owned(&["tieout_rest"]) };
        [
            owned(&["tieout_id", "tieout_line", "tieout_checksum"]),
            named(&layout.keys),
            owned(&["tieout_seen", "tieout_repeated"]),
            named(&layout.apart),
            rest,
            named(&layout.packed),
        ]
        .concat()
    }

    pub(super) fn create_stage(&self) -> Statement {
        let d = self.dialect;
        let layout = self.layout();
        let [_, text, key] = d.column_types();
        let define = |column: &Column, kind: &str| format!("    {} {kind}", d.quote(&column.name));
        let keys: Vec<String> = layout.keys.iter().map(|c| define(c, key)).collect();
        let mut others: Vec<String> = layout.apart.iter().map(|c| define(c, text)).collect();
        if !layout.packed.is_empty() {
            others.push(format!("    tieout_rest {text}"));
        }
        others.extend(layout.packed.iter().enumerate().map(|(n, column)| {
            let field = mysql::defined_field("tieout_rest", n + 1);
            define(column, &format!("longtext GENERATED ALWAYS AS ({field}) VIRTUAL"))
        }));
        Fill::default()
            .sql("kind", self.kind)
            .sql("stage", &*self.stage)
            .sql("collation", d.collation())
            .sql("keys", keys.join(",\n"))
            .sql("others", others.iter().map(|line| format!(",\n{line}")).collect::<String>())
            .render(d, template!(d, "create_stage"))
    }

    /// The bulk load of one chunk; `file` is what the MySQL client and server call it. SQLite has none: its rows
    /// are inserted.
    #[must_use]
    pub fn load(&self, file: &str) -> Option<Statement> {
        let d = self.dialect;
        // Not folded: psql's \\copy is one line.
        let load = match d {
            Dialect::Postgres => template!("postgres" / "load"),
            Dialect::MySql | Dialect::MariaDb => template!("mysql" / "load"),
            Dialect::Sqlite => return None,
        };
        let packed = self.layout().packed;
        let variable = |n: usize| format!("@tieout_{}", n + 1);
        let columns: Vec<String> = (self.feed.columns.iter())
            .map(|c| packed.iter().position(|p| p.name == c.name).map_or_else(|| d.quote(&c.name), variable))
            .collect();
        let variables: Vec<String> = (0..packed.len()).map(variable).collect();
        let rest = match &variables[..] {
            [] => String::new(),
            fields => format!("\nSET tieout_rest = {}", encode::join(&*d, fields)),
        };
        Fill::default()
            .sql("stage", &*self.stage)
            .pieces("columns", vec![Piece::Sql(columns.join(", "))])
            .sql("rest", rest)
            .sql("file", d.literal(file))
            .render(d, load)
            .into()
    }

    /// A multi-row INSERT of `rows` staged rows; the values of each are bound in the order of `insert_order`.
    pub fn insert(&self, rows: usize) -> Statement {
        let d = self.dialect;
        let layout = self.layout();
        let mut place = 0;
        let mut marks = |count: usize| -> Vec<String> {
            let places = place + 1..=place + count;
            place += count;
            places.map(|n| d.placeholder(n)).collect()
        };
        let mut row = || {
            let mut values = marks(4 + layout.keys.len() + layout.apart.len());
            if !layout.packed.is_empty() {
                values.push(encode::join(&*d, &marks(layout.packed.len())));
            }
            format!("({})", values.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(|_| row()).collect();
        let mut columns: Vec<String> =
            layout.keys.iter().chain(&layout.apart).map(|c| d.quote(&c.name)).collect();
        if !layout.packed.is_empty() {
            columns.push("tieout_rest".into());
        }
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("columns", columns.join(", "))
            .pieces("rows", vec![Piece::Sql(rows.join(", "))])
            .render(d, template!("insert"))
    }

    /// Takes the rows of a file out again.
    pub fn unstage(&self, file_no: u32) -> Statement {
        let first = |file_no| i64::try_from(row_id::of(file_no, 0)).unwrap_or(i64::MAX);
        Fill::default()
            .sql("stage", &*self.stage)
            .value("first", first(file_no))
            .value("after", first(file_no.saturating_add(1)))
            .render(self.dialect, template!("unstage"))
    }

    /// Where each of the values of an inserted row stands in a row of a chunk.
    #[must_use]
    pub fn insert_order(&self) -> Vec<usize> {
        let layout = self.layout();
        let place = |column: &&Column| self.feed.columns.iter().position(|c| c.name == column.name);
        let columns = layout.keys.iter().chain(&layout.apart).chain(&layout.packed);
        (0..4).chain(columns.filter_map(place).map(|n| n + 4)).collect()
    }

    /// The columns of a chunk, for a table that `sqlite3` imports it into.
    #[must_use]
    pub fn chunk_columns(&self) -> String {
        let names: Vec<String> = self.feed.columns.iter().map(|c| self.dialect.quote(&c.name)).collect();
        format!("tieout_id, tieout_line, tieout_checksum, tieout_seen, {}", names.join(", "))
    }

    /// Moves such a table's rows into the stage.
    pub fn insert_chunk(&self) -> Statement {
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("columns", self.chunk_columns())
            .render(self.dialect, template!("sqlite" / "insert_chunk"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::{self, Feed};
    use std::path::Path;

    /// What one row of MySQL's surely holds.
    const APART: usize = 150;

    fn feed(columns: usize, key: usize) -> Feed {
        let columns: String =
            (1..=columns).map(|n| format!("[[column]]\nname = \"c{n}\"\nkey = {}\n", n == key)).collect();
        let text = format!("[feed]\nname = \"wide\"\n[xml]\nrow = \"r\"\n{columns}");
        feed::parse(&text, Path::new("test.toml"), &|_| None).expect("a good feed").remove(0)
    }

    #[test]
    fn another_key_is_another_shape() {
        for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite] {
            for columns in [2, APART, 2 * APART] {
                let shapes: Vec<Vec<String>> =
                    [1, 2, columns].map(|key| Work::new(dialect, &feed(columns, key)).stage_columns()).into();
                assert_ne!(shapes[0], shapes[1], "{dialect:?} {columns}");
                assert_ne!(shapes[0], shapes[2], "{dialect:?} {columns}");
            }
        }
    }

    #[test]
    fn every_value_of_a_chunk_has_one_place() {
        let feed = feed(APART + 10, APART + 5);
        let mut order = Work::new(Dialect::MariaDb, &feed).insert_order();
        assert_eq!(order[..6], [0, 1, 2, 3, APART + 8, 4], "the key first");
        assert_eq!(order.last(), Some(&(APART + 13)));
        order.sort_unstable();
        assert_eq!(order, (0..APART + 14).collect::<Vec<_>>());
    }
}
