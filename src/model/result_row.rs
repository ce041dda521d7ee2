//! One row of the results table, decoded.

use super::{
    Outcome,
    life::OpenBreak,
    reason::{Reason, reason},
};
use crate::error::{Error, Result};

/// One side of a row: its fields in the feed's order and their checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Canonical texts; empty is "no value".
    pub fields: Vec<String>,
    /// SHA-256 of the compared columns; SQLite leaves ours empty for the program to fill in.
    pub checksum: String,
}

/// One row of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// What became of it.
    pub outcome: Outcome,
    /// Names of the differing columns.
    pub differing: Vec<String>,
    /// The key's fields.
    pub key: Vec<String>,
    /// The key, encoded.
    pub key_text: String,
    /// Their side.
    pub theirs: Option<Side>,
    /// Our side.
    pub ours: Option<Side>,
    /// File number, record, line.
    pub place: Option<(u32, u64, u64)>,
    /// Position in the run's results.
    pub seq: i64,
    /// The break's id; none in rows of older programs, and where SQLite leaves it to this program.
    pub break_id: Option<String>,
    /// SHA-256 of its compared values, under the same conditions.
    pub fingerprint: Option<String>,
    /// What became of it over runs; none of what matched, of rows of older programs, and until that is decided.
    pub open: Option<OpenBreak>,
}

impl ResultRow {
    /// Why each differing column differs, in their order; of columns given as (name, type).
    ///
    /// # Errors
    /// `Internal` where a differing column is none of the feed's.
    pub fn reasons<'a>(
        &self,
        columns: &(impl Iterator<Item = (&'a str, &'a str)> + Clone),
    ) -> Result<Vec<Reason>> {
        let (Some(theirs), Some(ours)) = (&self.theirs, &self.ours) else { return Ok(Vec::new()) };
        let of = |name: &String| {
            let found = columns.clone().enumerate().find(|(_, (column, _))| column == name);
            let (n, (_, r#type)) =
                found.ok_or_else(|| Error::internal(format!("a result names no column: {name}")))?;
            Ok(reason(r#type, &theirs.fields[n], &ours.fields[n]))
        };
        self.differing.iter().map(of).collect()
    }
}
