//! XML → rows → chunked CSV and rejects. Knows no database, no clock, nothing asynchronous.
//!
//! One pass in constant memory: only ancestors' values and the current row are held. Only what a feed declares to
//! stand after its rows, and look-ups, take a pass before it (see `survey`). Every value is
//! rewritten into canonical text (see `canonical`) so that nothing that reaches the database can be
//! coerced by it, and every row gets its SHA-256 (see `checksum`).

mod ancestors;
mod automaton;
mod cells;
mod characters;
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

use crate::{
    error::Result,
    feed::Feed,
    model::{Chunk, Converted, Reject},
    stop::Flag,
};
use extract::{Extraction, Taking};
use std::{
    io::Read,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

/// One file to convert.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// What messages and `source_file` call the file.
    pub name: &'a str,
    /// The file's date of last change in UTC, `YYYY-MM-DD`, for `from = "file_date"`.
    pub date: &'a str,
    /// Set by a signal: stop at the next row.
    pub stop: &'a Flag,
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
