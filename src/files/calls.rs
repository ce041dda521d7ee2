//! Folders made, renamed, exchanged and removed.

use crate::error::{Error, Place, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

/// A number that nobody else draws.
///
/// # Errors
/// `Machine` where the system gives none.
pub fn random() -> Result<u32> {
    getrandom::u32()
        .map_err(|cause| Error::machine("read", "the system's random numbers".as_ref(), cause.into()))
}

/// Exchanges two folders in one step; gives where the second one is now. A file system that cannot do that takes two, and
/// then it is at the third path.
pub(super) fn exchange(new: &Path, path: &Path, between: &Path) -> io::Result<PathBuf> {
    match renameat_with(CWD, new, CWD, path, RenameFlags::EXCHANGE).map_err(io::Error::from) {
        Ok(()) => Ok(new.to_owned()),
        Err(cause) if is_unsupported(&cause) => {
            exchange_in_steps(new, path, between).map(|()| between.to_owned())
        }
        Err(cause) => Err(cause),
    }
}

pub(super) fn exchange_in_steps(new: &Path, path: &Path, between: &Path) -> io::Result<()> {
    fs::rename(path, between)?;
    fs::rename(new, path).or_else(|cause| fs::rename(between, path).and(Err(cause)))
}

/// Renames where nothing has the new name.
pub(super) fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE).map_err(io::Error::from) {
        Err(cause) if is_unsupported(&cause) => {
            if to.symlink_metadata().is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, to)
        }
        result => result,
    }
}

/// The system or the file system does not know such a rename.
pub(super) fn is_unsupported(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput)
}

pub(super) fn is_taken(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty)
}

/// A folder, and no link to one.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_dir())
}

/// Gives a folder a name that is free.
///
/// # Errors
/// `Machine`, also where the name is taken.
pub fn rename_folder(from: &Path, to: &Path) -> Result<()> {
    rename_to_new(from, to).map_err(|cause| Error::machine("write", to, cause))
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

/// Makes a folder for its owner only.
///
/// # Errors
/// `Machine`, also where something has that name: nobody else may write to it.
pub fn new_folder(path: &Path) -> Result<()> {
    let made = DirBuilder::new().mode(0o700).create(path);
    made.map_err(|cause| Error::machine("create the folder", path, cause))
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

/// Removes a folder with all that is in it, following no link; says where that fails, since nothing depends on it.
pub fn remove_or_warn(folder: &Path) {
    match fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            let shown = Place::file(&folder.display().to_string());
            tracing::warn!(
                "{shown} cannot be removed: {cause}; the next run of the feed with this --out, or `tieout clean`, tries again"
            );
        }
        _ => {}
    }
}

/// The path with something around its last name.
pub(super) fn beside(path: &Path, before: &str, after: &str) -> PathBuf {
    let mut name = OsString::from(before);
    name.push(path.file_name().unwrap_or_default());
    name.push(after);
    path.with_file_name(name)
}

/// The folder of a path, `.` where it names none.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}
