//! Walks through the tokens of a document: every way in which a document can be refused, and what it says as events.

use super::{
    characters::count_newlines,
    doctype::{self, AttributeTypes},
    markup::{self, AttributeNames, Attributes, IllFormed},
    namespaces::{self, Namespaces},
    refusal::{self, truncated},
    tokens::{Ended, Handed, LARGE},
    window::{TokenKind, Window, XmlToken},
};
use crate::{
    convert::{
        events::{Attribute, Events},
        location::Location,
    },
    error::{Code, Error, Result, excerpt},
    feed::Xml,
};
use std::{
    fmt::Display,
    mem,
    sync::mpsc::{Receiver, Sender},
};

/// Bytes that may always be kept of what stands around the values.
const KEPT: usize = 64 << 10;
/// How many times as long as a DOCTYPE a value may be, and as the namespaces in force.
const DECLARED: usize = 16;

/// A pass through one document.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing about the document, and they combine freely"
)]
pub(super) struct Walker<'r, E> {
    /// What the document must be.
    xml: &'r Xml,
    /// Hear what it holds.
    events: &'r mut E,
    /// They keep markup as it stands.
    wants_raw: bool,
    /// Where the current token begins.
    place: Location<'r>,
    /// Open elements.
    depth: usize,
    /// The root element has begun.
    rooted: bool,
    /// Something other than white space has stood there.
    begun: bool,
    doctype: bool,
    /// What it says of attributes.
    types: AttributeTypes,
    resolved: String,
    namespaces: Namespaces<'r>,
    /// Bytes of the window, if it is a large one.
    window: usize,
}

impl<'r, E: Events> Walker<'r, E> {
    /// `name` is the file's in messages.
    pub fn new(xml: &'r Xml, events: &'r mut E, name: &'r str) -> Self {
        Self {
            xml,
            place: Location { name, line: 1, byte: 0 },
            wants_raw: events.wants_raw(),
            events,
            depth: 0,
            rooted: false,
            begun: false,
            doctype: false,
            types: AttributeTypes::default(),
            resolved: String::new(),
            namespaces: Namespaces::new(&xml.namespaces),
            window: 0,
        }
    }

