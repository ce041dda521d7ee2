//! Files of a source that are left out: those that a person ignores, and those that something is wrong with. The latter
//! are written down with the time when they were met first, and offered again by the next run.

use super::request::Request;
use crate::{
    database::Connection,
    error::{Code, Error, Result, printable, printable_lines},
    ledger::IgnoredFile,
    model::{PassedOver, RefusedFile, Summary, checksum::sha256_hex},
    source::{BadFile, GivenFiles},
    sql::{Ledger, NamedFile},
};

/// What to do about one file among others.
const HINT: &str = "ask the sender for another one, move it away, or `tieout ignore FILE --reason TEXT`: until then it is offered again";

/// Refusals that the files beside a file are the cause of.
pub const OF_DIGESTS: [Code; 2] = [Code::DigestMismatch, Code::DigestUnreadable];

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
        if let ([file], false) = (self.files.as_slice(), beside) {
            let what = format!("{worst}, since {}", file.since);
            return Some(Error::new(code, what).with_hint(worst.hint().to_owned()));
        }
        let others = if beside { "; the others were reconciled" } else { "" };
        let what = format!("{} refused{others}:\n{}", of_the_source(count), texts(&self.files));
        Some(Error::new(code, what).with_hint(HINT))
    }

    /// The same, where one of them is the fault of all: nothing is told of it any more but this.
    ///
    /// # Errors
    /// That.
    pub fn of_all(&mut self) -> Result<()> {
        let failure = self.failure(false);
        self.causes.clear();
        failure.map_or(Ok(()), Err)
    }
}

/// The failure that files are which a run before has refused and not told.
#[must_use]
pub fn told_late(run: &str, files: &[&RefusedFile]) -> Option<Error> {
    let worst = files.iter().map(|file| file.known_code()).max_by_key(|code| code.status())?;
    let what =
        format!("{} refused by run {run}:\n{}", of_the_source(files.len()), texts(files.iter().copied()));
    Some(Error::new(worst, what).with_hint(HINT))
}

fn of_the_source(count: usize) -> String {
    let (s, were) = if count == 1 { ("", "was") } else { ("s", "were") };
    format!("{count} file{s} of the source {were}")
}

fn texts<'a>(files: impl IntoIterator<Item = &'a RefusedFile>) -> String {
    files.into_iter().map(RefusedFile::text).collect::<Vec<_>>().join("\n")
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
        let ignored = |name: &str, sha256: &str| all.iter().find(|one| one.is(name, sha256));
        let mut leave_out = |name: &str, one: &IgnoredFile| {
            PassedOver::add(&mut passed_over, PassedOver::IGNORED, &format!("{name}: {}", one.reason));
        };
        for file in std::mem::take(&mut files) {
            match ignored(&file.name, &file.sha256) {
                Some(one) if !has_its_digest_by_now(connection, request, one).await? => {
                    leave_out(&file.name, one);
                }
                _ => files.push(file),
            }
        }
        bad.retain(|file| {
            let one = ignored(&file.name, &file.sha256);
            one.map(|one| leave_out(&file.name, one)).is_none()
        });
    }
    Ok(GivenFiles { files, passed_over, bad })
}

/// Whether a file that is good now was refused, and ignored, for the digest beside it only: then it is offered again.
async fn has_its_digest_by_now(
    connection: &mut Connection,
    request: &Request,
    one: &IgnoredFile,
) -> Result<bool> {
    let (ledger, feed) = (Ledger(connection.dialect()), request.feeds[0].file_name());
    let id = file_id(&one.name, &one.sha256);
    let code: Option<String> = connection.read_first(&ledger.refused_code(feed, &id)).await?;
    let again = code.is_some_and(|code| OF_DIGESTS.iter().any(|of| of.to_string() == code));
    if again {
        tracing::warn!("{} was ignored for its digest, which is right by now: it is taken", one.name);
        connection.execute(&ledger.ignored_forget(feed, &id)).await?;
    }
    Ok(again)
}
