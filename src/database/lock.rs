//! One lock per feed in each database, so that two runs cannot overlap.
//!
//! The server's own lock dies with its connection while the work might go on; so beside it stands the
//! fence, a row that the last transaction must still own (`reconcile`).

use super::{
    connection::Connection,
    patience::politely,
    rows::{Cells, FromRow},
    target::{Options, Target},
};
use crate::{
    error::{Code, Error, Result, printable},
    sql::{self, Ledger, Statement},
};
use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
};

/// Held until it is dropped or released.
pub struct Lock {
    feed: String,
    /// What holds it, and the statement that gives it back.
    session: Option<(Connection, Statement)>,
    _file: Option<File>,
}

impl Lock {
    /// Takes the feed's lock, or says who holds it.
    ///
    /// # Errors
    /// `Locked`; `Database`; `Machine` where SQLite's lock file cannot be written.
    pub async fn take(target: &Target, feed: &str) -> Result<Self> {
        if let Options::Sqlite(options) = &target.options {
            let mut path = options.get_filename().as_os_str().to_owned();
            path.push(format!(".{feed}.lock"));
            return Self::file(path.as_ref(), target, feed).await;
        }
        let mut connection = Connection::open(target).await?;
        let Some([take, give_back]) = sql::lock(connection.dialect, feed) else {
            return Err(Error::internal("a server without locks"));
        };
        if connection.one(&take).await?.as_deref() == Some("true") {
            return Ok(Self { feed: feed.to_owned(), session: Some((connection, give_back)), _file: None });
        }
        let holder = holder(&mut connection, feed).await;
        connection.close().await;
        Err(held(feed, &holder))
    }

    async fn file(path: &std::path::Path, target: &Target, feed: &str) -> Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path)
            .map_err(|cause| Error::machine("open the lock file", path, cause))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { feed: feed.to_owned(), session: None, _file: Some(file) }),
            Err(TryLockError::WouldBlock) => {
                let mut connection = Connection::open(target).await?;
                let holder = holder(&mut connection, feed).await;
                connection.close().await;
                Err(held(feed, &holder))
            }
            Err(TryLockError::Error(cause)) => Err(Error::machine("lock", path, cause)),
        }
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
        let Some((connection, _)) = &mut self.session else { return Ok(()) };
        let Some(sign) = sql::session_id(connection.dialect) else { return Ok(()) };
        connection.one(&sign).await.map(drop).map_err(|cause| {
            let what =
                format!("this run of feed {} lost its lock, whose session has ended: {cause}", self.feed);
            Error::new(Code::LostLock, what).because(cause)
        })
    }

    pub async fn release(self) {
        if let Some((mut connection, give_back)) = self.session {
            // A server may take its time to end a session, and the next run is not to find the lock meanwhile. Where
            // this fails, or nobody answers any more, the end of the session does it.
            if politely(connection.one(&give_back)).await.is_some() {
                connection.close().await;
            }
        }
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
    let by = if holder.is_empty() { String::new() } else { format!(": {}", printable(holder)) };
    Error::new(Code::RunAtWork, format!("another run of feed {feed} is at work{by}"))
}
