//! Statistics of a node's values, of bounded size.

use super::forms::Forms;
use std::collections::BTreeSet;

/// Different values that are kept …
const MAX_FEW: usize = 40;
/// … and bytes of each: codes, not texts.
const MAX_CODE: usize = 24;
/// Characters of the sample.
const MAX_SAMPLE: usize = 40;

/// What the values of a node look like.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about all values")]
pub struct Values {
    /// Values that hold something else than white space.
    pub filled: u64,
    /// Occurrences without a value.
    pub empty: u64,
    /// Bytes of the longest, as far as was looked.
    pub longest: usize,
    /// Bytes of the shortest.
    pub shortest: usize,
    /// Forms that every value has.
    pub forms: Forms,
    /// All different values, where they are few and short: codes.
    pub few: Option<BTreeSet<String>>,
    /// The first value, cut.
    pub sample: Option<String>,
    /// A value has white space at its ends, or is nothing else.
    pub padded: bool,
    /// A number begins with `-`.
    pub negative: bool,
    /// A number begins with `+`.
    pub plus: bool,
    /// A number begins with a superfluous `0`.
    pub leading_zero: bool,
    /// A value holds a point.
    pub point: bool,
    /// A value holds a comma that cannot be taken for one between groups of digits.
    pub clear_comma: bool,
    /// A value holds a comma.
    pub comma: bool,
    /// A value has one point or comma, and exactly three digits after it: for decimals, or between thousands.
    pub unclear: bool,
    /// A value holds a line end.
    pub lines: bool,
    /// A timestamp names its zone.
    pub zoned: bool,
    /// A timestamp names none.
    pub naive: bool,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            filled: 0,
            empty: 0,
            longest: 0,
            shortest: usize::MAX,
            forms: Forms::ALL,
            few: Some(BTreeSet::new()),
            sample: None,
            padded: false,
            negative: false,
            plus: false,
            leading_zero: false,
            point: false,
            clear_comma: false,
            comma: false,
            unclear: false,
            lines: false,
            zoned: false,
            naive: false,
        }
    }
}

impl Values {
    /// Adds a value with the forms that it has.
    pub fn add(&mut self, raw: &str, forms: Forms) {
        let text = raw.trim();
        self.padded |= text.len() < raw.len();
        self.longest = self.longest.max(text.len());
        if text.is_empty() {
            self.empty += 1;
            return;
        }
        self.shortest = self.shortest.min(text.len());
        self.filled += 1;
        self.forms = self.forms.and(forms);
        if self.sample.is_none() {
            self.sample = Some(text.chars().take(MAX_SAMPLE).collect());
        }
        if let Some(few) = &mut self.few
            && !few.contains(text)
        {
            if few.len() < MAX_FEW && text.len() <= MAX_CODE {
                few.insert(text.to_owned());
            } else {
                self.few = None;
            }
        }
        self.negative |= text.starts_with('-');
        let digits = text.trim_start_matches(['-', '+']);
        self.plus |= text.starts_with('+');
        self.leading_zero |=
            digits.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        self.point |= text.contains('.');
        if let Some((_, after)) = text.split_once(',') {
            self.comma = true;
            self.clear_comma |= after.len() != 3;
        }
        self.unclear |= unclear(digits);
        self.lines |= text.contains('\n');
        if let Some(time) = text.get(11..).filter(|_| text.contains(':')) {
            let zoned = time.contains(['+', '-', 'Z', 'z']);
            self.zoned |= zoned;
            self.naive |= !zoned;
        }
    }

    /// Takes the values of another node, too.
    pub(super) fn merge(&mut self, other: &Self) {
        self.filled += other.filled;
        self.empty += other.empty;
        self.longest = self.longest.max(other.longest);
        self.shortest = self.shortest.min(other.shortest);
        self.forms = self.forms.and(other.forms);
        self.few = match (self.few.take(), &other.few) {
            (Some(mut few), Some(others)) => {
                few.extend(others.iter().cloned());
                (few.len() <= MAX_FEW).then_some(few)
            }
            _ => None,
        };
        if self.sample.is_none() {
            self.sample.clone_from(&other.sample);
        }
        self.padded |= other.padded;
        self.negative |= other.negative;
        self.plus |= other.plus;
        self.leading_zero |= other.leading_zero;
        self.point |= other.point;
        self.clear_comma |= other.clear_comma;
        self.comma |= other.comma;
        self.unclear |= other.unclear;
        self.lines |= other.lines;
        self.zoned |= other.zoned;
        self.naive |= other.naive;
    }

    /// How many different values there are; as many as are kept where there are more.
    #[must_use]
    pub fn different(&self) -> usize {
        self.few.as_ref().map_or(MAX_FEW + 1, BTreeSet::len)
    }
}

/// `1.234`, `12,345`, and not `0.123` or `1,234,567`.
fn unclear(digits: &str) -> bool {
    let mut parts = digits.split(['.', ',']);
    let (Some(whole), Some(after), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    after.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
}
