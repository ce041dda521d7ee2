//! Sessions that another run can find. A server works on for a program that was killed, and holds its locks meanwhile; so
//! the sessions of a run carry marks, which nobody else has and which end with them. The next run ends what has them.

use super::connection::Connection;
use crate::{
    error::Result,
    files::random,
    sql::{self, Statement},
};
use std::time::Duration;

/// How long a session that was told to end may take to give its locks back.
const POLLS: u32 = 100;
const POLL: Duration = Duration::from_millis(100);

/// The mark of the session that loads, beside a run's own.
pub const fn of_loader(mark: i64) -> i64 {
    mark + 1
}

impl Connection {
    /// Marks this session, and by it the one that will load; none on SQLite.
    ///
    /// # Errors
    /// `Machine` without random numbers; `Database`.
    pub async fn take_mark(&mut self) -> Result<Option<i64>> {
        let mark = (i64::from(random()? >> 2) << 32) | (i64::from(random()?) & !1);
        let Some(statement) = sql::mark(self.dialect, mark) else { return Ok(None) };
        self.one(&statement).await?;
        // Another run of this process has none: it does one job.
        let _ = self.target.mark.set(mark);
        Ok(Some(mark))
    }

    /// Ends the sessions that have a mark. What this user may not end is named, with what ends it.
    ///
    /// # Errors
    /// `Database` where they cannot be looked for.
    pub async fn end_marked(&mut self, mark: i64) -> Result<()> {
        for mark in [mark, of_loader(mark)] {
            let Some(find) = sql::marked(self.dialect, mark) else { continue };
            let Some(session) = self.read_first::<u64>(&find).await? else { continue };
            let Some(end) = sql::end_session(self.dialect, session) else { continue };
            tracing::warn!("session {session} of a run that died is still at work on the server: ending it");
            if let Err(cause) = self.execute(&end).await {
                tracing::warn!(
                    "session {session} cannot be ended by this user ({cause}); an administrator ends it with {}",
                    self.by_hand(&end)
                );
            } else if !self.is_gone(&find).await? {
                tracing::warn!(
                    "session {session} was told to end and has not ended yet: its locks may hold this run up"
                );
            }
        }
        Ok(())
    }

    async fn is_gone(&mut self, find: &Statement) -> Result<bool> {
        for _ in 0..POLLS {
            if self.one(find).await?.is_none() {
                return Ok(true);
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(false)
    }

    fn by_hand(&self, statement: &Statement) -> String {
        let text = statement.pasted(self.dialect);
        text.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join(" ")
    }
}
