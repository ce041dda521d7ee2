//! The files: rows below groups, those of several sets between each other.

use super::{
    column::{Place, Twist},
    markup::Markup,
    packing::{self, Given, Listed},
    schema::Schema,
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
    /// Per set: the documents as its summary lists them.
    pub listed: Vec<Vec<Listed>>,
    /// Per set: of each row of theirs.
    pub locations: Vec<Vec<Location>>,
}

/// Files that hold the rows of all sets of a feed.
pub fn files(sets: &[Schema], sides: &[Sides]) -> Files {
    let schema = &sets[0];
    let mut locations = vec![Vec::new(); sets.len()];
    let (mut documents, mut records) = (Vec::new(), Vec::new());
    for n in 0..schema.encodings.len() {
        let of_file = |sides: &'_ Sides| -> Vec<usize> {
            (0..sides.theirs.len()).filter(|&row| sides.theirs[row].file == n).collect()
        };
        let rows: Vec<Vec<&Theirs>> = (sides.iter())
            .map(|sides| of_file(sides).into_iter().map(|row| &sides.theirs[row]).collect())
            .collect();
        let mut writer = Writer {
            schema,
            at: 0,
            markup: Markup::new(schema, n),
            places: vec![Vec::new(); sets.len()],
            entries: vec![BTreeMap::new(); sets.len()],
        };
        writer.document(sets, &rows);
        records.push(writer.places.iter().map(Vec::len).collect::<Vec<usize>>());
        let file = packing::name(schema, n);
        for (places, locations) in writer.places.into_iter().zip(&mut locations) {
            let location = |(record, line)| Location { file: file.clone(), record, line };
            locations.extend(places.into_iter().map(location));
        }
        documents.push(writer.markup.encoded());
    }
    let given = packing::packed(schema, &documents);
    let listed = |set: usize, n: usize| Listed {
        name: packing::name(schema, n),
        sha256: packing::digest(schema, &given, &documents, n),
        records: records[n][set],
    };
    let all = (0..sets.len()).map(|set| (0..documents.len()).map(|n| listed(set, n)).collect());
    let listed = all.collect();
    Files { given, listed, locations }
}

struct Writer<'a> {
    /// The set whose rows are being written, and its number.
    schema: &'a Schema,
    at: usize,
    markup: Markup,
    /// Per set: record and line of each row.
    places: Vec<Vec<(usize, usize)>>,
    /// Per set: the ids of the texts that are looked up, by their columns.
    entries: Vec<BTreeMap<(usize, String), String>>,
}

impl<'a> Writer<'a> {
    fn turn(&mut self, sets: &'a [Schema], at: usize) {
        (self.schema, self.at) = (&sets[at], at);
    }

    /// The rows of each set in their order, between those of the others.
    fn document(&mut self, sets: &'a [Schema], rows: &[Vec<&Theirs>]) {
        self.markup.begin();
        for (at, rows) in rows.iter().enumerate() {
            self.turn(sets, at);
            self.header("hdr", rows, false);
            self.enter(rows);
            self.entries(true);
        }
        let mut rest: Vec<&[&Theirs]> = rows.iter().map(Vec::as_slice).collect();
        loop {
            let left: Vec<usize> = (0..rest.len()).filter(|&at| !rest[at].is_empty()).collect();
            if left.is_empty() {
                break;
            }
            let at = self.markup.random.pick(&left);
            self.turn(sets, at);
            let len = self.alike(rest[at], |_, place| matches!(place, Place::Parent { .. }), 90);
            let (group, others) = rest[at].split_at(len);
            self.group(group);
            rest[at] = others;
        }
        for (at, rows) in rows.iter().enumerate() {
            self.turn(sets, at);
            self.entries(false);
            self.header("ftr", rows, true);
        }
        self.markup.close("doc");
    }

    /// What all rows share, before or after them.
    fn header(&mut self, name: &str, rows: &[&Theirs], late: bool) {
        let schema = self.schema;
        let of = |n: usize, place| place == Place::Above && schema.columns[n].late == late;
        let cells = rows.first().map(|row| self.spelled(row, of));
        let name = schema.tag(name);
        self.markup.open(&name, "");
        self.elements(cells.unwrap_or_default());
        self.markup.close(&name);
    }

    /// Gives every text that is looked up an entry of its column.
    fn enter(&mut self, rows: &[&Theirs]) {
        for row in rows {
            for (n, _, spelled) in self.spelled(row, |_, place| matches!(place, Place::Lookup { .. })) {
                for text in spelled.texts.into_iter().filter(|_| !spelled.dangling) {
                    let count = self.entries[self.at].len();
                    // Ids that differ in the case of a letter only.
                    let id = format!("{}{}", if count.is_multiple_of(2) { "p" } else { "P" }, count / 2);
                    self.entries[self.at].entry((n, text)).or_insert(id);
                }
            }
        }
    }

