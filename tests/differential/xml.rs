//! The files: rows below groups, and how an element's text may be written.

use super::{
    column::{Place, Twist},
    packing::{self, Given, Listed},
    schema::{Encoding, Schema},
    sides::{Sides, Theirs},
    spell::{self, Spelled},
};
use crate::support::random::Random;
use std::{collections::BTreeMap, fmt::Write as _};

/// Where a row of theirs stands.
#[derive(Debug, Clone)]
pub struct Location {
    pub file: String,
    pub record: usize,
    pub line: usize,
}

pub struct Files {
    pub given: Vec<Given>,
    pub listed: Vec<Listed>,
    /// Of each row of theirs.
    pub locations: Vec<Location>,
}

pub fn files(schema: &Schema, sides: &Sides) -> Files {
    let (mut documents, mut locations, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for (n, encoding) in schema.encodings.iter().enumerate() {
        let rows: Vec<&Theirs> = sides.theirs.iter().filter(|row| row.file == n).collect();
        let random = Random::new(schema.seed ^ (n as u64 + 2));
        let (places, entries) = (Vec::new(), BTreeMap::new());
        let mut writer = Writer { schema, encoding: *encoding, random, out: String::new(), places, entries };
        writer.document(&rows);
        let file = packing::name(schema, n);
        records.push(writer.places.len());
        let location = |(record, line)| Location { file: file.clone(), record, line };
        locations.extend(writer.places.into_iter().map(location));
        documents.push(encoded(*encoding, &writer.out));
    }
    let given = packing::packed(schema, &documents);
    let listed = |(n, records): (usize, usize)| Listed {
        name: packing::name(schema, n),
        sha256: packing::digest(schema, &given, &documents, n),
        records,
    };
    let listed = records.into_iter().enumerate().map(listed).collect();
    Files { given, listed, locations }
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

struct Writer<'a> {
    schema: &'a Schema,
    encoding: Encoding,
    random: Random,
    out: String,
    /// Record and line of each row.
    places: Vec<(usize, usize)>,
    /// The ids of the texts that are looked up, by their columns.
    entries: BTreeMap<(usize, String), String>,
}

impl Writer<'_> {
    fn document(&mut self, rows: &[&Theirs]) {
        let name = match self.encoding {
            Encoding::Utf8 | Encoding::Utf8Mark => "UTF-8",
            Encoding::Utf16 => "UTF-16",
            Encoding::Latin1 => "ISO-8859-1",
        };
        let _ = writeln!(self.out, "<?xml version=\"1.0\" encoding=\"{name}\"?>");
        let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
        let own = match self.schema.namespace {
            None => String::new(),
            Some("") => " xmlns=\"urn:rows\"".to_owned(),
            Some(prefix) => format!(" xmlns:{prefix}=\"urn:rows\""),
        };
        self.open("doc", &format!(" {xsi}{own}"));
        self.header("hdr", rows, false);
        self.enter(rows);
        self.entries(true);
        let mut rest = rows;
        while !rest.is_empty() {
            let len = self.alike(rest, |_, place| matches!(place, Place::Parent { .. }), 90);
            let (group, others) = rest.split_at(len);
            self.group(group);
            rest = others;
        }
        self.entries(false);
        self.header("ftr", rows, true);
        self.close("doc");
    }

    /// What all rows share, before or after them.
    fn header(&mut self, name: &str, rows: &[&Theirs], late: bool) {
        let schema = self.schema;
        let of = |n: usize, place| place == Place::Above && schema.columns[n].late == late;
        let cells = rows.first().map(|row| self.spelled(row, of));
        self.open(name, "");
        self.elements(cells.unwrap_or_default());
        self.close(name);
    }

    /// Gives every text that is looked up an entry of its column.
    fn enter(&mut self, rows: &[&Theirs]) {
        for row in rows {
            for (n, _, spelled) in self.spelled(row, |_, place| matches!(place, Place::Lookup { .. })) {
                for text in spelled.texts.into_iter().filter(|_| !spelled.dangling) {
                    let count = self.entries.len();
                    // Ids that differ in the case of a letter only.
                    let id = format!("{}{}", if count.is_multiple_of(2) { "p" } else { "P" }, count / 2);
                    self.entries.entry((n, text)).or_insert(id);
                }
            }
        }
    }

    /// Writes the entries that stand before the rows, or those after them.
    fn entries(&mut self, before: bool) {
        let mut entries: Vec<((usize, String), String)> = (self.entries.iter())
            .filter(|((n, _), _)| self.schema.columns[*n].place == Place::Lookup { before })
            .map(|(entry, id)| (entry.clone(), id.clone()))
            .collect();
        self.random.shuffle(&mut entries);
        self.open("all", "");
        for ((n, text), id) in entries {
            let name = format!("e{n}");
            self.open(&name, &format!(" id=\"{id}\""));
            let inner = self.random.pick(&["v", "w"]);
            self.element(inner, &text, true);
            self.close(&name);
        }
        self.close("all");
    }

    /// How many rows from the first on share these columns.
    fn alike(&mut self, rows: &[&Theirs], which: impl Fn(usize, Place) -> bool, percent: u64) -> usize {
        let shared: Vec<usize> =
            (0..rows[0].cells.len()).filter(|&n| which(n, self.schema.columns[n].place)).collect();
        let mut len = 1;
        while len < rows.len()
            && shared.iter().all(|&n| rows[len].cells[n] == rows[0].cells[n])
            && self.random.chance(percent)
        {
            len += 1;
        }
        len
    }

    fn group(&mut self, rows: &[&Theirs]) {
        let schema = self.schema;
        let after = self.random.chance(70);
        let parent = |n: usize, place, late| {
            matches!(place, Place::Parent { .. }) && (after && schema.columns[n].late) == late
        };
        let cells = self.spelled(rows[0], |n, place| parent(n, place, false));
        let late = self.spelled(rows[0], |n, place| parent(n, place, true));
        let attributes = self.attributes(&cells);
        self.open("g", &attributes);
        self.elements(cells);
        let mut rest = rows;
        while !rest.is_empty() {
            let mut len = 1;
            if self.schema.explode && rest[0].bad.is_none() {
                let outside = self.schema;
                len = self.alike(rest, |n, place| !place.shared() && !outside.inside(n), 70);
                let whole = rest[..len]
                    .iter()
                    .take_while(|row| row.bad.is_none() && row.filtered == rest[0].filtered);
                len = whole.count();
            }
            let (row, others) = rest.split_at(len);
            self.row(row);
            rest = others;
        }
        self.elements(late);
        self.close("g");
    }

    fn row(&mut self, rows: &[&Theirs]) {
        let schema = self.schema;
        let line = 1 + self.out.matches('\n').count();
        let cells = self.spelled(rows[0], |n, place| !place.shared() && !schema.inside(n));
        let attributes = self.attributes(&cells);
        self.open("r", &attributes);
        if schema.filtered {
            let status = if rows[0].filtered { self.random.pick(&["PDNG", "book", ""]) } else { "BOOK" };
            self.element("st", status, false);
        }
        self.elements(cells);
        for row in rows {
            self.places.push((self.places.len() + 1, line));
            if !schema.explode {
                continue;
            }
            let cells = self.spelled(row, |n, place| !place.shared() && schema.inside(n));
            let empty =
                cells.iter().all(|(_, _, spelled)| spelled.texts.is_empty() && spelled.beside.is_none());
            if rows.len() == 1 && empty && self.random.chance(50) {
                continue;
            }
            let attributes = self.attributes(&cells);
            self.open("d", &attributes);
            self.elements(cells);
            self.close("d");
        }
        self.close("r");
    }

    /// The columns of one place, as they are written.
    fn spelled(
        &mut self,
        row: &Theirs,
        which: impl Fn(usize, Place) -> bool,
    ) -> Vec<(usize, Place, Spelled)> {
        let schema = self.schema;
        let mut random = Random::new(row.noise);
        let mut all = Vec::new();
        for (n, column) in schema.columns.iter().enumerate() {
            // Drawn for all columns, so that a column's spelling does not hang on its place.
            let spelled = if row.bad == Some(n) {
                spell::bad(&mut random, column)
            } else {
                spell::spell(&mut random, column, &row.cells[n])
            };
            if which(n, column.place) {
                all.push((n, column.place, spelled));
            }
        }
        all
    }

    fn attributes(&mut self, cells: &[(usize, Place, Spelled)]) -> String {
        let mut all = String::new();
        for (n, place, spelled) in cells {
            if !matches!(place, Place::Attribute | Place::Parent { attribute: true }) {
                continue;
            }
            for text in &spelled.texts {
                let text = self.escaped(text, true);
                let _ = write!(all, " x{n}=\"{text}\"");
            }
        }
        all
    }

    fn elements(&mut self, mut cells: Vec<(usize, Place, Spelled)>) {
        if self.random.chance(30) {
            self.random.shuffle(&mut cells);
        }
        for (n, place, spelled) in cells {
            let tag = format!("x{n}");
            if let Some(beside) = &spelled.beside {
                self.element(&format!("s{n}"), beside, true);
            }
            match place {
                Place::Attribute | Place::Parent { attribute: true } => continue,
                Place::NestedAttribute => {
                    for text in &spelled.texts {
                        let text = self.escaped(text, true);
                        self.open(&tag, &format!(" v=\"{text}\""));
                        self.close(&tag);
                    }
                    continue;
                }
                Place::Lookup { .. } => {
                    self.references(n, &spelled);
                    continue;
                }
                Place::Nested if !spelled.texts.is_empty() => self.open(&tag, ""),
                _ => {}
            }
            let other = place == Place::Either && self.random.chance(50);
            let inner = if place == Place::Nested {
                "v".to_owned()
            } else if other {
                format!("y{n}")
            } else {
                tag.clone()
            };
            for text in &spelled.texts {
                self.element(&inner, text, self.schema.columns[n].twist == Twist::None);
            }
            if place == Place::Nested && !spelled.texts.is_empty() {
                self.close(&tag);
            }
        }
    }

    /// Names the entries of a column's texts.
    fn references(&mut self, n: usize, spelled: &Spelled) {
        let tag = format!("x{n}");
        for text in &spelled.texts {
            let id = if spelled.dangling { text } else { &self.entries[&(n, text.clone())] };
            let reference =
                [self.random.pick(&["#", "", " #", "\n"]), id, self.random.pick(&["", "", " "])].concat();
            self.open(&tag, &format!(" ref=\"{reference}\""));
            self.close(&tag);
        }
    }

    fn element(&mut self, tag: &str, text: &str, nil: bool) {
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
        match self.schema.namespace {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}:{name}"),
            _ => name.to_owned(),
        }
    }

    fn open(&mut self, name: &str, attributes: &str) {
        let tag = self.tag(name);
        let _ = write!(self.out, "<{tag}{attributes}>");
        self.between();
    }

    fn close(&mut self, name: &str) {
        let tag = self.tag(name);
        let _ = write!(self.out, "</{tag}>");
        self.between();
    }

    /// What may stand between elements.
    fn between(&mut self) {
        let between = self.random.pick(&["", "", "\n", "\n  ", "<!-- <r> -->", "<?p x?>"]);
        self.out.push_str(between);
    }

    /// A text by characters, references, sections and comments.
    fn escaped(&mut self, text: &str, attribute: bool) -> String {
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
