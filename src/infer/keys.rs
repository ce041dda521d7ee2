//! What identifies a row: the fewest columns that are never empty and never repeat, as measured.

use super::{
    Column, DETAIL, Draft, Key,
    measure::{HELD_ROWS, MAX_ROWS, Measured, Samples, Wanted, measure},
    names::snake,
};
use crate::error::Result;
use std::collections::HashSet;

/// Columns that are tried alone, in pairs, and in threes.
const TRIED: [usize; 3] = [32, 16, 10];
/// Keys that are looked for: the others are named, or tried where the first does not hold for all rows.
const MAX_LOOKS: usize = 3;
/// Databases index no longer texts, and nobody types them.
const MAX_BYTES: usize = 200;
/// Ends of names that tell one record from another.
const TELLING: [&str; 14] = [
    "id",
    "ref",
    "reference",
    "number",
    "no",
    "nr",
    "iban",
    "isin",
    "cusip",
    "key",
    "uetr",
    "seq",
    "line",
    "ordinal",
];
/// Words of names that hold what people wrote.
const WRITTEN: [&str; 13] = [
    "desc",
    "description",
    "memo",
    "nm",
    "name",
    "ustrd",
    "text",
    "inf",
    "info",
    "comment",
    "note",
    "adr",
    "title",
];

/// How likely a column is part of a key: the lower the likelier. `None`: never.
fn rank(column: &Column) -> Option<u32> {
    let name = snake(&column.name);
    let last = snake(column.path.rsplit(['/', '@']).next().unwrap_or_default());
    let word = last.rsplit('_').next().unwrap_or_default();
    // Words may be glued together: FITID. A link is no identifier.
    let tells = word != "href" && TELLING.iter().any(|end| word.ends_with(end));
    match column.form.kind {
        _ if column.join || column.carried => None,
        Some("decimal" | "boolean") => None,
        _ if tells => Some(0),
        // Quantities repeat as soon as there are more rows.
        Some("integer") => None,
        Some("date" | "timestamp") => Some(2),
        _ if name.split('_').any(|word| WRITTEN.contains(&word)) => Some(3),
        _ => Some(1),
    }
}

/// Columns worth measuring, the likeliest first.
#[must_use]
pub fn candidates(draft: &Draft) -> Vec<usize> {
    let mut ranked: Vec<(u32, bool, usize)> = (draft.columns.iter().enumerate())
        .filter_map(|(n, column)| Some((rank(column)?, column.header, n)))
        .collect();
    ranked.sort_unstable();
    let columns = ranked.into_iter().take(TRIED[0]).map(|(_, _, n)| n);
    columns.chain(draft.layout.explode.as_ref().map(|_| DETAIL)).collect()
}

fn is_column(n: usize) -> bool {
    n != DETAIL
}

/// Chooses the key. `ours`: the columns of each unique index of ours, which win if theirs never lacks them; ours
/// knows no number of a detail.
///
/// # Errors
/// As the conversion that looks at the chosen key again where there are more rows than are held.
pub fn choose(
    draft: &Draft,
    measured: &Measured,
    lengths: &[usize],
    ours: Option<&[Vec<usize>]>,
    samples: &Samples<'_>,
) -> Result<Key> {
    let usable: Vec<usize> = candidates(draft)
        .into_iter()
        .filter(|&n| is_column(n))
        .filter(|&n| measured.nulls[n] == 0 && lengths[n] <= MAX_BYTES)
        .collect();
    let numbered = ours.is_none() && draft.layout.explode.is_some();
    let with_number = subsets(draft, &usable).into_iter().filter(|set| numbered && set.len() < 3);
    let with_number = with_number.map(|set| set.into_iter().chain([DETAIL]).collect());
    let mut keys: Vec<Vec<usize>> = Vec::new();
    let filled = |n: &usize| measured.nulls.get(*n).is_none_or(|nulls| *nulls == 0);
    for index in ours.unwrap_or_default() {
        if index.iter().all(filled)
            && let Some(found) = distinct(measured, index, false)
            // Far fewer say that the pairing is wrong.
            && found as u64 * 2 >= measured.rows.min(HELD_ROWS as u64)
        {
            return Ok(Key::Columns(
                index.clone(),
                format!("a unique index of ours; {}", different(found, measured)),
            ));
        }
    }
    // A set around one that is looked at anyway would only take its place.
    let holds_one =
        |keys: &[Vec<usize>], set: &[usize]| keys.iter().any(|key| key.iter().all(|n| set.contains(n)));
    for set in subsets(draft, &usable).into_iter().chain(with_number) {
        if set.iter().all(filled) && unique(measured, &set) && !holds_one(&keys, &set) {
            keys.push(set);
            if keys.len() == MAX_LOOKS {
                break;
            }
        }
    }
    if measured.rows <= HELD_ROWS as u64 {
        if let Some((key, others)) = keys.split_first() {
            return Ok(Key::Columns(key.clone(), said(measured.rows) + &also(draft, others)));
        }
    } else {
        for set in keys {
            let wanted = Wanted { keys: set.clone(), rows: MAX_ROWS, values: false };
            let again = measure(draft, samples, &wanted)?;
            if unique(&again, &set) {
                return Ok(Key::Columns(set, said(again.rows.min(MAX_ROWS as u64))));
            }
        }
    }
    let nearest = nearest(draft, measured).map(|(set, said)| format!("{}: {said}", named(draft, &set)));
    Ok(Key::Ordinal { files: samples.files.len() > 1, nearest })
}

