//! How long an answer is waited for. Knows no connection.

use crate::error::Result;
use std::time::Duration;
use tokio::time::{error::Elapsed, timeout};

/// For a connection, and for all that sets its session.
pub const CONNECT: Duration = Duration::from_secs(15);
/// What a server gets beyond its own limit to say that it was reached.
const GRACE: Duration = Duration::from_secs(5);
/// For what need not succeed, since the end of the connection does the same.
const POLITE: Duration = Duration::from_secs(2);

/// Waits for the answer to a statement that may take so long, and gives what it waited where there is none.
pub async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T>>,
) -> Result<Result<T>, Duration> {
    let patience = limit.saturating_add(GRACE);
    timeout(patience, work).await.map_err(|Elapsed { .. }| patience)
}

/// Waits a moment; none where that was too short.
pub async fn politely<T>(work: impl Future<Output = T>) -> Option<T> {
    timeout(POLITE, work).await.ok()
}
