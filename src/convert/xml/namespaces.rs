//! Namespaces in XML 1.0 (third edition): every name has one prefix at most, and every prefix is declared.

use super::markup::IllFormed;
use crate::{
    error::excerpt,
    feed::{pattern, xml_name::begins_name},
};
use std::hash::{DefaultHasher, Hash, Hasher};

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
    /// Which of them, in the order of their prefixes, of equal ones the newest last: a tag may use as many prefixes as
    /// it has attributes, so each is found by a few looks.
    order: Vec<usize>,
    /// Their prefixes and URIs, one after the other.
    text: String,
    /// Prefixes that were compared with one that was looked for.
    #[cfg(test)]
    compared: std::cell::Cell<usize>,
}

struct Declaration {
    /// Depth of the element that declares it.
    depth: usize,
    /// Of its URI, since URIs may be long and differ only at their ends.
    hash: u64,
    /// Where its prefix begins in the text, and its URI.
    prefix: usize,
    uri: usize,
    end: usize,
}

impl<'r> Namespaces<'r> {
    pub fn new(wanted: &'r [String]) -> Self {
        Self {
            wanted,
            declared: Vec::new(),
            order: Vec::new(),
            text: String::new(),
            #[cfg(test)]
            compared: std::cell::Cell::default(),
        }
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
        self.order.insert(self.after(prefix), self.declared.len());
        let start = self.text.len();
        self.text.push_str(prefix);
        let middle = self.text.len();
        self.text.push_str(uri);
        let end = self.text.len();
        self.declared.push(Declaration { depth, hash: hash(uri), prefix: start, uri: middle, end });
        Ok(())
    }

    /// The element at this depth ends.
    pub fn leave(&mut self, depth: usize) {
        while self.declared.last().is_some_and(|declaration| declaration.depth >= depth) {
            let Some(last) = self.declared.last() else { return };
            // The newest of all is the newest of its prefix.
            let (start, after) = (last.prefix, self.after(&self.text[last.prefix..last.uri]));
            self.order.remove(after - 1);
            self.declared.pop();
            self.text.truncate(start);
        }
    }

    /// Where the declarations of a prefix end in the order.
    fn after(&self, prefix: &str) -> usize {
        self.order.partition_point(|&n| self.prefix(n) <= prefix)
    }

    /// The prefix of a declaration.
    fn prefix(&self, n: usize) -> &str {
        #[cfg(test)]
        self.compared.update(|count| count + 1);
        let Declaration { prefix, uri, .. } = self.declared[n];
        &self.text[prefix..uri]
    }

    /// The namespace that a prefix stands for.
    fn uri(&self, prefix: &str) -> Option<&str> {
        self.found(prefix).map(|(_, uri)| uri)
    }

    /// The same, after its hash.
    fn found(&self, prefix: &str) -> Option<(u64, &str)> {
        if prefix == "xml" {
            return Some((hash(XML), XML));
        }
        let newest = *self.order.get(self.after(prefix).checked_sub(1)?)?;
        let known = &self.declared[newest];
        (self.prefix(newest) == prefix).then(|| (known.hash, &self.text[known.uri..known.end]))
    }

    /// Whether this prefix of an element is declared.
    pub fn bound(&self, prefix: &str) -> Result<(), IllFormed> {
        if prefix == "xmlns" {
            return Err("an element's name has the prefix `xmlns`, which declares namespaces".into());
        }
        self.must_find(prefix).map(drop)
    }

    /// The namespace of a prefix that must be declared, after its hash.
    fn must_find(&self, prefix: &str) -> Result<(u64, &str), IllFormed> {
        self.found(prefix).ok_or_else(|| format!("the prefix `{}` is not declared", excerpt(prefix)).into())
    }

    /// Checks the prefixes of one element's attributes, given as prefix and local name: all are declared, and no two
    /// of them say the same by different prefixes.
    pub fn attributes(&self, prefixed: &[(&str, &str)]) -> Result<(), IllFormed> {
        // A tag may have many, so each is looked for once.
        let mut resolved = Vec::with_capacity(prefixed.len());
        for &(prefix, local) in prefixed {
            let (hash, uri) = self.must_find(prefix)?;
            resolved.push((local, hash, uri, prefix));
        }
        resolved.sort_unstable();
        let said = |n: usize| (resolved[n].0, resolved[n].1, resolved[n].2);
        let Some(twice) = (1..resolved.len()).find(|&n| said(n - 1) == said(n)) else { return Ok(()) };
        let ((local, _, uri, one), (.., other)) = (resolved[twice - 1], resolved[twice]);
        Err(format!(
            "an attribute stands twice in one element: `{}:{3}` and `{}:{3}` are in the namespace {}",
            excerpt(one),
            excerpt(other),
            excerpt(uri),
            excerpt(local),
        )
        .into())
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

/// The same for the same text, so that a message names the same attributes each time.
fn hash(uri: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    uri.hash(&mut hasher);
    hasher.finish()
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
        assert!(namespaces.attributes(&[("p", "a"), ("q", "a")]).is_err());
        namespaces.leave(2);
        assert_eq!((namespaces.uri("p"), namespaces.uri("q"), namespaces.uri("")), (Some("one"), None, None));
        assert_eq!(namespaces.bound("q").unwrap_err(), "the prefix `q` is not declared");
        assert_eq!(namespaces.text, "pone");
    }

    #[test]
    fn many_prefixes_are_found_by_a_few_looks_each() {
        let mut namespaces = Namespaces::new(&[]);
        let long = "u".repeat(1000);
        let prefixes: Vec<String> = (0..1023).map(|n| format!("p{n}")).collect();
        for (n, prefix) in prefixes.iter().enumerate() {
            namespaces.declare(1, prefix, &format!("{long}{n}")).unwrap();
        }
        let locals: Vec<String> = (0..1000).map(|n| format!("a{n}")).collect();
        let one: Vec<_> = locals.iter().map(|local| ("p0", local.as_str())).collect();
        let many: Vec<_> = prefixes.iter().map(|prefix| (prefix.as_str(), "a")).collect();
        for attributes in [one, many] {
            namespaces.compared.set(0);
            assert_eq!(namespaces.attributes(&attributes), Ok(()));
            namespaces.bound("p1022").unwrap();
            let looks = namespaces.compared.get() / attributes.len();
            assert!(looks < 15, "{looks}");
        }
        namespaces.declare(2, "p7", "other").unwrap();
        assert_eq!(namespaces.uri("p7"), Some("other"));
        namespaces.leave(2);
        assert_eq!(namespaces.uri("p7"), Some(format!("{long}7").as_str()));
        namespaces.leave(1);
        assert!(namespaces.order.is_empty() && namespaces.text.is_empty());
    }
}
