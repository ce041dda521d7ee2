//! The members of a zip archive (PKWARE APPNOTE): which there are, and whether the archive is what it
//! seems to be. Members are read as streams; their names are data and never a path.

// rawzip and not zip: it shows every entry as it stands (zip merges repeated names), extracts nothing and
// depends on nothing.
use super::{
    bounds::check_ratio,
    zip_end::{self, Found},
};
use crate::{
    canonical::time::Changed,
    error::{Code, Error, Place, Result, excerpt, printable},
    feed::Unpack,
};
use jiff::{Timestamp, civil::Date};
use rawzip::{
    CompressionMethod, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipFileHeaderRecord, time::ZipDateTimeKind,
};
use std::{
    fs::File,
    io::{self, Read},
};

/// What may lie behind a member's data: its sizes and checksum once more, with the long sizes.
const DESCRIPTOR: u64 = 24;
/// The bits of a Unix mode that say what kind of file it is, and what they say of most files.
const KIND: u32 = 0o17_0000;
const REGULAR: u32 = 0o10_0000;
/// What `zip` notes where it packed the output of another command.
const PIPE: u32 = 0o1_0000;
/// Longer names are no names.
const LONGEST_NAME: usize = 1024;

/// A member that is a file.
#[derive(Debug, Clone)]
pub(in crate::source) struct Member {
    /// Its name in the archive, for people only.
    pub name: String,
    /// When it was last changed: at the moment of its extra fields, or else on the day that the archive notes.
    pub changed: Changed,
    /// Kept as it is, not deflated.
    pub stored: bool,
    /// Where its packed bytes begin in the archive …
    pub begins: u64,
    /// … and end.
    ends: u64,
    header: u64,
    size: u64,
    crc: u32,
}

impl Member {
    /// Length of its packed bytes.
    pub fn packed(&self) -> u64 {
        self.ends - self.begins
    }
}

/// All files of the archive, in its order, after everything that can be known without unpacking was
/// checked. `name` is the archive's in messages.
pub(in crate::source) fn members(
    file: File,
    name: &str,
    length: u64,
    limits: &Unpack,
) -> Result<Vec<Member>> {
    let shown = printable(name);
    let unreadable = |cause: io::Error| {
        Error::new(Code::FileUnreadable, format!("cannot read {shown}: {cause}"))
            .with_hint("check the disk, then run again")
            .about(Place::file(name))
            .because(cause)
    };
    let broken = |cause: rawzip::Error| match cause.into_kind() {
        rawzip::ErrorKind::IO(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => unreadable(cause),
        cause => {
            let what = format!("the zip archive is damaged: {}", printable(&format!("{cause:?}")));
            Error::new(Code::ArchiveDamaged, what).at(Place::file(name))
        }
    };
    let same = file.try_clone().map_err(unreadable)?;
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(broken)?;
    if archive.end_offset() != length {
        return Err(Error::new(Code::ArchiveDamaged, "bytes follow the zip archive").at(Place::file(name)));
    }
    let mut found: Vec<Member> = Vec::new();
    let mut entries = archive.entries(&mut buffer);
    let mut count = 0;
    // As much as a name and its extra fields can be long.
    let mut local = vec![0; 2 * usize::from(u16::MAX)];
    // Folders hold nothing, but take part in what must not overlap.
    let mut folders = Vec::new();
    while let Some(entry) = entries.next_entry().map_err(broken)? {
        count += 1;
        if count > limits.members {
            return Err(Error::limit(
                "max_members",
                format!("the zip archive has more than {} members", limits.members),
            )
            .at(Place::file(name)));
        }
        let member = judge(&shown, &entry)?;
        let there = archive.get_entry(entry.wayfinder()).map_err(broken)?;
        let own = there.local_header(&mut local).map_err(broken)?;
        if own.file_path().as_bytes() != entry.file_path().as_bytes() {
            return Err(renamed(name, &member));
        }
        let (begins, ends) = there.compressed_data_range();
        let member = Member { begins, ends, ..member };
        if entry.is_dir() { folders.push(member) } else { found.push(member) }
    }
    let there = Found { end: archive.eocd_offset(), directory: archive.directory_offset(), members: count };
    if let Some(what) = zip_end::differs(&same, &there).map_err(unreadable)? {
        return Err(Error::new(Code::ArchiveRefused, format!("the zip archive is not what it says: {what}"))
            .at(Place::file(name))
            .with_hint("the archive is damaged or a part of a larger one: ask the sender for another one"));
    }
    // No member may hold more than it declares, so nothing needs to be unpacked to know the sum.
    let total = found.iter().fold(0u64, |sum, member| sum.saturating_add(member.size));
    check_ratio(&shown, total, length, limits)?;
    no_overlap(&shown, &found, &folders, archive.directory_offset())?;
    no_repeat(&shown, &found)?;
    Ok(found)
}

/// The refusal of a member that is not what the directory says.
fn renamed(archive: &str, member: &Member) -> Error {
    let shown = excerpt(&member.name);
    Error::new(Code::ArchiveRefused, format!("its member \"{shown}\" is called otherwise at its own place"))
        .at(Place::file(archive))
        .with_hint("the archive is damaged or made to look like another one: ask the sender for another one")
}

/// A moment where an extra field says one; the day of the DOS date otherwise, which is in no zone.
fn changed(entry: &ZipFileHeaderRecord<'_>) -> Changed {
    match entry.last_modified() {
        ZipDateTimeKind::Utc(moment) => {
            Timestamp::from_second(moment.to_unix()).map_or(Changed::Unknown, Changed::At)
        }
        // The library takes a date that is missing for the first of 1980.
        ZipDateTimeKind::Local(_) if entry.last_modified_dos().packed_date() == 0 => Changed::Unknown,
        ZipDateTimeKind::Local(local) => {
            let [month, day] = [local.month(), local.day()].map(|n| i8::try_from(n).unwrap_or_default());
            let year = i16::try_from(local.year()).unwrap_or_default();
            Date::new(year, month, day).map_or(Changed::Unknown, Changed::On)
        }
    }
}

/// Refuses what a member must not be.
fn judge(archive: &str, entry: &ZipFileHeaderRecord<'_>) -> Result<Member> {
    let path = entry.file_path();
    let name = match std::str::from_utf8(path.as_bytes()) {
        Ok(name) => name.to_owned(),
        // An old code page, which the archive does not name.
        Err(_) => path.as_bytes().escape_ascii().to_string(),
    };
    let shown = excerpt(&name);
    let refused = |what: &str| {
        Error::new(Code::ArchiveRefused, format!("its member \"{shown}\" {what}")).at(Place::file(archive))
    };
    if let Some(what) = absurd(&name) {
        return Err(refused(what));
    }
    if entry.flags().is_encrypted() {
        return Err(
            refused("is encrypted").with_hint("decrypt it first: tieout takes no passwords for archives")
        );
    }
    if entry.is_dir() {
        if entry.uncompressed_size_hint() > 0 {
            return Err(refused("is a folder that holds data"));
        }
    } else if entry.mode().is_symlink() {
        return Err(refused("is a symbolic link"));
    } else if !matches!(entry.mode().value() & KIND, 0 | REGULAR | PIPE) {
        return Err(refused("is no regular file"));
    }
    let method = entry.compression_method();
    if method != CompressionMethod::STORE && method != CompressionMethod::DEFLATE {
        let called = method.name().unwrap_or("unknown");
        return Err(refused(&format!(
            "is packed by a method that is not supported ({called}, number {})",
            method.as_u16()
        )));
    }
    Ok(Member {
        name,
        changed: changed(entry),
        stored: method == CompressionMethod::STORE,
        begins: 0,
        ends: 0,
        header: entry.local_header_offset(),
        size: entry.uncompressed_size_hint(),
        crc: entry.crc32(),
    })
}

/// Names are never used as paths, but who sends such names means no good.
fn absurd(name: &str) -> Option<&'static str> {
    let drive = |name: &str| matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if name.is_empty() {
        Some("has an empty name")
    } else if name.len() > LONGEST_NAME {
        Some("has a name of more than 1024 bytes")
    } else if name.chars().any(char::is_control) {
        Some("has control characters in its name")
    } else if name.starts_with(['/', '\\']) || drive(name) {
        Some("has an absolute path for a name")
    } else if name.split(['/', '\\']).any(|part| part == "..") {
        Some("has `..` in its name")
    } else {
        None
    }
}

