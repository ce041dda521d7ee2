//! Text → tokens: start tags, end tags, texts. A thread of its own reads ahead and hands over windows of text with
//! the tokens in them, so that what a window means is found out while the next one is read.
//!
//! A window ends with a whole token; what is left of it begins the next one. The parser is a new one for each window,
//! so which elements are open is kept here.

#[cfg(test)]
mod tests;

use super::{
    characters::count_newlines,
    decode::{DecodingReader, TextEnd},
    refusal::{ill_formed, truncated},
    window::{TokenKind, Window, XmlToken},
};
use crate::{
    convert::{location::Location, offset::narrow},
    error::{Code, Error, Result, excerpt},
};
use quick_xml::{Reader, errors::IllFormedError, events::Event};
use std::{
    fmt::Display,
    io::Read,
    ops::Range,
    sync::mpsc::{Receiver, SyncSender},
};

/// Bytes of text in a window, unless one token is longer.
const WINDOW: usize = 64 * 1024;
/// Bytes of text from which a window is large: nothing is read ahead beside it.
pub(super) const LARGE: usize = 4 * WINDOW;
/// How many times as long as the names of all open elements a token may be.
const AROUND: usize = 16;
/// Windows that may wait.
pub(super) const WAITING: usize = 4;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What is handed over.
pub(super) enum Handed<'a> {
    Window(Window),
    /// The document has ended, or is refused here.
    End(Result<Ended<'a>>),
}

/// The whole document was read.
pub(super) struct Ended<'a> {
    /// Bytes of the file.
    pub bytes: u64,
    /// What was odd about the file itself.
    pub warnings: Vec<String>,
    /// Where the document ends.
    pub place: Location<'a>,
}

/// What the parser found.
#[derive(Clone, Copy)]
struct FoundToken {
    kind: TokenKind,
    /// Length of a tag's name.
    name: usize,
}

impl FoundToken {
    fn nameless(kind: TokenKind) -> Self {
        Self { kind, name: 0 }
    }
}

/// How much of a window's text was looked at.
enum Looked {
    /// All of it, up to a token that goes on behind it.
    Wholly,
    /// What follows a long token was not.
    Partly,
}

/// Makes the tokens of one document.
pub(super) struct Tokens<'a, R> {
    source: DecodingReader<'a, R>,
    /// Bytes that one token may have.
    limit: usize,
    /// Why there is no more text than was taken so far.
    stop: Option<TextEnd>,
    /// Names of the open elements, one after the other, and where each begins.
    open: String,
    starts: Vec<usize>,
    /// Where the next token begins.
    byte: u64,
    line: u64,
}

impl<'a, R: Read> Tokens<'a, R> {
    /// `limit`: bytes that one token may have.
    pub fn new(source: DecodingReader<'a, R>, limit: usize) -> Self {
        // Offsets in a window have 32 bits.
        let limit = limit.min(u32::MAX as usize / 4);
        let byte = source.begin();
        Self { source, limit, stop: None, open: String::new(), starts: Vec::new(), byte, line: 1 }
    }

    /// Reads the document to its end, or until nobody listens any more. Windows come back by `emptied`.
    pub fn run(mut self, messages: &SyncSender<Handed<'a>>, emptied: &Receiver<Window>) {
        let mut left = String::new();
        // Windows that are not back yet.
        let mut away = 0;
        loop {
            let mut window = emptied.try_recv().inspect(|_| away -= 1).unwrap_or_default();
            window.text.clear();
            window.text.push_str(&left);
            let end = self.window(&mut window);
            left.clear();
            left.shrink_to(LARGE);
            left.push_str(&window.text[window.tokens.last().map_or(0, |token| token.end as usize)..]);
            let last = end.is_some();
            let large = window.text.len() > LARGE;
            away += 1;
            let mut heard = messages.send(Handed::Window(window)).is_ok();
            heard = heard && end.is_none_or(|end| messages.send(Handed::End(end)).is_ok());
            // Where nobody listens, the walk has failed, and that is known.
            if last || !heard {
                return;
            }
            // A large window is alone, and is not kept for others.
            while large && away > 0 {
                if emptied.recv().is_err() {
                    return;
                }
                away -= 1;
            }
        }
    }

