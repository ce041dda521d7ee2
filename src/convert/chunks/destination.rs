//! Where the rows of one row set go.

use super::repeats::Keys;
use crate::{
    error::Result,
    feed::Feed,
    model::{Chunk, Reject},
};
use std::{path::PathBuf, sync::Arc};

/// A row set, for all files of a run.
pub struct RowSet {
    /// Its feed.
    pub feed: Feed,
    /// Where chunks are written.
    pub chunks: ChunkFolder,
    /// Elements in which rows could stand and none does are taken too.
    pub(in crate::convert) parents: bool,
    /// The keys of all its files.
    pub(super) keys: Arc<Keys>,
}

/// Where chunks are written.
#[derive(Debug, Clone)]
pub enum ChunkFolder {
    /// Nowhere: they are counted, and no sink sees them.
    Nowhere,
    /// Into a folder that the same run reads back and removes: a rerun makes them again, so they need not
    /// survive a power failure.
    Scratch(PathBuf),
    /// Into a folder to keep: synchronised.
    Kept(PathBuf),
}

/// Where the rows of a row set and of one file go.
pub struct Destination<'a> {
    /// The row set.
    pub set: &'a RowSet,
    /// The file's number in this run, from 1; the first part of every row's id.
    pub file_no: u32,
    /// What receives chunks and rejects.
    pub sink: &'a mut dyn Sink,
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

impl Destination<'_> {
    /// The same, for a while.
    pub(in crate::convert) fn reborrow(&mut self) -> Destination<'_> {
        Destination { set: self.set, file_no: self.file_no, sink: &mut *self.sink }
    }
}

impl RowSet {
    /// A row set of which no file was read yet.
    #[must_use]
    pub fn new(feed: Feed, chunks: ChunkFolder) -> Self {
        Self { feed, chunks, parents: false, keys: Arc::default() }
    }

    /// The same with the elements in which rows could stand and none does, in chunks of their own.
    #[must_use]
    pub fn with_parents(self, parents: bool) -> Self {
        Self { parents, ..self }
    }

    /// The same where its files are known to have so many bytes, unpacked: few take little memory.
    #[must_use]
    pub fn expecting(self, bytes: u64) -> Self {
        Self { keys: Arc::new(Keys::of(bytes)), ..self }
    }

    /// Where the rows of one of its files go; files are numbered from 1.
    pub fn of_file<'a>(&'a self, file_no: u32, sink: &'a mut dyn Sink) -> Destination<'a> {
        Destination { set: self, file_no, sink }
    }
}
