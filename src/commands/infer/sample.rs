//! Reads our table for `infer`: its columns, its unique indexes and a bounded sample of its rows.

use super::ours::Table;
use crate::{
    database::Connection,
    error::Result,
    infer::{
        Draft, alike,
        pairing::{OurColumn, OurTable},
    },
    model::Family,
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

/// Our table, while it is read.
pub struct Reader<'t> {
    table: &'t Table,
    pub connection: Connection,
    described: Vec<(String, crate::model::OurColumn)>,
    pub sampled: OurTable,
    /// The columns of each unique index.
    pub indexes: Vec<Vec<String>>,
}

impl<'t> Reader<'t> {
    /// Connects and describes; reads no row yet.
    pub async fn open(table: &'t Table) -> Result<Self> {
        let mut connection = Connection::open(&table.target).await?;
        let described = connection.describe_table(&table.parts).await?;
        let indexes = connection.unique_columns(&table.parts).await?;
        let columns =
            described.iter().map(|(name, column)| our_column(connection.dialect(), name, column.family));
        let sampled = OurTable { columns: columns.collect(), more: false };
        Ok(Self { table, connection, described, sampled, indexes })
    }

    /// Reads rows in whatever order they come.
    pub async fn first_rows(&mut self) -> Result<()> {
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
        .filter(|(_, column)| matches!(column.form.kind, None | Some("integer")) && !column.join)
        .map(|(n, column)| (alike(&column.name, std::slice::from_ref(&column.path), ours), n))
        .collect();
    all.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    all.into_iter().take(MAX_TRIED).map(|(_, n)| n).collect()
}

fn our_column(dialect: Dialect, name: &str, family: Family) -> OurColumn {
    let expression = if is_plain(name) { name.to_owned() } else { dialect.quote(name) };
    let day = match (dialect, family) {
        (Dialect::Sqlite, _) => format!("substr({expression}, 1, 10)"),
        (_, Family::Timestamp | Family::TimestampTz) => format!("CAST({expression} AS date)"),
        _ => String::new(),
    };
    OurColumn {
        name: name.to_owned(),
        expression,
        integer: matches!(family, Family::Integer | Family::Dynamic),
        day,
        values: HashSet::new(),
    }
}

/// Needs no quotes in any of the databases.
fn is_plain(name: &str) -> bool {
    const RESERVED: [&str; 40] = [
        "all",
        "and",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "check",
        "column",
        "condition",
        "create",
        "current_date",
        "desc",
        "default",
        "end",
        "false",
        "from",
        "group",
        "having",
        "in",
        "index",
        "interval",
        "key",
        "limit",
        "not",
        "null",
        "on",
        "option",
        "or",
        "order",
        "primary",
        "references",
        "select",
        "table",
        "to",
        "true",
        "union",
        "user",
        "using",
        "where",
    ];
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !RESERVED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let expression = |name: &str| our_column(Dialect::Postgres, name, Family::Text).expression;
        assert_eq!(expression("bank_ref"), "bank_ref");
        assert_eq!(expression("order"), "\"order\"");
        assert_eq!(expression("bankRef"), "\"bankRef\"");
        assert_eq!(expression("2nd"), "\"2nd\"");
    }
}
