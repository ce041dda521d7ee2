//! Rows → CSV files of bounded size (RFC 4180; see `Chunk`), written aside, synchronised, renamed.
//!
//! A writer of its own instead of the `csv` crate's: a row is built once in a buffer that is counted,
//! hashed and written as it is, and "every field is quoted" leaves nothing of the format to decide.

use super::{Chunk, ChunkFolder, Sink, checksum};
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    sync::mpsc::{SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

const BUFFER: usize = 256 * 1024;

/// Appends a quoted field, without a separator.
pub(super) fn push_field(field: &[u8], row: &mut Vec<u8>) {
    row.push(b'"');
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
    row.push(b'"');
}

/// Appends a number in decimal digits.
pub(super) fn push_number(mut number: u64, out: &mut Vec<u8>) {
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

/// Appends bytes in lower-case hex.
pub(super) fn push_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// Writes the chunks of one file.
pub(super) struct Chunks<'a> {
    folder: ChunkFolder<'a>,
    file_no: u32,
    header: Vec<u8>,
    max_rows: u64,
    max_bytes: u64,
    /// Chunks begun.
    pub count: u64,
    open: Option<Open>,
    buffer: Vec<u8>,
    rows: u64,
    bytes: u64,
}

/// A chunk that is being written. Digest and write have a thread of their own: while the next rows are
/// converted, the last ones go to disk.
struct Open {
    blocks: Option<SyncSender<Vec<u8>>>,
    writer: Option<JoinHandle<io::Result<String>>>,
    aside: PathBuf,
    path: PathBuf,
    renamed: bool,
}

impl Open {
    fn new(file: File, aside: PathBuf, path: PathBuf, kept: bool) -> Self {
        let (blocks, received) = sync_channel::<Vec<u8>>(4);
        let writer = thread::spawn(move || {
            let (mut file, mut digest) = (file, Sha256::new());
            for block in received {
                digest.update(&block);
                file.write_all(&block)?;
            }
            if kept {
                file.sync_all()?;
            }
            Ok(checksum::hex(&digest.finalize()))
        });
        Self { blocks: Some(blocks), writer: Some(writer), aside, path, renamed: false }
    }

    /// Hands a block over. A writer that is gone has failed, which `finish` tells.
    fn write(&mut self, block: Vec<u8>) -> Result<()> {
        let gone = self.blocks.as_ref().is_none_or(|blocks| blocks.send(block).is_err());
        if gone { self.finish().map(drop) } else { Ok(()) }
    }

    /// Waits for the writer; gives the file's digest.
    fn finish(&mut self) -> Result<String> {
        self.blocks = None;
        let done = self.writer.take().map(JoinHandle::join);
        match done {
            Some(Ok(Ok(digest))) => Ok(digest),
            Some(Ok(Err(cause))) => Err(Error::machine("write", &self.aside, &cause)),
            _ => Err(Error::internal(format!("the writer of {} is gone", self.path.display()))),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.renamed {
            // The conversion failed, and that is known; its half-written file goes with it.
            let _ = self.finish();
            let _ = fs::remove_file(&self.aside);
        }
    }
}

impl<'a> Chunks<'a> {
    pub fn new(folder: ChunkFolder<'a>, file_no: u32, header: Vec<u8>, max: (u64, u64)) -> Self {
        Self {
            folder,
            file_no,
            header,
            max_rows: max.0,
            max_bytes: max.1,
            count: 0,
            open: None,
            buffer: Vec::with_capacity(BUFFER),
            rows: 0,
            bytes: 0,
        }
    }

    /// Adds a row, with its line end.
    pub fn row(&mut self, row: &[u8], sink: &mut dyn Sink) -> Result<()> {
        if self.rows == 0 {
            self.begin()?;
        }
        self.buffer.extend_from_slice(row);
        self.rows += 1;
        self.bytes += row.len() as u64;
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        if self.rows >= self.max_rows || self.bytes >= self.max_bytes { self.finish(sink) } else { Ok(()) }
    }

    /// Completes the last chunk.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.flush()?;
        let rows = std::mem::take(&mut self.rows);
        let Some(folder) = self.folder.path() else { return Ok(()) };
        let Some(mut open) = self.open.take() else { return Ok(()) };
        let sha256 = open.finish()?;
        fs::rename(&open.aside, &open.path).map_err(|cause| Error::machine("write", &open.path, &cause))?;
        open.renamed = true;
        if self.kept() {
            // The new name has to survive a power failure, too.
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|cause| Error::machine("write to", folder, &cause))?;
        }
        sink.chunk(Chunk { path: open.path.clone(), rows, bytes: self.bytes, sha256 })
    }

    fn kept(&self) -> bool {
        matches!(self.folder, ChunkFolder::Kept(_))
    }

    fn begin(&mut self) -> Result<()> {
        self.count += 1;
        self.bytes = self.header.len() as u64;
        self.buffer.extend_from_slice(&self.header);
        let Some(folder) = self.folder.path() else { return Ok(()) };
        let path = folder.join(super::chunk_name(self.file_no, self.count));
        let aside = path.with_extension("csv.part");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&aside).map_err(|cause| Error::machine("create", &aside, &cause))?;
        self.open = Some(Open::new(file, aside, path, self.kept()));
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if let Some(open) = &mut self.open {
            let block = std::mem::replace(&mut self.buffer, Vec::with_capacity(BUFFER + BUFFER / 4));
            return open.write(block);
        }
        self.buffer.clear();
        Ok(())
    }
}
