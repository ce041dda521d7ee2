//! Converts the samples with a drafted feed, as `tieout convert` would, and looks at the rows that come out:
//! what the draft got wrong, where values are missing, and what tells rows apart.

use super::{
    candidates::candidates,
    draft::{Draft, DraftColumn, DraftKey, DraftType, KeyPart},
    kinds, names,
    render::document,
    shape::shape,
};
use crate::{
    convert::{self, ChunkFolder, Progress, RowSet, Sink},
    error::{Error, Result},
    feed::{self, Feed},
    model::{Chunk, Reject},
    profile::{Recognizer, Values},
    source::InputFile,
    stop::Flag,
};
use std::{
    collections::{BTreeMap, BTreeSet, hash_map::DefaultHasher},
    fs::{self, DirBuilder},
    hash::{Hash, Hasher},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};
use toml_edit::value;

/// Rows whose values are held, as hashes, to look for keys.
pub const HELD_ROWS: usize = 100_000;
/// Rows of the last look at a key that was chosen by the first ones.
pub const MAX_ROWS: usize = 4_000_000;
/// Different values per column that are compared with ours.
const MAX_VALUES: usize = 1000;
/// Bytes of such a value.
const MAX_VALUE: usize = 200;
/// Every round changes a column that was wrong; three changes are possible for each.
const MAX_ROUNDS: usize = 4;
/// More than any sample has: a bad row says what is wrong with the draft, not with the sample.
const MAX_REJECTS: i64 = 1_000_000_000_000;

/// The sample files, and what stops reading them.
pub struct Samples<'a> {
    /// At least one.
    pub files: &'a [InputFile],
    /// Set by a signal.
    pub stop: &'a Flag,
    /// Raised while reading.
    pub progress: &'a Progress,
}

/// What the rows look like.
#[derive(Debug, Default)]
pub struct Measured {
    /// Rows of all files.
    pub rows: u64,
    /// Files that have none.
    pub empty: Vec<String>,
    /// Rows without a value, per column.
    pub nulls: Vec<u64>,
    /// Per possible part of a key: the hash of each of the first rows' values.
    pub hashes: BTreeMap<KeyPart, Vec<u64>>,
    /// Per column: different values, where they were asked for.
    pub values: Vec<BTreeSet<String>>,
    /// What the values of columns look like whose paths choose by a name.
    picked: BTreeMap<usize, Values>,
    /// Columns that could not be converted, and why.
    wrong: BTreeMap<usize, String>,
}

/// What is kept of the rows.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Parts of a key whose hashes are held.
    pub keys: Vec<KeyPart>,
    /// For so many rows.
    pub rows: usize,
    /// Keep different values.
    pub values: bool,
}

/// Measures the draft, and corrects it until every row of the samples can be converted.
///
/// # Errors
/// A file is refused, or this machine fails.
pub fn settle(draft: &mut Draft, samples: &Samples<'_>, values: bool) -> Result<Measured> {
    for _ in 0..MAX_ROUNDS {
        let wanted = Wanted { keys: candidates(draft), rows: HELD_ROWS, values };
        let measured = measure(draft, samples, &wanted)?;
        if !measured.wrong.is_empty() {
            correct(draft, &measured.wrong);
        } else if !type_picked(draft, &measured.picked) {
            draft.empty.clone_from(&measured.empty);
            return Ok(measured);
        }
    }
    Err(Error::internal("the drafted feed does not convert the files that it was made from"))
}

/// Types columns whose paths choose by a name, once, by the values that they gave; says whether any was.
fn type_picked(draft: &mut Draft, picked: &BTreeMap<usize, Values>) -> bool {
    let mut typed = false;
    for (&n, values) in picked {
        let column = &mut draft.columns[n];
        let Some(name) = column.picked.clone().filter(|_| !column.join && column.remarks.is_empty()) else {
            continue;
        };
        let (kind, why) = kinds::decide(values, &name);
        column.shape = shape(values);
        column.remarks = why;
        typed |= kind != DraftType::default();
        column.r#type = kind;
    }
    typed
}

/// Gives columns that could not be converted less of a type, or takes them out.
fn correct(draft: &mut Draft, wrong: &BTreeMap<usize, String>) {
    let mut out = Vec::new();
    for (&n, reason) in wrong {
        let column = &mut draft.columns[n];
        if column.sign.take().is_some() {
            column.remarks.retain(|remark| !remark.starts_with("its sign: "));
            column.remarks.push(format!("a code beside it is no sign of it: {reason}"));
        } else if column.r#type != DraftType::default() {
            column.r#type = DraftType::default();
            column.remarks.clear();
            column.remarks.push(format!("text, since a value {reason}"));
        } else if !column.join {
            column.join = true;
            column.remarks.push("occurs several times in a row".into());
        } else {
            draft.notes.push(format!("{} is no column: {reason}", column.path));
            out.push(n);
        }
    }
    for n in out.into_iter().rev() {
        draft.columns.remove(n);
    }
}

