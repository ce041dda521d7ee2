//! Tests of whole conversions: a feed and a document in, CSV out.

mod conditions;
mod controls;
mod details;
mod documents;
mod effort;
mod events;
mod filters;
mod late;
mod model;
mod negative;
mod numbers;
mod parents;
mod random_conditions;
mod reading;
mod refusals;
mod retractions;
mod values;

use super::{ChunkFolder, Destination, Document, Progress, RowSet, Sink, convert};
use crate::{
    canonical::time::Changed,
    error::{Code, Error, ErrorKind, Result, Signal},
    feed::{self, Feed},
    model::{Chunk, Converted, Reject, checksum},
    stop::Flag,
};
use std::{
    fmt::Write as _,
    fs,
    io::Read,
    path::Path,
    sync::{Mutex, atomic::Ordering},
};

/// What a conversion left.
#[derive(Debug)]
struct Done {
    converted: Converted,
    chunks: Vec<Chunk>,
    rejects: Vec<Reject>,
    /// All chunks as they stand, one after the other.
    csv: String,
}

impl Done {
    /// The feed's columns of every row, joined by `|`.
    fn rows(&self) -> Vec<String> {
        self.records().into_iter().map(|record| record[4..].join("|")).collect()
    }

    fn records(&self) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(self.csv.as_bytes());
        let records = reader.records().map(|record| record.unwrap().iter().map(Into::into).collect());
        records.filter(|record: &Vec<String>| record[0] != "tieout_id").collect()
    }
}

#[derive(Default)]
struct Collected {
    chunks: Vec<Chunk>,
    rejects: Vec<Reject>,
}

impl Sink for Collected {
    fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        self.chunks.push(chunk);
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.push(reject);
        Ok(())
    }
}

/// A feed from `[xml]` and `[[column]]` tables.
fn feed(tables: &str) -> Feed {
    let text = format!("[feed]\nname = \"test\"\n{tables}");
    let mut feeds = feed::parse(&text, Path::new("test.toml"), &|_| None).expect("a good feed");
    feeds.remove(0)
}

/// A feed whose columns are all text, `name = path`; the first is the key.
fn plain(xml: &str, columns: &[(&str, &str)]) -> Feed {
    let mut text = format!("[xml]\n{xml}\n");
    for (n, (name, path)) in columns.iter().enumerate() {
        let _ = write!(text, "[[column]]\nname = {name:?}\npath = {path:?}\nkey = {}\n", n == 0);
    }
    feed(&text)
}

fn try_read(feed: &Feed, input: impl Read + Send) -> Result<Done> {
    // Most tests read once; where a feed needs two passes, the second reads what the first has kept.
    let input = Mutex::new(Kept { input, bytes: Vec::new() });
    done(feed, |document, to| convert(document, to, || Ok(Again { kept: &input, at: 0 })))
}

/// What `convert` leaves.
fn done(
    feed: &Feed,
    convert: impl FnOnce(&Document<'_>, Vec<Destination<'_>>) -> Result<Vec<Converted>>,
) -> Result<Done> {
    let folder = tempfile::tempdir().unwrap();
    let document = Document {
        name: "in/statements.xml",
        changed: Changed::At("2024-05-06T23:30:00Z".parse().unwrap()),
        bytes: 0,
        stop: &Flag::default(),
        progress: &Progress::default(),
    };
    let mut sink = Collected::default();
    let set = RowSet::new(feed.clone(), ChunkFolder::Kept(folder.path().to_owned()));
    let result = convert(&document, vec![set.of_file(3, &mut sink)]);
    let result = result.map(|mut all| all.remove(0));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| path.extension().unwrap() == "csv"), "left behind: {left:?}");
    let converted = result?;
    assert_eq!(left.len(), sink.chunks.len());
    let mut csv = String::new();
    for chunk in &sink.chunks {
        let text = fs::read_to_string(&chunk.path).unwrap();
        assert_eq!(text.len() as u64, chunk.bytes);
        assert_eq!(checksum::sha256_hex(text.as_bytes()), chunk.sha256);
        csv.push_str(&text);
    }
    assert_eq!(converted.records, converted.rows + converted.rejects + converted.filtered);
    assert_eq!(converted.rows, sink.chunks.iter().map(|chunk| chunk.rows).sum::<u64>());
    assert_eq!(converted.rejects, sink.rejects.len() as u64);
    assert_eq!(document.progress.rows.load(Ordering::Relaxed), converted.rows);
    assert_eq!(document.progress.bytes.load(Ordering::Relaxed), converted.bytes);
    Ok(Done { converted, chunks: sink.chunks, rejects: sink.rejects, csv })
}

/// An input that can be read again.
struct Kept<R> {
    input: R,
    bytes: Vec<u8>,
}

struct Again<'k, R> {
    kept: &'k Mutex<Kept<R>>,
    at: usize,
}

impl<R: Read> Read for Again<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let Kept { input, bytes } = &mut *self.kept.lock().unwrap();
        let n = if self.at < bytes.len() {
            (&bytes[self.at..]).read(buf)?
        } else {
            let n = input.read(buf)?;
            bytes.extend_from_slice(&buf[..n]);
            n
        };
        self.at += n;
        Ok(n)
    }
}

fn try_convert(feed: &Feed, xml: impl AsRef<[u8]>) -> Result<Done> {
    try_read(feed, xml.as_ref())
}

fn converted(feed: &Feed, xml: impl AsRef<[u8]>) -> Done {
    try_convert(feed, xml).expect("a good file")
}

fn is_refused(result: &Result<Done>) -> bool {
    matches!(result, Err(error) if error.kind() == ErrorKind::Refused)
}

/// The message of the refusal.
fn refusal(feed: &Feed, xml: impl AsRef<[u8]>) -> String {
    match try_convert(feed, xml) {
        Err(error) if error.kind() == ErrorKind::Refused => {
            assert!(!error.hint().is_empty());
            error.to_string()
        }
        other => panic!("not refused: {other:?}"),
    }
}
