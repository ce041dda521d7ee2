//! A chunk on disk, while it is handed to a server: byte by byte what the converter wrote, or an error.

use crate::{
    error::{Code, Error, Place, Result},
    model::{Chunk, checksum::hex},
};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

/// Bytes that are handed over at once.
pub const BLOCK: usize = 256 * 1024;

/// The file, of which every byte is counted and digested.
pub struct ChunkFile {
    file: File,
    path: PathBuf,
    /// What the converter wrote.
    bytes: u64,
    sha256: String,
    /// What was read so far.
    read: u64,
    digest: Sha256,
}

impl ChunkFile {
    /// Opens it.
    ///
    /// # Errors
    /// `Machine` where it cannot be opened.
    pub fn open(chunk: &Chunk) -> Result<Self> {
        let Chunk { path, bytes, sha256, .. } = chunk;
        let file = File::open(path).map_err(|cause| Error::machine("read", path, cause))?;
        let (path, sha256) = (path.clone(), sha256.clone());
        Ok(Self { file, path, bytes: *bytes, sha256, read: 0, digest: Sha256::new() })
    }

    /// Reads the next bytes into the block and gives how many; 0 at the end, where all of it was what was written.
    ///
    /// # Errors
    /// `Machine` where it cannot be read, or is not what was written.
    pub fn next(&mut self, block: &mut [u8]) -> Result<usize> {
        // A chunk is a few megabytes in the page cache: reading it blocks for no time.
        let length = loop {
            match self.file.read(block) {
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                result => break result.map_err(|cause| Error::machine("read", &self.path, cause))?,
            }
        };
        self.digest.update(&block[..length]);
        self.read += length as u64;
        let ended = length == 0;
        let whole = || self.read == self.bytes && hex(&self.digest.clone().finalize()) == self.sha256;
        if self.read > self.bytes || (ended && !whole()) { Err(self.changed()) } else { Ok(length) }
    }

    /// Why it is not what was written, read to its end; nothing where it is.
    pub fn fault(mut self) -> Option<Error> {
        let mut block = vec![0; BLOCK];
        loop {
            match self.next(&mut block) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(cause) => return Some(cause),
            }
        }
    }

    fn changed(&self) -> Error {
        let place = Place::file(&self.path.display().to_string());
        let what = format!("{place} is not the chunk that was written there: its digest differs");
        Error::new(Code::ChunkChanged, what).about(place)
    }
}

impl Read for ChunkFile {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.next(block).map_err(Error::into_io)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::checksum::sha256_hex;
    use std::{fs, path::Path};

    fn chunk(path: &Path, text: &str) -> Chunk {
        fs::write(path, text).unwrap();
        let sha256 = sha256_hex(text.as_bytes());
        Chunk { path: path.to_owned(), rows: 1, bytes: text.len() as u64, sha256, parents: false }
    }

    #[test]
    fn only_what_was_written_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0001-000001.csv");
        let written = chunk(&path, "a,b\n1,2\n");
        let mut text = String::new();
        ChunkFile::open(&written).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "a,b\n1,2\n");
        for other in ["a,b\n1,3\n", "a,b\n1,2\n\n", "a,b\n1,2", ""] {
            fs::write(&path, other).unwrap();
            let cause = ChunkFile::open(&written).unwrap().read_to_string(&mut text).unwrap_err();
            assert_eq!(Error::from_io(cause).unwrap().code(), Code::ChunkChanged, "{other}");
            let cause = ChunkFile::open(&written).unwrap().fault().unwrap();
            assert_eq!((cause.code(), cause.status()), (Code::ChunkChanged, 7), "{other}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(ChunkFile::open(&written).err().unwrap().status(), 7);
        fs::create_dir(&path).unwrap();
        assert_eq!(ChunkFile::open(&written).unwrap().fault().unwrap().status(), 7, "it cannot be read");
    }
}
