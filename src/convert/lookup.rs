//! Look-ups: `id` and `href`, `contextRef`, footnotes. A first pass over the document collects every entry,
//! so it does not matter whether entries stand before or after the rows that name them.

use super::{
    ancestors::Ancestors,
    cells::{Reader, Scratch},
    place::{Place, excerpt},
    plan::Plan,
    rows::{Index, RowElement},
    select::Context,
    tree::Tree,
};
use crate::{
    error::Result,
    feed::{Column, Feed, Lookup, ValueFrom, Xml},
};
use std::collections::HashMap;

/// What one entry costs beside its texts, roughly.
const ENTRY: usize = 64;

/// The entries of one look-up.
#[derive(Debug, Default)]
pub(super) struct Entries {
    values: HashMap<String, String>,
    scratch: Scratch,
    bytes: usize,
    /// Bytes that all entries may take.
    limit: usize,
}

impl Entries {
    pub fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// The value of the entry with this id.
    pub fn get(&self, id: &str) -> Option<&str> {
        self.values.get(id).map(String::as_str)
    }

    /// An entry has ended: remembers its value under its id.
    pub fn add(
        &mut self,
        plan: &Plan<'_>,
        tree: &Tree,
        row: &RowElement,
        index: &Index,
        ancestors: &mut Ancestors,
        place: Place<'_>,
    ) -> Result<()> {
        let context = Context { here: row.node, detail: None };
        let mut texts = [Vec::new(), Vec::new()];
        for (cell, text) in plan.columns.iter().zip(&mut texts) {
            let (scratch, lookups) = (&mut self.scratch, [].as_slice());
            let mut reader = Reader { plan, tree, index, ancestors, context, scratch, lookups };
            reader.cell(cell, None, &mut false, text).map_err(|bad| {
                let hint = "correct id and value of the column's lookup";
                place.refused(format!("{} of a look-up {}", cell.column.name, bad.reason), hint)
            })?;
        }
        // Canonical text is UTF-8.
        let [id, value] = texts.map(|text| String::from_utf8(text).unwrap_or_default());
        if id.is_empty() {
            return Ok(());
        }
        self.bytes += id.len() + value.len() + ENTRY;
        if self.bytes > self.limit {
            let what = format!("the entries of a look-up take more than {} bytes", self.limit);
            return Err(place.refused(what, "raise max_row under [xml] if the file is right"));
        }
        match self.values.get(&id) {
            Some(known) if *known != value => {
                let what =
                    format!("two entries of a look-up have the id {:?} and different values", excerpt(&id));
                Err(place.refused(what, "ask the sender, or correct `in` and `id` of the column's lookup"))
            }
            _ => {
                self.values.insert(id, value);
                Ok(())
            }
        }
    }
}

/// The id that a reference names: `#party1` is `party1`.
pub(super) fn id_of(reference: &str) -> &str {
    let reference = reference.trim();
    reference.strip_prefix('#').unwrap_or(reference)
}

/// A feed whose rows are the entries: their ids and values.
pub(super) fn entries_feed(feed: &Feed, lookup: &Lookup) -> Feed {
    let column = |name: &str, paths: &[_]| Column::text(name, ValueFrom::Paths(paths.to_vec()));
    let id = column("id", std::slice::from_ref(&lookup.id));
    let value = Column { trim: lookup.trims, ..column("value", &lookup.values) };
    Feed {
        xml: Xml { row: vec![lookup.within.clone()], explode: None, filter: None, ..feed.xml.clone() },
        columns: vec![id, value],
        controls: Vec::new(),
        ..feed.clone()
    }
}
