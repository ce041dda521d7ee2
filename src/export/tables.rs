//! The CSV files: RFC 4180, UTF-8, with a header.

use super::{Folder, suggest::Pair};
use crate::{
    error::{Error, Result},
    ledger::RejectRow,
    model::{Reject, ResultRow, Summary, checksum::sha256_hex},
};
use csv::{Terminator, Writer, WriterBuilder};
use std::{fs::File, io::BufWriter, path::PathBuf};

/// A CSV file in a run's folder.
struct Table {
    path: PathBuf,
    writer: Writer<BufWriter<File>>,
}

impl Table {
    fn create(folder: &Folder, name: &str) -> Result<Self> {
        let (path, file) = folder.file(name)?;
        let writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BufWriter::new(file));
        Ok(Self { path, writer })
    }

    fn write<T: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = T>) -> Result<()> {
        self.writer.write_record(cells).map_err(|cause| failed(&self.path, cause.into()))
    }

    fn finish(self) -> Result<()> {
        let path = self.path;
        let failed = |cause: std::io::Error| failed(&path, cause);
        let buffered = self.writer.into_inner().map_err(|cause| failed(cause.into_error()))?;
        let file = buffered.into_inner().map_err(|cause| failed(cause.into_error()))?;
        file.sync_all().map_err(failed)
    }
}

fn failed(path: &std::path::Path, cause: std::io::Error) -> Error {
    Error::machine("write", path, cause)
}

/// `breaks.csv` or `matched.csv`.
pub struct Results<'a> {
    table: Table,
    summary: &'a Summary,
    last: (String, u64),
}

impl<'a> Results<'a> {
    pub fn create(folder: &Folder, name: &str, summary: &'a Summary) -> Result<Self> {
        let mut table = Table::create(folder, name)?;
        let mut header: Vec<String> = vec!["break_id".into(), "outcome".into()];
        header.extend(summary.columns.iter().filter(|c| c.key).map(|c| c.name.clone()));
        header.extend(["differing_columns", "reasons"].map(str::to_owned));
        for column in &summary.columns {
            header.extend([format!("{}_theirs", column.name), format!("{}_ours", column.name)]);
        }
        header
            .extend(["checksum_theirs", "checksum_ours", "source_file", "record", "line"].map(str::to_owned));
        table.write(header)?;
        Ok(Self { table, summary, last: (String::new(), 0) })
    }

    /// Gives the break's id.
    pub fn write(&mut self, row: &ResultRow) -> Result<String> {
        let id = self.break_id(row);
        let mut cells = vec![id.clone(), row.outcome.name().to_owned()];
        cells.extend(row.key.iter().cloned());
        let reasons: Vec<&str> = self.summary.reasons_of(row)?.iter().map(|reason| reason.code()).collect();
        cells.extend([row.differing.join(";"), reasons.join(";")]);
        for n in 0..self.summary.columns.len() {
            let field = |side: &Option<crate::model::Side>| {
                side.as_ref().map(|side| side.fields[n].clone()).unwrap_or_default()
            };
            cells.extend([field(&row.theirs), field(&row.ours)]);
        }
        for side in [&row.theirs, &row.ours] {
            cells.push(side.as_ref().map(|side| side.checksum.clone()).unwrap_or_default());
        }
        match row.place {
            Some((file, record, line)) => {
                let name = self.summary.files.get(file as usize - 1).map(|f| f.name.clone());
                cells.extend([name.unwrap_or_default(), record.to_string(), line.to_string()]);
            }
            None => cells.extend([String::new(), String::new(), String::new()]),
        }
        self.table.write(cells)?;
        Ok(id)
    }

    /// The same in every run: a digest of feed, key and kind; the n-th break of a kind within one key
    /// gets the n-th id.
    fn break_id(&mut self, row: &ResultRow) -> String {
        let subject = format!("{}\n{}\n{}", self.summary.feed, row.key_text, row.outcome.name());
        let nth = if self.last.0 == subject { self.last.1 + 1 } else { 1 };
        let digest = sha256_hex(format!("{subject}\n{nth}").as_bytes());
        self.last = (subject, nth);
        digest[..32].to_owned()
    }

    pub fn finish(self) -> Result<()> {
        self.table.finish()
    }
}

/// `rejects.csv`.
pub struct Rejects<'a> {
    table: Table,
    summary: &'a Summary,
}

impl<'a> Rejects<'a> {
    pub fn create(folder: &Folder, summary: &'a Summary) -> Result<Self> {
        let mut table = Table::create(folder, "rejects.csv")?;
        table.write(["source_file", "record", "line", "byte", "column", "value", "reason"])?;
        Ok(Self { table, summary })
    }

    /// Writes a reject of one of the run's files.
    pub fn write(&mut self, row: &RejectRow) -> Result<()> {
        let file = self.summary.files.get(row.file_no.wrapping_sub(1));
        let name = file.map_or_else(|| row.file_no.to_string(), |file| file.name.clone());
        let Reject { record, line, byte, column, value, reason } = &row.reject;
        let [record, line, byte] = [record, line, byte].map(u64::to_string);
        self.table.write([&name, &record, &line, &byte, column, value, reason])
    }

    pub fn finish(self) -> Result<()> {
        self.table.finish()
    }
}

/// `columns.csv`.
pub fn columns(folder: &Folder, summary: &Summary) -> Result<()> {
    let mut table = Table::create(folder, "columns.csv")?;
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
pub fn suggestions(folder: &Folder, summary: &Summary, pairs: &[Pair]) -> Result<()> {
    let mut table = Table::create(folder, "suggestions.csv")?;
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
        let name = summary.files.get((file as usize).wrapping_sub(1)).map(|file| file.name.clone());
        cells.extend([name.unwrap_or_default(), record.to_string(), line.to_string()]);
        cells.extend([pair.theirs.id.clone(), pair.ours.id.clone()]);
        table.write(cells)?;
    }
    table.finish()
}
