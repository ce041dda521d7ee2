//! Which files of a server were counted before, or are ignored, by what the server says of them, so that they are not
//! fetched again.
//!
//! This saves a transfer and never decides what is new: a file is known only where its length, its time and its version are
//! those of a file whose every document was counted, by every row set, and exported; or whose only document is ignored.

use super::request::Request;
use crate::{
    database::Connection,
    error::{Result, printable},
    feed::{Feed, SourceLocation},
    ledger::{Arrival, ArrivalSaid, CountedFile, IgnoredFile},
    model::checksum::hex,
    source::RemoteFile,
    sql::Ledger,
};
use sha2::{Digest, Sha256};

/// A file that need not be fetched.
pub enum KnownFile {
    /// Every row set has counted it.
    Counted,
    /// A person ignores it, and says why.
    Ignored(String),
}

/// What the ledger would say of a file; `None` where its server does not say enough of it.
fn said(file: &RemoteFile) -> Option<ArrivalSaid> {
    let (bytes, modified) = (file.bytes?, file.modified?.to_string());
    Some(ArrivalSaid { bytes, modified, version: file.version.clone().unwrap_or_default() })
}

/// Where a file lies, and what of it is wanted. Another pattern of members wants other documents.
fn address(feed: &Feed, file: &RemoteFile) -> Option<String> {
    let SourceLocation::Server(access) = &feed.source.as_ref()?.location else { return None };
    let members = feed.xml.unpack.wanted.as_deref().unwrap_or_default();
    Some(hex(&Sha256::digest([access.url.as_str(), &file.address, members].join("\0"))))
}

/// Whether every row set has counted this very file, or it is one of those that are ignored; `None`: it is to be fetched.
///
/// # Errors
/// `Database`.
pub async fn known(
    connection: &mut Connection,
    request: &Request,
    ignored: &[IgnoredFile],
    file: &RemoteFile,
) -> Result<Option<KnownFile>> {
    let Some(now) = said(file).filter(|_| !request.force) else { return Ok(None) };
    let mut known = KnownFile::Counted;
    for feed in &request.feeds {
        let Some(address) = address(feed, file) else { return Ok(None) };
        let read = Ledger(connection.dialect()).arrival_read(&feed.name, &address);
        let before: Option<Arrival> = connection.read_first(&read).await?;
        let Some(before) = before.filter(|before| before.said == now) else { return Ok(None) };
        if before.run_id.is_empty() {
            // It is offered again where nobody ignores it any more.
            let Some(one) = ignored.iter().find(|one| one.is(&file.name, &before.sha256)) else {
                return Ok(None);
            };
            known = KnownFile::Ignored(one.reason.clone());
        }
    }
    Ok(Some(known))
}

/// Notes a file whose documents are all counted and exported.
///
/// # Errors
/// `Database`.
pub async fn note(
    connection: &mut Connection,
    request: &Request,
    file: &RemoteFile,
    documents: &[String],
) -> Result<()> {
    let Some(first) = documents.first() else { return Ok(()) };
    let sha256 = if documents.len() == 1 { first } else { "" };
    for feed in &request.feeds {
        let seen = Ledger(connection.dialect()).file_seen(&feed.name, first);
        let Some(CountedFile { run_id, .. }) = connection.read_first(&seen).await? else { return Ok(()) };
        write(connection, feed, file, sha256, &run_id).await?;
    }
    Ok(())
}

/// Notes a file of one document, or of none that can be read, which a person ignores by this digest.
///
/// # Errors
/// `Database`.
pub async fn note_ignored(
    connection: &mut Connection,
    request: &Request,
    file: &RemoteFile,
    sha256: &str,
) -> Result<()> {
    for feed in &request.feeds {
        write(connection, feed, file, sha256, "").await?;
    }
    Ok(())
}

async fn write(
    connection: &mut Connection,
    feed: &Feed,
    file: &RemoteFile,
    sha256: &str,
    run_id: &str,
) -> Result<()> {
    let (Some(now), Some(address)) = (said(file), address(feed, file)) else { return Ok(()) };
    let ledger = Ledger(connection.dialect());
    connection.execute(&ledger.arrival_forget(&feed.name, &address)).await?;
    let name = printable(&file.name);
    let what = (i64::try_from(now.bytes).unwrap_or(i64::MAX), &*now.modified, &*now.version);
    let added = ledger.arrival_add(&feed.name, &address, &name, what, sha256, run_id);
    connection.execute(&added).await.map(drop)
}
