//! What identifies a row: the fewest columns that are never empty and never repeat, as measured.

use super::{
    candidates::{self, Likelihood, likelihood},
    draft::{Draft, DraftKey, KeyPart},
    measure::{HELD_ROWS, MAX_ROWS, Measured, Samples, Wanted, measure},
};
use crate::error::Result;
use std::collections::HashSet;

/// Columns that are tried in pairs, and in threes.
const TRIED: [usize; 2] = [16, 10];
/// Keys that are looked for: the others are named, or tried where the first does not hold for all rows.
const MAX_LOOKS: usize = 3;
/// Fewer rows differ by chance.
const FEW_ROWS: u64 = 3;
/// Steps to what identifies the only row.
const MAX_DEPTH: usize = 2;
/// Databases index no longer texts, and nobody types them.
const MAX_BYTES: usize = 200;

/// Chooses the key. `ours`: the columns of each unique index of ours, which win if theirs never lacks them; ours
/// knows no number of a detail. `counts`: the column counts the elements that it stands in.
///
/// # Errors
/// As the conversion that looks at the chosen key again where there are more rows than are held.
pub fn choose(
    draft: &Draft,
    measured: &Measured,
    seen: &Seen<'_>,
    ours: Option<&[Vec<KeyPart>]>,
    samples: &Samples<'_>,
) -> Result<DraftKey> {
    if let Some(key) = unique_index(measured, ours.unwrap_or_default()) {
        return Ok(key);
    }
    let fits = |n: usize| measured.nulls[n] == 0 && seen.lengths[n] <= MAX_BYTES;
    let around = Around::new(draft, measured, fits);
    // What stands deep in the only row, or in its detail, is of something that it names.
    let depth = |path: &str| path.matches('/').count();
    let most = MAX_DEPTH + draft.layout.explode.as_ref().map_or(0, |(_, path)| depth(path) + 1);
    let deep = |n: usize| measured.rows < 2 && depth(&draft.columns[n].path) > most;
    let usable: Vec<usize> =
        candidates::columns(draft).into_iter().filter(|&n| fits(n) && !deep(n)).collect();
    let mut sets = subsets(draft, &usable, measured.rows);
    let header = |part: &KeyPart| matches!(part, KeyPart::Column(n) if draft.columns[*n].header);
    if draft.layout.several {
        // Header values alone name what rows stand in, however few stand there today.
        sets.retain(|set| !set.iter().all(header));
    }
    if ours.is_none() && draft.layout.explode.is_some() {
        let small = sets.iter().filter(|set| set.len() < 3);
        let numbered: Vec<_> = small.map(|set| [set.as_slice(), &[KeyPart::Detail]].concat()).collect();
        sets.extend(numbered);
    }
    let keys = first_keys(measured, sets);
    let whole = |key: Vec<KeyPart>, said: String| with_parent(draft, key, said, around, seen);
    if measured.rows <= HELD_ROWS as u64 {
        if let Some((key, others)) = keys.split_first() {
            return Ok(whole(key.clone(), said(measured.rows) + &also(draft, others)));
        }
    } else {
        for set in keys {
            let wanted = Wanted { keys: set.clone(), rows: MAX_ROWS, values: false };
            let again = measure(draft, samples, &wanted)?;
            if unique(&again, &set) {
                return Ok(whole(set, said(again.rows.min(MAX_ROWS as u64))));
            }
        }
    }
    let nearest = nearest(draft, measured).map(|(set, said)| format!("{}: {said}", named(draft, &set)));
    Ok(DraftKey::Ordinal { parent: around.parent, files: samples.files.len() > 1, nearest })
}

/// What is known of the columns beside the rows.
pub struct Seen<'a> {
    /// Bytes of the longest value, per column.
    pub lengths: &'a [usize],
    /// Whether it counts the elements that it stands in, per column.
    pub counts: &'a [bool],
}

/// What is added to a key that holds in one file only.
#[derive(Clone, Copy)]
struct Around {
    /// The header value that tells what the rows stand in apart.
    parent: Option<usize>,
    /// The one day that all rows are of.
    day: Option<usize>,
}

