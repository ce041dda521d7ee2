//! Files that were fetched, until they are done with: a folder beside the outputs, for its owner only. A file is called by
//! a number there, never by the name that its sender gave it.
//!
//! What an earlier process left is not believed, since nobody knows what of it reached the disk; but for a file that
//! was cut off, which its process synchronised and called [`CUT`].

use super::remote::RemoteFile;
use crate::{
    error::{Code, Error, Place, Result},
    feed::Feed,
    files::{OwnFolder, own_folder, remove_or_warn},
    model::checksum::hex,
};
use rustix::{fs::statvfs, process::geteuid};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Ends the name of a file that was cut off, and whose bytes are on the disk.
const CUT: &str = ".cut";
/// One of so many parts of what is free on the disk is left free.
const RESERVE: u64 = 10;

/// The folder, as long as something lies in it.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    _owned: OwnFolder,
    /// Bytes that may still be written.
    left: u64,
    /// Files that were taken.
    number: u32,
    /// A later run may go on with a file that was cut off.
    keep: bool,
}

/// A file that is being fetched.
pub struct SpooledFile {
    file: File,
    path: PathBuf,
    cut: Option<PathBuf>,
    /// So much of it is there.
    pub bytes: u64,
}

impl Spool {
    /// The spool of a feed, for files of so many bytes that must fit. `limit` is what the feed allows.
    ///
    /// # Errors
    /// `Machine` where they do not fit, or the folder cannot be made; `Locked` where another process uses it.
    pub fn open(folder: PathBuf, wanted: &[&RemoteFile], limit: Option<u64>) -> Result<Self> {
        // What lies there is believed, so nobody else may have made it.
        if folder.symlink_metadata().is_ok() {
            check_own(&folder)?;
        }
        let owned = own_folder(&folder)?;
        check_own(&folder)?;
        let mut spool = Self { folder, _owned: owned, left: 0, number: 0, keep: false };
        spool.remove_what_nobody_wants(wanted)?;
        let free = room(&spool.folder)?;
        spool.left = limit.map_or(free, |limit| limit.min(free));
        let needed: u64 = wanted.iter().filter_map(|file| file.bytes).sum();
        if needed > spool.left {
            return Err(spool.full(&format!("the {} files to fetch have {needed} bytes", wanted.len())));
        }
        Ok(spool)
    }

    /// All that lies there, but for what was cut off of files that are still wanted as they were.
    fn remove_what_nobody_wants(&self, wanted: &[&RemoteFile]) -> Result<()> {
        let known: Vec<PathBuf> = wanted.iter().filter_map(|file| self.cut(file)).collect();
        let entries = self.folder.read_dir().map_err(|cause| Error::machine("read", &self.folder, cause))?;
        for entry in entries.flatten() {
            if !known.contains(&entry.path()) {
                fs::remove_file(entry.path())
                    .map_err(|cause| Error::machine("remove", &entry.path(), cause))?;
            }
        }
        Ok(())
    }

    /// What the first part of a file would be called: by all that tells its versions apart, where something does.
    fn cut(&self, file: &RemoteFile) -> Option<PathBuf> {
        let bytes = file.bytes?;
        if file.modified.is_none() && file.version.is_none() {
            return None;
        }
        let modified = file.modified.map(|time| time.to_string()).unwrap_or_default();
        let version = file.version.clone().unwrap_or_default();
        let all = [file.address.as_str(), &bytes.to_string(), &modified, &version].join("\0");
        Some(self.folder.join(format!("{}{CUT}", hex(&Sha256::digest(all)))))
    }

    /// Begins a file, or goes on with what is there of exactly this one.
    ///
    /// # Errors
    /// `Machine`, here and below.
    pub fn begin(&mut self, file: &RemoteFile) -> Result<SpooledFile> {
        self.number += 1;
        self.keep = false;
        let path = self.folder.join(self.number.to_string());
        let cut = self.cut(file);
        let resumed = cut.as_ref().is_some_and(|cut| fs::rename(cut, &path).is_ok());
        let mut options = OpenOptions::new();
        options.write(true).create_new(!resumed).mode(0o600);
        let opened = options.open(&path).and_then(|mut file| Ok((file.seek(SeekFrom::End(0))?, file)));
        let (bytes, opened) = opened.map_err(|cause| Error::machine("create", &path, cause))?;
        self.left = self.left.saturating_sub(bytes);
        let mut spooled = SpooledFile { file: opened, path, cut, bytes };
        // A whole one would have been taken.
        if file.bytes.is_none_or(|all| bytes >= all) {
            self.restart(&mut spooled)?;
        }
        Ok(spooled)
    }

