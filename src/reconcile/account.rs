//! The account of a run: every row of both sides once, every total tied out. It adds up what the
//! database counted and what was read back, and refuses to go on where the two disagree.

mod minor_units;
mod told;

use super::{Outcomes, Theirs, has_ours};
use crate::{
    error::{Error, Result, printable},
    export::add_reasons,
    feed::Feed,
    model::{Converted, Counts, Outcome, ResultRow, checksum},
};
use bigdecimal::{BigDecimal, Zero};
use minor_units::Finer;
use std::{collections::BTreeMap, str::FromStr};

/// What was counted and added up.
pub struct Account<'a> {
    feed: &'a Feed,
    counts: Counts,
    staged: u64,
    recorded: BTreeMap<Outcome, u64>,
    /// Of the join, before the results were recorded.
    settled: Outcomes,
    columns: Vec<Column>,
    reasons: BTreeMap<String, u64>,
    groups: BTreeMap<(usize, String), Group>,
    /// Pairs that match though the text of an exact column differs.
    drifted: u64,
    within_tolerance: u64,
    /// Pairs with equal checksums that were compared by value too.
    audited: u64,
    /// What the server said while it read ours.
    server_warnings: Vec<String>,
}

#[derive(Default, Clone)]
struct Column {
    mismatched: u64,
    null_theirs: u64,
    /// Nulls among recorded rows: theirs, ours.
    recorded_nulls: (u64, u64),
    absorbed: (u64, BigDecimal, BigDecimal),
}

#[derive(Default, Clone)]
struct Group {
    theirs: BigDecimal,
    ours: BigDecimal,
    converted: BigDecimal,
    mismatched: BigDecimal,
    absorbed: BigDecimal,
    only_ours: BigDecimal,
    only_theirs: BigDecimal,
    finer: Finer,
}

impl<'a> Account<'a> {
    /// Begins with what the converter counted.
    #[must_use]
    pub fn new(feed: &'a Feed, converted: &[Converted]) -> Self {
        let mut counts = Counts::default();
        let mut columns = vec![Column::default(); feed.columns.len()];
        let mut groups: BTreeMap<(usize, String), Group> = BTreeMap::new();
        for file in converted {
            counts.records += file.records;
            counts.theirs += file.rows;
            counts.rejects += file.rejects;
            counts.filtered += file.filtered;
            for (column, nulls) in columns.iter_mut().zip(&file.nulls) {
                column.null_theirs += nulls;
            }
            for total in &file.totals {
                let group = groups.entry((total.column, total.group.clone())).or_default();
                group.converted += number(&total.sum);
                group.finer.converted += total.finer;
            }
        }
        Self {
            feed,
            counts,
            staged: 0,
            recorded: BTreeMap::new(),
            settled: Outcomes::new(),
            columns,
            reasons: BTreeMap::new(),
            groups,
            drifted: 0,
            within_tolerance: 0,
            audited: 0,
            server_warnings: Vec::new(),
        }
    }

    /// Takes the database's control totals of one column: rows of (group, count, sum) per side.
    ///
    /// # Errors
    /// `Internal` where a row is not of that form.
    pub fn totals(
        &mut self,
        column: usize,
        theirs: Vec<Vec<Option<String>>>,
        ours: Vec<Vec<Option<String>>>,
    ) -> Result<()> {
        for (rows, of_theirs) in [(theirs, true), (ours, false)] {
            for row in rows {
                let [group, _, sum] = row.as_slice() else {
                    return Err(Error::internal("a control total cannot be read"));
                };
                let Some(sum) = sum else { return Err(too_long(&self.feed.columns[column].name)) };
                let sum = BigDecimal::from_str(sum)
                    .map_err(|_| Error::internal(format!("the control total {sum} is not a number")))?;
                let entry = self.groups.entry((column, group.clone().unwrap_or_default())).or_default();
                if of_theirs {
                    entry.theirs += sum;
                } else {
                    entry.ours += sum;
                }
            }
        }
        Ok(())
    }

    /// Takes the join's outcomes before and after repeated keys were settled, and checks that every
    /// row of theirs is in it once, and that no row of ours came or went.
    ///
    /// # Errors
    /// `Internal` where one is missing or there twice.
    pub fn join(&mut self, staged: Theirs, met: &Outcomes, settled: &Outcomes) -> Result<()> {
        let ours = |all: &Outcomes| -> u64 {
            all.iter().filter(|(outcome, _)| has_ours(outcome)).map(|(_, met)| met.rows).sum()
        };
        let theirs: Theirs = settled.values().map(|met| met.theirs).sum();
        self.staged = staged.rows;
        self.audited = met.values().map(|met| met.audited).sum();
        self.counts.ours = ours(met);
        if staged != theirs {
            return Err(Error::internal(format!(
                "{} rows were staged (file numbers add up to {}, record numbers to {}), but the join accounts for {} ({}, {})",
                staged.rows, staged.files, staged.records, theirs.rows, theirs.files, theirs.records
            )));
        }
        if ours(settled) != self.counts.ours {
            return Err(Error::internal(format!(
                "the join read {} rows of ours, but accounts for {}",
                self.counts.ours,
                ours(settled)
            )));
        }
        self.settled = settled.clone();
        Ok(())
    }

