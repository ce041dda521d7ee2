//! What becomes of the sender's files once their results are committed and exported, of every row set. A run that died
//! before this leaves it to the next one, which finds the same files counted.

use super::{
    arrivals,
    receive::{DeliveredFile, OpenSource},
    request::Request,
};
use crate::{
    database::Connection,
    error::{Code, Error, Result},
    failpoint::failpoint,
    ledger::CountedFile,
    sql::Ledger,
};

/// Moves or removes the files that are done with, as the feed says. The others stay where they are.
///
/// # Errors
/// Status 8 where that fails for some of them: the verdicts stand. `Database`; `Interrupted`.
pub async fn done_with(connection: &mut Connection, request: &Request, source: OpenSource) -> Result<()> {
    let OpenSource { mut inbox, delivered, .. } = source;
    let mut failures = Vec::new();
    for DeliveredFile { wanted, documents } in &delivered {
        request.stop.flag().check()?;
        if let Some(documents) = documents
            && !are_exported(connection, request, documents).await?
        {
            continue;
        }
        failpoint("before-move", &request.stop).await;
        let moved = inbox.done_with(wanted, documents.as_deref().unwrap_or_default()).await;
        // What stays is not fetched again.
        if let Some(documents) = documents.as_ref().filter(|_| !matches!(moved, Ok(true))) {
            arrivals::note(connection, request, &wanted.listed.file, documents).await?;
        }
        failures.extend(moved.err());
    }
    inbox.close().await;
    let Some(first) = failures.first() else { return Ok(()) };
    let what = match failures.len() {
        1 => format!("the verdict stands, but a file of [source] stays where it is: {first}"),
        some => format!(
            "the verdict stands, but {some} files of [source] stay where they are; the first: {first}"
        ),
    };
    Err(Error::new(Code::NotMoved, what).because(failures.remove(0)))
}

/// Whether the last run that counted a document has exported its results, of every row set and every document.
async fn are_exported(connection: &mut Connection, request: &Request, documents: &[String]) -> Result<bool> {
    let ledger = Ledger(connection.dialect());
    for feed in &request.feeds {
        for sha256 in documents {
            let seen = ledger.file_seen(&feed.name, sha256);
            let counted: Option<CountedFile> = connection.read_first(&seen).await?;
            if !counted.is_some_and(|counted| counted.exported) {
                return Ok(false);
            }
        }
    }
    Ok(!documents.is_empty())
}
