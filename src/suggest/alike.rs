//! In what two rows agree beyond amount, currency and date.

use crate::model::{ColumnSummary, Reason, reason};

/// A shorter piece of a reference is found in others by chance.
const SHORTEST: usize = 4;

/// Compares rows in the columns that are left to compare.
pub struct RemainingColumns {
    /// Place, type, whether it is of the key.
    columns: Vec<(usize, String, bool)>,
}

/// What it came to: places of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// Equal, and not empty.
    pub equal: Vec<usize>,
    /// Not equal but alike.
    pub alike: Vec<usize>,
    /// Not equal, alike or not.
    pub differing: Vec<usize>,
    /// A column of the key is alike.
    pub reference: bool,
}

impl RemainingColumns {
    /// Of compared columns other than the `fixed` ones, which agree already.
    pub fn new(columns: &[ColumnSummary], fixed: &[usize]) -> Self {
        let left = columns.iter().enumerate().filter(|(n, c)| c.compared && !fixed.contains(n));
        Self { columns: left.map(|(n, c)| (n, c.r#type.clone(), c.key)).collect() }
    }

    /// Compares two rows' fields.
    pub fn compare(&self, theirs: &[String], ours: &[String]) -> Compared {
        let mut compared = Compared::default();
        for (n, r#type, key) in &self.columns {
            let (t, o) = (&theirs[*n], &ours[*n]);
            if t != o {
                compared.differing.push(*n);
                if alike(r#type, t, o) {
                    compared.alike.push(*n);
                    compared.reference |= key;
                }
            } else if !t.is_empty() {
                compared.equal.push(*n);
            }
        }
        compared
    }

    /// The more the better: equal columns count twice, alike ones once.
    pub fn score(&self, theirs: &[String], ours: &[String]) -> u32 {
        let compared = self.compare(theirs, ours);
        u32::try_from(2 * compared.equal.len() + compared.alike.len()).unwrap_or(u32::MAX)
    }
}

/// References that a person would take for the same one: but for letter case, punctuation, leading zeros or two
/// swapped digits, or one within the other.
fn alike(r#type: &str, one: &str, other: &str) -> bool {
    if one.is_empty() || other.is_empty() || !matches!(r#type, "text" | "integer") {
        return false;
    }
    let (a, b) = (plain(one), plain(other));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let within = short.chars().count() >= SHORTEST && long.contains(short.as_str());
    let certain = matches!(reason(r#type, one, other), Reason::UnicodeForm | Reason::TransposedDigits);
    (!a.is_empty() && a == b) || within || certain
}

/// Letters and digits in lower case, without leading zeros.
pub fn plain(text: &str) -> String {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn alike_is_what_a_person_would_take_for_the_same() {
        for (one, other) in [
            ("INV-001", "inv 001"),
            ("0007", "7"),
            ("INV-2026-17", "Payment INV-2026-17 of May"),
            ("471123", "471132"),
            ("e\u{301}tude", "étude"),
        ] {
            assert!(alike("text", one, other) && alike("text", other, one), "{one} / {other}");
        }
        for (one, other) in [("A1", "XA1"), ("", "A"), ("---", "-"), ("000", "0"), ("INV-1", "INV-2")] {
            assert!(!alike("text", one, other), "{one} / {other}");
        }
        assert!(!alike("decimal", "1471123", "471123"), "amounts are not references");
    }
}
