//! The folder that a feed names, over as many sessions as it takes: a server ends one that was silent while a file was
//! reconciled, and one whose transfer broke is of no use any more.

use super::super::RemoteFile;
use super::{
    failure::Failure,
    list::{self, ListWay},
    session::{Data, FtpSession},
    target::FtpTarget,
};
use crate::error::{Code, Error, Result, printable};
use rustls::ClientConfig;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// A session that was silent for so long is asked whether it is still there.
const SILENT: Duration = Duration::from_secs(5);

/// A folder of an FTP server.
pub(super) struct FtpFolder {
    target: FtpTarget,
    tls: Option<Arc<ClientConfig>>,
    pub(super) session: Option<FtpSession>,
    used: Instant,
    way: Option<ListWay>,
}

impl FtpFolder {
    /// Logs in.
    pub(super) async fn enter(target: FtpTarget, tls: Option<Arc<ClientConfig>>) -> Result<Self> {
        let session = Some(FtpSession::begin(&target, tls.as_ref()).await?);
        Ok(Self { target, tls, session, used: Instant::now(), way: None })
    }

    /// Its session is not to be used again.
    pub(super) fn forget(&mut self) {
        self.session = None;
    }

    /// A session that answers.
    async fn session(&mut self) -> Result<(&mut FtpSession, &mut Option<ListWay>)> {
        let mut session = self.session.take();
        if let Some(old) = session.as_mut().filter(|_| self.used.elapsed() > SILENT)
            && !old.is_alive().await
        {
            session = None;
        }
        let session = match session {
            Some(session) => session,
            None => FtpSession::begin(&self.target, self.tls.as_ref()).await?,
        };
        self.used = Instant::now();
        Ok((self.session.insert(session), &mut self.way))
    }

    /// What a step came to. `of` is the name of the file that it was about.
    fn done<T>(&mut self, step: Result<T, Failure>, refused: Code, doing: &str, of: &str) -> Result<T> {
        self.used = Instant::now();
        step.map_err(|failure| {
            if failure.ends_session() {
                self.forget();
            }
            failure.told(refused, &self.doing(doing, of))
        })
    }

    /// What is done to which file, for messages.
    pub(super) fn doing(&self, doing: &str, name: &str) -> String {
        format!("{}: {doing} {}", self.target.shown(), printable(name)).trim_end().to_owned()
    }

    pub(super) async fn list(&mut self) -> Result<Vec<RemoteFile>> {
        let (session, way) = self.session().await?;
        let files = list::files(session, way).await;
        self.done(files, Code::SourceRefused, "the list of the folder", "")
    }

    pub(super) async fn look(&mut self, name: &str) -> Result<RemoteFile> {
        self.refuse(name)?;
        let (session, way) = self.session().await?;
        let file = list::file(session, way, name).await;
        let file = self.done(file, Code::SourceRefused, "a look at", name)?;
        file.ok_or_else(|| {
            Error::new(
                Code::SourceRefused,
                format!("{}: it is not there any more", self.doing("a look at", name)),
            )
        })
    }

    /// Opens a file for reading, and says how long it is.
    pub(super) async fn open(&mut self, file: &RemoteFile, from: u64) -> Result<(Data, u64)> {
        let name = file.name.as_str();
        self.refuse(name)?;
        let bytes = match file.bytes {
            Some(bytes) => Some(bytes),
            None => self.look(name).await?.bytes,
        };
        let Some(bytes) = bytes else {
            let what =
                format!("{}: the server does not say how long it is", self.doing("the length of", name));
            return Err(Error::new(Code::LengthUnknown, what));
        };
        if from > bytes {
            let what = format!("{}: there is no byte {from}", self.doing("the transfer of", name));
            return Err(Error::new(Code::TransferBroke, what));
        }
        let (session, _) = self.session().await?;
        let data = session.transfer(&format!("RETR {name}"), from).await;
        self.done(data, Code::SourceRefused, "the transfer of", name).map(|data| (data, bytes))
    }

    pub(super) async fn archive(&mut self, name: &str, folder: &str) -> Result<()> {
        self.refuse(name)?;
        let folder = folder.trim_end_matches('/');
        if folder.chars().any(char::is_control) {
            let what = format!("{}: its name holds a control character", self.doing("the archive", folder));
            return Err(Error::new(Code::RemoteName, what));
        }
        let to = format!("{folder}/{name}");
        let (session, _) = self.session().await?;
        let taken = list::is_there(session, &to).await;
        if self.done(taken, Code::SourceRefused, "a look at", &to)? {
            let what = format!("{}: there is a file of that name already", self.doing("a move to", &to));
            return Err(Error::new(Code::ArchiveTaken, what));
        }
        let (session, _) = self.session().await?;
        let moved = session.rename(name, &to).await;
        self.done(moved, Code::SourceRefused, "the move to the archive of", name)
    }

    pub(super) async fn delete(&mut self, name: &str) -> Result<()> {
        self.refuse(name)?;
        let (session, _) = self.session().await?;
        let deleted = session.order(&format!("DELE {name}")).await;
        self.done(deleted, Code::SourceRefused, "the removal of", name)
    }

    pub(super) async fn leave(self) {
        if let Some(session) = self.session {
            session.end().await;
        }
    }

    /// Nothing of such a name is sent.
    fn refuse(&self, name: &str) -> Result<()> {
        if list::can_be_asked_for(name) {
            return Ok(());
        }
        let what = format!("{} has a name that is never sent to a server", self.doing("the file", name));
        Err(Error::new(Code::RemoteName, what))
    }
}
