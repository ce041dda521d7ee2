//! One row of the results table, decoded.

use super::{
    Outcome, checksum,
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
}

impl ResultRow {
    /// Reads what `read_results.sql` selects, of a feed with `width` columns.
    ///
    /// # Errors
    /// `Internal` where the row is not what tieout writes; `Database` where the server cut a row.
    pub fn read(row: Vec<Option<String>>, width: usize) -> Result<Self> {
        let mut cells = row.into_iter();
        let mut next = || cells.next().flatten();
        let outcome = next().as_deref().and_then(Outcome::parse);
        let outcome = outcome.ok_or_else(|| Error::internal("a result has no known outcome"))?;
        let differing = next().unwrap_or_default();
        let key_text = next().unwrap_or_default();
        let (theirs, ours, checksum_theirs, checksum_ours) = (next(), next(), next(), next());
        let mut number = || next().and_then(|text| text.parse::<u64>().ok());
        let place = match (number(), number(), number()) {
            (Some(file), Some(record), Some(line)) => {
                Some((u32::try_from(file).unwrap_or(u32::MAX), record, line))
            }
            _ => None,
        };
        let seq = number().and_then(|n| i64::try_from(n).ok()).unwrap_or_default();
        Ok(Self {
            outcome,
            differing: differing.split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            key: checksum::decode(&key_text),
            key_text,
            theirs: side(theirs, checksum_theirs, width)?,
            ours: side(ours, checksum_ours, width)?,
            place,
            seq,
        })
    }

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

fn side(row: Option<String>, checksum: Option<String>, width: usize) -> Result<Option<Side>> {
    let Some(row) = row else { return Ok(None) };
    if row == "~?" {
        return Err(Error::database(
            "a row of ours is longer than the server's max_allowed_packet",
            "raise max_allowed_packet on the server, or select fewer columns; nothing was exported",
        ));
    }
    let fields = checksum::decode(&row);
    if fields.len() > width {
        return Err(Error::database(
            "a value of ours holds the control character U+001F, which no XML can hold",
            "remove it under [ours.columns], e.g. replace(memo, chr(31), ''); nothing was changed",
        ));
    }
    if fields.len() != width {
        return Err(Error::internal(format!("a result has {} fields instead of {width}", fields.len())));
    }
    Ok(Some(Side { fields, checksum: checksum.unwrap_or_default() }))
}
