//! The files to reconcile, with their digests: those of the arguments, or what the feed's `[source]` holds. Nothing of ours
//! is changed by then.

use super::{
    arrivals::{self, KnownFile},
    refusals::{OF_DIGESTS, file_id},
    request::Request,
};
use crate::{
    blocking::blocking,
    database::Connection,
    error::{ErrorKind, Result, printable},
    feed::{AfterFile, Source},
    ledger::{CountedFile, IgnoredFile},
    model::PassedOver,
    source::{self, BadFile, GivenFiles, Inbox, InputFile, Selection, Spool, WantedFile, nothing_wanted},
    sql::{self, Ledger},
    stop::Stop,
};
use jiff::Timestamp;
use std::path::Path;

/// What a run was given.
pub struct Received {
    /// Its documents.
    pub given: GivenFiles,
    /// The source that they came from, if they did.
    pub source: Option<OpenSource>,
}

/// A file of a source that needs not be taken, or was.
pub struct DeliveredFile {
    /// What its server, or this machine, says of it.
    pub wanted: WantedFile,
    /// The digests of its documents; `None`: it is known without looking into it that all were counted and exported.
    pub documents: Option<Vec<String>>,
}

/// A document of a source, or a bad file, as it is met.
pub struct SeenFile {
    /// Its name.
    pub name: String,
    /// Its digest; empty where it could not be read.
    pub sha256: String,
    /// The time of the file on its server, where that tells one.
    pub modified: Option<Timestamp>,
}

/// A source and what it delivered.
pub struct OpenSource {
    /// Where files are moved and removed when they are done with.
    pub inbox: Inbox,
    /// Its files.
    pub delivered: Vec<DeliveredFile>,
    /// When it was looked into.
    pub looked: Timestamp,
    /// What is new in it, or bad.
    pub seen: Vec<SeenFile>,
    /// Holds what was fetched as long as it is read.
    _spool: Option<Spool>,
}

/// The files that are named as arguments, in order; `None` where there are none. Wrong usage is told before a byte is read.
///
/// # Errors
/// `Usage` where the feed's side of ours cannot be asked, or nothing says where files are; `Refused`, `Fetch` and
/// `Machine` where a file cannot be read.
pub async fn arguments(request: &Request) -> Result<Option<Received>> {
    for feed in &request.feeds {
        sql::check_parameters(feed, &request.given())?;
        feed.timing.as_ref().map_or(Ok(None), |timing| timing.given(feed))?;
    }
    let feed = request.feeds[0].clone();
    if request.files.is_empty() {
        return if feed.source.is_some() { Ok(None) } else { Err(source::no_file(&feed)) };
    }
    (request.stage)("reading the files' digests");
    let (paths, stop) = (request.files.clone(), request.stop.clone());
    let given = blocking(move || {
        let GivenFiles { files, passed_over, bad } = source::files(&feed, &paths, stop.flag())?;
        let files: Result<Vec<_>> = files.into_iter().map(|file| file.digested(stop.flag())).collect();
        Ok(GivenFiles { files: files?, passed_over, bad })
    });
    Ok(Some(Received { given: given.await?, source: None }))
}

/// What the feed's source holds and no run has counted. The feed is locked, so that two runs do not fetch the same.
///
/// # Errors
/// `Fetch` where it cannot be reached or holds nothing; `Machine`; `Database`. What is wrong with one file stands beside
/// the others.
pub async fn from_source(connection: &mut Connection, request: &Request) -> Result<Received> {
    let feed = &request.feeds[0];
    let source = feed.source.as_ref().ok_or_else(|| source::no_file(feed))?;
    (request.stage)("looking for files");
    let mut inbox = Inbox::open(feed, source, request.stop.flag()).await?;
    let looked = Timestamp::now();
    inbox.put_back();
    let mut selection = inbox.list().await?;
    let ignored = connection.read(&Ledger(connection.dialect()).ignored(feed.file_name())).await?;
    let offered = selection.wanted.len();
    let mut delivered = known(connection, request, &ignored, &inbox, &mut selection).await?;
    let none_is_known = selection.wanted.len() == offered;
    inbox.settle(&mut selection).await?;
    if selection.wanted.is_empty() && none_is_known && !source.allow_none && source.expect.is_none() {
        return Err(nothing_wanted(source, &selection.passed_over));
    }
    let spool = spool(request, source, &inbox, &selection.wanted)?;
    let given = GivenFiles { passed_over: selection.passed_over, ..GivenFiles::default() };
    let mut taking = Intake {
        connection,
        request,
        inbox,
        spool,
        given,
        ignored,
        delivered: Vec::new(),
        seen: Vec::new(),
        taken: 0,
    };
    for wanted in &selection.wanted {
        taking.take(source, wanted).await?;
    }
    let Intake { inbox, spool, given, delivered: taken, seen, .. } = taking;
    delivered.extend(taken);
    Ok(Received { given, source: Some(OpenSource { inbox, delivered, looked, seen, _spool: spool }) })
}

