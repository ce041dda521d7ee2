//! Fills a profile while a document is read.

use super::{
    forms::Recognizer,
    nodes::{DOCUMENT, MAX_CHILDREN, MAX_NAME, MAX_NODES, Node, NodeId, Positions, Profile},
};
use crate::{
    convert::{Attribute, Events, Location, Progress, scan},
    error::Result,
    feed::Xml,
};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io::Read,
};

/// Bytes of one value that are looked at; a longer one is text whatever follows.
const MAX_VALUE: usize = 4096;

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
        let scanned = scan(input, name, xml, progress, &mut Collector::new(self))?;
        Ok(scanned.bytes)
    }
}

/// An open element.
struct Frame {
    /// `None`: beyond the bounds, so it and all below is not recorded.
    node: Option<NodeId>,
    text: String,
    nil: bool,
    has_children: bool,
    /// Where the next child's node is probably found.
    next: usize,
    /// Values in its children, as hashes: of those that could be names which tell the children apart.
    names: Vec<(NodeId, u64)>,
}

impl Frame {
    fn new(node: Option<NodeId>) -> Self {
        Self { node, text: String::new(), nil: false, has_children: false, next: 0, names: Vec::new() }
    }
}

struct Collector<'p> {
    profile: &'p mut Profile,
    /// The first is the document.
    frames: Vec<Frame>,
    recognizer: Recognizer,
}

impl<'p> Collector<'p> {
    fn new(profile: &'p mut Profile) -> Self {
        profile.nodes[DOCUMENT].count += 1;
        profile.nodes[DOCUMENT].begun = Positions::default();
        Self { profile, frames: vec![Frame::new(Some(DOCUMENT))], recognizer: Recognizer::default() }
    }

    /// The node of a child, which occurs once more.
    fn enter(&mut self, name: &str, attribute: bool) -> Option<NodeId> {
        // The document's own frame is never left.
        let frame = self.frames.last_mut()?;
        let parent = frame.node?;
        let (id, next) = find(self.profile, parent, name, attribute, frame.next)?;
        frame.next = next;
        let nodes = &mut self.profile.nodes;
        let document = nodes[DOCUMENT].count;
        let (ordinal, begun) = (nodes[parent].count, nodes[parent].begun);
        let node = &mut nodes[id];
        if node.parent_ordinal != ordinal {
            (node.parent_ordinal, node.here) = (ordinal, 0);
            node.present += 1;
        }
        if node.document != document {
            node.document = document;
            node.documents += 1;
        }
        node.count += 1;
        node.here += 1;
        node.most = node.most.max(node.here);
        node.after.add_all(begun);
        node.begun = Positions::default();
        let position = node.position;
        nodes[parent].begun.add(position);
        Some(id)
    }

    /// Adds a value of a node that stands in the element of the last frame.
    fn value(&mut self, id: NodeId, text: &str) {
        let seen = self.recognizer.recognize(text, MAX_VALUE);
        let nodes = &mut self.profile.nodes;
        let nth = nodes[nodes[id].parent].here;
        let node = &mut nodes[id];
        node.values.add(text, seen);
        let text = text.trim();
        node.counting.add(text, nth);
        let Some(around) = self.frames.len().checked_sub(2).map(|at| &mut self.frames[at]) else { return };
        if node.twice || node.values.few.is_none() {
            return;
        }
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let name = (id, hasher.finish());
        if around.names.contains(&name) {
            node.twice = true;
        } else {
            around.names.push(name);
        }
    }
}

/// The child of that name, made where it is new, and where its next sibling is probably found.
fn find(
    profile: &mut Profile,
    parent: NodeId,
    name: &str,
    attribute: bool,
    guess: usize,
) -> Option<(NodeId, usize)> {
    let children = &profile.nodes[parent].children;
    let is = |&id: &NodeId| {
        let node = &profile.nodes[id];
        node.attribute == attribute && node.name == name
    };
    if let Some(id) = children.get(guess).filter(|id| is(id)) {
        return Some((*id, guess + 1));
    }
    if let Some(at) = children.iter().position(is) {
        return Some((children[at], at + 1));
    }
    let position = children.len();
    let id = profile.nodes.len();
    if id >= MAX_NODES || position >= MAX_CHILDREN || name.len() > MAX_NAME {
        profile.incomplete = true;
        return None;
    }
    profile.nodes.push(Node::new(parent, name, attribute, position));
    profile.nodes[parent].children.push(id);
    Some((id, position + 1))
}

impl Events for Collector<'_> {
    fn start(&mut self, name: &str, _: Location<'_>) -> Result<()> {
        let node = self.enter(name, false);
        if let Some(frame) = self.frames.last_mut() {
            frame.has_children = true;
        }
        self.frames.push(Frame::new(node));
        Ok(())
    }

    fn attribute(&mut self, attribute: Attribute<'_>) {
        if attribute.about_schema {
            return;
        }
        if let Some(id) = self.enter(attribute.name, true) {
            self.value(id, attribute.value);
        }
    }

    fn nil(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.nil = true;
        }
    }

    fn text(&mut self, _: Location<'_>, write: impl Fn(&mut String)) -> Result<()> {
        if let Some(frame) = self.frames.last_mut()
            && frame.node.is_some()
            && frame.text.len() <= MAX_VALUE
        {
            write(&mut frame.text);
            // One byte beyond the bound says that there was more.
            if frame.text.len() > MAX_VALUE {
                frame.text.truncate(frame.text.ceil_char_boundary(MAX_VALUE + 1));
                // Elements above it may hold as much.
                frame.text.shrink_to_fit();
            }
        }
        Ok(())
    }

    fn end(&mut self, _: Location<'_>) -> Result<()> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let Some(id) = frame.node else { return Ok(()) };
        let text = if frame.nil { "" } else { frame.text.as_str() };
        // White space between children is no value.
        if frame.has_children && text.trim().is_empty() {
            return Ok(());
        }
        self.value(id, text);
        Ok(())
    }
}
