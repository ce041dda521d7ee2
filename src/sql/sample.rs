//! A sample of a table of ours as canonical text, for `infer`: read-only, without order, bounded.

use super::{Dialect, Family, OurColumn, Statement, canonical::canonical};
use crate::feed::Kind;

/// At most `limit` rows; one field per column, in order, of no value where there is none.
#[must_use]
pub fn sample(
    dialect: Dialect,
    table: &[String],
    columns: &[(String, OurColumn)],
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
    let sql = format!("SELECT {} FROM {} AS ours LIMIT {limit}", fields.join(", "), name.join("."));
    Statement::plain("sample", sql)
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
        let statement = sample(Dialect::Postgres, &table, &columns, 7);
        let (sql, values) = statement.bound(Dialect::Postgres);
        assert_eq!(
            sql,
            "SELECT COALESCE(CAST(ours.\"a\"\"b\" AS text), '') FROM \"ledger\".\"entries\" AS ours LIMIT 7"
        );
        assert!(values.is_empty());
    }
}
