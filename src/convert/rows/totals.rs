//! Control totals of one file: sums of a column per value of another (`total_by`).

use super::sums::Sum;
use crate::{feed::Column, model::GroupTotal};
use std::collections::BTreeMap;

/// Groups that one file may have.
pub(super) const MAX_GROUPS: usize = 100_000;

/// All totals.
pub(super) struct Totals {
    columns: Vec<OfColumn>,
    groups: usize,
    /// Bytes that they take, roughly.
    pub size: usize,
}

/// What a group takes beside its name: a place in the tree, a sum, the text of the sum at the end.
const GROUP: usize = 384;

/// Those of one column.
struct OfColumn {
    column: usize,
    by: usize,
    /// Rows and sum.
    groups: BTreeMap<String, (u64, Sum)>,
}

impl Totals {
    pub fn new(columns: &[Column]) -> Self {
        let of_column = |(n, column): (usize, &Column)| {
            column.comparison.total_by().map(|by| OfColumn { column: n, by, groups: BTreeMap::new() })
        };
        Self { columns: columns.iter().enumerate().filter_map(of_column).collect(), groups: 0, size: 0 }
    }

    /// Adds a row; `value` gives its canonical text per column. False: there are too many groups.
    pub fn add<'v>(&mut self, value: impl Fn(usize) -> &'v str) -> bool {
        for OfColumn { column, by, groups } in &mut self.columns {
            let group = value(*by);
            if !groups.contains_key(group) {
                self.groups += 1;
                self.size += GROUP + group.len();
                groups.insert(group.to_owned(), (0, Sum::of(group)));
            }
            if let Some((rows, sum)) = groups.get_mut(group) {
                *rows += 1;
                if !value(*column).is_empty() {
                    sum.add(value(*column));
                }
            }
        }
        self.groups <= MAX_GROUPS
    }

    /// Every group, sorted.
    pub fn groups(self) -> Vec<GroupTotal> {
        let of_column = |OfColumn { column, groups, .. }: OfColumn| {
            let groups = groups.into_iter().map(move |(group, (rows, sum))| GroupTotal {
                column,
                group,
                rows,
                sum: sum.canonical(),
                finer: sum.finer,
            });
            groups.collect::<Vec<_>>()
        };
        self.columns.into_iter().flat_map(of_column).collect()
    }
}
