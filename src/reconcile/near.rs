//! Rows of repeated keys that agree but for tolerances and letter case: read, paired by `nearest`, and written down.

use super::nearest::{LooseBlock, LooseCell, LooseRule};
use crate::{
    database::{Cells, Connection, FromRow},
    error::{Error, Result},
    feed::{Equality, Feed, Tolerance},
    model::checksum::SEPARATOR,
    sql::{Statement, Value, Work},
};
use bigdecimal::BigDecimal;
use std::{mem, str::FromStr};

/// Rows that one INSERT writes.
const BATCH: usize = 1000;

/// Pairs what `loose` selects, and writes the partners into the tie. Gives a sentence where something was too much.
///
/// # Errors
/// `Database`; `Internal` where a row cannot be read.
pub async fn pair(connection: &mut Connection, feed: &Feed, loose: &Statement) -> Result<Option<String>> {
    let rules = rules(feed)?;
    let mut pairing = PairingRows {
        rules: &rules,
        name: Default::default(),
        block: LooseBlock::default(),
        partners: Vec::new(),
        left: 0,
    };
    connection
        .read_each(loose, |cells| {
            pairing.take(LooseRow::from_row(cells)?);
            Ok(())
        })
        .await?;
    pairing.settle();
    let PairingRows { partners, left, .. } = pairing;
    let work = Work::new(connection.dialect(), feed);
    for batch in partners.chunks(BATCH) {
        let mut insert = work.near_ties(batch.len());
        insert.bind(
            batch.iter().flat_map(|(id, group)| [Value::Int(*id), Value::Text(group.clone())]).collect(),
        );
        connection.execute(&insert).await?;
    }
    Ok((left > 0).then(|| {
        format!(
            "{left} rows of repeated keys were not compared within their tolerances, since too many of one key are alike: \
             they are duplicates; a further key column would tell them apart"
        )
    }))
}

/// How the columns with a tolerance or `ignore_case` compare, in the feed's order.
fn rules(feed: &Feed) -> Result<Vec<LooseRule>> {
    let number = |text: &str| {
        BigDecimal::from_str(text)
            .map_err(|_| Error::internal(format!("the tolerance {text} is not a number")))
    };
    let compared = feed.columns.iter().filter(|column| column.compared());
    let rule = |equality: &Equality| match equality {
        Equality::Exact => Ok(None),
        Equality::IgnoreCase => Ok(Some(LooseRule::Text)),
        Equality::Within(Tolerance::Absolute(limit)) => number(limit).map(LooseRule::Absolute).map(Some),
        Equality::Within(Tolerance::Percent(limit)) => number(limit).map(LooseRule::Percent).map(Some),
    };
    compared.map(|column| rule(column.comparison.equality())).filter_map(Result::transpose).collect()
}

/// As `tie_loose` selects it.
struct LooseRow {
    /// The key, and what the row agrees in with the others of its block.
    block: [String; 2],
    /// A row of theirs; otherwise one of ours, with the group of those that equal it.
    id: Option<i64>,
    group: Option<String>,
    /// The texts of its loose columns.
    loose: String,
}

impl FromRow for LooseRow {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let block = [cells.text("the key")?, cells.text("what agrees")?];
        let theirs = cells.text("the side")? == "theirs";
        let id = cells.optional("the row's id")?.filter(|_| theirs);
        let id = id.map(|id| id.parse().map_err(|_| cells.contradicts("the row's id", &id, "a number")));
        Ok(Self {
            block,
            id: id.transpose()?,
            group: cells.optional("the group")?,
            loose: cells.text("the values")?,
        })
    }
}

/// Blocks of rows, one after the other.
struct PairingRows<'a> {
    rules: &'a [LooseRule],
    name: [String; 2],
    block: LooseBlock,
    /// A row of theirs, and the group of its partner.
    partners: Vec<(i64, String)>,
    /// Rows that were too many.
    left: usize,
}

impl PairingRows<'_> {
    fn take(&mut self, row: LooseRow) {
        if row.block != self.name {
            self.settle();
            self.name = row.block;
        }
        let texts: Vec<&str> = row.loose.split(char::from(SEPARATOR)).collect();
        if texts.len() != self.rules.len() {
            // Ours holds a separator, which ends the run where the row is read back.
            return;
        }
        let cells = self.rules.iter().zip(texts).map(|(rule, text)| match rule {
            LooseRule::Text => LooseCell::Text(text.to_owned()),
            LooseRule::Absolute(_) | LooseRule::Percent(_) => {
                BigDecimal::from_str(text).map_or(LooseCell::None, LooseCell::Number)
            }
        });
        match (row.id, row.group) {
            (Some(id), _) => self.block.theirs(id, cells.collect()),
            (None, Some(group)) => self.block.ours(group, cells.collect()),
            (None, None) => {}
        }
    }

    fn settle(&mut self) {
        let block = mem::take(&mut self.block);
        let rows = block.rows();
        match block.pairs(self.rules) {
            Some(pairs) => self.partners.extend(pairs),
            None => self.left += rows,
        }
    }
}
