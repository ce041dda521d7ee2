//! What a path is once it was read: steps, predicates, conditions.

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
