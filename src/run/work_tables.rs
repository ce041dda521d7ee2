//! Where a run's rows lie on their way: the chunks' folder, and the feed's work tables, which are made, emptied, and made
//! again where their shape changed.

use crate::{
    database::Connection,
    error::Result,
    model::RunId,
    sql::{Statement, Work},
};
use std::path::{Path, PathBuf};

/// Creates the work tables where they are missing, again where their shape changed, and empties them.
///
/// # Errors
/// `Database`.
pub async fn prepare(connection: &mut Connection, work: &Work<'_>) -> Result<()> {
    let statements = prepare_statements(connection, work).await?;
    connection.execute_all(&statements).await
}

/// The statements that [`prepare`] runs on this database as it is now.
///
/// # Errors
/// `Database`.
pub async fn prepare_statements(connection: &mut Connection, work: &Work<'_>) -> Result<Vec<Statement>> {
    let mut all = Vec::new();
    for (table, columns) in work.tables() {
        let there = connection.table_columns(&table).await?;
        if !there.is_empty() && there != columns {
            all.push(work.drop(&table));
        }
    }
    if let Some(table) = work.unwanted()
        && !connection.table_columns(&table).await?.is_empty()
    {
        all.push(work.drop(&table));
    }
    all.extend(work.create());
    all.extend(work.truncate());
    all.extend(work.drop_index());
    Ok(all)
}

/// Begins the name of the folder where a run's chunks lie until they are loaded.
pub const CHUNKS: &str = ".chunks-";

/// That folder.
pub fn chunk_folder(out: &Path, run_id: &RunId) -> PathBuf {
    out.join(format!("{CHUNKS}{run_id}"))
}

/// Where chunks lie that are kept: it is nobody's leftover.
pub fn kept_chunks(out: &Path, run_id: &RunId) -> PathBuf {
    out.join(format!("chunks-{run_id}"))
}
