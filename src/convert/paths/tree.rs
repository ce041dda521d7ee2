//! What is remembered of the document: the open elements, the mapped values of ancestors, and the
//! mapped part of the current row element.
//!
//! An arena in document order. An element's nodes end where its element ends, so forgetting one is a
//! truncation, and nothing is allocated per row once the buffers have grown.

use super::name::{Name, ValueOf};
use crate::{canonical::Refusal, convert::offset::narrow};
use std::{
    cell::{Cell, RefCell},
    num::NonZeroU32,
};

/// Index of a node.
pub(in crate::convert) type ElementId = usize;

/// The document itself, parent of the root element.
pub(in crate::convert) const DOCUMENT: ElementId = 0;

/// A remembered element.
#[derive(Debug, Clone, Copy)]
pub(in crate::convert) struct KeptElement {
    parent: u32,
    pub name: Name,
    /// Line where it begins.
    pub line: u64,
    /// Whatever text it has is not a value.
    pub nil: bool,
    /// It has child elements, remembered or not.
    pub has_children: bool,
    /// Rows among its children so far.
    rows: u64,
    /// Index after its last descendant; `None` while it is open.
    end: Option<NonZeroU32>,
    text: (u32, u32),
    /// Index after its last attribute; they begin where the arena ended when it began.
    attributes: u32,
    /// Lengths of the arenas when it began.
    marks: (u32, u32),
}

#[derive(Debug, Clone, Copy)]
struct KeptAttribute {
    /// `None`: everything inside the element, as it stands.
    name: Option<Name>,
    prefixed: bool,
    text: (u32, u32),
}

/// A value that cannot be read as a condition has to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::convert) struct Unreadable {
    /// The path that it stands at, as written.
    pub path: String,
    pub value: String,
    pub reason: Refusal,
}

/// The arena.
#[derive(Debug)]
pub(in crate::convert) struct Tree {
    nodes: Vec<KeptElement>,
    attributes: Vec<KeptAttribute>,
    text: String,
    /// Elements remembered so far, and how often one was looked at.
    opened: u64,
    looks: Cell<u64>,
    /// The first value that a condition could not read since somebody asked.
    unreadable: RefCell<Option<Box<Unreadable>>>,
}

impl KeptElement {
    pub fn parent(&self) -> ElementId {
        self.parent as ElementId
    }
}

/// Bytes that the arenas may keep for what comes.
const SPARE: usize = 1 << 20;

/// Looks at elements that are possible, whatever was opened …
const FREE_LOOKS: u64 = 50_000_000;
/// … and for every element that was.
const LOOKS: u64 = 200;

