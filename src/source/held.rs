//! A file of a folder of this machine that is done with. It is taken aside under a name of ours before it is read once
//! more, so that whoever replaces it meanwhile makes another file; only then is it moved or removed.
//!
//! A run that dies in between leaves it aside, and the next one puts it back.

use crate::{
    error::{Code, Error, Place, Result},
    files::{AtomicFile, rename_folder, sync_folder},
};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Ends the name of a file that is taken aside; a dot begins it.
const BEHIND: &str = ".tieout";

/// A file that nobody else knows by its name.
#[derive(Debug)]
pub(super) struct HeldFile {
    path: PathBuf,
    /// Where it lies meanwhile.
    pub(super) aside: PathBuf,
}

impl HeldFile {
    /// Takes a file aside.
    ///
    /// # Errors
    /// `Machine`, here and below.
    pub(super) fn take(path: &Path) -> Result<Self> {
        let aside = path.with_file_name(format!(".{}{BEHIND}", name(path)));
        rename_folder(path, &aside)?;
        Ok(Self { path: path.to_owned(), aside })
    }

    /// Gives it its name again, unless another file has that by now.
    pub(super) fn put_back(&self) -> Result<()> {
        rename_folder(&self.aside, &self.path).map_err(|cause| {
            let what = format!("{} lies in {} now: {cause}", name(&self.path), self.aside.display());
            Error::new(Code::NotMoved, what).because(cause)
        })
    }

    /// Removes it.
    pub(super) fn delete(&self) -> Result<()> {
        delete(&self.aside)
    }

    /// Moves it into a folder, which is there; never over another file.
    pub(super) fn archive(&self, folder: &Path) -> Result<()> {
        moved(&self.aside, &folder.join(name(&self.path)))
    }
}

/// Gives files that a run took aside before it died their names again.
pub(super) fn put_back_all(folder: &Path) {
    let Ok(entries) = folder.read_dir() else { return };
    for entry in entries.flatten() {
        let aside = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = aside.strip_prefix('.').and_then(|rest| rest.strip_suffix(BEHIND)) else { continue };
        if name.is_empty() {
            continue;
        }
        let held = HeldFile { path: folder.join(name), aside: entry.path() };
        let shown = Place::file(&held.aside.display().to_string());
        match held.put_back() {
            Ok(()) => tracing::info!("{shown} was left by a run that died, and has its name again"),
            Err(cause) => tracing::warn!("{shown} was left by a run that died: {cause}; look at both files"),
        }
    }
}

/// Moves a file into a folder, which is there; never over another file.
pub(super) fn archive(path: &Path, folder: &Path) -> Result<()> {
    check_folder(path.parent().unwrap_or(Path::new(".")), folder)?;
    moved(path, &folder.join(name(path)))
}

/// Removes a file.
pub(super) fn delete(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|cause| Error::machine("remove", path, cause))
}

/// Checks that files of `inbox` can be moved into a folder.
///
/// # Errors
/// `Fetch` where it is none, or is the inbox itself; `Machine` where nothing can be written to it.
pub(super) fn check_folder(inbox: &Path, folder: &Path) -> Result<()> {
    let place = Place::file(&folder.display().to_string());
    let wrong = |what: &str| {
        let what = format!("{place} {what}");
        Err(Error::new(Code::NoSuchFolder, what).about(place.clone()))
    };
    if !folder.is_dir() {
        return wrong("is no folder: tieout makes none");
    }
    if inbox.canonicalize().ok() == folder.canonicalize().ok() {
        return wrong("is where the files come from: `[source] archive` names another folder");
    }
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
        .map_err(|cause| Error::machine("write", folder, cause.into()))
}

fn moved(from: &Path, to: &Path) -> Result<()> {
    let failed = match rename_folder(from, to) {
        Ok(()) => return Ok(()),
        Err(failed) => failed,
    };
    if to.symlink_metadata().is_ok() {
        let place = Place::file(&to.display().to_string());
        let bytes = if same_bytes(from, to).unwrap_or(false) { "the same bytes" } else { "other bytes" };
        let what = format!("{place} is there already, with {bytes}");
        return Err(Error::new(Code::ArchiveTaken, what).about(place));
    }
    if is_elsewhere(from, to) { copied(from, to) } else { Err(failed) }
}

/// Whether two files cannot be renamed to each other's place, since each file system has its own.
fn is_elsewhere(from: &Path, to: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: Option<&Path>| path.and_then(|path| path.metadata().ok()).map(|meta| meta.dev());
    device(from.parent()) != device(to.parent())
}

/// Moves a file to another file system: its copy is on the disk, and the same, before it is removed.
fn copied(from: &Path, to: &Path) -> Result<()> {
    let read = |cause| Error::machine("read", from, cause);
    let mut input = File::open(from).map_err(read)?;
    let meta = input.metadata().map_err(read)?;
    let mut copy = AtomicFile::create(to)?;
    io::copy(&mut input, &mut copy).map_err(|cause| copy.failed(cause))?;
    copy.publish_new(&meta)?;
    sync_folder(to.parent().unwrap_or(Path::new(".")))?;
    if !same_bytes(from, to).map_err(read)? {
        delete(to)?;
        let place = Place::file(&name(from));
        return Err(Error::new(Code::StillWritten, format!("{place} changed while it was moved")));
    }
    delete(from)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
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
        assert_eq!(archive(&path, dir.path()).unwrap_err().code(), Code::NoSuchFolder);
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
        assert!(!path.exists() && done.join("a.xml").exists());
    }

    #[test]
    fn a_copy_is_whole_and_has_the_time_of_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("a.xml"), dir.path().join("b.xml"));
        fs::write(&from, "text").unwrap();
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        File::options().write(true).open(&from).unwrap().set_modified(time).unwrap();
        copied(&from, &to).unwrap();
        assert!(!from.exists());
        assert_eq!(fs::read_to_string(&to).unwrap(), "text");
        assert_eq!(to.metadata().unwrap().modified().unwrap(), time);
        fs::write(&from, "other").unwrap();
        copied(&from, &to).unwrap_err();
        assert_eq!(fs::read_to_string(&to).unwrap(), "text", "nothing is replaced");
        assert!(from.exists());
    }

    #[test]
    fn what_a_dead_run_took_aside_has_its_name_again_unless_that_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.xml");
        fs::write(&path, "one").unwrap();
        let held = HeldFile::take(&path).unwrap();
        assert!(!path.exists());
        put_back_all(dir.path());
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        HeldFile::take(&path).unwrap();
        fs::write(&path, "two").unwrap();
        put_back_all(dir.path());
        let text = |path: &Path| fs::read_to_string(path).unwrap();
        assert_eq!((text(&path), text(&held.aside)), ("two".to_owned(), "one".to_owned()));
    }
}
