//! Blocking work (files, conversions) on a thread of its own, so that the threads of the runtime stay free.

use crate::error::{Code, Error, Result};

/// Runs `work` on a thread that may block; gives what it gives.
///
/// # Errors
/// Those of `work`; `Internal` where it panicked.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    // What it logs belongs to whatever it is done for.
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(result) => result,
        Err(panic) => Err(Error::check(Code::Panicked, format!("a worker thread panicked: {panic}"))),
    }
}
