//! Where in a file something is, for messages: every refusal names file, line and byte.

use crate::error::{self, Code, Error};

/// A place in a file.
#[derive(Debug, Clone, Copy)]
pub struct Location<'a> {
    /// The file's name in messages.
    pub name: &'a str,
    /// From 1.
    pub line: u64,
    /// From 0.
    pub byte: u64,
}

impl Location<'_> {
    /// Refuses the file because of `what` at this place.
    pub fn refused(&self, code: Code, what: impl Into<String>) -> Error {
        Error::new(code, what).at(self.shown())
    }

    /// Refuses the file because it exceeds a limit at this place; `key` sets it under `[xml]`.
    pub fn exceeded(&self, key: &str, what: impl Into<String>) -> Error {
        Error::limit(key, what).at(self.shown())
    }

    fn shown(&self) -> error::Place {
        error::Place::line_and_byte(self.name, self.line, self.byte)
    }
}
