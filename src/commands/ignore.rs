//! `tieout ignore`: a bad file that is not to be offered again, or is to be after all.

use super::{
    arguments::{load_feeds, target},
    terminal::note,
};
use crate::{
    cli,
    database::{Connection, migrate},
    error::{Code, Error, Result, excerpt, printable},
    ledger::RefusedName,
    run::file_id,
    source,
    sql::{Ledger, NamedFile, Statement},
    stop::Stop,
};
use std::path::Path;

/// Notes that a file is to be passed over, by its bytes where they are known; or that it is not any more.
pub async fn ignore(arguments: &cli::IgnoreArgs, stop: &Stop) -> Result<u8> {
    let reason = arguments.reason.as_deref().unwrap_or_default().trim();
    if reason.is_empty() && !arguments.undo {
        return Err(Error::new(Code::IgnoredWithoutReason, "--reason is empty"));
    }
    let elsewhere = arguments.database.database.is_some();
    let feeds = arguments.feed.as_deref().map_or(Ok(Vec::new()), |feed| load_feeds(feed, elsewhere))?;
    let feed = feeds.first();
    let target = target(&arguments.database, feed)?;
    migrate(&target).await?;
    let mut connection = Connection::open(&target).await?;
    let feed = feed.map_or("", |feed| feed.file_name());
    let mut called = Called { connection: &mut connection, feed, file: &arguments.file, stop };
    let result = if arguments.undo { called.forget().await } else { called.note(reason).await };
    connection.close().await;
    let becomes = if arguments.undo { "is offered to" } else { "is not offered to" };
    for RefusedName { feed, name, sha256 } in result? {
        let feed = if feed.is_empty() { "any feed".to_owned() } else { format!("feed {feed}") };
        let bytes = if sha256.is_empty() { String::new() } else { format!(" ({sha256})") };
        note(&format!("{}{bytes} {becomes} {feed} again", printable(&name)));
    }
    Ok(0)
}

/// What is typed for a file.
struct Called<'a> {
    connection: &'a mut Connection,
    /// Files of this feed; empty: of any.
    feed: &'a str,
    file: &'a str,
    stop: &'a Stop,
}

impl Called<'_> {
    /// Its files are ignored from now on.
    async fn note(&mut self, reason: &str) -> Result<Vec<RefusedName>> {
        let ledger = Ledger(self.connection.dialect());
        let files = self.refused().await?;
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        self.connection.begin().await?;
        for RefusedName { feed, name, sha256 } in &files {
            let file_id = file_id(name, sha256);
            let file = NamedFile { feed, file_id: &file_id, name, sha256 };
            self.connection.execute(&ledger.ignored_forget(feed, &file_id)).await?;
            self.connection.execute(&ledger.ignored_add(file, reason, &now)).await?;
        }
        self.connection.commit().await?;
        Ok(files)
    }

    /// Its files are offered again from now on.
    async fn forget(&mut self) -> Result<Vec<RefusedName>> {
        let ledger = Ledger(self.connection.dialect());
        let mut files = self.of(|called| ledger.ignored_called(called)).await?;
        if let (true, Some((_, sha256))) = (files.is_empty(), self.digested()?) {
            files = self.named(&ledger.ignored_called(&sha256)).await?;
        }
        if files.is_empty() {
            let what = format!("no file {} is ignored", excerpt(self.file));
            return Err(Error::new(Code::NoSuchRefusal, what)
                .with_hint("name the file as the run that passed it over did, or by its SHA-256"));
        }
        self.connection.begin().await?;
        for RefusedName { feed, name, sha256 } in &files {
            self.connection.execute(&ledger.ignored_forget(feed, &file_id(name, sha256))).await?;
        }
        self.connection.commit().await?;
        Ok(files)
    }

    /// The files that are meant: those of this name or digest that runs refused; else the one that lies here, or the digest
    /// itself, of this feed or of any.
    async fn refused(&mut self) -> Result<Vec<RefusedName>> {
        let ledger = Ledger(self.connection.dialect());
        let mut files = self.of(|called| ledger.refused_called(called)).await?;
        let feed = self.feed.to_owned();
        if let (true, Some(sha256)) = (files.is_empty(), self.digest()) {
            files.push(RefusedName { feed, name: sha256.clone(), sha256 });
        } else if let (true, Some((name, sha256))) = (files.is_empty(), self.digested()?) {
            files = self.named(&ledger.refused_called(&sha256)).await?;
            if files.is_empty() {
                files.push(RefusedName { feed, name, sha256 });
            }
        }
        if files.is_empty() {
            let what = format!("no run has refused a file {}, and none lies there", excerpt(self.file));
            return Err(Error::new(Code::NoSuchRefusal, what));
        }
        Ok(files)
    }

    /// What was typed, where it is a digest.
    fn digest(&self) -> Option<String> {
        let is_digest = self.file.len() == 64 && self.file.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then(|| self.file.to_ascii_lowercase())
    }

    /// Name and digest of the file that lies at this path.
    fn digested(&self) -> Result<Option<(String, String)>> {
        let path = Path::new(self.file);
        if !path.is_file() {
            return Ok(None);
        }
        let sha256 = source::digest_of(path, self.stop.flag())?;
        self.stop.flag().check()?;
        Ok(Some((printable(&path.file_name().unwrap_or_default().to_string_lossy()), sha256)))
    }

    /// The files that a statement finds by what was typed.
    async fn of(&mut self, statement: impl Fn(&str) -> Statement) -> Result<Vec<RefusedName>> {
        let called = self.digest().unwrap_or_else(|| self.file.to_owned());
        self.named(&statement(&called)).await
    }

    /// The files that a statement finds, of this feed or of any.
    async fn named(&mut self, statement: &Statement) -> Result<Vec<RefusedName>> {
        let mut files: Vec<RefusedName> = self.connection.read(statement).await?;
        files.retain(|file| self.feed.is_empty() || file.feed == self.feed);
        Ok(files)
    }
}
