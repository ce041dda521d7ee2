//! The verdict by a plain comparison of the values, from the rules of docs/verdict.md and not from the program.

use super::{
    column::Rule,
    schema::Schema,
    scope::Covered,
    sides::{Ours, Sides, Theirs},
    value::{Cell, Number, Value, shown},
    xml::Location,
};
use crate::support::digest::sha256;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Expected {
    /// Lines of `breaks.csv` and `matched.csv` without `break_id` and `reasons`.
    pub breaks: Vec<Vec<String>>,
    pub matched: Vec<Vec<String>>,
    /// File and record.
    pub rejects: BTreeSet<(String, usize)>,
    /// What the summary counts.
    pub counts: BTreeMap<&'static str, u64>,
    /// Per column: pairs that agree and that differ in it, rows of theirs and of ours without a value.
    pub columns: Vec<[u64; 4]>,
    /// The sums of theirs and of ours per group.
    pub totals: BTreeMap<String, [i128; 2]>,
    /// Rows of both sides that were compared.
    pub rows: usize,
}

/// In so many decimals totals are counted.
pub const TOTAL_SCALE: usize = 16;

#[derive(Clone, Copy)]
struct Their<'a> {
    row: &'a Theirs,
    place: &'a Location,
}

#[derive(Default)]
struct Group<'a> {
    theirs: Vec<Their<'a>>,
    ours: Vec<&'a Ours>,
}

struct Judge<'a> {
    schema: &'a Schema,
    expected: Expected,
}

pub fn expected(schema: &Schema, sides: &Sides, places: &[Location]) -> Expected {
    let columns = vec![[0; 4]; schema.columns.len()];
    let mut judge = Judge { schema, expected: Expected { columns, ..Expected::default() } };
    let mut groups: BTreeMap<Vec<&Cell>, Group<'_>> = BTreeMap::new();
    for (row, place) in sides.theirs.iter().zip(places) {
        judge.count("records");
        let key = judge.key(&row.cells);
        if row.filtered {
            judge.count("filtered");
        } else if row.bad.is_some() || key.iter().all(|part| part.is_none()) {
            judge.count("rejects");
            judge.expected.rejects.insert((place.file.clone(), place.record));
        } else {
            judge.count("theirs");
            judge.add(0, &row.cells);
            groups.entry(key).or_default().theirs.push(Their { row, place });
        }
    }
    let staged = groups.values().flat_map(|group| &group.theirs).map(|their| their.row.cells.as_slice());
    let covered = schema.scope.map(|scope| Covered::new(scope, staged));
    let in_scope = |row: &&Ours| row.in_scope && covered.as_ref().is_none_or(|covered| covered.holds(row));
    for row in sides.ours.iter().filter(in_scope) {
        judge.count("ours");
        judge.add(1, &row.cells);
        groups.entry(judge.key(&row.cells)).or_default().ours.push(row);
    }
    for (key, group) in groups {
        judge.expected.rows += group.theirs.len() + group.ours.len();
        if key.iter().all(|part| part.is_none()) {
            // Nothing can be matched without a key.
            for row in group.ours {
                judge.alone_ours("missing_in_theirs", row);
            }
        } else {
            judge.settle(group);
        }
    }
    judge.expected
}

