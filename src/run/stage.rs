//! Convert and load at the same time: a chunk is loaded as soon as it is whole, while the next one is
//! being written.

use super::{
    request::Request,
    start::StartedRun,
    work_tables::{chunk_folder, kept_chunks, prepare},
};
use crate::{
    blocking::blocking,
    convert::{self, ChunkFolder, RowSet, Sink},
    database::{Connection, LoadMethod, Loader},
    error::{Code, Error, Result, excerpt},
    failpoint::failpoint,
    files::{make_folder, new_folder, remove_or_warn, rename_folder},
    model::{Chunk, Converted, OursShape, Reject},
    source::InputFile,
    sql::{self, Dialect, Ledger, Work},
    stop::Stop,
};
use futures_util::future::join_all;
use std::{fs, path::PathBuf, sync::Arc, sync::atomic::Ordering, time::Instant};
use tokio::sync::{Semaphore, mpsc};

/// What was staged for a run, and what it is compared with.
pub struct Staged {
    /// Our side.
    pub shape: OursShape,
    /// Per file, in order.
    pub converted: Vec<Converted>,
    /// (file number, reject), in order.
    pub rejects: Vec<(u32, Reject)>,
    /// How rows were loaded.
    pub method: LoadMethod,
    /// How long it took for all runs together.
    pub seconds: f64,
}

