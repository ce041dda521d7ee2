//! One lock per feed in each database, so that two runs cannot overlap.
//!
//! The server's own lock dies with its connection while the work might go on; so beside it stands the
//! fence, a row that the last transaction must still own (`reconcile`).

use super::{
    connection::Connection,
    mark::Part,
    patience::politely,
    rows::{Cells, FromRow},
    target::{Options, Target},
};
use crate::{
    error::{Code, Error, Result, printable},
    sql::{self, Dialect, Ledger, LockStatements, Statement},
};
use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions, TryLockError, remove_file},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// What the lock of tieout's own tables is called; no feed can be.
const SCHEMA: &str = "~schema";

/// Held until it is dropped or released.
pub struct Lock {
    feed: String,
    held: Held,
    /// What is locked beside the feed.
    also: BTreeSet<String>,
    /// That of its session, which the ledger has noted.
    mark: Option<i64>,
}

/// What holds a lock.
enum Held {
    /// A session, and the statement that gives the feed back, unless that was done.
    Session(Box<Connection>, Option<Statement>),
    /// Files beside the database; the first is the feed's, unless that was given back.
    Files { database: PathBuf, feed: Option<File>, also: Vec<(PathBuf, File)> },
}

impl Lock {
    /// Takes the feed's lock, or says who holds it. What a dead process of this machine has left on the server is ended
    /// first: where a network was cut, a server knows of no death for hours.
    ///
    /// # Errors
    /// `Locked`; `Database`; `Machine` where SQLite's lock file cannot be written.
    pub async fn take(target: &Target, feed: &str) -> Result<Self> {
        if let Options::Sqlite(options) = &target.options {
            return Self::file(options.get_filename(), target, feed).await;
        }
        let mut connection = Connection::open(target).await?;
        // Before the lock: no session holds it that the ledger does not know.
        let mark = connection.mark().await?;
        if let Some(mark) = mark {
            connection.note(feed, mark, Part::Lock).await?;
        }
        let mut lock = Self::session(connection, feed, mark)?;
        if lock.try_take().await? || (lock.end_dead().await? && lock.try_take().await?) {
            return Ok(lock);
        }
        Err(lock.held_elsewhere().await)
    }

    /// Takes the lock under which tieout's own tables are made.
    ///
    /// # Errors
    /// As `take`.
    pub async fn of_schema(target: &Target) -> Result<Self> {
        let name = SCHEMA;
        if let Options::Sqlite(options) = &target.options {
            return Self::file(options.get_filename(), target, name).await;
        }
        let mut lock = Self::session(Connection::open(target).await?, name, None)?;
        if lock.try_take().await? { Ok(lock) } else { Err(lock.held_elsewhere().await) }
    }

    async fn file(database: &Path, target: &Target, feed: &str) -> Result<Self> {
        let (feed, also) = (feed.to_owned(), BTreeSet::new());
        // One database by several names has one lock.
        let database = &database.canonicalize().unwrap_or_else(|_| database.to_owned());
        if let Some(file) = lock_file(&beside(database, &feed))? {
            let database = database.clone();
            let held = Held::Files { database, feed: Some(file), also: Vec::new() };
            return Ok(Self { feed, held, also, mark: None });
        }
        let mut connection = Connection::open(target).await?;
        let cause = held(&feed, &holder(&mut connection, &feed).await);
        connection.close().await;
        Err(cause)
    }

    /// A lock that is not taken yet.
    fn session(connection: Connection, feed: &str, mark: Option<i64>) -> Result<Self> {
        let give_back = statements(connection.dialect, feed)?.give_back;
        let held = Held::Session(Box::new(connection), Some(give_back));
        Ok(Self { feed: feed.to_owned(), held, also: BTreeSet::new(), mark })
    }

    async fn try_take(&mut self) -> Result<bool> {
        let Held::Session(connection, _) = &mut self.held else { return Ok(true) };
        let take = statements(connection.dialect, &self.feed)?.take;
        Ok(connection.one(&take).await?.as_deref() == Some("true"))
    }

    async fn end_dead(&mut self) -> Result<bool> {
        let Held::Session(connection, _) = &mut self.held else { return Ok(false) };
        connection.end_dead(&self.feed, false).await
    }

    /// Gives up; says who holds it, and how to end what is left of one that is gone.
    async fn held_elsewhere(mut self) -> Error {
        let Held::Session(connection, give_back) = &mut self.held else { return held(&self.feed, "") };
        *give_back = None;
        let mut cause = held(&self.feed, &holder(connection, &self.feed).await);
        if let Ok(Some(end)) = self.end_by_hand(None).await {
            cause = cause.with_hint(format!(
                "wait until it is done; if that process is gone, this ends the session that holds the lock for it: {end}"
            ));
        }
        self.release().await;
        cause
    }

