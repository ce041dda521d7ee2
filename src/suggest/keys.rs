//! Keys that cannot meet: the same values, written otherwise on either side. It looks at values, and so knows more than
//! types say; what of ours it is not shown, it does not know.

use crate::{
    feed::{Feed, Kind},
    model::{Family, KeySides, OurColumn},
};
use std::collections::{BTreeSet, HashMap};

/// So many values of a side show how it writes them, where not all of ours are known.
const TELLING: usize = 5;

/// A column of the key whose values do not meet, and what would make them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyApart {
    /// No doubt is left: all of ours was looked at, or its type cannot hold what theirs writes.
    pub certain: bool,
    /// A sentence with an example of either side and what to write into the feed.
    pub what: String,
}

/// One in so many that meets is chance.
const FEW: usize = 10;

/// In what a value may be written otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Zeros,
    Blanks,
    Case,
    Signs,
}

const WAYS: [Spelling; 4] = [Spelling::Zeros, Spelling::Blanks, Spelling::Case, Spelling::Signs];

/// The columns of the feed's key in which no value of theirs, or hardly any, is one of ours.
#[must_use]
pub fn keys_apart(feed: &Feed, types: &[(usize, OurColumn)], sides: &KeySides) -> Vec<KeyApart> {
    let keys = feed.columns.iter().enumerate().filter(|(_, column)| column.is_key());
    let mut apart = Vec::new();
    for ((n, column), (theirs, ours)) in keys.zip(sides.theirs.iter().zip(&sides.ours)) {
        if column.kind != Kind::Text || theirs.is_empty() {
            continue;
        }
        let family = types.iter().find(|(place, _)| *place == n).map(|(_, ours)| ours.family);
        let number = family.is_some_and(|family| matches!(family, Family::Integer | Family::Decimal));
        let pair = KeyPair { name: &column.name, theirs, ours, number, whole: !sides.more };
        apart.extend(pair.apart());
    }
    apart
}

struct KeyPair<'a> {
    name: &'a str,
    theirs: &'a BTreeSet<String>,
    ours: &'a BTreeSet<String>,
    /// Ours is a number, which nobody writes with zeros in front.
    number: bool,
    /// All values of ours are known.
    whole: bool,
}