/// Takes out of the selection what was counted or is ignored as it is now, so that it is not fetched again. Gives what
/// was counted.
async fn known(
    connection: &mut Connection,
    request: &Request,
    ignored: &[IgnoredFile],
    inbox: &Inbox,
    selection: &mut Selection,
) -> Result<Vec<DeliveredFile>> {
    let mut known = Vec::new();
    if !inbox.is_remote() {
        return Ok(known);
    }
    let goes = request.feeds[0].source.as_ref().is_some_and(|source| source.after != AfterFile::Leave);
    for wanted in std::mem::take(&mut selection.wanted) {
        let (name, passed_over) = (&wanted.listed.file.name, &mut selection.passed_over);
        match arrivals::known(connection, request, ignored, &wanted.listed.file).await? {
            // Of one that goes, other bytes of the same length and time would be lost.
            Some(KnownFile::Counted) if goes && wanted.listed.file.version.is_none() => {
                selection.wanted.push(wanted);
            }
            Some(KnownFile::Counted) => {
                PassedOver::add(passed_over, PassedOver::COUNTED, name);
                known.push(DeliveredFile { wanted, documents: None });
            }
            Some(KnownFile::Ignored(reason)) => {
                PassedOver::add(passed_over, PassedOver::IGNORED, &format!("{name}: {reason}"));
            }
            None => selection.wanted.push(wanted),
        }
    }
    Ok(known)
}

/// Room for what will be fetched.
fn spool(request: &Request, source: &Source, inbox: &Inbox, wanted: &[WantedFile]) -> Result<Option<Spool>> {
    if !inbox.is_remote() || wanted.is_empty() {
        return Ok(None);
    }
    let most = source.limit.and_then(|limit| limit.try_into().ok()).unwrap_or(usize::MAX);
    let files: Vec<_> = wanted.iter().take(most).map(|one| &one.listed.file).collect();
    Spool::open(source::spool_folder(&request.out, &request.feeds[0]), &files, source.max_spool).map(Some)
}

/// What was taken so far.
struct Intake<'a> {
    connection: &'a mut Connection,
    request: &'a Request,
    inbox: Inbox,
    spool: Option<Spool>,
    given: GivenFiles,
    ignored: Vec<IgnoredFile>,
    delivered: Vec<DeliveredFile>,
    seen: Vec<SeenFile>,
    /// New ones.
    taken: u64,
}

