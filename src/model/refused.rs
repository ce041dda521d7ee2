//! A file of a source that was left out of a run.

use crate::error::{Code, printable};
use serde::{Deserialize, Serialize};

/// A file that could not be taken; it is offered again until it is good, gone or ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFile {
    /// Its name.
    pub name: String,
    /// The digest of its bytes, in hex; empty where it could not be read.
    pub sha256: String,
    /// The code of what is wrong, such as `TO-305`.
    pub code: String,
    /// What is wrong.
    pub reason: String,
    /// When a run met it first, UTC.
    pub since: String,
}

impl RefusedFile {
    /// What is wrong, as a code; that an input file was refused where no program of today knows it.
    #[must_use]
    pub fn known_code(&self) -> Code {
        let known = Code::ALL.iter().find(|code| code.to_string() == self.code);
        known.copied().unwrap_or(Code::FileUnreadable)
    }

    /// `b.xml: it is cut short [TO-305], since 2026-07-15T05:00:00Z`.
    #[must_use]
    pub fn text(&self) -> String {
        let name = printable(&self.name);
        let name = if self.reason.contains(&name) { String::new() } else { format!("{name}: ") };
        format!("{name}{} [{}], since {}", self.reason, self.code, self.since)
    }
}
