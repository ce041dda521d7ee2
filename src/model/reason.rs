//! Why two values differ, where that is certain: a reason code per differing column of a break.
//!
//! Pure: it knows two canonical texts and their column's type, and neither database nor clock, so the
//! reasons are the same everywhere and are found again for a run of any age. Each code has a definition
//! and the order in which they are asked is part of it (`tests`, and the table in README.md). What fits
//! none is `value`: nothing here is a guess. It does not matter which of the two texts is theirs.

mod numbers;
mod texts;
mod times;

#[cfg(test)]
mod tests;

/// Why two values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Exactly one side has a value.
    NullVsValue,
    /// Equal in Unicode normal form C.
    UnicodeForm,
    /// Equal in lower case.
    Case,
    /// Equal without white space.
    Whitespace,
    /// One is the beginning of the other.
    Truncated,
    /// Two digits that stand side by side are swapped.
    TransposedDigits,
    /// One is the negative of the other.
    Sign,
    /// One is a power of ten times the other.
    Scale,
    /// One is the other with fewer decimals.
    Rounding,
    /// The same date, and one of them has no time of day, or midnight.
    DateOnly,
    /// Apart by what time zones are apart.
    TimeZoneShift,
    /// None of these.
    Value,
}

impl Reason {
    /// All of them; those of one type in the order in which they are asked.
    pub const ALL: [Self; 12] = [
        Self::NullVsValue,
        Self::UnicodeForm,
        Self::Case,
        Self::Whitespace,
        Self::Truncated,
        Self::Sign,
        Self::Scale,
        Self::Rounding,
        Self::TransposedDigits,
        Self::DateOnly,
        Self::TimeZoneShift,
        Self::Value,
    ];

    /// The reason code in the files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NullVsValue => "null_vs_value",
            Self::UnicodeForm => "unicode_form",
            Self::Case => "case",
            Self::Whitespace => "whitespace",
            Self::Truncated => "truncated",
            Self::TransposedDigits => "transposed_digits",
            Self::Sign => "sign",
            Self::Scale => "scale",
            Self::Rounding => "rounding",
            Self::DateOnly => "date_only",
            Self::TimeZoneShift => "time_zone_shift",
            Self::Value => "value",
        }
    }

    /// The reason in words, for the report; none where there is nothing to say but that they differ.
    #[must_use]
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::NullVsValue => "only one side has a value",
            Self::UnicodeForm => "only the Unicode form differs",
            Self::Case => "only letter case differs",
            Self::Whitespace => "only white space differs",
            Self::Truncated => "one is cut off",
            Self::TransposedDigits => "two digits are swapped",
            Self::Sign => "opposite sign",
            Self::Scale => "the decimal point is elsewhere",
            Self::Rounding => "one is rounded",
            Self::DateOnly => "the same date, one at midnight",
            Self::TimeZoneShift => "shifted by a time zone",
            Self::Value => return None,
        })
    }
}

/// Why two canonical texts that differ do so, in a column of this type (its name in the feed).
///
/// A value that is not one of the column's type (ours may hold any text) has no other reason than
/// `null_vs_value` or `value`.
#[must_use]
pub fn reason(r#type: &str, theirs: &str, ours: &str) -> Reason {
    if theirs.is_empty() != ours.is_empty() {
        return Reason::NullVsValue;
    }
    let found = match r#type {
        "text" => texts::reason(theirs, ours),
        "integer" | "decimal" => numbers::reason(theirs, ours),
        "date" | "timestamp" => times::reason(theirs, ours),
        _ => None,
    };
    found.unwrap_or(Reason::Value)
}

/// Equally long, and different in exactly two characters side by side, which are swapped digits.
fn digits_are_transposed(one: &str, other: &str) -> bool {
    let mut pairs = one.chars().zip(other.chars()).skip_while(|(a, b)| a == b);
    let (Some(first), Some(second)) = (pairs.next(), pairs.next()) else { return false };
    let swapped = first.0 == second.1 && first.1 == second.0;
    let digits = first.0.is_ascii_digit() && first.1.is_ascii_digit();
    // Of two ASCII digits on either side, the rest is equally long where it is equal.
    swapped && digits && one.len() == other.len() && pairs.all(|(a, b)| a == b)
}
