//! Where a statement stands among others of its kind: its number, and the amounts that it begins and ends with.

/// What one element of a file says of its place in a `[[sequence]]` or a `[[continuity]]`, in canonical texts; empty
/// is "not there".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The how-manieth element of its file it is, from 1.
    pub ordinal: u64,
    /// The line where it begins.
    pub line: u64,
    /// What it is a position within, such as the account: one value per entry of `by`.
    pub by: Vec<String>,
    /// Its number.
    pub number: String,
    /// Which part of the element it is: the page.
    pub part: String,
    /// Its day, `YYYY-MM-DD`.
    pub day: String,
    /// Its number is the first one.
    pub first: bool,
    /// Its number is the last one.
    pub last: bool,
    /// The amount that it begins with.
    pub opening: String,
    /// The amount that it ends with.
    pub closing: String,
    /// Why it cannot be read; empty where it can.
    pub problem: String,
}

/// A position, and what it is a position of: a row of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct StandingOf<'p> {
    /// The feed or row set.
    pub feed: &'p str,
    /// The name of the `[[sequence]]` or `[[continuity]]`.
    pub succession: &'p str,
    /// SHA-256 of that name and of `by`, in hex.
    pub subject: &'p str,
    /// The values of `by`, joined by U+001F.
    pub by: &'p str,
    /// The file.
    pub file_name: &'p str,
    /// Its digest.
    pub file_sha256: &'p str,
    /// The position.
    pub position: &'p Standing,
}
