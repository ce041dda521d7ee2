//! A text in words, each with its place, so that a mistake is told where it stands.

/// Why a text of this room cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// Where it stands, in bytes from the beginning of the text.
    pub offset: usize,
    /// What is wrong, as the end of a sentence about the text.
    pub what: String,
}

/// Says what is wrong at a place.
pub(super) fn refuse<T>(offset: usize, what: impl Into<String>) -> Result<T, Misread> {
    Err(Misread { offset, what: what.into() })
}

/// The words of a text, from the first to the last.
pub(super) struct Phrase<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Phrase<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Where the next word begins; the end of the text where there is none.
    pub fn offset(&self) -> usize {
        self.text.len() - self.text[self.at..].trim_start().len()
    }

    fn peek(&self) -> Option<&'a str> {
        self.text[self.at..].split_whitespace().next()
    }

    /// The next word.
    pub fn next(&mut self) -> Option<&'a str> {
        let word = self.peek()?;
        self.at = self.offset() + word.len();
        Some(word)
    }

    /// Takes the next word where it is this one, whatever its letters' case.
    pub fn eat(&mut self, word: &str) -> bool {
        let is_next = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        if is_next {
            self.next();
        }
        is_next
    }

    /// The rest of the text, without the blanks around it.
    pub fn rest(&self) -> &'a str {
        self.text[self.at..].trim()
    }
}