impl<'a> Judge<'a> {
    fn key<'c>(&self, cells: &'c [Cell]) -> Vec<&'c Cell> {
        self.schema.keys().map(|(n, _)| &cells[n]).collect()
    }

    fn count(&mut self, what: &'static str) {
        *self.expected.counts.entry(what).or_default() += 1;
    }

    /// Adds a row to the sums of its side, 0 or 1.
    fn add(&mut self, side: usize, cells: &[Cell]) {
        for (cell, counts) in cells.iter().zip(&mut self.expected.columns) {
            counts[2 + side] += u64::from(cell.is_none());
        }
        let Some((total, by)) = self.schema.total else { return };
        let sums = self.expected.totals.entry(shown(&cells[by])).or_default();
        if let Some(Value::Number(number)) = &cells[total] {
            sums[side] += number.units(TOTAL_SCALE).expect("a short number");
        }
    }

    fn settle(&mut self, group: Group<'a>) {
        let counts = [group.theirs.len(), group.ours.len()];
        let mut ours = group.ours;
        ours.sort_by_cached_key(|row| encoded(&row.cells, |n| self.schema.columns[n].asked()));
        let mut theirs = Vec::new();
        for their in group.theirs {
            match ours.iter().position(|our| self.equal(their.row, our)) {
                Some(n) => {
                    let our = ours.remove(n);
                    self.pair("matched", their, our, "");
                }
                None => theirs.push(their),
            }
        }
        self.settle_near(&mut theirs, &mut ours);
        match (theirs.as_slice(), ours.as_slice()) {
            ([their], [our]) => {
                let differing = self.differing(their.row, our);
                let outcome = if differing.is_empty() { "matched" } else { "mismatched" };
                self.pair(outcome, *their, our, &differing);
            }
            ([their], []) if counts == [1, 0] => self.alone_theirs("missing_in_ours", *their),
            ([], [our]) if counts == [0, 1] => self.alone_ours("missing_in_theirs", our),
            _ => {
                for their in theirs {
                    self.alone_theirs("duplicate_in_theirs", their);
                }
                for our in ours {
                    self.alone_ours("duplicate_in_ours", our);
                }
            }
        }
    }

    /// Rows that agree but for tolerances and letter case: of all pairs the nearest, then the nearest of what is left.
    fn settle_near(&mut self, theirs: &mut Vec<Their<'a>>, ours: &mut Vec<&'a Ours>) {
        let mut pairs = Vec::new();
        for (t, their) in theirs.iter().enumerate() {
            for (o, our) in ours.iter().enumerate() {
                if self.differing(their.row, our).is_empty() {
                    pairs.push((self.distances(their.row, our), t, self.loose(our), o));
                }
            }
        }
        pairs.sort();
        let (mut taken_theirs, mut taken_ours) = (BTreeSet::new(), BTreeSet::new());
        for (_, t, _, o) in pairs {
            if !taken_theirs.contains(&t) && !taken_ours.contains(&o) {
                taken_theirs.insert(t);
                taken_ours.insert(o);
                self.pair("matched", theirs[t], ours[o], "");
            }
        }
        let mut at = 0..;
        theirs.retain(|_| !taken_theirs.contains(&at.next().expect("a number")));
        let mut at = 0..;
        ours.retain(|_| !taken_ours.contains(&at.next().expect("a number")));
    }

    /// How far apart two rows are, per column with a tolerance.
    fn distances(&self, their: &Theirs, our: &Ours) -> Vec<i128> {
        let columns = self.schema.columns.iter().enumerate();
        let within =
            columns.filter(|(_, c)| c.compared() && matches!(c.rule, Rule::Within(_) | Rule::Percent(_)));
        let distance = |n: usize| match (&their.cells[n], &our.cells[n]) {
            (Some(Value::Number(left)), Some(Value::Number(right))) => (units(left) - units(right)).abs(),
            _ => 0,
        };
        within.map(|(n, _)| distance(n)).collect()
    }

    /// By what rows of ours are told apart that are equally far: numbers first, then texts.
    fn loose(&self, our: &Ours) -> (Vec<i128>, Vec<String>) {
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for (n, column) in self.schema.columns.iter().enumerate().filter(|(_, column)| column.compared()) {
            match (&column.rule, &our.cells[n]) {
                (Rule::Within(_) | Rule::Percent(_), Some(Value::Number(number))) => {
                    numbers.push(units(number));
                }
                (Rule::AnyCase, cell) => texts.push(shown(cell)),
                _ => {}
            }
        }
        (numbers, texts)
    }

    /// Whether everything that is compared is the same text.
    fn equal(&self, their: &Theirs, our: &Ours) -> bool {
        let columns = self.schema.columns.iter().enumerate();
        columns.filter(|(_, column)| column.compared()).all(|(n, _)| their.cells[n] == our.cells[n])
    }

    fn differing(&self, their: &Theirs, our: &Ours) -> String {
        let columns = self.schema.columns.iter().enumerate();
        let names: Vec<&str> = columns
            .filter(|(n, column)| column.compared() && !column.same(&their.cells[*n], &our.cells[*n]))
            .map(|(_, column)| column.name.as_str())
            .collect();
        names.join(";")
    }

    fn checksum(&self, cells: &[Cell]) -> String {
        sha256(encoded(cells, |n| self.schema.columns[n].exact()))
    }

    fn pair(&mut self, outcome: &'static str, their: Their<'_>, our: &Ours, differing: &str) {
        for n in 0..self.schema.columns.len() {
            let same = self.schema.columns[n].same(&their.row.cells[n], &our.cells[n]);
            self.expected.columns[n][usize::from(!same)] += 1;
        }
        self.line(outcome, Some(their), Some(our), differing);
    }

    fn alone_theirs(&mut self, outcome: &'static str, their: Their<'_>) {
        self.line(outcome, Some(their), None, "");
    }

    fn alone_ours(&mut self, outcome: &'static str, our: &Ours) {
        self.line(outcome, None, Some(our), "");
    }

    fn line(&mut self, outcome: &'static str, their: Option<Their<'_>>, our: Option<&Ours>, differing: &str) {
        let theirs = their.map(|their| &their.row.cells);
        let ours = our.map(|our| &our.cells);
        let row = theirs.or(ours).expect("a side");
        let mut cells = vec![outcome.to_owned()];
        cells.extend(self.schema.keys().map(|(n, _)| shown(&row[n])));
        cells.push(differing.to_owned());
        for (n, column) in self.schema.columns.iter().enumerate() {
            cells.push(theirs.map(|cells| shown(&cells[n])).unwrap_or_default());
            // What ours is not asked for, it has not.
            cells.push(ours.filter(|_| column.asked()).map(|cells| shown(&cells[n])).unwrap_or_default());
        }
        cells.push(theirs.map(|cells| self.checksum(cells)).unwrap_or_default());
        cells.push(ours.map(|cells| self.checksum(cells)).unwrap_or_default());
        let place = their.map(|their| {
            [their.place.file.clone(), their.place.record.to_string(), their.place.line.to_string()]
        });
        cells.extend(place.unwrap_or_default());
        self.count(outcome);
        if outcome == "matched" { &mut self.expected.matched } else { &mut self.expected.breaks }.push(cells);
    }
}

/// A number of a column with a tolerance, which is short, so that differences can be put in order.
fn units(number: &Number) -> i128 {
    number.units(TOTAL_SCALE + 4).expect("a short number")
}

/// The texts of some columns, apart from each other.
fn encoded(cells: &[Cell], which: impl Fn(usize) -> bool) -> String {
    let fields: Vec<String> = (0..cells.len()).filter(|&n| which(n)).map(|n| shown(&cells[n])).collect();
    fields.join("\u{1f}")
}
