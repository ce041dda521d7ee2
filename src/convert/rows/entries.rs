//! The entries of one look-up: values by id, in bounded memory.

use crate::{
    convert::{
        cost::{Cost, Share},
        location::Location,
    },
    error::{Code, Result, excerpt},
};
use std::collections::{HashMap, hash_map::Entry};

/// What one entry costs beside its texts, roughly: two texts in a table that is half full, two allocations.
const ENTRY: usize = 112;

/// The entries of one look-up.
#[derive(Debug)]
pub(in crate::convert) struct Entries {
    values: HashMap<Box<str>, Box<str>>,
    bytes: usize,
    share: Share,
}

impl Entries {
    pub fn new(cost: &Cost) -> Self {
        Self { values: HashMap::new(), bytes: 0, share: cost.share() }
    }

    /// The value of the entry that a reference names: `#party1` is `party1`.
    pub fn get(&self, reference: &str) -> Option<&str> {
        let reference = reference.trim();
        let id = reference.strip_prefix('#').unwrap_or(reference);
        self.values.get(id).map(AsRef::as_ref)
    }

    /// Remembers a value under its id; one without an id is nothing that a row could name.
    pub fn add(&mut self, id: String, value: String, place: Location<'_>) -> Result<()> {
        if id.is_empty() {
            return Ok(());
        }
        match self.values.entry(id.into_boxed_str()) {
            Entry::Occupied(known) if **known.get() != *value => {
                let id = excerpt(known.key());
                let what = format!("two entries of a look-up have the id {id:?} and different values");
                Err(place.refused(Code::LookupAmbiguous, what))
            }
            Entry::Occupied(_) => Ok(()),
            Entry::Vacant(new) => {
                self.bytes += new.key().len() + value.len() + ENTRY;
                new.insert(value.into_boxed_str());
                self.share.hold(self.bytes, place)
            }
        }
    }
}
