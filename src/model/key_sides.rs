//! What the columns of a key hold on either side, as far as it is looked at.

use std::collections::BTreeSet;

/// Different values of a column and side that are kept.
const MOST: usize = 20_000;
/// A longer value is no key that a person reads.
const LONGEST: usize = 200;

/// Canonical texts of each column of the key.
#[derive(Debug, Clone, Default)]
pub struct KeySides {
    /// Per column of the key, in the feed's order.
    pub theirs: Vec<BTreeSet<String>>,
    /// The same of ours.
    pub ours: Vec<BTreeSet<String>>,
    /// Ours has more values than these.
    pub more: bool,
}

impl KeySides {
    /// Of so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { theirs: vec![BTreeSet::new(); columns], ours: vec![BTreeSet::new(); columns], more: false }
    }

    /// Takes a key of theirs; one value per column.
    pub fn add_theirs<'v>(&mut self, key: impl IntoIterator<Item = &'v str>) {
        add(&mut self.theirs, key);
    }

    /// Takes a key of ours.
    pub fn add_ours<'v>(&mut self, key: impl IntoIterator<Item = &'v str>) {
        self.more |= add(&mut self.ours, key);
    }
}

/// Whether anything was left out.
fn add<'v>(columns: &mut [BTreeSet<String>], key: impl IntoIterator<Item = &'v str>) -> bool {
    let mut left_out = false;
    for (values, value) in columns.iter_mut().zip(key) {
        if value.len() > LONGEST || (values.len() >= MOST && !values.contains(value)) {
            left_out = true;
        } else if !value.is_empty() {
            values.insert(value.to_owned());
        }
    }
    left_out
}
