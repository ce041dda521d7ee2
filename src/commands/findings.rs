//! What `check` found: lines for people, and whether anything stands in the way of a run.

use crate::database::Finding;
use std::fmt::Write as _;

/// In the order in which it was found out.
#[derive(Default)]
pub struct Findings {
    text: String,
    obstacles: Vec<String>,
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

    pub fn bad(&mut self, text: &str) {
        self.line("FAILED", text);
        self.obstacles.push(text.to_owned());
    }

    pub fn add(&mut self, finding: Finding) {
        match finding {
            Finding::Good(text) => self.good(&text),
            Finding::Warning(text) => self.warn(&text),
            Finding::Obstacle(text, grant) => {
                self.bad(&text);
                self.grants(grant);
            }
        }
    }

    /// A line that an administrator may have to run.
    pub fn grants(&mut self, grant: Option<String>) {
        self.grants.extend(grant);
    }

    /// What stands in the way of a run.
    pub fn obstacles(&self) -> &[String] {
        &self.obstacles
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
