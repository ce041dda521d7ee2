//! Control totals: per column with `total_by` and group, what each side adds up to and what became of it.

use super::{decimal::counted, equation::equal, minor_units::ExcessDecimals};
use crate::{
    error::{Code, Error, Result},
    feed::Feed,
    model::{Converted, Outcome, ResultRow},
    reconcile::counts::GroupSum,
};
use bigdecimal::BigDecimal;
use std::{collections::BTreeMap, str::FromStr};

/// The groups by column and name.
#[derive(Default)]
pub struct GroupSums(BTreeMap<(usize, String), GroupTally>);

/// The sums of one group.
#[derive(Default, Clone)]
pub struct GroupTally {
    /// As the database adds them up.
    pub theirs: BigDecimal,
    /// As the database adds them up.
    pub ours: BigDecimal,
    /// As the converter added them up.
    pub converted: BigDecimal,
    /// ours − theirs of pairs that differ.
    pub mismatched: BigDecimal,
    /// ours − theirs of pairs that match within a tolerance.
    pub absorbed: BigDecimal,
    /// Of rows that only ours has.
    pub only_ours: BigDecimal,
    /// Of rows that only theirs has.
    pub only_theirs: BigDecimal,
    /// Amounts with more decimals than their currency has.
    pub excess: ExcessDecimals,
}

impl GroupSums {
    /// Begins with what the converter added up.
    ///
    /// # Errors
    /// `Internal` where a sum is not a number.
    pub fn new(converted: &[Converted]) -> Result<Self> {
        let mut sums = Self::default();
        for total in converted.iter().flat_map(|file| &file.totals) {
            let sum = BigDecimal::from_str(&total.sum).map_err(|_| {
                Error::check(Code::Unreadable, format!("the converter's sum {} is not a number", total.sum))
            })?;
            let group = sums.group(total.column, &total.group);
            group.converted += sum;
            group.excess.converted += total.finer;
        }
        Ok(sums)
    }

    fn group(&mut self, column: usize, group: &str) -> &mut GroupTally {
        self.0.entry((column, group.to_owned())).or_default()
    }

    /// Takes the database's control totals of one column.
    ///
    /// # Errors
    /// `Database` where a value is too long for it.
    pub fn totals(
        &mut self,
        feed: &Feed,
        column: usize,
        theirs: Vec<GroupSum>,
        ours: Vec<GroupSum>,
    ) -> Result<()> {
        for GroupSum { group, sum } in theirs {
            self.group(column, &group).theirs += sum.ok_or_else(|| too_long(&feed.columns[column].name))?;
        }
        for GroupSum { group, sum } in ours {
            self.group(column, &group).ours += sum.ok_or_else(|| too_long(&feed.columns[column].name))?;
        }
        Ok(())
    }

    /// Adds a recorded row's amounts to its groups, each side in its own.
    pub fn row(&mut self, feed: &Feed, row: &ResultRow) {
        for (n, column) in feed.columns.iter().enumerate().filter(|(_, c)| c.compared()) {
            let Some(by) = column.comparison.total_by() else { continue };
            for (side, of_ours) in [(&row.theirs, false), (&row.ours, true)] {
                let Some(side) = side else { continue };
                let amount = counted(&side.fields[n]);
                let group = self.group(n, &side.fields[by]);
                group.excess.recorded(&side.fields[by], &side.fields[n], of_ours);
                let signed = if of_ours { amount.clone() } else { -amount.clone() };
                match row.outcome {
                    Outcome::Matched => group.absorbed += signed,
                    Outcome::Mismatched => group.mismatched += signed,
                    _ if of_ours => group.only_ours += amount,
                    _ => group.only_theirs += amount,
                }
            }
        }
    }

    /// The groups of compared columns: (column, group, sums), in order.
    pub fn compared<'s>(
        &'s self,
        feed: &'s Feed,
    ) -> impl Iterator<Item = (usize, &'s str, &'s GroupTally)> + Clone {
        let all = self.0.iter().map(|((column, group), sums)| (*column, group.as_str(), sums));
        all.filter(|(column, ..)| feed.columns[*column].compared())
    }

    /// The equations of the totals.
    ///
    /// # Errors
    /// `Internal` with the equation that does not hold.
    pub fn prove(&self, feed: &Feed) -> Result<()> {
        for (column, group, sums) in self.compared(feed) {
            let name = &feed.columns[column].name;
            equal(&format!("total of {name} {group}: converted = staged"), &sums.converted, &sums.theirs)?;
            equal(
                &format!("total of {name} {group}: ours − theirs = differences + only ours − only theirs"),
                &(&sums.ours - &sums.theirs),
                &(&sums.mismatched + &sums.absorbed + &sums.only_ours - &sums.only_theirs),
            )?;
        }
        Ok(())
    }
}

/// The server cannot calculate with it: MySQL and MariaDB have 65 digits, 30 of them after the point, and what is longer
/// than 10,000 is no number to PostgreSQL's canonical texts.
fn too_long(column: &str) -> Error {
    Error::new(
        Code::SumTooLong,
        format!("a value of column {column} is too long for this server to add up exactly"),
    )
}
