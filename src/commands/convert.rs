//! `tieout convert`: XML to chunked CSV and nothing else.

use super::{load_feeds, print, progress::Shown, write_aside};
use crate::{
    cli::{self, Global},
    convert::{self, ChunkFolder, Job, Keys, Progress, Sink},
    database::Stop,
    error::{Error, Result},
    export,
    feed::Feed,
    model::{Chunk, Reject},
    source::{self, InputFile},
};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    thread,
};

/// Converts every file into the folder, or into one folder per row set below it; prints one line per chunk.
pub async fn convert(arguments: cli::Convert, global: &Global, stop: Stop) -> Result<u8> {
    let feeds = load_feeds(&arguments.feed)?;
    let files = source::files(&feeds[0], &arguments.files, stop.flag())?;
    let shown = Shown::start(global);
    let counters = shown.counters.clone();
    counters.total.store(files.iter().map(|file| file.unpacked).sum(), Ordering::Relaxed);
    let mut sets: Vec<Collected> = feeds.iter().map(|feed| Collected::new(feed, &arguments.out)).collect();
    for set in &sets {
        export::make_folder(&set.folder)?;
    }
    let work = move || {
        for (n, file) in files.iter().enumerate() {
            let file_no = u32::try_from(n + 1).unwrap_or(u32::MAX);
            convert_file(&feeds, file, file_no, &mut sets, &stop, &counters)?;
        }
        Ok(sets)
    };
    let done = tokio::task::spawn_blocking(work).await;
    let sets = done.map_err(|panic| Error::internal(format!("the converter panicked: {panic}")))??;
    drop(shown);
    for set in &sets {
        set.write()?;
    }
    let chunks = sets.iter().flat_map(|set| &set.chunks);
    let lines: Vec<String> = chunks
        .map(|chunk| format!("{}  {}  {} rows\n", chunk.sha256, chunk.path.display(), chunk.rows))
        .collect();
    print(&lines.concat())?;
    Ok(u8::from(sets.iter().any(|set| !set.rejects.is_empty())))
}

fn convert_file(
    feeds: &[Feed],
    file: &InputFile,
    file_no: u32,
    sets: &mut [Collected],
    stop: &Stop,
    progress: &Progress,
) -> Result<()> {
    let job = Job { name: &file.name, date: &file.date, stop: stop.flag(), progress };
    let wanted = feeds.iter().zip(sets.iter_mut()).map(|(feed, set)| {
        set.file.clone_from(&file.name);
        let Collected { folder, keys, .. } = &*set;
        let (folder, keys) = (folder.clone(), keys.clone());
        (feed, folder, keys, set)
    });
    let mut wanted: Vec<_> = wanted.collect();
    let sets = wanted.iter_mut().map(|(feed, folder, keys, set)| convert::Set {
        feed,
        file_no,
        chunks: ChunkFolder::Kept(folder),
        keys: keys.clone(),
        sink: *set,
    });
    let sets = sets.collect();
    let (converted, sha256) = thread::scope(|scope| {
        let digest = scope.spawn(|| file.digest(stop.flag()));
        let converted = convert::convert(&job, sets, || file.open());
        (converted, digest.join().unwrap_or_else(|_| Err(Error::internal("the digest's thread panicked"))))
    });
    let (converted, sha256) = (converted?, sha256?);
    for ((.., set), one) in wanted.into_iter().zip(&converted) {
        file.unchanged(one.bytes)?;
        set.files.push(summary(file, &sha256, one));
    }
    Ok(())
}

/// What one row set gives.
struct Collected {
    folder: PathBuf,
    keys: Arc<Keys>,
    /// The file that is being read.
    file: String,
    files: Vec<serde_json::Value>,
    chunks: Vec<Chunk>,
    rejects: Vec<(String, Reject)>,
}

impl Collected {
    fn new(feed: &Feed, out: &Path) -> Self {
        let folder = feed.set.as_ref().map_or_else(|| out.to_owned(), |set| out.join(set));
        let (keys, file) = (Arc::default(), String::new());
        Self { folder, keys, file, files: Vec::new(), chunks: Vec::new(), rejects: Vec::new() }
    }

    fn write(&self) -> Result<()> {
        write_rejects(&self.folder, &self.rejects)?;
        let chunks: Vec<_> = self.chunks.iter().map(chunk).collect();
        let text = serde_json::to_string_pretty(&json!({ "files": self.files, "chunks": chunks }))
            .unwrap_or_default();
        write_aside(&self.folder.join("convert.json"), format!("{text}\n").as_bytes())
    }
}

impl Sink for Collected {
    fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        self.chunks.push(chunk);
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.push((self.file.clone(), reject));
        Ok(())
    }
}

fn summary(file: &InputFile, sha256: &str, converted: &crate::model::Converted) -> serde_json::Value {
    json!({
        "name": file.name, "sha256": sha256, "bytes": file.bytes, "elements": converted.elements,
        "records": converted.records, "rows": converted.rows, "rejects": converted.rejects,
        "filtered": converted.filtered, "warnings": converted.warnings,
    })
}

fn chunk(chunk: &Chunk) -> serde_json::Value {
    let name = chunk.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    json!({ "name": name, "rows": chunk.rows, "bytes": chunk.bytes, "sha256": chunk.sha256 })
}

fn write_rejects(out: &Path, rejects: &[(String, Reject)]) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let path = out.join("rejects.csv");
    let failed = |cause: csv::Error| Error::machine("write", &path, &cause.into());
    writer
        .write_record(["source_file", "record", "line", "byte", "column", "value", "reason"])
        .map_err(failed)?;
    for (file, reject) in rejects {
        let numbers = [reject.record, reject.line, reject.byte].map(|n| n.to_string());
        let [record, line, byte] = &numbers;
        writer
            .write_record([file, record, line, byte, &reject.column, &reject.value, &reject.reason])
            .map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|cause| Error::machine("write", &path, &cause.into_error()))?;
    write_aside(&path, &bytes)
}
