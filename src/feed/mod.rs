//! The feed: what a third party's files look like, what our side looks like, and how they compare.
//!
//! A feed file with `[[set]]` tables is several feeds, one per row set. This module owns the types, which cannot be wrong once they exist. [`parse`] makes them from TOML
//! and reports every mistake with its place; nothing below this module reads the environment.

mod access;
mod after;
mod beside;
mod column;
mod comparison;
mod contradictions;
mod control;
mod equals;
mod fail_on;
mod file_pattern;
mod formats;
mod interpolate;
mod keys;
mod load;
mod mistakes;
mod ours;
pub mod path;
pub mod pattern;
mod retraction;
mod secret;
mod settings;
mod sign;
mod source;
mod succession;
mod suggestions;
mod table;
#[cfg(test)]
mod tests;
mod timing;
mod units;
mod unpack;
mod value;
mod within;
pub mod xml_name;

pub use access::Access;
pub use after::{After, On, Webhook};
pub use beside::FeedPath;
pub use comparison::{Comparison, Equality, Role, Tolerance};
pub use fail_on::{AmountLimit, FailOn, FailingBreaks};
pub use file_pattern::FilePattern;
pub use interpolate::literal;
pub use keys::keys;
pub use load::{load, load_for, parse};
pub(crate) use mistakes::{advice, nearest};
pub use ours::table_parts;
pub use retraction::{Effect, Retraction};
pub use secret::Secret;
pub use settings::is_name;
pub use sign::{CodeMeans, Sign};
pub use source::{AfterFile, FileOrder, Source, SourceLocation};
pub use succession::{Succession, SuccessionRule};
pub use suggestions::Suggest;
pub use timing::{CutOffDay, Timing};
pub use unpack::Unpack;
pub use value::{
    Case, Column, Kind, Lookup, NumberOptions, Presence, Repeat, ScaleBy, TextOptions, ValueFrom, ValueSource,
};
pub(crate) use within::{ScopePlace, meetings, places};

use path::{Condition, Path, RowPath};
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
    /// What must follow what, over files and runs: sequences first.
    pub successions: Vec<Succession>,
    /// How probable counterparts are found.
    pub suggest: Suggest,
    /// Which rows that one side has may be on their way to the other.
    pub timing: Option<Timing>,
    /// What makes the exit status 1.
    pub fail_on: FailOn,
    /// What is kept.
    pub results: Results,
    /// A process to trigger afterwards.
    pub after: Option<After>,
    /// The values of `:parameters` in conditions on theirs, as `--set` gives them.
    pub parameters: BTreeMap<String, String>,
}

impl Feed {
    /// The name of the feed file, without that of a row set.
    #[must_use]
    pub fn file_name(&self) -> &str {
        let set = self.set.as_deref().and_then(|set| self.name.strip_suffix(set)?.strip_suffix('-'));
        set.unwrap_or(&self.name)
    }
}

/// `[database]`.
#[derive(Debug, Clone)]
pub struct Database {
    /// The connection URL.
    pub url: Secret,
    /// How long its statements may take.
    pub timeouts: Timeouts,
    /// Where the password comes from that the URL does not hold.
    pub password: Option<PasswordFrom>,
}

/// Where a database's password comes from; paths are whole.
#[derive(Debug, Clone)]
pub enum PasswordFrom {
    /// A file that holds nothing else.
    File(PathBuf),
    /// The last line that a program prints; the program comes first.
    Command(Vec<String>),
    /// An option file of MySQL.
    OptionFile(PathBuf),
}

/// How long statements may wait or take; without a limit of the feed's, that of `sql::session`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timeouts {
    /// For a lock.
    pub lock: Option<Duration>,
    /// For one statement.
    pub statement: Option<Duration>,
    /// For a connection, where its URL says nothing of it.
    pub connect: Option<Duration>,
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
    /// Records that are filtered out by name, in this order.
    pub skip: Vec<Skip>,
    /// Records that do not satisfy it are filtered out; where `skip` is given, they are bad. Relative to the row element.
    pub filter: Option<Condition>,
    /// Which records take others back.
    pub retractions: Vec<Retraction>,
    /// What to do with a row that cannot be converted.
    pub bad_rows: BadRows,
    /// Zero rows in a file are accepted …
    pub allow_empty: bool,
    /// … if it holds one of these elements, so that another kind of file is not taken for an empty one.
    pub empty_with: Vec<RowPath>,
    /// Bounds on hostile input.
    pub limits: Limits,
    /// Bounds on packed input, and what of it is wanted.
    pub unpack: Unpack,
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
            skip: Vec::new(),
            filter: None,
            retractions: Vec::new(),
            bad_rows: BadRows::Refuse,
            allow_empty: false,
            empty_with: Vec::new(),
            limits: Limits::default(),
            unpack: Unpack::default(),
            chunk_rows: 100_000,
            chunk_bytes: 16 << 20,
        }
    }
}

/// One entry of `skip`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// The reason that the summary gives.
    pub name: String,
    /// Relative to the row element.
    pub when: Condition,
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
    /// Bytes in one value or one markup token (`max_text`, default 9 MiB).
    pub text: usize,
    /// Attributes of one element (`max_attributes`, default 1024).
    pub attributes: usize,
    /// Bytes of memory for a row and all that is held beside it (`max_row`, default 36 MiB).
    pub row: usize,
    /// Rejected rows of one file (`max_rejects`, default 10000).
    pub rejects: u64,
    /// Times a document's length that may be written for it (`max_amplification`, default 50).
    pub amplification: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 256,
            text: 9 << 20,
            attributes: 1024,
            row: 36 << 20,
            rejects: 10_000,
            amplification: 50,
        }
    }
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

impl Ours {
    /// Whether ours is asked for the column: for all that are compared, and for carried ones that it names.
    #[must_use]
    pub fn asks(&self, column: &Column) -> bool {
        column.compared() || self.expressions.contains_key(&column.name)
    }
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
    /// What the file declares.
    pub path: Path,
    /// Where it sums a column with `total_by`: everything counts per group.
    pub group: Option<Grouping>,
    /// Makes the declared number negative.
    pub sign: Option<Sign>,
    /// What it must equal.
    pub equals: Vec<Term>,
    /// A failed control refuses the file; otherwise it is a warning.
    pub refuse: bool,
    /// What it means that the declared number is not there although there are rows.
    pub absent: Absent,
    /// Both sides are added up over all files of a run, and compared once.
    pub over_run: bool,
}

/// How a control adds up per currency, or whatever the groups of `total_by` are.
#[derive(Debug, Clone)]
pub struct Grouping {
    /// The column of the feed that has the group of a row.
    pub column: usize,
    /// Where the group of a declared number stands, from its element; `None`: no number names one.
    pub path: Option<Path>,
}

/// What it means that a declared number is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Absent {
    /// The file is refused.
    Refuse,
    /// It is a warning.
    #[default]
    Warn,
    /// It is counted.
    Accept,
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
    /// How many pairs with equal checksums are compared by value too.
    pub audit: AuditSize,
    /// The file of breaks that are known.
    pub accepted: Option<PathBuf>,
}

/// `audit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditSize {
    /// All pairs.
    All,
    /// About so many of them.
    About(u64),
}
