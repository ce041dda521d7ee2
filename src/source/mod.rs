//! Where files come from: arguments, or the feed's `[source]`; what each is packed in; and what each
//! document in them is (its digest).

mod input;
pub mod remote;
mod unpack;

pub use input::InputFile;

use crate::{
    error::{Code, Error, Place, Result, printable},
    feed::{Feed, Source, Unpack, pattern},
    model::PassedOver,
    stop::Flag,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a run is offered.
#[derive(Debug)]
pub struct GivenFiles {
    /// The documents: each file, and each member of a zip archive.
    pub files: Vec<InputFile>,
    /// What stands beside them and is none.
    pub passed_over: Vec<PassedOver>,
}

/// The documents of a run.
///
/// # Errors
/// `Usage` without any, `Refused` where one cannot be read, `Fetch` where the source has none.
pub fn files(feed: &Feed, arguments: &[PathBuf], stop: &Flag) -> Result<GivenFiles> {
    let mut passed_over = Vec::new();
    let paths = match (&feed.source, arguments) {
        (_, [_, ..]) => arguments.to_vec(),
        (Some(source), []) => list(source, &mut passed_over)?,
        (None, []) => {
            return Err(Error::new(Code::NoFileGiven, "no FILE was given and the feed has no [source]")
                .at(Place::file(&feed.file.display().to_string())));
        }
    };
    let files = documents(&paths, &feed.xml.unpack, stop, &mut passed_over)?;
    Ok(GivenFiles { files, passed_over })
}

/// The documents at these paths.
///
/// # Errors
/// `Refused` where one cannot be read.
pub fn given(paths: &[PathBuf], limits: &Unpack, stop: &Flag) -> Result<Vec<InputFile>> {
    documents(paths, limits, stop, &mut Vec::new())
}

fn documents(
    paths: &[PathBuf],
    limits: &Unpack,
    stop: &Flag,
    passed_over: &mut Vec<PassedOver>,
) -> Result<Vec<InputFile>> {
    let unique = |path: &Path| {
        let name = path.file_name();
        paths.iter().filter(|other| other.file_name() == name).count() == 1
    };
    let mut documents = Vec::new();
    for path in paths {
        let shown = if unique(path) { path.file_name().map(Path::new) } else { None }.unwrap_or(path);
        documents.extend(input::describe(path, &shown.to_string_lossy(), limits, stop, passed_over)?);
    }
    Ok(documents)
}

/// The files of the folder, in order; what it holds beside them is passed over.
fn list(source: &Source, passed_over: &mut Vec<PassedOver>) -> Result<Vec<PathBuf>> {
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
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_file = fs::metadata(entry.path()).is_ok_and(|meta| meta.is_file());
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_file {
            others.push((PassedOver::FOLDER, name));
        } else if pattern::matches(&source.pattern, &name) {
            found.push(entry.path());
        } else {
            others.push((PassedOver::PATTERN, name));
        }
    }
    found.sort();
    others.sort();
    for (reason, name) in others {
        PassedOver::add(passed_over, reason, &name);
    }
    if found.is_empty() && !source.allow_none {
        let beside =
            PassedOver::text(passed_over).map_or_else(String::new, |text| format!("; passed over: {text}"));
        let (folder, pattern) = (folder.display(), &source.pattern);
        let what =
            format!("no file in {folder} matches the pattern {}{}", printable(pattern), printable(&beside));
        return Err(Error::new(Code::NoMatchingFile, what));
    }
    Ok(found)
}
