//! Paths into a document: a small, streaming subset of `XPath` over local names.
//!
//! This module owns the types and their grammar. It knows nothing of the feed file: an error carries
//! its byte offset in the path's own text, and the caller places it.

mod operands;
mod parser;
#[cfg(test)]
mod tests;
mod types;

pub use types::{Condition, Operand, Operator, Path, PathError, Predicate, RowPath, SELF, Step};

use parser::{Parser, PathResult, refuse_at};

impl RowPath {
    /// Parses the path of a row element.
    ///
    /// # Errors
    /// Anything outside the grammar, with its place in `text`.
    pub fn parse(text: &str) -> PathResult<Self> {
        let mut parser = Parser::new(text, "path")?;
        let absolute = if parser.eat("//") { false } else { parser.eat("/") };
        if parser.rest().starts_with('.') {
            return parser.refuse("a row path names elements only: leave `.` and `..` out");
        }
        let (steps, attribute) = parser.steps()?;
        parser.end_of_path()?;
        if attribute.is_some() {
            let at = text.rfind('@').unwrap_or(0);
            return refuse_at(at, "an attribute cannot be a row: end the path at an element");
        }
        Ok(Self { absolute, steps, text: text.trim().to_owned() })
    }
}

impl Path {
    /// Parses the path of a value.
    ///
    /// # Errors
    /// Anything outside the grammar, with its place in `text`.
    pub fn parse(text: &str) -> PathResult<Self> {
        let mut parser = Parser::new(text, "path")?;
        let path = parser.path()?;
        parser.end_of_path()?;
        Ok(path)
    }
}

impl Condition {
    /// Parses a condition such as `Sts = 'BOOK' or not(Sts/Cd)`.
    ///
    /// # Errors
    /// Anything outside the grammar, with its place in `text`.
    pub fn parse(text: &str) -> PathResult<Self> {
        let mut parser = Parser::new(text, "condition")?;
        let condition = parser.condition()?;
        parser.end_of_condition()?;
        Ok(condition)
    }
}
