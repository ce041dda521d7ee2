//! A folder that appears whole or not at all, readable by its owner only.

use crate::error::{Error, Result};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A run's folder while it is being written.
pub struct Folder {
    aside: PathBuf,
    target: PathBuf,
    parent: PathBuf,
}

impl Folder {
    /// Begins `<out>/.tmp-<name>`, throwing away what a killed export left there.
    ///
    /// # Errors
    /// `Machine`.
    pub fn create(out: &Path, name: &str) -> Result<Self> {
        make(out)?;
        let aside = out.join(format!(".tmp-{name}"));
        if aside.exists() {
            fs::remove_dir_all(&aside).map_err(|cause| Error::machine("remove", &aside, cause))?;
        }
        make(&aside)?;
        Ok(Self { aside, target: out.join(name), parent: out.to_owned() })
    }

    /// Where it is being written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.aside
    }

    /// Begins a file in it.
    ///
    /// # Errors
    /// `Machine`.
    pub fn file(&self, name: &str) -> Result<(PathBuf, File)> {
        let path = self.aside.join(name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|cause| Error::machine("write", &path, cause))?;
        Ok((path, file))
    }

    /// Writes and syncs a whole file.
    ///
    /// # Errors
    /// `Machine`.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let (path, mut file) = self.file(name)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|cause| Error::machine("write", &path, cause))
    }

    /// Gives the folder its name. A folder of the same run is replaced: it holds the same bytes.
    ///
    /// # Errors
    /// `Machine`.
    pub fn publish(self) -> Result<PathBuf> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause: std::io::Error| Error::machine("write", &path, cause)
        };
        sync(&self.aside)?;
        if self.target.exists() {
            let old = self
                .parent
                .join(format!(".old-{}", self.target.file_name().unwrap_or_default().to_string_lossy()));
            if old.exists() {
                fs::remove_dir_all(&old).map_err(failed(&old))?;
            }
            fs::rename(&self.target, &old).map_err(failed(&self.target))?;
            fs::rename(&self.aside, &self.target).map_err(failed(&self.target))?;
            fs::remove_dir_all(&old).map_err(failed(&old))?;
        } else {
            fs::rename(&self.aside, &self.target).map_err(failed(&self.target))?;
        }
        sync(&self.parent)?;
        Ok(self.target)
    }
}

/// Makes a folder (and those above it) for its owner only; one that is there stays as it is.
///
/// # Errors
/// `Machine`.
pub fn make(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|cause| Error::machine("create the folder", path, cause))
}

fn sync(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|cause| Error::machine("sync the folder", path, cause))
}
