//! Whether an index says that ours holds no key twice.

use super::{catalogue::table_of_ours, connection::Connection};
use crate::{
    error::Result,
    feed::{Feed, Kind},
    model::{Family, OurColumn},
    sql::Dialect,
};

impl Connection {
    /// True only where a unique index over columns that cannot be NULL lies within the key, and the
    /// canonical text of those columns keeps different values different.
    pub(super) async fn unique_key(&mut self, feed: &Feed, types: &[(usize, OurColumn)]) -> Result<bool> {
        // SQLite's types are the values' own: '1' and 1 are two keys there and one canonical text.
        if self.dialect == Dialect::Sqlite {
            return Ok(false);
        }
        let (Some(ours), Some(table)) = (&feed.ours, table_of_ours(feed)) else { return Ok(false) };
        let plain: Vec<&str> = (feed.columns.iter().enumerate())
            .filter(|(n, c)| {
                let family = types.iter().find(|(asked, _)| asked == n).map(|(_, ours)| ours.family);
                c.is_key()
                    && !ours.expressions.contains_key(&c.name)
                    && family.is_some_and(|f| injective(&c.kind, f))
            })
            .map(|(_, c)| c.name.as_str())
            .collect();
        let indexes = self.unique_columns(table).await?;
        Ok(indexes.iter().any(|index| index.iter().all(|column| plain.contains(&column.as_str()))))
    }
}

/// Different values of the type have different canonical texts.
fn injective(kind: &Kind, family: Family) -> bool {
    match family {
        Family::Text => *kind == Kind::Text,
        Family::Integer => matches!(kind, Kind::Text | Kind::Integer | Kind::Decimal),
        Family::Decimal => matches!(kind, Kind::Integer | Kind::Decimal),
        Family::Date => matches!(kind, Kind::Date { .. }),
        _ => false,
    }
}
