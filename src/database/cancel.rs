//! Stopping: a flag that everything looks at, and a way to cancel what the server is doing.

use super::{
    connection::{Connection, Inner},
    target::Target,
};
use crate::{error::Result, sql::Statement, stop::Flag};
use std::sync::{Arc, Mutex, PoisonError};

/// Set once by a signal; shared by every part of a run.
#[derive(Clone, Default)]
pub struct Stop {
    flag: Flag,
    cancellers: Arc<Mutex<Vec<Canceller>>>,
}

/// How to cancel what one connection is doing.
#[derive(Clone)]
pub struct Canceller {
    target: Target,
    /// The statement that another connection sends; none for SQLite, which looks at the flag.
    cancel: Option<Statement>,
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

    /// Watches a connection: a signal will cancel its statement.
    ///
    /// # Errors
    /// `Database` where the server does not say who we are.
    pub async fn watch(&self, connection: &mut Connection) -> Result<()> {
        let cancel = match &mut connection.inner {
            Inner::Postgres(_) => {
                Some(("SELECT CAST(pg_backend_pid() AS text)", "SELECT CAST(pg_cancel_backend({}) AS text)"))
            }
            Inner::MySql(_) => Some(("SELECT CAST(connection_id() AS char)", "KILL QUERY {}")),
            Inner::Sqlite(sqlite) => {
                let flag = self.flag.clone();
                if let Ok(mut handle) = sqlite.lock_handle().await {
                    handle.set_progress_handler(10_000, move || !flag.is_set());
                }
                None
            }
        };
        connection.stop = Some(self.clone());
        if let Some((who, cancel)) = cancel {
            let id = connection.one(&Statement::plain("who", who)).await?.unwrap_or_default();
            let digits: String = id.chars().filter(char::is_ascii_digit).collect();
            self.add(Canceller {
                target: connection.target.clone(),
                cancel: Some(Statement::plain("cancel", cancel.replace("{}", &digits))),
            });
        }
        Ok(())
    }

    pub(super) fn add(&self, canceller: Canceller) {
        self.cancellers.lock().unwrap_or_else(PoisonError::into_inner).push(canceller);
    }

    /// Cancels every watched statement. The flag is to be set by then, so that no other one begins.
    pub async fn cancel(&self) {
        let cancellers = self.cancellers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for canceller in cancellers {
            if let Some(cancel) = &canceller.cancel
                && let Ok(mut other) = Connection::open(&canceller.target).await
            {
                if let Err(cause) = other.execute(cancel).await {
                    tracing::debug!(%cause, "cancel");
                }
                other.close().await;
            }
        }
    }
}

impl Canceller {
    /// Cancels MySQL connection `id`.
    pub(super) fn kill_query(target: &Target, id: u32) -> Self {
        Self { target: target.clone(), cancel: Some(Statement::plain("cancel", format!("KILL QUERY {id}"))) }
    }
}
