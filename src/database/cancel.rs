//! A signal cancels what a connection's server is doing.

use super::{
    connection::{Connection, Driver},
    target::Target,
};
use crate::{
    error::Result,
    sql::{self, Statement},
    stop::{Cancel, Stop},
};
use futures_util::future::BoxFuture;

/// How to cancel what one session is doing: another one sends a statement.
struct Canceller {
    target: Target,
    cancel: Statement,
}

impl Cancel for Canceller {
    fn cancel(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if let Ok(mut other) = Connection::open(&self.target).await {
                if let Err(cause) = other.execute(&self.cancel).await {
                    tracing::debug!(%cause, "cancel");
                }
                other.close().await;
            }
        })
    }
}

/// From now on a signal cancels the statements of the session of this id.
pub fn watch(stop: &Stop, target: &Target, cancel: Statement) {
    stop.watch(Canceller { target: target.clone(), cancel });
}

impl Connection {
    /// From now on a signal cancels this connection's statement, and no further one begins.
    ///
    /// # Errors
    /// `Database` where the server does not say who we are.
    pub async fn watched_by(&mut self, stop: &Stop) -> Result<()> {
        if let Driver::Sqlite(sqlite) = &mut self.driver
            && let Ok(mut handle) = sqlite.lock_handle().await
        {
            let stop = stop.clone();
            handle.set_progress_handler(10_000, move || !stop.is_set());
        }
        self.stop = Some(stop.clone());
        if let Some(statement) = sql::session_id(self.dialect)
            && let Some(id) = self.one(&statement).await?.and_then(|id| id.parse().ok())
            && let Some(cancel) = sql::cancel(self.dialect, id)
        {
            watch(stop, &self.target, cancel);
        }
        Ok(())
    }
}
