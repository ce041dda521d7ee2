//! What became of a control: counts, and the first examples of what did not hold.

use crate::{canonical::number, error::printable};
use bigdecimal::BigDecimal;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How many failures of one control are shown.
const EXAMPLES: usize = 3;

/// One control, in one file or in all files of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlSummary {
    /// The control.
    pub name: String,
    /// `sequence` or `continuity`; empty, and not written: a `[[control]]`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The file of what is told in the next four: the first failure, or else the first number that is not there, or
    /// else the first check.
    pub file: String,
    /// Which `per` element of the file, from 1; 0 for the whole file.
    pub ordinal: u64,
    /// What the file declares.
    pub declared: Option<String>,
    /// What was counted.
    pub counted: String,
    /// `passed`, `failed`, `not_declared` or `skipped`.
    pub outcome: String,
    /// How often it was checked; 0 in summaries of older programs, here and below.
    #[serde(default)]
    pub checked: u64,
    /// How often it held.
    #[serde(default)]
    pub held: u64,
    /// How often it failed; not written where it never did.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// How often there were rows, and no number to check them against.
    #[serde(default)]
    pub not_declared: u64,
    /// The first failures, and numbers that were not there.
    #[serde(default)]
    pub examples: Vec<ControlExample>,
}

/// Once that a control failed, or that there was no number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlExample {
    /// The file.
    pub file: String,
    /// Which `per` element, from 1; 0 for the whole file.
    pub ordinal: u64,
    /// The line where that element begins; for the whole file, where it ends.
    pub line: u64,
    /// The currency, or whatever the control's sums are totalled by; empty: none.
    pub group: String,
    /// What the file declares.
    pub declared: Option<String>,
    /// What was counted.
    pub counted: String,
    /// What is wrong, in words.
    pub problem: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What came of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlCheck {
    /// The numbers agree.
    Held,
    /// They do not.
    Failed,
    /// There are rows, and the number is not there.
    NotDeclared,
    /// There is neither.
    Skipped,
}

impl ControlCheck {
    const fn word(self) -> &'static str {
        match self {
            Self::Held => "passed",
            Self::Failed => "failed",
            Self::NotDeclared => "not_declared",
            Self::Skipped => "skipped",
        }
    }

    /// Which of two outcomes is told.
    const fn weight(self) -> u8 {
        match self {
            Self::Failed => 3,
            Self::NotDeclared => 2,
            Self::Held => 1,
            Self::Skipped => 0,
        }
    }

    fn of(word: &str) -> Self {
        let all = [Self::Held, Self::Failed, Self::NotDeclared];
        all.into_iter().find(|one| one.word() == word).unwrap_or(Self::Skipped)
    }
}

impl ControlSummary {
    /// Of a control that was not checked yet.
    #[must_use]
    pub fn new(name: &str, file: &str) -> Self {
        Self { name: name.to_owned(), file: file.to_owned(), outcome: String::new(), ..Self::default() }
    }

    /// How many of them failed.
    #[must_use]
    pub fn count_failed(controls: &[Self]) -> u64 {
        controls.iter().filter(|one| one.outcome == ControlCheck::Failed.word()).count() as u64
    }

    /// One more check.
    pub fn add(&mut self, checked: ControlCheck, example: ControlExample) {
        match checked {
            ControlCheck::Held => self.held += 1,
            ControlCheck::Failed => self.failed += 1,
            ControlCheck::NotDeclared => self.not_declared += 1,
            ControlCheck::Skipped => {}
        }
        self.checked = self.held + self.failed;
        if self.outcome.is_empty() || checked.weight() > ControlCheck::of(&self.outcome).weight() {
            checked.word().clone_into(&mut self.outcome);
            self.file.clone_from(&example.file);
            self.ordinal = example.ordinal;
            self.declared.clone_from(&example.declared);
            self.counted.clone_from(&example.counted);
            if checked == ControlCheck::Failed {
                // Failures are shown before what is not there.
                self.examples.clear();
            }
        }
        let shown =
            checked == ControlCheck::Failed || (checked == ControlCheck::NotDeclared && self.failed == 0);
        if shown && self.examples.len() < EXAMPLES {
            self.examples.push(example);
        }
    }

