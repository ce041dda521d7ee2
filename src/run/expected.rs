//! What the day was expected to bring, held against what came. For which day a file counts is decided by the run that meets
//! it first, and written down; so is each look, so that a day is answered for once after its midnight.

use super::{receive::SeenFile, refusals::file_id, request::Request};
use crate::{
    calendar::{Expected, JudgedDay, Look},
    database::Connection,
    error::{Code, Error, Result},
    ledger::{FileDay, LastLook, TakenFile},
    model::{ExpectedFiles, RefusedFile},
    sql::Ledger,
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeSet;

/// Digits of the hour are two: such times are in the order of their texts.
const FORM: &str = "%Y-%m-%dT%H:%M:%SZ";

/// What the feed expects; `None` where that is nothing, or files are named as arguments.
fn of_feed(request: &Request) -> Option<&Expected> {
    request.feeds[0].source.as_ref().filter(|_| request.files.is_empty())?.expect.as_ref()
}

/// By what a file is known: its bytes, or its name where they cannot be read.
fn key(name: &str, sha256: &str) -> String {
    if sha256.is_empty() { file_id(name, sha256) } else { sha256.to_owned() }
}

/// Begins to look at a time, and writes down for which day each file counts that no run has met before.
///
/// # Errors
/// `Database`; `Internal` where the ledger cannot be read.
pub async fn look(
    connection: &mut Connection,
    request: &Request,
    at: Timestamp,
    seen: &[SeenFile],
) -> Result<Option<Look>> {
    let Some(expected) = of_feed(request) else { return Ok(None) };
    let (ledger, feed) = (Ledger(connection.dialect()), request.feeds[0].file_name());
    let last: Option<LastLook> = connection.read_first(&ledger.look_read(feed)).await?;
    let look = Look { at, last: last.map(|LastLook(last)| last) };
    for SeenFile { name, sha256, modified } in seen {
        let file_id = key(name, sha256);
        let known: Option<FileDay> = connection.read_first(&ledger.day_read(feed, &file_id)).await?;
        if known.is_none() {
            let day = expected.day_of(look, *modified).to_string();
            connection.execute(&ledger.day_add(feed, &file_id, &day)).await?;
        }
    }
    Ok(Some(look))
}

/// Judges what came, these files included: (name, digest). A file that is refused has come too. `None` where the feed
/// expects nothing.
///
/// # Errors
/// `Database`; `Internal` where the ledger cannot be read.
pub async fn judge(
    connection: &mut Connection,
    request: &Request,
    look: Look,
    taken: &[(String, String)],
    refused: &[RefusedFile],
) -> Result<Option<ExpectedFiles>> {
    let Some(expected) = of_feed(request) else { return Ok(None) };
    let (ledger, feed) = (Ledger(connection.dialect()), request.feeds[0].file_name());
    let days = expected.days(look);
    let mut came: Vec<(Date, String)> = Vec::new();
    let mut known = BTreeSet::new();
    for row_set in request.feeds.iter().filter(|_| !days.is_empty()) {
        let files = ledger.files_of_days(feed, &row_set.name, &days[0].to_string());
        for TakenFile { day, name, sha256 } in connection.read(&files).await? {
            if known.insert(sha256) {
                came.push((day, name));
            }
        }
    }
    let refused = refused.iter().map(|file| (&file.name, &file.sha256));
    for (name, sha256) in taken.iter().map(|(name, sha256)| (name, sha256)).chain(refused) {
        let file_id = key(name, sha256);
        let day: Option<FileDay> = connection.read_first(&ledger.day_read(feed, &file_id)).await?;
        let day = day.map_or_else(|| expected.day_of(look, None), |FileDay(day)| day);
        if known.insert(file_id) {
            came.push((day, name.clone()));
        }
    }
    let mut told: Vec<ExpectedFiles> = Vec::new();
    for day in days {
        let of_it = came.iter().filter(|(of, _)| *of == day).map(|(_, name)| name.clone()).collect();
        told.push(in_words(expected, expected.judge(look, day, of_it)));
    }
    let Some(mut last) = told.pop() else { return Ok(None) };
    last.earlier = told.into_iter().filter(ExpectedFiles::lacks).collect();
    Ok(Some(last))
}

fn in_words(expected: &Expected, judged: JudgedDay) -> ExpectedFiles {
    ExpectedFiles {
        expected: expected.to_string(),
        day: judged.day.to_string(),
        came: judged.came,
        missing: judged.missing.into(),
        too_many: judged.too_many.into(),
        early: judged.early,
        earlier: Vec::new(),
    }
}

/// Writes a look down whose answer was told. Before this, the next run gives it once more.
pub async fn looked(request: &Request, look: Look) {
    let written: Result<()> = async {
        let mut connection = Connection::open(&request.target).await?;
        let (ledger, feed) = (Ledger(connection.dialect()), request.feeds[0].file_name());
        let at = look.at.strftime(FORM).to_string();
        let note =
            if look.last.is_some() { ledger.look_again(feed, &at) } else { ledger.look_add(feed, &at) };
        connection.execute(&note).await?;
        connection.close().await;
        Ok(())
    }
    .await;
    if let Err(cause) = written {
        tracing::warn!("what came of the day is told once more by the next run: {cause}");
    }
}

/// The failure that missing files are.
#[must_use]
pub fn failure(expected: Option<&ExpectedFiles>) -> Option<Error> {
    let missing = expected.filter(|expected| expected.lacks())?;
    Some(Error::new(Code::FilesMissing, missing.text()))
}
