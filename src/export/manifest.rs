//! `manifest.json`: digests of what went into a run and of what came out, so that anybody can check a
//! delivered folder with `tieout verify`, or with `sha256sum`.

use crate::{
    error::{Code, Error, Place, Result, printable_json},
    files::{AtomicDir, FolderFile},
    model::{
        FileSummary, Summary,
        checksum::{hex, sha256_hex},
    },
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// Its name in a run's folder.
pub const NAME: &str = "manifest.json";

/// What a run was made of, and what it left.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// The run.
    pub run_id: String,
    /// The program that wrote the folder.
    pub tieout: String,
    /// SHA-256 of the feed file.
    pub feed_sha256: String,
    /// `--set`.
    pub parameters: BTreeMap<String, String>,
    /// The files of theirs.
    pub inputs: Vec<FileSummary>,
    /// The server's version, collation, time zone, SQL mode.
    pub server: BTreeMap<String, String>,
    /// SHA-256 of the lines `<sha256>  <name>` of the CSV files that tell of this run alone: the same wherever the same
    /// input was reconciled with the same rows of ours, on every database.
    pub result_digest: String,
    /// The other files of the folder, by name.
    pub outputs: Vec<Output>,
}

/// A file of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// That of the file without the columns that tell of other runs, where it has such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_sha256: Option<String>,
}

impl Output {
    /// Whether both are the same bytes under one name.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        (&self.name, self.bytes, &self.sha256) == (&other.name, other.bytes, &other.sha256)
    }
}

/// Writes the manifest of everything that the folder holds so far, from the digests taken while it was written; `results`
/// are digests of files without what they tell of other runs.
///
/// # Errors
/// `Machine` where the disk refuses.
pub fn write(folder: &AtomicDir, summary: &Summary, results: &[(&str, String)]) -> Result<()> {
    let mut outputs = written(folder);
    for output in &mut outputs {
        let result = results.iter().find(|(name, _)| *name == output.name);
        output.result_sha256 = result.map(|(_, digest)| digest.clone());
    }
    let manifest = Manifest {
        run_id: summary.run_id.to_string(),
        tieout: env!("CARGO_PKG_VERSION").to_owned(),
        feed_sha256: summary.feed_sha256.clone(),
        parameters: summary.parameters.clone(),
        inputs: summary.files.clone(),
        server: summary.database.settings.clone(),
        result_digest: result_digest(&outputs),
        outputs,
    };
    let text = serde_json::to_string_pretty(&manifest).map_err(|cause| Error::internal(cause.to_string()))?;
    folder.write(NAME, &format!("{}\n", printable_json(&text)))
}

/// The files of a folder that is being written, by name.
fn written(folder: &AtomicDir) -> Vec<Output> {
    let output = |one: FolderFile| Output {
        name: one.name,
        bytes: one.bytes,
        sha256: hex(&one.sha256),
        result_sha256: None,
    };
    folder.written().into_iter().map(output).collect()
}

/// Reads every file of a folder once more before it gets its name: what its manifest says must be what a person finds.
///
/// # Errors
/// `Machine`, also where a file is not what was written.
pub fn check(folder: &AtomicDir) -> Result<()> {
    let mut found = listing(folder.aside())?;
    for written in written(folder) {
        let n = found.iter().position(|one| one.name == written.name);
        if n.map(|n| found.remove(n)).as_ref() != Some(&written) {
            return Err(changed(&folder.aside().join(&written.name)));
        }
    }
    found.first().map_or(Ok(()), |unknown| Err(changed(&folder.aside().join(&unknown.name))))
}

fn changed(path: &Path) -> Error {
    let place = Place::file(&path.display().to_string());
    let what = format!("{place} is not what was written there a moment ago");
    Error::new(Code::OutputChanged, what).about(place)
}

/// Whether the manifest in a folder names this run and these files.
#[must_use]
pub fn is_of(folder: &Path, summary: &Summary) -> bool {
    let manifest = fs::read(folder.join(NAME)).ok().and_then(|text| serde_json::from_slice(&text).ok());
    manifest.is_some_and(|manifest: Manifest| {
        let theirs = manifest.inputs.iter().map(|file| &file.sha256);
        *manifest.run_id == *summary.run_id && theirs.eq(summary.files.iter().map(|file| &file.sha256))
    })
}

/// The files of a folder but for the manifest, by name.
///
/// # Errors
/// `Machine` where one cannot be read.
pub fn outputs(folder: &Path) -> Result<Vec<Output>> {
    let mut all = listing(folder)?;
    all.retain(|output| output.name != NAME);
    Ok(all)
}

fn listing(folder: &Path) -> Result<Vec<Output>> {
    let failed = |path: &Path, cause: io::Error| Error::machine("read", path, cause);
    let mut outputs = Vec::new();
    for entry in folder.read_dir().map_err(|cause| failed(folder, cause))? {
        let entry = entry.map_err(|cause| failed(folder, cause))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let (bytes, sha256) = digest(&path).map_err(|cause| failed(&path, cause))?;
        outputs.push(Output { name, bytes, sha256, result_sha256: None });
    }
    outputs.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(outputs)
}

/// They tell of other runs alone.
const OF_OTHER_RUNS: [&str; 2] = ["accepted.csv", "cleared.csv"];

/// The digest of the results among these files.
#[must_use]
pub fn result_digest(outputs: &[Output]) -> String {
    let csv = outputs
        .iter()
        .filter(|output| Path::new(&output.name).extension().is_some_and(|extension| extension == "csv"))
        .filter(|output| !OF_OTHER_RUNS.contains(&output.name.as_str()));
    let digest = |output: &Output| output.result_sha256.clone().unwrap_or_else(|| output.sha256.clone());
    let lines: String = csv.map(|output| format!("{}  {}\n", digest(output), output.name)).collect();
    sha256_hex(lines.as_bytes())
}

fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut digest, mut block, mut bytes) = (Sha256::new(), vec![0; 1 << 18], 0);
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok((bytes, hex(&digest.finalize()))),
            Ok(n) => {
                digest.update(&block[..n]);
                bytes += n as u64;
            }
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
}
