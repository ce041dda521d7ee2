//! Reads our table for `infer`: its columns, its unique indexes and a bounded sample of its rows.

use crate::{
    database::{Connection, Target},
    error::Result,
    infer::{
        Draft,
        pairing::{Holds, SampledColumn, SampledTable},
        similarity,
    },
    model::{Family, OurColumn},
    sql::{self, Dialect, Statement},
};
use std::collections::{BTreeSet, HashSet};

/// Rows of ours that one statement reads.
const SAMPLE: usize = 10_000;
/// Bytes of a value of ours that is compared.
const MAX_VALUE: usize = 200;
/// Unique indexes that are looked into, and columns of theirs that are tried on each.
const MAX_INDEXES: usize = 4;
const MAX_TRIED: usize = 3;

/// A table of ours that was named.
pub struct NamedTable {
    pub target: Target,
    /// As typed.
    pub name: String,
    pub parts: Vec<String>,
}

/// Our table, while it is read.
pub struct Sampler<'t> {
    table: &'t NamedTable,
    pub connection: Connection,
    described: Vec<(String, OurColumn)>,
    pub sampled: SampledTable,
    /// The columns of each unique index.
    pub indexes: Vec<Vec<String>>,
}

impl<'t> Sampler<'t> {
    /// Connects and describes; reads no row yet.
    pub async fn open(table: &'t NamedTable) -> Result<Self> {
        let mut connection = Connection::open(&table.target).await?;
        let described = connection.describe_table(&table.parts).await?;
        let indexes = connection.unique_columns(&table.parts).await?;
        let columns =
            described.iter().map(|(name, column)| sampled(connection.dialect(), name, column.family));
        let sampled = SampledTable { columns: columns.collect(), more: false };
        Ok(Self { table, connection, described, sampled, indexes })
    }

    /// SQLite types each value: what a column is declared to hold decides, and else what its values are.
    async fn declared(&mut self) -> Result<()> {
        if self.connection.dialect() != Dialect::Sqlite {
            return Ok(());
        }
        for column in &mut self.sampled.columns {
            let statement = sql::sqlite_type(&self.table.parts, &column.name, SAMPLE);
            let take = |row: Vec<Option<String>>| {
                if let [Some(declared), Some(texts)] = row.as_slice() {
                    column.holds = sqlite_holds(declared, texts == "1");
                }
                Ok(())
            };
            self.connection.each_row(&statement, take).await?;
        }
        Ok(())
    }

    /// Reads rows in whatever order they come.
    pub async fn first_rows(&mut self) -> Result<()> {
        self.declared().await?;
        let statement = self.statement(None, SAMPLE + 1);
        self.sampled.more = self.read(&statement).await? > SAMPLE;
        Ok(())
    }

    /// Where ours has more rows than were read, theirs may be among the others: they are looked up by the first
    /// column of each unique index, with the values of the columns of theirs that are most alike by name.
    pub async fn rows_of_theirs(&mut self, draft: &Draft, values: &[BTreeSet<String>]) -> Result<()> {
        if !self.sampled.more {
            return Ok(());
        }
        let leading: Vec<String> =
            self.indexes.iter().filter_map(|index| index.first().cloned()).take(MAX_INDEXES).collect();
        for column in leading {
            let Some((_, ours)) = self.described.iter().find(|(name, _)| *name == column) else { continue };
            let digits = match ours.family {
                Family::Integer => true,
                Family::Text | Family::Dynamic => false,
                _ => continue,
            };
            for theirs in nearest(draft, &column) {
                // A value that is no number would be an error of the statement where ours is one.
                let fits =
                    |value: &&str| !digits || value.len() <= 18 && value.bytes().all(|b| b.is_ascii_digit());
                let wanted: Vec<&str> = values[theirs].iter().map(String::as_str).filter(fits).collect();
                if wanted.is_empty() {
                    continue;
                }
                let statement = self.statement(Some((&column, &wanted)), SAMPLE);
                if self.read(&statement).await? > 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    fn statement(&self, only: Option<(&str, &[&str])>, limit: usize) -> Statement {
        sql::sample(self.connection.dialect(), &self.table.parts, &self.described, only, limit)
    }

    /// Adds the values of the rows that a statement gives; says how many rows.
    async fn read(&mut self, statement: &Statement) -> Result<usize> {
        let mut rows = 0;
        let columns = &mut self.sampled.columns;
        let take = |row: Vec<Option<String>>| {
            rows += 1;
            for (column, value) in columns.iter_mut().zip(row) {
                if let Some(value) = value.filter(|value| !value.is_empty() && value.len() <= MAX_VALUE) {
                    column.values.insert(value);
                }
            }
            Ok(())
        };
        self.connection.each_row(statement, take).await?;
        Ok(rows)
    }
}

/// Columns of theirs that are called most like this one of ours.
fn nearest(draft: &Draft, ours: &str) -> Vec<usize> {
    let mut all: Vec<(f64, usize)> = (draft.columns.iter().enumerate())
        .filter(|(_, column)| matches!(column.r#type.kind, None | Some("integer")) && !column.join)
        .map(|(n, column)| (similarity(&column.name, std::slice::from_ref(&column.path), ours), n))
        .collect();
    all.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    all.into_iter().take(MAX_TRIED).map(|(_, n)| n).collect()
}

/// What a column of SQLite holds, by the type that it is declared with and by whether texts stand in it.
fn sqlite_holds(declared: &str, texts: bool) -> Holds {
    let declared = declared.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if says(&["int", "real", "floa", "doub", "num", "dec"]) {
        if texts { Holds::Other } else { Holds::Number }
    } else if says(&["char", "clob", "text"]) {
        Holds::Text
    } else if says(&["bool", "date", "time"]) || !texts {
        Holds::Other
    } else {
        Holds::Text
    }
}

fn sampled(dialect: Dialect, name: &str, family: Family) -> SampledColumn {
    let expression = sql::expression(dialect, name);
    SampledColumn {
        name: name.to_owned(),
        day: sql::day(dialect, &expression, family),
        expression,
        integer: matches!(family, Family::Integer | Family::Dynamic),
        holds: match family {
            Family::Text => Holds::Text,
            Family::Integer | Family::Decimal | Family::Double | Family::Real | Family::Money => {
                Holds::Number
            }
            Family::Boolean => Holds::Flag,
            _ => Holds::Other,
        },
        values: HashSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_sqlite_holds_what_it_is_declared_to_hold() {
        for (declared, texts, expected) in [
            ("varchar(20)", false, Holds::Text),
            ("TEXT", true, Holds::Text),
            ("CLOB", true, Holds::Text),
            ("", true, Holds::Text),
            ("", false, Holds::Other),
            ("numeric(10,2)", false, Holds::Number),
            ("INTEGER", false, Holds::Number),
            ("DECIMAL", true, Holds::Other),
            ("BOOLEAN", true, Holds::Other),
        ] {
            assert_eq!(sqlite_holds(declared, texts), expected, "{declared}");
        }
    }
}
