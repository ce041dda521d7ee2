//! The parts of XML that the event reader leaves to its caller: attributes, references, line ends,
//! names (XML 1.0 sections 2.3, 2.11, 3.1, 3.3.3 and 4.1).

use crate::{
    error::excerpt,
    feed::xml_name::{begins_name, in_name},
};
use std::borrow::Cow;

/// Why markup is not well-formed.
pub(super) type IllFormed = Cow<'static, str>;

/// What an ASCII byte can be: 3 begins a name, 1 follows in one, 0 neither.
const IN_NAME: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' | b':' => 3,
            b'0'..=b'9' | b'-' | b'.' => 1,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// Whether it is a name.
pub(super) fn is_name(name: &str) -> bool {
    let of = |byte: &u8| IN_NAME[usize::from(*byte)];
    let begins = name.as_bytes().first().is_some_and(|byte| of(byte) == 3);
    // Nearly all names are ASCII and short: a table without an early exit takes half the time.
    begins && name.as_bytes().iter().fold(1, |all, byte| all & of(byte)) == 1 || is_foreign_name(name)
}

#[cold]
fn is_foreign_name(name: &str) -> bool {
    let begins = |c: char| c == ':' || begins_name(c);
    let follows = |c: char| c == ':' || in_name(c);
    name.chars().next().is_some_and(begins) && name.chars().all(follows)
}

/// Checks a processing instruction, without `<?` and `?>` (section 2.6).
pub(super) fn check_instruction(text: &str) -> Result<(), IllFormed> {
    let target = text.split(is_space).next().unwrap_or_default();
    if !is_name(target) {
        return Err("a processing instruction without a name".into());
    }
    if target.contains(':') {
        return Err("a processing instruction with a colon in its name".into());
    }
    if target.eq_ignore_ascii_case("xml") {
        return Err("a processing instruction with the reserved name `xml`".into());
    }
    Ok(())
}

/// Checks an XML declaration, without `<?` and `?>` (section 2.8).
pub(super) fn check_declaration(text: &str) -> Result<(), IllFormed> {
    let mut parts = Attributes::new(text.strip_prefix("xml").unwrap_or(text));
    let mut allowed = ["version", "encoding", "standalone"].as_slice();
    let mut first = true;
    while let Some(part) = parts.next() {
        let (name, value) = part?;
        let at = allowed.iter().position(|known| *known == name).filter(|at| !first || *at == 0);
        let right = match name {
            "version" => value
                .strip_prefix("1.")
                .is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit())),
            "encoding" => {
                let sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b':');
                value.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) && value.bytes().all(sign)
            }
            _ => matches!(value, "yes" | "no"),
        };
        match at {
            Some(at) if right => allowed = &allowed[at + 1..],
            _ => return Err(format!("`{}` in the XML declaration", excerpt(name)).into()),
        }
        first = false;
    }
    if first { Err("an XML declaration without a version".into()) } else { Ok(()) }
}

/// The attributes of a start tag, each with its name and raw value, in document order.
pub(super) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Attributes<'a> {
    /// `raw` is the tag after the element's name.
    pub fn new(raw: &'a str) -> Self {
        Self { rest: raw }
    }

    /// Takes the next attribute off.
    pub fn next(&mut self) -> Option<Result<(&'a str, &'a str), IllFormed>> {
        let trimmed = trim_start(self.rest);
        if trimmed.is_empty() {
            return None;
        }
        if trimmed.len() == self.rest.len() {
            return Some(Err("white space is missing between two attributes".into()));
        }
        Some(self.split(trimmed))
    }

    fn split(&mut self, text: &'a str) -> Result<(&'a str, &'a str), IllFormed> {
        let without_value = || IllFormed::from("an attribute has no quoted value");
        let equals = text.find('=').ok_or_else(without_value)?;
        let name = text[..equals].trim_end_matches(is_space);
        if !is_name(name) {
            return Err(without_value());
        }
        let value = trim_start(&text[equals + 1..]);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(without_value)?;
        let end = value[1..].find(quote).ok_or_else(without_value)?;
        self.rest = &value[end + 2..];
        let value = &value[1..=end];
        if value.contains('<') {
            return Err("an attribute's value contains `<`".into());
        }
        Ok((name, value))
    }
}

/// Names of one element's attributes; a few need no allocation.
#[derive(Default)]
pub(super) struct AttributeNames<'t> {
    few: [&'t str; 8],
    many: Vec<&'t str>,
    len: usize,
}

