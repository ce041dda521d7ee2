//! What can become of a row. Knows no row and no file.

use crate::error::Entry;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Both sides agree.
    Matched,
    /// Both sides have it, and it differs.
    Mismatched,
    /// Only theirs has it.
    MissingInOurs,
    /// Only ours has it.
    MissingInTheirs,
    /// Left over in theirs of a key that occurs more than once.
    DuplicateInTheirs,
    /// Left over in ours of a key that occurs more than once.
    DuplicateInOurs,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Matched,
        Self::Mismatched,
        Self::MissingInOurs,
        Self::MissingInTheirs,
        Self::DuplicateInTheirs,
        Self::DuplicateInOurs,
    ];

    /// Its name in the database and in the files.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().word
    }

    /// What is said of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        match self {
            Self::Matched => &Entry {
                word: "matched",
                meaning: "both sides agree",
                why: "Both sides have the key, and every compared column is equal or within its tolerance.",
                action: "there is nothing to do",
            },
            Self::Mismatched => &Entry {
                word: "mismatched",
                meaning: "both sides have it, and it differs",
                why: "Both sides have the key. At least one compared column differs; its reason says how where that is certain.",
                action: "compare both values in breaks.csv; corrections.sql holds an UPDATE for ours",
            },
            Self::MissingInOurs => &Entry {
                word: "missing_in_ours",
                meaning: "only their file has it",
                why: "Ours has not booked it yet, has it under another key, or the scope of ours leaves it out.",
                action: "look into suggestions.csv for a probable partner, then book it or correct the key",
            },
            Self::MissingInTheirs => &Entry {
                word: "missing_in_theirs",
                meaning: "only our table has it",
                why: "They do not know it, send it on another day, or ours has it under another key.",
                action: "narrow the scope of ours to what the file covers, or ask the sender",
            },
            Self::DuplicateInTheirs => &Entry {
                word: "duplicate_in_theirs",
                meaning: "their file has the key more often",
                why: "A key occurs more than once, and equal rows have met one for one. This row of theirs is left over.",
                action: "ask the sender, or add a column to the key if both rows are meant",
            },
            Self::DuplicateInOurs => &Entry {
                word: "duplicate_in_ours",
                meaning: "our table has the key more often",
                why: "A key occurs more than once, and equal rows have met one for one. This row of ours is left over.",
                action: "look for a double booking, or add a column to the key if both rows are meant",
            },
        }
    }

    /// Its name in sentences.
    #[must_use]
    pub fn words(self) -> String {
        self.name().replace('_', " ")
    }

    /// What it means, for a person.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// The outcome of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}
