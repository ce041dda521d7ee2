//! The server sessions of a run, as the ledger knows them while it works under the feed's lock.

use super::request::Request;
use crate::{
    database::{Connection, Part},
    error::Result,
};

/// Notes the sessions of this run; gives their mark, where there are any.
///
/// # Errors
/// `Database`; `Machine` without random numbers.
pub async fn note(connection: &mut Connection, request: &Request) -> Result<Option<i64>> {
    let Some(mark) = connection.mark_with_loader().await? else { return Ok(None) };
    for feed in &request.feeds {
        connection.note(&feed.name, mark, Part::Run).await?;
    }
    Ok(Some(mark))
}

/// Forgets them. Where that fails, the next run does it.
pub async fn forget(connection: &mut Connection, request: &Request, mark: Option<i64>) {
    let Some(mark) = mark else { return };
    for feed in &request.feeds {
        drop(connection.forget(&feed.name, mark).await);
    }
}
