//! Where a column's value comes from, what is done to it, and how it compares.

use super::{
    comparison::{Comparison, Equality, Role},
    path::{Path, RowPath},
    sign::Sign,
};
use crate::canonical::number::DecimalSign;
use regex::Regex;
use std::collections::BTreeMap;

/// `[[column]]`.
#[derive(Debug, Clone)]
pub struct Column {
    /// A checked SQL identifier; never begins with `tieout_`.
    pub name: String,
    /// The type, which fixes the canonical text.
    pub kind: Kind,
    /// Where the raw value comes from.
    pub source: ValueSource,
    /// What is done to the raw text before it is read as a value of the type.
    pub text: TextOptions,
    /// How a number is written, and what it is multiplied with.
    pub number: NumberOptions,
    /// Whether and how it is compared with ours.
    pub comparison: Comparison,
}

impl Column {
    /// A plain text column.
    #[must_use]
    pub fn text(name: &str, from: ValueFrom) -> Self {
        Self {
            name: name.to_owned(),
            kind: Kind::Text,
            source: ValueSource::new(from),
            text: TextOptions { trim: true, ..TextOptions::default() },
            number: NumberOptions::default(),
            comparison: Comparison::default(),
        }
    }
    /// Part of the key.
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.comparison.role() == Role::Key
    }
    /// Takes part in the verdict (a key always does).
    #[must_use]
    pub fn compared(&self) -> bool {
        self.comparison.role() != Role::Carried
    }
    /// Stands in the checksum: compared, and for exact equality.
    #[must_use]
    pub fn exact(&self) -> bool {
        self.compared() && *self.comparison.equality() == Equality::Exact
    }
}

/// Where a column's raw value comes from.
#[derive(Debug, Clone)]
pub struct ValueSource {
    /// `path`, `value` or `from`.
    pub from: ValueFrom,
    /// What to do where the path matches several times in one row.
    pub repeat: Repeat,
    /// The value may stand after its row: the file is read twice.
    pub late: bool,
    /// The markup inside the element instead of its text.
    pub raw: bool,
    /// Its values name entries elsewhere in the file.
    pub lookup: Option<Lookup>,
    /// Whether there must be a value.
    pub presence: Presence,
    /// Used where there is no value.
    pub default: Option<String>,
}

impl ValueSource {
    /// The value from there, without any option.
    #[must_use]
    pub fn new(from: ValueFrom) -> Self {
        Self {
            from,
            repeat: Repeat::Refuse,
            late: false,
            raw: false,
            lookup: None,
            presence: Presence::Usual,
            default: None,
        }
    }
}

/// `required` / `optional`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// A row may lack a value; that a whole file never has one is a warning.
    Usual,
    /// A row without a value is a bad row.
    Required,
    /// Rows without a value are counted and warned of.
    Expected,
    /// That its paths match nothing in a whole file is no warning either.
    Optional,
}

/// What is done to the raw text, in the order in which it is done.
#[derive(Debug, Clone, Default)]
pub struct TextOptions {
    /// Cut white space at both ends (text only; other types always do).
    pub trim: bool,
    /// Runs of white space become one blank.
    pub collapse_spaces: bool,
    /// Characters to remove wherever they stand.
    pub strip: String,
    /// Keep the first group (or the whole match) of this pattern; no match is no value.
    pub pattern: Option<Regex>,
    /// Values that mean "no value".
    pub null_if: Vec<String>,
    /// Replaces whole values; a value that is not in it stays.
    pub map: BTreeMap<String, String>,
    /// Change of letter case.
    pub case: Option<Case>,
}

impl TextOptions {
    /// Nothing but `trim` changes the text.
    #[must_use]
    pub fn only_trim(&self) -> bool {
        !self.collapse_spaces
            && self.strip.is_empty()
            && self.pattern.is_none()
            && self.null_if.is_empty()
            && self.map.is_empty()
            && self.case.is_none()
    }
}