    /// Locks something else beside the feed, in the same session; whether nobody else holds it.
    ///
    /// # Errors
    /// As `take`.
    pub async fn also(&mut self, name: &str) -> Result<bool> {
        if self.also.contains(name) {
            return Ok(true);
        }
        let taken = match &mut self.held {
            Held::Session(connection, _) => {
                connection.one(&statements(connection.dialect, name)?.take).await?.as_deref() == Some("true")
            }
            Held::Files { database, also, .. } => {
                let path = beside(database, name);
                lock_file(&path)?.map(|file| also.push((path, file))).is_some()
            }
        };
        if taken {
            self.also.insert(name.to_owned());
        }
        Ok(taken)
    }

    /// What an administrator types to end the session that holds the feed's lock, or that of this name; nothing where
    /// none does, or one of a process that lives on this machine.
    ///
    /// # Errors
    /// `Database`.
    pub async fn end_by_hand(&mut self, name: Option<&str>) -> Result<Option<String>> {
        let Held::Session(connection, _) = &mut self.held else { return Ok(None) };
        let holder = statements(connection.dialect, name.unwrap_or(&self.feed))?.holder;
        let Some(session) = connection.read_first::<u64>(&holder).await? else { return Ok(None) };
        // The lock of the tables stands before they do, so nothing is noted of it.
        if self.feed != SCHEMA && connection.lives_here(&self.feed, session).await? {
            return Ok(None);
        }
        Ok(sql::end_session(connection.dialect, session).map(|end| connection.by_hand(&end)))
    }

    /// Whose lock it is.
    #[must_use]
    pub fn feed(&self) -> &str {
        &self.feed
    }

    /// Asks the session that holds the lock for a sign of life: the lock ends with it.
    ///
    /// # Errors
    /// `Database` where the session has ended, so that another run may be at work.
    pub async fn held(&mut self) -> Result<()> {
        let Held::Session(connection, _) = &mut self.held else { return Ok(()) };
        let Some(sign) = sql::session_id(connection.dialect) else { return Ok(()) };
        connection.one(&sign).await.map(drop).map_err(|cause| {
            let what =
                format!("this run of feed {} lost its lock, whose session has ended: {cause}", self.feed);
            Error::new(Code::LostLock, what).because(cause)
        })
    }

    /// Gives the feed back, and keeps what is locked beside it.
    pub async fn open_feed(&mut self) {
        match &mut self.held {
            Held::Session(connection, give_back) => {
                if let Some(give_back) = give_back.take() {
                    // Where this fails, or nobody answers any more, the end of the session does it.
                    let _ = politely(connection.one(&give_back)).await;
                }
            }
            Held::Files { feed, .. } => *feed = None,
        }
    }

    pub async fn release(mut self) {
        // A server may take its time to end a session, and the next run is not to find the lock meanwhile.
        self.open_feed().await;
        match self.held {
            Held::Session(mut connection, _) => {
                for name in &self.also {
                    if let Ok(statements) = statements(connection.dialect, name) {
                        let _ = politely(connection.one(&statements.give_back)).await;
                    }
                }
                if let Some(mark) = self.mark {
                    let _ = politely(connection.forget(&self.feed, mark)).await;
                }
                connection.close().await;
            }
            Held::Files { also, .. } => {
                for (path, file) in also {
                    // Before the lock ends with the file: whoever opened it meanwhile finds that all is done.
                    let _ = remove_file(&path);
                    drop(file);
                }
            }
        }
    }
}

fn statements(dialect: Dialect, name: &str) -> Result<LockStatements> {
    sql::lock(dialect, name).ok_or_else(|| Error::internal("a server without locks"))
}

fn beside(database: &Path, name: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(format!(".{name}.lock"));
    path.into()
}

/// The file, locked; nothing where another process holds it.
fn lock_file(path: &Path) -> Result<Option<File>> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(|cause| Error::machine("open the lock file", path, cause))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(Error::machine("lock", path, cause)),
    }
}

/// Who holds the fence, as `fence_holder` selects it: for messages only.
struct Holder(String);

impl FromRow for Holder {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        cells.text("run_id")?;
        cells.text("holder").map(Self)
    }
}

/// Empty where the database does not say.
async fn holder(connection: &mut Connection, feed: &str) -> String {
    let statement = Ledger(connection.dialect).fence_holder(feed);
    let holder: Result<Option<Holder>> = connection.read_first(&statement).await;
    holder.ok().flatten().map_or_else(String::new, |Holder(holder)| holder)
}

fn held(feed: &str, holder: &str) -> Error {
    if feed == SCHEMA {
        return Error::new(Code::RunAtWork, "another program is creating or upgrading tieout's own tables");
    }
    let by = if holder.is_empty() { String::new() } else { format!(": {}", printable(holder)) };
    Error::new(Code::RunAtWork, format!("another run of feed {feed} is at work{by}"))
}