    /// Takes a recorded row and computes its checksums once more; with `fill_in`, gives the checksum of
    /// ours that the server could not compute.
    ///
    /// # Errors
    /// `Internal` where a checksum or the differing columns are not what the values say.
    pub fn row(&mut self, row: &ResultRow, fill_in: bool) -> Result<Option<(i64, String)>> {
        *self.recorded.entry(row.outcome).or_default() += 1;
        let filled = self.checksums(row, fill_in)?;
        self.nulls(row);
        self.differences(row)?;
        self.group(row);
        Ok(filled)
    }

    fn checksums(&self, row: &ResultRow, fill_in: bool) -> Result<Option<(i64, String)>> {
        self.audit(row)?;
        let exact = |fields: &[String]| {
            let columns = self.feed.columns.iter().zip(fields).filter(|(c, _)| c.exact());
            checksum::sha256_hex(checksum::encode(columns.map(|(_, text)| text.as_str())).as_bytes())
        };
        let mut filled = None;
        for (side, name) in [(&row.theirs, "theirs"), (&row.ours, "ours")] {
            let Some(side) = side else { continue };
            let computed = exact(&side.fields);
            if side.checksum.is_empty() && fill_in && name == "ours" {
                filled = Some((row.seq, computed));
            } else if side.checksum != computed {
                return Err(Error::internal(format!(
                    "{name} of {} has the checksum {}, but its values give {computed}",
                    subject(row),
                    side.checksum
                )));
            }
        }
        Ok(filled)
    }

    /// Equal checksums over different values: what the audit looks for.
    fn audit(&self, row: &ResultRow) -> Result<()> {
        let (Some(theirs), Some(ours)) = (&row.theirs, &row.ours) else { return Ok(()) };
        let columns = self.feed.columns.iter().enumerate().filter(|(_, column)| column.exact());
        let differing: Vec<&str> = columns
            .filter(|(n, _)| theirs.fields[*n] != ours.fields[*n])
            .map(|(_, column)| column.name.as_str())
            .collect();
        if differing.is_empty() || theirs.checksum != ours.checksum {
            return Ok(());
        }
        Err(Error::internal(format!(
            "both sides of {} have the checksum {}, but differ in {}: no checksum of this run can be trusted",
            subject(row),
            theirs.checksum,
            differing.join(", ")
        )))
    }

    fn nulls(&mut self, row: &ResultRow) {
        for (n, column) in self.columns.iter_mut().enumerate() {
            let null = |side: &Option<crate::model::Side>| {
                u64::from(side.as_ref().is_some_and(|side| side.fields[n].is_empty()))
            };
            column.recorded_nulls.0 += null(&row.theirs);
            column.recorded_nulls.1 += null(&row.ours);
        }
    }

    fn differences(&mut self, row: &ResultRow) -> Result<()> {
        for name in &row.differing {
            let n = self.feed.columns.iter().position(|c| c.name == *name);
            let n = n.ok_or_else(|| Error::internal(format!("a result names no column: {name}")))?;
            self.columns[n].mismatched += 1;
        }
        let types = self.feed.columns.iter().map(|c| (c.name.as_str(), c.kind.name()));
        add_reasons(&mut self.reasons, &row.reasons(&types)?);
        let (Some(theirs), Some(ours)) = (&row.theirs, &row.ours) else { return Ok(()) };
        if (row.outcome == Outcome::Mismatched) == row.differing.is_empty() {
            return Err(Error::internal(format!("result {} contradicts its differing columns", row.seq)));
        }
        let (mut loose, mut drifted) = (false, false);
        for (n, column) in self.feed.columns.iter().enumerate().filter(|(_, c)| c.compared()) {
            let (t, o) = (&theirs.fields[n], &ours.fields[n]);
            let named = row.differing.contains(&column.name);
            if t == o && named {
                return Err(Error::internal(format!(
                    "result {} calls equal values of {} different",
                    row.seq, column.name
                )));
            }
            if t == o || named {
                continue;
            }
            loose |= !column.exact();
            drifted |= column.exact();
            if column.tolerance.is_some() {
                let difference = number(o) - number(t);
                let (rows, net, gross) = &mut self.columns[n].absorbed;
                *rows += 1;
                *net += &difference;
                *gross += difference.abs();
            }
        }
        if row.outcome == Outcome::Matched {
            self.within_tolerance += u64::from(loose);
            self.drifted += u64::from(drifted);
        }
        Ok(())
    }

