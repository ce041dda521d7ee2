//! Rows of `tieout_arrivals`.

use crate::{
    database::{Cells, FromRow},
    error::Result,
};

/// What a file of a source was when it had been counted, as `arrival_read` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its length.
    pub bytes: u64,
    /// When it was last changed, in UTC.
    pub modified: String,
    /// What its server called this version; empty where it has none.
    pub version: String,
}

impl FromRow for Arrival {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let bytes = cells.number("bytes")?;
        Ok(Self { bytes, modified: cells.text("modified")?, version: cells.text("version")? })
    }
}
