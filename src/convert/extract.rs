//! What one row set takes from the document: which elements it remembers, where its rows begin and end.
//!
//! It is told every start and end tag, attribute and text by the walk, which has checked them. Several of
//! these see the same document in one pass and know nothing of each other.

use super::{
    ancestors::{Ancestors, Known},
    automaton::{Automaton, StateId},
    lookup::Entries,
    markup::{self, Reason},
    place::{Place, excerpt},
    plan::Plan,
    rows::{Index, RowElement, Rows},
    select::Context,
    tree::{DOCUMENT, NodeId, Tree},
};
use crate::{error::Result, feed::Feed, stop::Flag};

/// Bytes remembered at once, in rows of the largest allowed size.
const REMEMBERED_ROWS: usize = 16;

/// An open element.
#[derive(Debug, Clone, Copy)]
struct Frame {
    state: StateId,
    /// What is remembered of it, if anything.
    node: Option<NodeId>,
    /// Its text is a value.
    text: bool,
    /// A row element ended within it.
    has_rows: bool,
}

/// A sub-tree that is kept raw and still open.
#[derive(Debug)]
struct Raw {
    depth: usize,
    node: NodeId,
    markup: String,
}

/// What becomes of the rows.
pub(super) enum Taking<'r, 'f> {
    /// They are written.
    Rows(Box<Rows<'r, 'f>>),
    /// Nothing: values that stand after their rows are collected for the next pass.
    LateValues,
    /// They are the entries of a look-up.
    Entries(Entries),
}

/// One row set's view of the document.
pub(super) struct Extraction<'r, 'f> {
    feed: &'f Feed,
    /// The file's name in messages.
    name: &'r str,
    stop: &'r Flag,
    plan: &'r Plan<'f>,
    automaton: Automaton,
    tree: Tree,
    /// The first is the document itself.
    frames: Vec<Frame>,
    /// The open row element is `frames[row_depth]`; 0: none is open.
    row_depth: usize,
    row: RowElement,
    index: Index,
    ancestors: Ancestors,
    raws: Vec<Raw>,
    pub taking: Taking<'r, 'f>,
}

