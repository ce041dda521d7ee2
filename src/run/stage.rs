//! Convert and load at the same time: a chunk is loaded as soon as it is whole, while the next one is
//! being written.

use super::{
    chunks::load_all,
    conversions::{Conversions, convert_all},
    request::Request,
    start::StartedRun,
    work_tables::{chunk_folder, kept_chunks, prepare},
};
use crate::{
    database::{Connection, LoadMethod, Loader},
    error::{Code, Error, Result, excerpt},
    files::{make_folder, new_folder, remove_or_warn, rename_folder},
    model::{Converted, OursShape, Reject},
    source::{BadFile, InputFile},
    sql::{Dialect, Ledger, Work},
};
use std::{path::PathBuf, sync::atomic::Ordering, time::Instant};
use tokio::sync::mpsc;

/// What was staged for a run, and what it is compared with.
pub struct Staged {
    /// Our side.
    pub shape: OursShape,
    /// The numbers of the files that were taken, in order.
    pub numbers: Vec<u32>,
    /// Per such file.
    pub converted: Vec<Converted>,
    /// (file number, reject), in order.
    pub rejects: Vec<(u32, Reject)>,
    /// How rows were loaded.
    pub method: LoadMethod,
    /// How long it took for all runs together.
    pub seconds: f64,
}

/// Converts every file, each in one pass for all row sets, and loads every chunk, in one transaction. Gives what
/// was staged per run, and the files that were left out of all runs: a document is good or bad as a whole.
///
/// # Errors
/// Any; nothing is staged then.
pub async fn convert_and_load(
    connection: &mut Connection,
    request: &Request,
    runs: &[StartedRun<'_>],
) -> Result<(Vec<Staged>, Vec<BadFile>)> {
    let dialect = connection.dialect();
    let mut shapes = Vec::new();
    for run in runs {
        prepare(connection, &Work::new(dialect, run.feed)).await?;
        shapes.push(connection.describe_ours(run.feed, &request.given()).await?);
    }
    let begun = Instant::now();
    let (loaded, bad) = by_way_of_chunks(request, runs, dialect).await?;
    for run in runs {
        if let Some(index) = Work::new(dialect, run.feed).index() {
            connection.execute(&index).await?;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let staged = loaded.into_iter().zip(shapes).map(|(loaded, shape)| {
        let Loaded { files, rejects, method } = loaded;
        let (numbers, converted) = files.into_iter().unzip();
        Staged { shape, numbers, converted, rejects, method, seconds }
    });
    Ok((staged.collect(), bad))
}

impl Staged {
    /// The files that were taken, with their numbers and what was read.
    pub fn files<'a>(
        &'a self,
        run: &'a StartedRun<'_>,
    ) -> impl Iterator<Item = (u32, &'a InputFile, &'a Converted)> {
        self.numbers.iter().zip(&self.converted).filter_map(|(number, converted)| {
            let file = run.files.get(usize::try_from(*number).ok()?.checked_sub(1)?)?;
            Some((*number, file, converted))
        })
    }
}

/// The files that some run takes: (name, digest).
pub fn taken(runs: &[StartedRun<'_>], staged: &[Staged]) -> Vec<(String, String)> {
    let of_run = |(run, staged): (&StartedRun<'_>, &Staged)| {
        let files = staged.files(run).map(|(_, file, _)| (file.name.clone(), file.sha256.clone()));
        files.collect::<Vec<_>>()
    };
    runs.iter().zip(staged).flat_map(of_run).collect()
}

/// What the load leaves of a run.
struct Loaded {
    /// By their numbers.
    files: Vec<(u32, Converted)>,
    rejects: Vec<(u32, Reject)>,
    method: LoadMethod,
}

/// Makes the folders of the chunks, and removes them however the load ends, unless they are to be kept.
async fn by_way_of_chunks(
    request: &Request,
    runs: &[StartedRun<'_>],
    dialect: Dialect,
) -> Result<(Vec<Loaded>, Vec<BadFile>)> {
    (request.stage)("converting and loading");
    // The row sets share a pass over the files, mostly over the same ones.
    let bytes = runs.iter().map(|run| run.files.iter().map(|file| file.unpacked).sum()).max();
    request.progress.total.store(bytes.unwrap_or_default(), Ordering::Relaxed);
    make_folder(&request.out)?;
    let mut folders = Folders { paths: Vec::new(), request, runs };
    for run in runs {
        let folder = chunk_folder(&request.out, &run.run_id);
        new_folder(&folder)?;
        folders.paths.push(folder);
    }
    convert_while_loading(request, runs, &folders.paths, dialect).await
}

/// The folders of the chunks, one per run, as long as something lies in them.
struct Folders<'a> {
    paths: Vec<PathBuf>,
    request: &'a Request,
    runs: &'a [StartedRun<'a>],
}

impl Drop for Folders<'_> {
    fn drop(&mut self) {
        for (folder, run) in self.paths.iter().zip(self.runs) {
            if !self.request.keep_chunks {
                remove_or_warn(folder);
            } else if let Err(cause) = rename_folder(folder, &kept_chunks(&self.request.out, &run.run_id)) {
                tracing::warn!("the chunks are not kept: {cause}");
            }
        }
    }
}

async fn convert_while_loading(
    request: &Request,
    runs: &[StartedRun<'_>],
    folders: &[PathBuf],
    dialect: Dialect,
) -> Result<(Vec<Loaded>, Vec<BadFile>)> {
    let mut loader = Loader::open(&request.target, dialect, &request.stop).await?;
    let (sender, receiver) = mpsc::channel(2);
    let converting = convert_all(request, runs, folders, sender);
    let loading = load_all(&mut loader, request, runs, receiver);
    let (converted, loaded) = tokio::join!(converting, loading);
    let finished = match (converted, loaded) {
        // A receiver that is gone makes the converter fail too: the loader's error is the cause.
        (_, Err(cause)) | (Err(cause), Ok(_)) => Err(cause),
        (Ok(conversions), Ok(rejects)) => Ok((conversions, rejects)),
    };
    let finished = match finished {
        Ok(loaded) => owns_stage(&mut loader, runs).await.map(|()| loaded),
        Err(cause) => Err(cause),
    };
    match finished {
        Ok((Conversions { files, bad }, rejects)) => {
            let method = loader.method;
            let staged = loader.commit().await?;
            let rows: u64 = files.iter().flatten().map(|(_, file)| file.rows + file.parents).sum();
            if staged != rows {
                return Err(Error::check(
                    Code::RowsLost,
                    format!("{rows} rows were converted, but {staged} were loaded"),
                ));
            }
            let sets = files.into_iter().zip(rejects);
            Ok((sets.map(|(files, rejects)| Loaded { files, rejects, method }).collect(), bad))
        }
        Err(cause) => {
            loader.rollback().await;
            Err(cause)
        }
    }
}

/// The runs must still own their feeds when what they loaded is committed: another run, which took them for dead, has
/// loaded into the same tables, and would take these rows for its own. The row is locked until then.
async fn owns_stage(loader: &mut Loader, runs: &[StartedRun<'_>]) -> Result<()> {
    let ledger = Ledger(loader.dialect());
    for run in runs {
        let owner = loader.ask(&ledger.fence_check(&run.feed.name)).await?.unwrap_or_default();
        if owner != *run.run_id {
            let what = format!("run {} lost its lock to run {} while it loaded", run.run_id, excerpt(&owner));
            return Err(Error::new(Code::LostLock, what));
        }
    }
    Ok(())
}
