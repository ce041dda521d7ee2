//! Which records are rows: what the feed's `skip` and `where` say of a record, before any column is read.

use super::bad::BadValue;
use crate::{
    convert::paths::{CompiledFeed, Context, Test, Tree, Unreadable},
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
    /// A condition on the row path or on `explode` could not read what it compares.
    unreadable: Option<Box<Unreadable>>,
}

impl Asked {
    pub fn new(compiled: &CompiledFeed<'_>) -> Self {
        Self { skip: vec![None; compiled.skip.len()], filter: None, unreadable: None }
    }

    /// Another row element is asked about.
    pub fn forget(&mut self, tree: &Tree) {
        self.skip.fill(None);
        self.filter = None;
        self.unreadable = tree.take_unreadable();
    }

    /// Asks `skip`: a condition that holds gives its name as the reason.
    pub fn skip<'f>(
        &mut self,
        compiled: &CompiledFeed<'f>,
        tree: &Tree,
        context: Context,
    ) -> Option<Decision<'f>> {
        if let Some(unreadable) = &self.unreadable {
            return Some(Decision::Bad(Unreadable::clone(unreadable).into()));
        }
        let conditions = compiled.skip.iter().zip(&mut self.skip);
        for ((name, test), known) in conditions {
            match holds(test, known, tree, context) {
                Ok(true) => return Some(Decision::Filtered(name)),
                Ok(false) => {}
                Err(bad) => return Some(Decision::Bad(bad)),
            }
        }
        None
    }

    /// Asks `where`, of a record that nothing before took. With `skip`, every record must be known to one of them.
    pub fn filter<'f>(&mut self, compiled: &CompiledFeed<'f>, tree: &Tree, context: Context) -> Decision<'f> {
        let Some(test) = &compiled.filter else { return Decision::Keep };
        match holds(test, &mut self.filter, tree, context) {
            Ok(true) => Decision::Keep,
            Ok(false) if compiled.skip.is_empty() => Decision::Filtered(WHERE),
            Ok(false) => Decision::Bad(BadValue::new(b"", "neither where nor skip knows this record")),
            Err(bad) => Decision::Bad(bad),
        }
    }
}

/// An error where the condition could not read what it compares.
fn holds(test: &Test, known: &mut Option<bool>, tree: &Tree, context: Context) -> Result<bool, BadValue> {
    if let Some(holds) = *known {
        return Ok(holds);
    }
    let holds = tree.holds(test, context);
    if let Some(unreadable) = tree.take_unreadable() {
        return Err(BadValue::from(*unreadable));
    }
    *known = Some(holds).filter(|_| !test.concerns_detail());
    Ok(holds)
}
