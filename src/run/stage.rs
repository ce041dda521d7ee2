//! Convert and load at the same time: a chunk is loaded as soon as it is whole, while the next one is
//! being written.

use super::{Due, Request, blocking};
use crate::{
    convert::{self, ChunkFolder, Job, Keys, Sink},
    database::{Connection, LoadMethod, Loader},
    error::{Error, Result},
    export,
    failpoint::border,
    feed::Feed,
    model::{Chunk, Converted, Reject},
    source::InputFile,
    sql::{Dialect, Ledger, Statement, Work},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::{Semaphore, mpsc};

/// What was staged.
pub struct Loaded {
    /// Per file, in order.
    pub converted: Vec<Converted>,
    /// (file number, reject), in order.
    pub rejects: Vec<(u32, Reject)>,
    /// How rows were loaded.
    pub method: Option<LoadMethod>,
}

/// Creates the work tables where they are missing, again where their shape changed, and empties them.
///
/// # Errors
/// `Database`.
pub async fn prepare(connection: &mut Connection, work: &Work<'_>) -> Result<()> {
    for statement in prepare_statements(connection, work).await? {
        connection.execute(&statement).await?;
    }
    Ok(())
}

/// What `tieout clean` does: dead runs are buried, the work tables emptied.
///
/// # Errors
/// `Database`; `Machine` where a folder cannot be removed.
pub async fn clean_up(connection: &mut Connection, feed: &Feed, out: &Path) -> Result<()> {
    bury(connection, feed, out).await?;
    prepare(connection, &Work::new(connection.dialect(), feed)).await
}

/// The statements that `prepare` runs on this database as it is now.
///
/// # Errors
/// `Database`.
pub async fn prepare_statements(connection: &mut Connection, work: &Work<'_>) -> Result<Vec<Statement>> {
    let mut all = Vec::new();
    for (table, columns) in work.tables() {
        let there = connection.table_columns(&table).await?;
        if !there.is_empty() && there != columns {
            all.push(work.drop(&table)?);
        }
    }
    all.extend(work.create()?);
    all.extend(work.truncate()?);
    all.extend(work.drop_index()?);
    Ok(all)
}

/// Where a run's chunks lie until they are loaded.
pub fn chunk_folder(out: &Path, run_id: &str) -> PathBuf {
    out.join(format!(".chunks-{run_id}"))
}

/// Converts every file, each in one pass for all row sets, and loads every chunk, in one transaction. Gives what
/// was staged per row set.
///
/// # Errors
/// Any; nothing is staged then.
pub async fn convert_and_load(request: &Request, all: &[Due<'_>], dialect: Dialect) -> Result<Vec<Loaded>> {
    (request.stage)("converting and loading");
    export::make_folder(&request.out)?;
    let folders: Vec<PathBuf> = all.iter().map(|due| chunk_folder(&request.out, &due.run_id)).collect();
    for folder in &folders {
        export::make_folder(folder)?;
    }
    let result = both(request, all, &folders, dialect).await;
    for folder in folders.iter().filter(|_| !request.keep_chunks) {
        if let Err(cause) = fs::remove_dir_all(folder) {
            tracing::warn!(folder = %folder.display(), %cause, "the chunks could not be removed");
        }
    }
    result
}

/// Forgets runs of this feed that were killed before their commit, and removes what they left on disk.
/// The feed's lock is held, so none of them is alive.
///
/// # Errors
/// `Database`; `Machine` where a folder cannot be removed.
pub async fn bury(connection: &mut Connection, feed: &Feed, out: &Path) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    let dead = connection.rows(&ledger.runs_loading(&feed.name)?).await?;
    for run_id in dead.into_iter().flatten().flatten() {
        tracing::warn!(run = run_id, "this run died before its commit and left nothing: marked as abandoned");
        let folder = chunk_folder(out, &run_id);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|cause| Error::machine("remove", &folder, &cause))?;
        }
    }
    connection.execute(&ledger.run_abandon(&feed.name)?).await.map(drop)
}

