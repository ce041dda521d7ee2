//! The pass before the conversion, for what may stand after the rows that need it: values that the feed
//! declares to be late, and the entries of look-ups. What it holds is bounded (`max_row`).

use super::{
    entries::Entries,
    extraction::{Extraction, Taking},
    lookup::{EntryReader, entries_feed},
};
use crate::{
    convert::{
        cost::Cost,
        document::Document,
        paths::{CompiledFeed, LateValues, compile},
    },
    error::Result,
    feed::Feed,
};

/// What the pass found for one row set.
#[derive(Default)]
pub(in crate::convert) struct FirstPass {
    pub late: LateValues,
    /// Per look-up of the feed.
    pub lookups: Vec<Entries>,
}

/// Reads the document once for what the row sets need; not at all where they need nothing. `read` tells the
/// document to its extractions.
///
/// # Errors
/// Those of `read`.
pub(in crate::convert) fn first_pass(
    document: &Document<'_>,
    cost: &Cost,
    feeds: &[&Feed],
    compiled: &[CompiledFeed<'_>],
    read: impl FnOnce(&mut Vec<Extraction<'_>>) -> Result<()>,
) -> Result<Vec<FirstPass>> {
    let mut found: Vec<FirstPass> = compiled.iter().map(|_| FirstPass::default()).collect();
    if compiled.iter().all(|one| one.late.is_empty() && one.lookups.is_empty()) {
        return Ok(found);
    }
    // For every extraction, the row set that it is for.
    let mut owners = Vec::new();
    let mut entry_feeds = Vec::new();
    for (n, one) in compiled.iter().enumerate() {
        for lookup in &one.lookups {
            owners.push(n);
            entry_feeds.push(entries_feed(feeds[n], lookup));
        }
    }
    let compiled_entries = entry_feeds.iter().map(compile).collect::<Result<Vec<_>>>()?;
    let mut extractions = Vec::new();
    for (feed, compiled) in entry_feeds.iter().zip(&compiled_entries) {
        let taking = Taking::Entries(Box::new(EntryReader::new(cost, feed.xml.limits.text)));
        extractions.push(Extraction::new(document, cost, feed, compiled, LateValues::default(), taking));
    }
    for (n, one) in compiled.iter().enumerate().filter(|(_, one)| !one.late.is_empty()) {
        owners.push(n);
        let late = LateValues::default();
        extractions.push(Extraction::new(document, cost, feeds[n], one, late, Taking::LateValues));
    }
    read(&mut extractions)?;
    for (n, extraction) in owners.into_iter().zip(extractions) {
        match extraction.taking {
            Taking::Entries(reader) => found[n].lookups.push(reader.entries),
            Taking::LateValues | Taking::Rows(_) => found[n].late = extraction.into_late_values(),
        }
    }
    Ok(found)
}
