//! Blocks of rows → CSV files of bounded size (RFC 4180; see `Chunk`), with each row's checksum, written aside,
//! synchronised, renamed.
//!
//! A writer of its own instead of the `csv` crate's: a row is built once in a buffer that is counted,
//! hashed and written as it is, and "every field is quoted" leaves nothing of the format to decide.

use super::{
    block::{Block, ForWriter, Origin},
    destination::{ChunkFolder, RowSet},
    repeats::Keys,
};
use crate::{
    error::{Error, Result},
    files::{AtomicFile, sync_folder},
    model::{Chunk, checksum, chunk_name, row_id},
};
use sha2::{Digest, Sha256};
use std::{
    io::Write,
    mem,
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
};

const BUFFER: usize = 256 * 1024;

/// Makes the chunks of one file.
pub(super) struct Writer {
    folder: Option<PathBuf>,
    /// Chunks have to survive a power failure.
    kept: bool,
    file_no: u32,
    /// Its rows are those of elements without rows.
    parents: bool,
    header: Vec<u8>,
    max_rows: u64,
    max_bytes: u64,
    keys: Arc<Keys>,
    /// The columns that the checksum covers, and those of the key.
    exact: Vec<usize>,
    key: Vec<usize>,
    /// Chunks begun.
    count: u64,
    open: Option<Open>,
    /// Of the current chunk: what is not written yet, its rows, the bytes that are written.
    buffer: Vec<u8>,
    rows: u64,
    written: u64,
    encoded: Vec<u8>,
}

/// A chunk that is being written.
struct Open {
    file: AtomicFile,
    digest: Sha256,
}

impl Writer {
    pub fn new(set: &RowSet, file_no: u32) -> Self {
        let columns = &set.feed.columns;
        let mut header = b"\"tieout_id\",\"tieout_line\",\"tieout_checksum\",\"tieout_seen\"".to_vec();
        for column in columns {
            header.push(b',');
            push_field(column.name.as_bytes(), &mut header);
        }
        header.push(b'\n');
        let (folder, kept) = match &set.chunks {
            ChunkFolder::Nowhere => (None, false),
            ChunkFolder::Scratch(folder) => (Some(folder.clone()), false),
            ChunkFolder::Kept(folder) => (Some(folder.clone()), true),
        };
        Self {
            folder,
            kept,
            file_no,
            parents: false,
            header,
            max_rows: set.feed.xml.chunk_rows,
            max_bytes: set.feed.xml.chunk_bytes,
            keys: set.keys.clone(),
            exact: (0..columns.len()).filter(|&n| columns[n].exact()).collect(),
            key: (0..columns.len()).filter(|&n| columns[n].is_key()).collect(),
            count: 0,
            open: None,
            buffer: Vec::with_capacity(BUFFER),
            rows: 0,
            written: 0,
            encoded: Vec::new(),
        }
    }

    /// The same for the elements without rows: no key of theirs is that of a row.
    pub fn of_parents(set: &RowSet, file_no: u32) -> Self {
        Self { parents: true, keys: Arc::new(Keys::of(0)), ..Self::new(set, file_no) }
    }

    /// Writes until the end is told; gives the number of chunks. Blocks go back when they are written.
    pub fn run(
        mut self,
        received: Receiver<ForWriter>,
        back: &Sender<Block>,
        done: &Sender<Chunk>,
    ) -> Result<u64> {
        for message in received {
            match message {
                ForWriter::Rows(mut block) => {
                    for row in 0..block.rows() {
                        self.row(&block, row, done)?;
                    }
                    block.clear();
                    // At the end nobody fills it again.
                    let _ = back.send(block);
                }
                ForWriter::End => {
                    self.finish(done)?;
                    return Ok(self.count);
                }
            }
        }
        Err(Error::internal("the rows of a file ended without an end"))
    }

    fn row(&mut self, block: &Block, row: usize, done: &Sender<Chunk>) -> Result<()> {
        if self.rows == 0 {
            self.begin()?;
        }
        self.encode(block, row)?;
        self.rows += 1;
        let bytes = self.written + self.buffer.len() as u64;
        if self.rows >= self.max_rows || bytes >= self.max_bytes { self.finish(done) } else { Ok(()) }
    }

