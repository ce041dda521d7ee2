//! `tieout convert`: XML to chunked CSV and nothing else.

use super::{arguments::load_feeds_with, progress::Shown, terminal::print};
use crate::{
    blocking::blocking,
    cli::{self, Global},
    convert::{self, ChunkFolder, Progress, RowSet, Sink, controls_over_files, told_of_controls},
    error::{Code, Error, Result, printable_json},
    export::RejectTable,
    feed::Feed,
    files::{self, AtomicFile, OwnFolder},
    model::{Chunk, Converted, FileSummary, Reject},
    source::{self, InputFile},
    sql,
    stop::Stop,
};
use serde::Serialize;
use serde_json::json;
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
    thread,
};

/// Converts every file into the folder, or into one folder per row set below it; prints one line per chunk.
pub async fn convert(arguments: cli::ConvertArgs, global: &Global, stop: Stop) -> Result<u8> {
    let feeds = load_feeds_with(&arguments.feed, &arguments.set.set, true)?;
    let files = source::files(&feeds[0], &arguments.files, stop.flag())?.files;
    let shown = Shown::start(global);
    let counters = shown.counters.clone();
    let bytes = files.iter().map(|file| file.unpacked).sum();
    counters.total.store(bytes, Ordering::Relaxed);
    let mut collected: Vec<Collected> =
        feeds.iter().map(|feed| Collected::new(feed, &arguments.out)).collect();
    let owned = collected.iter().map(|set| files::own_folder(&set.folder));
    let _owned: Vec<OwnFolder> = owned.collect::<Result<_>>()?;
    for set in &collected {
        forget_earlier(&set.folder)?;
    }
    let kept = |(feed, set): (Feed, &Collected)| {
        let parents = sql::reads_parents(&feed);
        RowSet::new(feed, ChunkFolder::Kept(set.folder.clone())).with_parents(parents).expecting(bytes)
    };
    let sets: Vec<RowSet> = feeds.iter().cloned().zip(&collected).map(kept).collect();
    let work = move || {
        for (file_no, file) in (1..).zip(&files) {
            convert_file(&sets, file, file_no, &mut collected, &stop, &counters)?;
        }
        Ok(collected)
    };
    let sets = blocking(work).await?;
    drop(shown);
    for (set, feed) in sets.iter().zip(&feeds) {
        set.write(feed)?;
    }
    let chunks = sets.iter().flat_map(|set| &set.chunks);
    let lines: Vec<String> = chunks
        .map(|chunk| format!("{}  {}  {} rows\n", chunk.sha256, chunk.path.display(), chunk.rows))
        .collect();
    print(&lines.concat())?;
    Ok(u8::from(sets.iter().any(|set| !set.rejects.is_empty())))
}

fn convert_file(
    sets: &[RowSet],
    file: &InputFile,
    file_no: u32,
    collected: &mut [Collected],
    stop: &Stop,
    progress: &Progress,
) -> Result<()> {
    for set in &mut *collected {
        set.file.clone_from(&file.name);
    }
    let to = sets.iter().zip(&mut *collected).map(|(set, sink)| set.of_file(file_no, sink)).collect();
    let (converted, sha256) = thread::scope(|scope| {
        let digest = scope.spawn(|| file.digest(stop.flag()));
        let converted = convert::convert_file(file, to, stop.flag(), progress);
        (
            converted,
            digest
                .join()
                .unwrap_or_else(|_| Err(Error::check(Code::Panicked, "the digest's thread panicked"))),
        )
    });
    let (converted, sha256) = (converted?, sha256?);
    for (set, one) in collected.iter_mut().zip(converted) {
        set.files.push(FileSummary::new(file_no, &file.name, &sha256, file.bytes, &one));
        set.converted.push(one);
    }
    Ok(())
}

/// Removes the chunks of an earlier conversion, as its `convert.json` lists them: beside fewer new ones they would be taken
/// for this one's.
fn forget_earlier(folder: &Path) -> Result<()> {
    let list = folder.join("convert.json");
    let Ok(text) = fs::read_to_string(&list) else { return Ok(()) };
    let earlier: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let names = earlier["chunks"].as_array().into_iter().flatten().filter_map(|chunk| chunk["name"].as_str());
    for path in names.filter(|name| is_chunk(name)).map(|name| folder.join(name)).chain([list.clone()]) {
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => {
                return Err(Error::machine("remove", &path, cause));
            }
            _ => {}
        }
    }
    Ok(())
}

/// `0001-000001.csv` or `parents-0001-000001.csv`, whatever the list says.
fn is_chunk(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let name = name.strip_prefix("parents-").unwrap_or(name);
    let numbers = name.strip_suffix(".csv").and_then(|name| name.split_once('-'));
    numbers.is_some_and(|(file, chunk)| digits(file) && digits(chunk))
}

/// What one row set gives.
struct Collected {
    folder: PathBuf,
    /// The file that is being read.
    file: String,
    files: Vec<FileSummary>,
    converted: Vec<Converted>,
    chunks: Vec<Chunk>,
    rejects: Vec<(String, Reject)>,
}

impl Collected {
    fn new(feed: &Feed, out: &Path) -> Self {
        let folder = feed.set.as_ref().map_or_else(|| out.to_owned(), |set| out.join(set));
        let (files, converted, chunks, rejects) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { folder, file: String::new(), files, converted, chunks, rejects }
    }

    fn write(&self, feed: &Feed) -> Result<()> {
        write_rejects(&self.folder, &self.rejects)?;
        let chunks: Vec<_> = self.chunks.iter().map(chunk).collect();
        let files = self.files.iter().zip(&self.converted);
        let files: Vec<_> = files.map(|(file, converted)| FileLine::new(feed, file, converted)).collect();
        let controls = controls_over_files(feed, &self.converted);
        let over_run = told_of_controls(feed, &controls).filter(|(control, _)| control.over_run);
        let warnings: Vec<String> = over_run.map(|(_, text)| text).collect();
        let list = json!({ "files": files, "controls": controls, "warnings": warnings, "chunks": chunks });
        let text = serde_json::to_string_pretty(&list).unwrap_or_default();
        files::write(&self.folder.join("convert.json"), format!("{}\n", printable_json(&text)).as_bytes())
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

/// One file of `convert.json`.
#[derive(Serialize)]
struct FileLine<'c> {
    #[serde(flatten)]
    file: &'c FileSummary,
    /// Those of its own, with its controls.
    warnings: Vec<String>,
}

impl<'c> FileLine<'c> {
    fn new(feed: &Feed, file: &'c FileSummary, converted: &Converted) -> Self {
        let own = told_of_controls(feed, &converted.controls).filter(|(control, _)| !control.over_run);
        let controls = own.map(|(_, text)| text);
        Self { file, warnings: converted.warnings.iter().cloned().chain(controls).collect() }
    }
}

fn chunk(chunk: &Chunk) -> serde_json::Value {
    let name = chunk.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    json!({ "name": name, "rows": chunk.rows, "bytes": chunk.bytes, "sha256": chunk.sha256 })
}

fn write_rejects(out: &Path, rejects: &[(String, Reject)]) -> Result<()> {
    let mut table = RejectTable::create(AtomicFile::create(&out.join(RejectTable::NAME))?)?;
    for (file, reject) in rejects {
        table.write(file, reject)?;
    }
    table.finish()
}
