//! Rows of `tieout_refused` and `tieout_ignored`, and of files that were taken.

use crate::{
    database::{Cells, FromRow},
    error::{Result, printable},
};
use jiff::{Timestamp, civil::Date};

/// A refused file, as `refused_called` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedName {
    /// The feed's, without a row set's.
    pub feed: String,
    /// Its name, as it is shown.
    pub name: String,
    /// Its digest; empty where it could not be read.
    pub sha256: String,
}

impl FromRow for RefusedName {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self { feed: cells.text("feed")?, name: cells.text("name")?, sha256: cells.text("sha256")? })
    }
}

/// A file that is not to be offered again, as `ignored` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredFile {
    /// Its name.
    pub name: String,
    /// Its digest; empty where it could not be read.
    pub sha256: String,
    /// Why, in a person's words.
    pub reason: String,
}

impl FromRow for IgnoredFile {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self { name: cells.text("name")?, sha256: cells.text("sha256")?, reason: cells.text("reason")? })
    }
}

impl IgnoredFile {
    /// Whether it is this file: one of the same bytes, or of the same name where neither could be read.
    #[must_use]
    pub fn is(&self, name: &str, sha256: &str) -> bool {
        self.sha256 == sha256 && (!sha256.is_empty() || self.name == printable(name))
    }
}

/// A file that a committed run has counted, as `files_of_days` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenFile {
    /// The day for which it counts.
    pub day: Date,
    /// Its name.
    pub name: String,
    /// Its digest.
    pub sha256: String,
}

impl FromRow for TakenFile {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let day = cells.parsed("day", "a date", |text| text.parse().ok())?;
        Ok(Self { day, name: cells.text("name")?, sha256: cells.text("sha256")? })
    }
}

/// For which day a file counts, as `day_read` selects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDay(pub Date);

impl FromRow for FileDay {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        cells.parsed("day", "a date", |text| text.parse().ok()).map(Self)
    }
}

/// When the source was looked into last, as `look_read` selects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastLook(pub Timestamp);

impl FromRow for LastLook {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        cells.parsed("looked_at", "a time", |text| text.parse().ok()).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_bytes_and_only_without_them_by_its_name() {
        let ignored =
            |sha256: &str| IgnoredFile { name: "a".into(), sha256: sha256.into(), reason: "r".into() };
        assert!(ignored("1").is("a", "1") && ignored("1").is("b", "1"));
        assert!(!ignored("1").is("a", "2") && !ignored("1").is("a", ""));
        assert!(ignored("").is("a", "") && !ignored("").is("b", "") && !ignored("").is("a", "1"));
    }
}