impl Around {
    fn new(draft: &Draft, measured: &Measured, fits: impl Fn(usize) -> bool) -> Self {
        let constant =
            |n: usize| measured.rows > 1 && distinct(measured, &[KeyPart::Column(n)], false) == Some(1);
        let of_all = |&n: &usize| {
            let column = &draft.columns[n];
            let dated = likelihood(draft, column) == Some(Likelihood::Dated);
            dated && !column.late && fits(n) && constant(n)
        };
        Self { parent: candidates::parent_id(draft, &fits), day: (0..draft.columns.len()).find(of_all) }
    }
}

/// Numbers that count begin anew in each parent, and codes of currencies come again each day: such a key takes the
/// parent's id, or the day, too.
fn with_parent(
    draft: &Draft,
    mut key: Vec<KeyPart>,
    mut said: String,
    around: Around,
    seen: &Seen<'_>,
) -> DraftKey {
    let counts = |part: &KeyPart| match part {
        KeyPart::Column(n) => seen.counts[*n],
        KeyPart::Detail => true,
    };
    let column = |part: &KeyPart| match part {
        KeyPart::Column(n) => Some(&draft.columns[*n]),
        KeyPart::Detail => None,
    };
    let header = |part: &KeyPart| column(part).is_some_and(|column| column.header);
    let identifies = |part: &KeyPart| {
        let likely = column(part).and_then(|column| likelihood(draft, column));
        !counts(part) && likely == Some(Likelihood::Identifier)
    };
    let coded =
        |part: &KeyPart| column(part).and_then(|column| likelihood(draft, column)) == Some(Likelihood::Code);
    if !key.iter().any(|part| header(part) || identifies(part)) {
        match (around.parent, around.day) {
            (Some(n), _) => key.push(KeyPart::Column(n)),
            (None, Some(day)) if !key.iter().any(counts) => key.push(KeyPart::Column(day)),
            _ if key.iter().any(counts) => said.push_str(
                "; WARNING: it counts from the beginning in each file, so keys of several files collide",
            ),
            _ if key.iter().any(coded) => {}
            _ => said.push_str("; WARNING: nothing says that it tells rows of several files apart"),
        }
    }
    key.sort_unstable();
    key.dedup();
    DraftKey::Parts(key, said)
}

/// The first unique index of ours that theirs never lacks a value for.
fn unique_index(measured: &Measured, indexes: &[Vec<KeyPart>]) -> Option<DraftKey> {
    indexes.iter().filter(|index| filled(measured, index)).find_map(|index| {
        // Far fewer say that the pairing is wrong.
        let found = distinct(measured, index, false)
            .filter(|found| *found as u64 * 2 >= measured.rows.min(HELD_ROWS as u64))?;
        let said = format!("a unique index of ours; {}", different(found, measured));
        Some(DraftKey::Parts(index.clone(), said))
    })
}

/// The first sets that are never empty and never twice the same.
fn first_keys(measured: &Measured, sets: Vec<Vec<KeyPart>>) -> Vec<Vec<KeyPart>> {
    let mut keys: Vec<Vec<KeyPart>> = Vec::new();
    for set in sets {
        // A set around one that is looked at anyway would only take its place.
        let holds_one = keys.iter().any(|key| key.iter().all(|part| set.contains(part)));
        if filled(measured, &set) && unique(measured, &set) && !holds_one {
            keys.push(set);
            if keys.len() == MAX_LOOKS {
                break;
            }
        }
    }
    keys
}

/// Rows never lack a value there; a detail always has its number.
fn filled(measured: &Measured, set: &[KeyPart]) -> bool {
    set.iter().all(|part| match part {
        KeyPart::Column(n) => measured.nulls[*n] == 0,
        KeyPart::Detail => true,
    })
}

/// The names of a set's columns.
fn named(draft: &Draft, set: &[KeyPart]) -> String {
    let name = |part: &KeyPart| match part {
        KeyPart::Column(n) => draft.columns[*n].name.as_str(),
        KeyPart::Detail => "detail_number",
    };
    set.iter().map(name).collect::<Vec<_>>().join(" + ")
}

fn also(draft: &Draft, others: &[Vec<KeyPart>]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let names: Vec<String> = others.iter().map(|set| named(draft, set)).collect();
    format!("; so would be {}", names.join(", or "))
}

