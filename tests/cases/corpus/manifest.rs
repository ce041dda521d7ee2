//! The corpus: where it is, and what its manifest says of each file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A file of the corpus.
pub struct File {
    /// `format/name`.
    pub name: String,
    pub path: PathBuf,
    pub format: String,
    pub well_formed: bool,
    /// Local name of the root element.
    pub root: String,
    /// The first element that is a record, and how many elements of a name are records.
    pub first: Option<String>,
    pub records: BTreeMap<String, u64>,
}

/// All files; `None` where no corpus is named.
///
/// # Errors
/// A corpus that is named is not there, or holds nothing.
pub fn corpus() -> Result<Option<Vec<File>>, String> {
    let Some(folder) = std::env::var_os("TIEOUT_CORPUS").map(PathBuf::from) else { return Ok(None) };
    let manifest = folder.join("MANIFEST.tsv");
    let text = fs::read_to_string(&manifest).map_err(|cause| format!("{}: {cause}", manifest.display()))?;
    let files: Vec<File> = text.lines().skip(1).map(|line| file(&folder, line)).collect();
    if files.is_empty() { Err(format!("{} lists no file", manifest.display())) } else { Ok(Some(files)) }
}

/// Columns: file, format, repo, path, licence, bytes, encoding, well-formed, root, namespace, counts, notes.
fn file(folder: &Path, line: &str) -> File {
    let columns: Vec<&str> = line.split('\t').collect();
    let [name, format] = [columns[0], columns[1]].map(str::to_owned);
    let counts = columns[10].split(';').filter_map(|count| count.split_once('='));
    let first = counts.clone().next().map(|(name, _)| name.to_owned());
    let records = counts.map(|(name, count)| (name.to_owned(), count.parse().expect("a count"))).collect();
    let (well_formed, root) = (columns[7] == "y", columns[8].to_owned());
    File { path: folder.join(&name), name, format, well_formed, root, first, records }
}
