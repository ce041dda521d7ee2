//! A conversion from its first pass to its last row: which passes there are, and what each takes.

use super::{
    chunks::Destination,
    cost::Cost,
    document::{Document, Progress},
    paths::{LateValues, compile},
    rows::{
        Extraction, PositionGroup, PositionReader, Records, Taking, entries_feed, first_pass, position_groups,
    },
    xml::{Scanned, scan},
};
use crate::{error::Result, feed::Feed, model::Converted, source::InputFile, stop::Flag};
use std::{collections::BTreeSet, io::Read};

/// The parameters that the feed's conditions on theirs use.
///
/// # Errors
/// `Usage` where its paths and conditions cannot be meant, or a parameter has no value or one that cannot be compared.
pub fn parameters(feed: &Feed) -> Result<BTreeSet<String>> {
    let compiled = compile(feed, true)?;
    let mut names = compiled.parameters;
    for lookup in compiled.lookups {
        names.extend(compile(&entries_feed(feed, lookup), false)?.parameters);
    }
    for group in position_groups(feed) {
        names.extend(compile(&group.feed, false)?.parameters);
    }
    Ok(names)
}

/// Converts one file in one pass for several row sets: hands chunks and rejects to their sinks as they are made. Gives
/// what was read for each row set, in order. The feeds of all sets have the same `[xml]`, but for the rows.
///
/// # Errors
/// As [`convert`]; `Fetch` where the file changed while it was read.
pub fn convert_file(
    file: &InputFile,
    to: Vec<Destination<'_>>,
    stop: &Flag,
    progress: &Progress,
) -> Result<Vec<Converted>> {
    let document = Document { name: &file.name, changed: file.changed, bytes: file.unpacked, stop, progress };
    let converted = convert(&document, to, || file.open())?;
    if let Some(one) = converted.first() {
        file.unchanged(one.bytes)?;
    }
    Ok(converted)
}

/// The same of any bytes. `open` gives them from their beginning; it is called twice where a set has look-ups, late
/// values or retractions, a third time where a record takes another one back, otherwise once.
///
/// # Errors
/// The document is refused, a sink fails, this machine fails, or a signal asked to stop. No half-written
/// chunk is left; chunks that were handed over already are the caller's to remove.
pub fn convert<R: Read + Send>(
    document: &Document<'_>,
    to: Vec<Destination<'_>>,
    open: impl Fn() -> Result<R>,
) -> Result<Vec<Converted>> {
    let Some(xml) = to.first().map(|one| &one.set.feed.xml) else { return Ok(Vec::new()) };
    passes(document, to, |progress, events| scan(open()?, document.name, xml, progress, events))
}

/// Takes the rows of a document that `read` tells, as often as they need it.
pub(super) fn passes(
    document: &Document<'_>,
    mut to: Vec<Destination<'_>>,
    read: impl Fn(&Progress, &mut Vec<Extraction<'_>>) -> Result<Scanned>,
) -> Result<Vec<Converted>> {
    let feeds: Vec<&Feed> = to.iter().map(|one| &one.set.feed).collect();
    let Some(limits) = feeds.first().map(|feed| &feed.xml.limits) else { return Ok(Vec::new()) };
    let cost = Cost::new(limits, document.bytes);
    let compiled =
        to.iter().map(|one| compile(&one.set.feed, one.set.parents)).collect::<Result<Vec<_>>>()?;
    // What must follow what is found beside the rows; with the row set that it is for.
    let groups = feeds
        .iter()
        .enumerate()
        .flat_map(|(n, feed)| position_groups(feed).into_iter().map(move |group| (n, group)));
    let groups: Vec<(usize, PositionGroup)> = groups.collect();
    let compiled_groups =
        groups.iter().map(|(_, group)| compile(&group.feed, false)).collect::<Result<Vec<_>>>()?;
    // The bytes are counted in the pass that writes rows.
    let first = |events: &mut Vec<Extraction<'_>>| read(&Progress::default(), events).map(drop);
    let found = first_pass(document, &cost, &feeds, &compiled, first)?;
    let mut extractions = Vec::new();
    for ((destination, compiled), mut found) in to.iter_mut().zip(&compiled).zip(found) {
        let feed = &destination.set.feed;
        let late = std::mem::take(&mut found.late);
        let records = Records::new(document, &cost, destination.reborrow(), compiled, found)?;
        let taking = Taking::Rows(Box::new(records));
        extractions.push(Extraction::new(document, &cost, feed, compiled, late, taking));
    }
    for ((_, group), compiled) in groups.iter().zip(&compiled_groups) {
        let taking = Taking::Positions(Box::new(PositionReader::new(&cost, group)));
        let late = LateValues::default();
        extractions.push(Extraction::new(document, &cost, &group.feed, compiled, late, taking));
    }
    let scanned = read(document.progress, &mut extractions)?;
    collect(extractions, groups.iter().map(|(owner, _)| *owner), &scanned)
}

/// What the extractions took: the row sets first, then the positions, of the row sets that `owners` name.
fn collect(
    extractions: Vec<Extraction<'_>>,
    mut owners: impl Iterator<Item = usize>,
    scanned: &Scanned,
) -> Result<Vec<Converted>> {
    let mut converted: Vec<Converted> = Vec::new();
    for extraction in extractions {
        match extraction.taking {
            Taking::Rows(records) => {
                converted.push(records.finish(scanned.bytes, scanned.warnings.clone())?);
            }
            Taking::Positions(reader) => {
                let Some(one) = owners.next().and_then(|owner| converted.get_mut(owner)) else { continue };
                for (n, found) in reader.found() {
                    one.positions.resize(one.positions.len().max(n + 1), Vec::new());
                    one.positions[n] = found;
                }
            }
            Taking::LateValues | Taking::Entries(_) | Taking::Retractions(_) => {}
        }
    }
    Ok(converted)
}
