//! The conversions of a run's files: each file in one pass for all row sets, as many at once as there are jobs. What is
//! made of them is handed over while they go on.

use super::{request::Request, start::StartedRun};
use crate::{
    blocking::blocking,
    convert::{self, ChunkFolder, RowSet, Sink},
    error::{Error, Result},
    model::{Chunk, Converted, Reject},
    source::{BadFile, InputFile},
    sql,
    stop::Stop,
};
use futures_util::future::join_all;
use std::{path::PathBuf, sync::Arc};
use tokio::sync::{Semaphore, mpsc};

/// What a conversion hands over of a file, for one of the row sets.
pub enum Product {
    /// A chunk is whole.
    Chunk(FileOfSet, Chunk),
    /// A record could not be converted.
    Reject(FileOfSet, Reject),
    /// The file is refused: whatever came of it before is to be undone. Nothing of it comes after.
    Refused(FileOfSet),
}

/// A file of a row set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileOfSet {
    /// Which row set.
    pub set: usize,
    /// The file's number in its run.
    pub file_no: u32,
}

/// What all conversions came to.
pub struct Conversions {
    /// What was read, per row set and file, by the files' numbers.
    pub files: Vec<Vec<(u32, Converted)>>,
    /// Files that were refused.
    pub bad: Vec<BadFile>,
}

/// Converts every file; what is made of them goes to `sender` meanwhile.
///
/// # Errors
/// Any but a file's own fault, where each file is taken by itself.
pub async fn convert_all(
    request: &Request,
    runs: &[StartedRun<'_>],
    folders: &[PathBuf],
    sender: mpsc::Sender<Product>,
) -> Result<Conversions> {
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
            Some(Wanting { of: FileOfSet { set, file_no }, rows: sets[set].clone() })
        });
        let one = OneFile {
            file: file.clone(),
            sets: wanting.collect(),
            each: request.files.is_empty(),
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
    let mut all = Conversions { files: runs.iter().map(|_| Vec::new()).collect(), bad: Vec::new() };
    for came in join_all(conversions).await {
        match came? {
            Ok(sets) => sets.into_iter().for_each(|(of, one)| all.files[of.set].push((of.file_no, one))),
            Err(bad) => all.bad.push(bad),
        }
    }
    for files in &mut all.files {
        files.sort_by_key(|(file_no, _)| *file_no);
    }
    Ok(all)
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
    of: FileOfSet,
    rows: Arc<RowSet>,
}

struct OneFile {
    file: InputFile,
    sets: Vec<Wanting>,
    /// It is of a source: a fault of it is written down, and is no fault of the others unless the feed says so.
    each: bool,
    sender: mpsc::Sender<Product>,
    stop: Stop,
    progress: Arc<convert::Progress>,
}

impl OneFile {
    /// Gives the row sets with what was read for them, or the file that is left out.
    fn convert(self) -> Result<Result<Vec<(FileOfSet, Converted)>, BadFile>> {
        let channel = |one: &Wanting| Channel { sender: &self.sender, of: one.of };
        let mut channels: Vec<Channel<'_>> = self.sets.iter().map(channel).collect();
        let to = self.sets.iter().zip(&mut channels);
        let to = to.map(|(one, channel)| one.rows.of_file(one.of.file_no, channel)).collect();
        match convert::convert_file(&self.file, to, self.stop.flag(), &self.progress) {
            Ok(converted) => Ok(Ok(self.sets.iter().map(|one| one.of).zip(converted).collect())),
            Err(cause) if self.each => {
                let bad = BadFile::new(&self.file.name, &self.file.sha256, cause)?;
                channels.iter().try_for_each(|one| one.send(Product::Refused(one.of)))?;
                Ok(Err(bad))
            }
            Err(cause) => Err(cause),
        }
    }
}

struct Channel<'a> {
    sender: &'a mpsc::Sender<Product>,
    of: FileOfSet,
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
        self.send(Product::Chunk(self.of, chunk))
    }
    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.send(Product::Reject(self.of, reject))
    }
}
