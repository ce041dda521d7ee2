//! A `[source]` at work: it is listed, its files are brought onto this machine one by one, and moved or removed when they
//! are done with. One session serves all of it; a new one takes its place where it broke.

use super::{
    companion,
    fetch::ServerLine,
    folder,
    held::{self, HeldFile},
    input,
    listed::{self, ListedFile, Selection, WantedFile},
    patience::pause,
    remote::RemoteFile,
    spool::Spool,
};
use crate::{
    blocking::blocking,
    error::{Code, Error, ErrorKind, Place, Result, printable},
    feed::{AfterFile, Feed, Source, SourceLocation, Unpack},
    model::PassedOver,
    stop::Flag,
};
use std::{
    collections::HashSet,
    fs,
    io::Read,
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
                    let text = companion_text(companion, name)?;
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

    /// Gives files of this machine that a run took aside before it died their names again.
    pub fn put_back(&self) {
        if self.line.is_none() {
            held::put_back_all(&self.folder);
        }
    }

    /// Checks that files can be moved where the feed says, as far as that can be known before.
    ///
    /// # Errors
    /// Those of the machine.
    pub fn check_after(&self) -> Result<()> {
        match (&self.line, &self.source.after) {
            (None, AfterFile::Archive(to)) => held::check_folder(&self.folder, &self.folder.join(to)),
            _ => Ok(()),
        }
    }

    /// Moves or removes a file that is done with, as the feed says, and then what belongs to it; unless it is another one
    /// by now. `documents` are the digests that were counted. Gives whether there was something to do.
    ///
    /// # Errors
    /// Those of the machine or the server.
    pub async fn done_with(&mut self, wanted: &WantedFile, documents: &[String]) -> Result<bool> {
        if self.source.after == AfterFile::Leave {
            return Ok(false);
        }
        self.file_done_with(&wanted.listed, documents).await?;
        for companion in &wanted.companions {
            if let Err(cause) = self.companion_done_with(companion).await {
                let (file, name) = (printable(&wanted.listed.file.name), printable(&companion.file.name));
                tracing::warn!("{file} is done with, but {name} beside it stays: {cause}; move it away");
            }
        }
        Ok(true)
    }

    async fn file_done_with(&mut self, listed: &ListedFile, documents: &[String]) -> Result<()> {
        self.still(listed).await?;
        match (&mut self.line, &listed.path) {
            (Some(line), _) => line.done_with(&listed.file, &self.source.after).await,
            (None, Some(path)) => {
                let (path, name, documents) = (path.clone(), listed.file.name.clone(), documents.to_vec());
                let (limits, stop) = (self.feed.xml.unpack.clone(), self.stop.clone());
                let archive = self.archive();
                self.check_after()?;
                blocking(move || {
                    let held = HeldFile::take(&path)?;
                    let result = is_counted(&held.aside, &name, &limits, &stop, &documents);
                    let result = result.and_then(|()| match archive {
                        Some(folder) => held.archive(&folder),
                        None => held.delete(),
                    });
                    if result.is_err() {
                        held.put_back()?;
                    }
                    result
                })
                .await
            }
            (None, None) => Ok(()),
        }
    }

    /// What belonged to a file goes the way of the file, as it was when it was listed.
    async fn companion_done_with(&mut self, companion: &ListedFile) -> Result<()> {
        self.still(companion).await?;
        match (&mut self.line, &companion.path) {
            (Some(line), _) => line.done_with(&companion.file, &self.source.after).await,
            (None, Some(path)) => match self.archive() {
                Some(folder) => held::archive(path, &folder),
                None => held::delete(path),
            },
            (None, None) => Ok(()),
        }
    }

    /// Where files of this machine are moved to, if they are.
    fn archive(&self) -> Option<PathBuf> {
        match &self.source.after {
            AfterFile::Archive(to) => Some(self.folder.join(to)),
            AfterFile::Leave | AfterFile::Delete => None,
        }
    }

    /// Checks that a file is the one that was listed, by what is said of it.
    async fn still(&mut self, listed: &ListedFile) -> Result<()> {
        let now = match (&mut self.line, &listed.path) {
            (Some(line), _) => line.look(&listed.file).await?,
            (None, Some(path)) => {
                folder::listed(path).map_or_else(|| gone(&listed.file), |now| Ok(now.file))?
            }
            (None, None) => return Ok(()),
        };
        if listed.file.agrees_with(&now) { Ok(()) } else { Err(another(&listed.file.name)) }
    }

    /// Ends the session.
    pub async fn close(self) {
        if let Some(line) = self.line {
            line.close().await;
        }
    }
}

/// What stands in a companion on this machine.
///
/// # Errors
/// `Refused` where it cannot be read: it says nothing of its file.
fn companion_text(companion: &Path, name: &str) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let read = fs::File::open(companion).and_then(|file| file.take(COMPANION).read_to_end(&mut text));
    read.map(|_| text).map_err(|cause| {
        let (place, shown) = (Place::file(name), Place::file(&companion.display().to_string()));
        let what = format!("{place}: {shown} beside it cannot be read: {cause}");
        Error::new(Code::DigestUnreadable, what).about(place).because(cause)
    })
}

/// Checks that a file holds the documents that were counted, byte for byte.
fn is_counted(path: &Path, name: &str, limits: &Unpack, stop: &Flag, documents: &[String]) -> Result<()> {
    let now = input::delivered(path, name, limits, stop, &mut Vec::new());
    stop.check()?;
    let now = now.map_err(|cause| if cause.kind() == ErrorKind::Refused { another(name) } else { cause })?;
    if !now.iter().map(|file| &file.sha256).eq(documents) {
        return Err(another(name));
    }
    now.iter().try_for_each(|file| file.unchanged(file.unpacked))
}

fn another(name: &str) -> Error {
    let place = Place::file(name);
    let what = format!("{place} is another one by now: it is left where it is");
    Error::new(Code::StillWritten, what).about(place)
}

fn gone(file: &RemoteFile) -> Result<RemoteFile> {
    let place = Place::file(&file.name);
    Err(Error::new(Code::StillWritten, format!("{place} is gone: somebody else took it")).about(place))
}
