//! Walks through the document: every way in which a document can be refused, and what each row set's
//! extraction is told of it.

mod content;

use super::{
    extract::Extraction,
    markup,
    outline::Visit,
    place::{Place, excerpt},
    source::Source,
    tokens::{self, Ended, Kind, Message, Token, Tokens, Window},
};
use crate::{
    error::{Error, Result},
    feed::{Xml, pattern},
};
use std::{
    fmt::Display,
    io::Read,
    sync::mpsc::{Receiver, Sender, channel, sync_channel},
    thread,
};

/// A pass through one document.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing about the document, and they combine freely"
)]
pub(super) struct Walker<'r, 'f> {
    /// What the feed says of the document; the row sets share it.
    xml: &'f Xml,
    /// Where the current token begins.
    place: Place<'r>,
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

impl<'r, 'f> Walker<'r, 'f> {
    /// `xml` is that of the row sets' feed; `name` is the file's in messages.
    pub fn new(xml: &'f Xml, extractions: Vec<Extraction<'r, 'f>>, name: &'r str) -> Self {
        Self {
            xml,
            place: Place { name, line: 1, byte: 0 },
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
    pub fn run<R: Read + Send>(self, source: Source<'r, R>) -> Result<Walked<'r, 'f>> {
        let tokens = Tokens::new(source, self.xml.limits.text);
        thread::scope(|scope| {
            let (messages, received) = sync_channel(tokens::WAITING);
            let (back, emptied) = channel();
            thread::Builder::new()
                .name("tokens".into())
                .spawn_scoped(scope, move || tokens.run(&messages, &emptied))
                .map_err(|cause| Error::machine("start a thread for", "tokens".as_ref(), &cause))?;
            self.walk(received, &back)
        })
    }

    fn walk(mut self, received: Receiver<Message<'r>>, back: &Sender<Window>) -> Result<Walked<'r, 'f>> {
        for message in received {
            match message {
                Message::Window(window) => {
                    for token in &window.tokens {
                        self.place = window.place(self.place.name, token);
                        self.token(&window, token)?;
                    }
                    // At the end nobody fills it again.
                    let _ = back.send(window);
                }
                Message::End(ended) => return self.end_document(ended?),
            }
        }
        Err(Error::internal("the tokens of a file ended without an end"))
    }

    fn token(&mut self, window: &Window, token: &Token) -> Result<()> {
        let content = window.content(token);
        match token.kind {
            Kind::Start => {
                self.start(content.split_at(token.name as usize))?;
                self.capture(&["<", content, ">"], 1)
            }
            Kind::Empty => {
                self.start(content.split_at(token.name as usize))?;
                self.capture(&["<", content, "/>"], 1)?;
                self.end()
            }
            Kind::End => {
                self.capture(&["</", &content[..token.name as usize], ">"], 1)?;
                self.end()
            }
            Kind::Text => self.text(content),
            Kind::CData => self.cdata(content),
            Kind::Reference => self.reference(content),
            Kind::Declaration if self.begun => {
                Err(self.ill_formed("an XML declaration that is not at the beginning of the file"))
            }
            Kind::Declaration => self.markup(markup::check_declaration(content)),
            Kind::Instruction => {
                self.markup(markup::check_instruction(content))?;
                self.capture(&["<?", content, "?>"], 0)
            }
            Kind::Comment => {
                self.begun = true;
                self.capture(&["<!--", content, "-->"], 0)
            }
            Kind::DocType => {
                self.doctype(content)?;
                self.markup(markup::check_doctype(window.markup(token)))
            }
        }
    }

    fn ill_formed(&self, what: impl Display) -> Error {
        tokens::ill_formed(self.place, what)
    }

    fn end_document(mut self, ended: Ended<'r>) -> Result<Walked<'r, 'f>> {
        let Ended { bytes, warnings, place } = ended;
        if self.depth > 0 {
            return Err(place.refused(tokens::truncated(self.depth), tokens::TRUNCATED));
        }
        if !self.rooted {
            let what = "the file is truncated: it has no root element";
            return Err(place.refused(what, tokens::TRUNCATED));
        }
        for extraction in &mut self.extractions {
            extraction.finish(place)?;
        }
        Ok(Walked { extractions: self.extractions, bytes, warnings })
    }

    fn start(&mut self, (name, attributes): (&str, &str)) -> Result<()> {
        self.begun = true;
        if !markup::is_name(name) {
            return Err(self.ill_formed(format!("`{}` is no element name", excerpt(name))));
        }
        let local = markup::local(name);
        self.depth += 1;
        if self.depth == 1 {
            self.root(local)?;
        } else if self.depth > self.xml.limits.depth {
            let what = format!("elements are nested deeper than {}", self.xml.limits.depth);
            return Err(self.place.refused(what, "raise max_depth under [xml] if the file is right"));
        }
        for extraction in &mut self.extractions {
            extraction.open(local, self.place)?;
        }
        if let Some(visit) = &mut self.visit {
            visit.start(local);
        }
        if !attributes.is_empty() {
            self.attributes(attributes)?;
        }
        let mut is_row = false;
        for extraction in &mut self.extractions {
            is_row |= extraction.opened(local, self.place)?;
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
        Err(self.place.refused(
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
            return Err(self.place.refused(
                "this is an HTML page, not XML data",
                "the server probably sent an error or log-in page instead of the file: fetch it again",
            ));
        }
        if let Some(expected) = expected
            && expected != local
        {
            return Err(self.place.refused(
                format!("the root element is {}, not {expected}", excerpt(local)),
                "the sender may have sent another kind of file or an error message; or correct root under [xml]",
            ));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        // The parser reports an end tag only where an element is open.
        for extraction in &mut self.extractions {
            extraction.end(self.place)?;
        }
        if let Some(visit) = &mut self.visit {
            visit.end();
        }
        self.namespaces.leave(self.depth);
        self.depth -= 1;
        Ok(())
    }
}
