//! No call on a connection waits for ever. A server ends a statement at its limit and says so; where nothing comes by a
//! little later, the statement is cancelled from outside, and nothing more is asked of the connection. A server that
//! does not answer that either is silent: then nobody asks it for anything any more.

use super::{
    cancel,
    connection::{Connection, Driver},
    errors,
    patience::politely,
    target::Target,
};
use crate::{
    error::{Error, Result},
    sql::{self, Statement},
};
use std::{sync::atomic::Ordering, time::Duration};
use tokio::time::timeout;

/// How long a statement is cancelled from outside: to connect, and to say it.
const CANCEL: Duration = Duration::from_secs(4);

/// Cancels what was waited for in vain; gives the error that says so.
pub async fn no_answer(target: &Target, cancel: Option<Statement>, name: &str, waited: Duration) -> Error {
    let cancelled = match &cancel {
        Some(cancel) => timeout(CANCEL, cancel::from_outside(target, cancel)).await.unwrap_or(false),
        None => false,
    };
    if !cancelled {
        target.silence.note();
    }
    errors::no_answer(name, waited, cancelled)
}

impl Connection {
    /// # Errors
    /// `NoAnswer` where a call before this one got no answer.
    pub(super) fn still_answers(&self, name: &str) -> Result<()> {
        if self.given_up || self.target.silence.is_known() { Err(errors::silent(name)) } else { Ok(()) }
    }

    /// What came `within` the limit, or the end of this connection.
    ///
    /// # Errors
    /// The answer's own; `NoAnswer`.
    pub(super) async fn answered<T>(&mut self, name: &str, came: Result<Result<T>, Duration>) -> Result<T> {
        match came {
            Ok(answer) => answer.map_err(|cause| errors::beyond_its_own_limit(cause, self.limits)),
            Err(waited) => {
                if let Driver::Sqlite(sqlite) = &mut self.driver {
                    // The handle is free when the statement has ended; then the connection serves again.
                    self.overdue.store(true, Ordering::Relaxed);
                    self.given_up = timeout(CANCEL, sqlite.lock_handle()).await.is_err();
                    self.overdue.store(false, Ordering::Relaxed);
                    return Err(errors::not_done(name, waited));
                }
                self.given_up = true;
                let cancel = self.session.and_then(|id| sql::cancel(self.dialect, id));
                Err(no_answer(&self.target, cancel, name, waited).await)
            }
        }
    }

    /// Politely: the server hears of it, unless it does not listen.
    pub async fn close(self) {
        if self.still_answers("close").is_err() {
            return;
        }
        let closed = politely(async {
            use sqlx::Connection as _;
            match self.driver {
                Driver::Postgres(c) => c.close().await,
                Driver::MySql(c) => c.close().await,
                Driver::Sqlite(c) => c.close().await,
            }
        });
        if let Some(Err(cause)) = closed.await {
            tracing::debug!(%cause, "close");
        }
    }
}
