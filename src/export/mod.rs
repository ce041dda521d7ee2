//! Results → files a person reads: `breaks.csv`, `matched.csv`, `cleared.csv`, `accepted.csv`, `rejects.csv`, `suggestions.csv`,
//! `columns.csv`, `report.html`, `summary.json`,
//! `corrections.sql` and its undo, and `manifest.json` with the digests of all of them.
//!
//! A run's folder appears whole or not at all: it is written aside, synced, and renamed. Everything in
//! it comes from the database, so it can be written again at any time with the same bytes.

mod corrections;
mod html;
pub mod manifest;
mod over_runs;
mod tables;
mod text;

pub use tables::RejectTable;
pub use text::{headline, summary_text};

use crate::{
    database::{Connection, FromRow, Lock},
    error::{Code, Error, Result},
    failpoint::failpoint,
    files::AtomicDir,
    ledger::{ClearedRow, RejectRow, result_row},
    model::{Outcome, Summary, add_reasons},
    sql::Ledger,
    stop::Stop,
    suggest,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Writes a committed run's folder under `out`; gives its path. The summary gets the number of suggestions.
///
/// # Errors
/// `Machine` where the disk refuses or another folder has the name; `Database` where the results cannot be read, or the
/// feed's lock is lost by the time that the folder is whole: whoever has it then writes the folder.
pub async fn export(
    connection: &mut Connection,
    lock: &mut Lock,
    summary: &mut Summary,
    out: &Path,
) -> Result<PathBuf> {
    let ledger = Ledger(connection.dialect());
    let folder = AtomicDir::create(&out.join(&*summary.run_id))?;
    let mut breaks = tables::ResultTable::create(&folder, "breaks.csv", summary)?;
    let mut matched = if summary.matched_exported {
        Some(tables::ResultTable::create(&folder, "matched.csv", summary)?)
    } else {
        None
    };
    let mut accepted = over_runs::AcceptedTable::create(&folder, summary)?;
    let mut page = html::Page::new(summary);
    let mut finder = suggest::Finder::new(summary);
    let (mut told, mut rejected) = (0, 0);
    connection
        .read_each(&ledger.read_results(&summary.run_id), |cells| {
            let row = result_row(cells, summary.columns.len())?;
            match (row.outcome, &mut matched) {
                (Outcome::Matched, Some(matched)) => matched.write(&row).map(drop),
                (Outcome::Matched, None) => Ok(()),
                _ => {
                    told += 1;
                    page.add(&row)?;
                    let id = breaks.write(&row)?;
                    finder.add(&row, &id);
                    accepted.add(&row, &id)
                }
            }
        })
        .await?;
    let mut results = vec![("breaks.csv", breaks.finish()?)];
    if let Some(matched) = matched {
        results.push(("matched.csv", matched.finish()?));
    }
    accepted.finish()?;
    let mut cleared = over_runs::ClearedTable::create(&folder, summary)?;
    connection
        .read_each(&ledger.read_cleared(&summary.run_id), |cells| {
            cleared.write(&ClearedRow::from_row(cells)?)
        })
        .await?;
    cleared.finish()?;
    let mut rejects = RejectTable::create(folder.file(RejectTable::NAME)?)?;
    connection
        .read_each(&ledger.read_rejects(&summary.run_id), |cells| {
            let RejectRow { file_no, reject } = RejectRow::from_row(cells)?;
            rejected += 1;
            rejects.write(summary.file_name(file_no), &reject)
        })
        .await?;
    rejects.finish()?;
    all_there(summary, told, rejected)?;
    tables::columns(&folder, summary)?;
    let (pairs, suggestions) = finder.finish();
    tables::suggestions(&folder, summary, &pairs)?;
    corrections::write(connection, &folder, summary).await?;
    folder.write("report.html", &page.finish(&pairs))?;
    summary.suggestions = Some(suggestions);
    folder.write("summary.json", &summary.json())?;
    manifest::write(&folder, summary, &results)?;
    failpoint("in-export", &Stop::default()).await;
    lock.held().await?;
    manifest::check(&folder)?;
    folder.publish(|there| manifest::is_of(there, summary))
}

/// What was read back must be what the run counted: a break that somebody deleted would be missing without a word.
fn all_there(summary: &Summary, breaks: u64, rejects: u64) -> Result<()> {
    for (what, found, counted) in
        [("breaks", breaks, summary.counts.breaks()), ("rejects", rejects, summary.counts.rejects)]
    {
        if found != counted {
            let run_id = &summary.run_id;
            let what = format!("run {run_id} counted {counted} {what}, but the ledger holds {found} of them");
            return Err(Error::check(Code::RowsLost, what));
        }
    }
    Ok(())
}

/// Counts the reasons of a committed run from its results, as its reconciliation does.
///
/// # Errors
/// `Database` where the results cannot be read.
pub async fn count_reasons(connection: &mut Connection, summary: &Summary) -> Result<BTreeMap<String, u64>> {
    let results = Ledger(connection.dialect()).read_results(&summary.run_id);
    let mut counts = BTreeMap::new();
    connection
        .read_each(&results, |cells| {
            let row = result_row(cells, summary.columns.len())?;
            add_reasons(&mut counts, &summary.reasons_of(&row)?);
            Ok(())
        })
        .await?;
    Ok(counts)
}
