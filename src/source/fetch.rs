//! The way to a server: one session, a new one where it broke, and files that come whole or not at all.
//!
//! What may pass by itself (a cut, a silence, a server that is not reached) is tried again a few times. A login that was
//! refused, or a server that is another one, is not.

use super::{
    listed::ListedFile,
    patience::{pause, within},
    remote::{self, Remote, RemoteFile},
    spool::{Spool, SpooledFile},
};
use crate::{
    error::{Code, Error, ErrorKind, Place, Result},
    feed::{Access, AfterFile, Source},
    stop::Flag,
};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Pauses before each further attempt; none is longer than the feed's `timeout`.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(9)];
/// Listing, moving and removing may take so many times as long as an answer.
const LONG: u32 = 10;
/// Bytes per second that a transfer which takes long must reach.
const SLOWEST: u64 = 256;

/// The way to a server.
pub(super) struct ServerLine {
    access: Access,
    /// Bytes per second at most.
    most: Option<u64>,
    session: Option<Box<dyn Remote>>,
    stop: Flag,
}

/// Asks until there is an answer or a failure that does not pass.
macro_rules! ask {
    ($line:ident, $times:expr, $doing:expr, $remote:ident => $call:expr) => {{
        let mut attempts = PAUSES.iter();
        loop {
            let (limit, stop) = ($line.access.timeout * $times, $line.stop.clone());
            let result = match $line.session().await {
                Ok($remote) => within(&stop, limit, $doing, $call).await,
                Err(cause) => Err(cause),
            };
            if let Some(answer) = $line.or_pause(result, &mut attempts).await? {
                break Ok(answer);
            }
        }
    }};
}

impl ServerLine {
    /// Connects and logs in.
    pub(super) async fn open(access: &Access, source: &Source, stop: &Flag) -> Result<Self> {
        let (access, most) = (access.clone(), source.max_bytes_per_second);
        let mut line = Self { access, most, session: None, stop: stop.clone() };
        let mut attempts = PAUSES.iter();
        loop {
            let result = line.session().await.map(drop);
            if line.or_pause(result, &mut attempts).await?.is_some() {
                return Ok(line);
            }
        }
    }

    async fn session(&mut self) -> Result<&mut dyn Remote> {
        if self.session.is_none() {
            let connect = remote::connect(&self.access);
            self.session =
                Some(within(&self.stop, self.access.timeout, "connect and log in", connect).await?);
        }
        match &mut self.session {
            Some(session) => Ok(session.as_mut()),
            None => Err(Error::internal("a session that was opened is not there")),
        }
    }

    /// An answer; `None` after a pause, where it is worth to ask again.
    async fn or_pause<T>(
        &mut self,
        result: Result<T>,
        attempts: &mut impl Iterator<Item = &'static Duration>,
    ) -> Result<Option<T>> {
        let cause = match result {
            Ok(answer) => return Ok(Some(answer)),
            Err(cause) => cause,
        };
        self.stop.check()?;
        // Whatever went wrong, nobody knows in which state the session is.
        self.session = None;
        let passes =
            [Code::SourceUnreachable, Code::SourceSilent, Code::TransferBroke].contains(&cause.code());
        let Some(time) = attempts.next().filter(|_| passes) else { return Err(cause) };
        let time = self.access.timeout.min(*time);
        tracing::warn!("{cause}: tried again in {} s", time.as_secs_f64());
        pause(&self.stop, time).await.map(|()| None)
    }

    /// The files that lie there.
    pub(super) async fn list(&mut self) -> Result<Vec<ListedFile>> {
        let files: Result<_> = ask!(self, LONG, "list its files", remote => remote.list());
        Ok(files?.into_iter().map(|file| ListedFile { file, path: None }).collect())
    }

    /// A file as it is now.
    pub(super) async fn look(&mut self, file: &RemoteFile) -> Result<RemoteFile> {
        ask!(self, 1, "say what a file is", remote => remote.look(file))
    }

    /// Moves or removes a file. It is not tried again: the first attempt may have done it.
    pub(super) async fn done_with(&mut self, file: &RemoteFile, after: &AfterFile) -> Result<()> {
        let (limit, stop) = (self.access.timeout * LONG, self.stop.clone());
        let remote = self.session().await?;
        match after {
            AfterFile::Leave => Ok(()),
            AfterFile::Archive(folder) => {
                within(&stop, limit, "move a file", remote.archive(file, folder)).await
            }
            AfterFile::Delete => within(&stop, limit, "remove a file", remote.delete(file)).await,
        }
    }

