//! Which column of ours holds what a column of theirs does: by names and by values.

use super::{
    draft::DraftColumn,
    similarity::{share, similarity},
};
use crate::canonical::{boolean, number, time};
use std::collections::{BTreeSet, HashSet};

/// Below this, two columns are no pair.
const LEAST: f64 = 0.5;
/// From here on, two names are so alike that it is worth saying.
const NAMESAKE: f64 = 0.6;
/// So many different values say all that values can say.
const TELLING: usize = 50;

/// A column of ours.
#[derive(Debug, Clone)]
pub struct SampledColumn {
    /// Its name.
    pub name: String,
    /// As an SQL expression: quoted where it must be.
    pub expression: String,
    /// It holds whole numbers, so that amounts there may be in cents.
    pub integer: bool,
    /// It holds texts, flags or whole numbers: what theirs is to be read as.
    pub holds: Holds,
    /// The expression of its calendar date, where it holds a date and time.
    pub day: Option<String>,
    /// Different values in a sample of its rows.
    pub values: HashSet<String>,
}

/// What a column of ours is declared to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Texts.
    Text,
    /// Numbers.
    Number,
    /// Flags.
    Flag,
    /// Anything else.
    Other,
}

/// A sample of our table.
#[derive(Debug, Clone)]
pub struct SampledTable {
    /// All its columns.
    pub columns: Vec<SampledColumn>,
    /// There are more rows than were read.
    pub more: bool,
}

/// A column of theirs and the one of ours that it was paired with.
#[derive(Debug, Clone)]
pub struct Paired {
    /// Its index in [`SampledTable::columns`].
    pub ours: usize,
    /// SQL over our table that gives what theirs holds.
    pub expression: String,
    /// How sure it is, and why.
    pub reason: String,
    /// Ours holds no sign, so theirs must not get one from a code.
    pub unsigned: bool,
}

/// How the values of ours have to be read to equal theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReadAs {
    AsIs,
    /// Theirs loses its sign.
    Unsigned,
    /// Ours is a hundred times theirs.
    Cents,
    /// Ours is a date and time.
    Day,
}

/// What speaks for a pair.
struct Evidence {
    theirs: usize,
    ours: usize,
    names: f64,
    /// Values of theirs that occur in ours, of so many.
    found: usize,
    reading: ReadAs,
    sure: f64,
}

/// Pairs every column of theirs with at most one of ours, the surest pairs first. `values` and `words` are
/// per column of theirs: different values, and its path's names.
#[must_use]
pub fn pair(
    columns: &[DraftColumn],
    values: &[BTreeSet<String>],
    words: &[Vec<String>],
    ours: &SampledTable,
) -> Vec<Option<Paired>> {
    let mut all: Vec<Evidence> = Vec::new();
    for (theirs, column) in columns.iter().enumerate() {
        for (n, our) in ours.columns.iter().enumerate() {
            let names = similarity(&column.name, &words[theirs], &our.name);
            let (found, reading) = overlap(column, &values[theirs], our);
            all.push(Evidence { theirs, ours: n, names, found, reading, sure: 0.0 });
        }
    }
    // If hardly any value of theirs is in ours, ours does not hold these rows yet: names must do.
    let strangers = !all.iter().any(|one| {
        let sampled = values[one.theirs].len();
        sampled >= 5 && one.found * 20 >= sampled || sampled < 5 && sampled > 0 && one.found == sampled
    });
    for one in &mut all {
        one.sure = sure(one, values[one.theirs].len(), strangers, ours);
    }
    // Where all of ours was read and nothing of theirs is in it, comparing would only give breaks.
    let contradicted =
        |one: &Evidence| one.found == 0 && !values[one.theirs].is_empty() && !strangers && !ours.more;
    all.retain(|one| one.sure >= LEAST && !contradicted(one));
    all.sort_by(|a, b| {
        b.sure
            .total_cmp(&a.sure)
            .then(b.names.total_cmp(&a.names))
            .then((a.theirs, a.ours).cmp(&(b.theirs, b.ours)))
    });
    let mut pairs: Vec<Option<Paired>> = vec![None; columns.len()];
    let mut taken = vec![false; ours.columns.len()];
    for one in all {
        if pairs[one.theirs].is_none() && !taken[one.ours] {
            taken[one.ours] = true;
            let sampled = values[one.theirs].len();
            pairs[one.theirs] = Some(paired(&one, sampled, strangers, &ours.columns[one.ours]));
        }
    }
    pairs
}

