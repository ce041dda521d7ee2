//! `tieout convert`: XML to chunked CSV and nothing else.

use super::{load_feed, print, progress::Shown};
use crate::{
    cli::{self, Global},
    convert::{self, Chunk, ChunkFolder, Job, Keys, Reject, Sink},
    database::Stop,
    error::{Error, Result},
    export,
    source::{self, InputFile},
};
use serde_json::json;
use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

/// Converts every file into the folder; prints one line per chunk.
pub async fn convert(arguments: cli::Convert, global: &Global, stop: Stop) -> Result<u8> {
    let feed = load_feed(&arguments.feed)?;
    let files = source::files(&feed, &arguments.files, stop.flag())?;
    export::make_folder(&arguments.out)?;
    let shown = Shown::start(global);
    let counters = shown.counters.clone();
    counters.total.store(files.iter().map(|file| file.unpacked).sum(), Ordering::Relaxed);
    let out = arguments.out.clone();
    let work = move || {
        let mut sink = Collected::default();
        let (mut summaries, keys) = (Vec::new(), Keys::default());
        for (n, file) in files.iter().enumerate() {
            sink.file = Some(file.name.clone());
            let job = Job {
                feed: &feed,
                file_no: u32::try_from(n + 1).unwrap_or(u32::MAX),
                name: &file.name,
                date: &file.date,
                chunks: ChunkFolder::Kept(&out),
                keys: &keys,
                stop: stop.flag(),
                progress: &counters,
            };
            let converted = convert::convert(&job, file.open()?, &mut sink)?;
            file.unchanged(converted.bytes)?;
            summaries.push(summary(file, &converted));
        }
        write_rejects(&out, &sink.rejects)?;
        Ok((summaries, sink))
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (summaries, sink) =
        done.map_err(|panic| Error::internal(format!("the converter panicked: {panic}")))??;
    drop(shown);
    let chunks: Vec<_> = sink.chunks.iter().map(chunk).collect();
    let text =
        serde_json::to_string_pretty(&json!({ "files": summaries, "chunks": chunks })).unwrap_or_default();
    write_aside(&arguments.out.join("convert.json"), format!("{text}\n").as_bytes())?;
    let lines: Vec<String> = (sink.chunks.iter())
        .map(|chunk| format!("{}  {}  {} rows\n", chunk.sha256, chunk.path.display(), chunk.rows))
        .collect();
    print(&lines.concat())?;
    Ok(u8::from(!sink.rejects.is_empty()))
}

#[derive(Default)]
struct Collected {
    file: Option<String>,
    chunks: Vec<Chunk>,
    rejects: Vec<(String, Reject)>,
}

impl Sink for Collected {
    fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        self.chunks.push(chunk);
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.push((self.file.clone().unwrap_or_default(), reject));
        Ok(())
    }
}

fn summary(file: &InputFile, converted: &convert::Converted) -> serde_json::Value {
    json!({
        "name": file.name, "sha256": file.sha256, "bytes": file.bytes, "elements": converted.elements,
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

/// A small file that appears whole or not at all.
fn write_aside(path: &Path, bytes: &[u8]) -> Result<()> {
    let aside = PathBuf::from(format!("{}.tmp", path.display()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    (options.open(&aside))
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&aside, path))
        .map_err(|cause| Error::machine("write", path, &cause))
}
