//! Records that take others back (`[[xml.retraction]]`). What a record does to one before it is known only at the end
//! of the document, so passes before the rows find it: the first which ids are taken back, the second which of these
//! are there. Only ids that are taken back are held.

use super::{
    bad::{BadRow, BadValue},
    buffers::Buffers,
    element::EndedRow,
    values::ValueReader,
};
use crate::{
    convert::{
        cost::{Cost, Share},
        location::Location,
        paths::{CompiledFeed, CompiledRetraction, Context, ElementId},
    },
    error::Result,
    feed::Effect,
};
use std::collections::HashMap;

/// What an id costs beside its text, roughly.
const ENTRY: usize = 128;
/// Records that may take back each other in a circle and be found.
const LONGEST_CIRCLE: usize = 64;
/// Stands between an id and what it is an id within.
const WITHIN: char = '\u{1f}';

/// What one retraction of a feed does in one document.
#[derive(Debug)]
pub(in crate::convert) struct TakenBack {
    ids: HashMap<Box<str>, Taken>,
    /// Some record takes another one back, whether or not it says which.
    any: bool,
    bytes: usize,
    share: Share,
}

/// An id that is taken back.
#[derive(Debug, Default)]
struct Taken {
    /// By a record with an id of its own.
    by_another: bool,
    /// The last record with this very id that takes back what stands before it; 0: there is none.
    last: u64,
    /// The id of the last of these, and whether they take back each other in a circle.
    by: Option<Box<str>>,
    circle: bool,
    /// Records that are taken back so, and the last of them.
    met: u64,
    met_last: u64,
}

/// The how-manieth row element and the how-manieth record of its document it is, from 1. All details of a row element
/// are one record where they share the id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ordinal {
    pub element: u64,
    pub record: u64,
}

impl Ordinal {
    fn of(self, one: &CompiledRetraction<'_>) -> u64 {
        if one.per_detail { self.record } else { self.element }
    }
}

/// A record's own id, and, of one that takes another one back, that one's.
struct Claim {
    id: Option<String>,
    takes: bool,
    of: Option<String>,
}

impl TakenBack {
    fn takes(&self, id: Option<&str>, record: u64) -> bool {
        id.and_then(|id| self.ids.get(id)).is_some_and(|taken| taken.by_another || record < taken.last)
    }

    fn note(&mut self, claim: Claim, record: u64, place: Location<'_>) -> Result<()> {
        self.any |= claim.takes;
        let Some(of) = claim.of else { return Ok(()) };
        let same = claim.id.as_ref() == Some(&of);
        let by = claim.id.filter(|_| !same).map(String::into_boxed_str);
        let bytes = of.len() + by.as_ref().map_or(0, |by| by.len()) + ENTRY;
        let taken = self.ids.entry(of.into_boxed_str()).or_insert_with(|| {
            self.bytes += bytes;
            Taken::default()
        });
        if same {
            taken.last = record;
        } else {
            taken.by_another = true;
            taken.by = by;
        }
        self.share.hold(self.bytes, place)
    }

    /// Finds ids whose records take back each other, so that none of them is in force.
    fn find_circles(&mut self) {
        let in_circle = |start: &str| {
            let mut at = start;
            (0..LONGEST_CIRCLE).any(|_| {
                at = self.ids.get(at).and_then(|taken| taken.by.as_deref()).unwrap_or_default();
                at == start
            })
        };
        let circles: Vec<Box<str>> = self.ids.keys().filter(|id| in_circle(id)).cloned().collect();
        for id in circles {
            self.ids.entry(id).or_default().circle = true;
        }
    }

    fn meet(&mut self, claim: &Claim, record: u64, effect: Effect) {
        // What is cancelled twice was there once.
        if claim.takes && effect == Effect::Cancel || !self.takes(claim.id.as_deref(), record) {
            return;
        }
        if let Some(taken) = claim.id.as_deref().and_then(|id| self.ids.get_mut(id)) {
            taken.met += u64::from(taken.met_last != record);
            taken.met_last = record;
        }
    }

    /// Whether the record is no row, since it was taken back or did nothing but that.
    fn takes_away(&self, one: &CompiledRetraction<'_>, claim: &Claim, record: u64) -> Result<bool, BadValue> {
        if self.takes(claim.id.as_deref(), record) {
            let id = claim.id.as_deref().unwrap_or_default();
            if self.ids.get(id).is_some_and(|taken| taken.circle) {
                let name = &one.retraction.name;
                let reason = format!("({name}) records take back each other, and none is in force");
                return Err(BadValue::new(id_alone(id).as_bytes(), reason));
            }
            return Ok(true);
        }
        if !claim.takes {
            return Ok(false);
        }
        let of = claim.of.as_deref().unwrap_or_default();
        let bad = |reason: String| Err(BadValue::new(id_alone(of).as_bytes(), reason));
        let name = &one.retraction.name;
        match self.ids.get(of) {
            Some(taken) if taken.by_another && taken.met > 1 => {
                bad(format!("({name}) is taken back, and {} records of this file are called so", taken.met))
            }
            Some(taken) if taken.met > 0 => Ok(one.retraction.effect == Effect::Cancel),
            _ if !one.retraction.must_meet => Ok(false),
            _ if of.is_empty() => bad(format!("({name}) the record takes another one back, but not which")),
            _ => bad(format!("({name}) is taken back, and no record of this file is called so")),
        }
    }
}

