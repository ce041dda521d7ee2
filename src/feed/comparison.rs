//! Whether and how a column is compared with ours.

/// `key`, `compare`, `tolerance`, `ignore_case` and `total_by` of a column. A key, and a column that is not compared,
/// have no equality but the exact one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    role: Role,
    equality: Equality,
    total_by: Option<usize>,
}

impl Default for Comparison {
    /// Compared, for exact equality.
    fn default() -> Self {
        Self::new(Role::Compared, Equality::Exact)
    }
}

impl Comparison {
    /// Compared in this role; `equality` counts for [`Role::Compared`] alone.
    #[must_use]
    pub fn new(role: Role, equality: Equality) -> Self {
        let equality = if role == Role::Compared { equality } else { Equality::Exact };
        Self { role, equality, total_by: None }
    }

    /// The same, with control totals grouped by the values of the column with this index.
    pub(super) fn totalled_by(self, column: Option<usize>) -> Self {
        Self { total_by: column, ..self }
    }

    /// What the column is for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// When two values are equal.
    #[must_use]
    pub fn equality(&self) -> &Equality {
        &self.equality
    }

    /// Index of the column whose values group this column's control totals.
    #[must_use]
    pub fn total_by(&self) -> Option<usize> {
        self.total_by
    }
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Part of the key: finds the row of ours, and is compared.
    Key,
    /// Takes part in the verdict.
    Compared,
    /// Is shown, and never compared (`compare = false`).
    Carried,
}

/// When two values are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Equality {
    /// Their canonical texts are the same.
    Exact,
    /// They differ by no more than this.
    Within(Tolerance),
    /// They are the same without regard to letter case, as the database's own collation knows it.
    IgnoreCase,
}

/// `tolerance` / `tolerance_percent`: canonical, non-negative decimal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tolerance {
    /// |theirs − ours| ≤ this.
    Absolute(String),
    /// |theirs − ours| ≤ this / 100 × |ours|.
    Percent(String),
}
