//! A folder that appears whole or not at all.

use super::{
    calls::{
        beside, exchange, is_folder, is_taken, make_folder, new_folder, parent, random, remove_or_warn,
        rename_to_new, sync_folder,
    },
    file::{AtomicFile, FolderFile, Noted},
};
use crate::error::{Code, Error, Place, Result};
use sha2::{Digest, Sha256};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Begins the name of a folder that is being written.
pub const NEW: &str = ".tmp-";
/// Begins the name of a folder whose place another one took.
pub const OLD: &str = ".old-";
/// A folder that is being written as `.tmp-<name>.<random digits>`. A process that is killed leaves it; one that fails does
/// not.
pub struct AtomicDir {
    aside: PathBuf,
    path: PathBuf,
    written: Arc<Mutex<Vec<FolderFile>>>,
    published: bool,
}

impl AtomicDir {
    /// Begins it.
    ///
    /// # Errors
    /// `Machine`, here and below.
    pub fn create(path: &Path) -> Result<Self> {
        make_folder(parent(path))?;
        let aside = beside(path, NEW, &format!(".{:08x}", random()?));
        new_folder(&aside)?;
        Ok(Self { aside, path: path.to_owned(), written: Arc::default(), published: false })
    }

    /// Where it is being written.
    #[must_use]
    pub fn aside(&self) -> &Path {
        &self.aside
    }

    /// Begins a file in it.
    ///
    /// # Errors
    /// `Machine`.
    pub fn file(&self, name: &str) -> Result<AtomicFile> {
        let mut file = AtomicFile::create(&self.aside.join(name))?;
        file.noted = Some(Noted { digest: Sha256::new(), bytes: 0, list: self.written.clone() });
        Ok(file)
    }

    /// What was written so far, in the order of the names.
    #[must_use]
    pub fn written(&self) -> Vec<FolderFile> {
        let mut all = self.written.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// Writes a whole file in it.
    ///
    /// # Errors
    /// `Machine`.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let mut file = self.file(name)?;
        file.write_all(text.as_bytes()).map_err(|cause| file.failed(cause))?;
        file.publish_synced()
    }

    /// Gives the folder its name in one step; gives where it is. Where the name is taken, `is_same` must know the folder
    /// that has it: then the two are exchanged, and the old one is removed.
    ///
    /// # Errors
    /// `Machine`, also where what has the name is anything else.
    pub fn publish(mut self, is_same: impl Fn(&Path) -> bool) -> Result<PathBuf> {
        sync_folder(&self.aside)?;
        let failed = |cause: io::Error| Error::machine("write", &self.path, cause);
        match rename_to_new(&self.aside, &self.path) {
            Ok(()) => self.published = true,
            Err(cause) if is_taken(&cause) => {
                if !is_folder(&self.path) || !is_same(&self.path) {
                    return Err(another(&self.path));
                }
                let name = self.aside.file_name().unwrap_or_default().to_string_lossy();
                let between = self.aside.with_file_name(name.replacen(NEW, OLD, 1));
                let old = exchange(&self.aside, &self.path, &between).map_err(failed)?;
                self.published = true;
                remove_or_warn(&old);
            }
            Err(cause) => return Err(failed(cause)),
        }
        sync_folder(parent(&self.path))?;
        Ok(self.path.clone())
    }
}

impl Drop for AtomicDir {
    fn drop(&mut self) {
        if !self.published {
            remove_or_warn(&self.aside);
        }
    }
}

/// What has the name of a folder to write, and is not the same folder of before.
fn another(path: &Path) -> Error {
    let place = Place::file(&path.display().to_string());
    let what = format!("{place} is there already, and is not the folder of this run");
    Error::new(Code::NotTheRunsFolder, what).about(place)
}