    /// Forgets what is there of a file.
    ///
    /// # Errors
    /// `Machine`.
    pub fn restart(&mut self, file: &mut SpooledFile) -> Result<()> {
        let again = file.file.set_len(0).and_then(|()| file.file.rewind());
        again.map_err(|cause| Error::machine("write", &file.path, cause))?;
        self.left += file.bytes;
        file.bytes = 0;
        Ok(())
    }

    /// Adds bytes to a file.
    ///
    /// # Errors
    /// Also where the spool may not hold them.
    pub fn add(&mut self, file: &mut SpooledFile, bytes: &[u8]) -> Result<()> {
        let length = bytes.len() as u64;
        self.left = self.left.checked_sub(length).ok_or_else(|| self.full("more came than was announced"))?;
        file.file.write_all(bytes).map_err(|cause| Error::machine("write", &file.path, cause))?;
        file.bytes += length;
        Ok(())
    }

    /// Keeps what came of a file, for the next attempt, of this process or another.
    pub fn keep(&mut self, file: &SpooledFile) {
        self.left += file.bytes;
        match &file.cut {
            Some(cut) if file.bytes > 0 && file.file.sync_all().is_ok() => {
                self.keep = fs::rename(&file.path, cut).is_ok();
            }
            // What cannot be kept is fetched again.
            _ => drop(fs::remove_file(&file.path)),
        }
    }

    fn full(&self, what: &str) -> Error {
        let place = Place::file(&self.folder.display().to_string());
        let what = format!("{what}, and {place} may hold {} more", self.left);
        Error::new(Code::SpoolFull, what).about(place)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if !self.keep {
            remove_or_warn(&self.folder);
        }
    }
}

impl SpooledFile {
    /// Where it lies, now that it is whole. Its time is that of its sender.
    ///
    /// # Errors
    /// `Machine`.
    pub fn whole(self, file: &RemoteFile) -> Result<PathBuf> {
        if let Some(modified) = file.modified {
            let set = self.file.set_modified(SystemTime::from(modified));
            set.map_err(|cause| Error::machine("write", &self.path, cause))?;
        }
        Ok(self.path)
    }
}

/// Checks that a path is a folder, and no link to one, to which only this user has a right.
fn check_own(folder: &Path) -> Result<()> {
    let meta = folder.symlink_metadata().map_err(|cause| Error::machine("read", folder, cause))?;
    // None of the six bits of the group and of others.
    let own = meta.is_dir() && meta.uid() == geteuid().as_raw() && meta.mode().trailing_zeros() >= 6;
    if own {
        return Ok(());
    }
    let place = Place::file(&folder.display().to_string());
    let what = format!("{place} is no folder of this user's alone: it is a link, or others may open it");
    Err(Error::new(Code::NoPermission, what)
        .with_hint("look at what lies there and remove it; tieout makes it anew")
        .about(place))
}

/// Where what a feed fetches lies until it is done with.
#[must_use]
pub fn spool_folder(out: &Path, feed: &Feed) -> PathBuf {
    out.join(format!(".spool-{}", feed.name))
}

