//! Paths into a document: a small, streaming subset of `XPath` over local names.
//!
//! This module owns the types and their grammar. It knows nothing of the feed file: an error carries
//! its byte offset in the path's own text, and the caller places it.

mod parser;
#[cfg(test)]
mod tests;

use parser::{Parser, Result, refuse_at};

/// Why a path or a condition was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    /// What is wrong, and what to write instead.
    pub message: String,
    /// Byte offset in the text that was parsed, at most its length.
    pub offset: usize,
}

/// Selects row elements (`row`, `explode`, `per`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPath {
    /// Begins with `/`: matches from the root only. Otherwise at any depth.
    pub absolute: bool,
    /// At least one step; the last names the element itself.
    pub steps: Vec<Step>,
    /// As written in the feed.
    pub text: String,
}

/// Selects a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Begins with `/`: from the document's root, the first step naming the root element.
    pub absolute: bool,
    /// Number of leading `..`.
    pub up: usize,
    /// Child steps; may be empty (`.`, `..`, `@attribute`, `../@attribute`).
    pub steps: Vec<Step>,
    /// The attribute of the last element; otherwise its text.
    pub attribute: Option<String>,
    /// As written in the feed.
    pub text: String,
}

/// The name of a first step `.[condition]`, which no element can have.
pub const SELF: &str = ".";

/// One child step; or, as the first step of a relative path, the element itself (see [`SELF`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Local name, `*`, or [`SELF`].
    pub name: String,
    /// All must hold.
    pub predicates: Vec<Predicate>,
}

/// `[…]` after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// `[2]`: the n-th such child of its parent, from 1.
    Nth(u32),
    /// A condition relative to the step's element.
    Holds(Condition),
}

/// A condition on an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `path = 'value'`: some node that the path selects has this text (trimmed).
    Equals(Path, String),
    /// `path != 'value'`: no node that the path selects has this text; also true where there is none.
    Differs(Path, String),
    /// `path`: at least one such node exists.
    Exists(Path),
    /// `not (…)`.
    Not(Box<Condition>),
    /// `… and …`.
    And(Vec<Condition>),
    /// `… or …`.
    Or(Vec<Condition>),
}

impl RowPath {
    /// Parses the path of a row element.
    ///
    /// # Errors
    /// Anything outside the grammar, with its place in `text`.
    pub fn parse(text: &str) -> Result<Self> {
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
    pub fn parse(text: &str) -> Result<Self> {
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
    pub fn parse(text: &str) -> Result<Self> {
        let mut parser = Parser::new(text, "condition")?;
        let condition = parser.condition()?;
        parser.end_of_condition()?;
        Ok(condition)
    }
}