/// The names of a set's columns.
fn named(draft: &Draft, set: &[usize]) -> String {
    let name = |n: &usize| draft.columns.get(*n).map_or("detail_number", |column| column.name.as_str());
    set.iter().map(name).collect::<Vec<_>>().join(" + ")
}

fn also(draft: &Draft, others: &[Vec<usize>]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let names: Vec<String> = others.iter().map(|set| named(draft, set)).collect();
    format!("; so would be {}", names.join(", or "))
}

fn said(rows: u64) -> String {
    if rows == 1 {
        return "the files hold one row only, so this is a guess by names".into();
    }
    format!("measured: the key is never empty and never twice the same in {rows} rows")
}

/// Sets of columns, in the order in which they are preferred: few before many, likely before unlikely.
fn subsets(draft: &Draft, usable: &[usize]) -> Vec<Vec<usize>> {
    let likely: Vec<usize> =
        usable.iter().copied().filter(|&n| rank(&draft.columns[n]).is_some_and(|rank| rank < 3)).collect();
    let mut sets = combinations(&likely);
    sets.extend(combinations(usable));
    sets
}

fn combinations(columns: &[usize]) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = columns.iter().map(|&n| vec![n]).collect();
    let two = &columns[..columns.len().min(TRIED[1])];
    for (i, &a) in two.iter().enumerate() {
        sets.extend(two[i + 1..].iter().map(|&b| vec![a, b]));
    }
    let three = &columns[..columns.len().min(TRIED[2])];
    for (i, &a) in three.iter().enumerate() {
        for (j, &b) in three.iter().enumerate().skip(i + 1) {
            sets.extend(three[j + 1..].iter().map(|&c| vec![a, b, c]));
        }
    }
    for set in &mut sets {
        set.sort_unstable();
    }
    sets
}

/// No two of the rows that are held have the same values there.
#[must_use]
pub fn unique(measured: &Measured, set: &[usize]) -> bool {
    distinct(measured, set, true).is_some()
}

/// How many different values the rows that are held have there; `None` where `stop` and two are equal, or a column
/// was not held.
#[must_use]
pub fn distinct(measured: &Measured, set: &[usize], stop: bool) -> Option<usize> {
    let columns: Vec<&Vec<u64>> = set.iter().map(|n| measured.hashes.get(n)).collect::<Option<_>>()?;
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
pub fn nearest(draft: &Draft, measured: &Measured) -> Option<(Vec<usize>, String)> {
    let usable: Vec<usize> = candidates(draft)
        .into_iter()
        .filter(|&n| is_column(n))
        .filter(|&n| measured.nulls[n] < measured.rows)
        .collect();
    let sets = combinations(&usable[..usable.len().min(TRIED[2])]);
    let mut best: Option<(usize, Vec<usize>)> = None;
    for set in sets {
        // The first of equals is the likeliest.
        if let Some(found) = distinct(measured, &set, false)
            && best.as_ref().is_none_or(|(most, _)| found > *most)
        {
            best = Some((found, set));
        }
    }
    let (found, set) = best?;
    if set.iter().any(|n| measured.nulls[*n] > 0) {
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
