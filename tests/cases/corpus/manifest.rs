//! The corpus: where it is, and what its manifest says of each file.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// A file of the corpus.
pub struct File {
    /// `format/name`.
    pub name: String,
    pub path: PathBuf,
    pub format: String,
    /// Local name of the root element.
    pub root: String,
    /// How many elements of a name are records.
    pub records: BTreeMap<String, u64>,
}

/// All files; `None`, loudly, where there is no corpus.
pub fn corpus() -> Option<Vec<File>> {
    let named = std::env::var_os("TIEOUT_CORPUS").map(PathBuf::from);
    let must = named.is_some();
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = named.unwrap_or(beside);
    let manifest = folder.join("MANIFEST.tsv");
    let Ok(text) = fs::read_to_string(&manifest) else {
        assert!(!must, "TIEOUT_CORPUS names a folder without MANIFEST.tsv: {}", folder.display());
        // Not by a macro, whose text the test runner would keep to itself.
        let text = "NOT TESTED: there is no corpus of real files; name its folder in TIEOUT_CORPUS\n";
        let _ = std::io::stderr().write_all(text.as_bytes());
        return None;
    };
    let files: Vec<File> = text.lines().skip(1).map(|line| file(&folder, line)).collect();
    assert!(!files.is_empty(), "{} lists no file", manifest.display());
    Some(files)
}

/// Columns: file, format, repo, path, licence, bytes, encoding, well-formed, root, namespace, counts, notes.
fn file(folder: &Path, line: &str) -> File {
    let columns: Vec<&str> = line.split('\t').collect();
    let [name, format] = [columns[0], columns[1]].map(str::to_owned);
    let counts = columns[10].split(';').filter_map(|count| count.split_once('='));
    let records = counts.map(|(name, count)| (name.to_owned(), count.parse().expect("a count"))).collect();
    File { path: folder.join(&name), name, format, root: columns[8].to_owned(), records }
}
