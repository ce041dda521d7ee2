//! Whether a signal asked the program to stop, and which one. Everything that takes long looks at it.

use crate::error::{Error, Result, Signal};
use std::sync::{Arc, OnceLock};

/// Set once, by the first signal; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Flag(Arc<OnceLock<Signal>>);

impl Flag {
    /// Notes the signal. Only the first one counts: the others find the program stopping.
    pub fn set(&self, signal: Signal) {
        let _ = self.0.set(signal);
    }

    /// Whether a signal came.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.get().is_some()
    }

    /// Goes on where no signal came.
    ///
    /// # Errors
    /// `Interrupted`, with the signal.
    pub fn check(&self) -> Result<()> {
        self.0.get().map_or(Ok(()), |signal| Err(Error::interrupted(*signal)))
    }
}
