//! What a path is once it was read: steps, predicates, conditions.

use std::cmp::Ordering;

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

/// How a value stands to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`, `in`.
    Equal,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    More,
    /// `>=`.
    AtLeast,
}

impl Operator {
    /// Whether two values that stand so to each other satisfy it.
    #[must_use]
    pub fn allows(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// As a feed writes it.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// `'BOOK'`.
    Text(String),
    /// `100.5`, as written.
    Number(String),
    /// `:name`, whose value `--set` gives.
    Parameter(String),
    /// The values of another path, relative to the same element.
    Path(Path),
}

/// A condition on an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `path < 100`: some node that the path selects stands so to some of these. `!=` and `not in` are the opposite of
    /// `=` and `in`: they hold where there is no node, too.
    Compares(Path, Operator, Vec<Operand>),
    /// `path`: at least one such node exists.
    Exists(Path),
    /// `not (…)`.
    Not(Box<Condition>),
    /// `… and …`.
    And(Vec<Condition>),
    /// `… or …`.
    Or(Vec<Condition>),
}
