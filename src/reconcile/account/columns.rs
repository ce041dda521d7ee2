//! Statistics per column: what differs and why, what has no value, what a tolerance absorbed.

use super::decimal::counted;
use crate::{
    error::{Code, Error, Result},
    feed::{Equality, Feed},
    model::{Converted, Outcome, ResultRow, Side, add_reasons},
};
use bigdecimal::BigDecimal;
use std::collections::BTreeMap;

/// The statistics of all columns.
pub struct ColumnStatistics {
    /// In the feed's order.
    pub columns: Vec<ColumnCounts>,
    /// Differing values per reason code.
    pub reasons: BTreeMap<String, u64>,
    /// Pairs that match only within a tolerance or without regard to letter case.
    pub within_tolerance: u64,
    /// Pairs that match though the text of an exact column differs.
    pub drifted: u64,
}

/// The statistics of one column.
#[derive(Default, Clone)]
pub struct ColumnCounts {
    /// Pairs that differ in it.
    pub mismatched: u64,
    /// Rows of theirs without a value.
    pub null_theirs: u64,
    /// Recorded rows of theirs without a value …
    pub recorded_null_theirs: u64,
    /// … and of ours.
    pub recorded_null_ours: u64,
    /// What its tolerance absorbed.
    pub absorbed: Absorption,
}

/// Differences within a tolerance.
#[derive(Default, Clone)]
pub struct Absorption {
    /// Rows with one.
    pub rows: u64,
    /// Σ (ours − theirs).
    pub net: BigDecimal,
    /// Σ |ours − theirs|.
    pub gross: BigDecimal,
}

impl ColumnStatistics {
    /// Begins with what the converter counted.
    pub fn new(feed: &Feed, converted: &[Converted]) -> Self {
        let mut columns = vec![ColumnCounts::default(); feed.columns.len()];
        for file in converted {
            for (column, nulls) in columns.iter_mut().zip(&file.nulls) {
                column.null_theirs += nulls;
            }
        }
        Self { columns, reasons: BTreeMap::new(), within_tolerance: 0, drifted: 0 }
    }

    /// Takes a recorded row.
    ///
    /// # Errors
    /// `Internal` where the differing columns are not what the values say.
    pub fn row(&mut self, feed: &Feed, row: &ResultRow) -> Result<()> {
        for (n, column) in self.columns.iter_mut().enumerate() {
            let null =
                |side: &Option<Side>| u64::from(side.as_ref().is_some_and(|side| side.fields[n].is_empty()));
            column.recorded_null_theirs += null(&row.theirs);
            column.recorded_null_ours += null(&row.ours);
        }
        for name in &row.differing {
            let n = feed.columns.iter().position(|c| c.name == *name);
            let n = n.ok_or_else(|| Error::internal(format!("a result names no column: {name}")))?;
            self.columns[n].mismatched += 1;
        }
        let types = feed.columns.iter().map(|c| (c.name.as_str(), c.kind.name()));
        add_reasons(&mut self.reasons, &row.reasons(&types)?);
        match (&row.theirs, &row.ours) {
            (Some(theirs), Some(ours)) => self.pair(feed, row, theirs, ours),
            _ => Ok(()),
        }
    }

    fn pair(&mut self, feed: &Feed, row: &ResultRow, theirs: &Side, ours: &Side) -> Result<()> {
        if (row.outcome == Outcome::Mismatched) == row.differing.is_empty() {
            return Err(Error::check(
                Code::ChecksumFailed,
                format!("result {} contradicts its differing columns", row.seq),
            ));
        }
        let (mut loose, mut drifted) = (false, false);
        for (n, column) in feed.columns.iter().enumerate().filter(|(_, c)| c.compared()) {
            let (t, o) = (&theirs.fields[n], &ours.fields[n]);
            let named = row.differing.contains(&column.name);
            if t == o && named {
                return Err(Error::check(
                    Code::ChecksumFailed,
                    format!("result {} calls equal values of {} different", row.seq, column.name),
                ));
            }
            if t == o || named {
                continue;
            }
            loose |= !column.exact();
            drifted |= column.exact();
            if matches!(column.comparison.equality(), Equality::Within(_)) {
                let difference = counted(o) - counted(t);
                let absorbed = &mut self.columns[n].absorbed;
                absorbed.rows += 1;
                absorbed.net += &difference;
                absorbed.gross += difference.abs();
            }
        }
        if row.outcome == Outcome::Matched {
            self.within_tolerance += u64::from(loose);
            self.drifted += u64::from(drifted);
        }
        Ok(())
    }
}
