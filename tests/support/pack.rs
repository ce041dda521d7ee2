//! Packs bytes in memory: gzip, zstd, and zip archives of any kind, honest or not.

use flate2::{Compression, Crc, write};
use std::io::Write;

/// One gzip member.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// One zstd frame with a checksum, of stored and run-length blocks.
pub fn zstd(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A skippable zstd frame.
pub fn zstd_skippable(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a short frame");
    [&[0x53, 0x2a, 0x4d, 0x18], &length.to_le_bytes()[..], content].concat()
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = write::DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// An entry of a zip archive; every field can be made to lie.
#[derive(Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    pub packed: Vec<u8>,
    pub size: u32,
    pub crc: u32,
    pub method: u16,
    pub flags: u16,
    /// The Unix mode; 0: none.
    pub mode: u32,
}

impl Entry {
    pub fn new(name: impl AsRef<[u8]>, content: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(content);
        Self {
            name: name.as_ref().to_vec(),
            packed: deflate(content),
            size: u32::try_from(content.len()).expect("a small member"),
            crc: crc.sum(),
            method: 8,
            flags: 0,
            mode: 0o10_0644,
        }
    }

    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self { packed: content.to_vec(), method: 0, ..Self::new(name, content) }
    }

    pub fn folder(name: &str) -> Self {
        Self { mode: 0o4_0755, ..Self::stored(name, b"") }
    }

    /// The header before the data.
    fn header(&self) -> Vec<u8> {
        let mut out = b"PK\x03\x04".to_vec();
        out.extend(20u16.to_le_bytes());
        self.shared(&mut out);
        out.extend(&self.name);
        out
    }

    fn local(&self) -> Vec<u8> {
        [self.header(), self.packed.clone()].concat()
    }

    fn shared(&self, out: &mut Vec<u8>) {
        let length = |n: usize| u32::try_from(n).expect("a small member").to_le_bytes();
        out.extend(self.flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        out.extend([0, 0, 0x21, 0]);
        out.extend(self.crc.to_le_bytes());
        out.extend(length(self.packed.len()));
        out.extend(self.size.to_le_bytes());
        out.extend(u16::try_from(self.name.len()).expect("a short name").to_le_bytes());
        out.extend([0, 0]);
    }

    fn central(&self, offset: usize) -> Vec<u8> {
        let mut out = b"PK\x01\x02".to_vec();
        out.extend(0x0314_u16.to_le_bytes());
        out.extend(20u16.to_le_bytes());
        self.shared(&mut out);
        out.extend([0; 6]);
        out.extend((self.mode << 16).to_le_bytes());
        out.extend(u32::try_from(offset).expect("a small archive").to_le_bytes());
        out.extend(&self.name);
        out
    }
}

/// An archive of these entries.
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        directory.push(entry.central(body.len()));
        body.extend(entry.local());
    }
    finish(body, &directory)
}

/// An archive whose directory has another name for its member.
pub fn renamed(entry: &Entry, name: &str) -> Vec<u8> {
    let other = Entry { name: name.into(), ..entry.clone() };
    finish(entry.local(), &[other.central(0)])
}

/// An archive whose members all use the first one's data: each one's own begins with the headers of those after it.
pub fn overlapping(entries: &[Entry]) -> Vec<u8> {
    let headers: Vec<Vec<u8>> = entries.iter().map(Entry::header).collect();
    let body = [headers.concat(), entries[0].packed.clone()].concat();
    let mut directory = Vec::new();
    let mut at = 0;
    for (entry, header) in entries.iter().zip(&headers) {
        let begins = at + header.len();
        directory.push(Entry { packed: body[begins..].to_vec(), ..entry.clone() }.central(at));
        at = begins;
    }
    finish(body, &directory)
}

/// An archive that lists only some of what lies in it.
pub fn hiding(hidden: &Entry, shown: &Entry) -> Vec<u8> {
    let mut body = shown.local();
    let directory = [shown.central(0)];
    body.extend(hidden.local());
    finish(body, &directory)
}

/// An archive with the long records of zip64 at its end, of which `edit` gets the last 98 bytes: the long record of 56,
/// where it is (20), and the short one of 22.
pub fn zip64(entries: &[Entry], edit: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut archive = zip(entries);
    let short = archive.split_off(archive.len() - 22);
    let number = |at: usize, bytes: usize| {
        u64::from_le_bytes(
            [&short[at..at + bytes], &vec![0; 8 - bytes]].concat().try_into().expect("8 bytes"),
        )
    };
    let begins = archive.len() as u64;
    archive.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
    for number in [number(8, 2), number(10, 2), number(12, 4), number(16, 4)] {
        archive.extend(number.to_le_bytes());
    }
    archive.extend(b"PK\x06\x07\0\0\0\0");
    archive.extend(begins.to_le_bytes());
    archive.extend(b"\x01\0\0\0PK\x05\x06\0\0\0\0");
    archive.extend([0xff; 12]);
    archive.extend([0, 0]);
    let end = archive.len() - 98;
    edit(&mut archive[end..]);
    archive
}

fn finish(mut body: Vec<u8>, directory: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(directory.len()).expect("few members").to_le_bytes();
    let begins = u32::try_from(body.len()).expect("a small archive").to_le_bytes();
    let all = directory.concat();
    body.extend(&all);
    body.extend(b"PK\x05\x06\0\0\0\0");
    body.extend(count);
    body.extend(count);
    body.extend(u32::try_from(all.len()).expect("a small directory").to_le_bytes());
    body.extend(begins);
    body.extend([0, 0]);
    body
}