    /// Walks to the end of the document; gives windows back when they are read.
    pub fn walk(mut self, received: Receiver<Handed<'r>>, back: &Sender<Window>) -> Result<Ended<'r>> {
        for handed in received {
            match handed {
                Handed::Window(window) => {
                    self.begin_window(&window)?;
                    for token in &window.tokens {
                        self.place = window.place(self.place.name, token);
                        self.token(&window, token)?;
                    }
                    // At the end nobody fills it again.
                    let _ = back.send(window);
                }
                Handed::End(ended) => {
                    let ended = ended?;
                    return self.end_document(ended.place).map(|()| ended);
                }
            }
        }
        Err(Error::internal("the tokens of a file ended without an end"))
    }

    /// A large window is memory like any other.
    fn begin_window(&mut self, window: &Window) -> Result<()> {
        self.window = if window.text.len() > LARGE { window.text.len() } else { 0 };
        if let Some(token) = window.tokens.first() {
            self.place = window.place(self.place.name, token);
        }
        self.events.beside(self.window, self.place)
    }

    fn token(&mut self, window: &Window, token: &XmlToken) -> Result<()> {
        let content = window.content(token);
        match token.kind {
            TokenKind::Start => {
                let (name, attributes) = content.split_at(token.name as usize);
                self.start(name, attributes)?;
                self.raw(&["<", content, ">"], 1)
            }
            TokenKind::Empty => {
                let (name, attributes) = content.split_at(token.name as usize);
                self.start(name, attributes)?;
                self.raw(&["<", content, "/>"], 1)?;
                self.end()
            }
            TokenKind::End => {
                self.raw(&["</", &content[..token.name as usize], ">"], 1)?;
                self.end()
            }
            TokenKind::Text => self.text(content),
            TokenKind::CData => self.cdata(content),
            TokenKind::Reference => self.reference(content),
            TokenKind::Declaration if self.begun => {
                Err(self.ill_formed("an XML declaration that is not at the beginning of the file"))
            }
            TokenKind::Declaration => self.markup(markup::check_declaration(content)),
            TokenKind::Instruction => {
                self.markup(markup::check_instruction(content))?;
                self.raw(&["<?", content, "?>"], 0)
            }
            TokenKind::Comment => {
                self.begun = true;
                self.raw(&["<!--", content, "-->"], 0)
            }
            TokenKind::DocType => {
                self.markup(doctype::check_keyword(window.markup(token)))?;
                self.doctype(content)
            }
        }
    }

    fn ill_formed(&self, what: impl Display) -> Error {
        refusal::ill_formed(self.place, what)
    }

    fn against_namespaces(&self, what: impl Display) -> Error {
        refusal::against_namespaces(self.place, what)
    }

    fn end_document(&mut self, place: Location<'_>) -> Result<()> {
        if self.depth > 0 {
            return Err(place.refused(Code::FileTruncated, truncated(self.depth)));
        }
        if !self.rooted {
            let what = "the file is truncated: it has no root element";
            return Err(place.refused(Code::FileTruncated, what));
        }
        self.events.finish(place)
    }

    fn start(&mut self, name: &str, attributes: &str) -> Result<()> {
        self.begun = true;
        if !markup::is_name(name) {
            return Err(self.ill_formed(format!("`{}` is no element name", excerpt(name))));
        }
        let (prefix, local) = namespaces::split(name).map_err(|what| self.against_namespaces(what))?;
        self.depth += 1;
        if self.depth == 1 {
            self.root(local)?;
        } else if self.depth > self.xml.limits.depth {
            let what = format!("elements are nested deeper than {}", self.xml.limits.depth);
            return Err(self.place.exceeded("max_depth", what));
        }
        self.events.start(local, self.place)?;
        if !attributes.is_empty() {
            self.attributes(name, attributes)?;
        }
        // Its attributes may have declared it.
        if !prefix.is_empty() {
            self.namespaces.bound(prefix).map_err(|what| self.against_namespaces(what))?;
        }
        let is_row = self.events.started(local, self.place)?;
        if is_row { self.row(name) } else { Ok(()) }
    }

    /// Rows stand in the namespace that the feed wants.
    fn row(&self, name: &str) -> Result<()> {
        self.namespaces.check(name).map_err(|what| self.place.refused(Code::WrongNamespace, what))
    }

    fn root(&mut self, local: &str) -> Result<()> {
        if self.rooted {
            return Err(self.ill_formed("a second root element"));
        }
        self.rooted = true;
        let expected = self.xml.root.as_deref();
        if local.eq_ignore_ascii_case("html") && expected != Some(local) {
            return Err(self.place.refused(Code::HtmlPage, "this is an HTML page, not XML data"));
        }
        if let Some(expected) = expected
            && expected != local
        {
            return Err(self.place.refused(
                Code::WrongRoot,
                format!("the root element is {}, not {expected}", excerpt(local)),
            ));
        }
        Ok(())
    }

    /// Checks all attributes and tells those that are values.
    fn attributes(&mut self, element: &str, markup: &str) -> Result<()> {
        let limit = self.xml.limits.attributes;
        let mut attributes = Attributes::new(markup);
        let mut names = AttributeNames::default();
        let mut prefixed = Vec::new();
        while let Some(attribute) = attributes.next() {
            let (name, written) = attribute.map_err(|reason| self.ill_formed(reason))?;
            names.push(name);
            if names.len() > limit {
                let what = format!("an element has more than {limit} attributes");
                return Err(self.place.exceeded("max_attributes", what));
            }
            let (prefix, local) = namespaces::split(name).map_err(|what| self.against_namespaces(what))?;
            let tokens = !self.types.is_empty() && self.types.tokens(element, name);
            if prefix == "xmlns" || name == "xmlns" {
                self.declare(if prefix.is_empty() { "" } else { local }, written, tokens)?;
                continue;
            }
            if !prefix.is_empty() {
                prefixed.push((prefix, local));
            }
            self.attribute(prefix, local, written, tokens)?;
        }
        // A long value is not kept for the next ones.
        self.resolved.clear();
        if self.resolved.capacity() > KEPT {
            self.resolved.shrink_to(KEPT);
            self.events.beside(self.window, self.place)?;
        }
        if names.repeat() {
            return Err(self.ill_formed("an attribute stands twice in one element"));
        }
        self.namespaces.attributes(&prefixed).map_err(|what| self.against_namespaces(what))
    }

    /// Tells an attribute that is a value; `tokens`: its value is made of them.
    fn attribute(&mut self, prefix: &str, local: &str, written: &str, tokens: bool) -> Result<()> {
        let mut value = written;
        if !markup::is_literal(written) || tokens {
            self.resolve(written, tokens)?;
            value = &self.resolved;
        }
        // What the schema languages put there is told apart by its prefix, whichever that is.
        let about_schema =
            !prefix.is_empty() && matches!(local, "nil" | "schemaLocation" | "noNamespaceSchemaLocation");
        if about_schema && local == "nil" && matches!(value.trim(), "true" | "1") {
            self.events.nil();
        }
        let prefixed = !prefix.is_empty();
        self.events.attribute(Attribute { name: local, value, prefixed, about_schema });
        Ok(())
    }

    /// Keeps what is written as the value that it means.
    fn resolve(&mut self, written: &str, tokens: bool) -> Result<()> {
        self.resolved.clear();
        if written.len() > KEPT {
            // What it means is as long at most; of tokens, it is made twice.
            let copies = if tokens { 2 } else { 1 };
            self.events.beside(self.window + copies * written.len(), self.place)?;
        }
        markup::push_attribute(written, &mut self.resolved).map_err(|reason| self.ill_formed(reason))?;
        if tokens {
            let mut kept = String::with_capacity(self.resolved.len());
            for token in self.resolved.split(' ').filter(|token| !token.is_empty()) {
                kept.push_str(if kept.is_empty() { "" } else { " " });
                kept.push_str(token);
            }
            self.resolved = kept;
        }
        Ok(())
    }

    /// An attribute declares a prefix, or the default namespace.
    fn declare(&mut self, prefix: &str, written: &str, tokens: bool) -> Result<()> {
        self.resolve(written, tokens)?;
        let declared = self.namespaces.declare(self.depth, prefix, &self.resolved);
        declared.map_err(|what| self.against_namespaces(what))?;
        // Each prefix that is used is looked for among them.
        let limit = self.xml.limits.attributes;
        if self.namespaces.len() > limit {
            let what = format!("more than {limit} declarations of namespaces are in force");
            return Err(self.place.exceeded("max_attributes", what));
        }
        let limit = (self.xml.limits.text / DECLARED).max(KEPT);
        if self.namespaces.bytes() > limit {
            let what = format!("the declarations of namespaces in force take more than {limit} bytes");
            return Err(self.place.exceeded("max_text", what));
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        if self.depth == 0 {
            if markup::is_blank(text.as_bytes()) || text == "\u{feff}" && !self.begun {
                return Ok(());
            }
            let what =
                if self.rooted { "text after the root element" } else { "text before the root element" };
            return Err(self.ill_formed(format!("{what}: {:?}", excerpt(text.trim()))));
        }
        if markup::has(text, b'>') && text.contains("]]>") {
            return Err(self.ill_formed("`]]>` in text"));
        }
        self.events.text(self.place, |out| markup::push_text(text, out))?;
        self.raw(&[text], 0)
    }

    fn cdata(&mut self, text: &str) -> Result<()> {
        if self.depth == 0 {
            return Err(self.ill_formed("CDATA outside the root element"));
        }
        self.events.text(self.place, |out| markup::push_text(text, out))?;
        self.raw(&["<![CDATA[", text, "]]>"], 0)
    }

    fn reference(&mut self, name: &str) -> Result<()> {
        if self.depth == 0 {
            return Err(self.ill_formed("a reference outside the root element"));
        }
        let mut resolved = mem::take(&mut self.resolved);
        resolved.clear();
        markup::push_reference(name, &mut resolved).map_err(|reason| {
            self.place.refused(Code::UnknownEntity, format!("not well-formed: {reason}"))
        })?;
        self.events.text(self.place, |out| out.push_str(&resolved))?;
        self.resolved = resolved;
        self.raw(&["&", name, ";"], 0)
    }

    /// Tells markup as it stands; `above`: levels between the innermost element and what contains the markup.
    fn raw(&mut self, markup: &[&str], above: usize) -> Result<()> {
        if !self.wants_raw {
            return Ok(());
        }
        self.events.raw(self.place, above, |out| markup.iter().for_each(|part| markup::push_text(part, out)))
    }

    /// Something other than white space, and whether it is right.
    fn markup(&mut self, checked: std::result::Result<(), IllFormed>) -> Result<()> {
        self.begun = true;
        checked.map_err(|reason| self.ill_formed(reason))
    }

    fn doctype(&mut self, text: &str) -> Result<()> {
        self.begun = true;
        if self.rooted || self.doctype {
            return Err(self.ill_formed("a DOCTYPE that is not before the root element, or a second one"));
        }
        self.doctype = true;
        // What it declares takes several times its length.
        let limit = (self.xml.limits.text / DECLARED).max(KEPT);
        if text.len() > limit {
            let what = format!("the DOCTYPE is longer than {limit} bytes");
            return Err(self.place.exceeded("max_text", what));
        }
        self.types = doctype::read(text).map_err(|wrong| {
            let mut place = self.place;
            place.line += count_newlines(&text.as_bytes()[..wrong.at]);
            place.byte += ("<!DOCTYPE".len() + wrong.at) as u64;
            match wrong.code {
                Code::NotWellFormed => refusal::ill_formed(place, wrong.what),
                Code::NamespaceRule => refusal::against_namespaces(place, wrong.what),
                code => place.refused(code, wrong.what),
            }
        })?;
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        // The parser reports an end tag only where an element is open.
        self.events.end(self.place)?;
        self.namespaces.leave(self.depth);
        self.depth -= 1;
        Ok(())
    }
}
