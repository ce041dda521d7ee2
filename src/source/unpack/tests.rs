//! Tests of what comes out of packed bytes; archives are tested with the program (`tests/it/failures/packed.rs`).

use super::*;
use crate::error::Error;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

const LIMITS: Unpack =
    Unpack { wanted: None, members: 1000, ratio: 300, unpacked: 64 << 30, window: 8 << 20 };

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

fn read(bytes: &[u8], limits: &Unpack) -> std::result::Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let mut document = document(Packing::of(bytes), bytes, "x", bytes.len() as u64, limits);
    match document.read_to_end(&mut content) {
        Ok(_) => Ok(content),
        Err(cause) => Err(Error::from_io(cause).expect("a refusal").to_string()),
    }
}

#[test]
fn kinds_are_told_by_content() {
    for (head, packing) in [
        (&b"<?xml"[..], Packing::Plain),
        (b"", Packing::Plain),
        (b"PK", Packing::Plain),
        (b"PK\x01\x02", Packing::Plain),
        (b"\x1f\x8b\x08\x00", Packing::Gzip),
        (b"\x28\xb5\x2f\xfd", Packing::Zstd),
        (b"\x50\x2a\x4d\x18", Packing::Zstd),
        (b"\x5f\x2a\x4d\x18", Packing::Zstd),
        (b"\x60\x2a\x4d\x18", Packing::Plain),
        (b"PK\x03\x04", Packing::Zip),
        (b"PK\x05\x06", Packing::Zip),
    ] {
        assert_eq!(Packing::of(head), packing, "{head:?}");
    }
}

#[test]
fn parts_one_after_the_other_are_one_document() {
    let text: Vec<u8> = "<a>é</a>\n".repeat(60_000).into_bytes();
    let (first, second) = text.split_at(100_001);
    assert_eq!(read(&gzip(&text), &LIMITS).unwrap(), text);
    assert_eq!(read(&[gzip(first), gzip(b""), gzip(second)].concat(), &LIMITS).unwrap(), text);
    assert_eq!(read(&zstd(&text), &LIMITS).unwrap(), text);
    let skippable = b"\x50\x2a\x4d\x18\x03\0\0\0abc";
    let frames = [skippable, &zstd(first)[..], skippable, &zstd(b""), &zstd(second), skippable].concat();
    assert_eq!(read(&frames, &LIMITS).unwrap(), text);
}

#[test]
fn no_prefix_is_accepted() {
    let text = "<d><r k='1'>text</r></d>".repeat(20);
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        for length in 4..packed.len() {
            let message = read(&packed[..length], &LIMITS).expect_err("a prefix");
            assert!(message.contains("cut short"), "{length}: {message}");
        }
    }
}

#[test]
fn no_byte_can_be_changed_unnoticed() {
    let text = "<d><r k='1'>text</r></d>".repeat(5);
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        // What a gzip header says about time and system has no checksum, and changes nothing.
        for at in 0..packed.len() {
            let mut bytes = packed.clone();
            bytes[at] ^= 0x10;
            if let Ok(found) = read(&bytes, &LIMITS) {
                assert!(found == text.as_bytes() || Packing::of(&bytes) == Packing::Plain, "byte {at}");
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever is in it: refused or read, but no panic and no end of memory.
    #[test]
    fn damage_never_panics(
        kind in 0..2,
        damage in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), 0u8..), 1..6),
    ) {
        let text: String = (0..3000).map(|n| format!("<r><id>{n}</id><v>{}</v></r>", n * n % 977)).collect();
        let mut packed = if kind == 0 { gzip(text.as_bytes()) } else { zstd(text.as_bytes()) };
        for (at, value) in damage {
            let at = at.index(packed.len());
            packed[at] = value;
        }
        if let Ok(found) = read(&packed, &Unpack { unpacked: 1 << 20, ..LIMITS }) {
            assert!(found.len() <= 1 << 20);
        }
    }
}

#[test]
fn bounds() {
    let text = vec![b' '; 70 << 20];
    let packed = gzip(&text);
    assert!(read(&packed, &LIMITS).is_ok(), "{} bytes are not yet out of bounds", packed.len());
    let message = read(&packed, &Unpack { ratio: 100, ..LIMITS }).unwrap_err();
    assert!(message.contains("x: it unpacks to more than 100 times its size"), "{message}");
    let message = read(&packed, &Unpack { unpacked: 1 << 20, ..LIMITS }).unwrap_err();
    assert!(message.contains("x: it unpacks to more than 1048576 bytes"), "{message}");
    assert!(read(&gzip(&text[..1 << 20]), &Unpack { ratio: 1, ..LIMITS }).is_ok(), "small files always pass");
}

/// A frame header that asks for a window of 64 MiB.
#[test]
fn a_large_window_is_refused() {
    let header = b"\x28\xb5\x2f\xfd\x00\x80\x01\x00\x00";
    let message = read(header, &LIMITS).unwrap_err();
    assert!(
        message.contains("x: its zstd data needs 67108864 bytes of memory, more than 8388608"),
        "{message}"
    );
    assert_eq!(read(header, &Unpack { window: 64 << 20, ..LIMITS }).unwrap(), b"");
}

/// A disk's failure is none of the file.
#[test]
fn a_failing_disk_is_no_damage() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(5))
        }
    }
    for packed in [gzip(b"<d/>"), zstd(b"<d/>")] {
        let input = packed[..packed.len() - 6].chain(Broken);
        let mut document = document(Packing::of(&packed), input, "x", 99, &LIMITS);
        let cause = document.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(cause.raw_os_error(), Some(5), "{cause}");
    }
}
