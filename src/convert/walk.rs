//! Walks through the document: open elements, what is remembered of them, where rows begin and end,
//! and every way in which a document can be refused.

mod content;

use super::{
    Converted, Job, Sink,
    automaton::{Automaton, StateId},
    markup,
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
    /// Its text is a value.
    text: bool,
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
            frames: vec![Frame { state, node: Some(DOCUMENT), text: false, has_rows: false }],
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
                Ok(Event::Decl(text)) => self.markup(markup::check_declaration(&text))?,
                Ok(Event::PI(text)) => self.markup(markup::check_instruction(&text))?,
                Ok(Event::Comment(_)) => self.begun = true,
                Ok(Event::DocType(text)) => {
                    self.doctype(&text)?;
                    self.markup(markup::check_doctype(&buffer))?;
                }
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
        self.rows.controls.finish(&self.tree, place)?;
        let source = self.reader.get_mut();
        let (bytes, warnings) = (source.bytes_read(), source.take_warnings());
        self.rows.finish(bytes, warnings)
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<()> {
        self.begun = true;
        let name = tag.name().into_inner();
        if !markup::is_name(name) {
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
        let (candidate, text) = (!found.rows.is_empty(), found.text);
        // A candidate within a row is remembered until it is known not to be a row.
        let node = match parent.node {
            _ if !remembered && !candidate => None,
            Some(parent) => Some(self.open(parent, name)?),
            None => Some(self.open(self.row.node, name)?),
        };
        self.frames.push(Frame { state, node, text, has_rows: false });
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
        self.frames[self.row_depth].text = self.automaton.state(inside).text;
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
        if frame.text && self.tree.node(node).has_children {
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
}

const TRUNCATED_HINT: &str = "the file was cut short, perhaps while it was uploaded: fetch it again";
