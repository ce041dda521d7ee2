//! Markup as text: tags, and how a value may be written in one.

use super::schema::{Encoding, Schema};
use crate::support::random::Random;
use std::fmt::Write as _;

pub struct Markup {
    encoding: Encoding,
    namespace: Option<&'static str>,
    pub random: Random,
    pub out: String,
}

impl Markup {
    pub fn new(schema: &Schema, file: usize) -> Self {
        Self {
            encoding: schema.encodings[file],
            namespace: schema.namespace,
            random: Random::new(schema.seed ^ (file as u64 + 2)),
            out: String::new(),
        }
    }

    /// The declaration and the root's tag.
    pub fn begin(&mut self) {
        let name = match self.encoding {
            Encoding::Utf8 | Encoding::Utf8Mark => "UTF-8",
            Encoding::Utf16 => "UTF-16",
            Encoding::Latin1 => "ISO-8859-1",
        };
        let _ = writeln!(self.out, "<?xml version=\"1.0\" encoding=\"{name}\"?>");
        let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
        let own = match self.namespace {
            None => String::new(),
            Some("") => " xmlns=\"urn:rows\"".to_owned(),
            Some(prefix) => format!(" xmlns:{prefix}=\"urn:rows\""),
        };
        self.open("doc", &format!(" {xsi}{own}"));
    }

    /// The line that is being written.
    pub fn line(&self) -> usize {
        1 + self.out.matches('\n').count()
    }

    /// The document's bytes.
    pub fn encoded(&self) -> Vec<u8> {
        encoded(self.encoding, &self.out)
    }

    pub fn open(&mut self, name: &str, attributes: &str) {
        let tag = self.tag(name);
        let _ = write!(self.out, "<{tag}{attributes}>");
        self.between();
    }

    pub fn close(&mut self, name: &str) {
        let tag = self.tag(name);
        let _ = write!(self.out, "</{tag}>");
        self.between();
    }

    pub fn element(&mut self, tag: &str, text: &str, nil: bool) {
        if text.is_empty() && nil && self.random.chance(30) {
            let tag = self.tag(tag);
            let _ = write!(self.out, "<{tag} xsi:nil=\"true\"/>");
            return self.between();
        }
        let text = self.escaped(text, false);
        let tag = self.tag(tag);
        let _ = write!(self.out, "<{tag}>{text}</{tag}>");
        self.between();
    }

    fn tag(&self, name: &str) -> String {
        match self.namespace {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}:{name}"),
            _ => name.to_owned(),
        }
    }

    /// What may stand between elements.
    fn between(&mut self) {
        let between = self.random.pick(&["", "", "\n", "\n  ", "<!-- <r> -->", "<?p x?>"]);
        self.out.push_str(between);
    }

    /// A text by characters, references, sections and comments.
    pub fn escaped(&mut self, text: &str, attribute: bool) -> String {
        let latin = self.encoding == Encoding::Latin1;
        let section = !attribute
            && !text.is_empty()
            && !text.contains("]]>")
            && text.chars().all(|c| !c.is_control() && (!latin || u32::from(c) < 256));
        if section && self.random.chance(10) {
            return format!("<![CDATA[{text}]]>");
        }
        let mut out = String::new();
        for c in text.chars() {
            if !attribute && self.random.chance(1) {
                out.push_str(self.random.pick(&["<!-- a & b -->", "<?p y?>", "<![CDATA[]]>"]));
            }
            let referred = c.is_control() && (attribute || c == '\r' || self.random.chance(50));
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str(self.random.pick(&["&lt;", "&#60;"])),
                '>' => out.push_str("&gt;"),
                '"' if attribute => out.push_str("&quot;"),
                c if referred || (latin && u32::from(c) > 255) || self.random.chance(2) => {
                    let _ = if self.random.chance(50) {
                        write!(out, "&#{};", u32::from(c))
                    } else {
                        write!(out, "&#x{:X};", u32::from(c))
                    };
                }
                c => out.push(c),
            }
        }
        out
    }
}

fn encoded(encoding: Encoding, text: &str) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Mark => ["\u{feff}", text].concat().into_bytes(),
        Encoding::Utf16 => {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        }
        Encoding::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).expect("latin1")).collect(),
    }
}