/// Converts every file, each in one pass for all row sets, and loads every chunk, in one transaction. Gives what
/// was staged per run.
///
/// # Errors
/// Any; nothing is staged then.
pub async fn convert_and_load(
    connection: &mut Connection,
    request: &Request,
    runs: &[StartedRun<'_>],
) -> Result<Vec<Staged>> {
    let dialect = connection.dialect();
    let mut shapes = Vec::new();
    for run in runs {
        prepare(connection, &Work::new(dialect, run.feed)).await?;
        shapes.push(connection.describe_ours(run.feed, &request.given()).await?);
    }
    let begun = Instant::now();
    let loaded = by_way_of_chunks(request, runs, dialect).await?;
    for run in runs {
        if let Some(index) = Work::new(dialect, run.feed).index() {
            connection.execute(&index).await?;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let staged = loaded.into_iter().zip(shapes).map(|(loaded, shape)| {
        let Loaded { converted, rejects, method } = loaded;
        Staged { shape, converted, rejects, method, seconds }
    });
    Ok(staged.collect())
}

/// What the load leaves of a run.
struct Loaded {
    converted: Vec<Converted>,
    rejects: Vec<(u32, Reject)>,
    method: LoadMethod,
}

/// Makes the folders of the chunks, and removes them however the load ends, unless they are to be kept.
async fn by_way_of_chunks(
    request: &Request,
    runs: &[StartedRun<'_>],
    dialect: Dialect,
) -> Result<Vec<Loaded>> {
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
) -> Result<Vec<Loaded>> {
    let mut loader = Loader::open(&request.target, dialect, &request.stop).await?;
    let (sender, receiver) = mpsc::channel(2);
    let converting = convert_all(request, runs, folders, sender);
    let loading = load_all(&mut loader, request, runs, receiver);
    let (converted, loaded) = tokio::join!(converting, loading);
    let finished = match (converted, loaded) {
        // A receiver that is gone makes the converter fail too: the loader's error is the cause.
        (_, Err(cause)) | (Err(cause), Ok(_)) => Err(cause),
        (Ok(converted), Ok(rejects)) => Ok((converted, rejects)),
    };
    let finished = match finished {
        Ok(loaded) => owns_stage(&mut loader, runs).await.map(|()| loaded),
        Err(cause) => Err(cause),
    };
    match finished {
        Ok((converted, rejects)) => {
            let method = loader.method;
            let staged = loader.commit().await?;
            let rows: u64 = converted.iter().flatten().map(|file| file.rows + file.parents).sum();
            if staged != rows {
                return Err(Error::check(
                    Code::RowsLost,
                    format!("{rows} rows were converted, but {staged} were loaded"),
                ));
            }
            let sets = converted.into_iter().zip(rejects);
            Ok(sets.map(|(converted, rejects)| Loaded { converted, rejects, method }).collect())
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

/// What a conversion hands over, for one of the row sets.
enum Product {
    Chunk(usize, Chunk),
    Reject(usize, u32, Reject),
}

/// Gives what was read per row set and file.
async fn convert_all(
    request: &Request,
    runs: &[StartedRun<'_>],
    folders: &[PathBuf],
    sender: mpsc::Sender<Product>,
) -> Result<Vec<Vec<Converted>>> {
    let places = Semaphore::new(request.jobs.max(1));
    let row_set = |(run, folder): (&StartedRun<'_>, &PathBuf)| {
        let bytes = run.files.iter().map(|file| file.unpacked).sum();
        let set = RowSet::new(run.feed.clone(), ChunkFolder::Scratch(folder.clone()));
        Arc::new(set.with_parents(sql::reads_parents(run.feed)).expecting(bytes))
    };
    let sets: Vec<_> = runs.iter().zip(folders).map(row_set).collect();
    let mut conversions = Vec::new();
    for file in files_of(runs) {
        let wanting = runs.iter().enumerate().filter_map(|(set, run)| {
            let number = run.files.iter().position(|other| other.sha256 == file.sha256)? + 1;
            let file_no = u32::try_from(number).unwrap_or(u32::MAX);
            Some(Wanting { set, rows: sets[set].clone(), file_no })
        });
        let one = OneFile {
            file: file.clone(),
            sets: wanting.collect(),
            sender: sender.clone(),
            stop: request.stop.clone(),
            progress: request.progress.clone(),
        };
        let places = &places;
        conversions.push(async move {
            // The semaphore is never closed.
            let _place = places.acquire().await;
            blocking(move || one.convert()).await
        });
    }
    drop(sender);
    let mut converted: Vec<Vec<Converted>> = runs.iter().map(|_| Vec::new()).collect();
    for sets in join_all(conversions).await {
        sets?.into_iter().for_each(|(set, one)| converted[set].push(one));
    }
    Ok(converted)
}

/// Every file that some row set wants, once; a row set's files stay in their order.
fn files_of<'a>(runs: &'a [StartedRun<'_>]) -> Vec<&'a InputFile> {
    let mut files: Vec<&InputFile> = Vec::new();
    for file in runs.iter().flat_map(|run| &run.files) {
        if !files.iter().any(|other| other.sha256 == file.sha256) {
            files.push(file);
        }
    }
    files
}

/// A row set that wants a file.
struct Wanting {
    set: usize,
    rows: Arc<RowSet>,
    file_no: u32,
}

struct OneFile {
    file: InputFile,
    sets: Vec<Wanting>,
    sender: mpsc::Sender<Product>,
    stop: Stop,
    progress: Arc<convert::Progress>,
}

impl OneFile {
    /// Gives the row sets with what was read for them.
    fn convert(self) -> Result<Vec<(usize, Converted)>> {
        let channel = |one: &Wanting| Channel { sender: &self.sender, set: one.set, file_no: one.file_no };
        let mut channels: Vec<Channel<'_>> = self.sets.iter().map(channel).collect();
        let to = self.sets.iter().zip(&mut channels);
        let to = to.map(|(one, channel)| one.rows.of_file(one.file_no, channel)).collect();
        let converted = convert::convert_file(&self.file, to, self.stop.flag(), &self.progress)?;
        Ok(self.sets.iter().map(|one| one.set).zip(converted).collect())
    }
}

struct Channel<'a> {
    sender: &'a mpsc::Sender<Product>,
    set: usize,
    file_no: u32,
}

impl Channel<'_> {
    fn send(&self, product: Product) -> Result<()> {
        self.sender
            .blocking_send(product)
            .map_err(|_| Error::internal("the load ended before the conversion"))
    }
}

impl Sink for Channel<'_> {
    fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        self.send(Product::Chunk(self.set, chunk))
    }
    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.send(Product::Reject(self.set, self.file_no, reject))
    }
}

/// Gives the rejects per row set.
async fn load_all(
    loader: &mut Loader,
    request: &Request,
    runs: &[StartedRun<'_>],
    mut receiver: mpsc::Receiver<Product>,
) -> Result<Vec<Vec<(u32, Reject)>>> {
    let works: Vec<Work<'_>> = runs.iter().map(|run| Work::new(loader.dialect(), run.feed)).collect();
    let parents: Vec<_> = works.iter().map(Work::of_parents).collect();
    let mut rejects: Vec<Vec<(u32, Reject)>> = runs.iter().map(|_| Vec::new()).collect();
    while let Some(product) = receiver.recv().await {
        match product {
            Product::Reject(set, file_no, reject) => rejects[set].push((file_no, reject)),
            Product::Chunk(set, chunk) => {
                // They were asked for where there is a table for them.
                let work = parents[set].as_ref().filter(|_| chunk.parents).unwrap_or(&works[set]);
                loader.load(work, &chunk).await?;
                failpoint("after-first-chunk", &request.stop).await;
                if !request.keep_chunks {
                    fs::remove_file(&chunk.path)
                        .map_err(|cause| Error::machine("remove", &chunk.path, cause))?;
                }
            }
        }
    }
    for rejects in &mut rejects {
        rejects.sort_by_key(|(file_no, reject)| (*file_no, reject.record));
    }
    Ok(rejects)
}
