//! One document to reconcile: a plain file, a compressed one, or one member of a zip archive; its digest,
//! and how it is opened.

#[cfg(test)]
mod tests;

use super::{
    listed::is_companion,
    unpack::{self, Member, Packing},
};
use crate::{
    canonical::time::Changed,
    error::{Code, Error, Place, Result, printable},
    feed::{Unpack, pattern},
    model::{PassedOver, checksum::hex},
    stop::Flag,
};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// A document to reconcile.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Where it, or the archive that holds it, lies.
    pub path: PathBuf,
    /// What outputs and messages call it; of a member `archive.zip/name`.
    pub name: String,
    /// SHA-256 in hex: of the file as it lies on disk, or of a member's unpacked bytes, since the same
    /// member may come again in another archive. Of a file that is not packed it is empty until
    /// [`Self::digested`] took it.
    pub sha256: String,
    /// Length of what the digest covers.
    pub bytes: u64,
    /// Length of the document, unpacked.
    pub unpacked: u64,
    /// When the document was last changed: of a member what its archive says, else the file on disk.
    pub changed: Changed,
    /// Length of the file on disk.
    length: u64,
    modified: Option<SystemTime>,
    packing: Packing,
    member: Option<Member>,
    limits: Unpack,
}

impl InputFile {
    /// Opens the document for reading, as often as it is asked to.
    ///
    /// # Errors
    /// `Refused` where it cannot be read. Errors of the reader may carry a refusal ([`Error::from_io`]).
    pub fn open(&self) -> Result<Box<dyn Read + Send>> {
        let failed = |cause: io::Error| unreadable(&self.path, cause);
        let mut file = File::open(&self.path).map_err(failed)?;
        let Some(member) = &self.member else {
            return Ok(unpack::document(self.packing, file, &self.name, self.length, &self.limits));
        };
        file.seek(SeekFrom::Start(member.begins)).map_err(failed)?;
        Ok(unpack::member(file, member, &self.name, &self.limits))
    }

    /// The digest; of a file that is not packed it is taken now, which reads it once more.
    ///
    /// # Errors
    /// `Refused` where it cannot be read, `Fetch` where it grew or shrank meanwhile.
    pub fn digest(&self, stop: &Flag) -> Result<String> {
        if self.packing != Packing::Plain {
            return Ok(self.sha256.clone());
        }
        let file = File::open(&self.path).map_err(|cause| unreadable(&self.path, cause))?;
        let mut content = Digested { input: file, digest: Sha256::new(), bytes: 0 };
        let bytes = read_all(&mut content, &self.path, stop)?;
        if bytes == self.length || stop.is_set() {
            return Ok(hex(&content.digest.finalize()));
        }
        Err(self.changed())
    }

    /// The same with its digest.
    ///
    /// # Errors
    /// As [`Self::digest`].
    pub fn digested(self, stop: &Flag) -> Result<Self> {
        let sha256 = self.digest(stop)?;
        Ok(Self { sha256, ..self })
    }

    /// Checks that it is still the file whose digest was taken, after `unpacked` bytes of it were read.
    ///
    /// # Errors
    /// `Fetch` where it grew or was replaced meanwhile.
    pub fn unchanged(&self, unpacked: u64) -> Result<()> {
        let now = fs::metadata(&self.path).map_err(|cause| unreadable(&self.path, cause))?;
        if unpacked == self.unpacked && now.len() == self.length && now.modified().ok() == self.modified {
            return Ok(());
        }
        Err(self.changed())
    }

    fn changed(&self) -> Error {
        let place = Place::file(&self.name);
        let what = format!("{place} changed while it was read: it is still being written");
        Error::new(Code::StillWritten, what).about(place)
    }
}

/// The documents of a file that a source delivered, with their digests.
///
/// # Errors
/// `Refused` where it cannot be read.
pub fn delivered(
    path: &Path,
    name: &str,
    limits: &Unpack,
    stop: &Flag,
    passed_over: &mut Vec<PassedOver>,
) -> Result<Vec<InputFile>> {
    let documents = describe(path, name, limits, stop, passed_over)?;
    documents.into_iter().map(|file| file.digested(stop)).collect()
}

/// The documents in a file: one, or as many as a zip archive has members. What is packed is read to its end
/// once, so that a damaged one is refused before anything is done. `shown` is what outputs call the file.
/// Members that the feed does not want are passed over.
pub(super) fn describe(
    path: &Path,
    shown: &str,
    limits: &Unpack,
    stop: &Flag,
    passed_over: &mut Vec<PassedOver>,
) -> Result<Vec<InputFile>> {
    let failed = |cause: io::Error| unreadable(path, cause);
    let mut file = File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if meta.is_dir() {
        let place = Place::file(&path.display().to_string());
        return Err(Error::new(Code::FileIsFolder, format!("{place} is a folder")).about(place));
    }
    let mut head = Vec::new();
    file.by_ref().take(Packing::HEAD as u64).read_to_end(&mut head).map_err(failed)?;
    file.rewind().map_err(failed)?;
    let modified = meta.modified().ok();
    let whole = InputFile {
        path: path.to_owned(),
        name: shown.to_owned(),
        sha256: String::new(),
        bytes: meta.len(),
        unpacked: meta.len(),
        changed: modified.map(moment).unwrap_or_default(),
        length: meta.len(),
        modified,
        packing: Packing::of(&head),
        member: None,
        limits: limits.clone(),
    };
    match whole.packing {
        Packing::Plain => Ok(vec![whole]),
        Packing::Gzip | Packing::Zstd => unpacked(whole, file, stop).map(|file| vec![file]),
        Packing::Zip => archive(&whole, file, stop, passed_over),
    }
}