/// For each column without a partner: the one of ours, without a partner too, that is called like it.
#[must_use]
pub fn namesakes(
    columns: &[DraftColumn],
    words: &[Vec<String>],
    ours: &SampledTable,
    pairs: &[Option<Paired>],
) -> Vec<Option<String>> {
    let free = |n: usize| !pairs.iter().flatten().any(|pair| pair.ours == n);
    let called = |n: usize| {
        let all = ours.columns.iter().enumerate().filter(|(ours, _)| free(*ours));
        let all = all.map(|(_, our)| (similarity(&columns[n].name, &words[n], &our.name), &our.name));
        all.filter(|(names, _)| *names >= NAMESAKE)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name.clone())
    };
    (0..columns.len()).map(|n| if pairs[n].is_none() { called(n) } else { None }).collect()
}

/// Names and values together: the more different values there are, the more they weigh.
fn sure(one: &Evidence, sampled: usize, strangers: bool, ours: &SampledTable) -> f64 {
    if sampled == 0 || strangers {
        return one.names * 0.7;
    }
    let mut weight = 0.35 + 0.35 * share(sampled.min(TELLING), TELLING);
    let found = share(one.found, sampled);
    // What is not in a sample of ours may be in the rest of it.
    if ours.more && found < 0.5 {
        weight /= 2.0;
    }
    one.names * (1.0 - weight) + found * weight
}

fn paired(one: &Evidence, sampled: usize, strangers: bool, our: &SampledColumn) -> Paired {
    let names = match one.names {
        n if n >= 0.99 => "names equal",
        n if n >= 0.5 => "names alike",
        _ => "names differ",
    };
    let by_values = if sampled == 0 {
        "theirs has no value to compare".to_owned()
    } else if strangers {
        "hardly any sampled value of theirs occurs in ours, so by name only".to_owned()
    } else {
        format!("{} of {sampled} sampled values occur", one.found)
    };
    let note = match one.reading {
        ReadAs::AsIs => "",
        ReadAs::Unsigned => ", without their sign",
        ReadAs::Cents => ", in hundredths",
        ReadAs::Day => ", by the date alone",
    };
    let expression = match one.reading {
        ReadAs::Cents => format!("{} / 100.0", our.expression),
        ReadAs::Day => our.day.as_ref().unwrap_or(&our.expression).clone(),
        ReadAs::AsIs | ReadAs::Unsigned => our.expression.clone(),
    };
    Paired {
        ours: one.ours,
        reason: format!("{:.2}: {by_values}{note}, {names} ({})", one.sure, our.name),
        expression,
        unsigned: one.reading == ReadAs::Unsigned,
    }
}

/// How many values of theirs occur in ours, by the reading under which most do.
fn overlap(column: &DraftColumn, theirs: &BTreeSet<String>, ours: &SampledColumn) -> (usize, ReadAs) {
    let kind = column.r#type.kind.unwrap_or("text");
    let normal: HashSet<String> = ours.values.iter().map(|value| normalised(kind, value)).collect();
    let count = |change: &dyn Fn(&str) -> Option<String>| {
        theirs.iter().filter(|value| change(value).is_some_and(|value| normal.contains(&value))).count()
    };
    let mut readings = vec![(ReadAs::AsIs, count(&|value| Some(value.to_owned())))];
    if column.sign.is_some() {
        readings.push((ReadAs::Unsigned, count(&|value| Some(value.trim_start_matches('-').to_owned()))));
    }
    if kind == "decimal" && ours.integer {
        readings.push((ReadAs::Cents, count(&hundredfold)));
    }
    if kind == "date" && ours.day.is_some() {
        let days: HashSet<&str> = ours.values.iter().filter_map(|value| value.get(..10)).collect();
        readings.push((ReadAs::Day, theirs.iter().filter(|day| days.contains(day.as_str())).count()));
    }
    let (reading, found) =
        readings.into_iter().rev().max_by_key(|(_, found)| *found).unwrap_or((ReadAs::AsIs, 0));
    (found, reading)
}

/// A canonical decimal times 100, if that is a whole number.
fn hundredfold(value: &str) -> Option<String> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 2 {
        return None;
    }
    normalised("decimal", &format!("{whole}{fraction:0<2}")).into()
}

