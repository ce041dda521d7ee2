//! The summary of a run: what `summary.json` holds and what the ledger keeps.

use super::{
    ControlSummary, Converted, Correctable, ExpectedFiles, FeedName, FilteredBy, LifeSummary, Outcome,
    PassedOver, Reason, RefusedFile, ResultRow, RunId, TimingSummary, Verdict, control::is_zero,
};
use crate::error::{Result, printable_json};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything about a run but its rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    /// The run.
    pub run_id: RunId,
    /// The feed's name.
    pub feed: FeedName,
    /// SHA-256 of the feed file.
    pub feed_sha256: String,
    /// The answer.
    pub verdict: Verdict,
    /// Controls that failed and refused no file; not written where none did. 0 in summaries of older programs, which told
    /// them as warnings only.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed_controls: u64,
    /// What of the feed's `[fail_on]` makes the exit status 1: `breaks`, `rate`, `amount`, `rejects`, `controls`. Absent
    /// where nothing can, as the run tied out, and in the ledger's rows of older programs: there, breaks and rejects did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_on: Option<Vec<String>>,
    /// UTC.
    pub started_at: String,
    /// UTC, when it was committed.
    pub finished_at: String,
    /// Where it ran.
    pub database: DatabaseSummary,
    /// The files, in order.
    pub files: Vec<FileSummary>,
    /// What was offered and not taken; empty in summaries of older programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
    /// Files of the source that were left out, since something is wrong with them; not written where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_files: Vec<RefusedFile>,
    /// What the day was expected to bring; not written where the feed expects nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_files: Option<ExpectedFiles>,
    /// Rows.
    pub counts: Counts,
    /// What became of breaks over runs; absent in the ledger's rows of older programs.
    #[serde(default)]
    pub life: Option<LifeSummary>,
    /// What of them is a matter of timing; not written where the feed has no `[timing]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<TimingSummary>,
    /// What is unlike the feed's last runs; empty in summaries of older programs.
    #[serde(default)]
    pub unusual: Vec<String>,
    /// Why no key of theirs met one of ours, though both sides have rows; not written where any did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_key_met: Vec<String>,
    /// Differing column values per reason code; absent in the ledger's rows of older programs.
    #[serde(default)]
    pub reasons: BTreeMap<String, u64>,
    /// Per column of the feed.
    pub columns: Vec<ColumnSummary>,
    /// Control totals of columns with `total_by`.
    pub totals: Vec<TotalSummary>,
    /// What the files declare about themselves.
    pub controls: Vec<ControlSummary>,
    /// What matched only within a tolerance.
    pub absorbed: Vec<Absorbed>,
    /// Rows that matched only within a tolerance or without regard to letter case.
    pub matched_within_tolerance: u64,
    /// Pairs with equal checksums that were compared by value too; 0 in the ledger's rows of older programs.
    #[serde(default)]
    pub audited: u64,
    /// Probable counterparts; absent in the ledger's rows of older programs.
    #[serde(default)]
    pub suggestions: Option<Suggestions>,
    /// Parameters given by `--set`.
    pub parameters: BTreeMap<String, String>,
    /// Matched rows are in the results and are exported.
    pub matched_exported: bool,
    /// What `corrections.sql` writes to: for the ledger only; absent in its rows of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correctable: Option<Correctable>,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// Seconds per stage, up to the commit.
    pub timings: BTreeMap<String, f64>,
}

/// Where it ran.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DatabaseSummary {
    /// Product and version.
    pub product: String,
    /// The URL without user and password.
    pub url: String,
    /// How rows were loaded.
    pub loaded_by: String,
    /// The server's version, collation, time zone, SQL mode; empty in summaries of older programs.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

/// One input file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileSummary {
    /// The number by which rows name it; 0 in summaries of older programs, where it is its place in the list.
    #[serde(default)]
    pub file_no: u32,
    /// Its name.
    pub name: String,
    /// Its digest.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Row elements.
    pub elements: u64,
    /// Candidate rows: rows + rejects + filtered.
    pub records: u64,
    /// Rows staged.
    pub rows: u64,
    /// Rows that could not be converted.
    pub rejects: u64,
    /// Records that are no rows.
    pub filtered: u64,
    /// Why; empty in summaries of older programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filtered_by: Vec<FilteredBy>,
}

impl FileSummary {
    /// What was read from a file of `bytes` bytes, the `file_no`-th of its run.
    #[must_use]
    pub fn new(file_no: u32, name: &str, sha256: &str, bytes: u64, converted: &Converted) -> Self {
        Self {
            file_no,
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            bytes,
            elements: converted.elements,
            records: converted.records,
            rows: converted.rows,
            rejects: converted.rejects,
            filtered: converted.filtered,
            filtered_by: converted.filtered_by.clone(),
        }
    }
}

/// Rows, all files together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Candidate rows read.
    pub records: u64,
    /// Rows staged.
    pub theirs: u64,
    /// Rows of ours in scope.
    pub ours: u64,
    /// Rows that could not be converted.
    pub rejects: u64,
    /// Records that are no rows.
    pub filtered: u64,
    /// Why; empty in summaries of older programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filtered_by: Vec<FilteredBy>,
    /// Pairs that agree.
    pub matched: u64,
    /// Pairs that differ.
    pub mismatched: u64,
    /// Rows of theirs that ours lacks.
    pub missing_in_ours: u64,
    /// Rows of ours that theirs lacks.
    pub missing_in_theirs: u64,
    /// Rows of theirs left over of repeated keys.
    pub duplicate_in_theirs: u64,
    /// Rows of ours left over of repeated keys.
    pub duplicate_in_ours: u64,
}

