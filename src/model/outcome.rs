//! What can become of a row. Knows no row and no file.

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
        match self {
            Self::Matched => "matched",
            Self::Mismatched => "mismatched",
            Self::MissingInOurs => "missing_in_ours",
            Self::MissingInTheirs => "missing_in_theirs",
            Self::DuplicateInTheirs => "duplicate_in_theirs",
            Self::DuplicateInOurs => "duplicate_in_ours",
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
        match self {
            Self::Matched => "both sides agree",
            Self::Mismatched => "both sides have it, and it differs",
            Self::MissingInOurs => "only their file has it",
            Self::MissingInTheirs => "only our table has it",
            Self::DuplicateInTheirs => "their file has the key more often",
            Self::DuplicateInOurs => "our table has the key more often",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}
