//! Walks through the document: open elements, what is remembered of them, where rows begin and end,
//! and every way in which a document can be refused.

use super::{
    Converted, Job, Sink,
    automaton::{Automaton, StateId},
    markup::{self, Attributes},
    place::{Place, excerpt},
    plan::Plan,
    rows::{RowElement, Rows},
    select::Context,
    source::Source,
    tree::{DOCUMENT, NodeId, Tree},
};
use crate::error::{Error, Result};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::io::Read;

/// Bytes remembered at once, in rows of the largest allowed size.
const REMEMBERED_ROWS: usize = 16;

const NOT_WELL_FORMED: &str = "the file is damaged or was written by hand: fetch it again, or ask the sender";

/// An open element.
#[derive(Debug, Clone, Copy)]
struct Frame {
    state: StateId,
    /// What is remembered of it, if anything.
    node: Option<NodeId>,
    /// A row element ended within it.
    has_rows: bool,
}

/// A conversion under way.
pub(super) struct Walker<'r, 'f, R> {
    job: &'r Job<'f>,
    plan: &'r Plan<'f>,
    automaton: Automaton,
    reader: Reader<Source<'r, R>>,
    tree: Tree,
    /// The first is the document itself.
    frames: Vec<Frame>,
    /// The open row element is `frames[row_depth]`; 0: none is open.
    row_depth: usize,
    row: RowElement,
    rows: Rows<'r, 'f>,
    /// The root element was met.
    rooted: bool,
    /// Something other than white space was met.
    begun: bool,
    doctype: bool,
    resolved: String,
}

impl<'r, 'f, R: Read> Walker<'r, 'f, R> {
    pub fn new(
        job: &'r Job<'f>,
        plan: &'r Plan<'f>,
        mut automaton: Automaton,
        source: Source<'r, R>,
        sink: &'r mut dyn Sink,
    ) -> Self {
        let mut reader = Reader::from_reader(source);
        reader.config_mut().check_comments = true;
        let state = automaton.start();
        Self {
            job,
            plan,
            automaton,
            reader,
            tree: Tree::new(),
            frames: vec![Frame { state, node: Some(DOCUMENT), has_rows: false }],
            row_depth: 0,
            row: RowElement::default(),
            rows: Rows::new(job, plan, sink),
            rooted: false,
            begun: false,
            doctype: false,
            resolved: String::new(),
        }
    }

