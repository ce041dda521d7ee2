//! The reason codes and what each says.

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
