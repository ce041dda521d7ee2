//! What a document is made of: the tree of its names, how often each occurs in its parent and in which
//! order, and what its values look like. Read once, in bounded memory; several files add up.
//!
//! Knows no feed and no database. `infer` makes a feed of it, `drift` compares it with one.

mod collect;
pub mod drift;
mod forms;
#[cfg(test)]
mod tests;
mod values;

pub use forms::{FORMATS, Form, Forms};
pub use values::Values;

use crate::{
    convert::{Progress, outline},
    error::Result,
    feed::Xml,
};
use std::io::Read;

/// Names that are told apart: elements and attributes by their path from the root.
pub const MAX_NODES: usize = 20_000;
/// Names that one element may have below it.
pub const MAX_CHILDREN: usize = 512;
/// Bytes of a name that is remembered.
const MAX_NAME: usize = 256;

/// The index of a node; 0 is the document.
pub type NodeId = usize;

/// The document itself, above the root element.
pub const DOCUMENT: NodeId = 0;

/// The profile of one or more documents.
#[derive(Debug)]
pub struct Profile {
    nodes: Vec<Node>,
    /// There were more names than are told apart: what lies beyond is missing here.
    pub incomplete: bool,
}

/// An element or an attribute, told apart by its path from the root.
#[derive(Debug)]
pub struct Node {
    /// The element that it stands in.
    pub parent: NodeId,
    /// Local name.
    pub name: String,
    /// An attribute; otherwise an element.
    pub attribute: bool,
    /// How often it occurs.
    pub count: u64,
    /// In how many of its parents it occurs.
    pub present: u64,
    /// How often it occurs in one parent at most.
    pub most: u64,
    /// In order of first appearance; attributes and elements.
    pub children: Vec<NodeId>,
    /// What its values look like; for an element, its own text.
    pub values: Values,
    /// Its position among the parent's children.
    position: usize,
    /// Positions of the siblings that stood before it at least once.
    after: Positions,
    /// While its parent is open: occurrences there.
    here: u64,
    /// The parent's ordinal for which `here` counts.
    parent_ordinal: u64,
    /// While it is open: positions of the children that have begun.
    begun: Positions,
}

/// A set of positions among siblings.
#[derive(Debug, Clone, Copy, Default)]
struct Positions([u64; MAX_CHILDREN / 64]);

impl Positions {
    fn add(&mut self, position: usize) {
        self.0[position / 64] |= 1 << (position % 64);
    }
    fn add_all(&mut self, others: Self) {
        for (word, other) in self.0.iter_mut().zip(others.0) {
            *word |= other;
        }
    }
    fn has(self, position: usize) -> bool {
        self.0[position / 64] & (1 << (position % 64)) != 0
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self { nodes: vec![Node::new(DOCUMENT, "", false, 0)], incomplete: false }
    }
}

impl Profile {
    /// Adds one document, whose `[xml]` gives the limits and the root; gives the number of bytes read.
    ///
    /// # Errors
    /// `Refused`, with the message of a conversion.
    pub fn read(
        &mut self,
        input: impl Read + Send,
        name: &str,
        xml: &Xml,
        progress: &Progress,
    ) -> Result<u64> {
        let mut collector = collect::Collector::new(self);
        outline(input, name, xml, progress, &mut collector)
    }

    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// All nodes but the document, parents before children.
    #[must_use]
    pub fn ids(&self) -> std::ops::Range<NodeId> {
        1..self.nodes.len()
    }

    /// The children of a node, in order of first appearance.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes[id].children.iter().copied()
    }

    /// The node and its ancestors up to, and without, `top`; outermost first.
    #[must_use]
    pub fn path(&self, id: NodeId, top: NodeId) -> Vec<NodeId> {
        let mut path = Vec::new();
        let mut at = id;
        while at != top && at != DOCUMENT {
            path.push(at);
            at = self.nodes[at].parent;
        }
        path.reverse();
        path
    }

    /// Names from the root, for people: `/Document/Stmt/@Id`.
    #[must_use]
    pub fn shown(&self, id: NodeId) -> String {
        let names = self.path(id, DOCUMENT).into_iter().map(|id| {
            let node = self.node(id);
            format!("/{}{}", if node.attribute { "@" } else { "" }, node.name)
        });
        names.collect()
    }

    /// Every parent has it.
    #[must_use]
    pub fn always(&self, id: NodeId) -> bool {
        self.nodes[id].present == self.nodes[self.nodes[id].parent].count
    }

    /// Whether `one` began, at least once, after its sibling `other` had begun in the same parent.
    #[must_use]
    pub fn stands_after(&self, one: NodeId, other: NodeId) -> bool {
        self.nodes[one].after.has(self.nodes[other].position)
    }

    /// Has a value of its own: an attribute, an element with text, or an element with nothing below it.
    #[must_use]
    pub fn is_value(&self, id: NodeId) -> bool {
        let node = &self.nodes[id];
        node.attribute || node.values.filled > 0 || node.children.is_empty()
    }
}

impl Node {
    fn new(parent: NodeId, name: &str, attribute: bool, position: usize) -> Self {
        Self {
            parent,
            name: name.to_owned(),
            attribute,
            count: 0,
            present: 0,
            most: 0,
            children: Vec::new(),
            values: Values::default(),
            position,
            after: Positions::default(),
            here: 0,
            parent_ordinal: 0,
            begun: Positions::default(),
        }
    }
}