    /// Writes the entries that stand before the rows, or those after them.
    fn entries(&mut self, before: bool) {
        let mut entries: Vec<((usize, String), String)> = (self.entries[self.at].iter())
            .filter(|((n, _), _)| self.schema.columns[*n].place == Place::Lookup { before })
            .map(|(entry, id)| (entry.clone(), id.clone()))
            .collect();
        self.markup.random.shuffle(&mut entries);
        self.markup.open("all", "");
        for ((n, text), id) in entries {
            let name = self.schema.tag(&format!("e{n}"));
            self.markup.open(&name, &format!(" id=\"{id}\""));
            let inner = self.markup.random.pick(&["v", "w"]);
            self.markup.element(inner, &text, true);
            self.markup.close(&name);
        }
        self.markup.close("all");
    }

    /// How many rows from the first on share these columns.
    fn alike(&mut self, rows: &[&Theirs], which: impl Fn(usize, Place) -> bool, percent: u64) -> usize {
        let shared: Vec<usize> =
            (0..rows[0].cells.len()).filter(|&n| which(n, self.schema.columns[n].place)).collect();
        let mut len = 1;
        while len < rows.len()
            && shared.iter().all(|&n| rows[len].cells[n] == rows[0].cells[n])
            && self.markup.random.chance(percent)
        {
            len += 1;
        }
        len
    }

    fn group(&mut self, rows: &[&Theirs]) {
        let schema = self.schema;
        let after = self.markup.random.chance(70);
        let parent = |n: usize, place, late| {
            matches!(place, Place::Parent { .. }) && (after && schema.columns[n].late) == late
        };
        let cells = self.spelled(rows[0], |n, place| parent(n, place, false));
        let late = self.spelled(rows[0], |n, place| parent(n, place, true));
        let attributes = self.attributes(&cells);
        self.markup.open("g", &attributes);
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
        self.markup.close("g");
    }

    fn row(&mut self, rows: &[&Theirs]) {
        let schema = self.schema;
        let line = self.markup.line();
        let cells = self.spelled(rows[0], |n, place| !place.shared() && !schema.inside(n));
        let attributes = self.attributes(&cells);
        let tag = schema.tag("r");
        self.markup.open(&tag, &attributes);
        if schema.filtered {
            let status =
                if rows[0].filtered { self.markup.random.pick(&["PDNG", "book", ""]) } else { "BOOK" };
            self.markup.element("st", status, false);
        }
        self.elements(cells);
        for row in rows {
            let places = &mut self.places[self.at];
            places.push((places.len() + 1, line));
            if !schema.explode {
                continue;
            }
            let cells = self.spelled(row, |n, place| !place.shared() && schema.inside(n));
            let empty =
                cells.iter().all(|(_, _, spelled)| spelled.texts.is_empty() && spelled.beside.is_none());
            if rows.len() == 1 && empty && self.markup.random.chance(50) {
                continue;
            }
            let attributes = self.attributes(&cells);
            self.markup.open("d", &attributes);
            self.elements(cells);
            self.markup.close("d");
        }
        self.markup.close(&tag);
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
                let text = self.markup.escaped(text, true);
                let _ = write!(all, " x{n}=\"{text}\"");
            }
        }
        all
    }

    fn elements(&mut self, mut cells: Vec<(usize, Place, Spelled)>) {
        if self.markup.random.chance(30) {
            self.markup.random.shuffle(&mut cells);
        }
        for (n, place, spelled) in cells {
            let tag = format!("x{n}");
            if let Some(beside) = &spelled.beside {
                self.markup.element(&format!("s{n}"), beside, true);
            }
            match place {
                Place::Attribute | Place::Parent { attribute: true } => continue,
                Place::NestedAttribute => {
                    for text in &spelled.texts {
                        let text = self.markup.escaped(text, true);
                        self.markup.open(&tag, &format!(" v=\"{text}\""));
                        self.markup.close(&tag);
                    }
                    continue;
                }
                Place::Lookup { .. } => {
                    self.references(n, &spelled);
                    continue;
                }
                Place::Nested if !spelled.texts.is_empty() => self.markup.open(&tag, ""),
                _ => {}
            }
            let other = place == Place::Either && self.markup.random.chance(50);
            let inner = if place == Place::Nested {
                "v".to_owned()
            } else if other {
                format!("y{n}")
            } else {
                tag.clone()
            };
            for text in &spelled.texts {
                self.markup.element(&inner, text, self.schema.columns[n].twist == Twist::None);
            }
            if place == Place::Nested && !spelled.texts.is_empty() {
                self.markup.close(&tag);
            }
        }
    }

    /// Names the entries of a column's texts.
    fn references(&mut self, n: usize, spelled: &Spelled) {
        let tag = format!("x{n}");
        for text in &spelled.texts {
            let id = if spelled.dangling { text } else { &self.entries[self.at][&(n, text.clone())] };
            let reference = [
                self.markup.random.pick(&["#", "", " #", "\n"]),
                id,
                self.markup.random.pick(&["", "", " "]),
            ]
            .concat();
            self.markup.open(&tag, &format!(" ref=\"{reference}\""));
            self.markup.close(&tag);
        }
    }
}
