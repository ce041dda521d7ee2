//! Which files of a server were counted before, by what the server says of them, so that they are not fetched again.
//!
//! This saves a transfer and never decides what is new: a file is known only where its length, its time and its version are
//! those of a file whose every document was counted, by every row set, and exported.

use super::request::Request;
use crate::{
    database::Connection,
    error::{Result, printable},
    feed::{Feed, SourceLocation},
    ledger::{Arrival, CountedFile},
    model::checksum::hex,
    source::RemoteFile,
    sql::Ledger,
};
use sha2::{Digest, Sha256};

/// What the ledger would say of a file; `None` where its server does not say enough of it.
fn arrival(file: &RemoteFile) -> Option<Arrival> {
    let (bytes, modified) = (file.bytes?, file.modified?.to_string());
    Some(Arrival { bytes, modified, version: file.version.clone().unwrap_or_default() })
}

/// Where a file lies, and what of it is wanted. Another pattern of members wants other documents.
fn address(feed: &Feed, file: &RemoteFile) -> Option<String> {
    let SourceLocation::Server(access) = &feed.source.as_ref()?.location else { return None };
    let members = feed.xml.unpack.wanted.as_deref().unwrap_or_default();
    Some(hex(&Sha256::digest([access.url.as_str(), &file.address, members].join("\0"))))
}

/// Whether every row set has counted this very file.
///
/// # Errors
/// `Database`.
pub async fn is_known(connection: &mut Connection, request: &Request, file: &RemoteFile) -> Result<bool> {
    let Some(now) = arrival(file).filter(|_| !request.force) else { return Ok(false) };
    for feed in &request.feeds {
        let Some(address) = address(feed, file) else { return Ok(false) };
        let read = Ledger(connection.dialect()).arrival_read(&feed.name, &address);
        if connection.read_first::<Arrival>(&read).await?.as_ref() != Some(&now) {
            return Ok(false);
        }
    }
    Ok(true)
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
    let (Some(now), Some(first)) = (arrival(file), documents.first()) else { return Ok(()) };
    let ledger = Ledger(connection.dialect());
    let sha256 = if documents.len() == 1 { first } else { "" };
    for feed in &request.feeds {
        let Some(address) = address(feed, file) else { return Ok(()) };
        let counted = connection.read_first::<CountedFile>(&ledger.file_seen(&feed.name, first)).await?;
        let Some(CountedFile { run_id, .. }) = counted else { return Ok(()) };
        connection.execute(&ledger.arrival_forget(&feed.name, &address)).await?;
        let name = printable(&file.name);
        let what = (i64::try_from(now.bytes).unwrap_or(i64::MAX), &*now.modified, &*now.version);
        connection.execute(&ledger.arrival_add(&feed.name, &address, &name, what, sha256, &run_id)).await?;
    }
    Ok(())
}