/// Converts the samples once.
///
/// # Errors
/// As [`settle`].
pub fn measure(draft: &Draft, samples: &Samples<'_>, wanted: &Wanted) -> Result<Measured> {
    let folder = TempFolder::new()?;
    let set = RowSet::new(trial(draft)?, ChunkFolder::Scratch(folder.path.clone()));
    let count = draft.columns.len();
    let picked = |n: &usize| draft.columns[*n].picked.is_some() && !draft.columns[*n].join;
    let mut sink = MeasuringSink {
        wanted,
        recognizer: Recognizer::default(),
        columns: &draft.columns,
        measured: Measured {
            nulls: vec![0; count],
            hashes: wanted.keys.iter().map(|&part| (part, Vec::new())).collect(),
            values: vec![BTreeSet::new(); count],
            picked: (0..count).filter(picked).map(|n| (n, Values::default())).collect(),
            ..Measured::default()
        },
    };
    for (file_no, file) in (1..).zip(samples.files) {
        let to = vec![set.of_file(file_no, &mut sink)];
        let converted = convert::convert_file(file, to, samples.stop, samples.progress)?;
        if converted.iter().any(|one| one.elements == 0) {
            sink.measured.empty.push(file.name.clone());
        }
    }
    let measured = sink.measured;
    if measured.rows == 0 && measured.wrong.is_empty() {
        return Err(Error::internal("the drafted feed finds no row in the files that it was made from"));
    }
    Ok(measured)
}

/// The draft as a feed that goes on after a bad row and whose key is never empty; its last column is the number of
/// the detail.
fn trial(draft: &Draft) -> Result<Feed> {
    let mut trial = draft.clone();
    trial.key = DraftKey::Ordinal { parent: None, files: false, nearest: None };
    let mut document = document(&trial, None);
    let xml = &mut document["xml"];
    xml["allow_empty"] = value(true);
    xml["bad_rows"] = value("quarantine");
    xml["max_rejects"] = value(MAX_REJECTS);
    xml["chunk_bytes"] = value("4 MiB");
    let mut detail = toml_edit::Table::new();
    detail["name"] = value(names::unique("row_number_of_the_detail", &draft.names()));
    detail["from"] = value("detail_number");
    if let Some(columns) = document["column"].as_array_of_tables_mut() {
        columns.push(detail);
    }
    let feeds = feed::parse(&document.to_string(), Path::new("the drafted feed"), &|_| None);
    let feed = feeds.map_err(|cause| Error::internal(cause.to_string()))?.into_iter().next();
    feed.ok_or_else(|| Error::internal("the drafted feed has no row set"))
}

/// Reads the chunks as they are made, and removes them.
struct MeasuringSink<'a> {
    wanted: &'a Wanted,
    columns: &'a [DraftColumn],
    measured: Measured,
    recognizer: Recognizer,
}

/// Columns of a chunk that stand before the feed's.
const BEFORE: usize = 4;

impl Sink for MeasuringSink<'_> {
    fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        let failed = |cause: csv::Error| Error::machine("read", &chunk.path, cause.into());
        let mut reader = csv::Reader::from_path(&chunk.path).map_err(failed)?;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(failed)? {
            self.row(&record);
        }
        fs::remove_file(&chunk.path).map_err(|cause| Error::machine("remove", &chunk.path, cause))
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        match self.columns.iter().position(|column| column.name == reject.column) {
            Some(n) => {
                self.measured.wrong.entry(n).or_insert(reject.reason);
                Ok(())
            }
            None => Err(Error::internal(format!("a row of the drafted feed is bad: {}", reject.reason))),
        }
    }
}

impl MeasuringSink<'_> {
    fn row(&mut self, record: &csv::StringRecord) {
        let held = self.measured.rows < self.wanted.rows as u64;
        self.measured.rows += 1;
        // After the draft's columns stand the row's number and its detail's.
        let detail = record.get(BEFORE + self.columns.len() + 1).unwrap_or_default();
        if held && let Some(hashes) = self.measured.hashes.get_mut(&KeyPart::Detail) {
            hashes.push(hash(detail));
        }
        for n in 0..self.columns.len() {
            let value = record.get(BEFORE + n).unwrap_or_default();
            self.measured.nulls[n] += u64::from(value.is_empty());
            if held && let Some(hashes) = self.measured.hashes.get_mut(&KeyPart::Column(n)) {
                hashes.push(hash(value));
            }
            if let Some(seen) = self.measured.picked.get_mut(&n) {
                seen.add(value, self.recognizer.recognize(value, MAX_VALUE));
            }
            let values = &mut self.measured.values[n];
            let room = self.wanted.values && values.len() < MAX_VALUES;
            if room && !value.is_empty() && value.len() <= MAX_VALUE && !values.contains(value) {
                values.insert(value.to_owned());
            }
        }
    }
}

fn hash(value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A folder of this process that goes with its value.
struct TempFolder {
    path: PathBuf,
}

impl TempFolder {
    fn new() -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("tieout-infer-{}-{number}", std::process::id()));
        // A folder that is there already is another's: it is not used.
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|cause| Error::machine("create the folder", &path, cause))?;
        Ok(Self { path })
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        if let Err(cause) = fs::remove_dir_all(&self.path) {
            tracing::warn!("{} stays behind: {cause}", self.path.display());
        }
    }
}
