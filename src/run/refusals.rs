//! Files of a source that are left out: those that a person ignores, and those that something is wrong with. The latter
//! are written down with the time when they were met first, and offered again by the next run.

use super::request::Request;
use crate::{
    database::Connection,
    error::{Error, Result, printable, printable_lines},
    ledger::IgnoredFile,
    model::{PassedOver, RefusedFile, Summary, checksum::sha256_hex},
    source::{BadFile, GivenFiles},
    sql::{Ledger, NamedFile},
};

/// What to do about one file among others.
const HINT: &str = "ask the sender for another one, move it away, or `tieout ignore FILE --reason TEXT`: until then it is offered again";

/// The files that a job refused.
#[derive(Default)]
pub struct Refusals {
    /// As outputs tell them.
    pub files: Vec<RefusedFile>,
    causes: Vec<Error>,
}

impl Refusals {
    /// Writes bad files down.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note(
        &mut self,
        connection: &mut Connection,
        request: &Request,
        bad: Vec<BadFile>,
    ) -> Result<()> {
        let ledger = Ledger(connection.dialect());
        let feed = request.feeds[0].file_name();
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        for BadFile { name, sha256, cause } in bad {
            // No database takes every name that a server may say.
            let name = printable(&name);
            if self.files.iter().any(|other| (&other.name, &other.sha256) == (&name, &sha256)) {
                continue;
            }
            let file_id = file_id(&name, &sha256);
            let file = NamedFile { feed, file_id: &file_id, name: &name, sha256: &sha256 };
            let (code, reason) = (cause.code().to_string(), printable_lines(&cause.to_string()));
            let since: Option<String> = connection.read_first(&ledger.refused_since(feed, &file_id)).await?;
            let noted = match &since {
                None => ledger.refused_add(file, &code, &reason, &now),
                Some(_) => ledger.refused_again(file, &code, &reason, &now),
            };
            connection.execute(&noted).await?;
            let since = since.unwrap_or_else(|| now.clone());
            self.files.push(RefusedFile { name, sha256, code, reason, since });
            self.causes.push(cause);
        }
        Ok(())
    }

    /// A run has taken its files: those that were refused before are good now.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget(connection: &mut Connection, request: &Request, summary: &Summary) -> Result<()> {
        let ledger = Ledger(connection.dialect());
        for file in &summary.files {
            connection.execute(&ledger.refused_forget(request.feeds[0].file_name(), &file.sha256)).await?;
        }
        Ok(())
    }

    /// The failure that they are, where there are any; `beside` says that other files were reconciled.
    #[must_use]
    pub fn failure(&self, beside: bool) -> Option<Error> {
        let worst = self.causes.iter().max_by_key(|cause| cause.status())?;
        let (count, code) = (self.files.len(), worst.code());
        if !beside && count == 1 {
            return Some(Error::new(code, worst.to_string()).with_hint(worst.hint().to_owned()));
        }
        let texts: Vec<String> = self.files.iter().map(RefusedFile::text).collect();
        let (s, were) = if count == 1 { ("", "was") } else { ("s", "were") };
        let others = if beside { "; the others were reconciled" } else { "" };
        let what = format!("{count} file{s} of the source {were} refused{others}:\n{}", texts.join("\n"));
        Some(Error::new(code, what).with_hint(HINT))
    }
}

/// The digest of a file's name, as it is shown, and digest: a key of one length, whatever the name is.
#[must_use]
pub fn file_id(name: &str, sha256: &str) -> String {
    sha256_hex(format!("{}\0{sha256}", printable(name)).as_bytes())
}

/// Passes over the files of a source that a person ignores.
///
/// # Errors
/// `Database`.
pub async fn without_ignored(
    connection: &mut Connection,
    request: &Request,
    given: GivenFiles,
) -> Result<GivenFiles> {
    let GivenFiles { mut files, mut passed_over, mut bad } = given;
    if request.files.is_empty() {
        let all = Ledger(connection.dialect()).ignored(request.feeds[0].file_name());
        let all: Vec<IgnoredFile> = connection.read(&all).await?;
        let mut keep = |name: &str, sha256: &str| {
            let Some(ignored) = all.iter().find(|one| one.is(name, sha256)) else { return true };
            PassedOver::add(&mut passed_over, PassedOver::IGNORED, &format!("{name}: {}", ignored.reason));
            false
        };
        files.retain(|file| keep(&file.name, &file.sha256));
        bad.retain(|file| keep(&file.name, &file.sha256));
    }
    Ok(GivenFiles { files, passed_over, bad })
}