async fn both(
    request: &Request,
    all: &[Due<'_>],
    folders: &[PathBuf],
    dialect: Dialect,
) -> Result<Vec<Loaded>> {
    let mut loader = Loader::open(&request.target, dialect, &request.stop).await?;
    let (sender, receiver) = mpsc::channel(2);
    let converting = convert_all(request, all, folders, sender);
    let loading = load_all(&mut loader, request, all, receiver);
    let (converted, loaded) = tokio::join!(converting, loading);
    let finished = match (converted, loaded) {
        // A receiver that is gone makes the converter fail too: the loader's error is the cause.
        (_, Err(cause)) | (Err(cause), Ok(_)) => Err(cause),
        (Ok(converted), Ok(rejects)) => enough_rows(all, &converted).map(|()| (converted, rejects)),
    };
    match finished {
        Ok((converted, rejects)) => {
            let method = Some(loader.method);
            let staged = loader.commit().await?;
            let rows: u64 = converted.iter().flatten().map(|file| file.rows).sum();
            if staged != rows {
                return Err(Error::internal(format!("{rows} rows were converted, but {staged} were loaded")));
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

/// Nothing empty is ever a success, unless the feed says so.
fn enough_rows(all: &[Due<'_>], converted: &[Vec<Converted>]) -> Result<()> {
    for (due, files) in all.iter().zip(converted) {
        let rows: u64 = files.iter().map(|file| file.rows + file.rejects).sum();
        if rows == 0 && !due.feed.xml.allow_empty {
            return Err(Error::refused(
                "the files hold no row that `where` lets through",
                "check [xml] row and where; [xml] allow_empty = true accepts files without rows",
            ));
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
    all: &[Due<'_>],
    folders: &[PathBuf],
    sender: mpsc::Sender<Product>,
) -> Result<Vec<Vec<Converted>>> {
    let places = Arc::new(Semaphore::new(request.jobs.max(1)));
    let sets: Vec<_> =
        all.iter().map(|due| (Arc::new(due.feed.clone()), Arc::new(Keys::default()))).collect();
    let mut tasks = Vec::new();
    for file in files_of(all) {
        let wanting = all.iter().enumerate().filter_map(|(set, due)| {
            let number = due.files.iter().position(|other| other.sha256 == file.sha256)? + 1;
            let (feed, keys) = sets[set].clone();
            let file_no = u32::try_from(number).unwrap_or(u32::MAX);
            Some(Wanting { set, feed, keys, file_no, folder: folders[set].clone() })
        });
        let one = OneFile {
            file: file.clone(),
            sets: wanting.collect(),
            sender: sender.clone(),
            stop: request.stop.clone(),
            progress: request.progress.clone(),
        };
        let places = places.clone();
        tasks.push(tokio::spawn(async move {
            // The semaphore is never closed.
            let _place = places.acquire_owned().await;
            blocking(move || one.convert()).await
        }));
    }
    drop(sender);
    let mut converted: Vec<Vec<Converted>> = all.iter().map(|_| Vec::new()).collect();
    let mut failed = None;
    for task in tasks {
        match task.await {
            Ok(Ok(sets)) => sets.into_iter().for_each(|(set, one)| converted[set].push(one)),
            Ok(Err(cause)) => failed = failed.or(Some(cause)),
            Err(panic) => failed = failed.or(Some(Error::internal(format!("a worker panicked: {panic}")))),
        }
    }
    failed.map_or(Ok(converted), Err)
}

/// Every file that some row set wants, once; a row set's files stay in their order.
fn files_of<'a>(all: &'a [Due<'_>]) -> Vec<&'a InputFile> {
    let mut files: Vec<&InputFile> = Vec::new();
    for file in all.iter().flat_map(|due| &due.files) {
        if !files.iter().any(|other| other.sha256 == file.sha256) {
            files.push(file);
        }
    }
    files
}

/// A row set that wants a file.
struct Wanting {
    set: usize,
    feed: Arc<Feed>,
    keys: Arc<Keys>,
    file_no: u32,
    folder: PathBuf,
}

struct OneFile {
    file: InputFile,
    sets: Vec<Wanting>,
    sender: mpsc::Sender<Product>,
    stop: crate::database::Stop,
    progress: Arc<convert::Progress>,
}

impl OneFile {
    /// Gives the row sets with what was read for them.
    fn convert(self) -> Result<Vec<(usize, Converted)>> {
        let job = Job {
            name: &self.file.name,
            date: &self.file.date,
            stop: self.stop.flag(),
            progress: &self.progress,
        };
        let channel = |one: &Wanting| Channel { sender: &self.sender, set: one.set, file_no: one.file_no };
        let mut channels: Vec<Channel<'_>> = self.sets.iter().map(channel).collect();
        let sets = self.sets.iter().zip(&mut channels).map(|(one, channel)| convert::Set {
            feed: &one.feed,
            file_no: one.file_no,
            chunks: ChunkFolder::Scratch(&one.folder),
            keys: one.keys.clone(),
            sink: channel,
        });
        let converted = convert::convert(&job, sets.collect(), || self.file.open())?;
        if let Some(one) = converted.first() {
            self.file.unchanged(one.bytes)?;
        }
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
    all: &[Due<'_>],
    mut receiver: mpsc::Receiver<Product>,
) -> Result<Vec<Vec<(u32, Reject)>>> {
    let works: Vec<Work<'_>> = all.iter().map(|due| Work::new(loader.dialect(), due.feed)).collect();
    let mut rejects: Vec<Vec<(u32, Reject)>> = all.iter().map(|_| Vec::new()).collect();
    while let Some(product) = receiver.recv().await {
        match product {
            Product::Reject(set, file_no, reject) => rejects[set].push((file_no, reject)),
            Product::Chunk(set, chunk) => {
                loader.load(&works[set], &chunk).await?;
                border("after-first-chunk", &request.stop).await;
                if !request.keep_chunks {
                    fs::remove_file(&chunk.path)
                        .map_err(|cause| Error::machine("remove", &chunk.path, &cause))?;
                }
            }
        }
    }
    for rejects in &mut rejects {
        rejects.sort_by_key(|(file_no, reject)| (*file_no, reject.record));
    }
    Ok(rejects)
}