    /// Adds the row's amounts to its groups, each side in its own.
    fn group(&mut self, row: &ResultRow) {
        for (n, column) in self.feed.columns.iter().enumerate().filter(|(_, c)| c.compared()) {
            let Some(by) = column.total_by else { continue };
            for (side, of_ours) in [(&row.theirs, false), (&row.ours, true)] {
                let Some(side) = side else { continue };
                let amount = number(&side.fields[n]);
                let entry = self.groups.entry((n, side.fields[by].clone())).or_default();
                entry.finer.recorded(&side.fields[by], &side.fields[n], of_ours);
                let signed = if of_ours { amount.clone() } else { -amount.clone() };
                match row.outcome {
                    Outcome::Matched => entry.absorbed += signed,
                    Outcome::Mismatched => entry.mismatched += signed,
                    _ if of_ours => entry.only_ours += amount,
                    _ => entry.only_theirs += amount,
                }
            }
        }
    }

    /// The equations that must hold before anything is committed.
    ///
    /// # Errors
    /// `Internal` with the equation that does not hold.
    pub fn prove(&mut self) -> Result<()> {
        self.count();
        let c = &self.counts;
        equal("records = rows + rejects + filtered", &c.records, &(c.theirs + c.rejects + c.filtered))?;
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
            equal(
                outcome.name(),
                &self.joined(outcome.name()),
                &self.recorded.get(&outcome).copied().unwrap_or(0),
            )?;
        }
        for ((column, group), sums) in &self.groups {
            let name = &self.feed.columns[*column].name;
            if !self.feed.columns[*column].compared() {
                continue;
            }
            equal(&format!("total of {name} {group}: converted = staged"), &sums.converted, &sums.theirs)?;
            equal(
                &format!("total of {name} {group}: ours − theirs = differences + only ours − only theirs"),
                &(&sums.ours - &sums.theirs),
                &(&sums.mismatched + &sums.absorbed + &sums.only_ours - &sums.only_theirs),
            )?;
        }
        Ok(())
    }

    fn joined(&self, outcome: &str) -> u64 {
        self.settled.get(outcome).map_or(0, |met| met.rows)
    }

    fn count(&mut self) {
        let recorded = |outcome| self.recorded.get(&outcome).copied().unwrap_or(0);
        // Of the pairs to compare, those that are not recorded as mismatched did match.
        let mismatched = recorded(Outcome::Mismatched);
        self.counts.mismatched = mismatched;
        self.counts.matched =
            (self.joined(Outcome::Matched.name()) + self.joined("compare")).saturating_sub(mismatched);
        self.counts.missing_in_ours = recorded(Outcome::MissingInOurs);
        self.counts.missing_in_theirs = recorded(Outcome::MissingInTheirs);
        self.counts.duplicate_in_theirs = recorded(Outcome::DuplicateInTheirs);
        self.counts.duplicate_in_ours = recorded(Outcome::DuplicateInOurs);
    }
}

/// The server cannot calculate with it: MySQL and MariaDB have 65 digits, 30 of them after the point, and what is longer
/// than 10,000 is no number to PostgreSQL's canonical texts.
fn too_long(column: &str) -> Error {
    Error::database(
        format!("a value of column {column} is too long for this server to add up exactly"),
        "MySQL and MariaDB take 35 digits before the point and 30 after it, PostgreSQL 10,000: take total_by out, or correct the value; nothing was changed",
    )
}

/// Which row it is, for messages.
fn subject(row: &ResultRow) -> String {
    let key = printable(&row.key.join(" | "));
    match row.place {
        Some((file, record, line)) => format!("key {key} (file {file}, record {record}, line {line})"),
        None => format!("key {key} (ours alone)"),
    }
}

/// Canonical decimal text as a number; anything else (ours may hold it) counts as nothing, as it does
/// in the database's own sum.
fn number(text: &str) -> BigDecimal {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.');
    if plain { BigDecimal::from_str(text).unwrap_or_default() } else { BigDecimal::zero() }
}

fn text(number: &BigDecimal) -> String {
    if number.is_zero() { "0".into() } else { number.normalized().to_plain_string() }
}

fn equal<T: PartialEq + std::fmt::Display>(equation: &str, left: &T, right: &T) -> Result<()> {
    if left == right {
        return Ok(());
    }
    Err(Error::internal(format!("{equation} does not hold: {left} against {right}")))
}
