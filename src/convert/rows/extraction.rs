//! What one row set takes from the document: which elements it remembers, where its rows begin and end.
//!
//! It hears the document's events. Several of these hear the same document in one pass and know nothing of each other.

mod hearing;

use super::{
    bad::BadValue,
    element::{EndedRow, Index, RowElement},
    lookup::EntryReader,
    parents::EndedParent,
    positions::PositionReader,
    records::Records,
    retractions::RetractionReader,
};
use crate::{
    convert::{
        cost::{Cost, Share},
        document::Document,
        location::Location,
        paths::{
            Ancestors, Automaton, CompiledFeed, Context, DOCUMENT, ElementId, LateValues, StateId, Tree,
        },
    },
    error::{Code, Result, excerpt},
    feed::Feed,
};

/// Scopes within a row that are counted at once.
const INNER: usize = 256;

/// An open element.
#[derive(Debug, Clone, Copy)]
struct OpenElement {
    state: StateId,
    /// What is remembered of it, if anything.
    node: Option<ElementId>,
    /// Its text is a value.
    text: bool,
    /// A row element ended within it.
    has_rows: bool,
    /// Where it begins.
    byte: u64,
    /// How many levels beneath it a row was written, or an element stood that has none: a bit a level.
    covered: u64,
    /// Something within it, or it itself, was asked for what rows there would read.
    asked: bool,
}

impl OpenElement {
    fn new(state: StateId, node: Option<ElementId>, text: bool, byte: u64) -> Self {
        Self { state, node, text, has_rows: false, byte, covered: 0, asked: false }
    }
}

/// The bit of a level.
fn level(levels: usize) -> u64 {
    1 << levels.min(63)
}

/// An open element whose inside is kept as it stands.
#[derive(Debug)]
struct OpenRaw {
    depth: usize,
    node: ElementId,
    text: String,
}

/// What becomes of the rows.
pub(in crate::convert) enum Taking<'r> {
    /// They are written.
    Rows(Box<Records<'r>>),
    /// Nothing: values that stand after their rows are collected for the next pass.
    LateValues,
    /// They are the entries of a look-up.
    Entries(Box<EntryReader>),
    /// Nothing: it is found which of them take others back.
    Retractions(Box<RetractionReader>),
    /// They are positions of elements that follow each other.
    Positions(Box<PositionReader>),
}

/// One row set's view of the document.
pub(in crate::convert) struct Extraction<'r> {
    document: &'r Document<'r>,
    feed: &'r Feed,
    compiled: &'r CompiledFeed<'r>,
    automaton: Automaton,
    tree: Tree,
    /// The first is the document itself.
    frames: Vec<OpenElement>,
    /// Which of the frames is the open row element.
    row_depth: Option<usize>,
    /// What it matched before it was known to be a row.
    row_state: StateId,
    row: RowElement,
    index: Index,
    ancestors: Ancestors,
    raws: Vec<OpenRaw>,
    /// What is remembered, and what of the document stands beside it.
    share: Share,
    beside: Share,
    pub taking: Taking<'r>,
}

impl<'r> Extraction<'r> {
    /// `late`: what an earlier pass found after its rows.
    pub fn new(
        document: &'r Document<'r>,
        cost: &Cost,
        feed: &'r Feed,
        compiled: &'r CompiledFeed<'r>,
        late: LateValues,
        taking: Taking<'r>,
    ) -> Self {
        let mut automaton = compiled.automaton.clone();
        let state = automaton.start();
        Self {
            document,
            feed,
            compiled,
            automaton,
            tree: Tree::new(),
            frames: vec![OpenElement::new(state, Some(DOCUMENT), false, 0)],
            row_depth: None,
            row_state: state,
            row: RowElement::default(),
            index: Index::new(compiled.points),
            ancestors: Ancestors::new(&compiled.slots, late),
            raws: Vec::new(),
            share: cost.share(),
            beside: cost.share(),
            taking,
        }
    }

    /// The values that stood after their rows, at the end of a pass that collected them.
    pub fn into_late_values(self) -> LateValues {
        self.ancestors.into_late_values()
    }