/// The id without what it is an id within.
fn id_alone(id: &str) -> &str {
    id.split(WITHIN).next().unwrap_or_default()
}

/// What the record says of itself; its id only where it is asked for.
fn claim(
    one: &CompiledRetraction<'_>,
    reader: &mut ValueReader<'_, '_>,
    always: bool,
) -> Result<Claim, BadValue> {
    let takes = reader.tree.holds(&one.when, reader.context);
    let id = if takes || always { reader.single(&one.id, "retraction id")? } else { None };
    let of = if takes { reader.single(&one.of, "retraction of")? } else { None };
    if let Some(unreadable) = reader.tree.take_unreadable() {
        return Err(BadValue::from(*unreadable));
    }
    if one.within.is_empty() || (id.is_none() && of.is_none()) {
        return Ok(Claim { id, takes, of });
    }
    // An id is one within that alone. No document holds the separator.
    let within = reader.single(&one.within, "retraction within")?.unwrap_or_default();
    let whole = |id: String| format!("{id}{WITHIN}{within}");
    Ok(Claim { id: id.map(whole), takes, of: of.map(whole) })
}

/// The name of the retraction that takes the record away, if any does.
pub(super) fn taken_away<'f>(
    compiled: &CompiledFeed<'f>,
    found: &[TakenBack],
    reader: &mut ValueReader<'_, '_>,
    ordinal: Ordinal,
) -> Result<Option<&'f str>, BadRow> {
    let bad = |bad| BadRow { column: None, bad };
    for (one, found) in compiled.retractions.iter().zip(found).filter(|(_, found)| found.any) {
        let claim = claim(one, reader, true).map_err(bad)?;
        if found.takes_away(one, &claim, ordinal.of(one)).map_err(bad)? {
            return Ok(Some(&one.retraction.name));
        }
    }
    Ok(None)
}

/// Which pass it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Which ids are taken back?
    First,
    /// Which of these are there?
    Second,
}

/// Finds what the retractions of one row set do.
#[derive(Debug)]
pub(in crate::convert) struct RetractionReader {
    pass: Pass,
    /// Per retraction.
    found: Vec<TakenBack>,
    ordinal: Ordinal,
    details: Vec<ElementId>,
    buffers: Buffers,
    limit: usize,
}

impl RetractionReader {
    /// For the first pass. `limit`: bytes that one value may have.
    pub fn new(cost: &Cost, retractions: usize, limit: usize) -> Self {
        let none = || TakenBack { ids: HashMap::new(), any: false, bytes: 0, share: cost.share() };
        let found = std::iter::repeat_with(none).take(retractions).collect();
        let (ordinal, details, buffers) = (Ordinal { element: 0, record: 0 }, Vec::new(), Buffers::default());
        Self { pass: Pass::First, found, ordinal, details, buffers, limit }
    }

    /// For the second pass, where there is a need for one.
    pub fn again(mut self) -> Result<Self, Vec<TakenBack>> {
        self.found.iter_mut().for_each(TakenBack::find_circles);
        if self.found.iter().all(|one| one.ids.is_empty()) {
            return Err(self.found);
        }
        Ok(Self { pass: Pass::Second, ordinal: Ordinal { element: 0, record: 0 }, ..self })
    }

    /// What both found.
    pub fn into_found(self) -> Vec<TakenBack> {
        self.found
    }

    /// A row element has ended.
    pub(super) fn element(
        &mut self,
        compiled: &CompiledFeed<'_>,
        mut ended: EndedRow<'_>,
        place: Location<'_>,
    ) -> Result<()> {
        let (tree, here) = (ended.tree, ended.row.node);
        let mut details = std::mem::take(&mut self.details);
        tree.details(compiled, here, &mut details);
        // Whatever cannot be read makes a bad row when the rows are read.
        drop(tree.take_unreadable());
        self.buffers.forget(compiled.memos);
        self.ordinal.element += 1;
        // A row element without details is one record.
        for n in 0..details.len().max(1) {
            let detail = details.get(n).copied();
            self.ordinal.record += 1;
            // What the feed passes over takes nothing back.
            if compiled.skip.iter().any(|(_, test)| tree.holds(test, Context { here, detail })) {
                continue;
            }
            let mut reader =
                ValueReader::of_row(compiled, &mut ended, detail, (&mut self.buffers, &[], self.limit));
            for (one, found) in compiled.retractions.iter().zip(&mut self.found) {
                // What cannot be read makes a bad row when the rows are read.
                let (second, record) = (self.pass == Pass::Second, self.ordinal.of(one));
                match claim(one, &mut reader, second) {
                    Ok(claim) if second => found.meet(&claim, record, one.retraction.effect),
                    Ok(claim) => found.note(claim, record, place)?,
                    Err(_) => found.any = true,
                }
            }
        }
        self.details = details;
        self.buffers.shrink();
        Ok(())
    }
}
