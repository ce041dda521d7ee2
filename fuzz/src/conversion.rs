//! One conversion of bytes in memory, and everything that can be seen of it.

use std::{cell::RefCell, fs, io::Read};
use tieout::{
    canonical::time::Changed,
    convert::{ChunkFolder, Document, Progress, RowSet, Sink, convert},
    error::{ErrorKind, Result},
    feed::Feed,
    model::{Chunk, Converted, Reject},
    stop::Flag,
};

/// All that a conversion leaves of one row set.
#[derive(Debug, PartialEq, Eq)]
pub struct Done {
    converted: Converted,
    rejects: Vec<Reject>,
    /// Every chunk's name and text.
    chunks: Vec<(String, Vec<u8>)>,
}

/// What came of it: the rows of every set, or the refusal's message.
pub type Outcome = std::result::Result<Vec<Done>, String>;

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

thread_local! {
    /// Where chunks go: one folder for all inputs, emptied after each.
    static FOLDER: RefCell<tempfile::TempDir> =
        RefCell::new(tempfile::tempdir().expect("a temporary folder can be made"));
}

/// Converts what `open` gives. A file may be refused, and a feed whose paths contradict each other has mistakes; nothing
/// else may happen.
pub fn run<R: Read + Send>(feeds: &[Feed], open: impl Fn() -> R) -> Outcome {
    FOLDER.with_borrow(|folder| {
        let (progress, stop) = (Progress::default(), Flag::default());
        let document = Document {
            name: "in/theirs.xml",
            changed: Changed::Unknown,
            bytes: 0,
            stop: &stop,
            progress: &progress,
        };
        let mut sinks: Vec<Collected> = feeds.iter().map(|_| Collected::default()).collect();
        let chunks = ChunkFolder::Scratch(folder.path().to_owned());
        let sets: Vec<RowSet> = feeds.iter().map(|feed| RowSet::new(feed.clone(), chunks.clone())).collect();
        let to = (1..).zip(&sets).zip(&mut sinks).map(|((file_no, set), sink)| set.of_file(file_no, sink));
        let result = convert(&document, to.collect(), || Ok(open()));
        let chunks: Vec<Vec<(String, Vec<u8>)>> =
            sinks.iter().map(|sink| sink.chunks.iter().map(take).collect()).collect();
        let left = fs::read_dir(folder.path()).expect("the folder can be read").count();
        assert_eq!(left, 0, "files are left that nobody was told of");
        match result {
            Ok(all) => {
                assert_eq!(all.len(), feeds.len());
                let done = all.into_iter().zip(sinks).zip(chunks);
                Ok(done.map(|((converted, sink), chunks)| accounted(converted, sink, chunks)).collect())
            }
            Err(error) if error.kind() == ErrorKind::Refused => {
                assert!(!error.hint().is_empty(), "no word about what to do: {error}");
                Err(error.to_string())
            }
            Err(error) if !error.mistakes().is_empty() => Err(error.to_string()),
            Err(other) => panic!("neither converted nor refused: {other:?}"),
        }
    })
}

/// A chunk's name and text; its file is removed.
fn take(chunk: &Chunk) -> (String, Vec<u8>) {
    let text = fs::read(&chunk.path).expect("a chunk that was handed over can be read");
    assert_eq!(text.len() as u64, chunk.bytes);
    fs::remove_file(&chunk.path).expect("a chunk can be removed");
    (chunk.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), text)
}

fn accounted(converted: Converted, sink: Collected, chunks: Vec<(String, Vec<u8>)>) -> Done {
    let Converted { records, rows, rejects, filtered, .. } = converted;
    assert_eq!(records, rows + rejects + filtered);
    assert_eq!(rejects, sink.rejects.len() as u64);
    assert_eq!(rows, sink.chunks.iter().map(|chunk| chunk.rows).sum::<u64>());
    Done { converted, rejects: sink.rejects, chunks }
}

/// Gives a few bytes at a time: first `.1 + 1` of them, then one more each time, up to 64, and again from 1.
pub struct Drip<'a>(pub &'a [u8], pub usize);

impl Read for Drip<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 64 + 1;
        let n = self.1.min(self.0.len()).min(buf.len());
        let (head, tail) = self.0.split_at(n);
        buf[..n].copy_from_slice(head);
        self.0 = tail;
        Ok(n)
    }
}
