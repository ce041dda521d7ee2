//! Namespaces in XML 1.0 (third edition): every name has one prefix at most, and every prefix is declared.

use super::markup::IllFormed;
use crate::{
    error::excerpt,
    feed::{pattern, xml_name::begins_name},
};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// Parts a name into its prefix, empty where it has none, and what follows.
pub(super) fn split(name: &str) -> Result<(&str, &str), IllFormed> {
    // Names are short: a plain loop beats a vectorised search.
    let Some(colon) = name.bytes().position(|b| b == b':') else { return Ok(("", name)) };
    let (prefix, local) = (&name[..colon], &name[colon + 1..]);
    if prefix.is_empty() || !local.starts_with(begins_name) || local.contains(':') {
        return Err(format!(
            "`{}` is no name with a prefix: a name stands on both sides of one colon",
            excerpt(name)
        )
        .into());
    }
    Ok((prefix, local))
}

/// The declarations that are in force, and those that rows may stand in.
pub(super) struct Namespaces<'r> {
    /// Patterns of URIs; none: any will do.
    wanted: &'r [String],
    declared: Vec<Declaration>,
    /// Their prefixes and URIs, one after the other.
    text: String,
}

struct Declaration {
    /// Depth of the element that declares it.
    depth: usize,
    /// Where its prefix begins in the text, and its URI.
    prefix: usize,
    uri: usize,
    end: usize,
}

impl<'r> Namespaces<'r> {
    pub fn new(wanted: &'r [String]) -> Self {
        Self { wanted, declared: Vec::new(), text: String::new() }
    }

    /// Declarations that are in force.
    pub fn len(&self) -> usize {
        self.declared.len()
    }

    /// Bytes of their texts.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The element at this depth declares a prefix; an empty one is the default.
    pub fn declare(&mut self, depth: usize, prefix: &str, uri: &str) -> Result<(), IllFormed> {
        let wrong = |what: &str| Err(format!("the prefix `{}` {what}", excerpt(prefix)).into());
        match (prefix, uri) {
            ("xmlns", _) => return wrong("is reserved and cannot be declared"),
            ("xml", XML) => {}
            ("xml", _) => return wrong("is reserved and cannot be declared as another namespace"),
            ("", XML | XMLNS) => return Err("the default namespace is one that XML itself reserves".into()),
            (_, XML | XMLNS) => return wrong("is declared as a namespace that XML itself reserves"),
            ("", "") => {}
            (_, "") => return wrong("is declared without a namespace"),
            _ => {}
        }
        let start = self.text.len();
        self.text.push_str(prefix);
        let middle = self.text.len();
        self.text.push_str(uri);
        self.declared.push(Declaration { depth, prefix: start, uri: middle, end: self.text.len() });
        Ok(())
    }

    /// The element at this depth ends.
    pub fn leave(&mut self, depth: usize) {
        while self.declared.last().is_some_and(|declaration| declaration.depth >= depth) {
            if let Some(left) = self.declared.pop() {
                self.text.truncate(left.prefix);
            }
        }
    }

    /// The namespace that a prefix stands for.
    fn uri(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        let same = |known: &&Declaration| &self.text[known.prefix..known.uri] == prefix;
        self.declared.iter().rev().find(same).map(|known| &self.text[known.uri..known.end])
    }

    /// Whether this prefix of an element or an attribute is declared.
    pub fn bound(&self, prefix: &str) -> Result<(), IllFormed> {
        if prefix == "xmlns" {
            return Err("an element's name has the prefix `xmlns`, which declares namespaces".into());
        }
        match self.uri(prefix) {
            Some(_) => Ok(()),
            None => Err(format!("the prefix `{}` is not declared", excerpt(prefix)).into()),
        }
    }

    /// Checks the prefixes of one element's attributes, given as prefix and local name: all are declared, and no two
    /// of them say the same by different prefixes.
    pub fn attributes(&self, prefixed: &mut [(&str, &str)]) -> Result<(), IllFormed> {
        for (prefix, _) in &*prefixed {
            self.bound(prefix)?;
        }
        if prefixed.len() < 2 {
            return Ok(());
        }
        prefixed.sort_unstable_by_key(|(prefix, local)| (*local, self.uri(prefix)));
        let twice = prefixed
            .windows(2)
            .find(|pair| pair[0].1 == pair[1].1 && self.uri(pair[0].0) == self.uri(pair[1].0));
        match twice {
            Some([(one, local), (other, _)]) => Err(format!(
                "an attribute stands twice in one element: `{}:{3}` and `{}:{3}` are in the namespace {}",
                excerpt(one),
                excerpt(other),
                excerpt(self.uri(one).unwrap_or_default()),
                excerpt(local),
            )
            .into()),
            _ => Ok(()),
        }
    }

    /// Whether an element of that name is where rows may stand; otherwise says where it is.
    pub fn check(&self, name: &str) -> Result<(), String> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        let prefix = name.rsplit_once(':').map_or("", |(prefix, _)| prefix);
        let uri = self.uri(prefix).unwrap_or_default();
        if self.wanted.iter().any(|pattern| pattern::matches(pattern, uri)) {
            return Ok(());
        }
        let found =
            if uri.is_empty() { "no namespace".to_owned() } else { format!("namespace {}", excerpt(uri)) };
        Err(format!("the row element {} is in {found}, not {}", excerpt(name), self.wanted.join(" or ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_prefix_at_most() {
        assert_eq!(split("Amt"), Ok(("", "Amt")));
        assert_eq!(split("ns:Amt"), Ok(("ns", "Amt")));
        for name in [":a", "a:", ":", "a:b:c", "a::b", "a:1", "a:-b", "a:\u{301}"] {
            assert!(split(name).is_err(), "{name}");
        }
    }

    #[test]
    fn declarations_last_as_long_as_their_element() {
        let mut namespaces = Namespaces::new(&[]);
        namespaces.declare(1, "p", "one").unwrap();
        namespaces.declare(2, "p", "two").unwrap();
        namespaces.declare(2, "q", "two").unwrap();
        assert_eq!(namespaces.uri("p"), Some("two"));
        assert!(namespaces.attributes(&mut [("p", "a"), ("q", "a")]).is_err());
        namespaces.leave(2);
        assert_eq!((namespaces.uri("p"), namespaces.uri("q"), namespaces.uri("")), (Some("one"), None, None));
        assert_eq!(namespaces.bound("q").unwrap_err(), "the prefix `q` is not declared");
        assert_eq!(namespaces.text, "pone");
    }
}
