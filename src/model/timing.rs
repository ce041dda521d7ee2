//! What the summary says of breaks that are a matter of timing: rows near to the cut-off, which one side alone has.

use super::Outcome;
use serde::{Deserialize, Serialize};

/// Rows that only one side has and that may be on their way to the other. Those that a person accepted are counted there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimingSummary {
    /// The day that the run speaks of: an ISO date; empty where no row of theirs says one, and nothing stood alone.
    pub cut_off: String,
    /// So many business days from it at most.
    pub days: u16,
    /// Rows of theirs that are timing.
    pub missing_in_ours: u64,
    /// Rows of ours that are timing.
    pub missing_in_theirs: u64,
}

impl TimingSummary {
    /// The rows of an outcome.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::MissingInOurs => self.missing_in_ours,
            Outcome::MissingInTheirs => self.missing_in_theirs,
            _ => 0,
        }
    }

    /// All of them.
    #[must_use]
    pub fn breaks(&self) -> u64 {
        self.missing_in_ours.saturating_add(self.missing_in_theirs)
    }

    /// `3 timing: within 2 business days of 2026-01-30, and no reason for status 1`; nothing where no day is known.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let Self { cut_off, days, .. } = self;
        let s = if *days == 1 { "" } else { "s" };
        let within = format!("within {days} business day{s} of {cut_off}");
        (!cut_off.is_empty())
            .then(|| format!("{} timing: {within}, and no reason for status 1", self.breaks()))
    }
}
