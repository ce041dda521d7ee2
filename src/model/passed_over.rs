//! What was offered and not taken, so that it is told.

use serde::{Deserialize, Serialize};

/// So many names are told.
const SHOWN: usize = 5;

/// Entries of a folder or members of an archive that were not taken, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// One of the words below.
    pub reason: String,
    /// How many.
    pub entries: u64,
    /// The names of the first few.
    pub names: Vec<String>,
}

impl PassedOver {
    /// The name does not match the pattern of `[source]`.
    pub const PATTERN: &str = "pattern";
    /// It is no file.
    pub const FOLDER: &str = "folder";
    /// A run has counted it.
    pub const COUNTED: &str = "counted";
    /// Its bytes are those of another file of the same run, which is counted.
    pub const COPY: &str = "copy";
    /// It goes with a file (a digest, a signature, a marker) or is half written, as its name says.
    pub const COMPANION: &str = "companion";
    /// `[source] exclude` leaves it out.
    pub const EXCLUDED: &str = "excluded";
    /// The marker of `[source] ready` is not there yet.
    pub const NOT_READY: &str = "not_ready";
    /// It is still being written.
    pub const UNSETTLED: &str = "unsettled";
    /// `[source] limit` leaves it to the next run.
    pub const LIMIT: &str = "limit";
    /// A person said so, by `tieout ignore`.
    pub const IGNORED: &str = "ignored";
    /// `[xml] members` leaves it out.
    pub const MEMBERS: &str = "members";

    /// Whether somebody may have expected that it is taken.
    #[must_use]
    pub fn is_odd(&self) -> bool {
        [Self::PATTERN, Self::NOT_READY, Self::UNSETTLED].contains(&self.reason.as_str())
    }

    /// Adds one.
    pub fn add(all: &mut Vec<Self>, reason: &str, name: &str) {
        let at = all.iter().position(|one| one.reason == reason).unwrap_or_else(|| {
            all.push(Self { reason: reason.to_owned(), entries: 0, names: Vec::new() });
            all.len() - 1
        });
        let one = &mut all[at];
        one.entries += 1;
        if one.names.len() < SHOWN {
            one.names.push(name.to_owned());
        }
    }

    /// `2 by pattern (a.md5, b.part), 1 folder (old)`; nothing where nothing was passed over.
    #[must_use]
    pub fn text(all: &[Self]) -> Option<String> {
        let one = |one: &Self| {
            let more = if one.entries > one.names.len() as u64 { ", …" } else { "" };
            let what = match one.reason.as_str() {
                Self::PATTERN => "by pattern",
                Self::COUNTED => "counted before",
                Self::COPY => "given twice",
                Self::MEMBERS => "by members",
                Self::COMPANION => "left alone",
                Self::NOT_READY => "without its marker",
                Self::UNSETTLED => "still being written",
                Self::LIMIT => "left to the next run",
                reason => reason,
            };
            format!("{} {what} ({}{more})", one.entries, one.names.join(", "))
        };
        let all: Vec<String> = all.iter().map(one).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_names_are_told() {
        let mut all = Vec::new();
        for n in 0..7 {
            PassedOver::add(&mut all, PassedOver::PATTERN, &format!("{n}.md5"));
        }
        PassedOver::add(&mut all, PassedOver::FOLDER, "old");
        let text = PassedOver::text(&all);
        let expected = "7 by pattern (0.md5, 1.md5, 2.md5, 3.md5, 4.md5, …), 1 folder (old)";
        assert_eq!(text.as_deref(), Some(expected));
        assert_eq!(PassedOver::text(&[]), None);
    }
}
