//! The converter's side of the chunks: rows are collected in blocks and handed to a thread of their own
//! (see `writer`), which makes CSV of them while the next ones are read.

use super::{
    block::{Block, ForWriter},
    destination::{RowSet, Sink},
    writer::Writer,
};
use crate::{
    error::{Error, Result},
    model::Chunk,
};
use std::{
    mem,
    sync::mpsc::{Receiver, SyncSender, channel, sync_channel},
    thread::{self, JoinHandle},
};

/// Blocks that may wait: enough to go on reading while a chunk is synchronised with the disk.
const WAITING: usize = 8;

/// The chunks of one file.
pub(in crate::convert) struct Chunks {
    /// Where the next row is added.
    pub block: Block,
    blocks: Option<SyncSender<ForWriter>>,
    /// Blocks that the writer has done with, and how many it has not.
    emptied: Receiver<Block>,
    away: usize,
    whole: Receiver<Chunk>,
    writer: Option<JoinHandle<Result<u64>>>,
}

impl Chunks {
    /// # Errors
    /// `Machine` where no thread can be started.
    pub fn new(set: &RowSet, file_no: u32) -> Result<Self> {
        Self::written_by(Writer::new(set, file_no), set)
    }

    /// Those of the elements without rows.
    ///
    /// # Errors
    /// As above.
    pub fn of_parents(set: &RowSet, file_no: u32) -> Result<Self> {
        Self::written_by(Writer::of_parents(set, file_no), set)
    }

    fn written_by(writer: Writer, set: &RowSet) -> Result<Self> {
        let (blocks, received) = sync_channel(WAITING);
        let (done, whole) = channel();
        let (back, emptied) = channel();
        let writer = thread::Builder::new()
            .name("chunks".into())
            .spawn(move || writer.run(received, &back, &done))
            .map_err(|cause| Error::machine("start a thread for", "chunks".as_ref(), cause))?;
        let block = Block::new(set.feed.columns.len());
        Ok(Self { block, blocks: Some(blocks), emptied, away: 0, whole, writer: Some(writer) })
    }

    /// The row in the block is complete.
    pub fn end_row(&mut self, record: u64, line: u64, sink: &mut dyn Sink) -> Result<()> {
        let block = &mut self.block;
        block.end_row(record, line);
        if !block.is_full() {
            return Ok(());
        }
        self.hand_over()?;
        self.whole.try_iter().try_for_each(|chunk| sink.chunk(chunk))
    }

    /// Completes the last chunk; gives how many there are.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> Result<u64> {
        self.hand_over()?;
        self.send(ForWriter::End)?;
        for chunk in &self.whole {
            sink.chunk(chunk)?;
        }
        self.wait()
    }

    fn hand_over(&mut self) -> Result<()> {
        let large = self.block.is_large();
        let next = self.emptied.try_recv().inspect(|_| self.away -= 1);
        let next = next.unwrap_or_else(|_| Block::new(self.block.columns()));
        let block = mem::replace(&mut self.block, next);
        self.away += 1;
        self.send(ForWriter::Rows(block))?;
        // Nothing waits beside a large row, so memory holds one of them.
        while large && self.away > 0 {
            if self.emptied.recv().is_err() {
                return self.wait().map(drop);
            }
            self.away -= 1;
        }
        Ok(())
    }

    /// A writer that is gone has failed, which `wait` tells.
    fn send(&mut self, message: ForWriter) -> Result<()> {
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
