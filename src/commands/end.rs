//! What a command came to, for `main`.

use crate::{
    error::{Error, Result},
    model::Verdict,
};

/// What a command came to.
pub struct CommandEnd {
    /// The exit status of one that worked.
    pub status: Result<u8>,
    /// The worst verdict that was told, where any was.
    pub verdict: Option<Verdict>,
    /// The feed that was run, where one could be read.
    pub feed: Option<String>,
    /// The last run whose verdict was told, where any was.
    pub run: Option<String>,
}

impl CommandEnd {
    /// A command that came to nothing.
    #[must_use]
    pub fn failed(cause: Error) -> Self {
        Self::from(Err(cause))
    }
}

impl From<Result<u8>> for CommandEnd {
    fn from(status: Result<u8>) -> Self {
        Self { status, verdict: None, feed: None, run: None }
    }
}
