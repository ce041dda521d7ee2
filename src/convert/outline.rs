//! Reads a document without a feed: every name and value in document order, in bounded memory, with the
//! refusals of a conversion. For what looks at a file before there is a feed, or beside it.

use super::{
    Progress,
    markup::{self, Attributes},
    place::{Place, excerpt},
    source::Source,
    walk::{NOT_WELL_FORMED, TRUNCATED_HINT},
};
use crate::{
    error::{Error, Result},
    feed::Limits,
};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::io::Read;

/// Receives a document's content, in order. Names are local: without their prefix.
pub trait Visit {
    /// An element begins. An error ends the reading.
    ///
    /// # Errors
    /// Whatever the visitor fails with.
    fn start(&mut self, name: &str) -> Result<()>;
    /// An attribute of the element that has just begun; namespace declarations are left out.
    fn attribute(&mut self, name: &str, value: &str);
    /// The element that has just begun is `xsi:nil`.
    fn nil(&mut self);
    /// A piece of the innermost element's text, with references resolved.
    fn text(&mut self, piece: &str);
    /// The innermost element ends.
    fn end(&mut self);
}

/// Reads the whole document; gives the number of bytes that it had.
///
/// # Errors
/// `Refused` as a conversion would, and what the visitor fails with.
pub fn outline(
    input: impl Read,
    name: &str,
    limits: &Limits,
    progress: &Progress,
    visit: &mut impl Visit,
) -> Result<u64> {
    let source = Source::open(input, name, progress, limits.text)?;
    let mut reader = Reader::from_reader(source);
    reader.config_mut().check_comments = true;
    let text = String::new();
    Outline { reader, limits, open: 0, rooted: false, begun: false, doctype: false, length: 0, text }
        .run(visit)
}

struct Outline<'r, R> {
    reader: Reader<Source<'r, R>>,
    limits: &'r Limits,
    /// Elements that are open.
    open: usize,
    rooted: bool,
    begun: bool,
    doctype: bool,
    /// Bytes of text since the last tag.
    length: usize,
    /// What a piece resolves to.
    text: String,
}

impl<'r, R: Read> Outline<'r, R> {
    fn run(mut self, visit: &mut impl Visit) -> Result<u64> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            self.reader.get_mut().begin_token();
            match self.reader.read_event_into(&mut buffer) {
                Ok(Event::Start(tag)) => self.start(&tag, visit)?,
                Ok(Event::Empty(tag)) => {
                    self.start(&tag, visit)?;
                    self.end(visit);
                }
                Ok(Event::End(_)) => self.end(visit),
                Ok(Event::Text(text)) => self.text(&text, visit)?,
                Ok(Event::CData(_)) if self.open == 0 => {
                    return Err(self.ill_formed("CDATA outside the root element"));
                }
                Ok(Event::CData(text)) => self.piece(&text, visit)?,
                Ok(Event::GeneralRef(name)) => self.reference(&name, visit)?,
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
        match (self.open, self.rooted) {
            (0, true) => Ok(self.reader.get_mut().bytes_read()),
            (0, false) => {
                Err(self.place().refused("the file is truncated: it has no root element", TRUNCATED_HINT))
            }
            _ => Err(self.truncated("")),
        }
    }

