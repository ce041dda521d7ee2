//! The row element that is being read: what it is, and where its elements are in the tree.

use crate::convert::paths::{Ancestors, ElementId, Position, Tree};

/// A row element.
#[derive(Debug, Default)]
pub(super) struct RowElement {
    pub node: ElementId,
    pub line: u64,
    pub byte: u64,
    /// Its name.
    pub name: String,
    /// The how-manieth row of its parent, from 1.
    pub ordinal: u64,
    /// The row paths that it may match, so far.
    pub rules: Vec<usize>,
}

/// A row element that has ended, and what is remembered of the document.
pub(super) struct EndedRow<'t> {
    pub tree: &'t Tree,
    pub row: &'t RowElement,
    pub index: &'t Index,
    pub ancestors: &'t mut Ancestors,
}

/// Where the current row's elements are: per point of the trie the first node, and how many there are.
#[derive(Debug)]
pub(super) struct Index {
    at: Vec<(ElementId, u32)>,
}

impl Index {
    pub fn new(points: usize) -> Self {
        Self { at: vec![(0, 0); points] }
    }

    pub fn clear(&mut self) {
        self.at.fill((0, 0));
    }

    pub fn add(&mut self, point: Position, node: ElementId) {
        let entry = &mut self.at[point as usize];
        if entry.1 == 0 {
            entry.0 = node;
        }
        entry.1 += 1;
    }

    pub fn get(&self, point: Position) -> (ElementId, u32) {
        self.at[point as usize]
    }
}
