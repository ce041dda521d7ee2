//! Where files come from: arguments, or the feed's `[source]`; and what each file is (its digest).

use crate::{
    convert::checksum::hex,
    error::{Error, Result, printable},
    feed::{Feed, Source, pattern},
};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

/// A file to reconcile.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What outputs and messages call it.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Its date of last change, UTC, `YYYY-MM-DD`.
    pub date: String,
    modified: Option<SystemTime>,
}

impl InputFile {
    /// Opens it for reading.
    ///
    /// # Errors
    /// `Refused` where it cannot be read.
    pub fn open(&self) -> Result<File> {
        File::open(&self.path).map_err(|cause| unreadable(&self.path, &cause))
    }

    /// Checks that it is still the file whose digest was taken.
    ///
    /// # Errors
    /// `Fetch` where it grew or was replaced meanwhile.
    pub fn unchanged(&self, bytes: u64) -> Result<()> {
        let now = fs::metadata(&self.path).map_err(|cause| unreadable(&self.path, &cause))?;
        if bytes == self.bytes && now.len() == self.bytes && now.modified().ok() == self.modified {
            return Ok(());
        }
        Err(Error::Fetch {
            what: format!("{} changed while it was read: it is still being written", printable(&self.name)),
            hint: "wait until the sender is done, then run again; nothing was changed".into(),
        })
    }
}

/// The files of a run, with their digests.
///
/// # Errors
/// `Usage` without any, `Refused` where one cannot be read, `Fetch` where the source has none.
pub fn files(feed: &Feed, arguments: &[PathBuf], stop: &AtomicBool) -> Result<Vec<InputFile>> {
    let paths = match (&feed.source, arguments) {
        (_, [_, ..]) => arguments.to_vec(),
        (Some(source), []) => list(source)?,
        (None, []) => {
            return Err(Error::usage(
                format!("{}: no FILE was given and the feed has no [source]", feed.file.display()),
                "name the files: tieout run FEED FILE…, or add [source] url = \"file:/inbox\"",
            ));
        }
    };
    let unique = |path: &Path| {
        let name = path.file_name();
        paths.iter().filter(|other| other.file_name() == name).count() == 1
    };
    paths.iter().map(|path| describe(path, unique(path), stop)).collect()
}

fn list(source: &Source) -> Result<Vec<PathBuf>> {
    let url = source.url.reveal();
    let Some(rest) = url.strip_prefix("file:") else {
        let scheme = url.split(':').next().unwrap_or_default();
        return Err(Error::Fetch {
            what: format!("[source] {}: is not supported by this version", printable(scheme)),
            hint: "fetch the files first and give them as arguments, or use file:/folder".into(),
        });
    };
    let folder = PathBuf::from(rest.strip_prefix("//").unwrap_or(rest));
    let failed = |cause: std::io::Error| Error::Fetch {
        what: format!("[source] cannot list {}: {cause}", folder.display()),
        hint: "check the folder and this user's permission to read it".into(),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_file = fs::metadata(entry.path()).is_ok_and(|meta| meta.is_file());
        if is_file && pattern::matches(&source.pattern, &entry.file_name().to_string_lossy()) {
            found.push(entry.path());
        }
    }
    found.sort();
    if found.is_empty() && !source.allow_none {
        return Err(Error::Fetch {
            what: format!(
                "no file in {} matches the pattern {}",
                folder.display(),
                printable(&source.pattern)
            ),
            hint: "check that the sender delivered; [source] allow_none = true accepts silence".into(),
        });
    }
    Ok(found)
}

fn describe(path: &Path, unique: bool, stop: &AtomicBool) -> Result<InputFile> {
    let failed = |cause: std::io::Error| unreadable(path, &cause);
    let mut file = File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if meta.is_dir() {
        return Err(Error::refused(
            format!("{} is a folder", printable(&path.display().to_string())),
            "name files, or use [source] url = \"file:/folder\" with a pattern",
        ));
    }
    let mut digest = Sha256::new();
    let mut block = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let length = file.read(&mut block).map_err(failed)?;
        if length == 0 || stop.load(Ordering::Relaxed) {
            break;
        }
        digest.update(&block[..length]);
        bytes += length as u64;
    }
    let modified = meta.modified().ok();
    let shown = if unique { path.file_name().map(Path::new) } else { None }.unwrap_or(path);
    Ok(InputFile {
        path: path.to_owned(),
        name: shown.to_string_lossy().into_owned(),
        sha256: hex(&digest.finalize()),
        bytes,
        date: modified.and_then(day).unwrap_or_default(),
        modified,
    })
}

fn day(time: SystemTime) -> Option<String> {
    let time = jiff::Timestamp::try_from(time).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

fn unreadable(path: &Path, cause: &std::io::Error) -> Error {
    Error::refused(
        format!("cannot read {}: {cause}", printable(&path.display().to_string())),
        "check the name and this user's permission to read it",
    )
}