impl<'r, 'f> Extraction<'r, 'f> {
    /// `known`: what an earlier pass found after its rows.
    pub fn new(
        (feed, name, stop): (&'f Feed, &'r str, &'r Flag),
        (plan, mut automaton): (&'r Plan<'f>, Automaton),
        known: Known,
        taking: Taking<'r, 'f>,
    ) -> Self {
        let state = automaton.start();
        Self {
            feed,
            name,
            stop,
            plan,
            automaton,
            tree: Tree::new(),
            frames: vec![Frame { state, node: Some(DOCUMENT), text: false, has_rows: false }],
            row_depth: 0,
            row: RowElement::default(),
            index: Index::new(plan.points),
            ancestors: Ancestors::new(&plan.slots, known),
            raws: Vec::new(),
            taking,
        }
    }

    /// The values that stood after their rows, at the end of a pass that collected them.
    pub fn into_known(self) -> Known {
        self.ancestors.into_known()
    }

    /// Some column keeps markup as it stands.
    pub fn keeps_markup(&self) -> bool {
        self.plan.columns.iter().any(|cell| cell.column.raw)
    }

    /// An element begins; its attributes follow, then [`Self::opened`].
    pub fn open(&mut self, local: &str, place: Place<'r>) -> Result<()> {
        let parent = self.frames[self.frames.len() - 1];
        if let Some(node) = parent.node {
            self.tree.node_mut(node).has_children = true;
        }
        let (state, name) = self.automaton.enter(parent.state, local.as_bytes());
        let found = self.automaton.state(state);
        // A candidate within a row is remembered until it is known not to be a row.
        let wanted =
            self.row_depth == 0 || !found.in_row.is_empty() || !found.rows.is_empty() || found.beside;
        let text = found.text;
        let node = if wanted {
            let limit = self.feed.xml.limits.row.saturating_mul(REMEMBERED_ROWS);
            if self.tree.size() > limit || self.ancestors.size() > limit {
                let what = format!("a row, or the values that stand beside it, take more than {limit} bytes");
                let hint = "raise max_row under [xml] if the file is right";
                return Err(place.refused(what, hint));
            }
            let parent = parent.node.unwrap_or(self.row.node);
            Some(self.tree.open(parent, name, place.line))
        } else {
            None
        };
        self.frames.push(Frame { state, node, text, has_rows: false });
        if let (Some(node), Some(raw)) = (node, self.automaton.state(state).raw) {
            self.tree.reserve_raw(node, raw);
            self.raws.push(Raw { depth: self.frames.len() - 1, node, markup: String::new() });
        }
        Ok(())
    }

    /// The innermost element says that it has no value.
    pub fn nil(&mut self) {
        if let Some(node) = self.frames[self.frames.len() - 1].node {
            self.tree.node_mut(node).nil = true;
        }
    }

    /// An attribute of the innermost element.
    pub fn attribute(&mut self, local: &str, value: &str) -> Result<(), Reason> {
        let frame = self.frames[self.frames.len() - 1];
        let Some(node) = frame.node else { return Ok(()) };
        let wanted = &self.automaton.state(frame.state).attributes;
        match wanted.iter().find(|(wanted, _)| wanted == local) {
            Some(&(_, id)) => self.tree.attribute(node, id, |text| markup::push_attribute(value, text)),
            None => Ok(()),
        }
    }

    /// The innermost element's start tag is complete; true where it begins a row.
    pub fn opened(&mut self, local: &str, place: Place<'r>) -> Result<bool> {
        let depth = self.frames.len() - 1;
        let Frame { state, node: Some(node), .. } = self.frames[depth] else { return Ok(false) };
        if !self.automaton.state(state).rows.is_empty() && self.begins_row(state, node, local, place)? {
            return Ok(true);
        }
        let found = self.automaton.state(state);
        if self.row_depth == 0 {
            if let Taking::Rows(rows) = &mut self.taking {
                for check in &found.scopes {
                    match check {
                        Some(check) => rows.controls.begin(*check, node),
                        None => rows.controls.may_be_empty = true,
                    }
                }
            }
            return Ok(false);
        }
        if found.in_row.is_empty() && !found.beside {
            self.tree.forget(node);
            self.frames[depth].node = None;
            self.raws.retain(|raw| raw.depth < depth);
            return Ok(false);
        }
        for &point in &found.in_row {
            self.index.add(point, node);
        }
        Ok(false)
    }

    /// Whether the element, by its names and attributes, begins a row.
    fn begins_row(&mut self, state: StateId, node: NodeId, local: &str, place: Place<'r>) -> Result<bool> {
        let context = Context { here: node, detail: None };
        let (plan, tree) = (self.plan, &self.tree);
        let rules = self.automaton.state(state).rows.iter().copied();
        let mut rules = rules.filter(|&n| plan.rows[n].early.iter().all(|test| tree.holds(test, context)));
        if self.row_depth > 0 {
            if rules.next().is_none() {
                return Ok(false);
            }
            let line = self.row.line;
            return Err(place.refused(
                format!("a row element ({}) within the row element of line {line}", excerpt(local)),
                "say which of them is the row: write a fuller path or a condition on an attribute in row under [xml]",
            ));
        }
        self.row.rules.clear();
        self.row.rules.extend(rules);
        if self.row.rules.is_empty() {
            return Ok(false);
        }
        self.row_depth = self.frames.len() - 1;
        (self.row.line, self.row.byte) = (place.line, place.byte);
        self.row.node = node;
        self.row.name.clear();
        self.row.name.push_str(local);
        let inside = self.automaton.enter_row(state);
        self.frames[self.row_depth].state = inside;
        self.frames[self.row_depth].text = self.automaton.state(inside).text;
        self.index.clear();
        for &point in &self.automaton.state(inside).in_row {
            self.index.add(point, node);
        }
        Ok(true)
    }

    /// Adds to the text of the innermost element, if it is mapped; gives the text's length.
    pub fn append(&mut self, write: impl Fn(&mut String)) -> usize {
        // The document's own frame is never left.
        let frame = self.frames[self.frames.len() - 1];
        match (frame.node, frame.text) {
            (Some(node), true) => self.tree.append(node, write),
            _ => 0,
        }
    }

    /// Adds markup to the open sub-trees that are kept raw; gives the longest one's length.
    pub fn capture(&mut self, markup: &[&str], inside: usize) -> usize {
        let depth = self.frames.len() - 1;
        let mut longest = 0;
        for raw in self.raws.iter_mut().filter(|raw| raw.depth + inside <= depth) {
            for part in markup {
                markup::push_text(part, &mut raw.markup);
            }
            longest = longest.max(raw.markup.len());
        }
        longest
    }

    /// The innermost element ends.
    pub fn end(&mut self, place: Place<'r>) -> Result<()> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let Some(node) = frame.node else { return Ok(()) };
        if frame.text && self.tree.node(node).has_children {
            let blank =
                self.tree.value(node, None).is_none_or(|at| markup::is_blank(self.tree.text(at).as_bytes()));
            if blank {
                self.tree.clear_text(node);
            }
        }
        while let Some(raw) = self.raws.pop_if(|raw| raw.depth == self.frames.len()) {
            self.tree.fill_raw(raw.node, &raw.markup);
        }
        if self.row_depth == 0 {
            return self.end_outside(frame, node, place);
        }
        if self.row_depth < self.frames.len() {
            self.tree.close(node);
            return Ok(());
        }
        self.end_row()?;
        self.row_depth = 0;
        if self.automaton.state(frame.state).beside {
            // Other rows read values of this one.
            self.tree.close(node);
            self.changed(node, place)?;
        } else {
            self.tree.forget(node);
        }
        for frame in self.frames.iter_mut().skip(1).rev() {
            if frame.has_rows {
                break;
            }
            frame.has_rows = true;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<()> {
        self.stop.check()?;
        let context = Context { here: self.row.node, detail: None };
        let plan = self.plan;
        for &slot in plan.watched.iter().chain(&plan.late) {
            self.ancestors.read(slot, &plan.slots, &self.tree, context);
        }
        let tree = &self.tree;
        let is_row = |&n: &usize| plan.rows[n].late.iter().all(|test| tree.holds(test, context));
        if !self.row.rules.iter().any(is_row) {
            return Ok(());
        }
        self.row.ordinal = self.tree.count_row(self.row.node);
        let (tree, row, index, ancestors) = (&self.tree, &self.row, &self.index, &mut self.ancestors);
        match &mut self.taking {
            Taking::Rows(rows) => rows.element(tree, row, index, ancestors),
            Taking::Entries(entries) => {
                let place = Place { name: self.name, line: row.line, byte: row.byte };
                entries.add(plan, tree, row, index, ancestors, place)
            }
            Taking::LateValues => Ok(()),
        }
    }

    /// An element that is no row and not in a row has ended.
    fn end_outside(&mut self, frame: Frame, node: NodeId, place: Place<'r>) -> Result<()> {
        let state = self.automaton.state(frame.state);
        let (keep, has_value) = (state.keep, state.text || !state.attributes.is_empty());
        self.tree.close(node);
        // An element that only leads to values changes nothing by its end: they have ended before.
        if (keep && has_value) || frame.has_rows {
            self.changed(node, place)?;
        }
        let place = Place { name: self.name, line: self.tree.node(node).line, byte: place.byte };
        if let Taking::Rows(rows) = &mut self.taking {
            rows.controls.end(node, &self.tree, place)?;
            if frame.has_rows {
                rows.controls.collect(&self.tree);
            }
        }
        if frame.has_rows {
            self.ancestors.forget(node, &self.plan.slots, &self.tree);
        }
        // Without values it can only be counted.
        let useless = !has_value && !self.plan.positions && self.tree.end(node) == node + 1;
        if frame.has_rows || !keep || useless {
            self.tree.forget(node);
        }
        Ok(())
    }

    /// An element that rows may read has ended: what earlier rows were given must still be true.
    fn changed(&mut self, node: NodeId, place: Place<'r>) -> Result<()> {
        let place = Place { name: self.name, line: self.tree.node(node).line, byte: place.byte };
        if self.tree.is_tired() {
            return Err(place.refused(
                "elements that stand between the rows are looked at again and again, since rows take values of them",
                "take the values from elsewhere, or set repeat = \"first\" or late = true on their columns",
            ));
        }
        self.ancestors.changed(&self.plan.slots, &self.tree).map_err(|late| {
            let rule = &self.plan.slots[late.slot];
            place.refused(
                format!(
                    "a value of {} stands after a row that needs it (the row of line {})",
                    rule.route.text, late.row_line
                ),
                "set late = true on its column, and the file is read twice; or, if the first value is meant, \
                 repeat = \"first\"; or take the value from elsewhere",
            )
        })
    }

    /// The document has ended.
    pub fn finish(&mut self, place: Place<'r>) -> Result<()> {
        self.ancestors.forget(DOCUMENT, &self.plan.slots, &self.tree);
        match &mut self.taking {
            Taking::Rows(rows) => rows.controls.finish(&self.tree, place),
            _ => Ok(()),
        }
    }
}