    /// Reads the whole document.
    pub fn run(mut self) -> Result<Converted> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            self.reader.get_mut().begin_token();
            match self.reader.read_event_into(&mut buffer) {
                Ok(Event::Start(tag)) => self.start(&tag)?,
                Ok(Event::Empty(tag)) => {
                    self.start(&tag)?;
                    self.end()?;
                }
                Ok(Event::End(_)) => self.end()?,
                Ok(Event::Text(text)) => self.text(&text)?,
                Ok(Event::CData(text)) => self.cdata(&text)?,
                Ok(Event::GeneralRef(name)) => self.reference(&name)?,
                Ok(Event::Decl(_)) if self.begun => {
                    return Err(
                        self.ill_formed("an XML declaration that is not at the beginning of the file")
                    );
                }
                Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_)) => self.begun = true,
                Ok(Event::DocType(text)) => self.doctype(&text)?,
                Ok(Event::Eof) => break,
                Err(error) => return Err(self.parse_error(&error)),
            }
        }
        self.eof()
    }

    fn place(&mut self) -> Place<'r> {
        self.reader.get_mut().place()
    }

    fn ill_formed(&mut self, what: impl std::fmt::Display) -> Error {
        self.place().refused(format!("not well-formed: {what}"), NOT_WELL_FORMED)
    }

    fn parse_error(&mut self, error: &quick_xml::Error) -> Error {
        if let Some(failure) = self.reader.get_mut().take_failure() {
            return failure;
        }
        if matches!(error, quick_xml::Error::Syntax(_)) {
            let truncated = self.truncated();
            return self.place().refused(format!("{truncated} ({error})"), TRUNCATED_HINT);
        }
        let message = error.to_string();
        self.ill_formed(excerpt(message.strip_prefix("ill-formed document: ").unwrap_or(&message)))
    }

    fn truncated(&self) -> String {
        match self.frames.len() - 1 {
            0 => "the file is truncated: it ends within markup".to_owned(),
            open => format!("the file is truncated: it ends with {open} open elements"),
        }
    }

    fn eof(mut self) -> Result<Converted> {
        if self.frames.len() > 1 {
            let what = self.truncated();
            return Err(self.place().refused(what, TRUNCATED_HINT));
        }
        if !self.rooted {
            return Err(self
                .place()
                .refused("the file is truncated: it has no root element", TRUNCATED_HINT));
        }
        let place = self.place();
        self.rows.controls.end(DOCUMENT, &self.tree, place)?;
        let source = self.reader.get_mut();
        let (bytes, warnings) = (source.bytes_read(), source.take_warnings());
        self.rows.finish(bytes, warnings)
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<()> {
        self.begun = true;
        let name = tag.name().into_inner();
        if !markup::begins_name(name) {
            return Err(self.ill_formed(format!("`{}` is no element name", excerpt(name))));
        }
        let local = markup::local(name);
        let depth = self.frames.len();
        if depth == 1 {
            self.root(local)?;
        } else if depth > self.job.feed.xml.limits.depth {
            let what = format!("elements are nested deeper than {}", self.job.feed.xml.limits.depth);
            return Err(self.place().refused(what, "raise max_depth under [xml] if the file is right"));
        }
        let parent = self.frames[depth - 1];
        if let Some(node) = parent.node {
            self.tree.node_mut(node).has_children = true;
        }
        let (state, name) = self.automaton.enter(parent.state, local.as_bytes());
        let found = self.automaton.state(state);
        let remembered = self.row_depth == 0 || !found.in_row.is_empty();
        let candidate = !found.rows.is_empty();
        // A candidate within a row is remembered until it is known not to be a row.
        let node = match parent.node {
            _ if !remembered && !candidate => None,
            Some(parent) => Some(self.open(parent, name)?),
            None => Some(self.open(self.row.node, name)?),
        };
        self.frames.push(Frame { state, node, has_rows: false });
        let raw = tag.attributes_raw();
        if !raw.is_empty() {
            self.attributes(raw, state, node)?;
        }
        let Some(node) = node else { return Ok(()) };
        if candidate && self.begins_row(state, node, local)? {
            return Ok(());
        }
        if !remembered {
            self.tree.forget(node);
            self.frames[depth].node = None;
            return Ok(());
        }
        let found = self.automaton.state(state);
        if self.row_depth > 0 {
            for &point in &found.in_row {
                self.rows.index.add(point, node);
            }
        } else {
            for &check in &found.scopes {
                self.rows.controls.begin(check, node);
            }
        }
        Ok(())
    }

    fn open(&mut self, parent: NodeId, name: u16) -> Result<NodeId> {
        let line = self.reader.get_mut().line();
        let limit = self.job.feed.xml.limits.row.saturating_mul(REMEMBERED_ROWS);
        if self.tree.size() > limit {
            let what = format!("a row, or the values that stand before it, take more than {limit} bytes");
            return Err(self.place().refused(what, "raise max_row under [xml] if the file is right"));
        }
        Ok(self.tree.open(parent, name, line))
    }

    fn root(&mut self, local: &str) -> Result<()> {
        if self.rooted {
            return Err(self.ill_formed("a second root element"));
        }
        self.rooted = true;
        let expected = self.job.feed.xml.root.as_deref();
        if local.eq_ignore_ascii_case("html") && expected != Some(local) {
            return Err(self.place().refused(
                "this is an HTML page, not XML data",
                "the server probably sent an error or log-in page instead of the file: fetch it again",
            ));
        }
        if let Some(expected) = expected
            && expected != local
        {
            return Err(self.place().refused(
                format!("the root element is {}, not {expected}", excerpt(local)),
                "the sender may have sent another kind of file or an error message; or correct root under [xml]",
            ));
        }
        Ok(())
    }

    /// Checks all attributes and remembers those that are mapped.
    fn attributes(&mut self, raw: &str, state: StateId, node: Option<NodeId>) -> Result<()> {
        let limit = self.job.feed.xml.limits.attributes;
        let mut attributes = Attributes::new(raw);
        let mut seen: Vec<&str> = Vec::new();
        while let Some(attribute) = attributes.next() {
            let (name, value) = attribute.map_err(|reason| self.ill_formed(reason))?;
            seen.push(name);
            if seen.len() > limit {
                let what = format!("an element has more than {limit} attributes");
                return Err(self
                    .place()
                    .refused(what, "raise max_attributes under [xml] if the file is right"));
            }
            if value.contains('&') {
                self.resolved.clear();
                markup::push_attribute(value, &mut self.resolved)
                    .map_err(|reason| self.ill_formed(reason))?;
            }
            let Some(node) = node else { continue };
            let (prefix, local) = name.rsplit_once(':').unwrap_or(("", name));
            if prefix == "xmlns" || name == "xmlns" {
                continue;
            }
            if local == "nil" && !prefix.is_empty() && matches!(value.trim(), "true" | "1") {
                self.tree.node_mut(node).nil = true;
            }
            let wanted = &self.automaton.state(state).attributes;
            if let Some((_, id)) = wanted.iter().find(|(wanted, _)| wanted == local) {
                let id = *id;
                self.tree
                    .attribute(node, id, |text| markup::push_attribute(value, text))
                    .map_err(|reason: markup::Reason| self.ill_formed(reason))?;
            }
        }
        if repeats(&mut seen) {
            return Err(self.ill_formed("an attribute stands twice in one element"));
        }
        Ok(())
    }

    /// Whether the element, by its names and attributes, begins a row.
    fn begins_row(&mut self, state: StateId, node: NodeId, local: &str) -> Result<bool> {
        let context = Context { here: node, detail: None };
        let (plan, tree) = (self.plan, &self.tree);
        let rules = self.automaton.state(state).rows.iter().copied();
        let mut rules = rules.filter(|&n| plan.rows[n].early.iter().all(|test| tree.holds(test, context)));
        if self.row_depth > 0 {
            if rules.next().is_none() {
                return Ok(false);
            }
            let line = self.row.line;
            return Err(self.place().refused(
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
        let source = self.reader.get_mut();
        (self.row.line, self.row.byte) = (source.line(), source.byte());
        self.row.node = node;
        self.row.name.clear();
        self.row.name.push_str(local);
        let inside = self.automaton.enter_row(state);
        self.frames[self.row_depth].state = inside;
        self.rows.index.clear();
        for &point in &self.automaton.state(inside).in_row {
            self.rows.index.add(point, node);
        }
        Ok(true)
    }

    fn end(&mut self) -> Result<()> {
        // The parser reports an end tag only where an element is open.
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let Some(node) = frame.node else { return Ok(()) };
        let state = self.automaton.state(frame.state);
        if state.text && self.tree.node(node).has_children {
            let blank =
                self.tree.value(node, None).is_none_or(|at| markup::is_blank(self.tree.text(at).as_bytes()));
            if blank {
                self.tree.clear_text(node);
            }
        }
        if self.row_depth == 0 {
            return self.end_outside(frame, node);
        }
        if self.row_depth < self.frames.len() {
            self.tree.close(node);
            return Ok(());
        }
        self.rows.element(&self.tree, &self.row)?;
        self.tree.forget(node);
        self.row_depth = 0;
        for frame in self.frames.iter_mut().skip(1).rev() {
            if frame.has_rows {
                break;
            }
            frame.has_rows = true;
        }
        Ok(())
    }

    /// An element that is no row and not in a row has ended.
    fn end_outside(&mut self, frame: Frame, node: NodeId) -> Result<()> {
        let keep = self.automaton.state(frame.state).keep;
        self.tree.close(node);
        if keep || frame.has_rows {
            self.rows.ancestors.changed(&self.plan.slots, &self.tree).map_err(|late| {
                let rule = &self.plan.slots[late.slot];
                let line = self.tree.node(node).line;
                let byte = self.reader.get_ref().byte();
                Place { name: self.job.name, line, byte }.refused(
                    format!(
                        "a value of {} stands after a row that needs it (the row of line {})",
                        rule.route.text, late.row_line
                    ),
                    "tieout reads a file once, from front to back: take the value from elsewhere, set repeat = \"first\" \
                     if the first value is meant, or leave the column out",
                )
            })?;
        }
        let line = self.tree.node(node).line;
        let place = Place { name: self.job.name, line, byte: self.reader.get_ref().byte() };
        self.rows.controls.end(node, &self.tree, place)?;
        if frame.has_rows {
            self.rows.controls.collect(&self.tree);
            self.rows.ancestors.forget(node);
        }
        if frame.has_rows || !keep {
            self.tree.forget(node);
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        if self.frames.len() == 1 {
            if markup::is_blank(text.as_bytes()) || text == "\u{feff}" && !self.begun {
                return Ok(());
            }
            let what =
                if self.rooted { "text after the root element" } else { "text before the root element" };
            return Err(self.ill_formed(format!("{what}: {:?}", excerpt(text.trim()))));
        }
        // Without an early exit, which would keep the compiler from using vector instructions.
        let closes = text.bytes().fold(false, |any, b| any | (b == b'>'));
        if closes && text.contains("]]>") {
            return Err(self.ill_formed("`]]>` in text"));
        }
        self.append(|out| {
            markup::push_text(text, out);
            Ok(())
        })
    }

    fn cdata(&mut self, text: &str) -> Result<()> {
        if self.frames.len() == 1 {
            return Err(self.ill_formed("CDATA outside the root element"));
        }
        self.append(|out| {
            markup::push_text(text, out);
            Ok(())
        })
    }

    fn reference(&mut self, name: &str) -> Result<()> {
        if self.frames.len() == 1 {
            return Err(self.ill_formed("a reference outside the root element"));
        }
        self.resolved.clear();
        let mut resolved = std::mem::take(&mut self.resolved);
        markup::push_reference(name, &mut resolved).map_err(|reason| {
            self.place().refused(
                format!("not well-formed: {reason}"),
                "only the five predefined entities and character references are known: ask the sender for plain text",
            )
        })?;
        let result = self.append(|out| {
            out.push_str(&resolved);
            Ok(())
        });
        self.resolved = resolved;
        result
    }

    /// Adds to the text of the innermost element, if it is mapped.
    fn append(&mut self, write: impl FnOnce(&mut String) -> Result<()>) -> Result<()> {
        // The document's own frame is never left.
        let frame = self.frames[self.frames.len() - 1];
        let Some(node) = frame.node else { return Ok(()) };
        if !self.automaton.state(frame.state).text {
            return Ok(());
        }
        let length = self.tree.append(node, write)?;
        let limit = self.job.feed.xml.limits.text;
        if length > limit {
            let what = format!("one value is longer than {limit} bytes");
            return Err(self.place().refused(what, "raise max_text under [xml] if the file is right"));
        }
        Ok(())
    }

    fn doctype(&mut self, text: &str) -> Result<()> {
        self.begun = true;
        if self.rooted || self.doctype {
            return Err(self.ill_formed("a DOCTYPE that is not before the root element, or a second one"));
        }
        self.doctype = true;
        let subset = text.split_once('[').map_or("", |(_, subset)| subset);
        if subset.contains("<!ENTITY") || subset.contains('%') {
            return Err(self.place().refused(
                "the DOCTYPE declares entities",
                "entities can hide or blow up content, so they are refused: ask the sender for a file without them",
            ));
        }
        Ok(())
    }
}

const TRUNCATED_HINT: &str = "the file was cut short, perhaps while it was uploaded: fetch it again";

/// Whether a name stands twice.
fn repeats(names: &mut [&str]) -> bool {
    if names.len() < 8 {
        return (1..names.len()).any(|n| names[..n].contains(&names[n]));
    }
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}