impl Intake<'_> {
    /// Takes a file, unless it was counted or is for the next run.
    async fn take(&mut self, source: &Source, wanted: &WantedFile) -> Result<()> {
        let name = &wanted.listed.file.name;
        if source.limit.is_some_and(|limit| self.taken >= limit) {
            PassedOver::add(&mut self.given.passed_over, PassedOver::LIMIT, name);
            return Ok(());
        }
        let mut sha256 = String::new();
        let documents = match self.documents(wanted, &mut sha256).await {
            Ok(Some(documents)) => documents,
            Ok(None) => {
                PassedOver::add(&mut self.given.passed_over, PassedOver::UNSETTLED, name);
                return Ok(());
            }
            Err(cause) => {
                if cause.kind() == ErrorKind::Refused && !OF_DIGESTS.contains(&cause.code()) {
                    self.note_ignored(wanted, &sha256).await?;
                }
                self.see(wanted, name, &sha256);
                self.given.bad.push(BadFile::new(name, &sha256, cause)?);
                return Ok(());
            }
        };
        if let [file] = documents.as_slice() {
            self.note_ignored(wanted, &file.sha256).await?;
        }
        let mut new = self.request.force;
        for file in &documents {
            new |= !self.is_counted(file).await?;
        }
        let digests = documents.iter().map(|file| file.sha256.clone()).collect();
        self.delivered.push(DeliveredFile { wanted: wanted.clone(), documents: Some(digests) });
        if new {
            // One that is left out every night must not take the place of the others.
            self.taken += u64::from(!self.was_left_out(&documents).await?);
            for file in &documents {
                self.see(wanted, &file.name, &file.sha256);
            }
            self.given.files.extend(documents);
        } else {
            tracing::info!("{} was already reconciled: skipped", printable(name));
            PassedOver::add(&mut self.given.passed_over, PassedOver::COUNTED, name);
        }
        Ok(())
    }

    fn see(&mut self, wanted: &WantedFile, name: &str, sha256: &str) {
        let modified = wanted.listed.file.modified;
        self.seen.push(SeenFile { name: name.to_owned(), sha256: sha256.to_owned(), modified });
    }

    /// One that a person ignores, by what is in it, is not fetched again as long as it stays as it is.
    async fn note_ignored(&mut self, wanted: &WantedFile, sha256: &str) -> Result<()> {
        let file = &wanted.listed.file;
        if self.inbox.is_remote() && self.ignored.iter().any(|one| one.is(&file.name, sha256)) {
            arrivals::note_ignored(self.connection, self.request, file, sha256).await?;
        }
        Ok(())
    }

    /// Whether a run before refused a document, or a person ignores it.
    async fn was_left_out(&mut self, documents: &[InputFile]) -> Result<bool> {
        let ledger = Ledger(self.connection.dialect());
        for file in documents {
            if self.ignored.iter().any(|one| one.is(&file.name, &file.sha256)) {
                return Ok(true);
            }
            let id = file_id(&file.name, &file.sha256);
            let since = ledger.refused_since(self.request.feeds[0].file_name(), &id);
            if self.connection.read_first::<String>(&since).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Brings a file here and looks into it. Where something is wrong with it, its digest is given too, if it has one.
    async fn documents(
        &mut self,
        wanted: &WantedFile,
        sha256: &mut String,
    ) -> Result<Option<Vec<InputFile>>> {
        let name = wanted.listed.file.name.clone();
        if self.inbox.is_remote() {
            (self.request.stage)(&format!("fetching {}", printable(&name)));
        }
        let received = self.inbox.receive(wanted, self.spool.as_mut()).await;
        if let (Err(_), Some(path)) = (&received, wanted.listed.path.clone()) {
            let stop = self.request.stop.clone();
            *sha256 = blocking(move || Ok(digest(&path, &stop))).await?;
        }
        let Some(path) = received? else { return Ok(None) };
        let (limits, stop) = (self.request.feeds[0].xml.unpack.clone(), self.request.stop.clone());
        let (documents, beside) = blocking(move || {
            let mut beside = Vec::new();
            let documents = source::delivered(&path, &name, &limits, stop.flag(), &mut beside);
            let documents = documents.map_err(|cause| (cause, digest(&path, &stop)));
            Ok((documents, beside))
        })
        .await?;
        let documents = documents.map_err(|(cause, digest)| {
            *sha256 = digest;
            cause
        })?;
        for PassedOver { reason, names, .. } in beside {
            for name in &names {
                PassedOver::add(&mut self.given.passed_over, &reason, name);
            }
        }
        Ok(Some(documents))
    }

    /// Whether every row set has counted a document.
    async fn is_counted(&mut self, file: &InputFile) -> Result<bool> {
        let ledger = Ledger(self.connection.dialect());
        for feed in &self.request.feeds {
            let seen = ledger.file_seen(&feed.name, &file.sha256);
            if self.connection.read_first::<CountedFile>(&seen).await?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The digest of a bad file's bytes; empty where they cannot be read.
fn digest(path: &Path, stop: &Stop) -> String {
    source::digest_of(path, stop.flag()).ok().filter(|_| !stop.is_set()).unwrap_or_default()
}
