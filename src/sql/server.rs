//! What differs from server to server in the text of a statement. Each server's answers stand in one file of its own;
//! what it lacks does not compile. Whole statements that differ are templates under `sql/<server>/`.

use super::{limits::SessionLimits, locking::Locking};
use crate::{feed::Kind, model::Family};
use std::time::Duration;

/// When the stage gets an index of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexed {
    /// It is joined by hashing.
    Never,
    /// The join asks for one, and rows are inserted one by one anyway.
    AtOnce,
    /// The join asks for one, and loading is faster without.
    AfterLoad,
}

/// A kind of server, as far as statements are made for it.
pub trait Server: Sync {
    /// Its name.
    fn product(&self) -> &'static str;

    /// `name` as a quoted identifier.
    fn quote(&self, name: &str) -> String;
    /// The n-th placeholder, from 1.
    fn placeholder(&self, n: usize) -> String;
    /// The text whose UTF-8 bytes these are, whatever any setting says.
    fn text_of_hex(&self, hex: &str) -> String;
    /// The type name that `CAST` takes for text.
    fn text_type(&self) -> &'static str;
    /// A collation that compares bytes and pads nothing.
    fn collation(&self) -> &'static str;
    /// The operators of a division of whole numbers: the quotient, what is left.
    fn divide(&self) -> [&'static str; 2];

    /// What a statement of this kind locks, for a person: whom it keeps waiting, and until when.
    fn locks(&self, kind: Locking) -> &'static str;

    /// The settings that fix what a literal and a canonical text mean.
    fn meaning(&self) -> Vec<String>;
    /// All settings of a session.
    fn session(&self, limits: &SessionLimits) -> Vec<String>;
    /// What limits a statement of this session so far, in milliseconds; 0 is no limit. None where there is no server.
    fn statement_limit(&self) -> Option<&'static str>;
    /// Whether that limit is one of every statement, and not of some.
    fn limits_every_statement(&self) -> bool;

    /// The canonical text of expression `x`; NULL is no value.
    fn canonical(&self, kind: &Kind, family: Family, x: &str) -> String;
    /// A staged value, NULL where there is none, as a value of the feed's type.
    fn typed(&self, kind: &Kind, value: &str) -> String;

    /// U+001F, which stands between two fields.
    fn separator(&self) -> &'static str;
    /// Two fields or more, joined by the separator.
    fn joined(&self, fields: &[String]) -> String;
    /// The n-th field (from 1) of a row of ours as it is kept in the join.
    fn field(&self, row: &str, n: usize) -> String;
    /// SHA-256 in lower-case hex; NULL where there is none, so that the program fills it in.
    fn sha256(&self, row: &str) -> String;
    /// Whether it can compute SHA-256. Where it cannot, the program fills in the checksums of ours.
    fn has_sha256(&self) -> bool;

    /// A text in lower case, beyond ASCII too.
    fn lower(&self, text: &str) -> String;
    /// Not canonical decimal text that it can calculate with exactly.
    fn not_number(&self, x: &str) -> String;
    /// Canonical decimal text as a number.
    fn number(&self, x: &str) -> String;
    /// Two numbers differ.
    fn numbers_differ(&self, theirs: &str, ours: &str) -> String {
        format!("{} <> {}", self.number(theirs), self.number(ours))
    }
    /// Two numbers differ by more than `limit`.
    fn beyond_absolute(&self, theirs: &str, ours: &str, limit: &str) -> String {
        format!("abs({} - {}) > {limit}", self.number(theirs), self.number(ours))
    }
    /// Two numbers differ by more than `limit` per cent of ours.
    fn beyond_percent(&self, theirs: &str, ours: &str, limit: &str) -> String {
        let [theirs, ours] = [theirs, ours].map(|x| self.number(x));
        format!("abs({theirs} - {ours}) * 100 > abs({ours}) * {limit}")
    }

    /// What a canonical text is followed by, so that it is one of bytes.
    fn text_of_bytes(&self) -> &'static str;
    /// What the right side of an equation of texts is followed by, so that bytes are compared.
    fn compare_bytes(&self) -> String;
    /// Texts one behind the other.
    fn concatenated(&self, texts: &[String]) -> String;
    /// A row of ours as the join keeps it: encoded, or as a JSON array.
    fn row(&self, fields: &[String]) -> String;
    /// Whether that is a JSON array.
    fn keeps_json(&self) -> bool;
    /// The same where the server would make NULL of a row that is too long.
    fn never_null(&self, row: String) -> String;
    /// A text by which rows are grouped and sorted, whole.
    fn grouped(&self, text: String) -> String;

    /// What kind of table a work table is: no other need survive a crash of the server.
    fn work_table(&self) -> &'static str {
        "TABLE"
    }
    /// How work tables declare a text of any length, a column of the stage, and one of its key.
    fn column_types(&self) -> [&'static str; 3];
    /// A column that numbers the rows of a table that has no other key.
    fn row_number(&self) -> Option<&'static str>;
    /// How many texts surely fit into a row beside the key, where that is bounded.
    fn widest_row(&self) -> Option<usize>;
    /// It has FULL JOIN, so that the join itself finds what is left of theirs.
    fn has_full_join(&self) -> bool;
    /// Its planner knows nothing of a new table's rows by itself.
    fn needs_statistics(&self) -> bool;
    /// The stage has its index of keys from the beginning, or gets it when all rows are there.
    fn indexes_stage(&self) -> Indexed;

    /// The command line by which its own client executes a script.
    fn client(&self, file: &str) -> String;
}

/// A limit in milliseconds, or what stands for none.
pub fn millis(limit: Option<Duration>, default: u128) -> u128 {
    limit.map_or(default, |limit| limit.as_millis())
}

/// A text as long as this is no number: theirs has at most 1000 digits, and `numeric` overflows far beyond.
pub const MAX_DIGITS: usize = 10_000;

/// `1` or `0` where the text `folded` is a word for it.
pub fn boolean_text(folded: &str, otherwise: &str) -> String {
    format!(
        "CASE WHEN {folded} IN ('1', 't', 'true', 'y', 'yes') THEN '1' \
         WHEN {folded} IN ('0', 'f', 'false', 'n', 'no') THEN '0' ELSE {otherwise} END"
    )
}
