//! What `check` and `plan` say of a feed's `[source]`. Nothing is fetched.

use super::findings::Findings;
use crate::{
    error::{Result, printable},
    feed::{Feed, Source, SourceLocation},
    infer::counted,
    model::PassedOver,
    source::{Inbox, Selection, room, shown, spool_folder},
    stop::Stop,
};
use std::path::Path;

/// Reaches the source and lists it.
pub async fn look(feed: &Feed, out: &Path, stop: &Stop, found: &mut Findings) {
    let Some(source) = &feed.source else { return };
    match list(feed, source, stop).await {
        Ok((selection, after)) => {
            say(source, &selection, found);
            if let Err(cause) = after {
                found.failure(&cause);
            }
        }
        Err(cause) => found.failure(&cause),
    }
    if let Some(text) = space(feed, out) {
        found.good(&text);
    }
}

async fn list(feed: &Feed, source: &Source, stop: &Stop) -> Result<(Selection, Result<()>)> {
    let mut inbox = Inbox::open(feed, source, stop.flag()).await?;
    let selection = inbox.list().await;
    let after = inbox.check_after();
    inbox.close().await;
    selection.map(|selection| (selection, after))
}

fn say(source: &Source, selection: &Selection, found: &mut Findings) {
    let bytes: u64 = selection.wanted.iter().filter_map(|one| one.listed.file.bytes).sum();
    let files = counted(selection.wanted.len() as u64, "file");
    found.good(&format!(
        "[source] {}: {files} would be taken, of {bytes} bytes; those that were counted are skipped",
        shown(source)
    ));
    if let Some(beside) = PassedOver::text(&selection.passed_over) {
        found.warn(&format!("[source] passed over: {}", printable(&beside)));
    }
}

/// Where what is fetched lies, and how much of it may; `None` where nothing is fetched.
pub fn space(feed: &Feed, out: &Path) -> Option<String> {
    let source =
        feed.source.as_ref().filter(|source| matches!(source.location, SourceLocation::Server(_)))?;
    let free = room(out).ok();
    let most = match (source.max_spool, free) {
        (Some(most), Some(free)) => Some(most.min(free)),
        (most, free) => most.or(free),
    };
    let most = most.map_or_else(|| "an unknown number of".to_owned(), |most| most.to_string());
    let folder = printable(&spool_folder(out, feed).display().to_string());
    Some(format!("[source] files are fetched into {folder}, which may hold {most} bytes until they are read"))
}
