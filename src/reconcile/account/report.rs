//! What the account reports: counts, statistics per column, totals, warnings.

use super::{Account, columns::Absorption, decimal::text, minor_units};
use crate::model::{Absorbed, ColumnSummary, Counts, KeySides, TotalSummary};
use bigdecimal::{BigDecimal, RoundingMode};
use std::collections::{BTreeMap, BTreeSet};

impl Account<'_> {
    /// Rows per outcome; complete after `prove`.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.rows.counts
    }

    /// Keys of both sides, where both have rows and no key met.
    #[must_use]
    pub fn unmet(&self) -> Option<&KeySides> {
        let some = |side: &[BTreeSet<String>]| side.iter().any(|values| !values.is_empty());
        self.unmet.as_ref().filter(|sides| some(&sides.theirs) && some(&sides.ours))
    }

    /// Pairs that match only within a tolerance or without regard to letter case.
    #[must_use]
    pub fn within_tolerance(&self) -> u64 {
        self.columns.within_tolerance
    }

    /// Pairs with equal checksums that were compared by value too.
    #[must_use]
    pub fn audited(&self) -> u64 {
        self.rows.audited
    }

    /// Differing column values per reason code.
    #[must_use]
    pub fn reasons(&self) -> &BTreeMap<String, u64> {
        &self.columns.reasons
    }

    /// Sentences where the server warned, where canonical text drifted, and where amounts are finer than their currency.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let said = self.server_warnings.iter();
        let mut warnings: Vec<String> = said
            .map(|said| format!("reading ours, the server warned: {said}; see the expressions under [ours]"))
            .collect();
        warnings.extend(self.warnings.iter().cloned());
        if self.columns.drifted > 0 {
            warnings.push(format!(
                "{} rows match by value though their checksums differ: please report it with the column types",
                self.columns.drifted
            ));
        }
        for (n, column) in self.feed.columns.iter().enumerate().filter(|(_, c)| c.compared()) {
            let groups = self.groups.compared(self.feed).filter(|(column, ..)| *column == n);
            let groups = groups.map(|(_, group, sums)| (group, &sums.excess));
            warnings.extend(minor_units::warnings(&column.name, &groups));
        }
        warnings
    }

    /// Per column of the feed.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnSummary> {
        let pairs = self.rows.counts.matched + self.rows.counts.mismatched;
        (self.feed.columns.iter().zip(&self.columns.columns))
            .map(|(column, counted)| ColumnSummary {
                name: column.name.clone(),
                r#type: column.kind.name().to_owned(),
                key: column.is_key(),
                compared: column.compared(),
                in_checksum: column.exact(),
                matched: pairs - counted.mismatched,
                mismatched: counted.mismatched,
                null_theirs: counted.null_theirs,
                null_ours: match &self.feed.ours {
                    Some(ours) if !ours.asks(column) => self.rows.counts.ours,
                    // Rows that are not recorded are equal on both sides, and so are their nulls.
                    _ => counted.null_theirs + counted.recorded_null_ours - counted.recorded_null_theirs,
                },
                match_rate: rate(pairs - counted.mismatched, pairs),
            })
            .collect()
    }

    /// Per column with `total_by` and group.
    #[must_use]
    pub fn total_summaries(&self) -> Vec<TotalSummary> {
        let compared = self.groups.compared(self.feed);
        compared
            .map(|(n, group, sums)| {
                let column = &self.feed.columns[n];
                let by = column.comparison.total_by().map(|by| self.feed.columns[by].name.clone());
                TotalSummary {
                    column: column.name.clone(),
                    by: by.unwrap_or_default(),
                    group: group.to_owned(),
                    theirs: text(&sums.theirs),
                    ours: text(&sums.ours),
                    difference: text(&(&sums.ours - &sums.theirs)),
                    mismatched: text(&sums.mismatched),
                    absorbed: text(&sums.absorbed),
                    only_ours: text(&sums.only_ours),
                    only_theirs: text(&sums.only_theirs),
                }
            })
            .collect()
    }

    /// Per column whose tolerance absorbed something.
    #[must_use]
    pub fn absorbed(&self) -> Vec<Absorbed> {
        (self.feed.columns.iter().zip(&self.columns.columns))
            .filter(|(_, counted)| counted.absorbed.rows > 0)
            .map(|(column, counted)| {
                let Absorption { rows, net, gross } = &counted.absorbed;
                Absorbed { column: column.name.clone(), rows: *rows, net: text(net), gross: text(gross) }
            })
            .collect()
    }
}

/// Rounded down, so that 1 means all.
fn rate(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    (BigDecimal::from(part) / BigDecimal::from(whole))
        .with_scale_round(6, RoundingMode::Down)
        .to_plain_string()
}
