//! Walks through the document: every way in which a document can be refused, and what each row set's
//! extraction is told of it.

mod content;

use super::{
    extract::Extraction,
    markup,
    outline::Visit,
    place::{Place, excerpt},
    source::Source,
};
use crate::{
    error::{Error, Result},
    feed::{Xml, pattern},
};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::io::Read;

const NOT_WELL_FORMED: &str = "the file is damaged or was written by hand: fetch it again, or ask the sender";
const TRUNCATED_HINT: &str = "the file was cut short, perhaps while it was uploaded: fetch it again";

/// A pass through one document.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing about the document, and they combine freely"
)]
pub(super) struct Walker<'r, 'f, R> {
    /// What the feed says of the document; the row sets share it.
    xml: &'f Xml,
    reader: Reader<Source<'r, R>>,
    extractions: Vec<Extraction<'r, 'f>>,
    /// Hears everything, where somebody looks at the document as such.
    visit: Option<&'r mut dyn Visit>,
    /// Some column keeps markup as it stands.
    keeps_markup: bool,
    /// Open elements.
    depth: usize,
    /// The root element was met.
    rooted: bool,
    /// Something other than white space was met.
    begun: bool,
    doctype: bool,
    resolved: String,
    namespaces: Namespaces,
}

/// What a whole document gave.
pub(super) struct Walked<'r, 'f> {
    pub extractions: Vec<Extraction<'r, 'f>>,
    /// Bytes read.
    pub bytes: u64,
    /// What was odd about the document itself.
    pub warnings: Vec<String>,
}

/// Declarations that are in force: depth, prefix, URI.
#[derive(Default)]
struct Namespaces(Vec<(usize, String, String)>);

impl Namespaces {
    /// The URI of an element's name; empty: none.
    fn of(&self, name: &str) -> &str {
        let prefix = name.rsplit_once(':').map_or("", |(prefix, _)| prefix);
        let declared = self.0.iter().rev().find(|(_, declared, _)| declared == prefix);
        declared.map_or("", |(_, _, uri)| uri)
    }

    fn leave(&mut self, depth: usize) {
        while self.0.last().is_some_and(|(at, _, _)| *at >= depth) {
            self.0.pop();
        }
    }
}

impl<'r, 'f, R: Read> Walker<'r, 'f, R> {
    /// `xml` is that of the row sets' feed.
    pub fn new(xml: &'f Xml, extractions: Vec<Extraction<'r, 'f>>, source: Source<'r, R>) -> Self {
        let mut reader = Reader::from_reader(source);
        reader.config_mut().check_comments = true;
        Self {
            xml,
            reader,
            keeps_markup: extractions.iter().any(Extraction::keeps_markup),
            extractions,
            visit: None,
            depth: 0,
            rooted: false,
            begun: false,
            doctype: false,
            resolved: String::new(),
            namespaces: Namespaces::default(),
        }
    }

    /// Lets `visit` hear everything that the document holds.
    pub fn visited(mut self, visit: &'r mut dyn Visit) -> Self {
        self.visit = Some(visit);
        self
    }

    /// Reads the whole document.
    pub fn run(mut self) -> Result<Walked<'r, 'f>> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            self.reader.get_mut().begin_token();
            match self.reader.read_event_into(&mut buffer) {
                Ok(Event::Start(tag)) => {
                    self.start(&tag)?;
                    self.capture(&["<", &tag, ">"], 1)?;
                }
                Ok(Event::Empty(tag)) => {
                    self.start(&tag)?;
                    self.capture(&["<", &tag, "/>"], 1)?;
                    self.end()?;
                }
                Ok(Event::End(tag)) => {
                    self.capture(&["</", &tag, ">"], 1)?;
                    self.end()?;
                }
                Ok(Event::Text(text)) => self.text(&text)?,
                Ok(Event::CData(text)) => self.cdata(&text)?,
                Ok(Event::GeneralRef(name)) => self.reference(&name)?,
                Ok(Event::Decl(_)) if self.begun => {
                    return Err(
                        self.ill_formed("an XML declaration that is not at the beginning of the file")
                    );
                }
                Ok(Event::Decl(text)) => self.markup(markup::check_declaration(&text))?,
                Ok(Event::PI(text)) => {
                    self.markup(markup::check_instruction(&text))?;
                    self.capture(&["<?", &text, "?>"], 0)?;
                }
                Ok(Event::Comment(text)) => {
                    self.begun = true;
                    self.capture(&["<!--", &text, "-->"], 0)?;
                }
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
        let unfinished = matches!(
            error,
            quick_xml::Error::IllFormed(quick_xml::errors::IllFormedError::UnclosedReference)
        ) && self.reader.get_ref().has_ended();
        if unfinished || matches!(error, quick_xml::Error::Syntax(_)) {
            let truncated = self.truncated();
            return self.place().refused(format!("{truncated} ({error})"), TRUNCATED_HINT);
        }
        let message = error.to_string();
        self.ill_formed(excerpt(message.strip_prefix("ill-formed document: ").unwrap_or(&message)))
    }

