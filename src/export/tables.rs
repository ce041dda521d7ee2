//! The CSV files: RFC 4180, UTF-8, with a header.

use crate::{
    error::{Error, Result, printable, printable_lines},
    files::{AtomicDir, AtomicFile},
    model::{BreakIds, OpenBreak, Reject, ResultRow, Side, Summary, checksum::hex},
    suggest::Pair,
};
use csv::{Terminator, Writer, WriterBuilder};
use sha2::{Digest as _, Sha256};
use std::{
    io::{BufWriter, Write},
    path::PathBuf,
};

/// A CSV file that is being written.
pub(super) struct CsvTable {
    path: PathBuf,
    writer: Writer<BufWriter<AtomicFile>>,
}

impl CsvTable {
    pub(super) fn create(file: AtomicFile) -> Self {
        let path = file.path().to_owned();
        let writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BufWriter::new(file));
        Self { path, writer }
    }

    pub(super) fn write<T: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = T>) -> Result<()> {
        self.writer.write_record(cells).map_err(|cause| Error::machine("write", &self.path, cause.into()))
    }

    pub(super) fn finish(self) -> Result<()> {
        let failed = |cause: std::io::Error| Error::machine("write", &self.path, cause);
        let buffered = self.writer.into_inner().map_err(|cause| failed(cause.into_error()))?;
        let file = buffered.into_inner().map_err(|cause| failed(cause.into_error()))?;
        file.publish_synced()
    }
}

/// `breaks.csv` or `matched.csv`.
pub struct ResultTable<'a> {
    table: CsvTable,
    summary: &'a Summary,
    ids: BreakIds,
    /// The same file without what the ledger says of other runs.
    result: Writer<Digest>,
}

/// The columns behind all others: what the ledger says of the break over runs; the last one with `[timing]` only.
const OVER_RUNS: [&str; 5] = ["life", "first_seen", "runs_open", "accepted_until", "timing_until"];

/// How many of them a run has.
fn told_over_runs(summary: &Summary) -> usize {
    if summary.timing.is_some() { 5 } else { 4 }
}

impl<'a> ResultTable<'a> {
    pub fn create(folder: &AtomicDir, name: &str, summary: &'a Summary) -> Result<Self> {
        let mut table = CsvTable::create(folder.file(name)?);
        let mut header: Vec<String> = vec!["break_id".into(), "outcome".into()];
        header.extend(summary.columns.iter().filter(|c| c.key).map(|c| c.name.clone()));
        header.extend(["differing_columns", "reasons"].map(str::to_owned));
        for column in &summary.columns {
            header.extend([format!("{}_theirs", column.name), format!("{}_ours", column.name)]);
        }
        header
            .extend(["checksum_theirs", "checksum_ours", "source_file", "record", "line"].map(str::to_owned));
        let mut result = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Digest::default());
        in_memory(result.write_record(&header))?;
        header.extend(OVER_RUNS[..told_over_runs(summary)].iter().map(|name| (*name).to_owned()));
        table.write(header)?;
        Ok(Self { table, summary, ids: BreakIds::default(), result })
    }

    /// Gives the break's id.
    pub fn write(&mut self, row: &ResultRow) -> Result<String> {
        let computed = self.ids.next(&self.summary.feed, row);
        let id = row.break_id.clone().unwrap_or(computed);
        let mut cells = vec![id.clone(), row.outcome.name().to_owned()];
        cells.extend(row.key.iter().cloned());
        let reasons: Vec<&str> = self.summary.reasons_of(row)?.iter().map(|reason| reason.code()).collect();
        cells.extend([row.differing.join(";"), reasons.join(";")]);
        for n in 0..self.summary.columns.len() {
            let field =
                |side: &Option<Side>| side.as_ref().map(|side| side.fields[n].clone()).unwrap_or_default();
            cells.extend([field(&row.theirs), field(&row.ours)]);
        }
        for side in [&row.theirs, &row.ours] {
            cells.push(side.as_ref().map(|side| side.checksum.clone()).unwrap_or_default());
        }
        match row.place {
            Some((file, record, line)) => {
                let name = printable(self.summary.file_name(file));
                cells.extend([name, record.to_string(), line.to_string()]);
            }
            None => cells.extend([String::new(), String::new(), String::new()]),
        }
        in_memory(self.result.write_record(&cells))?;
        let over_runs = row.open.as_ref().map_or_else(Default::default, over_runs);
        cells.extend(over_runs.into_iter().take(told_over_runs(self.summary)));
        self.table.write(cells)?;
        Ok(id)
    }

    /// Gives the digest of the file without what the ledger says of other runs.
    pub fn finish(self) -> Result<String> {
        let digest = self.result.into_inner().map_err(|cause| Error::internal(cause.error().to_string()))?;
        self.table.finish()?;
        Ok(hex(&digest.0.finalize()))
    }
}

