//! Where a column's value comes from, what is done to it, and how it compares.

use super::path::{Path, RowPath};
use regex::Regex;
use std::collections::BTreeMap;

/// `[[column]]`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the feed file")]
pub struct Column {
    /// A checked SQL identifier; never begins with `tieout_`.
    pub name: String,
    /// Where the value comes from.
    pub from: ValueFrom,
    /// The type, which fixes the canonical text.
    pub kind: Kind,
    /// Part of the key.
    pub key: bool,
    /// Takes part in the verdict (a key always does).
    pub compare: bool,
    /// What to do where the path matches several times in one row.
    pub repeat: Repeat,
    /// The value may stand after its row: the file is read twice.
    pub late: bool,
    /// The markup inside the element instead of its text.
    pub raw: bool,
    /// Its values name entries elsewhere in the file.
    pub lookup: Option<Lookup>,
    /// A row without a value is a bad row.
    pub required: bool,
    /// That its paths match nothing in a whole file is no warning.
    pub optional: bool,
    /// Used where there is no value.
    pub default: Option<String>,
    /// Values that mean "no value".
    pub null_if: Vec<String>,
    /// Replaces whole values; a value that is not in it stays.
    pub map: BTreeMap<String, String>,
    /// Cut white space at both ends (text only; other types always do).
    pub trim: bool,
    /// Runs of white space become one blank.
    pub collapse_spaces: bool,
    /// Change of letter case.
    pub case: Option<Case>,
    /// Characters to remove wherever they stand.
    pub strip: String,
    /// Keep the first group (or the whole match) of this pattern; no match is no value.
    pub pattern: Option<Regex>,
    /// Makes the number negative.
    pub sign: Option<Sign>,
    /// Multiplies or divides the number.
    pub scale_by: Option<ScaleBy>,
    /// `,` is the decimal separator, `.` and blanks group digits.
    pub decimal_comma: bool,
    /// Compared by difference instead of equality.
    pub tolerance: Option<Tolerance>,
    /// Index of the column whose values group this column's control totals.
    pub total_by: Option<usize>,
    /// Compared without regard to letter case, as the database's own collation knows it.
    pub ignore_case: bool,
}

impl Column {
    /// A plain text column.
    #[must_use]
    pub fn text(name: &str, from: ValueFrom) -> Self {
        Self {
            name: name.to_owned(),
            from,
            kind: Kind::Text,
            key: false,
            compare: true,
            repeat: Repeat::Refuse,
            late: false,
            raw: false,
            lookup: None,
            required: false,
            optional: false,
            default: None,
            null_if: Vec::new(),
            map: BTreeMap::new(),
            trim: true,
            collapse_spaces: false,
            case: None,
            strip: String::new(),
            pattern: None,
            sign: None,
            scale_by: None,
            decimal_comma: false,
            tolerance: None,
            total_by: None,
            ignore_case: false,
        }
    }
    /// Stands in the checksum: compared, and for exact equality.
    #[must_use]
    pub fn exact(&self) -> bool {
        (self.compare || self.key) && self.tolerance.is_none() && !self.ignore_case
    }
    /// Takes part in the verdict.
    #[must_use]
    pub fn compared(&self) -> bool {
        self.compare || self.key
    }
}

/// Where a column's value comes from.
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
}

/// `upper` / `lower`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// To upper case.
    Upper,
    /// To lower case.
    Lower,
}

/// `lookup = { in, id, value }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The elements that are its entries.
    pub within: RowPath,
    /// Where an entry's id stands.
    pub id: Path,
    /// Where an entry's value stands (the first that is present).
    pub values: Vec<Path>,
    /// Whether blanks around a value are no part of it, as its column has it.
    pub trims: bool,
}

/// `sign = { path, negative }`.
#[derive(Debug, Clone)]
pub struct Sign {
    /// Where the code stands (the first that is present).
    pub paths: Vec<Path>,
    /// Codes that make the number negative; with an empty list, presence of the path does.
    pub negative: Vec<String>,
}

/// `scale_by = { path, operation, default }`.
#[derive(Debug, Clone)]
pub struct ScaleBy {
    /// Where the factor stands (the first that is present).
    pub paths: Vec<Path>,
    /// Divide by it instead of multiplying.
    pub divide: bool,
}

/// `tolerance` / `tolerance_percent`: canonical, non-negative decimal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tolerance {
    /// |theirs − ours| ≤ this.
    Absolute(String),
    /// |theirs − ours| ≤ this / 100 × |ours|.
    Percent(String),
}
