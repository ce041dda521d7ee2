//! Whether a signal asked the program to stop, and which one; and what must be cancelled then. Everything that takes long
//! looks at the flag; nothing here knows what that is.

use crate::error::{Error, Result, Signal};
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

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

/// Work elsewhere that does not look at the flag, such as a statement that a server executes.
pub trait Cancel: Send + Sync {
    /// Asks for its end. Nothing is reported where that fails: the process ends in either case.
    fn cancel(&self) -> BoxFuture<'_, ()>;
}

/// The flag, and the work that is cancelled beside it; shared by every part of a run.
#[derive(Clone, Default)]
pub struct Stop {
    flag: Flag,
    watched: Arc<Mutex<Vec<Arc<dyn Cancel>>>>,
}

impl Stop {
    /// The flag itself.
    #[must_use]
    pub fn flag(&self) -> &Flag {
        &self.flag
    }

    /// Whether a signal came.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.flag.is_set()
    }

    /// From now on this work is among that which is cancelled.
    pub fn watch(&self, work: impl Cancel + 'static) {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(work));
    }

    /// Cancels all work that is watched. The flag is to be set by then, so that no other work begins.
    pub async fn cancel(&self) {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for work in watched {
            work.cancel().await;
        }
    }
}