    /// Both sides of one more check of a control that is decided when all files of a run were read.
    pub fn add_up(&mut self, declared: Option<&str>, counted: &str, file: &str) {
        if self.checked == 0 {
            file.clone_into(&mut self.file);
        }
        self.checked += 1;
        self.declared = Some(sum(self.declared.as_deref(), declared));
        self.counted = sum(Some(&self.counted), Some(counted));
    }

    /// The same control of another file, where both sides are added up over all files.
    pub fn merge_sums(&mut self, other: &Self) {
        if other.outcome.is_empty() && other.checked > 0 {
            let checked = self.checked + other.checked;
            self.add_up(other.declared.as_deref(), &other.counted, &other.file);
            self.checked = checked;
        } else {
            self.merge(other);
        }
    }

    /// All files were read: decides a control whose sides were added up over them.
    pub fn close(&mut self) {
        if !self.outcome.is_empty() || self.checked == 0 {
            if self.outcome.is_empty() {
                ControlCheck::Skipped.word().clone_into(&mut self.outcome);
            }
            return;
        }
        let declared = self.declared.clone().unwrap_or_default();
        let checked = if declared == self.counted { ControlCheck::Held } else { ControlCheck::Failed };
        let counted = self.counted.clone();
        let problem = format!("all files together declare {declared}, but {counted} was counted");
        let file = self.file.clone();
        let (declared, group) = (self.declared.clone(), String::new());
        self.add(checked, ControlExample { file, ordinal: 0, line: 0, group, declared, counted, problem });
    }

    /// The same control of another file.
    pub fn merge(&mut self, other: &Self) {
        let (mine, theirs) = (ControlCheck::of(&self.outcome), ControlCheck::of(&other.outcome));
        if self.outcome.is_empty() || theirs.weight() > mine.weight() {
            let told = other.clone();
            (self.file, self.ordinal, self.outcome) = (told.file, told.ordinal, told.outcome);
            (self.declared, self.counted) = (told.declared, told.counted);
            if theirs == ControlCheck::Failed {
                self.examples.clear();
            }
        }
        self.checked += other.checked;
        self.held += other.held;
        self.failed += other.failed;
        self.not_declared += other.not_declared;
        if theirs == ControlCheck::Failed || self.failed == 0 {
            let room = EXAMPLES.saturating_sub(self.examples.len());
            self.examples.extend(other.examples.iter().take(room).cloned());
        }
    }

    /// What a person should know: a sentence where it failed, or where there was no number.
    #[must_use]
    pub fn told(&self, absent_is_told: bool) -> Vec<String> {
        let mut told = Vec::new();
        if self.failed > 0 {
            told.push(self.failures());
        }
        if self.not_declared > 0 && absent_is_told {
            told.push(self.absences());
        }
        told
    }

    fn failures(&self) -> String {
        let (name, failed) = (&self.name, self.failed);
        if let (1, Some(one)) = (failed, self.examples.first()) {
            let whose = if one.ordinal > 0 { format!(" of element {}", one.ordinal) } else { String::new() };
            return format!("{}control {name:?}{whose} failed: {}", one.file_and_line(), one.problem);
        }
        let shown: Vec<String> = self.examples.iter().map(ControlExample::told).collect();
        let more = failed.saturating_sub(shown.len() as u64);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        format!("control {name:?} failed {failed} of {} times: {}{more}", self.checked, shown.join("; "))
    }

    fn absences(&self) -> String {
        let (name, absent) = (&self.name, self.not_declared);
        let first = match self.examples.first().filter(|_| self.failed == 0) {
            Some(one) => format!(": {}", one.told()),
            None => String::new(),
        };
        let times = if absent == 1 { String::new() } else { format!(" {absent} times") };
        format!("control {name:?} was not checked{times}, since its number is not declared{first}")
    }
}

/// The sum of canonical numbers; what is not there adds nothing.
fn sum(one: Option<&str>, other: Option<&str>) -> String {
    let numbers = [one, other].into_iter().flatten().filter_map(|text| BigDecimal::from_str(text).ok());
    number::of_big(&numbers.sum())
}

impl ControlExample {
    fn file_and_line(&self) -> String {
        match self.line {
            0 => format!("{}: ", printable(&self.file)),
            line => format!("{}: line {line}: ", printable(&self.file)),
        }
    }

    fn told(&self) -> String {
        let whose = if self.ordinal > 0 { format!("element {}: ", self.ordinal) } else { String::new() };
        format!("{}{whose}{}", self.file_and_line(), self.problem)
    }
}