    /// Whether the element, by its names and attributes, begins a row.
    fn begins_row(
        &mut self,
        state: StateId,
        node: ElementId,
        name: &str,
        place: Location<'_>,
    ) -> Result<bool> {
        let context = Context { here: node, detail: None };
        let (compiled, tree) = (self.compiled, &self.tree);
        let rules = self.automaton.state(state).rows.iter().copied();
        let holds = |test| tree.holds(test, context) || tree.is_unreadable();
        let holds = |n: &usize| compiled.rows[*n].early.iter().all(holds);
        let mut rules = rules.filter(holds);
        if self.row_depth.is_some() {
            if rules.next().is_none() {
                return Ok(false);
            }
            let line = self.row.line;
            return Err(place.refused(
                Code::RowWithinRow,
                format!("a row element ({}) within the row element of line {line}", excerpt(name)),
            ));
        }
        self.row.rules.clear();
        self.row.rules.extend(rules);
        if self.row.rules.is_empty() {
            return Ok(false);
        }
        if let Taking::Rows(records) = &mut self.taking {
            records.controls.begin_row();
            for check in self.automaton.state(state).scopes.iter().flatten() {
                records.controls.begin_inner(*check, node);
            }
        }
        self.row_state = state;
        if let Taking::Rows(records) = &mut self.taking
            && self.automaton.state(state).scopes.contains(&None)
        {
            records.controls.may_be_empty = true;
        }
        let depth = self.frames.len() - 1;
        self.row_depth = Some(depth);
        (self.row.line, self.row.byte) = (place.line, place.byte);
        self.row.node = node;
        self.row.name.clear();
        self.row.name.push_str(name);
        let inside = self.automaton.enter_row(state);
        self.frames[depth].state = inside;
        self.frames[depth].text = self.automaton.state(inside).text;
        self.index.clear();
        for &point in &self.automaton.state(inside).in_row {
            self.index.add(point, node);
        }
        Ok(true)
    }

    fn end_row(&mut self) -> Result<()> {
        self.document.stop.check()?;
        let context = Context { here: self.row.node, detail: None };
        let compiled = self.compiled;
        // What a row path could not read makes a bad row; who reads what is watched will hear of it then.
        let unreadable = self.tree.take_unreadable();
        for &slot in compiled.watched.iter().chain(&compiled.late) {
            self.ancestors.read(slot, &compiled.slots, &self.tree, context);
        }
        self.tree.restore_unreadable(unreadable);
        let tree = &self.tree;
        let holds = |test| tree.holds(test, context) || tree.is_unreadable();
        let is_row = |&n: &usize| compiled.rows[n].late.iter().all(holds);
        if !self.row.rules.iter().any(is_row) {
            return Ok(());
        }
        self.row.ordinal = self.tree.count_row(self.row.node);
        let (tree, row, index, ancestors) = (&self.tree, &self.row, &self.index, &mut self.ancestors);
        let ended = EndedRow { tree, row, index, ancestors };
        match &mut self.taking {
            Taking::Rows(records) => {
                if records.element(ended)? > 0 {
                    self.cover(0);
                }
                Ok(())
            }
            Taking::Entries(entries) => {
                let place = Location { name: self.document.name, line: row.line, byte: row.byte };
                entries.element(compiled, ended, place)
            }
            Taking::Retractions(reader) => {
                let place = Location { name: self.document.name, line: row.line, byte: row.byte };
                reader.element(compiled, ended, place)
            }
            Taking::Positions(reader) => {
                let place = Location { name: self.document.name, line: row.line, byte: row.byte };
                reader.element(compiled, ended, place)
            }
            Taking::LateValues => Ok(()),
        }
    }

    /// Rows of the open elements stand so many levels and one beneath the innermost one.
    fn cover(&mut self, levels: usize) {
        if self.compiled.parents.is_none() {
            return;
        }
        for (above, frame) in self.frames.iter_mut().rev().enumerate() {
            let bit = level(levels + above + 1);
            if levels == 0 && frame.covered & bit != 0 {
                // A row beside this one told its ancestors.
                break;
            }
            frame.covered |= bit;
        }
    }

    /// An element in which rows could stand has ended: where none was written, it stands for itself. Every pass asks
    /// for the same values in the same order.
    fn end_parent(&mut self, frame: &mut OpenElement, node: ElementId, place: Location<'_>) -> Result<()> {
        let (compiled, context) = (self.compiled, Context { here: node, detail: None });
        let Some(parents) = &compiled.parents else { return Ok(()) };
        let rules = self.automaton.state(frame.state).parents.iter().map(|&n| &parents[n]);
        let holds = rules.filter(|rule| rule.tests.iter().all(|test| self.tree.holds(test, context)));
        let mut all: Vec<usize> = holds.map(|rule| rule.levels).collect();
        if self.frames.len() == 1 {
            // The root stands for a document in which nothing else does.
            all.push(usize::MAX);
        }
        all.sort_unstable();
        all.dedup();
        for levels in all {
            for &slot in compiled.watched.iter().chain(&compiled.late) {
                self.ancestors.read_above(slot, &compiled.slots, &self.tree, (node, levels));
            }
            for frame in self.frames.iter_mut().chain([&mut *frame]) {
                frame.asked = true;
            }
            let covered = if levels == usize::MAX { frame.covered } else { frame.covered & level(levels) };
            if covered != 0 {
                continue;
            }
            if levels != usize::MAX {
                self.cover(levels);
                frame.covered |= level(levels);
            }
            if let Taking::Rows(records) = &mut self.taking {
                let place = Location { line: self.tree.node(node).line, byte: frame.byte, ..place };
                let (tree, index, ancestors) = (&self.tree, &self.index, &mut self.ancestors);
                records.parent(EndedParent { tree, index, ancestors, node, levels, place })?;
            }
        }
        Ok(())
    }

