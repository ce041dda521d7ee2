//! A folder with one writer.

use super::{calls::make_folder, file::PART};
use crate::error::{Code, Error, Place, Result};
use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

/// A folder to which no other program writes while this is held.
#[derive(Debug)]
pub struct OwnFolder(#[allow(dead_code, reason = "the lock ends with it")] File);

/// Makes a folder, keeps other programs of ours out of it, and removes what killed ones left half written.
///
/// # Errors
/// `Locked` where another program of ours writes to it; `Machine`.
pub fn own_folder(path: &Path) -> Result<OwnFolder> {
    make_folder(path)?;
    let folder = File::open(path).map_err(|cause| Error::machine("read", path, cause))?;
    match folder.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let shown = Place::file(&path.display().to_string());
            return Err(Error::new(Code::FolderInUse, format!("another tieout writes to {shown}")));
        }
        // Some network file systems lock no folder. Nothing is mixed there either, but for files of the same name.
        Err(TryLockError::Error(cause)) => tracing::debug!(%cause, "the folder cannot be locked"),
        Ok(()) => {
            for entry in path.read_dir().map_err(|cause| Error::machine("read", path, cause))?.flatten() {
                if is_part(&entry.file_name().to_string_lossy())
                    && let Err(cause) = fs::remove_file(entry.path())
                {
                    let shown = Place::file(&entry.path().display().to_string());
                    tracing::warn!("{shown} was left by a killed program and cannot be removed: {cause}");
                }
            }
        }
    }
    Ok(OwnFolder(folder))
}

/// The name of a file that is being written: eight random digits stand before its end.
fn is_part(name: &str) -> bool {
    let digits = name.strip_suffix(PART).and_then(|name| name.rsplit_once('.')).map(|(_, digits)| digits);
    digits.is_some_and(|digits| digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}
