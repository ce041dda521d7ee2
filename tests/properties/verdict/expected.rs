//! The verdict by a plain comparison, from the contract and not from the program.

use super::{
    Tolerances,
    rows::{AMOUNT, COLUMNS, MEMO, NAME, RATE, Row, Sides},
};
use crate::support::{Kind, digest::sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Where `reasons` stands behind the columns that differ, without `break_id`.
const REASONS: usize = DIFFERING + 1;
const DIFFERING: usize = 3;

/// A row of theirs with its place.
#[derive(Clone, Copy)]
struct Theirs<'a> {
    file: u32,
    record: usize,
    row: &'a Row,
}

pub struct Expected {
    /// Lines of breaks.csv without `break_id` and `reasons`, in order.
    breaks: Vec<Vec<String>>,
    matched: u64,
    /// (file, record) of the rows without a key.
    rejects: BTreeSet<(u32, usize)>,
}

#[derive(Default)]
struct Group<'a> {
    theirs: Vec<Theirs<'a>>,
    ours: Vec<&'a Row>,
}

type Break = ((String, &'static str, u32, usize, String), Vec<String>);

impl Expected {
    pub fn new(sides: &Sides, tolerances: Tolerances) -> Self {
        let mut groups: BTreeMap<(&str, &str), Group<'_>> = BTreeMap::new();
        let mut records = [0; 3];
        let mut rejects = BTreeSet::new();
        for (file, row) in &sides.theirs {
            let record = &mut records[*file as usize];
            *record += 1;
            if row.key() == ("", "") {
                rejects.insert((*file, *record));
            } else {
                groups.entry(row.key()).or_default().theirs.push(Theirs {
                    file: *file,
                    record: *record,
                    row,
                });
            }
        }
        for row in &sides.ours {
            groups.entry(row.key()).or_default().ours.push(row);
        }
        let mut all: Vec<Break> = Vec::new();
        let mut matched = 0;
        for (key, group) in groups {
            if key == ("", "") {
                all.extend(group.ours.iter().map(|row| line("missing_in_theirs", None, Some(row), "")));
            } else {
                matched += settle(group, tolerances, &mut all);
            }
        }
        all.sort();
        Self { breaks: all.into_iter().map(|(_, cells)| cells).collect(), matched, rejects }
    }

    pub fn check(&self, kind: Kind, breaks: &str, summary: &serde_json::Value, rejects: &str) {
        let mut reader = csv::Reader::from_reader(breaks.as_bytes());
        let mut ids = BTreeSet::new();
        let got: Vec<Vec<String>> = (reader.records())
            .map(|record| {
                let mut cells: Vec<String> = record.expect("a row").iter().map(str::to_owned).collect();
                assert!(ids.insert(cells.remove(0)), "{kind:?}: a break_id occurs twice: {cells:?}");
                let reasons = cells.remove(REASONS);
                assert!(reasons_fit(&cells, &reasons), "{kind:?}: {reasons} of {cells:?}");
                cells
            })
            .collect();
        for (n, (got, expected)) in got.iter().zip(&self.breaks).enumerate() {
            assert_eq!(got, expected, "{kind:?}: break {n}");
        }
        assert_eq!(got.len(), self.breaks.len(), "{kind:?}: breaks");
        assert_eq!(summary["counts"]["matched"], self.matched, "{kind:?}: matched rows");
        let rejected: BTreeSet<(u32, usize)> = (csv::Reader::from_reader(rejects.as_bytes()).records())
            .map(|record| {
                let record = record.expect("a reject");
                (1 + u32::from(&record[0] == "b.xml"), record[1].parse().expect("a record number"))
            })
            .collect();
        assert_eq!(rejected, self.rejects, "{kind:?}: rejects");
    }
}

/// One reason per differing column, and the right one where it can be told without the program's
/// definitions: a missing value, an opposite sign, and what only texts, numbers and dates can be.
fn reasons_fit(cells: &[String], reasons: &str) -> bool {
    let split = |text: &str| text.split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let (names, reasons): (Vec<String>, Vec<String>) = (split(&cells[DIFFERING]), split(reasons));
    names.len() == reasons.len()
        && names.iter().zip(&reasons).all(|(name, reason)| {
            let n = COLUMNS.iter().position(|column| column.name == name).expect("a column");
            let [theirs, ours] = [0, 1].map(|side| cells[REASONS + 2 * n + side].as_str());
            let negated = theirs.strip_prefix('-') == Some(ours) || ours.strip_prefix('-') == Some(theirs);
            let codes: &[&str] = match COLUMNS[n].r#type {
                _ if theirs.is_empty() || ours.is_empty() => &["null_vs_value"],
                "text" => &["unicode_form", "case", "whitespace", "truncated", "transposed_digits", "value"],
                "integer" | "decimal" if negated => &["sign"],
                "integer" | "decimal" => &["scale", "rounding", "transposed_digits", "value"],
                _ => &["value"],
            };
            codes.contains(&reason.as_str())
        })
}

/// What becomes of one key; gives the number of matched pairs.
fn settle(group: Group<'_>, tolerances: Tolerances, all: &mut Vec<Break>) -> u64 {
    let mut ours = group.ours;
    ours.sort_by_key(|row| encoded(row, |_| true));
    let rows = [group.theirs.len(), ours.len()];
    let mut theirs = Vec::new();
    let mut matched = 0;
    // Equal rows cancel one for one, in their order.
    for row in group.theirs {
        match ours.iter().position(|other| other.0[..MEMO] == row.row.0[..MEMO]) {
            Some(n) => {
                ours.remove(n);
                matched += 1;
            }
            None => theirs.push(row),
        }
    }
    match (theirs.as_slice(), ours.as_slice()) {
        ([one], [other]) => {
            let differing = differing(one.row, other, tolerances);
            if differing.is_empty() {
                return matched + 1;
            }
            all.push(line("mismatched", Some(*one), Some(other), &differing));
        }
        ([one], []) if rows == [1, 0] => all.push(line("missing_in_ours", Some(*one), None, "")),
        ([], [one]) if rows == [0, 1] => all.push(line("missing_in_theirs", None, Some(one), "")),
        _ => {
            all.extend(theirs.iter().map(|row| line("duplicate_in_theirs", Some(*row), None, "")));
            all.extend(ours.iter().map(|row| line("duplicate_in_ours", None, Some(row), "")));
        }
    }
    matched
}

fn differing(theirs: &Row, ours: &Row, tolerances: Tolerances) -> String {
    let names: Vec<&str> = (0..MEMO)
        .filter(|&n| !same(n, &theirs.0[n], &ours.0[n], tolerances))
        .map(|n| COLUMNS[n].name)
        .collect();
    names.join(";")
}

fn same(column: usize, theirs: &str, ours: &str, tolerances: Tolerances) -> bool {
    if theirs.is_empty() || ours.is_empty() {
        return theirs == ours;
    }
    let numbers = || [theirs, ours].map(|text| ten_thousandths(text).expect("a number"));
    match column {
        AMOUNT => {
            let [theirs, ours] = numbers();
            (theirs - ours).abs() <= tolerances.absolute
        }
        RATE => {
            let [theirs, ours] = numbers();
            (theirs - ours).abs() * 1_000_000 <= tolerances.percent * ours.abs()
        }
        // A to Z only, as every database can.
        NAME => theirs.to_lowercase() == ours.to_lowercase(),
        _ => theirs == ours,
    }
}

/// A number in ten-thousandths; nothing where there is no value.
pub fn ten_thousandths(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<4}").parse().ok()
}

