//! The document type declaration with its internal subset (XML 1.0 sections 2.8 and 3.2 to 4.7): read whole, and
//! refused where it is not well-formed or would change what stands in the document.

use super::{
    markup::{IllFormed, check_instruction, is_name, is_space},
    namespaces,
};
use crate::{
    error::{Code, excerpt},
    feed::xml_name::in_name,
};
use std::collections::HashMap;

/// What must not be said, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Offset in the declaration after its keyword.
    pub at: usize,
    pub code: Code,
    pub what: IllFormed,
}

type Parsed<T> = Result<T, Wrong>;

/// What the declaration says of attributes: by element and attribute, whether the value is made of tokens, between
/// which one blank stands (section 3.3.3).
#[derive(Debug, Default)]
pub(super) struct AttributeTypes(HashMap<String, HashMap<String, bool>>);

impl AttributeTypes {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this attribute's value is made of tokens.
    pub fn tokens(&self, element: &str, attribute: &str) -> bool {
        self.0.get(element).and_then(|attributes| attributes.get(attribute)).is_some_and(|tokens| *tokens)
    }
}

/// Checks its beginning: the parser takes it in lower case too, as HTML has it.
pub(super) fn check_keyword(markup: &str) -> Result<(), IllFormed> {
    match markup.strip_prefix("<!DOCTYPE") {
        Some(rest) if rest.starts_with(is_space) => Ok(()),
        _ => Err("a DOCTYPE that is not written `<!DOCTYPE name`".into()),
    }
}

/// Reads it; `text` is the declaration after its keyword, without the last `>`.
pub(super) fn read(text: &str) -> Parsed<AttributeTypes> {
    let mut subset = Subset { text, at: 0, types: AttributeTypes::default() };
    subset.required_space()?;
    subset.qualified()?;
    if subset.space() && subset.external(true)? {
        subset.space();
    }
    if subset.eat("[") {
        while subset.declaration()? {}
        subset.space();
    }
    if subset.rest().is_empty() { Ok(subset.types) } else { subset.unexpected("its end") }
}

/// Where the parser stands in the declaration.
struct Subset<'a> {
    text: &'a str,
    at: usize,
    types: AttributeTypes,
}