/// The canonical text of a value of ours as a value of this type; as it stands where it is none.
fn normalised(kind: &str, value: &str) -> String {
    let iso = time::Reading { format: None, zone: None };
    let mut out = Vec::new();
    let text = value.trim();
    let read = match kind {
        "integer" | "decimal" => number::decimal(text, &mut out),
        "boolean" => boolean(text, &mut out),
        "timestamp" => time::timestamp(text, &iso, &mut out),
        // The time of day may go only where it is midnight.
        "date"
            if text
                .get(10..)
                .is_none_or(|rest| rest.trim_matches([' ', 'T', '0', ':', '.', 'Z']).is_empty()) =>
        {
            time::date(text, &iso, &mut out)
        }
        _ => return value.to_owned(),
    };
    match (read, String::from_utf8(out)) {
        (Ok(()), Ok(text)) => text,
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::draft::{DraftSign, DraftType};

    fn column(name: &str, kind: Option<&'static str>) -> DraftColumn {
        DraftColumn {
            name: name.into(),
            path: name.into(),
            node: 0,
            header: false,
            r#type: DraftType { kind, ..DraftType::default() },
            sign: None,
            join: false,
            late: false,
            trim: false,
            remarks: Vec::new(),
            element: false,
            picked: None,
            shape: crate::infer::shape::Shape::Other,
            carried: false,
        }
    }

    fn our(name: &str, values: &[&str]) -> SampledColumn {
        SampledColumn {
            name: name.into(),
            expression: name.into(),
            integer: false,
            holds: Holds::Other,
            day: None,
            values: values.iter().map(|&v| v.to_owned()).collect(),
        }
    }

    fn pairs(columns: &[DraftColumn], values: &[&[&str]], ours: Vec<SampledColumn>) -> Vec<Option<String>> {
        let values: Vec<BTreeSet<String>> =
            values.iter().map(|set| set.iter().map(|&v| v.to_owned()).collect()).collect();
        let words: Vec<Vec<String>> = columns.iter().map(|c| vec![c.path.clone()]).collect();
        let table = SampledTable { columns: ours, more: false };
        pair(columns, &values, &words, &table)
            .into_iter()
            .map(|pair| pair.map(|pair| pair.expression))
            .collect()
    }

    #[test]
    fn values_decide_between_names_that_say_little() {
        let columns = [column("x", None), column("y", None)];
        let a: Vec<String> = (0..60).map(|n| format!("a{n}")).collect();
        let b: Vec<String> = (0..60).map(|n| format!("b{n}")).collect();
        let refs = |list: &'_ [String]| -> Vec<String> { list.to_vec() };
        let (a, b) = (refs(&a), refs(&b));
        let a: Vec<&str> = a.iter().map(String::as_str).collect();
        let b: Vec<&str> = b.iter().map(String::as_str).collect();
        let found = pairs(&columns, &[&a, &b], vec![our("col1", &b), our("col2", &a)]);
        assert_eq!(found, [Some("col2".into()), Some("col1".into())]);
    }

    #[test]
    fn without_common_values_names_must_do() {
        let columns = [column("ref", None), column("amt", Some("decimal"))];
        let found = pairs(
            &columns,
            &[&["a", "b", "c", "d", "e"], &["1", "2", "3", "4", "5"]],
            vec![our("amount", &[]), our("reference", &["z"])],
        );
        assert_eq!(found, [Some("reference".into()), Some("amount".into())]);
    }

    #[test]
    fn numbers_are_compared_as_numbers_and_may_be_cents_or_unsigned() {
        let mut amount = column("amt", Some("decimal"));
        let theirs: &[&str] = &["-1.5", "2.25", "-3", "4", "5.01"];
        let found =
            pairs(&[amount.clone()], &[theirs], vec![our("amount", &["-1.50", "2.25", "-3.0", "4", "5.01"])]);
        assert_eq!(found, [Some("amount".into())]);
        let cents =
            SampledColumn { integer: true, ..our("amount_cents", &["-150", "225", "-300", "400", "501"]) };
        assert_eq!(pairs(&[amount.clone()], &[theirs], vec![cents]), [Some("amount_cents / 100.0".into())]);
        amount.sign = Some(DraftSign {
            path: "s".into(),
            negative: vec!["DBIT".into()],
            positive: vec!["CRDT".into()],
            remark: String::new(),
        });
        let values = vec![theirs.iter().map(|&v| v.to_owned()).collect()];
        let table =
            SampledTable { columns: vec![our("amt", &["1.5", "2.25", "3", "4", "5.01"])], more: false };
        let found = pair(&[amount], &values, &[vec!["Amt".into()]], &table);
        assert!(found[0].as_ref().is_some_and(|pair| pair.unsigned));
    }

    #[test]
    fn a_date_meets_a_timestamp() {
        let day = SampledColumn {
            day: Some("date(booked)".into()),
            ..our("booked", &["2024-01-31 10:00:00", "2024-02-01 08:30:00"])
        };
        let found = pairs(&[column("bookg_dt", Some("date"))], &[&["2024-01-31", "2024-02-01"]], vec![day]);
        assert_eq!(found, [Some("date(booked)".into())]);
        assert_eq!(normalised("date", "2024-01-31 00:00:00"), "2024-01-31");
        assert_eq!(normalised("date", "2024-01-31 00:30:00"), "2024-01-31 00:30:00");
    }
}
