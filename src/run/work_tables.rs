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
    connection.execute_all(&statements).await?;
    make_view(connection, work).await;
    Ok(())
}

/// Makes the view of the feed's breaks where it is missing or has other columns. Nothing of a run needs it: that it cannot
/// be made is told, and the run goes on.
async fn make_view(connection: &mut Connection, work: &Work<'_>) {
    let Some((view, columns)) = work.view() else {
        tracing::warn!("there is no view of the breaks: names of its columns would be the same, or too long");
        return;
    };
    let made = async {
        if connection.table_columns(&view).await? == columns {
            return Ok(());
        }
        connection.execute_all(&work.create_view()).await
    };
    if let Err(cause) = made.await {
        tracing::warn!("the view {view} cannot be made: {cause}");
    }
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
