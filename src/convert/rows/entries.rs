//! The entries of one look-up: values by id, of bounded size.

use crate::{
    convert::location::Location,
    error::{Code, Result, excerpt},
};
use std::collections::HashMap;

/// What one entry costs beside its texts, roughly.
const ENTRY: usize = 64;

/// The entries of one look-up.
#[derive(Debug, Default)]
pub(in crate::convert) struct Entries {
    values: HashMap<String, String>,
    bytes: usize,
    /// Bytes that all entries may take.
    limit: usize,
}

impl Entries {
    pub fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// The value of the entry that a reference names: `#party1` is `party1`.
    pub fn get(&self, reference: &str) -> Option<&str> {
        let reference = reference.trim();
        let id = reference.strip_prefix('#').unwrap_or(reference);
        self.values.get(id).map(String::as_str)
    }

    /// Remembers a value under its id; one without an id is nothing that a row could name.
    pub fn add(&mut self, id: String, value: String, place: Location<'_>) -> Result<()> {
        if id.is_empty() {
            return Ok(());
        }
        self.bytes += id.len() + value.len() + ENTRY;
        if self.bytes > self.limit {
            let what = format!("the entries of a look-up take more than {} bytes", self.limit);
            return Err(place.exceeded("max_row", what));
        }
        match self.values.get(&id) {
            Some(known) if *known != value => {
                let what =
                    format!("two entries of a look-up have the id {:?} and different values", excerpt(&id));
                Err(place.refused(Code::LookupAmbiguous, what))
            }
            _ => {
                self.values.insert(id, value);
                Ok(())
            }
        }
    }
}
