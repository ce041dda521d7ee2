//! The records at the end of a zip archive (PKWARE APPNOTE 4.3.14 to 4.3.16): what they say must be what is there,
//! since each reader of archives believes another of them.

use std::{fs::File, io, os::unix::fs::FileExt};

/// Lengths of the end record, of the long one, and of what tells where the long one is.
const SHORT: usize = 22;
const LONG: usize = 56;
const LOCATOR: usize = 20;

/// What is there.
pub(super) struct Found {
    /// Where the end record begins.
    pub end: u64,
    /// Where the directory begins.
    pub directory: u64,
    /// Members that it lists.
    pub members: u64,
}

/// What a record says.
struct Said {
    disk: u64,
    directory_disk: u64,
    members_here: u64,
    members: u64,
    size: u64,
    offset: u64,
}

impl Said {
    /// Where its numbers lie in the record, and how long they are, in the order of the fields.
    fn read(record: &[u8], places: [(usize, usize); 6]) -> Self {
        let [disk, directory_disk, members_here, members, size, offset] =
            places.map(|(at, length)| number(record, at, length));
        Self { disk, directory_disk, members_here, members, size, offset }
    }
}

/// Says how the records differ from what is there, if they do.
pub(super) fn differs(file: &File, found: &Found) -> io::Result<Option<String>> {
    let mut record = [0; SHORT];
    file.read_exact_at(&mut record, found.end)?;
    let short = Said::read(&record, [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4)]);
    let Some(locator) = locator(file, found.end)? else {
        return Ok(difference(&short, found, found.end));
    };
    let (disk, at, disks) = (number(&locator, 4, 4), number(&locator, 8, 8), number(&locator, 16, 4));
    if disk != 0 || disks > 1 {
        return Ok(Some(format!("it is said to lie on {disks} disks")));
    }
    let mut record = [0; LONG];
    let ends = (found.end - LOCATOR as u64).checked_sub(at).filter(|length| *length >= LONG as u64);
    let Some(length) = ends else {
        return Ok(Some(format!("its long end record is said to be at byte {at}")));
    };
    file.read_exact_at(&mut record, at)?;
    // Its length does not count what stands before it.
    if !record.starts_with(b"PK\x06\x06") || number(&record, 4, 8) != length - 12 {
        return Ok(Some(format!("its long end record is not the one at byte {at}")));
    }
    let long = Said::read(&record, [(16, 4), (20, 4), (24, 8), (32, 8), (40, 8), (48, 8)]);
    Ok(difference(&long, found, at).or_else(|| contradiction(&short, &long)))
}

fn difference(said: &Said, found: &Found, end: u64) -> Option<String> {
    [
        ("the number of its disk", said.disk, 0),
        ("the disk of its directory", said.directory_disk, 0),
        ("the number of its members on this disk", said.members_here, found.members),
        ("the number of its members", said.members, found.members),
        ("where its directory begins", said.offset, found.directory),
        ("the length of its directory", said.size, end - found.directory),
    ]
    .into_iter()
    .find(|(_, said, there)| said != there)
    .map(|(what, said, there)| format!("its end record says of {what} {said}, and it is {there}"))
}

/// A short record says the same as the long one, or nothing: all bits are set.
fn contradiction(short: &Said, long: &Said) -> Option<String> {
    [
        (short.disk, long.disk, 0xffff),
        (short.directory_disk, long.directory_disk, 0xffff),
        (short.members_here, long.members_here, 0xffff),
        (short.members, long.members, 0xffff),
        (short.size, long.size, 0xffff_ffff),
        (short.offset, long.offset, 0xffff_ffff),
    ]
    .into_iter()
    .any(|(short, long, nothing)| short != long && short != nothing)
    .then(|| "its two end records contradict each other".to_owned())
}

/// What stands right before the end record of a long archive.
fn locator(file: &File, end: u64) -> io::Result<Option<[u8; LOCATOR]>> {
    let Some(at) = end.checked_sub(LOCATOR as u64) else { return Ok(None) };
    let mut locator = [0; LOCATOR];
    file.read_exact_at(&mut locator, at)?;
    Ok(locator.starts_with(b"PK\x06\x07").then_some(locator))
}

/// The number of that many bytes, least one first.
fn number(record: &[u8], at: usize, bytes: usize) -> u64 {
    record[at..at + bytes].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
