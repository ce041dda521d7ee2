//! Namespaces that are in force (Namespaces in XML 1.0, section 6), as far as a feed asks for them.

use crate::{error::excerpt, feed::pattern};

/// The declarations that are in force, and those that rows may stand in.
pub(super) struct Namespaces<'r> {
    /// Patterns of URIs; none: any will do, and declarations are not looked at.
    wanted: &'r [String],
    declared: Vec<Declaration>,
}

struct Declaration {
    /// Depth of the element that declares it.
    depth: usize,
    prefix: String,
    uri: String,
}

impl<'r> Namespaces<'r> {
    pub fn new(wanted: &'r [String]) -> Self {
        Self { wanted, declared: Vec::new() }
    }

    /// The element at this depth declares a prefix; an empty one is the default.
    pub fn declare(&mut self, depth: usize, prefix: &str, uri: &str) {
        if !self.wanted.is_empty() {
            self.declared.push(Declaration { depth, prefix: prefix.to_owned(), uri: uri.to_owned() });
        }
    }

    /// The element at this depth ends.
    pub fn leave(&mut self, depth: usize) {
        while self.declared.last().is_some_and(|declaration| declaration.depth >= depth) {
            self.declared.pop();
        }
    }

    /// Whether an element of that name is where rows may stand; otherwise says where it is.
    pub fn check(&self, name: &str) -> Result<(), String> {
        let prefix = name.rsplit_once(':').map_or("", |(prefix, _)| prefix);
        let declaration = self.declared.iter().rev().find(|declaration| declaration.prefix == prefix);
        let uri = declaration.map_or("", |declaration| declaration.uri.as_str());
        if self.wanted.is_empty() || self.wanted.iter().any(|pattern| pattern::matches(pattern, uri)) {
            return Ok(());
        }
        let found =
            if uri.is_empty() { "no namespace".to_owned() } else { format!("namespace {}", excerpt(uri)) };
        Err(format!("the row element {} is in {found}, not {}", excerpt(name), self.wanted.join(" or ")))
    }
}