fn said(rows: u64) -> String {
    if rows == 1 {
        return "the files hold one row only, so this is a guess by what it is and is called".into();
    }
    format!("measured: the key is never empty and never twice the same in {rows} rows")
}

/// Sets of columns, in the order in which they are preferred: several that identify before one that does so by
/// chance, and few before many.
/// A few rows say nothing of what tells rows apart: only what identifies by itself is a key there.
fn subsets(draft: &Draft, usable: &[usize], rows: u64) -> Vec<Vec<KeyPart>> {
    let mut sets = Vec::new();
    let all = [Likelihood::Identifier, Likelihood::Code, Likelihood::Dated, Likelihood::Written];
    for &most in &all[..if rows < FEW_ROWS { 1 } else { all.len() }] {
        let likely = |&n: &usize| likelihood(draft, &draft.columns[n]).is_some_and(|likely| likely <= most);
        let some: Vec<usize> = usable.iter().copied().filter(likely).collect();
        sets.extend(combinations(&some));
    }
    sets
}

fn combinations(columns: &[usize]) -> Vec<Vec<KeyPart>> {
    let mut sets: Vec<Vec<usize>> = columns.iter().map(|&n| vec![n]).collect();
    let two = &columns[..columns.len().min(TRIED[0])];
    for (i, &a) in two.iter().enumerate() {
        sets.extend(two[i + 1..].iter().map(|&b| vec![a, b]));
    }
    let three = &columns[..columns.len().min(TRIED[1])];
    for (i, &a) in three.iter().enumerate() {
        for (j, &b) in three.iter().enumerate().skip(i + 1) {
            sets.extend(three[j + 1..].iter().map(|&c| vec![a, b, c]));
        }
    }
    for set in &mut sets {
        set.sort_unstable();
    }
    sets.into_iter().map(|set| set.into_iter().map(KeyPart::Column).collect()).collect()
}

/// No two of the rows that are held have the same values there.
#[must_use]
pub fn unique(measured: &Measured, set: &[KeyPart]) -> bool {
    distinct(measured, set, true).is_some()
}

/// How many different values the rows that are held have there; `None` where `stop` and two are equal, or a column
/// was not held.
#[must_use]
pub fn distinct(measured: &Measured, set: &[KeyPart], stop: bool) -> Option<usize> {
    let columns: Vec<&Vec<u64>> = set.iter().map(|part| measured.hashes.get(part)).collect::<Option<_>>()?;
    let rows = columns.first()?.len();
    let mut seen = HashSet::with_capacity(rows.min(4096));
    for row in 0..rows {
        // An odd factor loses nothing, and keeps (a, b) and (b, a) apart.
        let hash = columns.iter().fold(0_u64, |hash, column| {
            (hash.rotate_left(23) ^ column[row]).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        if !seen.insert(hash) && stop {
            return None;
        }
    }
    Some(seen.len())
}

/// Where no set is unique: the columns of one whose values repeat least, with what was measured.
#[must_use]
pub fn nearest(draft: &Draft, measured: &Measured) -> Option<(Vec<KeyPart>, String)> {
    let usable: Vec<usize> =
        candidates::columns(draft).into_iter().filter(|&n| measured.nulls[n] < measured.rows).collect();
    let mut best: Option<(usize, Vec<KeyPart>)> = None;
    for set in combinations(&usable[..usable.len().min(TRIED[1])]) {
        // The first of equals is the likeliest.
        if let Some(found) = distinct(measured, &set, false)
            && best.as_ref().is_none_or(|(most, _)| found > *most)
        {
            best = Some((found, set));
        }
    }
    let (found, set) = best?;
    if !filled(measured, &set) {
        let rows = measured.rows.min(HELD_ROWS as u64);
        return Some((set, format!("measured: {found} different in {rows} rows, and empty in some")));
    }
    let said = different(found, measured);
    Some((set, said))
}

fn different(found: usize, measured: &Measured) -> String {
    let rows = measured.rows.min(HELD_ROWS as u64);
    if found as u64 == rows {
        return said(rows);
    }
    format!("measured: {found} different in {rows} rows")
}