impl<'a> Subset<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// White space, and whether there is any.
    fn space(&mut self) -> bool {
        let length = self.rest().len() - self.rest().trim_start_matches(is_space).len();
        self.at += length;
        length > 0
    }

    fn wrong<T>(&self, what: impl Into<IllFormed>) -> Parsed<T> {
        Err(Wrong { at: self.at, code: Code::NotWellFormed, what: what.into() })
    }

    fn unexpected<T>(&self, expected: &str) -> Parsed<T> {
        let found: String = self.rest().chars().take(16).collect();
        self.wrong(format!("in the DOCTYPE, {expected} must stand before {:?}", excerpt(&found)))
    }

    fn expect(&mut self, token: &str) -> Parsed<()> {
        if self.eat(token) { Ok(()) } else { self.unexpected(&format!("`{token}`")) }
    }

    fn required_space(&mut self) -> Parsed<()> {
        if self.space() { Ok(()) } else { self.unexpected("white space") }
    }

    /// What is made of the characters of names.
    fn token(&mut self) -> Parsed<&'a str> {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start_matches(|c| c == ':' || in_name(c)).len();
        if length == 0 {
            return self.unexpected("a name");
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn name(&mut self) -> Parsed<&'a str> {
        let start = self.at;
        let name = self.token()?;
        if is_name(name) {
            return Ok(name);
        }
        self.at = start;
        self.unexpected("a name")
    }

    /// The name of an element or an attribute, perhaps with a prefix.
    fn qualified(&mut self) -> Parsed<&'a str> {
        let at = self.at;
        let name = self.name()?;
        match namespaces::split(name) {
            Ok(_) => Ok(name),
            Err(what) => Err(Wrong { at, code: Code::NamespaceRule, what }),
        }
    }

    /// The next declaration; false where the subset has ended.
    fn declaration(&mut self) -> Parsed<bool> {
        self.space();
        if self.eat("]") {
            return Ok(false);
        }
        if self.rest().starts_with("<!ENTITY") || self.rest().starts_with('%') {
            let what = "the DOCTYPE declares entities".into();
            return Err(Wrong { at: self.at, code: Code::DeclaresEntities, what });
        }
        if self.eat("<!--") {
            self.comment()
        } else if self.eat("<?") {
            self.instruction()
        } else if self.eat("<!ELEMENT") {
            self.element()
        } else if self.eat("<!ATTLIST") {
            self.attributes()
        } else if self.eat("<!NOTATION") {
            self.notation()
        } else {
            self.unexpected("a declaration or `]`")
        }
        .map(|()| true)
    }

    fn comment(&mut self) -> Parsed<()> {
        match self.rest().find("--") {
            Some(length) => self.at += length + 2,
            None => return self.wrong("a comment in the DOCTYPE does not end"),
        }
        self.expect(">")
    }

    fn instruction(&mut self) -> Parsed<()> {
        let Some(length) = self.rest().find("?>") else {
            return self.wrong("a processing instruction in the DOCTYPE does not end");
        };
        check_instruction(&self.rest()[..length]).or_else(|what| self.wrong(what))?;
        self.at += length + 2;
        Ok(())
    }

    /// `<!ELEMENT name content>` (sections 3.2.1 and 3.2.2).
    fn element(&mut self) -> Parsed<()> {
        self.required_space()?;
        self.qualified()?;
        self.required_space()?;
        if !self.eat("EMPTY") && !self.eat("ANY") {
            self.expect("(")?;
            self.space();
            if self.eat("#PCDATA") { self.mixed()? } else { self.children()? }
        }
        self.space();
        self.expect(">")
    }

    /// Text among elements, after `(#PCDATA`.
    fn mixed(&mut self) -> Parsed<()> {
        let mut names = false;
        loop {
            self.space();
            if self.eat(")") {
                break;
            }
            self.expect("|")?;
            self.space();
            self.qualified()?;
            names = true;
        }
        if self.eat("*") || !names { Ok(()) } else { self.unexpected("`*`") }
    }

    /// Elements only, after the first `(`. However deep it nests, it takes one byte a level.
    fn children(&mut self) -> Parsed<()> {
        const NONE_YET: u8 = 0;
        let mut separators = vec![NONE_YET];
        loop {
            self.space();
            if self.eat("(") {
                separators.push(NONE_YET);
                continue;
            }
            self.qualified()?;
            self.occurrence();
            loop {
                self.space();
                let found = self.rest().bytes().next().unwrap_or_default();
                let Some(separator) = separators.last_mut() else { return Ok(()) };
                let fits = [NONE_YET, found].contains(separator);
                match found {
                    b')' => {
                        self.at += 1;
                        self.occurrence();
                        separators.pop();
                        if separators.is_empty() {
                            return Ok(());
                        }
                    }
                    b'|' | b',' if fits => {
                        *separator = found;
                        self.at += 1;
                        break;
                    }
                    _ => return self.unexpected("one kind of separator or `)`"),
                }
            }
        }
    }

    fn occurrence(&mut self) {
        let _ = self.eat("?") || self.eat("*") || self.eat("+");
    }

    /// `<!ATTLIST element name type default …>` (section 3.3).
    fn attributes(&mut self) -> Parsed<()> {
        self.required_space()?;
        let element = self.qualified()?;
        loop {
            let spaced = self.space();
            if self.eat(">") {
                return Ok(());
            }
            if !spaced {
                return self.unexpected("white space");
            }
            let attribute = self.qualified()?;
            self.required_space()?;
            let tokens = self.attribute_type()?;
            self.required_space()?;
            self.default()?;
            // The first declaration of an attribute counts.
            self.types.0.entry(element.to_owned()).or_default().entry(attribute.to_owned()).or_insert(tokens);
        }
    }

    /// Gives whether its values are made of tokens.
    fn attribute_type(&mut self) -> Parsed<bool> {
        const TOKENS: [&str; 7] = ["IDREFS", "IDREF", "ID", "ENTITIES", "ENTITY", "NMTOKENS", "NMTOKEN"];
        if self.eat("CDATA") {
            return Ok(false);
        }
        if TOKENS.iter().any(|kind| self.eat(kind)) {
            return Ok(true);
        }
        let names = self.eat("NOTATION");
        if names {
            self.required_space()?;
        }
        if !self.eat("(") {
            return self.unexpected("the type of an attribute");
        }
        loop {
            self.space();
            if names {
                self.notation_name()?;
            } else {
                self.token()?;
            }
            self.space();
            if self.eat(")") {
                return Ok(true);
            }
            self.expect("|")?;
        }
    }

    fn default(&mut self) -> Parsed<()> {
        if self.eat("#REQUIRED") || self.eat("#IMPLIED") {
            return Ok(());
        }
        if self.rest().starts_with(['"', '\'']) || self.rest().starts_with("#FIXED") {
            // It would be content that stands in no element.
            let what = "the DOCTYPE declares default values of attributes".into();
            return Err(Wrong { at: self.at, code: Code::DeclaresDefaults, what });
        }
        self.unexpected("`#REQUIRED` or `#IMPLIED`")
    }

    /// `<!NOTATION name …>` (section 4.7).
    fn notation(&mut self) -> Parsed<()> {
        self.required_space()?;
        self.notation_name()?;
        self.required_space()?;
        if !self.external(false)? {
            return self.unexpected("`SYSTEM` or `PUBLIC`");
        }
        self.space();
        self.expect(">")
    }

    /// The name of a notation, where it is declared or meant.
    fn notation_name(&mut self) -> Parsed<()> {
        let at = self.at;
        if self.name()?.contains(':') {
            let what = "the name of a notation has a colon".into();
            return Err(Wrong { at, code: Code::NamespaceRule, what });
        }
        Ok(())
    }

    /// `SYSTEM "…"` or `PUBLIC "…" "…"`, if it is there; `with_system`: after a public identifier, too.
    fn external(&mut self, with_system: bool) -> Parsed<bool> {
        if self.eat("SYSTEM") {
            self.required_space()?;
            self.literal()?;
            return Ok(true);
        }
        if !self.eat("PUBLIC") {
            return Ok(false);
        }
        self.required_space()?;
        let at = self.at;
        let public = self.literal()?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || " \r\n-'()+,./:=?;!*#@$_%".contains(c);
        if !public.chars().all(allowed) {
            let what = "a public identifier in the DOCTYPE holds other characters than it may".into();
            return Err(Wrong { at, code: Code::NotWellFormed, what });
        }
        let spaced = self.space();
        if with_system || self.rest().starts_with(['"', '\'']) {
            if !spaced {
                return self.unexpected("white space");
            }
            self.literal()?;
        }
        Ok(true)
    }

    /// Quoted text.
    fn literal(&mut self) -> Parsed<&'a str> {
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            return self.unexpected("quoted text");
        };
        let Some(length) = rest[1..].find(quote) else {
            return self.wrong("quoted text in the DOCTYPE does not end");
        };
        self.at += length + 2;
        Ok(&rest[1..=length])
    }
}

#[cfg(test)]
mod tests;
