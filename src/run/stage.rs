//! Convert and load at the same time: a chunk is loaded as soon as it is whole, while the next one is
//! being written.

use super::{Request, blocking};
use crate::{
    convert::{self, Chunk, ChunkFolder, Converted, Job, Keys, Reject, Sink},
    database::{Connection, LoadMethod, Loader},
    error::{Error, Result},
    export,
    failpoint::border,
    feed::Feed,
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

/// Converts every file and loads every chunk, in one transaction.
///
/// # Errors
/// Any; nothing is staged then.
pub async fn convert_and_load(
    request: &Request,
    files: &[InputFile],
    run_id: &str,
    dialect: Dialect,
) -> Result<Loaded> {
    (request.stage)("converting and loading");
    export::make_folder(&request.out)?;
    let folder = chunk_folder(&request.out, run_id);
    export::make_folder(&folder)?;
    let result = both(request, files, &folder, dialect).await;
    if !request.keep_chunks
        && let Err(cause) = fs::remove_dir_all(&folder)
    {
        tracing::warn!(folder = %folder.display(), %cause, "the chunks could not be removed");
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

async fn both(request: &Request, files: &[InputFile], folder: &Path, dialect: Dialect) -> Result<Loaded> {
    let mut loader = Loader::open(&request.target, dialect, &request.stop).await?;
    let (sender, receiver) = mpsc::channel(2);
    let converting = convert_all(request, files, folder, sender);
    let loading = load_all(&mut loader, request, receiver);
    let (converted, loaded) = tokio::join!(converting, loading);
    let finished = match (converted, loaded) {
        // A receiver that is gone makes the converter fail too: the loader's error is the cause.
        (_, Err(cause)) | (Err(cause), Ok(_)) => Err(cause),
        (Ok(converted), Ok(rejects)) => enough_rows(request, &converted).map(|()| (converted, rejects)),
    };
    match finished {
        Ok((converted, rejects)) => {
            let method = Some(loader.method);
            let staged = loader.commit().await?;
            let rows: u64 = converted.iter().map(|file| file.rows).sum();
            if staged != rows {
                return Err(Error::internal(format!("{rows} rows were converted, but {staged} were loaded")));
            }
            Ok(Loaded { converted, rejects, method })
        }
        Err(cause) => {
            loader.rollback().await;
            Err(cause)
        }
    }
}

/// Nothing empty is ever a success, unless the feed says so.
fn enough_rows(request: &Request, converted: &[Converted]) -> Result<()> {
    let rows: u64 = converted.iter().map(|file| file.rows + file.rejects).sum();
    if rows > 0 || request.feed.xml.allow_empty {
        return Ok(());
    }
    Err(Error::refused(
        "the files hold no row that `where` lets through",
        "check [xml] row and where; [xml] allow_empty = true accepts files without rows",
    ))
}

enum Product {
    Chunk(Chunk),
    Reject(u32, Reject),
}

async fn convert_all(
    request: &Request,
    files: &[InputFile],
    folder: &Path,
    sender: mpsc::Sender<Product>,
) -> Result<Vec<Converted>> {
    let feed = Arc::new(request.feed.clone());
    let keys = Arc::new(Keys::default());
    let places = Arc::new(Semaphore::new(request.jobs.max(1)));
    let mut tasks = Vec::new();
    for (n, file) in files.iter().enumerate() {
        let file_no = u32::try_from(n + 1).unwrap_or(u32::MAX);
        let one = OneFile {
            feed: feed.clone(),
            file: file.clone(),
            file_no,
            folder: folder.to_owned(),
            keys: keys.clone(),
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
    let mut converted = Vec::new();
    let mut failed = None;
    for task in tasks {
        match task.await {
            Ok(Ok(one)) => converted.push(one),
            Ok(Err(cause)) => failed = failed.or(Some(cause)),
            Err(panic) => failed = failed.or(Some(Error::internal(format!("a worker panicked: {panic}")))),
        }
    }
    failed.map_or(Ok(converted), Err)
}

struct OneFile {
    feed: Arc<Feed>,
    file: InputFile,
    file_no: u32,
    folder: PathBuf,
    keys: Arc<Keys>,
    sender: mpsc::Sender<Product>,
    stop: crate::database::Stop,
    progress: Arc<convert::Progress>,
}

impl OneFile {
    fn convert(self) -> Result<Converted> {
        let job = Job {
            feed: &self.feed,
            file_no: self.file_no,
            name: &self.file.name,
            date: &self.file.date,
            chunks: ChunkFolder::Scratch(&self.folder),
            keys: &self.keys,
            stop: self.stop.flag(),
            progress: &self.progress,
        };
        let mut sink = Channel { sender: &self.sender, file_no: self.file_no };
        let converted = convert::convert(&job, self.file.open()?, &mut sink)?;
        self.file.unchanged(converted.bytes)?;
        Ok(converted)
    }
}

struct Channel<'a> {
    sender: &'a mpsc::Sender<Product>,
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
        self.send(Product::Chunk(chunk))
    }
    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.send(Product::Reject(self.file_no, reject))
    }
}

async fn load_all(
    loader: &mut Loader,
    request: &Request,
    mut receiver: mpsc::Receiver<Product>,
) -> Result<Vec<(u32, Reject)>> {
    let work = Work::new(loader.dialect(), &request.feed);
    let mut rejects = Vec::new();
    while let Some(product) = receiver.recv().await {
        match product {
            Product::Reject(file_no, reject) => rejects.push((file_no, reject)),
            Product::Chunk(chunk) => {
                loader.load(&work, &chunk).await?;
                border("after-first-chunk", &request.stop).await;
                if !request.keep_chunks {
                    fs::remove_file(&chunk.path)
                        .map_err(|cause| Error::machine("remove", &chunk.path, &cause))?;
                }
            }
        }
    }
    rejects.sort_by_key(|(file_no, reject)| (*file_no, reject.record));
    Ok(rejects)
}
