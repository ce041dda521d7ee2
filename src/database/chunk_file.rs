//! A chunk on disk, while it is handed to a server.

use crate::error::{Error, Result};
use std::{fs::File, path::Path};

/// Bytes that are handed over at once.
pub const BLOCK: usize = 256 * 1024;

/// The file.
///
/// # Errors
/// `Machine` where it cannot be opened.
pub fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|cause| Error::machine("read", path, cause))
}
