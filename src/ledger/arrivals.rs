//! Rows of `tieout_arrivals`.

use crate::{
    database::{Cells, FromRow},
    error::Result,
};

/// What a file of a source was when it had been counted or passed over, as `arrival_read` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// What its server said of it.
    pub said: ArrivalSaid,
    /// The digest of its document; empty where it has several or cannot be read.
    pub sha256: String,
    /// The run that counted it; empty: a person ignores it.
    pub run_id: String,
}

/// By what a server tells that a file is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalSaid {
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
        let said = ArrivalSaid { bytes, modified: cells.text("modified")?, version: cells.text("version")? };
        Ok(Self { said, sha256: cells.text("sha256")?, run_id: cells.text("run_id")? })
    }
}
