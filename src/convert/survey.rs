//! The pass before the conversion, for what may stand after the rows that need it: values that the feed
//! declares to be late, and the entries of look-ups. What it holds is bounded (`max_row`).

use super::{
    Job, Progress,
    ancestors::Known,
    extract::{Extraction, Taking},
    lookup::{Entries, entries_feed},
    plan::{self, Plan},
    source::Source,
    walk::Walker,
};
use crate::{error::Result, feed::Feed};
use std::io::Read;

/// What the pass found for one row set.
#[derive(Default)]
pub(super) struct Found {
    pub late: Known,
    /// Per look-up of the plan.
    pub lookups: Vec<Entries>,
}

/// Entries of one look-up may take as many bytes as this many rows of the largest allowed size.
const ROWS: usize = 16;

/// Reads the file once for what the sets need; not at all where they need nothing.
pub(super) fn survey<R: Read + Send>(
    job: &Job<'_>,
    feeds: &[&Feed],
    plans: &[Plan<'_>],
    open: impl Fn() -> Result<R>,
) -> Result<Vec<Found>> {
    let mut found: Vec<Found> = plans.iter().map(|_| Found::default()).collect();
    if plans.iter().all(|plan| plan.late.is_empty() && plan.lookups.is_empty()) {
        return Ok(found);
    }
    let mut owners = Vec::new();
    let mut entry_feeds = Vec::new();
    for (n, plan) in plans.iter().enumerate() {
        for lookup in &plan.lookups {
            owners.push(n);
            entry_feeds.push(entries_feed(feeds[n], lookup));
        }
    }
    let compiled = entry_feeds.iter().map(plan::compile).collect::<Result<Vec<_>>>()?;
    let mut extractions = Vec::new();
    for (feed, (plan, automaton)) in
        entry_feeds.iter().zip(compiled.iter().map(|(plan, automaton)| (plan, automaton.clone())))
    {
        let entries = Entries::new(feed.xml.limits.row.saturating_mul(ROWS));
        let of = (feed, job.name, job.stop);
        extractions.push(Extraction::new(of, (plan, automaton), Known::default(), Taking::Entries(entries)));
    }
    let with_late: Vec<usize> = (0..plans.len()).filter(|&n| !plans[n].late.is_empty()).collect();
    for &n in &with_late {
        let (_, automaton) = plan::compile(feeds[n])?;
        let of = (feeds[n], job.name, job.stop);
        extractions.push(Extraction::new(of, (&plans[n], automaton), Known::default(), Taking::LateValues));
    }
    // The bytes are counted in the pass that writes rows.
    let progress = Progress::default();
    let xml = &feeds[0].xml;
    let source = Source::open(open()?, job.name, &progress)?;
    let walked = Walker::new(xml, extractions, job.name).run(source)?;
    let mut owners = owners.into_iter();
    let mut with_late = with_late.into_iter();
    for extraction in walked.extractions {
        match extraction.taking {
            Taking::Entries(entries) => {
                if let Some(n) = owners.next() {
                    found[n].lookups.push(entries);
                }
            }
            _ => {
                if let Some(n) = with_late.next() {
                    found[n].late = extraction.into_known();
                }
            }
        }
    }
    Ok(found)
}
