//! The passes before the conversion, for what may stand after the rows that need it: values that the feed
//! declares to be late, the entries of look-ups, and records that take others back. What they hold is bounded
//! (`max_row`).

use super::{
    extraction::{Extraction, Taking},
    found::FoundFirst,
    lookup::{EntryReader, entries_feed},
    retractions::RetractionReader,
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

/// Reads the document once for what the row sets need; not at all where they need nothing, and twice where records
/// take others back. `read` tells the document to its extractions.
///
/// # Errors
/// Those of `read`.
pub(in crate::convert) fn first_pass(
    document: &Document<'_>,
    cost: &Cost,
    feeds: &[&Feed],
    compiled: &[CompiledFeed<'_>],
    read: impl Fn(&mut Vec<Extraction<'_>>) -> Result<()>,
) -> Result<Vec<FoundFirst>> {
    let mut found: Vec<FoundFirst> = compiled.iter().map(|_| FoundFirst::default()).collect();
    // For every extraction, the row set that it is for.
    let mut owners = Vec::new();
    let mut entry_feeds = Vec::new();
    for (n, one) in compiled.iter().enumerate() {
        for lookup in &one.lookups {
            owners.push(n);
            entry_feeds.push(entries_feed(feeds[n], lookup));
        }
    }
    let compiled_entries = entry_feeds.iter().map(|feed| compile(feed, false)).collect::<Result<Vec<_>>>()?;
    let mut extractions = Vec::new();
    for (feed, compiled) in entry_feeds.iter().zip(&compiled_entries) {
        let taking = Taking::Entries(Box::new(EntryReader::new(cost, feed.xml.limits.text)));
        extractions.push(Extraction::new(document, cost, feed, compiled, LateValues::default(), taking));
    }
    let mut add = |n: usize, taking| {
        owners.push(n);
        extractions.push(Extraction::new(
            document,
            cost,
            feeds[n],
            &compiled[n],
            LateValues::default(),
            taking,
        ));
    };
    for (n, one) in compiled.iter().enumerate() {
        if !one.late.is_empty() {
            add(n, Taking::LateValues);
        }
        if !one.retractions.is_empty() {
            let reader = RetractionReader::new(cost, one.retractions.len(), feeds[n].xml.limits.text);
            add(n, Taking::Retractions(Box::new(reader)));
        }
    }
    if extractions.is_empty() {
        return Ok(found);
    }
    read(&mut extractions)?;
    let mut again = Vec::new();
    for (n, extraction) in owners.into_iter().zip(extractions) {
        match extraction.taking {
            Taking::Entries(reader) => found[n].lookups.push(reader.entries),
            Taking::Retractions(reader) => match reader.again() {
                Ok(reader) => again.push((n, reader)),
                Err(taken_back) => found[n].taken_back = taken_back,
            },
            Taking::LateValues | Taking::Rows(_) | Taking::Positions(_) => {
                found[n].late = extraction.into_late_values();
            }
        }
    }
    second_pass(document, cost, feeds, compiled, again, &mut found, read)?;
    Ok(found)
}

/// Which of the records that are taken back are there.
fn second_pass(
    document: &Document<'_>,
    cost: &Cost,
    feeds: &[&Feed],
    compiled: &[CompiledFeed<'_>],
    readers: Vec<(usize, RetractionReader)>,
    found: &mut [FoundFirst],
    read: impl Fn(&mut Vec<Extraction<'_>>) -> Result<()>,
) -> Result<()> {
    if readers.is_empty() {
        return Ok(());
    }
    let owners: Vec<usize> = readers.iter().map(|(n, _)| *n).collect();
    let extraction = |(n, reader): (usize, RetractionReader)| {
        let taking = Taking::Retractions(Box::new(reader));
        Extraction::new(document, cost, feeds[n], &compiled[n], LateValues::default(), taking)
    };
    let mut extractions = readers.into_iter().map(extraction).collect();
    read(&mut extractions)?;
    for (n, extraction) in owners.into_iter().zip(extractions) {
        if let Taking::Retractions(reader) = extraction.taking {
            found[n].taken_back = reader.into_found();
        }
    }
    Ok(())
}
