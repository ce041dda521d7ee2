//! Rows counted four times: by the converter, in the stage, in the join, and in the results.

use super::equation::equal;
use crate::{
    error::{Code, Error, Result},
    model::{Converted, Counts, FilteredBy, Outcome},
    reconcile::counts::{JoinCount, Joined, TheirRows},
};
use std::collections::BTreeMap;

/// The counts, and what proves them.
#[derive(Default)]
pub struct RowCounts {
    /// Complete after [`RowCounts::prove`].
    pub counts: Counts,
    /// Pairs with equal checksums that were compared by value too.
    pub audited: u64,
    staged: u64,
    /// The join after repeated keys were settled, before the results were recorded.
    join: JoinCount,
    recorded: BTreeMap<Outcome, u64>,
}

impl RowCounts {
    /// Begins with what the converter counted.
    pub fn new(converted: &[Converted]) -> Self {
        let mut counts = Counts::default();
        for file in converted {
            counts.records += file.records;
            counts.theirs += file.rows;
            counts.rejects += file.rejects;
            counts.filtered += file.filtered;
            for one in &file.filtered_by {
                FilteredBy::add(&mut counts.filtered_by, &one.reason, one.records);
            }
        }
        Self { counts, ..Self::default() }
    }

    /// Takes the join before and after repeated keys were settled, and checks that every row of theirs is in it once,
    /// and that no row of ours came or went.
    pub fn join(&mut self, staged: TheirRows, before: &JoinCount, after: JoinCount) -> Result<()> {
        let theirs = after.theirs();
        if staged != theirs {
            return Err(Error::check(
                Code::ProofFailed,
                format!(
                    "{} rows were staged (file numbers add up to {}, record numbers to {}), but the join accounts for {} ({}, {})",
                    staged.rows, staged.files, staged.records, theirs.rows, theirs.files, theirs.records
                ),
            ));
        }
        let (read, accounted) = (before.ours(), after.ours());
        if read != accounted {
            return Err(Error::check(
                Code::ProofFailed,
                format!("the join read {read} rows of ours, but accounts for {accounted}"),
            ));
        }
        self.staged = staged.rows;
        self.audited = before.audited();
        self.counts.ours = read;
        self.join = after;
        Ok(())
    }

    /// Takes a recorded row.
    pub fn recorded(&mut self, outcome: Outcome) {
        *self.recorded.entry(outcome).or_default() += 1;
    }

    /// The equations of the rows.
    pub fn prove(&mut self) -> Result<()> {
        self.complete()?;
        let c = &self.counts;
        equal("records = rows + rejects + filtered", &c.records, &(c.theirs + c.rejects + c.filtered))?;
        let reasons: u64 = c.filtered_by.iter().map(|one| one.records).sum();
        equal("filtered = their reasons", &c.filtered, &reasons)?;
        equal("rows converted = rows staged", &c.theirs, &self.staged)?;
        equal(
            "rows staged = matched + mismatched + missing in ours + duplicates in theirs",
            &self.staged,
            &(c.matched + c.mismatched + c.missing_in_ours + c.duplicate_in_theirs),
        )?;
        equal(
            "rows of ours = matched + mismatched + missing in theirs + duplicates in ours",
            &c.ours,
            &(c.matched + c.mismatched + c.missing_in_theirs + c.duplicate_in_ours),
        )?;
        for outcome in
            Outcome::ALL.into_iter().filter(|o| !matches!(o, Outcome::Matched | Outcome::Mismatched))
        {
            let joined = self.join.rows(Joined::Decided(outcome));
            equal(outcome.name(), &joined, &self.recorded_as(outcome))?;
        }
        Ok(())
    }

    /// Fills in the counts per outcome.
    fn complete(&mut self) -> Result<()> {
        let mismatched = self.recorded_as(Outcome::Mismatched);
        // Of the pairs to compare, those that are not recorded as mismatched did match.
        let pairs = self.join.pairs();
        let matched = pairs.checked_sub(mismatched).ok_or_else(|| {
            Error::check(
                Code::ProofFailed,
                format!("{mismatched} pairs are recorded as mismatched, but only {pairs} met"),
            )
        })?;
        self.counts = Counts {
            matched,
            mismatched,
            missing_in_ours: self.recorded_as(Outcome::MissingInOurs),
            missing_in_theirs: self.recorded_as(Outcome::MissingInTheirs),
            duplicate_in_theirs: self.recorded_as(Outcome::DuplicateInTheirs),
            duplicate_in_ours: self.recorded_as(Outcome::DuplicateInOurs),
            ..self.counts.clone()
        };
        Ok(())
    }

    /// Results that were recorded with this outcome; none where no row was.
    fn recorded_as(&self, outcome: Outcome) -> u64 {
        self.recorded.get(&outcome).copied().unwrap_or_default()
    }
}