    /// Appends a row to the buffer, with its checksum and its line end; what a long value overfills is written.
    fn encode(&mut self, block: &Block, row: usize) -> Result<()> {
        let checksum = self.checksum(block, row);
        let csv = &mut self.buffer;
        let Origin { record, line } = block.origin(row);
        csv.push(b'"');
        push_number(row_id::of(self.file_no, record), csv);
        csv.extend_from_slice(b"\",\"");
        push_number(line, csv);
        csv.extend_from_slice(b"\",\"");
        checksum::push_hex(&checksum, csv);
        let seen = self.keys.add(self.key.iter().map(|&n| block.field(row, n)));
        csv.extend_from_slice(if seen { b"\",\"1\"" } else { b"\",\"0\"" });
        for n in 0..block.columns() {
            self.buffer.push(b',');
            self.field(block.field(row, n))?;
        }
        self.buffer.push(b'\n');
        Ok(())
    }

    /// The checksum of a row. Short values are put together first, which is faster than to digest each.
    fn checksum(&mut self, block: &Block, row: usize) -> [u8; 32] {
        let mut digest = Sha256::new();
        let encoded = &mut self.encoded;
        encoded.clear();
        for (count, &n) in self.exact.iter().enumerate() {
            if count > 0 {
                encoded.push(checksum::SEPARATOR);
            }
            let field = block.field(row, n);
            if encoded.len() + field.len() > BUFFER {
                digest.update(&*encoded);
                encoded.clear();
            }
            if field.len() > BUFFER {
                digest.update(field);
            } else {
                encoded.extend_from_slice(field);
            }
        }
        digest.update(&*encoded);
        digest.finalize().into()
    }

    /// Appends a quoted field, without a separator.
    fn field(&mut self, field: &[u8]) -> Result<()> {
        self.buffer.push(b'"');
        for part in field.chunks(BUFFER) {
            push_quoted(part, &mut self.buffer);
            if self.buffer.len() >= BUFFER {
                self.flush()?;
            }
        }
        self.buffer.push(b'"');
        Ok(())
    }

    fn begin(&mut self) -> Result<()> {
        self.count += 1;
        self.buffer.extend_from_slice(&self.header);
        let Some(folder) = &self.folder else { return Ok(()) };
        let file = AtomicFile::create(&folder.join(chunk_name(self.file_no, self.count, self.parents)))?;
        self.open = Some(Open { file, digest: Sha256::new() });
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.written += self.buffer.len() as u64;
        if let Some(Open { file, digest }) = &mut self.open {
            digest.update(&self.buffer);
            file.write_all(&self.buffer).map_err(|cause| file.failed(cause))?;
        }
        self.buffer.clear();
        Ok(())
    }

    /// Completes the current chunk, if there is one.
    fn finish(&mut self, done: &Sender<Chunk>) -> Result<()> {
        let rows = mem::take(&mut self.rows);
        if rows == 0 {
            return Ok(());
        }
        self.flush()?;
        let bytes = mem::take(&mut self.written);
        let (Some(Open { file, digest }), Some(folder)) = (self.open.take(), &self.folder) else {
            return Ok(());
        };
        let path = file.path().to_owned();
        if self.kept {
            file.publish_synced()?;
            sync_folder(folder)?;
        } else {
            file.publish()?;
        }
        let sha256 = checksum::hex(&digest.finalize());
        let chunk = Chunk { path, rows, bytes, sha256, parents: self.parents };
        // Where nobody listens any more, the conversion has failed, and the caller removes what is whole.
        let _ = done.send(chunk);
        Ok(())
    }
}

/// Appends a quoted field, without a separator.
fn push_field(field: &[u8], row: &mut Vec<u8>) {
    row.push(b'"');
    push_quoted(field, row);
    row.push(b'"');
}

/// Appends what stands between the quotes.
fn push_quoted(field: &[u8], row: &mut Vec<u8>) {
    if field.contains(&b'"') {
        for &byte in field {
            if byte == b'"' {
                row.push(b'"');
            }
            row.push(byte);
        }
    } else {
        row.extend_from_slice(field);
    }
}

/// Appends a number in decimal digits.
fn push_number(mut number: u64, out: &mut Vec<u8>) {
    let start = out.len();
    loop {
        // A remainder of ten is one digit.
        out.push(b'0' + u8::try_from(number % 10).unwrap_or(0));
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out[start..].reverse();
}
