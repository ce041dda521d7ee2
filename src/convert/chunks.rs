//! The converter's side of the chunks: rows are collected in blocks and handed to a thread of their own
//! (see `writer`), which makes CSV of them while the next ones are read.

mod writer;

use super::{Set, Sink};
use crate::{
    error::{Error, Result},
    model::Chunk,
};
use std::{
    mem,
    sync::mpsc::{Receiver, SyncSender, channel, sync_channel},
    thread::{self, JoinHandle},
};
use writer::Writer;

/// Bytes of values, and rows, after which a block is handed over.
const BLOCK_BYTES: usize = 128 * 1024;
const BLOCK_ROWS: usize = 4096;
/// Blocks that may wait: enough to go on reading while a chunk is synchronised with the disk.
const WAITING: usize = 8;

/// Canonical texts of rows, one after the other.
#[derive(Debug, Default)]
pub(super) struct Block {
    columns: usize,
    /// All texts, and where each ends; the last row may be incomplete.
    pub values: Vec<u8>,
    ends: Vec<usize>,
    /// Of each complete row: the record's ordinal in its file and the line of its element.
    rows: Vec<(u64, u64)>,
}

impl Block {
    fn new(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }

    /// What was appended to `values` since the last call is the row's next value.
    pub fn end_value(&mut self) {
        self.ends.push(self.values.len());
    }

    /// A value of the row that is being added.
    pub fn value(&self, column: usize) -> &[u8] {
        self.field(self.rows.len(), column)
    }

    /// Bytes of the row that is being added.
    pub fn row_bytes(&self) -> usize {
        self.values.len() - self.complete()
    }

    /// The row cannot be converted.
    pub fn undo_row(&mut self) {
        self.values.truncate(self.complete());
        self.ends.truncate(self.rows.len() * self.columns);
    }

    /// Bytes of complete rows.
    fn complete(&self) -> usize {
        let values = self.rows.len() * self.columns;
        if values == 0 { 0 } else { self.ends[values - 1] }
    }

    fn field(&self, row: usize, column: usize) -> &[u8] {
        let n = row * self.columns + column;
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        &self.values[start..self.ends[n]]
    }
}

/// What the writer is told.
enum Message {
    Rows(Block),
    /// There are no more rows. A writer that never hears this has nothing to keep.
    End,
}

/// The chunks of one file.
pub(super) struct Chunks {
    /// Where the next row is added.
    pub block: Block,
    blocks: Option<SyncSender<Message>>,
    whole: Receiver<Chunk>,
    writer: Option<JoinHandle<Result<u64>>>,
}

impl Chunks {
    /// # Errors
    /// `Machine` where no thread can be started.
    pub fn new(set: &Set<'_, '_>) -> Result<Self> {
        let writer = Writer::new(set);
        let (blocks, received) = sync_channel(WAITING);
        let (done, whole) = channel();
        let writer = thread::Builder::new()
            .name("chunks".into())
            .spawn(move || writer.run(received, &done))
            .map_err(|cause| Error::machine("start a thread for", "chunks".as_ref(), &cause))?;
        let block = Block::new(set.feed.columns.len());
        Ok(Self { block, blocks: Some(blocks), whole, writer: Some(writer) })
    }

    /// The row in the block is complete.
    pub fn end_row(&mut self, record: u64, line: u64, sink: &mut dyn Sink) -> Result<()> {
        let block = &mut self.block;
        block.rows.push((record, line));
        if block.values.len() < BLOCK_BYTES && block.rows.len() < BLOCK_ROWS {
            return Ok(());
        }
        self.hand_over()?;
        self.whole.try_iter().try_for_each(|chunk| sink.chunk(chunk))
    }

    /// Completes the last chunk; gives how many there are.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> Result<u64> {
        self.hand_over()?;
        self.send(Message::End)?;
        for chunk in &self.whole {
            sink.chunk(chunk)?;
        }
        self.wait()
    }

    fn hand_over(&mut self) -> Result<()> {
        let next = Block::new(self.block.columns);
        let block = mem::replace(&mut self.block, next);
        self.send(Message::Rows(block))
    }

    /// A writer that is gone has failed, which `wait` tells.
    fn send(&mut self, message: Message) -> Result<()> {
        let gone = self.blocks.as_ref().is_none_or(|blocks| blocks.send(message).is_err());
        if gone { self.wait().map(drop) } else { Ok(()) }
    }

    fn wait(&mut self) -> Result<u64> {
        self.blocks = None;
        let done = self.writer.take().map(JoinHandle::join);
        done.and_then(std::result::Result::ok)
            .unwrap_or_else(|| Err(Error::internal("the writer of chunks is gone")))
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        // After a failure the writer removes its half-written file; nobody may look before it has.
        let _ = self.wait();
    }
}
