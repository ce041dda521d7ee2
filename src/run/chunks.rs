//! What conversions hand over → the stage. Nothing of a refused file stays there.

use super::{
    conversions::{FileOfSet, Product},
    request::Request,
    start::StartedRun,
};
use crate::{
    database::Loader,
    error::{Error, Result},
    failpoint::failpoint,
    feed::Feed,
    model::{Chunk, Reject},
    sql::{Dialect, Work},
};
use std::{collections::HashMap, fs};
use tokio::sync::mpsc;

/// Where the rows of one row set go.
struct Tables<'a> {
    rows: Work<'a>,
    /// Of elements without rows, where they are asked for.
    parents: Option<Work<'a>>,
}

impl<'a> Tables<'a> {
    fn new(dialect: Dialect, feed: &'a Feed) -> Self {
        let rows = Work::new(dialect, feed);
        Self { parents: rows.of_parents(), rows }
    }

    fn of(&self, chunk: &Chunk) -> &Work<'a> {
        self.parents.as_ref().filter(|_| chunk.parents).unwrap_or(&self.rows)
    }
}

/// What is loaded of a file that is still being converted.
#[derive(Default)]
struct LoadedFile {
    rows: u64,
    parents: u64,
    /// Chunks that are to be kept.
    kept: Vec<Chunk>,
}

/// Loads chunks as they come; gives the rejects per row set.
///
/// # Errors
/// `Database`, `Machine`, `Internal`; the caller rolls back.
pub async fn load_all(
    loader: &mut Loader,
    request: &Request,
    runs: &[StartedRun<'_>],
    mut receiver: mpsc::Receiver<Product>,
) -> Result<Vec<Vec<(u32, Reject)>>> {
    let dialect = loader.dialect();
    let tables: Vec<Tables<'_>> = runs.iter().map(|run| Tables::new(dialect, run.feed)).collect();
    let mut rejects: Vec<Vec<(u32, Reject)>> = runs.iter().map(|_| Vec::new()).collect();
    let mut loaded: HashMap<FileOfSet, LoadedFile> = HashMap::new();
    while let Some(product) = receiver.recv().await {
        match product {
            Product::Reject(of, reject) => rejects[of.set].push((of.file_no, reject)),
            Product::Chunk(of, chunk) => {
                loader.load(tables[of.set].of(&chunk), &chunk).await?;
                failpoint("after-first-chunk", &request.stop).await;
                let file = loaded.entry(of).or_default();
                *(if chunk.parents { &mut file.parents } else { &mut file.rows }) += chunk.rows;
                if request.keep_chunks { file.kept.push(chunk) } else { remove(&chunk)? }
            }
            Product::Refused(of) => {
                rejects[of.set].retain(|(file_no, _)| *file_no != of.file_no);
                if let Some(file) = loaded.remove(&of) {
                    undo(loader, &tables[of.set], of.file_no, &file).await?;
                }
                failpoint("after-refusal", &request.stop).await;
            }
        }
    }
    for rejects in &mut rejects {
        rejects.sort_by_key(|(file_no, reject)| (*file_no, reject.record));
    }
    Ok(rejects)
}

/// Takes out what was loaded of a file that is refused.
async fn undo(loader: &mut Loader, tables: &Tables<'_>, file_no: u32, file: &LoadedFile) -> Result<()> {
    loader.unload(&tables.rows, file_no, file.rows).await?;
    if let Some(parents) = &tables.parents {
        loader.unload(parents, file_no, file.parents).await?;
    }
    file.kept.iter().try_for_each(remove)
}

fn remove(chunk: &Chunk) -> Result<()> {
    fs::remove_file(&chunk.path).map_err(|cause| Error::machine("remove", &chunk.path, cause))
}
