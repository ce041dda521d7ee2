//! A sample of a table of ours as canonical text, for `infer`: read-only, without order, bounded.

use super::{Dialect, Locking, Statement, canonical::canonical};
use crate::{
    feed::Kind,
    model::{Family, OurColumn},
};

/// At most `limit` rows; one field per column, in order, empty where there is no value. With `only`, rows that have
/// one of these values in this column: as literals, so that each server reads them as the column's type.
pub fn sample(
    dialect: Dialect,
    table: &[String],
    columns: &[(String, OurColumn)],
    only: Option<(&str, &[&str])>,
    limit: usize,
) -> Statement {
    let fields: Vec<String> = columns
        .iter()
        .map(|(name, column)| {
            canonical(
                dialect,
                &natural(column.family),
                column.family,
                &format!("ours.{}", dialect.quote(name)),
            )
        })
        .collect();
    let name: Vec<String> = table.iter().map(|part| dialect.quote(part)).collect();
    let filter = only.map_or_else(String::new, |(column, values)| {
        let values: Vec<String> = values.iter().map(|value| dialect.literal(value)).collect();
        format!(" WHERE ours.{} IN ({})", dialect.quote(column), values.join(", "))
    });
    let sql = format!("SELECT {} FROM {} AS ours{filter} LIMIT {limit}", fields.join(", "), name.join("."));
    Statement::plain("sample", Locking::ReadsOurs, sql)
}

/// SQLite: the type that a column is declared with, and `1` where a text stands in one of so many rows.
pub fn sqlite_type(table: &[String], column: &str, limit: usize) -> Statement {
    let dialect = Dialect::Sqlite;
    let name: Vec<String> = table.iter().map(|part| dialect.quote(part)).collect();
    let pragma: Vec<String> = table.iter().rev().map(|part| dialect.literal(part)).collect();
    let sql = format!(
        "SELECT COALESCE((SELECT type FROM pragma_table_xinfo({}) WHERE name = {}), ''), \
         CAST(EXISTS (SELECT 1 FROM (SELECT ours.{column} AS one FROM {} AS ours LIMIT {limit}) AS some \
         WHERE typeof(some.one) = 'text') AS TEXT)",
        pragma.join(", "),
        dialect.literal(column),
        name.join("."),
        column = dialect.quote(column),
    );
    Statement::plain("types", Locking::ReadsOurs, sql)
}

/// The feed's type that keeps what the column holds.
fn natural(family: Family) -> Kind {
    match family {
        Family::Integer | Family::Decimal | Family::Double | Family::Real | Family::Money => Kind::Decimal,
        Family::Date => Kind::Date { format: None, timezone: None },
        Family::Timestamp | Family::TimestampTz => Kind::Timestamp { format: None, timezone: None },
        Family::Boolean => Kind::Boolean,
        Family::Text | Family::Binary | Family::Bit | Family::Dynamic => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_bounded_sample_and_nothing_else() {
        let columns = [("a\"b".to_owned(), OurColumn { type_name: "int4".into(), family: Family::Integer })];
        let table = ["ledger".to_owned(), "entries".to_owned()];
        let statement = sample(Dialect::Postgres, &table, &columns, None, 7);
        let (sql, values) = statement.bound(Dialect::Postgres);
        assert_eq!(
            sql,
            "SELECT COALESCE(CAST(ours.\"a\"\"b\" AS text), '') FROM \"ledger\".\"entries\" AS ours LIMIT 7"
        );
        assert!(values.is_empty());
        let statement = sample(Dialect::MySql, &table, &columns, Some(("a", &["it's", "2"])), 7);
        let (sql, _) = statement.bound(Dialect::MySql);
        assert!(sql.ends_with("AS ours WHERE ours.`a` IN ('it''s', '2') LIMIT 7"), "{sql}");
    }
}