    fn place(&mut self) -> Place<'r> {
        self.reader.get_mut().place()
    }

    fn ill_formed(&mut self, what: impl std::fmt::Display) -> Error {
        self.place().refused(format!("not well-formed: {what}"), NOT_WELL_FORMED)
    }

    fn limit(&mut self, what: impl std::fmt::Display, key: &str) -> Error {
        self.place().refused(what, format!("raise {key} under [xml] if the file is right"))
    }

    fn truncated(&mut self, cause: &str) -> Error {
        let what = match self.open {
            0 => format!("the file is truncated: it ends within markup{cause}"),
            open => format!("the file is truncated: it ends with {open} open elements{cause}"),
        };
        self.place().refused(what, TRUNCATED_HINT)
    }

    fn parse_error(&mut self, error: &quick_xml::Error) -> Error {
        if let Some(failure) = self.reader.get_mut().take_failure() {
            return failure;
        }
        if matches!(error, quick_xml::Error::Syntax(_)) {
            return self.truncated(&format!(" ({error})"));
        }
        let message = error.to_string();
        self.ill_formed(excerpt(message.strip_prefix("ill-formed document: ").unwrap_or(&message)))
    }

    fn start(&mut self, tag: &BytesStart<'_>, visit: &mut impl Visit) -> Result<()> {
        (self.begun, self.length) = (true, 0);
        let name = tag.name().into_inner();
        if !markup::begins_name(name) {
            return Err(self.ill_formed(format!("`{}` is no element name", excerpt(name))));
        }
        let local = markup::local(name);
        if self.open == 0 {
            if self.rooted {
                return Err(self.ill_formed("a second root element"));
            }
            self.rooted = true;
            if local.eq_ignore_ascii_case("html") {
                return Err(self.place().refused(
                    "this is an HTML page, not XML data",
                    "the server probably sent an error or log-in page instead of the file: fetch it again",
                ));
            }
        } else if self.open >= self.limits.depth {
            return Err(
                self.limit(format!("elements are nested deeper than {}", self.limits.depth), "max_depth")
            );
        }
        self.open += 1;
        visit.start(local)?;
        self.attributes(tag.attributes_raw(), visit)
    }

    fn attributes(&mut self, raw: &str, visit: &mut impl Visit) -> Result<()> {
        let mut attributes = Attributes::new(raw);
        let mut names: Vec<&str> = Vec::new();
        while let Some(attribute) = attributes.next() {
            let (name, value) = attribute.map_err(|reason| self.ill_formed(reason))?;
            names.push(name);
            if names.len() > self.limits.attributes {
                let limit = self.limits.attributes;
                return Err(
                    self.limit(format!("an element has more than {limit} attributes"), "max_attributes")
                );
            }
            self.text.clear();
            markup::push_attribute(value, &mut self.text).map_err(|reason| self.ill_formed(reason))?;
            match name.rsplit_once(':').unwrap_or(("", name)) {
                ("xmlns", _) | ("", "xmlns") => {}
                (prefix, "nil") if !prefix.is_empty() => {
                    if matches!(value.trim(), "true" | "1") {
                        visit.nil();
                    }
                }
                (prefix, "schemaLocation" | "noNamespaceSchemaLocation") if !prefix.is_empty() => {}
                (_, local) => visit.attribute(local, &self.text),
            }
        }
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(self.ill_formed("an attribute stands twice in one element"));
        }
        Ok(())
    }

    fn end(&mut self, visit: &mut impl Visit) {
        // The parser reports an end tag only where an element is open.
        self.open = self.open.saturating_sub(1);
        self.length = 0;
        visit.end();
    }

    fn text(&mut self, text: &str, visit: &mut impl Visit) -> Result<()> {
        if self.open == 0 {
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
        self.piece(text, visit)
    }

    fn piece(&mut self, text: &str, visit: &mut impl Visit) -> Result<()> {
        self.length += text.len();
        if self.length > self.limits.text {
            return Err(
                self.limit(format!("one value is longer than {} bytes", self.limits.text), "max_text")
            );
        }
        if markup::has(text, b'\r') {
            self.text.clear();
            markup::push_text(text, &mut self.text);
            visit.text(&self.text);
        } else {
            visit.text(text);
        }
        Ok(())
    }

    fn reference(&mut self, name: &str, visit: &mut impl Visit) -> Result<()> {
        if self.open == 0 {
            return Err(self.ill_formed("a reference outside the root element"));
        }
        self.text.clear();
        markup::push_reference(name, &mut self.text).map_err(|reason| {
            self.place().refused(
                format!("not well-formed: {reason}"),
                "only the five predefined entities and character references are known: ask the sender for plain text",
            )
        })?;
        self.length += self.text.len();
        visit.text(&self.text);
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
