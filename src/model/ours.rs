//! What our side looks like: its columns' types, its keys, and what a correction would write to. Whoever asks a server
//! fills it in; nothing here knows a server.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of SQL type a column of ours has; it fixes how its canonical text is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Character strings, and whatever the server turns into text by itself (JSON, UUID, enums, arrays …).
    Text,
    /// Integers.
    Integer,
    /// Exact decimals.
    Decimal,
    /// Binary floating point; MySQL's single precision is `Real`.
    Double,
    /// Single precision.
    Real,
    /// Calendar dates.
    Date,
    /// Date and time without a zone.
    Timestamp,
    /// Date and time with a zone (Postgres `timestamptz`).
    TimestampTz,
    /// True or false.
    Boolean,
    /// Bytes.
    Binary,
    /// MySQL `bit(n)`.
    Bit,
    /// Postgres `money`.
    Money,
    /// Typed per value (SQLite).
    Dynamic,
}

/// One column of ours, as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurColumn {
    /// The server's name of its type, for messages.
    pub type_name: String,
    /// What that means here.
    pub family: Family,
}

/// `--set NAME=VALUE`, with the SQL type that the server infers for each use where text would not do.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// By name.
    pub values: BTreeMap<String, String>,
    /// Postgres: the inferred type of each use, in order of appearance.
    pub casts: Vec<String>,
}

/// Our side as the server describes it.
#[derive(Debug, Clone)]
pub struct OursShape {
    /// The type of each column asked for, by its index in the feed.
    pub columns: Vec<(usize, OurColumn)>,
    /// The parameters, with the types that the server infers.
    pub parameters: Parameters,
    /// A unique index covers the key, so that ours holds no key twice.
    pub unique_key: bool,
    /// What `corrections.sql` writes to.
    pub correctable: Correctable,
    /// Row-level security of PostgreSQL filters ours for this user.
    pub filtered: bool,
}

/// What to say where it does.
pub const FILTERED: &str = "row-level security keeps rows of ours from this user: what its policies hide is not compared \
                            (a user with BYPASSRLS sees all)";

/// Whether ours can be corrected. The ledger keeps it with the run, so that old runs can be exported again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correctable {
    /// It is a table.
    Table(OurTable),
    /// It is not, and why.
    Refused(String),
}

/// A table of ours as a script meets it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OurTable {
    /// The parts of its name.
    pub name: Vec<String>,
    /// Per column of the feed: the column of ours, where it is one and no expression.
    pub columns: Vec<Option<OurField>>,
    /// A unique index covers the key.
    pub unique: bool,
    /// The feed's condition on ours, with its parameters as literals.
    pub scope: Option<String>,
    /// The condition reads theirs, so that a script cannot ask it again.
    pub scope_reads_theirs: bool,
}

/// A column of ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OurField {
    /// Its name in the table.
    pub name: String,
    /// The server's name of its type; on SQLite the declared one.
    pub type_name: String,
    /// What that means.
    pub family: Family,
    /// It may be NULL.
    pub nullable: bool,
    /// The server computes it.
    pub generated: bool,
    /// The server numbers it: an INSERT writes it where it insists, an UPDATE never does.
    #[serde(default)]
    pub identity: bool,
}