/// How a number is written, and what it is multiplied with; for integers and decimals only.
#[derive(Debug, Clone, Default)]
pub struct NumberOptions {
    /// Which sign stands before the decimals.
    pub decimal: DecimalSign,
    /// Makes the number negative.
    pub sign: Option<Sign>,
    /// Multiplies or divides the number.
    pub scale_by: Option<ScaleBy>,
}

/// `path`, `value` or `from`.
#[derive(Debug, Clone)]
pub enum ValueFrom {
    /// The first path that is present (not empty).
    Paths(Vec<Path>),
    /// `value = "…"`.
    Constant(String),
    /// `from = "file_name"`: the name without its folder.
    FileName,
    /// `from = "file_date"`: the file's date of last change, UTC, `YYYY-MM-DD`.
    FileDate,
    /// `from = "row_number"`: the record's ordinal in its file, from 1.
    RowNumber,
    /// `from = "parent_row_number"`: the row element's ordinal among the rows of its parent, from 1.
    ParentRowNumber,
    /// `from = "detail_number"`: the ordinal of the `explode` detail in its row element, from 1.
    DetailNumber,
    /// `from = "element"`: the row element's local name.
    Element,
}

/// `type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text as it stands after the column's own options.
    Text,
    /// A whole number of any length.
    Integer,
    /// An exact decimal of any length.
    Decimal,
    /// `YYYY-MM-DD`.
    Date {
        /// How the file writes it, in `strftime` directives; absent: as ISO 8601.
        format: Option<String>,
        /// The zone of a value that names none, by its IANA name.
        timezone: Option<String>,
    },
    /// `YYYY-MM-DD HH:MM:SS[.ffffff]`, in UTC where the value or `timezone` says a zone.
    Timestamp {
        /// How the file writes it, in `strftime` directives; absent: as ISO 8601.
        format: Option<String>,
        /// The zone of a value that names none, by its IANA name.
        timezone: Option<String>,
    },
    /// `0` or `1`, from `true/false`, `t/f`, `yes/no`, `y/n`, `1/0` in any letter case.
    Boolean,
}

impl Kind {
    /// The name in the feed file.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Date { .. } => "date",
            Self::Timestamp { .. } => "timestamp",
            Self::Boolean => "boolean",
        }
    }

    /// The type of this name, as far as it fixes the canonical text: how a file writes it is not in the name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (format, timezone) = (None, None);
        let all = [
            Self::Text,
            Self::Integer,
            Self::Decimal,
            Self::Date { format: format.clone(), timezone: timezone.clone() },
            Self::Timestamp { format, timezone },
            Self::Boolean,
        ];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

/// `repeat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repeat {
    /// Several values where one is mapped are a bad row (the default).
    Refuse,
    /// The first value.
    First,
    /// The last value.
    Last,
    /// All values in document order with this separator between them.
    Join {
        /// One blank unless the feed says otherwise.
        separator: String,
    },
    /// How many there are.
    Count,
    /// Their sum, exactly.
    Sum,
}

/// `upper` / `lower`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// To upper case.
    Upper,
    /// To lower case.
    Lower,
}

/// `lookup = { in, id, value, repeat }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The elements that are its entries.
    pub within: RowPath,
    /// Where an entry's id stands.
    pub id: Path,
    /// Where an entry's value stands (the first that is present).
    pub values: Vec<Path>,
    /// What to do where an entry has several values.
    pub repeat: Repeat,
    /// Whether blanks around a value are no part of it, as its column has it.
    pub trims: bool,
}

/// `scale_by = { path or value, operation }`.
#[derive(Debug, Clone)]
pub struct ScaleBy {
    /// Where the factor stands (the first that is present); empty where it is a constant.
    pub paths: Vec<Path>,
    /// The factor that is the same for every row, canonical.
    pub value: Option<String>,
    /// Divide by it instead of multiplying.
    pub divide: bool,
}
