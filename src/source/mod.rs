//! Where files come from: arguments, or the feed's `[source]`; what each is packed in; and what each
//! document in them is (its digest).

mod bad;
mod companion;
mod fetch;
mod folder;
mod held;
mod inbox;
mod input;
mod listed;
mod patience;
mod remote;
mod spool;
mod unpack;

pub use bad::BadFile;
pub use inbox::Inbox;
pub use input::{InputFile, delivered, digest_of};
pub use listed::{Selection, WantedFile, nothing_wanted, select, shown};
pub use remote::RemoteFile;
pub use spool::{Spool, room, spool_folder};

use crate::{
    error::{Code, Error, Place, Result},
    feed::{Feed, SourceLocation, Unpack},
    model::PassedOver,
    stop::Flag,
};
use std::path::{Path, PathBuf};

/// What a run is offered.
#[derive(Debug, Default)]
pub struct GivenFiles {
    /// The documents: each file, and each member of a zip archive.
    pub files: Vec<InputFile>,
    /// What stands beside them and is none.
    pub passed_over: Vec<PassedOver>,
    /// Files of a source that cannot be taken.
    pub bad: Vec<BadFile>,
}

/// The documents of a command that asks no ledger: of its arguments, or of a folder that the feed names.
///
/// # Errors
/// `Usage` without any, `Refused` where one cannot be read, `Fetch` where the source has none.
pub fn files(feed: &Feed, arguments: &[PathBuf], stop: &Flag) -> Result<GivenFiles> {
    let mut passed_over = Vec::new();
    let paths = match (feed.source.as_ref().map(|source| (source, &source.location)), arguments) {
        (_, [_, ..]) => arguments.to_vec(),
        (Some((source, SourceLocation::Folder(folder))), []) => {
            let all = folder::list(folder.found(), &mut passed_over)?;
            let mut selection = select(feed, source, &all)?;
            passed_over.append(&mut selection.passed_over);
            if selection.wanted.is_empty() && !source.allow_none {
                return Err(nothing_wanted(source, &passed_over));
            }
            selection.wanted.into_iter().filter_map(|wanted| wanted.listed.path).collect()
        }
        (Some((_, SourceLocation::Server(_))), []) => {
            return Err(Error::new(
                Code::NoFileGiven,
                "no FILE was given, and only `tieout run` fetches files",
            ));
        }
        (None, []) => return Err(no_file(feed)),
    };
    let files = documents(&paths, &feed.xml.unpack, stop, &mut passed_over)?;
    Ok(GivenFiles { files, passed_over, bad: Vec::new() })
}

/// That there is neither an argument nor a source.
#[must_use]
pub fn no_file(feed: &Feed) -> Error {
    Error::new(Code::NoFileGiven, "no FILE was given and the feed has no [source]")
        .at(Place::file(&feed.file.display().to_string()))
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
