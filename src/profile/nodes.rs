//! The tree of a profile: names by their path from the root, and what was counted of each.

use super::values::Values;

/// Names that are told apart: elements and attributes by their path from the root.
pub const MAX_NODES: usize = 4000;
/// Names that one element may have below it.
pub const MAX_CHILDREN: usize = 512;
/// Bytes of a name that is remembered.
pub(super) const MAX_NAME: usize = 256;

/// The index of a node; 0 is the document.
pub type NodeId = usize;

/// The document itself, above the root element.
pub const DOCUMENT: NodeId = 0;

/// The profile of one or more documents.
#[derive(Debug)]
pub struct Profile {
    pub(super) nodes: Vec<Node>,
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
    /// In how many documents it occurs.
    pub documents: u64,
    /// Two elements of one name, in one parent, have the same value here. Known where the values are few.
    pub twice: bool,
    /// Whether its values count the elements that it stands in: 1, 2, 3 or 10, 20, 30.
    pub(super) counting: Counting,
    /// Its position among the parent's children.
    pub(super) position: usize,
    /// Positions of the siblings that stood before it at least once.
    pub(super) after: Positions,
    /// While its parent is open: occurrences there.
    pub(super) here: u64,
    /// The parent's ordinal for which `here` counts.
    pub(super) parent_ordinal: u64,
    /// While it is open: positions of the children that have begun.
    pub(super) begun: Positions,
    /// The last document in which it occurred.
    pub(super) document: u64,
}

/// Whether values count the elements that they stand in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counting {
    /// The value in the first element of a parent; 0 is none yet.
    step: u64,
    /// A later element had the value that follows.
    went_on: bool,
    /// A value was another.
    broken: bool,
}

impl Counting {
    /// Adds the value in the `nth` element of a parent, from 1.
    pub fn add(&mut self, text: &str, nth: u64) {
        let value = text.parse::<u64>().ok().filter(|value| *value > 0);
        if self.step == 0 && nth == 1 {
            self.step = value.unwrap_or_default();
        }
        let follows = self.step > 0 && value == self.step.checked_mul(nth);
        self.went_on |= follows && nth > 1;
        self.broken |= !follows;
    }
}

/// A set of positions among siblings.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Positions([u64; MAX_CHILDREN / 64]);

impl Positions {
    pub fn add(&mut self, position: usize) {
        self.0[position / 64] |= 1 << (position % 64);
    }

    pub fn add_all(&mut self, others: Self) {
        for (word, other) in self.0.iter_mut().zip(others.0) {
            *word |= other;
        }
    }

    pub fn has(self, position: usize) -> bool {
        self.0.get(position / 64).is_some_and(|word| word & (1 << (position % 64)) != 0)
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self { nodes: vec![Node::new(DOCUMENT, "", false, 0)], incomplete: false }
    }
}

impl Profile {
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

    /// Its values count the elements that it stands in, from one per parent: 1, 2, 3 or 10, 20, 30.
    #[must_use]
    pub fn counts(&self, id: NodeId) -> bool {
        let counting = self.nodes[id].counting;
        counting.went_on && !counting.broken
    }

    /// Has a value of its own: an attribute, an element with text, or an element with nothing below it.
    #[must_use]
    pub fn is_value(&self, id: NodeId) -> bool {
        let node = &self.nodes[id];
        node.attribute || node.values.filled > 0 || node.children.is_empty()
    }
}

impl Node {
    pub(super) fn new(parent: NodeId, name: &str, attribute: bool, position: usize) -> Self {
        Self {
            parent,
            name: name.to_owned(),
            attribute,
            count: 0,
            present: 0,
            most: 0,
            children: Vec::new(),
            values: Values::default(),
            documents: 0,
            twice: false,
            counting: Counting::default(),
            position,
            after: Positions::default(),
            here: 0,
            parent_ordinal: 0,
            begun: Positions::default(),
            document: 0,
        }
    }
}
