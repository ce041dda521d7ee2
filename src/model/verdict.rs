//! The verdict of a run: three words, and what is said of them.

use serde::{Deserialize, Serialize};

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every row matched, no record was left out, and no control failed.
    TiedOut,
    /// Every row matched and no record was left out, but what a file declares about itself does not hold.
    TiedOutWithFailedControls,
    /// There are breaks or rejects.
    Breaks,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::TiedOut, Self::TiedOutWithFailedControls, Self::Breaks];

    /// What follows from so many breaks, rejects and controls that failed.
    #[must_use]
    pub fn of(breaks: u64, rejects: u64, failed_controls: u64) -> Self {
        match (breaks, rejects, failed_controls) {
            (0, 0, 0) => Self::TiedOut,
            (0, 0, _) => Self::TiedOutWithFailedControls,
            _ => Self::Breaks,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TiedOut => "tied_out",
            Self::TiedOutWithFailedControls => "tied_out_with_failed_controls",
            Self::Breaks => "breaks",
        }
    }
}

/// `1 control failed`; nothing where none did.
#[must_use]
pub fn controls_failed(controls: u64) -> Option<String> {
    (controls > 0).then(|| format!("{controls} control{} failed", if controls == 1 { "" } else { "s" }))
}