/// Takes the digest of a packed file as it lies on disk, and the length of the document in it.
fn unpacked(whole: InputFile, file: File, stop: &Flag) -> Result<InputFile> {
    let mut packed = Digested { input: file, digest: Sha256::new(), bytes: 0 };
    let mut document = unpack::document(whole.packing, &mut packed, &whole.name, whole.length, &whole.limits);
    let unpacked = read_all(&mut document, &whole.path, stop)?;
    drop(document);
    Ok(InputFile { sha256: hex(&packed.digest.finalize()), bytes: packed.bytes, unpacked, ..whole })
}

/// The members of the archive that the feed wants.
fn archive(
    whole: &InputFile,
    file: File,
    stop: &Flag,
    passed_over: &mut Vec<PassedOver>,
) -> Result<Vec<InputFile>> {
    let InputFile { name, limits, length, .. } = whole;
    let found = unpack::members(file, name, *length, limits)?;
    if found.is_empty() {
        return Err(Error::new(Code::ArchiveEmpty, "the zip archive holds no file").at(Place::file(name)));
    }
    refuse_office(name, &found)?;
    let mut documents = Vec::new();
    for member in found {
        let name = format!("{name}/{}", member.name);
        if let Some(reason) = unwanted(limits, &member.name) {
            tracing::info!("{}: skipped, by {reason}", printable(&name));
            PassedOver::add(passed_over, reason, &name);
            continue;
        }
        let changed = member.changed;
        let document = InputFile { name, changed, member: Some(member), ..whole.clone() };
        let mut content = Digested { input: document.open()?, digest: Sha256::new(), bytes: 0 };
        read_all(&mut content, &document.path, stop)?;
        let (bytes, sha256) = (content.bytes, hex(&content.digest.finalize()));
        documents.push(InputFile { sha256, bytes, unpacked: bytes, ..document });
    }
    if documents.is_empty() {
        return Err(Error::new(Code::NoMemberMatches, "no member of the zip archive matches [xml] members")
            .at(Place::file(name)));
    }
    Ok(documents)
}

/// A workbook or a text is a zip archive of XML too (ECMA-376), but its parts are no data files.
fn refuse_office(name: &str, found: &[unpack::Member]) -> Result<()> {
    if !found.iter().any(|member| member.name == "[Content_Types].xml") {
        return Ok(());
    }
    let has = |folder: &str| found.iter().any(|member| member.name.starts_with(folder));
    let (kind, hint) = if has("xl/") {
        ("an Excel workbook (.xlsx)", "ask the sender for the XML that it was made from; no sheet is read")
    } else if has("word/") {
        ("a Word document (.docx)", "ask the sender for the data as XML")
    } else {
        ("an Office document (OOXML)", "ask the sender for the data as XML")
    };
    Err(Error::new(Code::NotXml, format!("this is {kind}, not XML data"))
        .with_hint(hint)
        .at(Place::file(name)))
}

/// Why the feed does not want a member; `None`: it does. A pattern without `/` looks at its name without folders.
fn unwanted(limits: &Unpack, member: &str) -> Option<&'static str> {
    let base = member.rsplit(['/', '\\']).next().unwrap_or(member);
    let Some(pattern) = &limits.wanted else {
        let alone = is_companion(base) || member.split(['/', '\\']).any(|folder| folder == "__MACOSX");
        return alone.then_some(PassedOver::COMPANION);
    };
    let fits = pattern::matches(pattern, if pattern.contains('/') { member } else { base });
    (!fits).then_some(PassedOver::MEMBERS)
}

/// The digest of a file as it lies on disk, in hex; of what was read of it where a signal came.
///
/// # Errors
/// `Refused` where it cannot be read.
pub fn digest_of(path: &Path, stop: &Flag) -> Result<String> {
    let file = File::open(path).map_err(|cause| unreadable(path, cause))?;
    let mut content = Digested { input: file, digest: Sha256::new(), bytes: 0 };
    read_all(&mut content, path, stop)?;
    Ok(hex(&content.digest.finalize()))
}

/// Reads to the end, or until a signal came: then the run stops before it believes anything.
fn read_all(input: &mut impl Read, path: &Path, stop: &Flag) -> Result<u64> {
    let mut block = vec![0; 1 << 18];
    let mut bytes = 0;
    while !stop.is_set() {
        match input.read(&mut block) {
            Ok(0) => break,
            Ok(n) => bytes += n as u64,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(Error::from_io(cause).unwrap_or_else(|cause| unreadable(path, cause))),
        }
    }
    Ok(bytes)
}

/// Takes the digest of what is read through it.
struct Digested<R> {
    input: R,
    digest: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buf)?;
        self.digest.update(&buf[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

fn moment(time: SystemTime) -> Changed {
    jiff::Timestamp::try_from(time).map_or(Changed::Unknown, Changed::At)
}

fn unreadable(path: &Path, cause: io::Error) -> Error {
    let place = Place::file(&path.display().to_string());
    let what = format!("cannot read {place}: {cause}");
    Error::new(Code::FileUnreadable, what).about(place).because(cause)
}
