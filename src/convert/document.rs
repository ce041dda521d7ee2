//! One document that is read, and who watches.

use crate::{canonical::time::Changed, feed::ValueFrom, stop::Flag};
use std::sync::atomic::AtomicU64;

/// A document that is converted.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    /// What messages and `source_file` call its file.
    pub name: &'a str,
    /// When the file was last changed, for `from = "file_date"`.
    pub changed: Changed,
    /// Its length, unpacked: what is written for it is bounded by that.
    pub bytes: u64,
    /// Set by a signal: stop at the next row.
    pub stop: &'a Flag,
    /// Raised while reading.
    pub progress: &'a Progress,
}

impl Document<'_> {
    /// A value that every row of the document has. `day`: that on which the file was last changed.
    pub(super) fn fixed<'v>(&'v self, from: &'v ValueFrom, day: &'v str) -> Option<&'v str> {
        match from {
            ValueFrom::Constant(text) => Some(text.as_str()),
            ValueFrom::FileName => Some(self.name.rsplit('/').next().unwrap_or_default()),
            ValueFrom::FileDate => Some(day),
            _ => None,
        }
    }
}

/// Counters that another thread may show.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes that there are to read, unpacked.
    pub total: AtomicU64,
    /// Bytes read, unpacked.
    pub bytes: AtomicU64,
    /// Rows written.
    pub rows: AtomicU64,
}
