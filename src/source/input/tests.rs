//! Files and archives, whole, cut and changed.

use super::*;
use crate::error::ErrorKind;
use flate2::{Compression, write::GzEncoder};
use rawzip::{CompressionMethod, ZipArchiveWriter};
use std::{fs::OpenOptions, io::Write, time::Duration};

const XML: &[u8] = b"<d><r k='1'/></d>";

fn limits() -> Unpack {
    Unpack::default()
}

fn describe(path: &Path, limits: &Unpack) -> Result<Vec<InputFile>> {
    super::describe(path, "x", limits, &Flag::default(), &mut Vec::new())
}

fn gzip() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(XML).unwrap();
    encoder.finish().unwrap()
}

/// As programs write it that do not know the sizes beforehand: with a descriptor behind the data.
fn zip(names: &[&str]) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for name in names {
        let (mut entry, config) =
            archive.new_file(*name).compression_method(CompressionMethod::STORE).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(XML).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap()
}

fn content(file: &InputFile) -> Vec<u8> {
    let mut content = Vec::new();
    file.open().unwrap().read_to_end(&mut content).unwrap();
    content
}

#[test]
fn a_document_can_be_opened_twice_until_its_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("plain", XML.to_vec()), ("gzip", gzip()), ("zip", zip(&["a", "b"]))] {
        let path = folder.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let files = describe(&path, &limits()).unwrap();
        let file = files.last().unwrap();
        assert_eq!((content(file), content(file)), (XML.to_vec(), XML.to_vec()), "{name}");
        assert_eq!(file.unpacked, XML.len() as u64);
        assert!(file.unchanged(file.unpacked).is_ok());
        assert!(file.unchanged(file.unpacked + 1).is_err(), "{name}: more was read");
        let on_disk = OpenOptions::new().append(true).open(&path).unwrap();
        let later = file.modified.unwrap() + Duration::from_secs(2);
        on_disk.set_modified(later).unwrap();
        assert!(file.unchanged(file.unpacked).is_err(), "{name}: another time");
        on_disk.set_modified(file.modified.unwrap()).unwrap();
        assert!(file.unchanged(file.unpacked).is_ok(), "{name}: the same time again");
        (&on_disk).write_all(b" ").unwrap();
        on_disk.set_modified(file.modified.unwrap()).unwrap();
        assert!(file.unchanged(file.unpacked).is_err(), "{name}: another length");
    }
}

/// An archive whose member was changed at this DOS date and time, with these extra fields.
fn dated(packed: u32, extra: &[u8]) -> Vec<u8> {
    let mut archive = zip(&["a"]);
    let central = archive.windows(4).position(|magic| magic == b"PK\x01\x02").unwrap();
    archive[central + 12..central + 16].copy_from_slice(&packed.to_le_bytes());
    let length = u16::try_from(extra.len()).unwrap();
    assert_eq!(archive[central + 30..central + 32], [0, 0]);
    archive[central + 30..central + 32].copy_from_slice(&length.to_le_bytes());
    let name = central + 46 + 1;
    archive.splice(name..name, extra.iter().copied());
    let end = archive.windows(4).rposition(|magic| magic == b"PK\x05\x06").unwrap();
    let size = u32::from_le_bytes(archive[end + 12..end + 16].try_into().unwrap());
    archive[end + 12..end + 16].copy_from_slice(&(size + u32::from(length)).to_le_bytes());
    archive
}

#[test]
fn a_member_has_its_own_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let zurich = jiff::tz::TimeZone::get("Europe/Zurich").unwrap();
    // 2024-02-29 13:45:56, and the extended timestamp 2024-03-01T23:30:00Z.
    let dos = ((44 << 9) + (2 << 5) + 29) << 16 | ((13 << 11) + (45 << 5) + 28);
    let moment: jiff::Timestamp = "2024-03-01T23:30:00Z".parse().unwrap();
    let seconds = u32::try_from(moment.as_second()).unwrap().to_le_bytes();
    let extended = [&[0x55, 0x54, 5, 0, 1][..], &seconds].concat();
    for (packed, extra, utc, local) in [
        (dos, &[][..], "2024-02-29", "2024-02-29"),
        (dos, &extended, "2024-03-01", "2024-03-02"),
        (0, &[], "", ""),
        (0, &extended, "2024-03-01", "2024-03-02"),
    ] {
        fs::write(&path, dated(packed, extra)).unwrap();
        let files = describe(&path, &limits()).unwrap();
        assert_eq!(files[0].changed.day(None), utc, "{packed} {extra:?}");
        assert_eq!(files[0].changed.day(Some(&zurich)), local, "{packed} {extra:?}");
    }
    let packed = folder.path().join("a.gz");
    fs::write(&packed, gzip()).unwrap();
    OpenOptions::new().append(true).open(&packed).unwrap().set_modified(moment.into()).unwrap();
    assert_eq!(describe(&packed, &limits()).unwrap()[0].changed, Changed::At(moment));
}

#[test]
fn office_documents_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    for (part, expected) in [
        ("xl/worksheets/sheet1.xml", "Excel workbook"),
        ("word/document.xml", "Word document"),
        ("ppt/slides/slide1.xml", "Office document"),
    ] {
        fs::write(&path, zip(&["[Content_Types].xml", part])).unwrap();
        let error = describe(&path, &limits()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains(expected) && !error.hint().is_empty(), "{error}");
    }
}

#[test]
fn no_prefix_of_an_archive_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let archive = zip(&["a", "b"]);
    for length in Packing::HEAD..archive.len() {
        fs::write(&path, &archive[..length]).unwrap();
        assert!(
            matches!(describe(&path, &limits()), Err(error) if error.kind() == ErrorKind::Refused),
            "{length}"
        );
    }
    fs::write(&path, &archive).unwrap();
    assert_eq!(describe(&path, &limits()).unwrap().len(), 2);
}

#[test]
fn no_bit_of_an_archive_can_be_changed_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let archive = zip(&["a", "b"]);
    for bit in 0..archive.len() * 8 {
        let mut bytes = archive.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &bytes).unwrap();
        let Ok(files) = describe(&path, &limits()) else { continue };
        if files[0].packing == Packing::Zip {
            // Names, times and modes may differ.
            assert_eq!(files.len(), 2, "bit {bit}");
            assert!(files.iter().all(|file| content(file) == XML), "bit {bit}");
        }
    }
}

#[test]
fn patterns_of_members() {
    for (pattern, member, fits) in [
        ("*.xml", "a.xml", true),
        ("*.xml", "in/a.xml", true),
        ("a*", "in/a.xml", true),
        ("in/*", "in/a.xml", true),
        ("in/*", "out/a.xml", false),
        ("*.xml", "a.pdf", false),
        ("a.xml", "in\\a.xml", true),
    ] {
        let limits = Unpack { wanted: Some(pattern.to_owned()), ..limits() };
        assert_eq!(unwanted(&limits, member).is_none(), fits, "{pattern} {member}");
    }
}
