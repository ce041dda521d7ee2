//! What the database counts and adds up in the work tables, as structs.

use crate::{
    database::{Cells, FromRow},
    error::{Code, Error, Result},
    model::Outcome,
};
use bigdecimal::BigDecimal;
use std::iter::Sum;

/// A set of rows of theirs. Ids are added up in their two parts: the sum of the ids themselves leaves 64 bits at 9.2
/// million rows of one file, that of the record numbers at 4 thousand million.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct TheirRows {
    /// How many.
    pub rows: u64,
    /// The sum of their file numbers.
    pub files: u128,
    /// The sum of their record numbers.
    pub records: u128,
}

/// As `count_stage` selects it.
impl FromRow for TheirRows {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self {
            rows: cells.number("rows of theirs")?,
            files: cells.sum("the sum of file numbers")?,
            records: cells.sum("the sum of record numbers")?,
        })
    }
}

impl Sum for TheirRows {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, more| Self {
            rows: sum.rows + more.rows,
            files: sum.files + more.files,
            records: sum.records + more.records,
        })
    }
}

/// What the join says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// What became of it.
    Decided(Outcome),
    /// A pair whose checksums differ: it is compared by value where it is recorded.
    ToCompare,
}

impl Joined {
    fn parse(name: &str) -> Option<Self> {
        if name == "compare" { Some(Self::ToCompare) } else { Outcome::parse(name).map(Self::Decided) }
    }

    fn has_ours(self) -> bool {
        !matches!(self, Self::Decided(Outcome::MissingInOurs | Outcome::DuplicateInTheirs))
    }
}

/// The rows of one outcome in the join, as `count_join` selects them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeCount {
    joined: Joined,
    /// All of them.
    rows: u64,
    /// Those with a part of theirs.
    theirs: TheirRows,
    /// Pairs with equal checksums that were compared by value too, and are equal.
    audited: u64,
}

impl FromRow for OutcomeCount {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self {
            joined: cells.parsed("outcome", "an outcome", Joined::parse)?,
            rows: cells.number("rows")?,
            theirs: TheirRows::from_row(cells)?,
            audited: cells.sum("audited pairs")?,
        })
    }
}

/// The whole join, counted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct JoinCount(pub Vec<OutcomeCount>);

impl JoinCount {
    /// Rows of ours in it.
    #[must_use]
    pub fn ours(&self) -> u64 {
        self.0.iter().filter(|count| count.joined.has_ours()).map(|count| count.rows).sum()
    }

    /// Rows of theirs in it.
    #[must_use]
    pub fn theirs(&self) -> TheirRows {
        self.0.iter().map(|count| count.theirs).sum()
    }

    /// Pairs in it, equal or not.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.rows(Joined::Decided(Outcome::Matched)) + self.rows(Joined::ToCompare)
    }

    /// Audited pairs in it.
    #[must_use]
    pub fn audited(&self) -> u64 {
        self.0.iter().map(|count| count.audited).sum()
    }

    /// All rows that it says this of.
    #[must_use]
    pub fn rows(&self, joined: Joined) -> u64 {
        self.0.iter().filter(|count| count.joined == joined).map(|count| count.rows).sum()
    }
}

/// A control total of one group, as `totals_theirs` and `totals_ours` select it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSum {
    /// The group; empty is "no value".
    pub group: String,
    /// Its sum; `None` where a number is too long for the server to add up.
    pub sum: Option<BigDecimal>,
}

impl FromRow for GroupSum {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let group = cells.optional("the group")?.unwrap_or_default();
        cells.number::<u64>("rows")?;
        let sum = cells.optional("the sum")?.map(|text| {
            let number = text.parse::<BigDecimal>();
            number.map_err(|_| {
                Error::check(Code::Unreadable, format!("the control total {text} is not a number"))
            })
        });
        Ok(Self { group, sum: sum.transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(row: [&str; 6]) -> Result<OutcomeCount> {
        let row = row.map(|cell| Some(cell.to_owned()));
        OutcomeCount::from_row(&mut Cells::new("count_join", row.into()))
    }

    #[test]
    fn a_join_is_counted_as_the_servers_print_it() {
        let matched = read(["matched", "3", "3", "4.00", "12", "2.0"]).unwrap();
        let compared = read(["compare", "1", "1", "1", "5", "0"]).unwrap();
        let alone = read(["missing_in_ours", "2", "2", "2", "9", "0"]).unwrap();
        let join = JoinCount(vec![matched, compared, alone]);
        assert_eq!(join.ours(), 4);
        assert_eq!(join.theirs(), TheirRows { rows: 6, files: 7, records: 26 });
        assert_eq!(join.audited(), 2);
        assert_eq!(join.rows(Joined::ToCompare), 1);
        assert_eq!(join.rows(Joined::Decided(Outcome::DuplicateInOurs)), 0);
    }

    #[test]
    fn no_count_that_cannot_be_read_is_a_zero() {
        for n in 0..6 {
            let mut row = ["matched", "3", "3", "4", "12", "2"];
            row[n] = "?";
            assert_eq!(read(row).unwrap_err().status(), 70, "column {n}");
        }
    }
}