    /// Fills a window with at least one token; gives how the document ends, if it does.
    fn window(&mut self, window: &mut Window) -> Option<Result<Ended<'a>>> {
        window.byte = self.byte;
        window.tokens.clear();
        let mut wanted = window.text.len() + WINDOW;
        loop {
            if self.stop.is_none() {
                self.stop = self.source.fill(&mut window.text, wanted);
            }
            match self.tokens(window, matches!(self.stop, Some(TextEnd::End))) {
                Err(error) => return Some(Err(error)),
                Ok(Looked::Wholly) if self.stop.is_some() => {
                    return self.stop.take().map(|stop| self.ended(window, stop));
                }
                // One token is longer: with a quarter more text each time, it is read in linear time, and little is
                // read beyond it.
                Ok(Looked::Wholly) if window.tokens.is_empty() => wanted = window.text.len() * 5 / 4,
                Ok(Looked::Wholly | Looked::Partly) => return None,
            }
        }
    }

    /// Every token that is whole; at the end of the document all must be.
    fn tokens(&mut self, window: &mut Window, ended: bool) -> Result<Looked> {
        let Window { text, tokens, .. } = window;
        let mut at = 0;
        // The parser would take one off at the beginning of each window.
        while text[at..].starts_with(BYTE_ORDER_MARK) {
            let start = at;
            at += BYTE_ORDER_MARK.len();
            self.push(text, tokens, FoundToken::nameless(TokenKind::Text), start..at)?;
        }
        let begin = at;
        let mut reader = Reader::from_str(&text[begin..]);
        reader.config_mut().check_comments = true;
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        loop {
            let event = reader.read_event();
            let (start, rest) = (at, reader.get_ref().len());
            at = text.len() - rest;
            // By reference: to move an event takes longer than to look at it.
            let found = match &event {
                Ok(Event::Start(tag)) => {
                    let name = tag.name().into_inner();
                    self.open(name)?;
                    FoundToken { kind: TokenKind::Start, name: name.len() }
                }
                Ok(Event::End(tag)) => {
                    let name = tag.name().into_inner();
                    self.close(name)?;
                    FoundToken { kind: TokenKind::End, name: name.len() }
                }
                Ok(Event::Text(_)) if rest == 0 && !ended => {
                    return self.unfinished(&text[start..]).map(|()| Looked::Wholly);
                }
                Ok(Event::Text(_)) => FoundToken::nameless(TokenKind::Text),
                Ok(Event::Empty(tag)) => {
                    FoundToken { kind: TokenKind::Empty, name: tag.name().into_inner().len() }
                }
                Ok(Event::CData(_)) => FoundToken::nameless(TokenKind::CData),
                Ok(Event::GeneralRef(_)) => FoundToken::nameless(TokenKind::Reference),
                Ok(Event::Decl(_)) => FoundToken::nameless(TokenKind::Declaration),
                Ok(Event::PI(_)) => FoundToken::nameless(TokenKind::Instruction),
                Ok(Event::Comment(_)) => FoundToken::nameless(TokenKind::Comment),
                Ok(Event::DocType(_)) => FoundToken::nameless(TokenKind::DocType),
                Ok(Event::Eof) => return Ok(Looked::Wholly),
                Err(error) => {
                    let read = begin + usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                    let unread = text.len() - start;
                    let cut = match error {
                        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => rest == 0,
                        // Markup that has no end here, or not even its second or third character.
                        _ => rest == unread && (read == text.len() || unread <= 2),
                    };
                    return self.failed(error, &text[start..], cut, ended).map(|()| Looked::Wholly);
                }
            };
            self.push(text, tokens, found, start..at)?;
            if at - start > LARGE {
                // What follows begins another window, so that a long token is gone before a row ends.
                return Ok(Looked::Partly);
            }
        }
    }

    /// An element begins. The names of all that are open are kept.
    fn open(&mut self, name: &str) -> Result<()> {
        let limit = (self.limit / AROUND).max(LARGE);
        if self.open.len() + name.len() > limit {
            let what = format!("the names of the open elements are longer than {limit} bytes");
            return Err(self.place().exceeded("max_text", what));
        }
        self.starts.push(self.open.len());
        self.open.push_str(name);
        Ok(())
    }

    /// The innermost element ends.
    fn close(&mut self, name: &str) -> Result<()> {
        let Some(start) = self.starts.pop() else {
            return Err(self.ill_formed(&IllFormedError::UnmatchedEndTag(name.to_owned())));
        };
        let expected = &self.open[start..];
        if name != expected {
            let (expected, found) = (expected.to_owned(), name.to_owned());
            return Err(self.ill_formed(&IllFormedError::MismatchedEndTag { expected, found }));
        }
        self.open.truncate(start);
        Ok(())
    }

    /// Keeps the token, unless it is too long.
    fn push(
        &mut self,
        window: &str,
        tokens: &mut Vec<XmlToken>,
        found: FoundToken,
        at: Range<usize>,
    ) -> Result<()> {
        let FoundToken { kind, name } = found;
        let length = at.len();
        if length > self.limit + usize::from(kind != TokenKind::Text) {
            return Err(self.too_long());
        }
        let (start, end) = (narrow(at.start), narrow(at.end));
        tokens.push(XmlToken { kind, start, end, name: narrow(name), line: self.line });
        // Most tags are a name between brackets, without room for a line feed.
        let bare = match kind {
            TokenKind::Start => length == name + "<>".len(),
            TokenKind::End => length == name + "</>".len(),
            _ => false,
        };
        if !bare {
            self.line += count_newlines(&window.as_bytes()[at]);
        }
        self.byte += length as u64;
        Ok(())
    }

    /// The window ends within this token.
    fn unfinished(&self, token: &str) -> Result<()> {
        if token.len() > self.limit { Err(self.too_long()) } else { Ok(()) }
    }

    /// The parser cannot go on: in a token that the window cuts, or in a wrong one.
    fn failed(&self, error: &quick_xml::Error, rest: &str, cut: bool, ended: bool) -> Result<()> {
        if !cut {
            let wrong = matches!(error, quick_xml::Error::Syntax(_));
            // The parser would say that it has no end.
            return Err(if wrong { self.no_markup(rest) } else { self.broken(error) });
        }
        self.unfinished(rest)?;
        if !ended {
            return Ok(());
        }
        let truncated = truncated(self.starts.len());
        Err(self.place().refused(Code::FileTruncated, format!("{truncated} ({error})")))
    }

    fn no_markup(&self, rest: &str) -> Error {
        let end = rest.find('>').map_or(rest.len(), |at| at + 1);
        ill_formed(self.place(), format!("`{}` is no markup", excerpt(&rest[..end])))
    }

    /// There is no more text.
    fn ended(&mut self, window: &Window, stop: TextEnd) -> Result<Ended<'a>> {
        match stop {
            TextEnd::Failed(error) => Err(error),
            TextEnd::Here { code, what } => {
                let read = window.tokens.last().map_or(0, |token| token.end as usize);
                let mut place = self.place();
                place.line += count_newlines(&window.text.as_bytes()[read..]);
                place.byte += (window.text.len() - read) as u64;
                Err(place.refused(code, what))
            }
            TextEnd::End => Ok(Ended {
                bytes: self.source.bytes_read(),
                warnings: self.source.take_warnings(),
                place: self.place(),
            }),
        }
    }

    fn place(&self) -> Location<'a> {
        Location { name: self.source.name(), line: self.line, byte: self.byte }
    }

    fn too_long(&self) -> Error {
        let what = format!("one value or tag is longer than {} bytes", self.limit);
        self.place().exceeded("max_text", what)
    }

    fn ill_formed(&self, error: &impl Display) -> Error {
        ill_formed(self.place(), excerpt(&error.to_string()))
    }

    /// A rule that is broken says so itself, without the words that the parser puts before it.
    fn broken(&self, error: &quick_xml::Error) -> Error {
        match error {
            quick_xml::Error::IllFormed(rule) => self.ill_formed(rule),
            other => self.ill_formed(other),
        }
    }
}
