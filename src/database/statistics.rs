//! What the server knows of a table of ours beside its columns: how many rows, when that was found out, which indexes. It
//! reads catalogues, and what an account may not read there is not known.

use super::{
    catalogue::table_of_ours,
    connection::Connection,
    rows::{Cells, FromRow},
};
use crate::{
    error::Result,
    feed::Feed,
    sql::{Dialect, catalogue},
};

/// What the optimizer believes of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurStatistics {
    /// Estimated rows.
    pub rows: Option<u64>,
    /// Statistics were never gathered, as far as the server knows.
    pub absent: bool,
    /// With its indexes; on SQLite those of the whole file.
    pub bytes: Option<u64>,
    /// UTC, as the server says it.
    pub gathered: Option<String>,
    /// Rows that changed since.
    pub changed: Option<u64>,
    /// The columns of each index, in order; an expression as the server writes it.
    pub indexes: Vec<(String, Vec<String>)>,
}

struct TableStatistics([Option<String>; 4]);

impl FromRow for TableStatistics {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let [rows, bytes] = [cells.optional("rows")?, cells.optional("bytes")?];
        Ok(Self([rows, bytes, cells.optional("when")?, cells.optional("changed rows")?]))
    }
}

struct IndexColumn(String, String);

impl FromRow for IndexColumn {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self(cells.text("the index")?, cells.text("the column")?))
    }
}

impl Connection {
    /// None where ours is a query, or no table that the server knows anything of.
    pub async fn statistics_of_ours(&mut self, feed: &Feed) -> Option<OurStatistics> {
        let table = table_of_ours(feed)?;
        let asked = self.read_first(&catalogue::statistics(self.dialect, table)).await;
        // SQLite has the table that is asked only once statistics were gathered.
        let nothing = || TableStatistics([const { None }; 4]);
        let TableStatistics([rows, bytes, mut gathered, changed]) = match asked {
            Ok(found) => found?,
            Err(_) => nothing(),
        };
        if let Some(statement) = catalogue::statistics_gathered(self.dialect, table) {
            gathered = self.one(&statement).await.ok().flatten();
        }
        let parts: Vec<IndexColumn> =
            self.read(&catalogue::indexes(self.dialect, table)).await.unwrap_or_default();
        let mut indexes: Vec<(String, Vec<String>)> = Vec::new();
        for IndexColumn(index, column) in parts {
            match indexes.last_mut().filter(|(name, _)| *name == index) {
                Some((_, columns)) => columns.push(column),
                None => indexes.push((index, vec![column])),
            }
        }
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
        let absent = match self.dialect {
            Dialect::Postgres => gathered.is_none(),
            Dialect::Sqlite => rows.is_none(),
            // InnoDB gathers them by itself.
            Dialect::MySql | Dialect::MariaDb => false,
        };
        Some(OurStatistics {
            rows: number(rows),
            absent,
            bytes: number(bytes),
            gathered,
            changed: number(changed),
            indexes,
        })
    }
}
