//! What a conversion leaves: chunks, rejects, counts, totals and the outcomes of controls. How they are made is the
//! converter's, where they go the loader's and the exporter's.

use super::{ControlSummary, Standing};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A CSV file that is whole: it was written aside and renamed.
///
/// It has a header; the columns are `tieout_id`, `tieout_line`, `tieout_checksum`, `tieout_seen` (1: the key may have occurred
/// before; see `convert::chunks::repeats`) and then the feed's
/// columns in order. Every field is quoted, lines end with LF, no value is an empty field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// As [`chunk_name`] says, in the chunks folder.
    pub path: PathBuf,
    /// Rows without the header.
    pub rows: u64,
    /// Bytes with the header.
    pub bytes: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Its rows are elements in which rows could stand and none does: they are no records.
    pub parents: bool,
}

/// The name of a file's n-th chunk, from 1: `<file number, 4 digits>-<chunk number, 6 digits>.csv`. Those of elements
/// without rows begin with `parents-`.
#[must_use]
pub fn chunk_name(file_no: u32, chunk: u64, parents: bool) -> String {
    let kind = if parents { "parents-" } else { "" };
    format!("{kind}{file_no:04}-{chunk:06}.csv")
}

/// A row that could not be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The record's ordinal in its file, from 1.
    pub record: u64,
    /// Line of the row element's start tag, from 1.
    pub line: u64,
    /// Byte offset of the row element's start tag, from 0, in the decoded (UTF-8) document.
    pub byte: u64,
    /// The column; empty where the reason is not one column's.
    pub column: String,
    /// The value as it stood.
    pub value: String,
    /// Why.
    pub reason: String,
}

/// The reason of a record that `where` leaves out.
pub const WHERE: &str = "where";

/// Records that are no rows for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilteredBy {
    /// The name of an entry of `skip`, or [`WHERE`].
    pub reason: String,
    /// How many.
    pub records: u64,
}

impl FilteredBy {
    /// Counts so many more records under their reason.
    pub fn add(all: &mut Vec<Self>, reason: &str, records: u64) {
        match all.iter_mut().find(|one| one.reason == reason) {
            Some(one) => one.records += records,
            None => all.push(Self { reason: reason.to_owned(), records }),
        }
    }

    /// `3: 2 pending, 1 where`; nothing where no record was filtered.
    pub(super) fn text(filtered: u64, by: &[Self]) -> Option<String> {
        let reasons: Vec<String> = by.iter().map(|one| format!("{} {}", one.records, one.reason)).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join(", ")) };
        (filtered > 0).then(|| format!("{filtered}{reasons}"))
    }
}

/// What was read from one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Converted {
    /// Bytes read.
    pub bytes: u64,
    /// Row elements, before `explode` and `where`.
    pub elements: u64,
    /// Candidate rows after `explode`: `records == rows + rejects + filtered`.
    pub records: u64,
    /// Rows in the chunks.
    pub rows: u64,
    /// Rows in rejects.
    pub rejects: u64,
    /// Records that are no rows.
    pub filtered: u64,
    /// Why, in the order in which the reasons came.
    pub filtered_by: Vec<FilteredBy>,
    /// Chunks written.
    pub chunks: u64,
    /// Elements in which rows could stand and none does, where they were asked for.
    pub parents: u64,
    /// Their chunks.
    pub parent_chunks: u64,
    /// Rows without a value, per column of the feed.
    pub nulls: Vec<u64>,
    /// Sums of each column that has `total_by`, by column and group.
    pub totals: Vec<GroupTotal>,
    /// What became of each `[[control]]`.
    pub controls: Vec<ControlSummary>,
    /// Per `[[sequence]]` and `[[continuity]]`: the elements that must follow others, in the order of the file.
    pub positions: Vec<Vec<Standing>>,
    /// Sentences for the summary and the log.
    pub warnings: Vec<String>,
}

impl Converted {
    /// Counts a record that is no row.
    pub fn filtered_as(&mut self, reason: &str) {
        self.filtered += 1;
        FilteredBy::add(&mut self.filtered_by, reason, 1);
    }

    /// `3: 2 pending, 1 where`; nothing where no record was filtered.
    #[must_use]
    pub fn filtered_text(&self) -> Option<String> {
        FilteredBy::text(self.filtered, &self.filtered_by)
    }
}

/// The sum of one group of a column with `total_by`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTotal {
    /// Which column of the feed.
    pub column: usize,
    /// The group; empty is "no value".
    pub group: String,
    /// Rows in it.
    pub rows: u64,
    /// Their sum in canonical decimal text.
    pub sum: String,
    /// Values with more decimals than the group has as a currency.
    pub finer: u64,
}
