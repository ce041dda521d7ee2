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

/// The upper half of every mark: other programs use other advisory locks. `marked.sql` holds it, too.
const CLASS: i64 = 0x7469_656f << 32;

/// A mark that the ledger holds, where it is one of ours.
fn parse_mark(text: &str) -> Option<i64> {
    text.parse().ok().filter(|mark| mark & !0xffff_fffe == CLASS)
}

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
        let mark = CLASS | (i64::from(random()?) & !1);
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
        if let Some(mark) = mark {
            // Set once: a process does one job.
            let _ = self.target.mark.set(mark);
        }
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
            // What is still there, a later run finds again: perhaps it may end it.
            if self.end_marked(mark).await? {
                self.forget(feed, mark).await?;
            }
        }
        if locked {
            self.forget_ended(feed, &notes).await?;
        }
        Ok(!dead.is_empty())
    }

    /// Whether a session is of a process of this machine, which `end_dead` would have ended if it were dead.
    ///
    /// # Errors
    /// `Database`.
    pub async fn lives_here(&mut self, feed: &str, session: u64) -> Result<bool> {
        let notes: Vec<SessionNote> = self.read(&Ledger(self.dialect).sessions_noted(feed)).await?;
        for note in notes.iter().filter(|note| process::is_here(&note.process)) {
            if let Some(find) = sql::marked(self.dialect, note.mark)
                && self.read_first::<u64>(&find).await? == Some(session)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Forgets marks that no session has any more: theirs were of another machine, or of this one before it was started
    /// again. A session is marked before its mark is noted, so none that lives is forgotten.
    async fn forget_ended(&mut self, feed: &str, notes: &[SessionNote]) -> Result<()> {
        for SessionNote { mark, .. } in notes.iter().filter(|note| note.part == Part::Lock) {
            if let Some(find) = sql::marked(self.dialect, *mark)
                && self.one(&find).await?.is_none()
            {
                self.forget(feed, *mark).await?;
            }
        }
        Ok(())
    }

    /// Ends the sessions that have a mark; whether they are gone. What this user may not end is named, with what ends it.
    ///
    /// # Errors
    /// `Database` where they cannot be looked for.
    async fn end_marked(&mut self, mark: i64) -> Result<bool> {
        let mut gone = true;
        for mark in [mark, of_loader(mark)] {
            let Some(find) = sql::marked(self.dialect, mark) else { continue };
            let Some(session) = self.read_first::<u64>(&find).await? else { continue };
            let Some(end) = sql::end_session(self.dialect, session) else { continue };
            tracing::warn!("session {session} of a run that died is still at work on the server: ending it");
            if let Err(cause) = self.execute(&end).await {
                gone = false;
                tracing::warn!(
                    "session {session} cannot be ended by this user ({cause}); an administrator ends it with {}",
                    self.by_hand(&end)
                );
            } else if !self.is_gone(&find).await? {
                gone = false;
                tracing::warn!(
                    "session {session} was told to end and has not ended yet: its locks may hold this run up"
                );
            }
        }
        Ok(gone)
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

    /// A statement as an administrator types it.
    pub(super) fn by_hand(&self, statement: &Statement) -> String {
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
        let mark = cells.parsed("mark", "a mark of tieout's", parse_mark)?;
        let part = cells.parsed("part", "a part of a run", Part::parse)?;
        Ok(Self { mark, part, process: cells.text("process")? })
    }
}
