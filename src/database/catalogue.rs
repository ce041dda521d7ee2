//! What a server's catalogue says of tables: ours and tieout's own. Says nothing of what that proves.

use super::connection::Connection;
use crate::{
    error::Result,
    feed::{Feed, Relation},
    sql::catalogue,
};

impl Connection {
    /// The names of a table's columns in the current schema, in order; empty where there is no such table.
    ///
    /// # Errors
    /// `Database`.
    pub async fn table_columns(&mut self, table: &str) -> Result<Vec<String>> {
        let rows = self.rows(&catalogue::table_columns(self.dialect, table)).await?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    /// The columns of each unique index of a table of ours; an index over an expression is none.
    ///
    /// # Errors
    /// `Database`.
    pub async fn unique_columns(&mut self, table: &[String]) -> Result<Vec<Vec<String>>> {
        let rows = self.rows(&catalogue::unique_indexes(self.dialect, table)).await?;
        Ok(by_index(rows))
    }
}

/// The parts of our table's name; a query has none.
pub fn table_of_ours(feed: &Feed) -> Option<&[String]> {
    match &feed.ours.as_ref()?.relation {
        Relation::Table(parts) => Some(parts),
        Relation::Query(_) => None,
    }
}

/// (index, column) by index. What an index with a part that is no column promises is not known.
fn by_index(rows: Vec<Vec<Option<String>>>) -> Vec<Vec<String>> {
    let mut indexes: Vec<(Option<String>, Option<Vec<String>>)> = Vec::new();
    for row in rows {
        let mut row = row.into_iter();
        let (index, column) = (row.next().flatten(), row.next().flatten());
        match indexes.iter_mut().find(|(name, _)| *name == index) {
            Some((_, columns)) => {
                *columns =
                    columns.take().zip(column).map(|(columns, column)| [columns, vec![column]].concat());
            }
            None => indexes.push((index, column.map(|column| vec![column]))),
        }
    }
    indexes.into_iter().filter_map(|(_, columns)| columns).collect()
}

#[cfg(test)]
mod tests {
    use super::by_index;

    #[test]
    fn an_index_over_an_expression_promises_nothing_of_its_columns() {
        let row = |index: &str, column: Option<&str>| vec![Some(index.to_owned()), column.map(str::to_owned)];
        let rows = [
            row("a", Some("x")),
            row("b", Some("y")),
            row("a", Some("z")),
            row("b", None),
            row("b", Some("w")),
        ];
        assert_eq!(by_index(rows.into()), [["x", "z"]]);
    }
}