impl KeyPair<'_> {
    fn apart(&self) -> Option<KeyApart> {
        let met = self.theirs.iter().filter(|value| self.ours.contains(*value)).count();
        if met * FEW > self.theirs.len() {
            return None;
        }
        let never = self.number && !self.theirs.iter().any(|value| is_number(value));
        if let Some((ways, theirs, ours)) = self.meeting(met * FEW) {
            return Some(self.told(&ways, &theirs, &ours, met, never || self.whole));
        }
        let (theirs, ours) = (self.theirs.first()?, self.ours.first().map_or("numbers", String::as_str));
        if never {
            let writes = |way: &Spelling| self.theirs.iter().any(|value| way.of(value) != *value);
            let ways: Vec<Spelling> = WAYS.into_iter().filter(writes).collect();
            return Some(self.told(&ways, theirs, ours, met, true));
        }
        let shaped = |way: &Spelling| self.differ_in(*way);
        let way = WAYS.into_iter().find(shaped).filter(|_| met == 0 && !self.whole && self.is_telling())?;
        Some(self.told(&[way], theirs, ours, met, false))
    }

    /// The fewest ways without which more values than so many meet, and two that do.
    fn meeting(&self, more_than: usize) -> Option<(Vec<Spelling>, String, String)> {
        let chosen = |bits: usize| WAYS.into_iter().enumerate().filter(move |(n, _)| bits >> n & 1 == 1);
        let mut choices: Vec<Vec<Spelling>> =
            (1..1_usize << WAYS.len()).map(|bits| chosen(bits).map(|(_, way)| way).collect()).collect();
        choices.sort_by_key(Vec::len);
        choices.into_iter().find_map(|ways| {
            let plain = |value: &String| ways.iter().fold(value.clone(), |value, way| way.of(&value));
            let ours: HashMap<String, &String> =
                self.ours.iter().map(|value| (plain(value), value)).collect();
            let mut meet = self.theirs.iter().filter_map(|value| Some((value, *ours.get(&plain(value))?)));
            let differ = meet.clone().find(|(theirs, ours)| theirs != ours);
            let (theirs, one) = meet.nth(more_than).and(differ)?;
            Some((ways, theirs.clone(), one.clone()))
        })
    }

    fn is_telling(&self) -> bool {
        self.theirs.len() >= TELLING && self.ours.len() >= TELLING
    }

    /// Every value of theirs is written in a way that no value of ours is.
    fn differ_in(&self, way: Spelling) -> bool {
        self.theirs.iter().all(|value| way.of(value) != *value)
            && self.ours.iter().all(|value| way.of(value) == *value)
    }

    fn told(&self, ways: &[Spelling], theirs: &str, ours: &str, met: usize, certain: bool) -> KeyApart {
        let fixes: Vec<String> = ways.iter().flat_map(|way| self.fix(*way)).collect();
        let fix = if fixes.is_empty() {
            "give the column another `path` or `map`, or write ours as theirs does under [ours.columns]"
                .to_owned()
        } else {
            fixes.join(" and ")
        };
        let never = match (met, certain) {
            (0, true) => "they never meet".to_owned(),
            (0, false) => "none of those that were looked at meet".to_owned(),
            (met, _) => format!("only {met} of {} meet", self.theirs.len()),
        };
        let certain = certain && met == 0;
        let what =
            format!("key {}: theirs writes {theirs:?} where ours has {ours:?}: {never}; {fix}", self.name);
        KeyApart { certain, what }
    }

    /// What to write into the feed, for the side that writes values so.
    fn fix(&self, way: Spelling) -> Vec<String> {
        let name = self.name;
        let writes = |side: &BTreeSet<String>| side.iter().any(|value| way.of(value) != *value);
        let (theirs, ours) = (writes(self.theirs), writes(self.ours));
        let all = |side: &BTreeSet<String>, is: fn(&str) -> bool| side.iter().all(|value| is(value));
        let on_ours = |what: &str| format!("{what} {name} under [ours.columns]");
        let mut fixes = Vec::new();
        match way {
            Spelling::Zeros => {
                if all(self.theirs, is_digits) && (self.number || all(self.ours, is_digits)) {
                    return vec!["write type = \"integer\" for it".to_owned()];
                }
                fixes.extend(theirs.then(|| "write pattern = '^0*(.+)$' for it".to_owned()));
                fixes.extend(ours.then(|| on_ours("take the zeros in front off")));
            }
            Spelling::Blanks => {
                let ends = |side: &BTreeSet<String>| side.iter().any(|value| value.trim() != value);
                fixes.extend(ends(self.theirs).then(|| "write trim = true for it".to_owned()));
                let within = self.theirs.iter().any(|value| way.of(value) != value.trim());
                fixes.extend(within.then(|| "write collapse_spaces = true for it".to_owned()));
                fixes.extend(ours.then(|| on_ours("trim")));
            }
            Spelling::Case => {
                let lower = all(self.ours, |value| value.to_lowercase() == value);
                if !ours {
                    fixes.push("write upper = true for it".to_owned());
                } else if lower {
                    fixes.push("write lower = true for it".to_owned());
                } else {
                    fixes.extend(["write upper = true for it".to_owned(), on_ours("make upper case of")]);
                }
            }
            Spelling::Signs => {
                let signs: BTreeSet<char> = self
                    .theirs
                    .iter()
                    .flat_map(|value| value.chars())
                    .filter(|c| !c.is_alphanumeric())
                    .collect();
                let signs: String = signs.into_iter().collect();
                fixes.extend(theirs.then(|| format!("write strip = {signs:?} for it")));
                fixes.extend(ours.then(|| on_ours("take the signs between letters off")));
            }
        }
        fixes
    }
}