    /// A whole small file.
    pub(super) async fn small(&mut self, file: &RemoteFile, most: u64) -> Result<Vec<u8>> {
        let mut attempts = PAUSES.iter();
        loop {
            let mut all = Vec::new();
            let add = |bytes: &[u8]| {
                all.extend_from_slice(bytes);
                if all.len() as u64 > most {
                    Err(broke(file, &format!("has more than {most} bytes")))
                } else {
                    Ok(())
                }
            };
            let result = self.transfer(file, 0, add).await;
            if self.or_pause(result, &mut attempts).await?.is_some() {
                return Ok(all);
            }
        }
    }

    /// Fetches a file into the spool; gives where it lies. `None`: it changed meanwhile, so it is no file yet.
    pub(super) async fn fetch(&mut self, file: &RemoteFile, spool: &mut Spool) -> Result<Option<PathBuf>> {
        let mut attempts = PAUSES.iter();
        loop {
            let mut spooled = spool.begin(file)?;
            let result = self.attempt(file, &mut spooled, spool).await;
            match result {
                Ok(true) => return spooled.whole(file).map(Some),
                Ok(false) => return Ok(None),
                // A disk that is full is left as it was.
                Err(ref cause) if cause.kind() == ErrorKind::Machine => drop(spooled),
                Err(_) => spool.keep(&spooled),
            }
            self.or_pause(result, &mut attempts).await?;
        }
    }

    /// Whether it is whole, and still the file that was listed.
    async fn attempt(
        &mut self,
        file: &RemoteFile,
        spooled: &mut SpooledFile,
        spool: &mut Spool,
    ) -> Result<bool> {
        let before = spooled.bytes;
        if before > 0 {
            if !file.agrees_with(&self.look(file).await?) {
                return Ok(false);
            }
            tracing::info!("{}: goes on at byte {before}", Place::file(&file.name));
            match self.transfer(file, before, |bytes| spool.add(spooled, bytes)).await {
                // A server that cannot begin in the middle says so, each in its own way.
                Err(cause)
                    if spooled.bytes == before
                        && [Code::SourceRefused, Code::TransferBroke].contains(&cause.code()) =>
                {
                    self.session = None;
                    spool.restart(spooled)?;
                }
                other => other?,
            }
        }
        if spooled.bytes == 0 {
            self.transfer(file, 0, |bytes| spool.add(spooled, bytes)).await?;
        }
        Ok(file.agrees_with(&self.look(file).await?))
    }

    /// Hands on the bytes of a file from one on; an error unless they end where the server says that the file ends.
    async fn transfer(
        &mut self,
        file: &RemoteFile,
        from: u64,
        mut add: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let (limit, stop, most) = (self.access.timeout, self.stop.clone(), self.most);
        let remote = self.session().await?;
        let mut download = within(&stop, limit, "open a file", remote.open(file, from)).await?;
        let (begun, mut bytes) = (Instant::now(), 0);
        while let Some(block) = within(&stop, limit, "send more of a file", download.next()).await? {
            bytes += block.len() as u64;
            if file.bytes.is_some_and(|all| from + bytes > all) {
                return Err(broke(file, "more bytes came than were announced"));
            }
            add(&block)?;
            if begun.elapsed() > limit * LONG
                && bytes / begun.elapsed().as_secs().max(1) < SLOWEST.min(most.unwrap_or(SLOWEST))
            {
                let what = format!("{}: fewer than {SLOWEST} bytes a second came", Place::file(&file.name));
                return Err(Error::new(Code::SourceSilent, what));
            }
            if let Some(early) = most.and_then(|most| ahead(bytes, most, begun.elapsed())) {
                pause(&stop, early).await?;
            }
        }
        match file.bytes {
            Some(all) if from + bytes != all => {
                Err(broke(file, &format!("{} bytes came, and {all} were announced", from + bytes)))
            }
            _ => Ok(()),
        }
    }

    /// Ends the session in the protocol's own way.
    pub(super) async fn close(self) {
        if let Some(session) = self.session {
            // What fails now does not matter any more.
            drop(tokio::time::timeout(Duration::from_secs(5), session.close()).await);
        }
    }
}

/// How long to wait so that so many bytes took their time.
fn ahead(bytes: u64, per_second: u64, elapsed: Duration) -> Option<Duration> {
    let due = Duration::from_millis(bytes.saturating_mul(1000) / per_second.max(1));
    due.checked_sub(elapsed).filter(|early| !early.is_zero())
}

fn broke(file: &RemoteFile, what: &str) -> Error {
    let place = Place::file(&file.name);
    Error::new(Code::TransferBroke, format!("{place}: {what}")).about(place)
}
