//! What a summary comes to for whoever is told of it: the exit status, and the words beside the verdict.

use super::{Summary, TimingSummary, Verdict};
use crate::error::Code;

impl Summary {
    /// The exit status that the verdict asks for: 1 where anything that the feed fails on is there.
    #[must_use]
    pub fn status(&self) -> u8 {
        let fails = self.failed_on.as_ref().map(|on| !on.is_empty());
        u8::from(fails.unwrap_or(self.verdict == Verdict::Breaks))
    }

    /// The exit status of all that it tells: the highest of the verdict's, and those of files that were refused or are
    /// missing.
    #[must_use]
    pub fn told_status(&self) -> u8 {
        let refused = self.refused_files.iter().map(|file| file.known_code().status());
        let missing = self.expected_files.iter().filter(|expected| expected.lacks());
        refused.chain(missing.map(|_| Code::FilesMissing.status())).fold(self.status(), u8::max)
    }

    /// Why none of the breaks makes the exit status 1, where there are breaks and no rejects: a person accepted each of
    /// them, or it is a matter of timing.
    #[must_use]
    pub fn excused(&self) -> Option<&'static str> {
        let accepted = self.life.as_ref().map_or(0, |life| life.accepted);
        let timing = self.timing.as_ref().map_or(0, TimingSummary::breaks);
        if accepted.saturating_add(timing) != self.counts.breaks() || self.counts.rejects > 0 {
            return None;
        }
        match (accepted, timing) {
            (0, 0) => None,
            (_, 0) => Some("all accepted"),
            (0, _) => Some("all timing"),
            _ => Some("all timing or accepted"),
        }
    }

    /// What became of breaks over runs, line by line; nothing where there is nothing to tell.
    #[must_use]
    pub fn life_lines(&self) -> Vec<String> {
        let Some(life) = self.life.as_ref().filter(|life| life.is_told()) else { return Vec::new() };
        let timing = self.timing.as_ref().filter(|_| self.counts.breaks() > 0).and_then(TimingSummary::line);
        let mut lines = vec![life.words()];
        lines.extend(timing);
        lines.extend(life.lines());
        lines
    }
}