fn encoded(row: &Row, which: impl Fn(usize) -> bool) -> String {
    let fields: Vec<String> = (0..row.0.len()).filter(|&n| which(n)).map(|n| row.0[n].clone()).collect();
    fields.join("\u{1f}")
}

/// SHA-256 over the columns that are compared exactly.
fn checksum(row: &Row) -> String {
    let text = encoded(row, |n| ![AMOUNT, RATE, NAME, MEMO].contains(&n));
    sha256(text)
}

/// A line of breaks.csv with what it is sorted by.
fn line(outcome: &'static str, theirs: Option<Theirs<'_>>, ours: Option<&Row>, differing: &str) -> Break {
    let row = theirs.map(|theirs| theirs.row).or(ours).expect("a side");
    let mut cells = vec![outcome.to_owned(), row.0[0].clone(), row.0[1].clone(), differing.to_owned()];
    for n in 0..COLUMNS.len() {
        cells.push(theirs.map(|side| side.row.0[n].clone()).unwrap_or_default());
        cells.push(ours.map(|side| side.0[n].clone()).unwrap_or_default());
    }
    cells.push(theirs.map(|side| checksum(side.row)).unwrap_or_default());
    cells.push(ours.map(checksum).unwrap_or_default());
    let place = theirs.map(|side| {
        let name = if side.file == 1 { "a.xml" } else { "b.xml" };
        // The XML declaration and the root's tag stand in lines of their own.
        [name.to_owned(), side.record.to_string(), (side.record + 2).to_string()]
    });
    cells.extend(place.unwrap_or_default());
    let key = encoded(row, |n| n < 2);
    let (file, record) = theirs.map(|side| (side.file, side.record)).unwrap_or_default();
    ((key, outcome, file, record, ours.map(|row| encoded(row, |_| true)).unwrap_or_default()), cells)
}
