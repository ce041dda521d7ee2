//! The feed: what a third party's files look like, what our side looks like, and how they compare.
//!
//! A feed file with `[[set]]` tables is several feeds, one per row set. This module owns the types, which cannot be wrong once they exist. [`parse`] makes them from TOML
//! and reports every mistake with its place; nothing below this module reads the environment.

mod column;
mod control;
mod formats;
mod interpolate;
mod load;
mod mistakes;
mod ours;
pub mod path;
pub mod pattern;
mod secret;
mod settings;
mod table;
#[cfg(test)]
mod tests;
mod units;

pub use load::{load, parse};
pub(crate) use mistakes::advice;
pub use secret::Secret;

use path::{Condition, Path, RowPath};
use regex::Regex;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// A feed that passed every check.
#[derive(Debug, Clone)]
pub struct Feed {
    /// `[a-z0-9-]+`; names the staging table and the lock.
    pub name: String,
    /// The row set's own name, where the feed file has several.
    pub set: Option<String>,
    /// The feed file as given on the command line, for messages.
    pub file: PathBuf,
    /// SHA-256 of the feed file's text, in hex.
    pub sha256: String,
    /// The database, where the feed names one.
    pub database: Option<Database>,
    /// Where files come from, where the feed says so.
    pub source: Option<Source>,
    /// How rows are found in the XML.
    pub xml: Xml,
    /// At least one column, at least one of them a key.
    pub columns: Vec<Column>,
    /// Our side; absent in a feed that only converts.
    pub ours: Option<Ours>,
    /// What the file declares about itself.
    pub controls: Vec<Control>,
    /// What is kept.
    pub results: Results,
    /// A process to trigger afterwards.
    pub after: Option<After>,
}

/// `[database]`.
#[derive(Debug, Clone)]
pub struct Database {
    /// The connection URL.
    pub url: Secret,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Option<Duration>,
    /// How long one statement may take.
    pub statement_timeout: Option<Duration>,
}

/// `[source]`.
#[derive(Debug, Clone)]
pub struct Source {
    /// `file:` for now; the other transports are refused by name.
    pub url: Secret,
    /// Shell-style pattern of file names (`*`, `?`).
    pub pattern: String,
    /// No new file is success instead of status 5.
    pub allow_none: bool,
}

/// `[xml]`.
#[derive(Debug, Clone)]
pub struct Xml {
    /// One row per match of any of these.
    pub row: Vec<RowPath>,
    /// Relative to the row element; one row per detail, left outer. Child steps only.
    pub explode: Option<RowPath>,
    /// The root element's local name; anything else is refused.
    pub root: Option<String>,
    /// Patterns of the row elements' namespace, any of which must fit; empty: any namespace.
    pub namespaces: Vec<String>,
    /// Rows that do not satisfy it are filtered out. Relative to the row element.
    pub filter: Option<Condition>,
    /// What to do with a row that cannot be converted.
    pub bad_rows: BadRows,
    /// Zero rows in a file are accepted …
    pub allow_empty: bool,
    /// … if it holds one of these elements, so that another kind of file is not taken for an empty one.
    pub empty_with: Vec<RowPath>,
    /// Bounds on hostile input.
    pub limits: Limits,
    /// A chunk is closed after this many rows …
    pub chunk_rows: u64,
    /// … or this many bytes, whichever comes first.
    pub chunk_bytes: u64,
}

impl Default for Xml {
    /// No row paths yet, everything else as where the feed says nothing.
    fn default() -> Self {
        Self {
            row: Vec::new(),
            explode: None,
            root: None,
            namespaces: Vec::new(),
            filter: None,
            bad_rows: BadRows::Refuse,
            allow_empty: false,
            empty_with: Vec::new(),
            limits: Limits::default(),
            chunk_rows: 100_000,
            chunk_bytes: 16 << 20,
        }
    }
}

/// `bad_rows`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRows {
    /// One bad row refuses the file.
    Refuse,
    /// Bad rows go to `rejects.csv`.
    Quarantine,
}

/// Bounds on hostile input, all settable under `[xml]`.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Nesting of elements (`max_depth`, default 256).
    pub depth: usize,
    /// Bytes in one value or one markup token (`max_text`, default 16 MiB).
    pub text: usize,
    /// Attributes of one element (`max_attributes`, default 1024).
    pub attributes: usize,
    /// Bytes of one CSV row (`max_row`, default 32 MiB).
    pub row: usize,
    /// Rejected rows of one file (`max_rejects`, default 10000).
    pub rejects: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 256, text: 16 << 20, attributes: 1024, row: 32 << 20, rejects: 10_000 }
    }
}

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

/// `[ours]`.
#[derive(Debug, Clone)]
pub struct Ours {
    /// The table or the query.
    pub relation: Relation,
    /// SQL condition, with `:parameters` and `{theirs}`.
    pub filter: Option<String>,
    /// Column name → SQL expression, where ours is named otherwise.
    pub expressions: BTreeMap<String, String>,
}

/// `table` or `query`.
#[derive(Debug, Clone)]
pub enum Relation {
    /// Unquoted parts of a possibly qualified name, e.g. `["ledger", "entries"]`.
    Table(Vec<String>),
    /// A whole `select`, with `:parameters` and `{theirs}`.
    Query(String),
}

/// `[[control]]`.
#[derive(Debug, Clone)]
pub struct Control {
    /// Its name in the summary.
    pub name: String,
    /// Checked once per match of this element; `None`: once per file. Paths are then relative to it.
    pub per: Option<RowPath>,
    /// What the file declares; absent: the control is skipped.
    pub path: Path,
    /// Makes the declared number negative.
    pub sign: Option<Sign>,
    /// What it must equal.
    pub equals: Vec<Term>,
    /// A failed control refuses the file; otherwise it is a warning.
    pub refuse: bool,
}

/// One term of a control's `equals`; the terms are added up.
#[derive(Debug, Clone)]
pub struct Term {
    /// Subtract instead of add.
    pub negative: bool,
    /// What is added.
    pub value: TermValue,
}

/// What a term stands for.
#[derive(Debug, Clone)]
pub enum TermValue {
    /// Number of row elements, before `explode` and `where`.
    Count,
    /// Number of rows after `explode` and `where`.
    Rows,
    /// Sum of the column with this index.
    Sum(usize),
    /// The number at `{path}`, with the control's sign applied.
    Path(Path),
    /// A number.
    Number(String),
}

/// `[results]`.
#[derive(Debug, Clone)]
pub struct Results {
    /// How many runs stay in the results table; 0 empties it after the export.
    pub keep_runs: u32,
    /// Export matched rows too.
    pub matched: bool,
}

/// `[after]`.
#[derive(Debug, Clone)]
pub struct After {
    /// argv, no shell.
    pub command: Vec<String>,
    /// When it runs.
    pub on: Vec<On>,
    /// It is killed after this long.
    pub timeout: Duration,
}

/// When `[after]` runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Every row matched.
    TiedOut,
    /// There are breaks.
    Breaks,
    /// The run failed.
    Failure,
}
