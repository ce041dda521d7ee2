//! A `[source]` at work: it is listed, its files are brought onto this machine one by one, and moved or removed when they
//! are done with. One session serves all of it; a new one takes its place where it broke.

use super::{
    companion,
    fetch::ServerLine,
    folder,
    listed::{self, ListedFile, Selection, WantedFile},
    patience::pause,
    remote::RemoteFile,
    spool::Spool,
};
use crate::{
    blocking::blocking,
    error::{Code, Error, Place, Result, printable},
    feed::{AfterFile, Feed, Source, SourceLocation},
    model::PassedOver,
    stop::Flag,
};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// Companions are not longer, whoever says so.
const COMPANION: u64 = 1 << 20;

/// A source that was reached.
pub struct Inbox {
    feed: Feed,
    source: Source,
    /// Where files lie that need not be fetched.
    folder: PathBuf,
    /// The way to those that must be.
    line: Option<ServerLine>,
    /// Addresses of what was listed last.
    listed: HashSet<String>,
    stop: Flag,
}

impl Inbox {
    /// Reaches the feed's source, where it has one.
    ///
    /// # Errors
    /// `Fetch` where its server cannot be reached or refuses the login; `Usage` where it may not be asked.
    pub async fn open(feed: &Feed, source: &Source, stop: &Flag) -> Result<Self> {
        let (folder, line) = match &source.location {
            SourceLocation::Folder(folder) => (folder.found().to_owned(), None),
            SourceLocation::Server(access) => {
                (PathBuf::new(), Some(ServerLine::open(access, source, stop).await?))
            }
        };
        let (feed, source, stop) = (feed.clone(), source.clone(), stop.clone());
        Ok(Self { feed, source, folder, line, listed: HashSet::new(), stop })
    }

    /// Whether its files must be fetched.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.line.is_some()
    }

    /// The files that are wanted, in order, whether or not they stand still.
    ///
    /// # Errors
    /// `Fetch` where it cannot be listed.
    pub async fn list(&mut self) -> Result<Selection> {
        let mut folders = Vec::new();
        let all = match &mut self.line {
            None => folder::list(&self.folder, &mut folders)?,
            Some(line) => line.list().await?,
        };
        self.listed = all.iter().map(|one| one.file.address.clone()).collect();
        let mut selection = listed::select(&self.feed, &self.source, &all)?;
        folders.append(&mut selection.passed_over);
        selection.passed_over = folders;
        Ok(selection)
    }

    /// Waits, and passes over the files that did not stand still meanwhile, or that only came then.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn settle(&mut self, selection: &mut Selection) -> Result<()> {
        let Some(time) = self.source.settle.filter(|_| self.source.ready.is_none()) else { return Ok(()) };
        if selection.wanted.is_empty() {
            return Ok(());
        }
        pause(&self.stop, time).await?;
        let before = std::mem::take(&mut self.listed);
        let now = self.list().await?.wanted;
        let still = |one: &WantedFile| now.iter().any(|now| now.listed.file == one.listed.file);
        let came = now.iter().filter(|now| !before.contains(&now.listed.file.address));
        for one in came {
            PassedOver::add(&mut selection.passed_over, PassedOver::UNSETTLED, &one.listed.file.name);
        }
        let (wanted, moving) = std::mem::take(&mut selection.wanted).into_iter().partition(still);
        selection.wanted = wanted;
        for WantedFile { listed, .. } in moving {
            PassedOver::add(&mut selection.passed_over, PassedOver::UNSETTLED, &listed.file.name);
        }
        Ok(())
    }

    /// Brings a file onto this machine and holds it against the digests beside it; gives where it lies. `None`: it changed
    /// meanwhile, so it is no file yet.
    ///
    /// # Errors
    /// `Refused` where it has another digest; `Fetch`; `Machine`.
    pub async fn receive(
        &mut self,
        wanted: &WantedFile,
        spool: Option<&mut Spool>,
    ) -> Result<Option<PathBuf>> {
        let name = &wanted.listed.file.name;
        let mut texts = Vec::new();
        let path = match (&mut self.line, spool, &wanted.listed.path) {
            (None, _, Some(path)) => {
                for (algorithm, one) in &wanted.digests {
                    let companion = one.path.as_deref().unwrap_or(Path::new(""));
                    let text =
                        fs::read(companion).map_err(|cause| Error::machine("read", companion, cause))?;
                    texts.push((*algorithm, text, one.file.name.clone()));
                }
                path.clone()
            }
            (Some(line), Some(spool), _) => {
                for (algorithm, one) in &wanted.digests {
                    texts.push((*algorithm, line.small(&one.file, COMPANION).await?, one.file.name.clone()));
                }
                let Some(path) = line.fetch(&wanted.listed.file, spool).await? else { return Ok(None) };
                path
            }
            _ => return Err(Error::internal(format!("{} has no place", printable(name)))),
        };
        let (held, name) = (path.clone(), name.clone());
        blocking(move || {
            for (algorithm, text, companion) in texts {
                companion::verify(algorithm, &String::from_utf8_lossy(&text), &companion, &name, &held)?;
            }
            Ok(())
        })
        .await?;
        Ok(Some(path))
    }

    /// Moves or removes a file that is done with, as the feed says, unless it is another one by now. Gives whether there
    /// was something to do.
    ///
    /// # Errors
    /// Those of the machine or the server.
    pub async fn done_with(&mut self, listed: &ListedFile) -> Result<bool> {
        let after = self.source.after.clone();
        if after == AfterFile::Leave {
            return Ok(false);
        }
        let now = match (&mut self.line, &listed.path) {
            (Some(line), _) => line.look(&listed.file).await?,
            (None, Some(path)) => {
                folder::listed(path).map_or_else(|| gone(&listed.file), |now| Ok(now.file))?
            }
            (None, None) => return Ok(false),
        };
        if !listed.file.agrees_with(&now) {
            let place = Place::file(&listed.file.name);
            let what = format!("{place} is another one by now: it is left where it is");
            return Err(Error::new(Code::StillWritten, what).about(place));
        }
        match (&mut self.line, &listed.path, after) {
            (Some(line), _, after) => line.done_with(&listed.file, &after).await?,
            (None, Some(path), AfterFile::Archive(to)) => folder::archive(path, &self.folder.join(to))?,
            (None, Some(path), AfterFile::Delete) => folder::delete(path)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Ends the session.
    pub async fn close(self) {
        if let Some(line) = self.line {
            line.close().await;
        }
    }
}

fn gone(file: &RemoteFile) -> Result<RemoteFile> {
    let place = Place::file(&file.name);
    Err(Error::new(Code::StillWritten, format!("{place} is gone: somebody else took it")).about(place))
}
