//! XML → rows → chunked CSV and rejects. Knows no database, no clock, nothing asynchronous.
//!
//! One pass in constant memory: only ancestors' values and the current row are held. Only what a feed declares to
//! stand after its rows, and look-ups, take a pass before it (see `survey`). Every value is
//! rewritten into canonical text (see `canonical`) so that nothing that reaches the database can be
//! coerced by it, and every row gets its SHA-256 (see `checksum`).

mod ancestors;
mod automaton;
pub mod canonical;
mod cells;
mod characters;
pub mod checksum;
mod chunks;
mod controls;
mod empty;
mod extract;
mod lookup;
mod markup;
mod outline;
mod place;
mod plan;
mod repeats;
mod rows;
mod select;
mod sniff;
mod source;
mod sums;
mod survey;
#[cfg(test)]
mod tests;
mod tokens;
mod totals;
mod tree;
mod walk;

pub use empty::refuse as refuse_empty;
pub use outline::{Visit, outline};
pub use repeats::Keys;

use crate::{error::Result, feed::Feed};
use extract::{Extraction, Taking};
use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

/// One file to convert.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// What messages and `source_file` call the file.
    pub name: &'a str,
    /// The file's date of last change in UTC, `YYYY-MM-DD`, for `from = "file_date"`.
    pub date: &'a str,
    /// Set by a signal: stop at the next row.
    pub stop: &'a AtomicBool,
    /// Raised while reading.
    pub progress: &'a Progress,
}

/// One row set to take from the file.
pub struct Set<'a, 'f> {
    /// Its feed. The feeds of all sets have the same `[xml]`, but for the rows.
    pub feed: &'f Feed,
    /// The file's number in this run, from 1; the first part of every row's id.
    pub file_no: u32,
    /// Where chunks are written.
    pub chunks: ChunkFolder<'a>,
    /// The keys of the whole run, which all its files share.
    pub keys: Arc<Keys>,
    /// What receives chunks and rejects.
    pub sink: &'a mut dyn Sink,
}

/// Where chunks are written.
#[derive(Debug, Clone, Copy)]
pub enum ChunkFolder<'a> {
    /// Nowhere: they are counted, and no sink sees them.
    Nowhere,
    /// Into a folder that the same run reads back and removes: a rerun makes them again, so they need not
    /// survive a power failure.
    Scratch(&'a Path),
    /// Into a folder to keep: synchronised.
    Kept(&'a Path),
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

/// A CSV file that is whole: it was written aside and renamed.
///
/// It has a header; the columns are `tieout_id`, `tieout_line`, `tieout_checksum`, `tieout_seen` (1: the key may have occurred
/// before; see `repeats`) and then the feed's
/// columns in order. Every field is quoted, lines end with LF, no value is an empty field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// `<file number, 4 digits>-<chunk number, 6 digits>.csv` in the chunks folder.
    pub path: PathBuf,
    /// Rows without the header.
    pub rows: u64,
    /// Bytes with the header.
    pub bytes: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

/// The name of a file's n-th chunk, from 1.
#[must_use]
pub fn chunk_name(file_no: u32, chunk: u64) -> String {
    format!("{file_no:04}-{chunk:06}.csv")
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
    /// Rows that `where` took out.
    pub filtered: u64,
    /// Chunks written.
    pub chunks: u64,
    /// Rows without a value, per column of the feed.
    pub nulls: Vec<u64>,
    /// Sums of each column that has `total_by`, by column and group.
    pub totals: Vec<GroupTotal>,
    /// What became of each `[[control]]`.
    pub controls: Vec<ControlOutcome>,
    /// Sentences for the summary and the log.
    pub warnings: Vec<String>,
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

/// The outcome of one control on one file (or one `per` element).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlOutcome {
    /// The control's name.
    pub name: String,
    /// Which `per` element, from 1; 0 for the whole file.
    pub ordinal: u64,
    /// What the file declares, canonical decimal text; `None`: absent, so the control was skipped.
    pub declared: Option<String>,
    /// What was counted or summed.
    pub counted: String,
    /// `passed`, `failed` or `skipped`.
    pub outcome: &'static str,
}

/// Receives what a conversion produces, in order.
pub trait Sink {
    /// A chunk is whole. An error stops the conversion.
    ///
    /// # Errors
    /// Whatever the receiver fails with; the conversion ends with it.
    fn chunk(&mut self, chunk: Chunk) -> Result<()>;
    /// A row was rejected (never called with `bad_rows = "refuse"`).
    ///
    /// # Errors
    /// As above.
    fn reject(&mut self, reject: Reject) -> Result<()>;
}

/// Converts one file: hands chunks and rejects to the sets' sinks as they are made. `open` gives the file's
/// bytes from their beginning; it is called twice where a set has look-ups or late values, otherwise once.
/// Gives what was read for each set, in order.
///
/// # Errors
/// The file is refused, a sink fails, this machine fails, or a signal asked to stop. No half-written
/// chunk is left; chunks that were handed over already are the caller's to remove.
pub fn convert<R: Read + Send>(
    job: &Job<'_>,
    mut sets: Vec<Set<'_, '_>>,
    open: impl Fn() -> Result<R>,
) -> Result<Vec<Converted>> {
    let feeds: Vec<&Feed> = sets.iter().map(|set| set.feed).collect();
    let Some(xml) = feeds.first().map(|feed| &feed.xml) else { return Ok(Vec::new()) };
    let compiled = feeds.iter().map(|feed| plan::compile(feed)).collect::<Result<Vec<_>>>()?;
    let (plans, automata): (Vec<_>, Vec<_>) = compiled.into_iter().unzip();
    let found = survey::survey(job, &feeds, &plans, &open)?;
    let parts = sets.iter_mut().zip(&plans).zip(automata).zip(found);
    let extractions = parts.map(|(((set, plan), automaton), found)| {
        let Set { feed, file_no, chunks, ref keys, ref mut sink } = *set;
        let set = Set { feed, file_no, chunks, keys: keys.clone(), sink: &mut **sink };
        let of = (set.feed, job.name, job.stop);
        let rows = rows::Rows::new(job, set, plan, found.lookups)?;
        Ok(Extraction::new(of, (plan, automaton), found.late, Taking::Rows(Box::new(rows))))
    });
    let extractions = extractions.collect::<Result<_>>()?;
    let source = source::Source::open(open()?, job.name, job.progress)?;
    let walked = walk::Walker::new(xml, extractions, job.name).run(source)?;
    let rows = walked.extractions.into_iter().filter_map(|extraction| match extraction.taking {
        Taking::Rows(rows) => Some(rows),
        Taking::LateValues | Taking::Entries(_) => None,
    });
    rows.map(|rows| rows.finish(walked.bytes, walked.warnings.clone())).collect()
}
