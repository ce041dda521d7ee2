//! Whether ours can be corrected: it is a table, and its columns are columns. Reads the catalogue only.

use super::{
    connection::Connection,
    rows::{Cells, FromRow},
};
use crate::{
    error::Result,
    feed::{Feed, Relation},
    model::{Correctable, OurColumn, OurField, OurTable, Parameters},
    sql::{Dialect, Ledger, scope},
};

impl Connection {
    /// What `corrections.sql` needs to know of ours.
    ///
    /// # Errors
    /// `Database` where the catalogue cannot be read.
    pub(super) async fn correctable(
        &mut self,
        feed: &Feed,
        types: &[(usize, OurColumn)],
        unique: bool,
        parameters: &Parameters,
    ) -> Result<Correctable> {
        let refused = |why: &str| Ok(Correctable::Refused(why.to_owned()));
        let Some(ours) = &feed.ours else { return refused("the feed has no [ours]") };
        let Relation::Table(name) = &ours.relation else {
            return refused("ours is a query, so there is no table to write to");
        };
        let catalogue: Vec<CatalogueColumn> = self.read(&Ledger(self.dialect).our_columns(name)).await?;
        let Some(first) = catalogue.first() else {
            return refused("the database does not list the columns of ours");
        };
        if !first.obstacle.is_empty() {
            return refused(&format!("ours cannot be corrected: {}", first.obstacle));
        }
        let mut columns = vec![None; feed.columns.len()];
        for (n, described) in types {
            let column = &feed.columns[*n].name;
            let column = match ours.expressions.get(column) {
                Some(expression) => bare_name(self.dialect, expression),
                None => Some(column.clone()),
            };
            let found =
                column.and_then(|column| catalogue.iter().find(|one| self.same_name(&one.name, &column)));
            columns[*n] = found.map(|one| one.field(self.dialect, described));
        }
        let unique =
            unique || self.dialect == Dialect::Sqlite && self.unique_in(feed, name, &columns).await?;
        let filter = ours.filter.as_deref();
        let condition =
            filter.map(|filter| scope(self.dialect, feed, filter, parameters)).transpose()?.flatten();
        Ok(Correctable::Table(OurTable {
            name: name.clone(),
            columns,
            unique,
            scope_reads_theirs: filter.is_some() && condition.is_none(),
            scope: condition,
        }))
    }

    /// A unique index of SQLite's lies within the key. `'1'` and `1` are two keys there, so that it proves nothing to
    /// the run, but a second row of the same text is refused.
    async fn unique_in(
        &mut self,
        feed: &Feed,
        table: &[String],
        columns: &[Option<OurField>],
    ) -> Result<bool> {
        let keys: Vec<&str> = (feed.columns.iter().zip(columns))
            .filter(|(column, _)| column.is_key())
            .filter_map(|(_, field)| field.as_ref().map(|field| field.name.as_str()))
            .collect();
        let indexes = self.unique_columns(table).await?;
        Ok(indexes.iter().any(|index| index.iter().all(|column| keys.contains(&column.as_str()))))
    }

    fn same_name(&self, one: &str, other: &str) -> bool {
        if self.dialect == Dialect::Postgres { one == other } else { one.eq_ignore_ascii_case(other) }
    }
}

/// A column of ours in the catalogue, as `our_columns` selects it.
struct CatalogueColumn {
    name: String,
    type_name: String,
    nullable: bool,
    /// `1`, `identity` or `0`.
    generated: String,
    /// Why the table cannot be corrected; empty where it can.
    obstacle: String,
}

impl FromRow for CatalogueColumn {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self {
            name: cells.text("the name")?,
            type_name: cells.text("the type")?,
            nullable: cells.text("whether it may be NULL")? == "1",
            generated: cells.text("whether it is generated")?,
            obstacle: cells.text("the obstacle")?,
        })
    }
}

impl CatalogueColumn {
    fn field(&self, dialect: Dialect, described: &OurColumn) -> OurField {
        let type_name = if dialect == Dialect::Sqlite { &self.type_name } else { &described.type_name };
        OurField {
            name: self.name.clone(),
            type_name: type_name.clone(),
            family: described.family,
            nullable: self.nullable,
            generated: self.generated == "1",
            identity: self.generated == "identity",
        }
    }
}

/// The column that an expression of the feed consists of; anything else is computed.
fn bare_name(dialect: Dialect, expression: &str) -> Option<String> {
    let expression = expression.trim();
    let quote = if dialect.mysql_family() { '`' } else { '"' };
    if let Some(inside) = expression.strip_prefix(quote) {
        let inside = inside.strip_suffix(quote)?;
        let doubled = format!("{quote}{quote}");
        let rest = inside.replace(&doubled, "");
        return (!rest.contains(quote)).then(|| inside.replace(&doubled, &quote.to_string()));
    }
    let plain = !expression.is_empty()
        && !expression.starts_with(|c: char| c.is_ascii_digit())
        && expression.chars().all(|c| c.is_alphanumeric() || c == '_');
    plain.then(
        || {
            if dialect == Dialect::Postgres { expression.to_lowercase() } else { expression.to_owned() }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::bare_name;
    use crate::sql::Dialect;

    #[test]
    fn a_name_is_a_name_and_an_expression_is_none() {
        let of = |expression| bare_name(Dialect::Postgres, expression);
        assert_eq!(of(" Bank_Ref "), Some("bank_ref".into()));
        assert_eq!(of("\"Bank \"\"Ref\""), Some("Bank \"Ref".into()));
        for computed in ["amount / 100", "upper(a)", "'x'", "1", "\"a\" || \"b\"", "a.b", ""] {
            assert_eq!(of(computed), None, "{computed}");
        }
        assert_eq!(bare_name(Dialect::MySql, "`a b`"), Some("a b".into()));
        assert_eq!(bare_name(Dialect::MySql, "\"a\""), None);
    }
}
