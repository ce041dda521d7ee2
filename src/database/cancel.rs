//! A signal cancels what a connection's server is doing.

use super::{
    connection::{Connection, Driver},
    target::Target,
};
use crate::{
    sql::{self, Statement},
    stop::{Cancel, Stop},
};
use futures_util::future::BoxFuture;
use std::sync::atomic::Ordering;

/// How to cancel what one session is doing: another one sends a statement.
struct Canceller {
    target: Target,
    cancel: Statement,
}

impl Cancel for Canceller {
    fn cancel(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            from_outside(&self.target, &self.cancel).await;
        })
    }
}

/// Sends a statement that cancels what another session does; whether the server heard of it. The type is written out,
/// since connecting may come here too.
pub fn from_outside<'a>(target: &'a Target, cancel: &'a Statement) -> BoxFuture<'a, bool> {
    Box::pin(async {
        let Ok(mut other) = Connection::open(target).await else { return false };
        let heard = other.execute(cancel).await;
        other.close().await;
        if let Err(cause) = &heard {
            tracing::debug!(%cause, "cancel");
        }
        heard.is_ok()
    })
}

/// From now on a signal cancels the statements of the session of this id.
pub fn watch(stop: &Stop, target: &Target, cancel: Statement) {
    stop.watch(Canceller { target: target.clone(), cancel });
}

impl Connection {
    /// From now on a signal cancels this connection's statement, and no further one begins.
    pub async fn watched_by(&mut self, stop: &Stop) {
        let signal = stop.clone();
        self.interrupted_if(move || signal.is_set()).await;
        self.stop = Some(stop.clone());
        if let Some(cancel) = self.session.and_then(|id| sql::cancel(self.dialect, id)) {
            watch(stop, &self.target, cancel);
        }
    }

    /// SQLite only: its statements end when they have had their time, or when `or` is true.
    pub(super) async fn interrupted_if(&mut self, or: impl Fn() -> bool + Send + 'static) {
        if let Driver::Sqlite(sqlite) = &mut self.driver
            && let Ok(mut handle) = sqlite.lock_handle().await
        {
            let overdue = self.overdue.clone();
            handle.set_progress_handler(10_000, move || !or() && !overdue.load(Ordering::Relaxed));
        }
    }
}
