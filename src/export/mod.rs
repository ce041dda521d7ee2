//! Results → files a person reads: `breaks.csv`, `matched.csv`, `rejects.csv`, `suggestions.csv`, `columns.csv`, `report.html`, `summary.json`,
//! `corrections.sql` and its undo, and `manifest.json` with the digests of all of them.
//!
//! A run's folder appears whole or not at all: it is written aside, synced, and renamed. Everything in
//! it comes from the database, so it can be written again at any time with the same bytes.

mod corrections;
mod folder;
mod html;
pub mod manifest;
mod suggest;
mod tables;
mod text;

pub use folder::{Folder, make as make_folder};
pub use suggest::suggestions_of_feed;
pub use text::summary_text;

use crate::{
    database::{Connection, FromRow},
    error::Result,
    failpoint::failpoint,
    ledger::{RejectRow, result_row},
    model::{Outcome, Reason, Summary},
    sql::Ledger,
    stop::Stop,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Writes a committed run's folder under `out`; gives its path. The summary gets the number of suggestions.
///
/// # Errors
/// `Machine` where the disk refuses, `Database` where the results cannot be read.
pub async fn export(connection: &mut Connection, summary: &mut Summary, out: &Path) -> Result<PathBuf> {
    let ledger = Ledger(connection.dialect());
    let folder = Folder::create(out, &summary.run_id)?;
    let mut breaks = tables::Results::create(&folder, "breaks.csv", summary)?;
    let mut matched = if summary.matched_exported {
        Some(tables::Results::create(&folder, "matched.csv", summary)?)
    } else {
        None
    };
    let mut page = html::Page::new(summary);
    let mut finder = suggest::Finder::new(summary);
    connection
        .read_each(&ledger.read_results(&summary.run_id), |cells| {
            let row = result_row(cells, summary.columns.len())?;
            match (row.outcome, &mut matched) {
                (Outcome::Matched, Some(matched)) => matched.write(&row).map(drop),
                (Outcome::Matched, None) => Ok(()),
                _ => {
                    page.add(&row)?;
                    finder.add(&row, &breaks.write(&row)?);
                    Ok(())
                }
            }
        })
        .await?;
    breaks.finish()?;
    if let Some(matched) = matched {
        matched.finish()?;
    }
    let mut rejects = tables::Rejects::create(&folder, summary)?;
    let read_rejects = ledger.read_rejects(&summary.run_id);
    connection.read_each(&read_rejects, |cells| rejects.write(&RejectRow::from_row(cells)?)).await?;
    rejects.finish()?;
    tables::columns(&folder, summary)?;
    let (pairs, suggestions) = finder.finish();
    tables::suggestions(&folder, summary, &pairs)?;
    corrections::write(connection, &folder, summary).await?;
    folder.write("report.html", &page.finish(&pairs))?;
    summary.suggestions = Some(suggestions);
    folder.write("summary.json", &summary.json())?;
    manifest::write(&folder, summary)?;
    failpoint("in-export", &Stop::default()).await;
    folder.publish()
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

/// Adds the reasons of one result to the counts per code.
pub fn add_reasons(counts: &mut BTreeMap<String, u64>, reasons: &[Reason]) {
    for reason in reasons {
        *counts.entry(reason.code().to_owned()).or_default() += 1;
    }
}
