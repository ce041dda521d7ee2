//! What `check` found: lines for people, and whether anything stands in the way of a run.

use crate::{
    database::{Finding, Obstacle},
    error::{Code, Error},
};
use std::fmt::Write as _;

/// In the order in which it was found out.
#[derive(Default)]
pub struct Findings {
    text: String,
    obstacles: Vec<(Code, String)>,
    grants: Vec<String>,
}

impl Findings {
    pub fn good(&mut self, text: &str) {
        self.line("ok", text);
    }

    /// A value that no path of the feed mentions.
    pub fn unmapped(&mut self, text: &str) {
        self.line("unmapped", text);
    }

    /// A path that led nowhere where nothing is missing for it.
    pub fn spare(&mut self, text: &str) {
        self.line("spare", text);
    }

    pub fn warn(&mut self, text: &str) {
        self.line("warning", text);
    }

    /// What stands in the way of a run, once.
    pub fn bad(&mut self, code: Code, text: &str) {
        if self.obstacles.iter().any(|(_, known)| known == text) {
            return;
        }
        self.line("FAILED", &format!("{text} [{code}]"));
        self.obstacles.push((code, text.to_owned()));
    }

    /// The same, as a run would fail.
    pub fn failure(&mut self, cause: &Error) {
        self.bad(cause.code(), &format!("{cause}; {}", cause.hint()));
    }

    pub fn add(&mut self, finding: Finding) {
        match finding {
            Finding::Good(text) => self.good(&text),
            Finding::Warning(text) => self.warn(&text),
            Finding::Obstacle(Obstacle { code, what, grants }) => {
                self.bad(code, &what);
                self.grants(grants);
            }
        }
    }

    /// Lines that an administrator may have to run.
    pub fn grants(&mut self, grants: Vec<String>) {
        let new = |grant: &String| !self.grants.contains(grant);
        let grants: Vec<String> = grants.into_iter().filter(new).collect();
        self.grants.extend(grants);
    }

    /// What stands in the way of a run.
    pub fn obstacles(&self) -> impl Iterator<Item = Code> + '_ {
        self.obstacles.iter().map(|(code, _)| *code)
    }

    /// All lines, then the GRANTs.
    pub fn text(&self) -> String {
        if self.grants.is_empty() {
            return self.text.clone();
        }
        let grants = self.grants.join("\n");
        format!("{}\nmissing grants, to be run by an administrator:\n{grants}\n", self.text)
    }

    fn line(&mut self, word: &str, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{word:<8} {text}");
    }
}
