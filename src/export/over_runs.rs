//! The CSV files that tell of other runs: what is gone, and what is known.

use super::tables::CsvTable;
use crate::{
    error::Result,
    files::AtomicDir,
    ledger::ClearedRow,
    model::{ResultRow, Summary, checksum},
};

/// A header that begins with id, outcome and the key.
fn header(summary: &Summary, more: &[&str]) -> Vec<String> {
    let mut header: Vec<String> = vec!["break_id".into(), "outcome".into()];
    header.extend(summary.columns.iter().filter(|c| c.key).map(|c| c.name.clone()));
    header.extend(more.iter().map(|&name| name.to_owned()));
    header
}

/// `accepted.csv`: the breaks of the run that a person accepted, by key.
pub struct AcceptedTable(CsvTable);

impl AcceptedTable {
    pub fn create(folder: &AtomicDir, summary: &Summary) -> Result<Self> {
        let mut table = CsvTable::create(folder.file("accepted.csv")?);
        table.write(header(summary, &["until", "owner", "reason"]))?;
        Ok(Self(table))
    }

    /// Takes a break, under its id in `breaks.csv`; one that is not accepted is none of its business.
    pub fn add(&mut self, row: &ResultRow, id: &str) -> Result<()> {
        let Some(accepted) = row.open.as_ref().and_then(|open| open.accepted.as_ref()) else { return Ok(()) };
        let mut cells = vec![id.to_owned(), row.outcome.name().to_owned()];
        cells.extend(row.key.iter().cloned());
        cells.extend([accepted.until.clone(), accepted.owner.clone(), accepted.reason.clone()]);
        self.0.write(cells)
    }

    pub fn finish(self) -> Result<()> {
        self.0.finish()
    }
}

/// `cleared.csv`: what the run found gone, by key.
pub struct ClearedTable<'a> {
    table: CsvTable,
    summary: &'a Summary,
}

impl<'a> ClearedTable<'a> {
    pub fn create(folder: &AtomicDir, summary: &'a Summary) -> Result<Self> {
        let mut table = CsvTable::create(folder.file("cleared.csv")?);
        table.write(header(summary, &["why", "first_seen", "last_seen", "last_run", "runs_open"]))?;
        Ok(Self { table, summary })
    }

    pub fn write(&mut self, row: &ClearedRow) -> Result<()> {
        let mut cells = vec![row.break_id.clone(), row.outcome.name().to_owned()];
        // A break of an earlier form of the feed may have had another key.
        let keys = self.summary.columns.iter().filter(|c| c.key).count();
        let mut key = checksum::decode(&row.key_text);
        key.resize(keys, String::new());
        cells.extend(key);
        cells.extend([row.why.clone(), row.first_seen.clone(), row.last_seen.clone()]);
        cells.extend([row.last_run.to_string(), row.runs_open.to_string()]);
        self.table.write(cells)
    }

    pub fn finish(self) -> Result<()> {
        self.table.finish()
    }
}
