//! Compiled paths and conditions: where they start, and their steps as numbers.

use super::{
    name::{Name, ValueOf},
    trie::Position,
    typed::CompiledKind,
};
use crate::{
    canonical::number::DecimalSign,
    feed::{TextOptions, path::Operator},
};

/// Where a route starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::convert) enum Anchor {
    /// At the row element.
    Row,
    /// At the current detail of `explode`.
    Detail,
    /// At an ancestor of the row element.
    Ancestor(usize),
    /// At the document; steps that name ancestors of the row mean these.
    Document,
    /// At the element in question or, going up, at an ancestor of it.
    Here(usize),
    /// At any element.
    Anywhere,
}

/// A compiled path.
#[derive(Debug, Clone)]
pub(in crate::convert) struct Route {
    pub anchor: Anchor,
    pub steps: Vec<Hop>,
    /// What is read of the elements where it ends.
    pub value: ValueOf,
    /// As written in the feed.
    pub text: String,
    /// The point where it ends, by names.
    pub end: Option<Position>,
    /// The one point where the route ends, if names alone decide.
    pub only: Option<Position>,
    /// For values of ancestors.
    pub slot: Option<usize>,
    /// What it selects is the same for all details of a row element: where that is kept.
    pub memo: Option<usize>,
}

/// A compiled step.
#[derive(Debug, Clone)]
pub(in crate::convert) struct Hop {
    /// No step down: what follows starts here, if the predicates hold.
    pub stays: bool,
    pub name: Option<Name>,
    pub predicates: Vec<Need>,
}

/// A compiled predicate.
#[derive(Debug, Clone)]
pub(in crate::convert) enum Need {
    Nth(u32),
    Holds(Test),
}

/// A compiled condition.
#[derive(Debug, Clone)]
pub(in crate::convert) enum Test {
    Compares(Box<Comparing>),
    Exists(Route),
    Not(Box<Test>),
    And(Vec<Test>),
    Or(Vec<Test>),
}

/// A path whose values are compared with something.
#[derive(Debug, Clone)]
pub(in crate::convert) struct Comparing {
    pub left: Route,
    pub operator: Operator,
    /// It holds where some value of the path stands so to some of these.
    pub right: Vec<OtherSide>,
    /// As what values of the path are read, and those of a path on the other side.
    pub reading: ValueReading,
    pub other_reading: ValueReading,
}

/// What values are compared with.
#[derive(Debug, Clone)]
pub(in crate::convert) enum OtherSide {
    /// A text, without the blanks around it; or canonical text of the reading's type.
    Value(String),
    /// The values of a path.
    Path(Route),
}

/// As what values are read, to be compared.
#[derive(Debug, Clone)]
pub(in crate::convert) enum ValueReading {
    /// As they stand, without the blanks around them.
    Text,
    /// As values of a type, after a column's text options; no value is nothing to compare.
    Typed {
        kind: CompiledKind,
        text: Box<TextOptions>,
        decimal: DecimalSign,
        /// Whether a time must say its offset, where that is all that tells which instant it is.
        offset: Option<bool>,
    },
}

/// A value of an ancestor that rows read.
pub(in crate::convert) struct SlotRule {
    pub route: Route,
    /// Only the first value counts, so later ones are not late.
    pub first_only: bool,
    /// It may stand after its rows: an earlier pass finds it.
    pub late: bool,
}

impl Route {
    /// A route of which names alone do not decide where it ends, outside any slot.
    pub(super) fn new(anchor: Anchor, steps: Vec<Hop>, value: ValueOf, text: &str) -> Self {
        Self { anchor, steps, value, text: text.to_owned(), end: None, only: None, slot: None, memo: None }
    }

    /// An attribute of the element itself.
    fn is_own_attribute(&self) -> bool {
        self.anchor == Anchor::Row && self.steps.is_empty() && matches!(self.value, ValueOf::Attribute(_))
    }

    /// What it selects may differ between the details of one row element.
    pub fn concerns_detail(&self) -> bool {
        matches!(self.anchor, Anchor::Detail | Anchor::Document)
    }
}

impl Test {
    /// Its outcome may differ between the details of one row element.
    pub fn concerns_detail(&self) -> bool {
        match self {
            Self::Compares(one) => {
                one.left.concerns_detail() || one.other_paths().any(Route::concerns_detail)
            }
            Self::Exists(route) => route.concerns_detail(),
            Self::Not(test) => test.concerns_detail(),
            Self::And(tests) | Self::Or(tests) => tests.iter().any(Self::concerns_detail),
        }
    }

    /// Concerns attributes of the element itself and nothing else.
    pub(super) fn needs_only_attributes(&self) -> bool {
        match self {
            Self::Compares(one) => {
                one.left.is_own_attribute() && one.other_paths().all(Route::is_own_attribute)
            }
            Self::Exists(route) => route.is_own_attribute(),
            Self::Not(test) => test.needs_only_attributes(),
            Self::And(tests) | Self::Or(tests) => tests.iter().all(Self::needs_only_attributes),
        }
    }
}

impl Comparing {
    /// Paths on the other side.
    pub(super) fn other_paths(&self) -> impl Iterator<Item = &Route> {
        self.right.iter().filter_map(|other| match other {
            OtherSide::Path(route) => Some(route),
            OtherSide::Value(_) => None,
        })
    }
}
