//! What stands in and between tags: attributes, text, references, DOCTYPE.

use super::Walker;
use crate::{
    convert::{
        markup::{self, Attributes},
        place::excerpt,
    },
    error::Result,
};

impl Walker<'_, '_> {
    /// Checks all attributes and offers them to the extractions.
    pub(super) fn attributes(&mut self, raw: &str) -> Result<()> {
        let limit = self.xml.limits.attributes;
        let mut attributes = Attributes::new(raw);
        let mut seen = Names::default();
        while let Some(attribute) = attributes.next() {
            let (name, value) = attribute.map_err(|reason| self.ill_formed(reason))?;
            seen.push(name);
            if seen.len > limit {
                let what = format!("an element has more than {limit} attributes");
                return Err(self
                    .place
                    .refused(what, "raise max_attributes under [xml] if the file is right"));
            }
            if value.contains('&') {
                self.resolved.clear();
                markup::push_attribute(value, &mut self.resolved)
                    .map_err(|reason| self.ill_formed(reason))?;
            }
            let (prefix, local) = name.rsplit_once(':').unwrap_or(("", name));
            if prefix == "xmlns" || name == "xmlns" {
                self.declare(if prefix.is_empty() { "" } else { local }, value)?;
                continue;
            }
            let nil = local == "nil" && !prefix.is_empty() && matches!(value.trim(), "true" | "1");
            for extraction in &mut self.extractions {
                if nil {
                    extraction.nil();
                }
                if let Err(reason) = extraction.attribute(local, value) {
                    return Err(self.ill_formed(reason));
                }
            }
            if let Some(visit) = &mut self.visit {
                self.resolved.clear();
                // What it resolves to was checked above.
                let _ = markup::push_attribute(value, &mut self.resolved);
                visit.attribute(prefix, local, &self.resolved);
            }
        }
        if seen.repeat() {
            return Err(self.ill_formed("an attribute stands twice in one element"));
        }
        Ok(())
    }

    fn declare(&mut self, prefix: &str, value: &str) -> Result<()> {
        if !self.xml.namespaces.is_empty() {
            let mut uri = String::new();
            markup::push_attribute(value, &mut uri).map_err(|reason| self.ill_formed(reason))?;
            self.namespaces.0.push((self.depth, prefix.to_owned(), uri));
        }
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) -> Result<()> {
        if self.depth == 0 {
            if markup::is_blank(text.as_bytes()) || text == "\u{feff}" && !self.begun {
                return Ok(());
            }
            let what =
                if self.rooted { "text after the root element" } else { "text before the root element" };
            return Err(self.ill_formed(format!("{what}: {:?}", excerpt(text.trim()))));
        }
        if markup::has(text, b'>') && text.contains("]]>") {
            return Err(self.ill_formed("`]]>` in text"));
        }
        self.append(|out| markup::push_text(text, out))?;
        self.capture(&[text], 0)
    }

    pub(super) fn cdata(&mut self, text: &str) -> Result<()> {
        if self.depth == 0 {
            return Err(self.ill_formed("CDATA outside the root element"));
        }
        self.append(|out| markup::push_text(text, out))?;
        self.capture(&["<![CDATA[", text, "]]>"], 0)
    }

    pub(super) fn reference(&mut self, name: &str) -> Result<()> {
        if self.depth == 0 {
            return Err(self.ill_formed("a reference outside the root element"));
        }
        self.resolved.clear();
        let mut resolved = std::mem::take(&mut self.resolved);
        markup::push_reference(name, &mut resolved).map_err(|reason| {
            self.place.refused(
                format!("not well-formed: {reason}"),
                "only the five predefined entities and character references are known: ask the sender for plain text",
            )
        })?;
        let result = self.append(|out| out.push_str(&resolved));
        self.resolved = resolved;
        result?;
        self.capture(&["&", name, ";"], 0)
    }

    /// Adds to the text of the innermost element, wherever it is mapped.
    fn append(&mut self, write: impl Fn(&mut String)) -> Result<()> {
        if let Some(visit) = &mut self.visit {
            let mut piece = String::new();
            write(&mut piece);
            visit.text(&piece);
        }
        let length = self.extractions.iter_mut().map(|one| one.append(&write)).max().unwrap_or(0);
        self.limit_text(length)
    }

    /// Adds markup to the sub-trees that are kept raw; `inside`: levels between the innermost element and
    /// what contains the markup.
    pub(super) fn capture(&mut self, markup: &[&str], inside: usize) -> Result<()> {
        if !self.keeps_markup {
            return Ok(());
        }
        let length = self.extractions.iter_mut().map(|one| one.capture(markup, inside)).max().unwrap_or(0);
        self.limit_text(length)
    }

    fn limit_text(&mut self, length: usize) -> Result<()> {
        let limit = self.xml.limits.text;
        if length > limit {
            let what = format!("one value is longer than {limit} bytes");
            return Err(self.place.refused(what, "raise max_text under [xml] if the file is right"));
        }
        Ok(())
    }

    /// Something other than white space, and whether it is right.
    pub(super) fn markup(&mut self, checked: std::result::Result<(), markup::Reason>) -> Result<()> {
        self.begun = true;
        checked.map_err(|reason| self.ill_formed(reason))
    }

    pub(super) fn doctype(&mut self, text: &str) -> Result<()> {
        self.begun = true;
        if self.rooted || self.doctype {
            return Err(self.ill_formed("a DOCTYPE that is not before the root element, or a second one"));
        }
        self.doctype = true;
        let subset = text.split_once('[').map_or("", |(_, subset)| subset);
        if subset.contains("<!ENTITY") || subset.contains('%') {
            return Err(self.place.refused(
                "the DOCTYPE declares entities",
                "entities can hide or blow up content, so they are refused: ask the sender for a file without them",
            ));
        }
        // A default value would be content that stands in no element.
        let defaults = |declaration: &str| {
            let end = declaration.find('>').unwrap_or(declaration.len());
            declaration[..end].contains(['"', '\''])
        };
        if subset.split("<!ATTLIST").skip(1).any(defaults) {
            return Err(self.place.refused(
                "the DOCTYPE declares default values of attributes",
                "tieout reads only what stands in the document: ask the sender for a file without them",
            ));
        }
        Ok(())
    }
}

/// Names of one element's attributes; a few need no allocation.
#[derive(Default)]
struct Names<'t> {
    few: [&'t str; 8],
    many: Vec<&'t str>,
    len: usize,
}

impl<'t> Names<'t> {
    fn push(&mut self, name: &'t str) {
        match self.few.get_mut(self.len) {
            Some(free) => *free = name,
            None => self.many.push(name),
        }
        self.len += 1;
    }

    /// Whether a name stands twice.
    fn repeat(mut self) -> bool {
        if self.many.is_empty() {
            return (1..self.len).any(|n| self.few[..n].contains(&self.few[n]));
        }
        self.many.extend(self.few);
        self.many.sort_unstable();
        self.many.windows(2).any(|pair| pair[0] == pair[1])
    }
}
