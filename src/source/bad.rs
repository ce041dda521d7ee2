//! A file of a source that cannot be taken, which says nothing of the others.

use crate::error::{Code, Error, ErrorKind, Result};

/// A file of a source that cannot be taken.
#[derive(Debug)]
pub struct BadFile {
    /// What its sender calls it.
    pub name: String,
    /// The digest of its bytes, in hex; empty where they are not known.
    pub sha256: String,
    /// What is wrong with it.
    pub cause: Error,
}

/// Codes beside the refusals that say something of one file, and nothing of the others.
const OF_ONE_FILE: [Code; 3] = [Code::RemoteName, Code::SourceRefused, Code::StillWritten];

impl BadFile {
    /// A file with which this is wrong.
    ///
    /// # Errors
    /// `cause`, where it says something of others too.
    pub fn new(name: &str, sha256: &str, cause: Error) -> Result<Self> {
        if cause.kind() == ErrorKind::Refused || OF_ONE_FILE.contains(&cause.code()) {
            return Ok(Self { name: name.to_owned(), sha256: sha256.to_owned(), cause });
        }
        Err(cause)
    }
}
