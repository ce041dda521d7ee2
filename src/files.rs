//! Files and folders that appear whole or not at all, readable by their owner only: they are written aside and renamed.

use crate::error::{Error, Result};
use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A file that is being written as `<path>.part`. Unless it is published, nothing of it is left.
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    aside: PathBuf,
    path: PathBuf,
    published: bool,
}

impl AtomicFile {
    /// Begins it; what a killed program left of it is thrown away.
    ///
    /// # Errors
    /// `Machine`, here and below.
    pub fn create(path: &Path) -> Result<Self> {
        let aside = beside(path, "", ".part");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(&aside).map_err(|cause| Error::machine("create", &aside, cause))?;
        Ok(Self { file, aside, path: path.to_owned(), published: false })
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
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
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

/// A folder that is being written as `.tmp-<name>`.
pub struct AtomicDir {
    aside: PathBuf,
    path: PathBuf,
}

impl AtomicDir {
    /// Begins it, throwing away what a killed program left of it.
    ///
    /// # Errors
    /// `Machine`, here and below.
    pub fn create(path: &Path) -> Result<Self> {
        make_folder(parent(path))?;
        let aside = beside(path, ".tmp-", "");
        remove(&aside)?;
        make_folder(&aside)?;
        Ok(Self { aside, path: path.to_owned() })
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
        AtomicFile::create(&self.aside.join(name))
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

    /// Gives the folder its name and the place of one that has it already; gives where it is.
    ///
    /// # Errors
    /// `Machine`.
    pub fn publish(self) -> Result<PathBuf> {
        let Self { aside, path } = self;
        let renamed = |from: &Path, to: &Path| {
            fs::rename(from, to).map_err(|cause| Error::machine("write", &path, cause))
        };
        sync_folder(&aside)?;
        if path.exists() {
            let old = beside(&path, ".old-", "");
            remove(&old)?;
            renamed(&path, &old)?;
            renamed(&aside, &path)?;
            remove(&old)?;
        } else {
            renamed(&aside, &path)?;
        }
        sync_folder(parent(&path))?;
        Ok(path)
    }
}

/// Makes a folder (and those above it) for its owner only; one that is there stays as it is.
///
/// # Errors
/// `Machine`.
pub fn make_folder(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|cause| Error::machine("create the folder", path, cause))
}

/// New names in a folder have to survive a power failure, too.
///
/// # Errors
/// `Machine`.
pub fn sync_folder(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|cause| Error::machine("sync the folder", path, cause))
}

/// Removes a folder with all that is in it, where it is there.
fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(Error::machine("remove", folder, cause)),
        _ => Ok(()),
    }
}

/// The path with something around its last name.
fn beside(path: &Path, before: &str, after: &str) -> PathBuf {
    let mut name = OsString::from(before);
    name.push(path.file_name().unwrap_or_default());
    name.push(after);
    path.with_file_name(name)
}

/// The folder of a path, `.` where it names none.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert_eq!(names(folder.path()), ["a.csv.part"]);
        drop(file);
        assert!(names(folder.path()).is_empty());
        fs::write(folder.path().join("a.csv.part"), "left by a killed program").unwrap();
        write(&path, b"whole").unwrap();
        assert_eq!(names(folder.path()), ["a.csv"]);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn a_folder_takes_the_place_of_the_one_before() {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join("runs").join("r1");
        for text in ["one", "two"] {
            let folder = AtomicDir::create(&path).unwrap();
            folder.write("text", text).unwrap();
            if text == "one" {
                assert!(!path.exists());
            }
            assert_eq!(folder.publish().unwrap(), path);
            assert_eq!(fs::read_to_string(path.join("text")).unwrap(), text);
            assert_eq!(names(&out.path().join("runs")), ["r1"]);
        }
    }

    #[test]
    fn nobody_else_can_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join("r1");
        let folder = AtomicDir::create(&path).unwrap();
        folder.write("text", "secret").unwrap();
        folder.publish().unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join("text"))), (0o700, 0o600));
    }
}