/// A count as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountLine {
    /// What was counted: an outcome, `rejects` or `filtered`.
    pub name: String,
    /// How many there are.
    pub rows: u64,
    /// What it means.
    pub meaning: &'static str,
}

/// What a run says where neither side has a row: that both are empty proves nothing of what they should hold.
pub const NOTHING_COMPARED: &str = "nothing was compared: neither side has a row";

impl Counts {
    /// No row of either side was there to be compared.
    #[must_use]
    pub fn nothing_compared(&self) -> bool {
        self.theirs == 0 && self.ours == 0
    }

    /// Rows with an outcome.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Matched => self.matched,
            Outcome::Mismatched => self.mismatched,
            Outcome::MissingInOurs => self.missing_in_ours,
            Outcome::MissingInTheirs => self.missing_in_theirs,
            Outcome::DuplicateInTheirs => self.duplicate_in_theirs,
            Outcome::DuplicateInOurs => self.duplicate_in_ours,
        }
    }

    /// What came of every record and row: the matched, and whatever else there is.
    #[must_use]
    pub fn lines(&self) -> Vec<CountLine> {
        let outcomes = Outcome::ALL.map(|outcome| (outcome.words(), self.of(outcome), outcome.meaning()));
        let others = [
            ("rejects".to_owned(), self.rejects, "records that could not be converted"),
            ("filtered".to_owned(), self.filtered, "records that the feed leaves out"),
        ];
        let all = outcomes.into_iter().chain(others).enumerate();
        all.filter(|(n, (_, rows, _))| *n == 0 || *rows > 0)
            .map(|(_, (name, rows, meaning))| CountLine { name, rows, meaning })
            .collect()
    }

    /// `3: 2 pending, 1 where`; nothing where no record was filtered.
    #[must_use]
    pub fn filtered_text(&self) -> Option<String> {
        FilteredBy::text(self.filtered, &self.filtered_by)
    }

    /// Rows that do not tie out.
    #[must_use]
    pub fn breaks(&self) -> u64 {
        let missing = self.missing_in_ours.saturating_add(self.missing_in_theirs);
        let duplicate = self.duplicate_in_theirs.saturating_add(self.duplicate_in_ours);
        // Never around to zero, whatever a ledger says.
        self.mismatched.saturating_add(missing).saturating_add(duplicate)
    }
}

/// One column.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColumnSummary {
    /// Its name.
    pub name: String,
    /// Its type.
    pub r#type: String,
    /// Part of the key.
    pub key: bool,
    /// Takes part in the verdict.
    pub compared: bool,
    /// Stands in the checksum.
    pub in_checksum: bool,
    /// Pairs that agree in it.
    pub matched: u64,
    /// Pairs that differ in it.
    pub mismatched: u64,
    /// Rows of theirs without a value.
    pub null_theirs: u64,
    /// Rows of ours without a value.
    pub null_ours: u64,
    /// matched / (matched + mismatched) with six decimals, rounded down; empty without a pair.
    pub match_rate: String,
}

/// The control totals of one group of one column, as exact decimals.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TotalSummary {
    /// The column added up.
    pub column: String,
    /// The column that groups.
    pub by: String,
    /// The group; empty is "no value".
    pub group: String,
    /// Sum of theirs.
    pub theirs: String,
    /// Sum of ours.
    pub ours: String,
    /// ours − theirs.
    pub difference: String,
    /// … of which differing pairs.
    pub mismatched: String,
    /// … of which absorbed by tolerances.
    pub absorbed: String,
    /// … of which only ours has.
    pub only_ours: String,
    /// … of which only theirs has (to subtract).
    pub only_theirs: String,
}

/// The difference that a column's tolerance absorbed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Absorbed {
    /// The column.
    pub column: String,
    /// Rows where it did.
    pub rows: u64,
    /// Σ (ours − theirs).
    pub net: String,
    /// Σ |ours − theirs|.
    pub gross: String,
}

/// What the summary says of suggestions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestions {
    /// Pairs in `suggestions.csv`; the export counts them.
    pub pairs: u64,
    /// The column that must agree; empty: none is known, here and below.
    pub amount: String,
    /// The column that must agree too; empty: none has to.
    pub currency: String,
    /// The column that must nearly agree.
    pub date: String,
    /// So many days apart at most.
    pub days: u32,
    /// Why none were made; empty where they were.
    pub note: String,
}

impl Summary {
    /// Why each differing column of a result differs.
    ///
    /// # Errors
    /// `Internal` where a differing column is none of the feed's.
    pub fn reasons_of(&self, row: &ResultRow) -> Result<Vec<Reason>> {
        row.reasons(&self.columns.iter().map(|column| (column.name.as_str(), column.r#type.as_str())))
    }

    /// The run's files by their numbers, which begin with 1 and leave out those that were refused.
    pub fn numbered_files(&self) -> impl Iterator<Item = (u32, &FileSummary)> {
        (1..).zip(&self.files).map(|(n, file)| (if file.file_no == 0 { n } else { file.file_no }, file))
    }

    /// The name of the run's file of that number; empty where it has none.
    #[must_use]
    pub fn file_name(&self, file_no: u32) -> &str {
        let of_it = self.numbered_files().find(|(number, _)| *number == file_no);
        of_it.map_or("", |(_, file)| file.name.as_str())
    }

    /// As `summary.json` holds it.
    #[must_use]
    pub fn json(&self) -> String {
        printable_json(&Self { correctable: None, ..self.clone() }.detail())
    }

    /// As the ledger keeps it.
    #[must_use]
    pub fn detail(&self) -> String {
        // Plain data: serialising cannot fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}