    /// An element that is not a row and not in a row has ended.
    fn end_outside(&mut self, mut frame: OpenElement, node: ElementId, place: Location<'_>) -> Result<()> {
        self.end_parent(&mut frame, node, place)?;
        let state = self.automaton.state(frame.state);
        let has_value = state.text || state.raw || !state.attributes.is_empty();
        let keep = state.keep;
        // Without values it can only be counted.
        let empty = !has_value && self.tree.end(node) == node + 1;
        let forgotten = frame.has_rows || !keep || (empty && !self.compiled.positions);
        self.tree.close(node);
        // An element that only leads to values changes nothing by its end: they have ended before.
        if (keep && has_value) || frame.has_rows {
            self.changed(node, place)?;
        }
        let place = Location { line: self.tree.node(node).line, ..place };
        if let Taking::Rows(records) = &mut self.taking {
            records.controls.end(node, &self.tree, place)?;
            records.hold(place)?;
            if frame.has_rows || (forgotten && !empty && records.controls.look_anywhere()) {
                records.controls.collect(node, &self.tree);
            }
        }
        if frame.has_rows || frame.asked {
            self.ancestors.forget(node, &self.compiled.slots, &self.tree);
        }
        self.readable(place)?;
        if forgotten {
            self.tree.forget(node);
        }
        Ok(())
    }

    /// An element that rows may read has ended: what earlier rows were given must still be true.
    fn changed(&mut self, node: ElementId, place: Location<'_>) -> Result<()> {
        let place = Location { line: self.tree.node(node).line, ..place };
        if self.tree.over_budget() {
            return Err(place.refused(Code::TooMuchEffort, "elements that stand between the rows are looked at again and again, since rows take values of them").with_hint("take the values from elsewhere, or set repeat = \"first\" or late = true on their columns"));
        }
        self.ancestors.changed(&self.compiled.slots, &self.tree).map_err(|late| {
            let rule = &self.compiled.slots[late.slot];
            place.refused(Code::ValueAfterRow, format!(
                    "a value of {} stands after a row that needs it (the row of line {})",
                    rule.route.text, late.row_line
                )).with_hint("set late = true on its column, and the file is read twice; or, if the first value is meant, \
                 repeat = \"first\"; or take the value from elsewhere")
        })
    }

    /// An element within the row is the `per` of controls.
    fn begin_inner(&mut self, state: StateId, node: ElementId, place: Location<'_>) -> Result<()> {
        let Taking::Rows(records) = &mut self.taking else { return Ok(()) };
        let row = &self.automaton.state(self.row_state).points;
        for (check, from) in &self.automaton.state(state).inner_scopes {
            if from.is_none_or(|point| row.contains(&point)) {
                records.controls.begin_inner(*check, node);
            }
        }
        if records.controls.inner().is_multiple_of(INNER) { records.hold(place) } else { Ok(()) }
    }

    /// No condition failed to read a value that no row answers for.
    fn readable(&self, place: Location<'_>) -> Result<()> {
        let Some(unreadable) = self.tree.take_unreadable() else { return Ok(()) };
        let bad = BadValue::from(*unreadable);
        let what = format!("\"{}\" {}", excerpt(&bad.value), bad.reason);
        Err(place.refused(Code::ConditionUnreadable, what))
    }

    /// What is remembered now fits into memory.
    fn hold(&mut self, place: Location<'_>) -> Result<()> {
        let raw = self.raws.iter().map(|raw| raw.text.len()).sum::<usize>();
        self.share.hold(self.tree.size() + self.ancestors.size() + raw, place)
    }

    /// One value must not grow without end.
    fn limit_value(&self, length: usize, place: Location<'_>) -> Result<()> {
        let limit = self.feed.xml.limits.text;
        if length > limit {
            let what = format!("one value is longer than {limit} bytes");
            return Err(place.exceeded("max_text", what));
        }
        Ok(())
    }
}
