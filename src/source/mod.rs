//! Where files come from: arguments, or the feed's `[source]`; what each is packed in; and what each
//! document in them is (its digest).

mod input;
mod unpack;

pub use input::InputFile;

use crate::{
    error::{Code, Error, Place, Result, printable},
    feed::{Feed, Source, Unpack, pattern},
    stop::Flag,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The documents of a run: each file, and each member of a zip archive.
///
/// # Errors
/// `Usage` without any, `Refused` where one cannot be read, `Fetch` where the source has none.
pub fn files(feed: &Feed, arguments: &[PathBuf], stop: &Flag) -> Result<Vec<InputFile>> {
    let paths = match (&feed.source, arguments) {
        (_, [_, ..]) => arguments.to_vec(),
        (Some(source), []) => list(source)?,
        (None, []) => {
            return Err(Error::new(Code::NoFileGiven, "no FILE was given and the feed has no [source]")
                .at(Place::file(&feed.file.display().to_string())));
        }
    };
    given(&paths, &feed.xml.unpack, stop)
}

/// The documents at these paths.
///
/// # Errors
/// `Refused` where one cannot be read.
pub fn given(paths: &[PathBuf], limits: &Unpack, stop: &Flag) -> Result<Vec<InputFile>> {
    let unique = |path: &Path| {
        let name = path.file_name();
        paths.iter().filter(|other| other.file_name() == name).count() == 1
    };
    let mut documents = Vec::new();
    for path in paths {
        let shown = if unique(path) { path.file_name().map(Path::new) } else { None }.unwrap_or(path);
        documents.extend(input::describe(path, &shown.to_string_lossy(), limits, stop)?);
    }
    Ok(documents)
}

fn list(source: &Source) -> Result<Vec<PathBuf>> {
    let url = source.url.reveal();
    let Some(rest) = url.strip_prefix("file:") else {
        let scheme = url.split(':').next().unwrap_or_default();
        return Err(Error::new(
            Code::UnknownScheme,
            format!("[source] {}: is not supported by this version", printable(scheme)),
        ));
    };
    let folder = PathBuf::from(rest.strip_prefix("//").unwrap_or(rest));
    let failed = |cause: std::io::Error| {
        Error::new(Code::CannotList, format!("[source] cannot list {}: {cause}", folder.display()))
            .about(Place::file(&folder.display().to_string()))
            .because(cause)
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
        return Err(Error::new(
            Code::NoMatchingFile,
            format!("no file in {} matches the pattern {}", folder.display(), printable(&source.pattern)),
        ));
    }
    Ok(found)
}
