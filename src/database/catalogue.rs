//! What a server's catalogue says of tables: ours and tieout's own. Says nothing of what that proves.

use super::{
    connection::Connection,
    rows::{Cells, FromRow},
};
use crate::{
    error::Result,
    feed::{Feed, Relation},
    sql::catalogue,
};

impl Connection {
    /// The names of a table's columns in the current schema, in order; empty where there is no such table.
    pub async fn table_columns(&mut self, table: &str) -> Result<Vec<String>> {
        self.read(&catalogue::table_columns(self.dialect, table)).await
    }

    /// The columns of each unique index of a table of ours; an index over an expression is none.
    pub async fn unique_columns(&mut self, table: &[String]) -> Result<Vec<Vec<String>>> {
        let parts = self.read(&catalogue::unique_indexes(self.dialect, table)).await?;
        Ok(by_index(parts))
    }
}

/// The parts of our table's name; a query has none.
pub fn table_of_ours(feed: &Feed) -> Option<&[String]> {
    match &feed.ours.as_ref()?.relation {
        Relation::Table(parts) => Some(parts),
        Relation::Query(_) => None,
    }
}

/// A part of a unique index, as `unique_indexes` selects it.
struct IndexPart {
    index: String,
    /// `None` where the part is an expression.
    column: Option<String>,
}

impl FromRow for IndexPart {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self { index: cells.text("the index")?, column: cells.optional("the column")? })
    }
}

/// The columns of each index. What an index with a part that is no column promises is not known.
fn by_index(parts: Vec<IndexPart>) -> Vec<Vec<String>> {
    let mut indexes: Vec<(String, Option<Vec<String>>)> = Vec::new();
    for IndexPart { index, column } in parts {
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
    use super::{IndexPart, by_index};

    #[test]
    fn an_index_over_an_expression_promises_nothing_of_its_columns() {
        let part = |index: &str, column: Option<&str>| IndexPart {
            index: index.to_owned(),
            column: column.map(str::to_owned),
        };
        let parts = [
            part("a", Some("x")),
            part("b", Some("y")),
            part("a", Some("z")),
            part("b", None),
            part("b", Some("w")),
        ];
        assert_eq!(by_index(parts.into()), [["x", "z"]]);
    }
}
