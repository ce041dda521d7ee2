//! What each event of the document does to one row set's view of it.

use super::{Extraction, OpenElement, OpenRaw, Taking};
use crate::{
    convert::{
        events::{Attribute, Events},
        location::Location,
        paths::{DOCUMENT, ValueOf},
    },
    error::Result,
};

/// Bytes of a text that are counted at once, not with the next element.
const LONG: usize = 64 << 10;

impl Events for Extraction<'_> {
    fn start(&mut self, name: &str, place: Location<'_>) -> Result<()> {
        // The document's own frame is never left.
        let parent = self.frames[self.frames.len() - 1];
        if let Some(node) = parent.node {
            self.tree.node_mut(node).has_children = true;
        }
        let (state, name) = self.automaton.enter(parent.state, name.as_bytes());
        let found = self.automaton.state(state);
        // A candidate within a row is remembered until it is known not to be a row.
        let wanted =
            self.row_depth.is_none() || !found.in_row.is_empty() || !found.rows.is_empty() || found.beside;
        let (text, raw) = (found.text, found.raw);
        let node = if wanted {
            self.hold(place)?;
            let parent = parent.node.unwrap_or(self.row.node);
            Some(self.tree.open(parent, name, place.line))
        } else {
            None
        };
        self.frames.push(OpenElement::new(state, node, text, place.byte));
        if let (Some(node), true) = (node, raw) {
            self.tree.reserve_raw(node);
            self.raws.push(OpenRaw { depth: self.frames.len() - 1, node, text: String::new() });
        }
        Ok(())
    }

    fn attribute(&mut self, attribute: Attribute<'_>) {
        let frame = self.frames[self.frames.len() - 1];
        let Some(node) = frame.node else { return };
        let wanted = &self.automaton.state(frame.state).attributes;
        if let Some(&(_, name)) = wanted.iter().find(|(wanted, _)| wanted == attribute.name) {
            self.tree.attribute(node, name, attribute.value, attribute.prefixed);
        }
    }

    fn nil(&mut self) {
        if let Some(node) = self.frames[self.frames.len() - 1].node {
            self.tree.node_mut(node).nil = true;
        }
    }

    fn started(&mut self, name: &str, place: Location<'_>) -> Result<bool> {
        let depth = self.frames.len() - 1;
        let OpenElement { state, node: Some(node), .. } = self.frames[depth] else { return Ok(false) };
        if !self.automaton.state(state).rows.is_empty() && self.begins_row(state, node, name, place)? {
            return Ok(true);
        }
        let found = self.automaton.state(state);
        if self.row_depth.is_none() {
            if let Taking::Rows(records) = &mut self.taking {
                for check in &found.scopes {
                    match check {
                        Some(check) => records.controls.begin(*check, node),
                        None => records.controls.may_be_empty = true,
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
        if !found.inner_scopes.is_empty() {
            self.begin_inner(state, node, place)?;
        }
        Ok(false)
    }

    fn text(&mut self, place: Location<'_>, write: impl Fn(&mut String)) -> Result<()> {
        let frame = self.frames[self.frames.len() - 1];
        match (frame.node, frame.text) {
            (Some(node), true) => {
                let length = self.tree.append(node, write);
                self.limit_value(length, place)?;
                if length > LONG { self.hold(place) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn beside(&mut self, bytes: usize, place: Location<'_>) -> Result<()> {
        self.beside.hold(bytes, place)
    }

    fn wants_raw(&self) -> bool {
        self.compiled.columns.iter().any(|column| column.column.source.raw)
    }

    fn raw(&mut self, place: Location<'_>, above: usize, write: impl Fn(&mut String)) -> Result<()> {
        let depth = self.frames.len() - 1;
        let mut longest = 0;
        for raw in self.raws.iter_mut().filter(|raw| raw.depth + above <= depth) {
            write(&mut raw.text);
            longest = longest.max(raw.text.len());
        }
        self.hold(place)?;
        self.limit_value(longest, place)
    }

    fn end(&mut self, place: Location<'_>) -> Result<()> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let Some(node) = frame.node else { return Ok(()) };
        if frame.text && self.tree.node(node).has_children {
            let text = self.tree.value(node, ValueOf::Text).map(|at| self.tree.text(at));
            if text.is_none_or(|text| text.trim_ascii().is_empty()) {
                self.tree.clear_text(node);
            }
        }
        while let Some(raw) = self.raws.pop_if(|raw| raw.depth == self.frames.len()) {
            self.tree.fill_raw(raw.node, &raw.text);
        }
        let Some(row_depth) = self.row_depth else { return self.end_outside(frame, node, place) };
        if row_depth < self.frames.len() {
            self.tree.close(node);
            return Ok(());
        }
        let beside = self.automaton.state(frame.state).beside;
        if beside {
            // Other rows read values of this one: those before it were given what stood there then.
            self.tree.close(node);
            self.changed(node, place)?;
        }
        self.end_row()?;
        if matches!(self.taking, Taking::Rows(_)) {
            self.readable(place)?;
        }
        drop(self.tree.take_unreadable());
        self.row_depth = None;
        if !beside {
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

    fn finish(&mut self, place: Location<'_>) -> Result<()> {
        self.ancestors.forget(DOCUMENT, &self.compiled.slots, &self.tree);
        match &mut self.taking {
            Taking::Rows(records) => {
                records.controls.finish(&self.tree, place)?;
                records.hold(place)?;
                self.readable(place)
            }
            _ => Ok(()),
        }
    }
}