/// Bytes that may be written to the disk of a folder, which may still have to be made.
///
/// # Errors
/// `Machine`.
pub fn room(folder: &Path) -> Result<u64> {
    let folder = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let system = statvfs(folder).map_err(|cause| Error::machine("read", folder, cause.into()))?;
    let free = system.f_bavail.saturating_mul(system.f_frsize);
    Ok(free - free / RESERVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: u64, version: &str) -> RemoteFile {
        let version = (!version.is_empty()).then(|| version.to_owned());
        RemoteFile { name: "../a".into(), address: "/a".into(), bytes: Some(bytes), modified: None, version }
    }

    fn kept(folder: &Path, file: &RemoteFile, bytes: &[u8]) {
        let mut spool = Spool::open(folder.to_owned(), &[file], None).unwrap();
        let mut spooled = spool.begin(file).unwrap();
        spool.add(&mut spooled, bytes).unwrap();
        spool.keep(&spooled);
    }

    #[test]
    fn only_the_very_same_file_is_gone_on_with() {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().join(".spool-f");
        let begins_at = |now: &RemoteFile| {
            let mut spool = Spool::open(folder.clone(), &[now], None).unwrap();
            spool.begin(now).unwrap().bytes
        };
        for (before, now, bytes) in [
            (file(10, "v1"), file(10, "v1"), 3),
            (file(10, "v1"), file(10, "v2"), 0),
            (file(10, "v1"), file(11, "v1"), 0),
            (file(10, ""), file(10, ""), 0),
            (file(3, "v1"), file(3, "v1"), 0),
        ] {
            kept(&folder, &before, b"abc");
            assert_eq!(begins_at(&now), bytes, "{before:?} {now:?}");
            assert!(!folder.exists(), "it is done with");
        }
    }

    #[test]
    fn what_was_gone_on_with_is_removed_with_the_rest() {
        let out = tempfile::tempdir().unwrap();
        let (folder, file) = (out.path().join(".spool-f"), file(4, "v"));
        let mut spool = Spool::open(folder.clone(), &[&file], None).unwrap();
        let mut spooled = spool.begin(&file).unwrap();
        spool.add(&mut spooled, b"ab").unwrap();
        spool.keep(&spooled);
        let mut spooled = spool.begin(&file).unwrap();
        spool.add(&mut spooled, b"cd").unwrap();
        assert_eq!(fs::read(spooled.whole(&file).unwrap()).unwrap(), b"abcd");
        drop(spool);
        assert!(!folder.exists());
    }

    #[test]
    fn what_a_killed_process_left_is_not_believed() {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().join(".spool-f");
        crate::files::new_folder(&folder).unwrap();
        fs::write(folder.join("1"), "whole?").unwrap();
        let mut spool = Spool::open(folder.clone(), &[&file(6, "v")], None).unwrap();
        assert_eq!(spool.begin(&file(6, "v")).unwrap().bytes, 0);
    }

    #[test]
    fn it_is_bounded_before_and_while_it_fills() {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().join(".spool-f");
        let cause = Spool::open(folder.clone(), &[&file(10, ""), &file(11, "")], Some(20)).unwrap_err();
        assert_eq!((cause.code(), cause.status()), (Code::SpoolFull, 7));
        let mut spool = Spool::open(folder, &[], Some(4)).unwrap();
        let mut spooled = spool.begin(&RemoteFile { bytes: None, ..file(0, "") }).unwrap();
        spool.add(&mut spooled, b"abcd").unwrap();
        assert_eq!(spool.add(&mut spooled, b"e").unwrap_err().code(), Code::SpoolFull);
        assert!(room(Path::new("/")).unwrap() > 0);
    }

    #[test]
    fn what_others_may_write_to_is_not_used() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().join(".spool-f");
        crate::files::new_folder(&out.path().join("elsewhere")).unwrap();
        fs::write(out.path().join("elsewhere/1"), "not ours").unwrap();
        symlink("elsewhere", &folder).unwrap();
        let refused = || Spool::open(folder.clone(), &[], None).unwrap_err();
        assert_eq!((refused().code(), refused().status()), (Code::NoPermission, 7));
        assert!(out.path().join("elsewhere/1").exists());
        fs::remove_file(&folder).unwrap();
        crate::files::new_folder(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(refused().code(), Code::NoPermission);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        drop(Spool::open(folder.clone(), &[], None).unwrap());
    }

    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let out = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(out.path().join(".spool-f"), &[], None).unwrap();
        let whole = spool.begin(&file(1, "")).unwrap().whole(&file(1, "")).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&spool.folder), mode(&whole)), (0o700, 0o600));
        assert_eq!(whole, spool.folder.join("1"));
    }
}