/// Every byte before the directory belongs to one member, and to one only.
fn no_overlap(archive: &str, files: &[Member], folders: &[Member], directory: u64) -> Result<()> {
    let mut places: Vec<(u64, u64)> =
        files.iter().chain(folders).map(|member| (member.header, member.ends)).collect();
    places.sort_unstable();
    places.push((directory, directory));
    let mut end = 0;
    for (header, ends) in places {
        if header < end {
            return Err(Error::new(
                Code::ArchiveRefused,
                format!("members of the zip archive overlap at byte {header}"),
            )
            .at(Place::file(archive))
            .with_hint("the archive was made to look smaller than it is: ask the sender for another one"));
        }
        // The first member begins the file.
        if header - end > if end == 0 { 0 } else { DESCRIPTOR } {
            return Err(Error::new(
                Code::ArchiveRefused,
                format!(
                    "bytes {end} to {header} of the zip archive belong to no member that its directory lists"
                ),
            )
            .at(Place::file(archive))
            .with_hint("the archive is damaged or hides a file: ask the sender for another one"));
        }
        end = ends;
    }
    Ok(())
}

fn no_repeat(archive: &str, members: &[Member]) -> Result<()> {
    let mut names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::new(
            Code::ArchiveRefused,
            format!("two members of the zip archive are called \"{}\"", excerpt(pair[0])),
        )
        .at(Place::file(archive))),
        None => Ok(()),
    }
}

/// A member's unpacked bytes, which must be as many as declared, with the declared checksum, from all of
/// its packed bytes.
pub(super) struct Checked<R, F> {
    input: R,
    /// How many packed bytes were taken so far.
    taken: F,
    crc: flate2::Crc,
    unpacked: u64,
    declared: (u64, u32),
    packed: u64,
}

impl<R: Read, F: Fn(&R) -> u64> Checked<R, F> {
    pub fn new(input: R, member: &Member, taken: F) -> Self {
        let (declared, packed) = ((member.size, member.crc), member.packed());
        Self { input, taken, crc: flate2::Crc::new(), unpacked: 0, declared, packed }
    }
}

impl<R: Read, F: Fn(&R) -> u64> Read for Checked<R, F> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let wrong = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        let n = self.input.read(buf)?;
        self.crc.update(&buf[..n]);
        self.unpacked += n as u64;
        let (size, crc) = self.declared;
        if self.unpacked > size {
            return wrong("it holds more than the archive declares");
        }
        if n > 0 || buf.is_empty() {
            return Ok(n);
        }
        if self.unpacked < size {
            return wrong("it holds less than the archive declares");
        }
        if self.crc.sum() != crc {
            return wrong("its checksum is wrong");
        }
        if (self.taken)(&self.input) != self.packed {
            return wrong("bytes follow its data");
        }
        Ok(0)
    }
}