impl Tree {
    pub fn new() -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            attributes: Vec::new(),
            text: String::new(),
            opened: 0,
            looks: Cell::new(0),
            unreadable: RefCell::default(),
        };
        tree.open(DOCUMENT, 0, 0);
        tree
    }

    /// A new last element, child of `parent`.
    pub fn open(&mut self, parent: ElementId, name: Name, line: u64) -> ElementId {
        let marks = (narrow(self.attributes.len()), narrow(self.text.len()));
        let (attributes, text) = (marks.0, (marks.1, marks.1));
        let node = KeptElement {
            parent: narrow(parent),
            name,
            line,
            nil: false,
            has_children: false,
            rows: 0,
            end: None,
            text,
            attributes,
            marks,
        };
        self.nodes.push(node);
        self.opened += 1;
        self.nodes.len() - 1
    }

    /// So many elements were looked at.
    pub fn count_looks(&self, elements: usize) {
        self.looks.set(self.looks.get() + elements as u64);
    }

    /// A condition could not read a value: what it said is not to be believed.
    pub fn note_unreadable(&self, unreadable: Unreadable) {
        self.unreadable.borrow_mut().get_or_insert_with(|| Box::new(unreadable));
    }

    /// The first value that a condition could not read, since this was asked.
    pub fn take_unreadable(&self) -> Option<Box<Unreadable>> {
        self.unreadable.borrow_mut().take()
    }

    /// Puts back what was taken.
    pub fn restore_unreadable(&self, unreadable: Option<Box<Unreadable>>) {
        *self.unreadable.borrow_mut() = unreadable;
    }

    /// Some value could not be read.
    pub fn is_unreadable(&self) -> bool {
        self.unreadable.borrow().is_some()
    }

    /// Elements were looked at so often that a longer file of this kind would take for ever.
    pub fn over_budget(&self) -> bool {
        self.looks.get() > FREE_LOOKS + LOOKS * self.opened
    }

    /// The element has ended and stays.
    pub fn close(&mut self, id: ElementId) {
        self.nodes[id].end = NonZeroU32::new(narrow(self.nodes.len()));
    }

    /// Forgets the element and everything after it.
    pub fn forget(&mut self, id: ElementId) {
        let (attributes, text) = self.nodes[id].marks;
        self.nodes.truncate(id);
        self.attributes.truncate(attributes as usize);
        self.text.truncate(text as usize);
        if self.allocated() > 2 * self.size() + SPARE {
            // What one large row took is free for the next one, which may be large in another way.
            self.nodes.shrink_to_fit();
            self.attributes.shrink_to_fit();
            self.text.shrink_to_fit();
        }
    }

    pub fn node(&self, id: ElementId) -> &KeptElement {
        &self.nodes[id]
    }

    pub fn node_mut(&mut self, id: ElementId) -> &mut KeptElement {
        &mut self.nodes[id]
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Bytes in use.
    pub fn size(&self) -> usize {
        self.nodes.len() * size_of::<KeptElement>()
            + self.attributes.len() * size_of::<KeptAttribute>()
            + self.text.len()
    }

    fn allocated(&self) -> usize {
        self.nodes.capacity() * size_of::<KeptElement>()
            + self.attributes.capacity() * size_of::<KeptAttribute>()
            + self.text.capacity()
    }

    /// Lets `write` append to the text of the element; returns the length of its text.
    pub fn append(&mut self, id: ElementId, write: impl FnOnce(&mut String)) -> usize {
        let (start, end) = self.nodes[id].text;
        if end as usize != self.text.len() {
            // A child's text came between: go on behind it.
            let moved = narrow(self.text.len());
            self.text.extend_from_within(start as usize..end as usize);
            self.nodes[id].text.0 = moved;
        }
        write(&mut self.text);
        self.nodes[id].text.1 = narrow(self.text.len());
        (self.nodes[id].text.1 - self.nodes[id].text.0) as usize
    }

    /// Makes room for what stands inside the element, which has just been opened.
    pub fn reserve_raw(&mut self, id: ElementId) {
        self.attributes.push(KeptAttribute { name: None, prefixed: false, text: (0, 0) });
        self.nodes[id].attributes = narrow(self.attributes.len());
    }

    /// The element ends: this stands inside it.
    pub fn fill_raw(&mut self, id: ElementId, raw: &str) {
        let start = narrow(self.text.len());
        self.text.push_str(raw);
        // It was reserved before any attribute came.
        self.attributes[self.nodes[id].marks.0 as usize].text = (start, narrow(self.text.len()));
    }

    /// Counts one more row among the children of the row's parent.
    pub fn count_row(&mut self, row: ElementId) -> u64 {
        let parent = self.nodes[row].parent();
        self.nodes[parent].rows += 1;
        self.nodes[parent].rows
    }

    /// The element's text is no value.
    pub fn clear_text(&mut self, id: ElementId) {
        self.nodes[id].text = (0, 0);
    }

    /// Adds an attribute to the last element.
    pub fn attribute(&mut self, id: ElementId, name: Name, value: &str, prefixed: bool) {
        let start = narrow(self.text.len());
        self.text.push_str(value);
        let text = (start, narrow(self.text.len()));
        self.attributes.push(KeptAttribute { name: Some(name), prefixed, text });
        self.nodes[id].attributes = narrow(self.attributes.len());
    }

    /// Where a value of an element stands. `None`: there is no such attribute.
    pub fn value(&self, id: ElementId, value: ValueOf) -> Option<(usize, usize)> {
        let node = &self.nodes[id];
        let attribute = |name| {
            let (from, to) = (node.marks.0, node.attributes);
            let all = &self.attributes[from as usize..to as usize];
            // `type` is meant where `xsi:type` stands beside it, whichever comes first.
            let plain = all.iter().find(|a| a.name == name && !a.prefixed);
            plain.or_else(|| all.iter().find(|a| a.name == name)).map(|a| a.text)
        };
        let (start, end) = match value {
            ValueOf::Text if node.nil => (0, 0),
            ValueOf::Text => node.text,
            ValueOf::Attribute(name) => attribute(Some(name))?,
            ValueOf::Raw => attribute(None)?,
        };
        Some((start as usize, end as usize))
    }

    /// The text between two offsets of `value`.
    pub fn text(&self, (start, end): (usize, usize)) -> &str {
        &self.text[start..end]
    }

    /// Child elements that are remembered, in document order.
    pub fn children(&self, id: ElementId) -> impl Iterator<Item = ElementId> + '_ {
        let end = self.end(id);
        let mut next = id + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.end(child);
                child
            })
        })
    }

    /// Index after the last descendant so far.
    pub fn end(&self, id: ElementId) -> usize {
        match self.nodes[id].end {
            None => self.nodes.len(),
            Some(end) => end.get() as usize,
        }
    }

    /// The `up`-th ancestor; the document is none.
    pub fn ancestor(&self, mut id: ElementId, up: usize) -> Option<ElementId> {
        for _ in 0..up {
            if id == DOCUMENT {
                return None;
            }
            id = self.nodes[id].parent();
        }
        (id != DOCUMENT).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(text: &str) -> impl FnOnce(&mut String) + '_ {
        move |out| out.push_str(text)
    }

    #[test]
    fn text_around_a_child_stays_together() {
        let mut tree = Tree::new();
        let parent = tree.open(DOCUMENT, 1, 1);
        tree.append(parent, write("a"));
        let child = tree.open(parent, 2, 1);
        tree.append(child, write("child"));
        tree.close(child);
        tree.append(parent, write("b"));
        assert_eq!(tree.text(tree.value(parent, ValueOf::Text).unwrap()), "ab");
        assert_eq!(tree.text(tree.value(child, ValueOf::Text).unwrap()), "child");
    }

    #[test]
    fn forgetting_frees_everything() {
        let mut tree = Tree::new();
        let before = tree.size();
        let parent = tree.open(DOCUMENT, 1, 1);
        tree.attribute(parent, 3, "x", false);
        for _ in 0..3 {
            let child = tree.open(parent, 2, 1);
            tree.append(child, write("child"));
            tree.close(child);
        }
        assert_eq!(tree.children(parent).count(), 3);
        assert_eq!(tree.ancestor(parent + 1, 1), Some(parent));
        assert_eq!(tree.ancestor(parent + 1, 2), None);
        tree.forget(parent);
        assert_eq!(tree.size(), before);
    }
}
