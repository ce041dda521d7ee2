//! Where something is wrong: a file, and as much more as is known.

use super::printable;
use std::fmt;

/// A place in a file. It reads `feed.toml:3:7`, `theirs.xml: line 3, byte 64`, or the file's name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name as the person gave it, printable.
    pub file: String,
    /// From 1.
    pub line: Option<u64>,
    /// In characters, from 1.
    pub column: Option<u64>,
    /// From 0, in the file's text as UTF-8.
    pub byte: Option<u64>,
}

/// One of several mistakes in a feed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub what: String,
}

/// A database's URL in the place of a file: its password is not shown.
fn without_account(name: &str) -> String {
    match name.split_once("://") {
        Some((scheme, rest)) if rest.contains('@') => format!("{scheme}://\u{2026}"),
        _ => name.to_owned(),
    }
}

impl Place {
    /// The whole file.
    #[must_use]
    pub fn file(name: &str) -> Self {
        Self { file: printable(&without_account(name)), line: None, column: None, byte: None }
    }

    /// A byte in a line of the document `name`.
    #[must_use]
    pub fn line_and_byte(name: &str, line: u64, byte: u64) -> Self {
        Self { line: Some(line), byte: Some(byte), ..Self::file(name) }
    }

    /// A character in a line of the feed file `name`.
    #[must_use]
    pub fn line_and_column(name: &str, line: usize, column: usize) -> Self {
        Self { line: Some(line as u64), column: Some(column as u64), ..Self::file(name) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, byte } = self;
        match (line, column, byte) {
            (Some(line), Some(column), _) => write!(f, "{file}:{line}:{column}"),
            (Some(line), None, Some(byte)) => write!(f, "{file}: line {line}, byte {byte}"),
            (Some(line), None, None) => write!(f, "{file}: line {line}"),
            (None, _, Some(byte)) => write!(f, "{file}: byte {byte}"),
            (None, _, None) => f.write_str(file),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_far_as_it_is_known() {
        assert_eq!(Place::line_and_column("a.toml", 3, 7).to_string(), "a.toml:3:7");
        assert_eq!(Place::line_and_byte("a.xml", 3, 64).to_string(), "a.xml: line 3, byte 64");
        assert_eq!(Place { byte: Some(9), ..Place::file("a.xml") }.to_string(), "a.xml: byte 9");
        assert_eq!(Place { line: Some(9), ..Place::file("a.xml") }.to_string(), "a.xml: line 9");
        assert_eq!(Place::file("a\u{1b}.xml").to_string(), "a\\u{1b}.xml");
    }
}