fn over_runs(open: &OpenBreak) -> [String; 5] {
    let until = open.accepted.as_ref().map(|accepted| accepted.until.clone()).unwrap_or_default();
    let OpenBreak { life, first_seen, runs_open, timing_until, .. } = open;
    let timing = timing_until.clone().unwrap_or_default();
    [life.name().to_owned(), first_seen.clone(), runs_open.to_string(), until, timing]
}

/// A digest that is written to: that never fails.
#[derive(Default)]
struct Digest(Sha256);

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn in_memory(written: csv::Result<()>) -> Result<()> {
    written.map_err(|cause| Error::internal(cause.to_string()))
}

/// `rejects.csv`.
pub struct RejectTable(CsvTable);

impl RejectTable {
    /// Its name.
    pub const NAME: &str = "rejects.csv";

    /// Begins it with its header.
    ///
    /// # Errors
    /// `Machine` where the disk refuses, here and below.
    pub fn create(file: AtomicFile) -> Result<Self> {
        let mut table = CsvTable::create(file);
        table.write(["source_file", "record", "line", "byte", "column", "value", "reason"])?;
        Ok(Self(table))
    }

    /// Writes a reject of a file.
    ///
    /// # Errors
    /// `Machine`.
    pub fn write(&mut self, file: &str, reject: &Reject) -> Result<()> {
        let Reject { record, line, byte, column, value, reason } = reject;
        let [record, line, byte] = [record, line, byte].map(u64::to_string);
        let (file, value, reason) = (printable(file), printable_lines(value), printable(reason));
        self.0.write([&file, &record, &line, &byte, column, &value, &reason])
    }

    /// Completes it.
    ///
    /// # Errors
    /// `Machine`.
    pub fn finish(self) -> Result<()> {
        self.0.finish()
    }
}

/// `columns.csv`.
pub fn columns(folder: &AtomicDir, summary: &Summary) -> Result<()> {
    let mut table = CsvTable::create(folder.file("columns.csv")?);
    table.write(["column", "matched", "mismatched", "null_theirs", "null_ours", "match_rate"])?;
    for column in summary.columns.iter().filter(|c| c.compared) {
        table.write([
            column.name.clone(),
            column.matched.to_string(),
            column.mismatched.to_string(),
            column.null_theirs.to_string(),
            column.null_ours.to_string(),
            column.match_rate.clone(),
        ])?;
    }
    table.finish()
}

/// `suggestions.csv`: both rows of each pair, by rank, with the ids that they have in `breaks.csv`.
pub fn suggestions(folder: &AtomicDir, summary: &Summary, pairs: &[Pair]) -> Result<()> {
    let mut table = CsvTable::create(folder.file("suggestions.csv")?);
    let mut header: Vec<String> = ["suggestion", "why", "days_apart", "candidates"].map(str::to_owned).into();
    header.extend(["agreeing_columns", "alike_columns", "differing_columns"].map(str::to_owned));
    for column in &summary.columns {
        header.extend([format!("{}_theirs", column.name), format!("{}_ours", column.name)]);
    }
    header.extend(["source_file", "record", "line", "break_id_theirs", "break_id_ours"].map(str::to_owned));
    table.write(header)?;
    for (n, pair) in pairs.iter().enumerate() {
        let names = |places: &[usize]| {
            places.iter().map(|n| summary.columns[*n].name.as_str()).collect::<Vec<_>>().join(";")
        };
        let compared = &pair.compared;
        let mut cells =
            vec![(n + 1).to_string(), pair.why().to_owned(), pair.days.to_string(), pair.others.to_string()];
        cells.extend([&compared.equal, &compared.alike, &compared.differing].map(|places| names(places)));
        for (theirs, ours) in pair.theirs.fields().into_iter().zip(pair.ours.fields()) {
            cells.extend([theirs, ours]);
        }
        let (file, record, line) = pair.theirs.place.unwrap_or_default();
        cells.extend([printable(summary.file_name(file)), record.to_string(), line.to_string()]);
        cells.extend([pair.theirs.id.clone(), pair.ours.id.clone()]);
        table.write(cells)?;
    }
    table.finish()
}