impl Spelling {
    /// The value without it.
    fn of(self, value: &str) -> String {
        match self {
            Self::Zeros => {
                let rest = value.trim_start_matches('0');
                if rest.is_empty() && !value.is_empty() { "0".to_owned() } else { rest.to_owned() }
            }
            Self::Blanks => value.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::Case => value.to_uppercase(),
            Self::Signs => value.chars().filter(|c| c.is_alphanumeric()).collect(),
        }
    }
}

fn is_digits(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// As a number of ours is written.
fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "1"));
    is_digits(whole) && is_digits(rest) && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(theirs: &[&str], ours: &[&str], number: bool, whole: bool) -> Option<KeyApart> {
        let [theirs, ours] = [theirs, ours].map(|side| side.iter().map(|&value| value.to_owned()).collect());
        KeyPair { name: "code", theirs: &theirs, ours: &ours, number, whole }.apart()
    }

    #[test]
    fn values_that_differ_in_how_they_are_written_only() {
        for (theirs, ours, fix) in [
            (&["0000000011", "0000000012"][..], &["11", "13"][..], "write type = \"integer\" for it"),
            (&["00A1"], &["A1"], "write pattern = '^0*(.+)$' for it"),
            (&["A1"], &["00A1"], "take the zeros in front off code under [ours.columns]"),
            (&["A1 ", "B"], &["A1"], "write trim = true for it"),
            (&["A  1"], &["A 1"], "write collapse_spaces = true for it"),
            (&["A1"], &["A1  "], "trim code under [ours.columns]"),
            (&["a1"], &["A1"], "write upper = true for it"),
            (&["A1"], &["a1"], "write lower = true for it"),
            (&["DE12 3456"], &["DE123456"], "write strip = \" \" for it"),
            (
                &["00a-1"],
                &["A1"],
                "write pattern = '^0*(.+)$' for it and write upper = true for it and write strip = \"-\" for it",
            ),
        ] {
            let apart = said(theirs, ours, false, true).unwrap_or_else(|| panic!("{theirs:?} {ours:?}"));
            assert!(
                apart.certain && apart.what.ends_with(&format!("they never meet; {fix}")),
                "{}",
                apart.what
            );
        }
    }

    #[test]
    fn what_meets_or_is_of_another_kind_is_no_advice() {
        assert_eq!(said(&["0011", "11"], &["11"], false, true), None);
        assert_eq!(said(&["A"], &["B"], false, true), None);
        let theirs: Vec<String> = (1..=20).map(|n| format!("{n:02}")).collect();
        let theirs: Vec<&str> = theirs.iter().map(String::as_str).collect();
        assert_eq!(said(&theirs, &["1", "2", "10", "11", "12"], false, true), None, "several meet");
        assert_eq!(said(&["11"], &["12"], true, false), None);
        assert_eq!(said(&["0011"], &["22"], false, false), None, "one value shows nothing");
    }

    #[test]
    fn a_few_that_meet_by_chance_hide_no_others() {
        let numbers =
            |width: usize| (1..=40).map(move |n| format!("{n:0width$}")).chain(["999999".to_owned()]);
        let (theirs, ours): (Vec<String>, Vec<String>) = (numbers(6).collect(), numbers(1).collect());
        let [theirs, ours] = [&theirs, &ours].map(|side| side.iter().map(String::as_str).collect::<Vec<_>>());
        let apart = said(&theirs, &ours, false, true).expect("advice");
        assert!(!apart.certain && apart.what.contains("only 1 of 41 meet; write type"), "{}", apart.what);
    }

    #[test]
    fn a_number_is_never_written_so_and_a_sample_is_no_proof() {
        let apart = said(&["0011"], &["77"], true, false).expect("advice");
        assert!(apart.certain && apart.what.contains("type = \"integer\""), "{}", apart.what);
        let theirs = ["01", "02", "03", "04", "05"];
        let apart = said(&theirs, &["11", "12", "13", "14", "15"], false, false).expect("advice");
        assert!(!apart.certain && apart.what.contains("none of those that were looked at"), "{}", apart.what);
        assert!(!said(&["0011"], &["11"], false, false).expect("advice").certain);
    }
}
