//! A file that appears whole or not at all.

use super::calls::{beside, parent, random, rename_to_new, sync_folder};
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Ends the name of a file that is being written.
pub(super) const PART: &str = ".part";

/// A file that is being written aside as `<path>.<random digits>.part`. Unless it is published, nothing of it is left.
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    aside: PathBuf,
    path: PathBuf,
    published: bool,
    /// Where it is one of a folder's.
    pub(super) noted: Option<Noted>,
}

/// What was written so far, for the folder's list.
#[derive(Debug)]
pub(super) struct Noted {
    pub(super) digest: Sha256,
    pub(super) bytes: u64,
    pub(super) list: Arc<Mutex<Vec<FolderFile>>>,
}

/// What was written to a file of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderFile {
    /// The file's name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

impl AtomicFile {
    /// Begins it.
    ///
    /// # Errors
    /// `Machine`, here and below.
    pub fn create(path: &Path) -> Result<Self> {
        let aside = beside(path, "", &format!(".{:08x}{PART}", random()?));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let file = options.open(&aside).map_err(|cause| Error::machine("create", &aside, cause))?;
        Ok(Self { file, aside, path: path.to_owned(), published: false, noted: None })
    }

    /// What it will be called.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A failure to write it.
    #[must_use]
    pub fn failed(&self, cause: io::Error) -> Error {
        Error::machine("write", &self.path, cause)
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// `Machine`.
    pub fn publish(mut self) -> Result<()> {
        fs::rename(&self.aside, &self.path).map_err(|cause| self.failed(cause))?;
        self.published = true;
        if let Some(Noted { digest, bytes, list }) = self.noted.take() {
            let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let written = FolderFile { name, bytes, sha256: digest.finalize().into() };
            list.lock().unwrap_or_else(PoisonError::into_inner).push(written);
        }
        Ok(())
    }

    /// The same, and its bytes survive a power failure; its name does when its folder is synchronised.
    ///
    /// # Errors
    /// `Machine`.
    pub fn publish_synced(self) -> Result<()> {
        self.file.sync_all().map_err(|cause| self.failed(cause))?;
        self.publish()
    }

    /// Gives the file its name where nothing has that, with the rights and the time of another one; its bytes survive a power
    /// failure.
    ///
    /// # Errors
    /// `Machine`.
    pub fn publish_new(mut self, like: &fs::Metadata) -> Result<()> {
        let dressed = self.file.set_permissions(like.permissions());
        let dressed = dressed.and_then(|()| like.modified()).and_then(|time| self.file.set_modified(time));
        let synced = dressed.and_then(|()| self.file.sync_all());
        let named = synced.and_then(|()| rename_to_new(&self.aside, &self.path));
        named.map_err(|cause| self.failed(cause))?;
        self.published = true;
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.file.write(bytes)?;
        if let Some(noted) = &mut self.noted {
            noted.digest.update(&bytes[..length]);
            noted.bytes += length as u64;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.published {
            // Writing failed, and that is known; what is half written goes with it.
            let _ = fs::remove_file(&self.aside);
        }
    }
}

/// Writes a whole file that survives a power failure.
///
/// # Errors
/// `Machine`.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|cause| file.failed(cause))?;
    file.publish_synced()?;
    sync_folder(parent(path))
}
