//! An element that follows others, and what is found of it.

use crate::{
    error::printable,
    feed::path::Path,
    ledger::PositionRow,
    model::{ControlCheck, Standing},
};

/// An element of a file of this run, or of one before.
#[derive(Debug, Clone)]
pub struct Element {
    pub position: Standing,
    pub file: String,
    pub sha256: String,
    /// Of this run.
    pub new: bool,
    /// The run that noted it; empty: this one.
    pub run: String,
}

/// What the elements are elements of.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// What they are called: `electronic sequence number`.
    pub name: &'s str,
    /// ` of account X, currency EUR`, or nothing.
    pub of: &'s str,
}

/// What is found of an element of this run.
#[derive(Debug, Clone)]
pub struct FollowFinding {
    pub check: ControlCheck,
    pub file: String,
    pub sha256: String,
    pub ordinal: u64,
    pub line: u64,
    pub declared: Option<String>,
    pub counted: String,
    /// What is wrong, in words; empty where nothing is.
    pub problem: String,
}

impl Element {
    pub fn known(row: PositionRow) -> Self {
        let run = row.run_id.to_string();
        Self { position: row.position, file: row.file_name, sha256: row.file_sha256, new: false, run }
    }

    pub fn new(file: &str, sha256: &str, position: &Standing) -> Self {
        Self {
            position: position.clone(),
            file: file.to_owned(),
            sha256: sha256.to_owned(),
            new: true,
            run: String::new(),
        }
    }

    /// Its number; `None`: it has none, or one of more than 38 digits.
    pub fn number(&self) -> Option<i128> {
        self.position.number.parse().ok()
    }

    /// Which part of the element with this number it is; 0: it is whole.
    pub fn part(&self) -> i128 {
        self.position.part.parse().unwrap_or_default()
    }

    /// It can be read, and has an amount.
    pub fn speaks(&self) -> bool {
        let Standing { opening, closing, problem, .. } = &self.position;
        problem.is_empty() && !(opening.is_empty() && closing.is_empty())
    }

    /// The digest of its file, and which element of the file it is.
    pub fn identity(&self) -> (String, u64) {
        (self.sha256.clone(), self.position.ordinal)
    }

    /// Its file, for a sentence.
    pub fn shown(&self) -> String {
        printable(&self.file)
    }

    pub fn found(
        &self,
        check: ControlCheck,
        declared: &str,
        counted: &str,
        problem: String,
    ) -> FollowFinding {
        FollowFinding {
            check,
            file: self.file.clone(),
            sha256: self.sha256.clone(),
            ordinal: self.position.ordinal,
            line: self.position.line,
            declared: (!declared.is_empty()).then(|| declared.to_owned()),
            counted: counted.to_owned(),
            problem,
        }
    }
}

/// ` of account X, currency EUR`; a value that is not there is not named.
pub fn subject(by: &[(String, Vec<Path>)], values: &[String]) -> String {
    let named = by.iter().zip(values).filter(|(_, value)| !value.is_empty());
    let named: Vec<String> =
        named.map(|((name, _), value)| format!("{} {}", printable(name), printable(value))).collect();
    if named.is_empty() { String::new() } else { format!(" of {}", named.join(", ")) }
}
