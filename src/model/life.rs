//! The life of breaks over runs: what became of them since the last one.

use serde::{Deserialize, Serialize};

/// What a run says of a break that it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// No run before has seen it.
    New,
    /// The run that saw it last saw the same values.
    Persisting,
    /// That run saw other values.
    Changed,
    /// An earlier run had found it gone.
    Reopened,
}

impl Life {
    const ALL: [Self; 4] = [Self::New, Self::Persisting, Self::Changed, Self::Reopened];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Persisting => "persisting",
            Self::Changed => "changed",
            Self::Reopened => "reopened",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// A break over runs, as the run that recorded it decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBreak {
    /// What became of it since the last run.
    pub life: Life,
    /// Since when it is open: UTC.
    pub first_seen: String,
    /// How many runs have seen it since then, this one included.
    pub runs_open: u64,
    /// What a person said of it, where that counts.
    pub accepted: Option<Acceptance>,
    /// The last cut-off with which it is a matter of timing, where it is: an ISO date.
    pub timing_until: Option<String>,
}

impl OpenBreak {
    /// Whether it is no reason for status 1.
    #[must_use]
    pub fn is_excused(&self) -> bool {
        self.accepted.is_some() || self.timing_until.is_some()
    }
}

/// That a break is known, and does not make the exit status 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The last day on which it counts: an ISO date.
    pub until: String,
    /// Who answers for it; may be empty.
    pub owner: String,
    /// Why.
    pub reason: String,
}

/// What the summary says of the life of breaks; nothing of it is known of runs of older programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeSummary {
    /// Breaks that no run before has seen.
    pub new: u64,
    /// Known ones, with the same values.
    pub persisting: u64,
    /// Known ones, with other values.
    pub changed: u64,
    /// Breaks that had been found gone before.
    pub reopened: u64,
    /// Breaks of earlier runs that are gone.
    pub cleared: u64,
    /// Breaks of this run that a person accepted.
    pub accepted: u64,
    /// All open breaks of the feed.
    pub open: u64,
    /// Those of them that this run did not look at, and cannot say anything of.
    pub not_looked_at: u64,
    /// Since when the oldest open break is: UTC; empty where none is open.
    pub oldest_first_seen: String,
    /// How many days that is before the run began.
    pub oldest_days: u64,
}

impl LifeSummary {
    /// Takes so many breaks of the run.
    pub fn add(&mut self, life: Life, breaks: u64) {
        match life {
            Life::New => self.new += breaks,
            Life::Persisting => self.persisting += breaks,
            Life::Changed => self.changed += breaks,
            Life::Reopened => self.reopened += breaks,
        }
    }

    /// `3 new, 12 known (1 with other values), 1 reopened, 2 cleared`.
    #[must_use]
    pub fn words(&self) -> String {
        let known = self.persisting + self.changed;
        let mut words = vec![format!("{} new", self.new), format!("{known} known")];
        if self.changed > 0 {
            words[1] = format!("{known} known ({} with other values)", self.changed);
        }
        if self.reopened > 0 {
            words.push(format!("{} reopened", self.reopened));
        }
        words.push(format!("{} cleared", self.cleared));
        words.join(", ")
    }

    /// Further lines: what is accepted, how old the oldest is, and what was not looked at.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.accepted > 0 {
            lines.push(format!("{} accepted: known, and no reason for status 1", self.accepted));
        }
        if self.oldest_days > 0 {
            let since = self.oldest_first_seen.get(..10).unwrap_or_default();
            let s = if self.oldest_days == 1 { "" } else { "s" };
            lines.push(format!("the oldest is open since {since}: {} day{s}", self.oldest_days));
        }
        if self.not_looked_at > 0 {
            lines.push(format!(
                "{} of earlier runs are open still: this run did not look at them",
                self.not_looked_at
            ));
        }
        lines
    }

    /// Whether there is anything to tell.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.open > 0 || self.cleared > 0
    }
}
