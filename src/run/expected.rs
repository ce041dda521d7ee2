//! What the day was expected to bring, held against what runs of the feed have taken, this one included.

use super::request::Request;
use crate::{
    calendar::Arrived,
    database::Connection,
    error::{Code, Error, Result},
    ledger::TakenFile,
    model::{ExpectedFiles, RefusedFile},
    sql::Ledger,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Judges what came until a run began, whose files these are: (name, digest). A file that is refused has come, on the day
/// on which it was met first. `None` where the feed expects nothing, or files are named as arguments.
///
/// # Errors
/// `Database`; `Internal` where the ledger cannot be read.
pub async fn judge(
    connection: &mut Connection,
    request: &Request,
    begun: Timestamp,
    taken: &[(String, String)],
    refused: &[RefusedFile],
) -> Result<Option<ExpectedFiles>> {
    let source = request.feeds[0].source.as_ref().filter(|_| request.files.is_empty());
    let Some(expected) = source.and_then(|source| source.expect.as_ref()) else { return Ok(None) };
    let since = expected.since(begun).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut known = BTreeSet::new();
    let mut arrived = Vec::new();
    for feed in &request.feeds {
        let files = Ledger(connection.dialect()).files_taken(&feed.name, &since);
        for TakenFile { taken, name, sha256 } in connection.read(&files).await? {
            if known.insert(sha256) {
                arrived.push(Arrived { taken, name });
            }
        }
    }
    for (name, sha256) in taken {
        if known.insert(sha256.clone()) {
            arrived.push(Arrived { taken: begun, name: name.clone() });
        }
    }
    for RefusedFile { name, since, .. } in refused {
        // Whoever wrote another time there meant none of today.
        let taken = since.parse().unwrap_or(Timestamp::MIN);
        arrived.push(Arrived { taken: begun.min(taken), name: name.clone() });
    }
    let judged = expected.judge(begun, &arrived);
    Ok(Some(ExpectedFiles {
        expected: expected.to_string(),
        day: judged.day.to_string(),
        came: judged.came,
        missing: judged.missing.into(),
        too_many: judged.too_many.into(),
        early: judged.early,
    }))
}

/// The failure that missing files are.
#[must_use]
pub fn failure(expected: Option<&ExpectedFiles>) -> Option<Error> {
    let missing = expected.filter(|expected| expected.missing > 0)?;
    Some(Error::new(Code::FilesMissing, missing.text()))
}
