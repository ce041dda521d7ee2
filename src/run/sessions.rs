//! The server sessions of a feed's runs, as the ledger knows them. The feed's lock is held, so whatever stands there is of
//! a run that died.

use super::request::Request;
use crate::{database::Connection, error::Result, feed::Feed, sql::Ledger};

/// Ends the sessions of dead runs, which may hold what this run needs.
///
/// # Errors
/// `Database`.
pub async fn end_dead(connection: &mut Connection, feed: &Feed) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    for mark in connection.read::<i64>(&ledger.sessions_noted(&feed.name)).await? {
        connection.end_marked(mark).await?;
        connection.execute(&ledger.session_forget(&feed.name, mark)).await?;
    }
    Ok(())
}

/// Notes the sessions of this run; gives their mark, where there are any.
///
/// # Errors
/// `Database`; `Machine` without random numbers.
pub async fn note(connection: &mut Connection, request: &Request) -> Result<Option<i64>> {
    let Some(mark) = connection.take_mark().await? else { return Ok(None) };
    for feed in &request.feeds {
        connection.execute(&Ledger(connection.dialect()).session_note(&feed.name, mark)).await?;
    }
    Ok(Some(mark))
}

/// Forgets them. Where that fails, the next run does it.
pub async fn forget(connection: &mut Connection, request: &Request, mark: Option<i64>) {
    let Some(mark) = mark else { return };
    for feed in &request.feeds {
        drop(connection.execute(&Ledger(connection.dialect()).session_forget(&feed.name, mark)).await);
    }
}