    fn truncated(&self) -> String {
        match self.depth {
            0 => "the file is truncated: it ends within markup".to_owned(),
            open => format!("the file is truncated: it ends with {open} open elements"),
        }
    }

    fn eof(mut self) -> Result<Walked<'r, 'f>> {
        if self.depth > 0 {
            let what = self.truncated();
            return Err(self.place().refused(what, TRUNCATED_HINT));
        }
        if !self.rooted {
            return Err(self
                .place()
                .refused("the file is truncated: it has no root element", TRUNCATED_HINT));
        }
        let place = self.place();
        for extraction in &mut self.extractions {
            extraction.finish(place)?;
        }
        let source = self.reader.get_mut();
        let (bytes, warnings) = (source.bytes_read(), source.take_warnings());
        Ok(Walked { extractions: self.extractions, bytes, warnings })
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<()> {
        self.begun = true;
        let name = tag.name().into_inner();
        if !markup::is_name(name) {
            return Err(self.ill_formed(format!("`{}` is no element name", excerpt(name))));
        }
        let local = markup::local(name);
        self.depth += 1;
        if self.depth == 1 {
            self.root(local)?;
        } else if self.depth > self.xml.limits.depth {
            let what = format!("elements are nested deeper than {}", self.xml.limits.depth);
            return Err(self.place().refused(what, "raise max_depth under [xml] if the file is right"));
        }
        for extraction in &mut self.extractions {
            extraction.open(local, self.reader.get_mut())?;
        }
        if let Some(visit) = &mut self.visit {
            visit.start(local);
        }
        let raw = tag.attributes_raw();
        if !raw.is_empty() {
            self.attributes(raw)?;
        }
        let mut is_row = false;
        for extraction in &mut self.extractions {
            is_row |= extraction.opened(local, self.reader.get_mut())?;
        }
        if is_row { self.namespace(name) } else { Ok(()) }
    }

    /// Rows stand in the namespace that the feed wants.
    fn namespace(&mut self, name: &str) -> Result<()> {
        let wanted = &self.xml.namespaces;
        let uri = self.namespaces.of(name);
        if wanted.is_empty() || wanted.iter().any(|pattern| pattern::matches(pattern, uri)) {
            return Ok(());
        }
        let found =
            if uri.is_empty() { "no namespace".to_owned() } else { format!("namespace {}", excerpt(uri)) };
        let what = format!("the row element {} is in {found}, not {}", excerpt(name), wanted.join(" or "));
        Err(self.place().refused(
            what,
            "the sender may have sent another message or version; or correct namespace under [xml]",
        ))
    }

    fn root(&mut self, local: &str) -> Result<()> {
        if self.rooted {
            return Err(self.ill_formed("a second root element"));
        }
        self.rooted = true;
        let expected = self.xml.root.as_deref();
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

    fn end(&mut self) -> Result<()> {
        // The parser reports an end tag only where an element is open.
        for extraction in &mut self.extractions {
            extraction.end(self.reader.get_mut())?;
        }
        if let Some(visit) = &mut self.visit {
            visit.end();
        }
        self.namespaces.leave(self.depth);
        self.depth -= 1;
        Ok(())
    }
}
