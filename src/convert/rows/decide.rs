//! Which records are rows: what the feed's `skip` and `where` say of a record, before any column is read.

use super::bad::BadValue;
use crate::{
    convert::paths::{CompiledFeed, Context, Test, Tree},
    model::WHERE,
};

/// What becomes of a record.
#[derive(Debug)]
pub(super) enum Decision<'f> {
    /// It is a row.
    Keep,
    /// It is none, for this reason.
    Filtered(&'f str),
    /// Nobody knows.
    Bad(BadValue),
}

/// What the conditions said of the row element at hand, for those that say the same of all its details.
#[derive(Debug)]
pub(super) struct Asked {
    skip: Vec<Option<bool>>,
    filter: Option<bool>,
}

impl Asked {
    pub fn new(compiled: &CompiledFeed<'_>) -> Self {
        Self { skip: vec![None; compiled.skip.len()], filter: None }
    }

    /// Another row element begins.
    pub fn forget(&mut self) {
        self.skip.fill(None);
        self.filter = None;
    }

    /// Asks `skip`: a condition that holds gives its name as the reason.
    pub fn skip<'f>(
        &mut self,
        compiled: &CompiledFeed<'f>,
        tree: &Tree,
        context: Context,
    ) -> Option<Decision<'f>> {
        let conditions = compiled.skip.iter().zip(&mut self.skip);
        for ((name, test), known) in conditions {
            if holds(test, known, tree, context) {
                return Some(Decision::Filtered(name));
            }
        }
        None
    }

    /// Asks `where`, of a record that nothing before took. With `skip`, every record must be known to one of them.
    pub fn filter<'f>(&mut self, compiled: &CompiledFeed<'f>, tree: &Tree, context: Context) -> Decision<'f> {
        let Some(test) = &compiled.filter else { return Decision::Keep };
        if holds(test, &mut self.filter, tree, context) {
            Decision::Keep
        } else if compiled.skip.is_empty() {
            Decision::Filtered(WHERE)
        } else {
            Decision::Bad(BadValue::new(b"", "neither where nor skip knows this record"))
        }
    }
}

fn holds(test: &Test, known: &mut Option<bool>, tree: &Tree, context: Context) -> bool {
    let holds = known.unwrap_or_else(|| tree.holds(test, context));
    *known = Some(holds).filter(|_| !test.concerns_detail());
    holds
}
