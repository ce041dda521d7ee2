//! A part of the document's text, and where the tokens stand in it.

use crate::convert::location::Location;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Start,
    Empty,
    End,
    Text,
    CData,
    Reference,
    Declaration,
    Instruction,
    Comment,
    DocType,
}

/// A part of a window's text.
#[derive(Debug, Clone, Copy)]
pub(super) struct XmlToken {
    pub kind: TokenKind,
    /// From the first character of its markup to the last.
    pub start: u32,
    pub end: u32,
    /// Length of a tag's name.
    pub name: u32,
    /// Where it begins, from 1.
    pub line: u64,
}

/// Text with the tokens in it.
#[derive(Debug, Default)]
pub(super) struct Window {
    pub text: String,
    pub tokens: Vec<XmlToken>,
    /// Offset of the text in the document.
    pub byte: u64,
}

impl Window {
    /// Where the token begins; `name` is the file's.
    pub fn place<'a>(&self, name: &'a str, token: &XmlToken) -> Location<'a> {
        Location { name, line: token.line, byte: self.byte + u64::from(token.start) }
    }

    /// The token as it stands.
    pub fn markup(&self, token: &XmlToken) -> &str {
        &self.text[token.start as usize..token.end as usize]
    }

    /// What stands in the token's markup: of a tag name and attributes.
    pub fn content(&self, token: &XmlToken) -> &str {
        let (before, after) = match token.kind {
            TokenKind::Text => (0, 0),
            TokenKind::Start | TokenKind::Reference => (1, 1),
            TokenKind::End => (2, 1),
            TokenKind::Empty => (1, 2),
            TokenKind::CData => (9, 3),
            TokenKind::Declaration | TokenKind::Instruction => (2, 2),
            TokenKind::Comment => (4, 3),
            TokenKind::DocType => (9, 1),
        };
        &self.text[token.start as usize + before..token.end as usize - after]
    }
}