impl<'t> AttributeNames<'t> {
    pub fn push(&mut self, name: &'t str) {
        match self.few.get_mut(self.len) {
            Some(free) => *free = name,
            None => self.many.push(name),
        }
        self.len += 1;
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether a name stands twice.
    pub fn repeat(mut self) -> bool {
        if self.many.is_empty() {
            return (1..self.len).any(|n| self.few[..n].contains(&self.few[n]));
        }
        self.many.extend(self.few);
        self.many.sort_unstable();
        self.many.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// XML white space (section 2.3).
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

/// Whether the byte stands in the text; for texts that mostly are short and without it.
pub(super) fn has(text: &str, byte: u8) -> bool {
    // Without an early exit, which would keep the compiler from using vector instructions.
    text.bytes().fold(0, |found, b| found | u8::from(b == byte)) != 0
}

/// An attribute's value stands for itself: it has no references and no white space but blanks.
pub(super) fn is_literal(value: &str) -> bool {
    // Without an early exit, as above.
    value.bytes().fold(0, |found, b| found | u8::from(matches!(b, b'&' | b'\t' | b'\n' | b'\r'))) == 0
}

/// Text of nothing but XML white space.
pub(super) fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
}

/// Appends `text` with its line ends as LF.
pub(super) fn push_text(text: &str, out: &mut String) {
    if !has(text, b'\r') {
        out.push_str(text);
        return;
    }
    let mut parts = text.split('\r');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push('\n');
        out.push_str(part.strip_prefix('\n').unwrap_or(part));
    }
}

/// Appends an attribute's value: references resolved, white space as blanks.
pub(super) fn push_attribute(raw: &str, out: &mut String) -> Result<(), IllFormed> {
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        push_blanks(&rest[..at], out);
        let after = &rest[at + 1..];
        let end = after.find(';').ok_or("`&` begins no reference; a plain one is written `&amp;`")?;
        push_reference(&after[..end], out)?;
        rest = &after[end + 1..];
    }
    push_blanks(rest, out);
    Ok(())
}

fn push_blanks(text: &str, out: &mut String) {
    let mut after_return = false;
    for part in text.split_inclusive(['\t', '\n', '\r']) {
        let content = part.trim_end_matches(['\t', '\n', '\r']);
        out.push_str(content);
        // One line end is one blank, also where it is CR LF.
        let second_half = after_return && part == "\n";
        if content.len() < part.len() && !second_half {
            out.push(' ');
        }
        after_return = part.ends_with('\r');
    }
}

/// Appends what `&name;` stands for: one of the five predefined entities or a character.
pub(super) fn push_reference(name: &str, out: &mut String) -> Result<(), IllFormed> {
    let found = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let Some(number) = name.strip_prefix('#') else {
                return Err(format!("unknown entity `&{};`", excerpt(name)).into());
            };
            character(number)
                .ok_or_else(|| IllFormed::from(format!("`&#{};` is no character", excerpt(number))))?
        }
    };
    out.push(found);
    Ok(())
}

fn character(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let found = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    let allowed = matches!(found, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    allowed.then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(raw: &str) -> Result<Vec<(&str, &str)>, IllFormed> {
        let mut attributes = Attributes::new(raw);
        std::iter::from_fn(|| attributes.next()).collect()
    }

    fn value(raw: &str) -> Result<String, IllFormed> {
        let mut out = String::new();
        push_attribute(raw, &mut out).map(|()| out)
    }

    #[test]
    fn attributes_are_split() {
        assert_eq!(attributes(" a='1'\n b = \"x>'y\" "), Ok(vec![("a", "1"), ("b", "x>'y")]));
        for raw in [" a", " a=1", " a='1'b='2'", " a='<'", " ='1'", " a='1", " a b='1'", " 1a='1'"] {
            assert!(attributes(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn attribute_values_are_normalised() {
        assert_eq!(value("a\r\nb\tc&#10;d").as_deref(), Ok("a b c\nd"));
        assert_eq!(value("&lt;&gt;&amp;&quot;&apos;&#x20AC;").as_deref(), Ok("<>&\"'€"));
        for raw in ["&", "&nbsp;", "&#0;", "&#xD800;", "&#;", "&#x;", "&#+5;", "&#xFFFE;"] {
            assert!(value(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn line_ends_are_normalised() {
        let mut out = String::new();
        push_text("a\r\nb\rc\n\rd", &mut out);
        assert_eq!(out, "a\nb\nc\n\nd");
    }

    #[test]
    fn names() {
        assert!(!is_name("1a") && !is_name("") && !is_name(" a") && is_name("é") && !is_name("a×"));
    }
}
