//! What is counted within the scope of a control: rows and sums, per group.

use super::sums::Sum;
use crate::{convert::cost::allocated, feed::Control, feed::TermValue};
use bigdecimal::BigDecimal;
use std::collections::{BTreeMap, HashMap};

/// The number of a group: of a currency, mostly.
pub(super) type GroupId = u32;

/// The group of whatever names none; and of everything, where a control knows no groups.
pub(super) const NO_GROUP: GroupId = 0;

/// The names of groups, as numbers.
pub(super) struct Groups {
    ids: HashMap<Box<str>, GroupId>,
    names: Vec<Box<str>>,
    /// Bytes that they take, roughly.
    pub size: usize,
}

impl Groups {
    pub fn new() -> Self {
        let none: Box<str> = "".into();
        Self { ids: HashMap::from([(none.clone(), NO_GROUP)]), names: vec![none], size: 0 }
    }

    pub fn id(&mut self, name: &str) -> GroupId {
        if let Some(&known) = self.ids.get(name) {
            return known;
        }
        // Groups are bounded by the memory that they take.
        let id = GroupId::try_from(self.names.len()).unwrap_or(GroupId::MAX);
        self.size += 2 * allocated(name.len()) + 64;
        self.ids.insert(name.into(), id);
        self.names.push(name.into());
        id
    }

    pub fn name(&self, id: GroupId) -> &str {
        self.names.get(id as usize).map_or("", AsRef::as_ref)
    }
}

/// Rows and sums of one group.
#[derive(Debug, Default)]
struct OfGroup {
    rows: u64,
    /// Per `sum(…)` among the terms, in order.
    sums: Vec<Sum>,
}

/// What was counted so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Row elements.
    pub elements: u64,
    /// Some record was a row or a bad row.
    pub kept: bool,
    /// Some record was filtered.
    pub filtered: bool,
    groups: BTreeMap<GroupId, OfGroup>,
}

/// Bytes of a group of one tally, beside its sums.
const OF_GROUP: usize = 192;

impl Tally {
    /// Adds a row; `value` gives its canonical text per column. Gives the bytes that it takes more.
    pub fn row<'v>(&mut self, control: &Control, group: GroupId, value: &impl Fn(usize) -> &'v str) -> usize {
        let mut more = 0;
        let of_group = self.groups.entry(group).or_insert_with(|| {
            let sums: Vec<Sum> = summed(control).map(|_| Sum::default()).collect();
            more = OF_GROUP + sums.len() * size_of::<Sum>();
            OfGroup { rows: 0, sums }
        });
        of_group.rows += 1;
        for (sum, column) in of_group.sums.iter_mut().zip(summed(control)) {
            let text = value(column);
            if !text.is_empty() {
                sum.add(text);
            }
        }
        more
    }

    /// Bytes that its groups take, roughly.
    pub fn size(&self) -> usize {
        let sums: usize = self.groups.values().map(|one| one.sums.len()).sum();
        self.groups.len() * OF_GROUP + sums * size_of::<Sum>()
    }

    /// The groups that rows have.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.groups.keys().copied()
    }

    /// Rows of one group, or of all.
    pub fn rows(&self, group: Option<GroupId>) -> u64 {
        match group {
            Some(group) => self.groups.get(&group).map_or(0, |one| one.rows),
            None => self.groups.values().map(|one| one.rows).sum(),
        }
    }

    /// The n-th sum of one group, or over all.
    pub fn sum(&self, n: usize, group: Option<GroupId>) -> BigDecimal {
        let total = |one: &OfGroup| one.sums.get(n).map(Sum::total).unwrap_or_default();
        match group {
            Some(group) => self.groups.get(&group).map(total).unwrap_or_default(),
            None => self.groups.values().map(total).sum(),
        }
    }
}

/// The columns that the control sums, in order.
fn summed(control: &Control) -> impl Iterator<Item = usize> + '_ {
    control.equals.iter().filter_map(|term| match term.value {
        TermValue::Sum(column) => Some(column),
        _ => None,
    })
}
