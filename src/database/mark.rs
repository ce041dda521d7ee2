//! Sessions that another run can find. A server works on for a program that was killed, and holds its locks meanwhile; so
//! the sessions of a run carry marks, which nobody else has and which end with them. The next run ends what has them.

use super::{
    connection::Connection,
    process,
    rows::{Cells, FromRow},
};
use crate::{
    error::Result,
    files::random,
    sql::{self, Ledger, Statement},
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
    /// Marks this session; none on SQLite.
    ///
    /// # Errors
    /// `Machine` without random numbers; `Database`.
    pub async fn mark(&mut self) -> Result<Option<i64>> {
        let mark = (i64::from(random()? >> 2) << 32) | (i64::from(random()?) & !1);
        let Some(statement) = sql::mark(self.dialect, mark) else { return Ok(None) };
        self.one(&statement).await?;
        Ok(Some(mark))
    }

    /// Marks this session, and by it the one that will load; none on SQLite.
    ///
    /// # Errors
    /// As `mark`.
    pub async fn mark_with_loader(&mut self) -> Result<Option<i64>> {
        let mark = self.mark().await?;
        // Another run of this process has none: it does one job.
        mark.map(|mark| self.target.mark.set(mark));
        Ok(mark)
    }

    /// Writes a mark of a feed's run down.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note(&mut self, feed: &str, mark: i64, part: Part) -> Result<()> {
        let note = Ledger(self.dialect).session_note(feed, mark, part.name(), &process::this());
        self.execute(&note).await.map(drop)
    }

    /// Forgets a mark.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget(&mut self, feed: &str, mark: i64) -> Result<()> {
        self.execute(&Ledger(self.dialect).session_forget(feed, mark)).await.map(drop)
    }

    /// Ends the sessions of processes of this machine that are dead; whether there was one. Who holds the feed's lock
    /// also ends those that worked under it before, whoever's they are: they may hold what the run needs.
    ///
    /// # Errors
    /// `Database`.
    pub async fn end_dead(&mut self, feed: &str, locked: bool) -> Result<bool> {
        let notes: Vec<SessionNote> = self.read(&Ledger(self.dialect).sessions_noted(feed)).await?;
        let dead =
            |note: &&SessionNote| (locked && note.part == Part::Run) || process::is_dead(&note.process);
        let dead: Vec<i64> = notes.iter().filter(dead).map(|note| note.mark).collect();
        for &mark in &dead {
            self.end_marked(mark).await?;
            self.forget(feed, mark).await?;
        }
        Ok(!dead.is_empty())
    }

    /// What an administrator types to end the sessions of a feed's runs.
    ///
    /// # Errors
    /// `Database`.
    pub async fn ends_by_hand(&mut self, feed: &str, but: Option<i64>) -> Result<Vec<String>> {
        let mut ends = Vec::new();
        let notes: Vec<SessionNote> = self.read(&Ledger(self.dialect).sessions_noted(feed)).await?;
        for note in notes.iter().filter(|note| Some(note.mark) != but) {
            for mark in [note.mark, of_loader(note.mark)] {
                let Some(find) = sql::marked(self.dialect, mark) else { continue };
                let session: Option<u64> = self.read_first(&find).await?;
                let end = session.and_then(|session| sql::end_session(self.dialect, session));
                ends.extend(end.map(|end| self.by_hand(&end)));
            }
        }
        Ok(ends)
    }

    /// Ends the sessions that have a mark. What this user may not end is named, with what ends it.
    ///
    /// # Errors
    /// `Database` where they cannot be looked for.
    async fn end_marked(&mut self, mark: i64) -> Result<()> {
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

/// What a session does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It takes the feed's lock.
    Lock,
    /// It works under that lock.
    Run,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Run => "run",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Lock, Self::Run].into_iter().find(|part| part.name() == text)
    }
}

/// A row of `tieout_sessions`, as `sessions_noted` selects it.
struct SessionNote {
    mark: i64,
    part: Part,
    process: String,
}

impl FromRow for SessionNote {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let mark = cells.number("mark")?;
        let part = cells.parsed("part", "a part of a run", Part::parse)?;
        Ok(Self { mark, part, process: cells.text("process")? })
    }
}
