//! A source that is a folder of this machine: its files are read where they lie.

use super::{listed::ListedFile, remote::RemoteFile};
use crate::{
    error::{Code, Error, Place, Result},
    files::rename_folder,
    model::PassedOver,
};
use jiff::Timestamp;
use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

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

/// Moves a file into a folder, which is there; never over another file.
pub(super) fn archive(path: &Path, folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        let place = Place::file(&folder.display().to_string());
        return Err(
            Error::new(Code::NoSuchFolder, format!("{place} is no folder: tieout makes none")).about(place)
        );
    }
    let to = folder.join(path.file_name().unwrap_or_default());
    match rename_folder(path, &to) {
        Err(_) if to.symlink_metadata().is_ok() => {
            let place = Place::file(&to.display().to_string());
            let same = same_bytes(path, &to).unwrap_or(false);
            let what = if same {
                "is there already, with the same bytes"
            } else {
                "is there already, with other bytes"
            };
            Err(Error::new(Code::ArchiveTaken, format!("{place} {what}")).about(place))
        }
        moved => moved,
    }
}

/// Removes a file.
pub(super) fn delete(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|cause| Error::machine("remove", path, cause))
}

fn same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let n = one.read(&mut left)?;
        other.read_exact(&mut right[..n])?;
        if n == 0 || left[..n] != right[..n] {
            return Ok(n == 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_moved_over_another() {
        let dir = tempfile::tempdir().unwrap();
        let (path, done) = (dir.path().join("a.xml"), dir.path().join("done"));
        fs::write(&path, "new").unwrap();
        assert_eq!(archive(&path, &done).unwrap_err().code(), Code::NoSuchFolder);
        assert!(!done.exists(), "no folder is made");
        fs::create_dir(&done).unwrap();
        for (text, words) in [("old", "other bytes"), ("new", "same bytes")] {
            fs::write(done.join("a.xml"), text).unwrap();
            let cause = archive(&path, &done).unwrap_err();
            assert!(cause.code() == Code::ArchiveTaken && cause.to_string().contains(words), "{cause}");
            assert_eq!(fs::read_to_string(done.join("a.xml")).unwrap(), text);
        }
        fs::remove_file(done.join("a.xml")).unwrap();
        archive(&path, &done).unwrap();
        assert!(!path.exists() && fs::read_to_string(done.join("a.xml")).unwrap() == "new");
    }
}
