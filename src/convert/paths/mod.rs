//! What a feed's paths match: all of them run at once through one automaton, and what they need of the document is
//! remembered in one tree. Knows elements, attributes and texts, and not what they were written in.
//!
//! - `name`, `trie`, `automaton`: the names and steps of all paths, and what an open element matches
//! - `route`, `compiler`: one path or condition, compiled
//! - `compiled`, `compile`: a whole feed, compiled
//! - `typed`: what a column makes of a text
//! - `compare`, `measure`: how values of conditions are compared, and as what
//! - `tree`, `select`, `ancestors`: what is remembered, and what routes select of it

mod ancestors;
mod automaton;
mod compare;
mod compile;
mod compiled;
mod compiler;
mod controls;
mod measure;
mod name;
mod reach;
mod route;
mod select;
mod tree;
mod trie;
mod typed;

pub(super) use ancestors::{Ancestors, LateValues};
pub(super) use automaton::{Automaton, StateId};
pub(super) use compile::compile;
pub(super) use compiled::{
    CompiledColumn, CompiledControl, CompiledFeed, CompiledRetraction, DeclaredNumber, Factor, SignCode,
};
pub(super) use name::ValueOf;
pub(super) use route::{Anchor, Route, Test};
pub(super) use select::{Context, Passed, Span};
pub(super) use tree::{DOCUMENT, ElementId, Tree, Unreadable};
pub(super) use trie::Position;
pub(super) use typed::{UNMATCHED, apply, typed};
