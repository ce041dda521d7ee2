//! A source that is a folder of this machine: its files are read where they lie.

use super::{companion::Algorithm, listed::ListedFile, remote::RemoteFile};
use crate::{
    error::{Code, Error, Place, Result},
    model::PassedOver,
};
use jiff::Timestamp;
use std::{fs, io, path::Path};

/// The files of a folder, in no order; folders in it are passed over.
pub(super) fn list(folder: &Path, passed_over: &mut Vec<PassedOver>) -> Result<Vec<ListedFile>> {
    let failed = |cause: io::Error| {
        Error::new(Code::CannotList, format!("[source] cannot list {}: {cause}", folder.display()))
            .about(Place::file(&folder.display().to_string()))
            .because(cause)
    };
    let (mut files, mut others) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        match listed(&path) {
            Some(file) => files.push(file),
            None => others.push(name(&path)),
        }
    }
    // A digest that is no file is one that cannot be read, and not one that is not there.
    let is_digest = |other: &String| {
        let of = Algorithm::ALL
            .into_iter()
            .find_map(|one| other.to_lowercase().strip_suffix(one.ending()).map(str::len));
        of.is_some_and(|length| files.iter().any(|file| other.get(..length) == Some(&file.file.name)))
    };
    let (digests, mut others): (Vec<_>, Vec<_>) = others.into_iter().partition(is_digest);
    files.extend(digests.into_iter().map(|name| {
        let path = folder.join(&name);
        let address = path.to_string_lossy().into_owned();
        let file = RemoteFile { name, address, bytes: None, modified: None, version: None };
        ListedFile { file, path: Some(path) }
    }));
    others.sort();
    for name in &others {
        PassedOver::add(passed_over, PassedOver::FOLDER, name);
    }
    Ok(files)
}

/// A file as it is now; `None` where it is none, or is gone.
pub(super) fn listed(path: &Path) -> Option<ListedFile> {
    let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let file = RemoteFile {
        name: name(path),
        address: path.to_string_lossy().into_owned(),
        bytes: Some(meta.len()),
        modified: meta.modified().ok().and_then(|time| Timestamp::try_from(time).ok()),
        version: None,
    };
    Some(ListedFile { file, path: Some(path.to_owned()) })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
