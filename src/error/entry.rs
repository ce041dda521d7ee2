//! What is said of a word of ours: a code, an exit status, an outcome, a reason.

/// One row of a table that `tieout explain` prints and `docs/errors.md` is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The word itself, e.g. `TO-304`.
    pub word: &'static str,
    /// What it means: one clause, without a full stop.
    pub meaning: &'static str,
    /// Why it happens, in whole sentences.
    pub why: &'static str,
    /// What to do: a clause that can follow a message as its hint, without a full stop.
    pub action: &'static str,
}
