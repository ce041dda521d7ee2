//! The reason codes and what is said of each.

use crate::error::Entry;

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
        self.entry().word
    }

    /// The reason in words, for the report; none where there is nothing to say but that they differ.
    #[must_use]
    pub fn words(self) -> Option<&'static str> {
        (self != Self::Value).then_some(self.entry().meaning)
    }

    /// What is said of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        match self {
            Self::NullVsValue => &Entry {
                word: "null_vs_value",
                meaning: "only one side has a value",
                why: "The value was not delivered or not booked. An empty text and NULL both count as no value.",
                action: "find out which side is complete; name a text that stands for no value under null_if",
            },
            Self::UnicodeForm => &Entry {
                word: "unicode_form",
                meaning: "only the Unicode form differs",
                why: "One system writes an accented letter as one character, the other as a letter and an accent.",
                action: "let one side normalise its texts to form C",
            },
            Self::Case => &Entry {
                word: "case",
                meaning: "only letter case differs",
                why: "One system writes the text in capitals, or changes the case of names.",
                action: "set ignore_case = true on the column if case does not matter",
            },
            Self::Whitespace => &Entry {
                word: "whitespace",
                meaning: "only white space differs",
                why: "One side has more blanks, line ends or no-break spaces than the other.",
                action: "set collapse_spaces = true on the column, or correct the text",
            },
            Self::Truncated => &Entry {
                word: "truncated",
                meaning: "one is cut off",
                why: "One side is the beginning of the other: a field of one system is shorter.",
                action: "widen the field that cuts, or compare only its first characters on both sides",
            },
            Self::TransposedDigits => &Entry {
                word: "transposed_digits",
                meaning: "two digits are swapped",
                why: "Somebody typed the number. Two neighbouring digits stand in the other order.",
                action: "correct the side that was typed",
            },
            Self::Sign => &Entry {
                word: "sign",
                meaning: "opposite sign",
                why: "One side books a debit as negative, and the other one does not.",
                action: "give the column a sign, or negate ours under [ours.columns]",
            },
            Self::Scale => &Entry {
                word: "scale",
                meaning: "the decimal point is elsewhere",
                why: "One side counts minor units such as cents, or thousands.",
                action: "set scale_by on the column, or divide ours under [ours.columns], as in amount_cents / 100.0",
            },
            Self::Rounding => &Entry {
                word: "rounding",
                meaning: "one is rounded",
                why: "One side keeps fewer decimals.",
                action: "give the column a tolerance if rounding is allowed",
            },
            Self::DateOnly => &Entry {
                word: "date_only",
                meaning: "the same date, one at midnight",
                why: "One side knows the date only, the other one the time of day too.",
                action: "make the column a date",
            },
            Self::TimeZoneShift => &Entry {
                word: "time_zone_shift",
                meaning: "shifted by a time zone",
                why: "One side's time is local, and it was read as the time of another zone.",
                action: "set timezone on the column, or cast ours to its zone under [ours.columns]",
            },
            Self::Value => &Entry {
                word: "value",
                meaning: "the values differ",
                why: "No other reason holds. A reason is given only where it is certain.",
                action: "compare both values in breaks.csv with their sources",
            },
        }
    }
}
