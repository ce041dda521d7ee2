//! Packed input: gzip, zstd and zip are read as they are, and what is wrong with them is refused by name.

use super::{THEIRS, feed, files_only, place, with_a_break};
use crate::support::{
    Kind, Output, Place,
    digest::sha256,
    of_this_run,
    pack::{self, Entry, gzip, zip, zstd},
};
use serde_json::Value;
use std::fs;

/// THEIRS with other keys, so that it is another document.
fn other() -> String {
    THEIRS.replace(">a<", ">c<").replace(">b<", ">d<")
}

/// Converts one file made of these bytes; no database is needed.
fn convert(place: &Place, name: &str, bytes: impl AsRef<[u8]>) -> Output {
    place.write(name, bytes);
    place.tieout(&["convert", "feed.toml", name, "--out", "chunks"])
}

fn files(place: &Place) -> Vec<Value> {
    let summary: Value =
        serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON");
    summary["files"].as_array().expect("files").clone()
}

#[test]
fn packed_files_are_read_whatever_they_are_called() {
    let whole = THEIRS.as_bytes();
    let (half, rest) = whole.split_at(40);
    for (name, bytes, digest_of) in [
        ("a.xml.gz", gzip(whole), None),
        ("gzip.xml", [gzip(half), gzip(rest)].concat(), None),
        ("a.xml.zst", zstd(whole), None),
        (
            "zstd.xml",
            [pack::zstd_skippable(b"note"), zstd(half), pack::zstd_skippable(b""), zstd(rest)].concat(),
            None,
        ),
        ("a.zip", zip(&[Entry::folder("in/"), Entry::new("in/a.xml", whole)]), Some("a.zip/in/a.xml")),
        ("piped.zip", zip(&[Entry { mode: 0o1_0600, ..Entry::new("-", whole) }]), Some("piped.zip/-")),
        ("zip.xml", zip(&[Entry::stored("a.xml", whole)]), Some("zip.xml/a.xml")),
        ("plain.gz", whole.to_vec(), None),
    ] {
        let place = place(Kind::Sqlite);
        let path = place.write(name, &bytes);
        place.run(&[name]).expect(0, &["TIED OUT"]);
        let file = &files(&place)[0];
        assert_eq!(file["name"], digest_of.unwrap_or(name));
        let digested = if digest_of.is_some() { whole } else { &bytes };
        assert_eq!(file["sha256"], sha256(digested), "{name}");
        assert_eq!(file["bytes"], digested.len(), "{name}");
        fs::remove_file(path).expect("the file goes");
        place
            .tieout(&["plan", "feed.toml", "theirs.xml", "--database", place.url()])
            .expect(0, &["tieout_join_acme"]);
    }
}

#[test]
fn every_member_is_a_file_of_its_own() {
    let place = place(Kind::Sqlite);
    place.sql("INSERT INTO ours VALUES ('c', 1.5), ('d', 2)");
    let (first, second) = (Entry::new("2.xml", THEIRS.as_bytes()), Entry::new("1.xml", other().as_bytes()));
    place.write("night.zip", zip(&[first.clone(), second.clone()]));
    place.run(&["night.zip"]).expect(0, &["TIED OUT"]);
    let names: Vec<Value> = files(&place).iter().map(|file| file["name"].clone()).collect();
    assert_eq!(names, ["night.zip/2.xml", "night.zip/1.xml"]);
    place.write("again.zip", zip(&[second]));
    place.run(&["again.zip"]).expect(3, &["again.zip/1.xml was already reconciled in run acme-"]);
    place.run(&["theirs.xml"]).expect(3, &["theirs.xml was already reconciled"]);
    let twice = Entry { name: b"copy.xml".to_vec(), ..first.clone() };
    place.write("twice.zip", zip(&[first, twice]));
    place.run(&["twice.zip", "--force"]).expect(3, &["twice.zip/copy.xml is given twice"]);
}

#[test]
fn packed_files_of_a_source() {
    let place = place(Kind::Sqlite);
    place.feed(feed().and("[source]\nurl = \"file:inbox\"\npattern = \"*\"\nallow_none = true\n"));
    fs::create_dir(place.path("inbox")).expect("a folder");
    place.write("inbox/1.zip", zip(&[Entry::new("a.xml", THEIRS.as_bytes())]));
    place.run(&[]).expect(0, &["TIED OUT"]);
    place.write(
        "inbox/2.zip",
        zip(&[Entry::new("a.xml", THEIRS.as_bytes()), Entry::new("b.xml", other().as_bytes())]),
    );
    place.run(&["-v"]).expect(1, &["2.zip/a.xml was already reconciled"]);
    assert_eq!(files(&place)[0]["name"], "2.zip/b.xml");
    place.run(&[]).expect(0, &["nothing to do"]);
}

#[test]
fn members_that_are_no_xml() {
    let place = files_only(Kind::Sqlite);
    let archive = zip(&[
        Entry::new("a.xml", THEIRS.as_bytes()),
        Entry::new("docs/read.me", b"hello"),
        Entry::stored("docs/a.pdf", b"%PDF-1.7 ..."),
    ]);
    convert(&place, "a.zip", &archive).expect(3, &["a.zip/docs/read.me: line 1", "this is not XML"]);
    place.feed(feed().xml("members = \"*.xml\""));
    let output = place.tieout(&["-v", "convert", "feed.toml", "a.zip", "--out", "chunks"]);
    output.expect(0, &["a.zip/docs/a.pdf: skipped", "2 rows"]);
    place.feed(feed().xml("members = \"docs/*.pdf\""));
    convert(&place, "a.zip", &archive).expect(3, &["a.zip/docs/a.pdf: ", "a PDF document, not XML"]);
    place.feed(feed().xml("members = \"*.xlm\""));
    convert(&place, "a.zip", &archive).expect(3, &["a.zip: no member of the zip archive matches"]);
}

#[test]
fn damaged_files() {
    let place = files_only(Kind::Sqlite);
    let (gz, zst) = (gzip(THEIRS.as_bytes()), zstd(THEIRS.as_bytes()));
    let entry = Entry::new("a.xml", THEIRS.as_bytes());
    let archive = zip(std::slice::from_ref(&entry));
    let flipped = |bytes: &[u8], from_end: usize| {
        let mut bytes = bytes.to_vec();
        let at = bytes.len() - from_end;
        bytes[at] ^= 1;
        bytes
    };
    for (name, bytes, words) in [
        ("cut.gz", gz[..gz.len() - 1].to_vec(), "cut.gz: its gzip data is cut short"),
        ("half.gz", gz[..gz.len() / 2].to_vec(), "its gzip data is cut short"),
        ("crc.gz", flipped(&gz, 8), "its gzip data is damaged"),
        ("length.gz", flipped(&gz, 4), "its gzip data is damaged"),
        ("more.gz", [&gz[..], b"more"].concat(), "its gzip data is"),
        ("zeros.gz", [&gz[..], &[0; 512]].concat(), "its gzip data is damaged"),
        ("cut.zst", zst[..zst.len() - 1].to_vec(), "cut.zst: its zstd data is cut short"),
        ("half.zst", zst[..zst.len() / 2].to_vec(), "its zstd data is cut short"),
        ("sum.zst", flipped(&zst, 1), "its zstd data is damaged: its checksum is wrong"),
        ("more.zst", [&zst[..], b"more"].concat(), "bytes that are no zstd data follow it"),
        ("skip.zst", pack::zstd_skippable(b"abc")[..9].to_vec(), "its zstd data is cut short"),
        ("cut.zip", archive[..archive.len() - 1].to_vec(), "cut.zip: the zip archive is damaged"),
        ("half.zip", archive[..archive.len() / 2].to_vec(), "the zip archive is damaged"),
        ("more.zip", [&archive[..], b"more"].concat(), "more.zip: bytes follow the zip archive"),
        (
            "crc.zip",
            zip(&[Entry { crc: 1, ..entry.clone() }]),
            "crc.zip/a.xml: its zip data is damaged: its checksum",
        ),
        ("short.zip", zip(&[Entry { size: 9, ..entry.clone() }]), "holds more than the archive declares"),
        ("long.zip", zip(&[Entry { size: 9999, ..entry.clone() }]), "holds less than the archive declares"),
        (
            "tail.zip",
            zip(&[Entry { packed: [&entry.packed[..], b"tail"].concat(), ..entry.clone() }]),
            "bytes follow its data",
        ),
        ("none.zip", zip(&[]), "none.zip: the zip archive holds no file"),
        ("folder.zip", zip(&[Entry::folder("a/")]), "the zip archive holds no file"),
        ("empty.gz", gzip(b""), "empty.gz: line 1, byte 0: the file is empty"),
    ] {
        convert(&place, name, bytes).expect(3, &[words]);
        assert!(!place.path("chunks").join("0001-000001.csv").exists(), "{name} left a chunk");
    }
}

#[test]
fn archives_that_are_not_what_they_seem() {
    let place = files_only(Kind::Sqlite);
    let entry = Entry::new("a.xml", THEIRS.as_bytes());
    let named = |name: &str| zip(&[Entry::new(name, THEIRS.as_bytes())]);
    let second = Entry { name: b"b.xml".to_vec(), ..entry.clone() };
    let many: Vec<Entry> = (0..1001).map(|n| Entry::stored(&format!("{n}.xml"), b"<d/>")).collect();
    for (name, bytes, words) in [
        (
            "secret.zip",
            zip(&[Entry { flags: 1, ..entry.clone() }]),
            "secret.zip: its member \"a.xml\" is encrypted",
        ),
        ("link.zip", zip(&[Entry { mode: 0o12_0777, ..entry.clone() }]), "is a symbolic link"),
        ("device.zip", zip(&[Entry { mode: 0o2_0644, ..entry.clone() }]), "is no regular file"),
        ("bzip2.zip", zip(&[Entry { method: 12, ..entry.clone() }]), "not supported (BZIP2, number 12)"),
        (
            "twice.zip",
            zip(&[entry.clone(), entry.clone()]),
            "two members of the zip archive are called \"a.xml\"",
        ),
        (
            "overlap.zip",
            pack::overlapping(&[entry.clone(), second.clone()]),
            "members of the zip archive overlap at byte",
        ),
        (
            "renamed.zip",
            pack::renamed(&entry, "b.xml"),
            "its member \"b.xml\" is called otherwise at its own place",
        ),
        ("hidden.zip", pack::hiding(&second, &entry), "belong to no member"),
        ("up.zip", named("../x.xml"), "its member \"../x.xml\" has `..` in its name"),
        ("within.zip", named("a/../../x.xml"), "has `..` in its name"),
        ("backslash.zip", named("a\\..\\x.xml"), "has `..` in its name"),
        ("root.zip", named("/etc/passwd"), "has an absolute path for a name"),
        ("drive.zip", named("C:\\x.xml"), "has an absolute path for a name"),
        ("nul.zip", named("a\0.xml"), "its member \"a\\u{0}.xml\" has control characters"),
        ("escape.zip", named("a\x1b[31m.xml"), "its member \"a\\u{1b}[31m.xml\" has control characters"),
        ("nameless.zip", named(""), "has an empty name"),
        ("long.zip", named(&"x".repeat(1025)), "has a name of more than 1024 bytes"),
        ("many.zip", zip(&many), "more than 1000 members"),
        ("data.zip", zip(&[Entry { name: b"a/".to_vec(), ..entry.clone() }]), "is a folder that holds data"),
    ] {
        convert(&place, name, bytes).expect(3, &[name, words]);
    }
    place.feed(feed().xml("max_members = 1"));
    convert(&place, "two.zip", zip(&[entry, second])).expect(3, &["more than 1 members", "max_members"]);
}

/// What the records at an archive's end say must be what is there.
#[test]
fn archives_whose_end_says_otherwise() {
    let place = files_only(Kind::Sqlite);
    let entries = [Entry::new("a.xml", THEIRS.as_bytes()), Entry::new("b.xml", other().as_bytes())];
    let whole = zip(&entries);
    let end = whole.len() - 22;
    convert(&place, "good.zip", &whole).expect(0, &["2 rows"]);
    convert(&place, "long.zip", pack::zip64(&entries, |_| {})).expect(0, &["2 rows"]);
    for (at, words) in [
        (4, "not what it says: its end record says of the number of its disk 1, and it is 0"),
        (6, "the disk of its directory 1, and it is 0"),
        (8, "the number of its members on this disk 3, and it is 2"),
        (10, "the number of its members 3, and it is 2"),
        (12, "end.zip: "),
        (16, "end.zip: "),
    ] {
        let mut bytes = whole.clone();
        bytes[end + at] += 1;
        convert(&place, "end.zip", bytes).expect(3, &[words]);
    }
    // The long record, where it is, and the short one.
    for at in [
        0,
        4,
        16,
        20,
        24,
        32,
        40,
        48,
        56 + 4,
        56 + 8,
        56 + 16,
        76 + 4,
        76 + 6,
        76 + 8,
        76 + 10,
        76 + 12,
        76 + 16,
    ] {
        let bytes = pack::zip64(&entries, |end| end[at] = end[at].wrapping_add(2));
        convert(&place, "end.zip", bytes).expect(3, &["end.zip: "]);
    }
}

/// Each part of a packed stream takes time to begin.
#[test]
fn parts_that_hold_nothing() {
    let place = files_only(Kind::Sqlite);
    let many = |part: Vec<u8>, count: usize| part.repeat(count);
    let whole = THEIRS.as_bytes();
    for (name, part, document) in [
        ("a.gz", gzip(b""), gzip(whole)),
        ("a.zst", zstd(b""), zstd(whole)),
        ("b.zst", pack::zstd_skippable(b""), zstd(whole)),
    ] {
        convert(&place, name, [document.clone(), many(part.clone(), 999)].concat()).expect(0, &["2 rows"]);
        convert(&place, name, [document.clone(), many(part.clone(), 3_000_000)].concat())
            .expect(3, &[name, "more than 1000 parts that hold nearly nothing", "max_members"]);
    }
}

#[test]
fn names_are_only_names() {
    let place = files_only(Kind::Sqlite);
    // An old code page, and a name that would turn a terminal's text around.
    let bytes = [&b"M\x81rz"[..], b".xml"].concat();
    convert(&place, "old.zip", zip(&[Entry::new(bytes, b"<e/>")])).expect(3, &["old.zip/M\\x81rz.xml: "]);
    convert(&place, "bidi.zip", zip(&[Entry::new("a\u{202e}lmx.xml", b"<e/>")]))
        .expect(3, &["bidi.zip/a\\u{202e}lmx.xml: "]);
}

#[test]
fn what_is_packed_twice() {
    let place = files_only(Kind::Sqlite);
    let whole = THEIRS.as_bytes();
    for (name, bytes, kind) in [
        ("a.gz.gz", gzip(&gzip(whole)), "gzip"),
        ("a.zst.gz", gzip(&zstd(whole)), "zstd"),
        ("a.zip.zst", zstd(&zip(&[Entry::new("a.xml", whole)])), "zip"),
        ("gz.zip", zip(&[Entry::new("a.xml.gz", &gzip(whole))]), "gzip"),
        ("zip.zip", zip(&[Entry::new("a.zip", &zip(&[Entry::new("a.xml", whole)]))]), "zip"),
        ("bz2.zip", zip(&[Entry::new("a.bz2", b"BZh91AY&SY")]), "bzip2"),
    ] {
        convert(&place, name, bytes).expect(3, &[name, &format!("({kind})"), "unpack it"]);
    }
}

/// Values that stand after their rows make the converter open the document twice.
#[test]
fn packed_files_are_read_twice_where_the_feed_asks() {
    let place = files_only(Kind::Sqlite);
    place.feed(feed().column("total", "path = \"../total\"\nlate = true"));
    let xml = THEIRS.replace("</d>", "<total>3.5</total></d>");
    let mut chunks = Vec::new();
    for (name, bytes) in [
        ("a.xml", xml.clone().into_bytes()),
        ("a.gz", gzip(xml.as_bytes())),
        ("a.zst", zstd(xml.as_bytes())),
        ("a.zip", zip(&[Entry::folder("x/"), Entry::new("x/a.xml", xml.as_bytes())])),
    ] {
        convert(&place, name, bytes).expect(0, &["2 rows"]);
        chunks.push(fs::read_to_string(place.path("chunks/0001-000001.csv")).expect("a chunk"));
    }
    assert!(chunks[0].contains("3.5") && chunks.iter().all(|chunk| *chunk == chunks[0]), "{chunks:?}");
}

/// The same statement in every packing gives the same breaks.
#[test]
fn packing_changes_no_break() {
    let breaks = |name: &str, bytes: &[u8]| {
        let place = place(Kind::Sqlite);
        with_a_break(&place);
        place.write(name, bytes);
        place.run(&[name]).expect(1, &[]);
        let text = of_this_run(&place.output_file("tieout-out", "breaks.csv"));
        assert_eq!(text.matches(name).count(), 1, "{text}");
        text.replace(&format!("{name}/a.xml"), "FILE").replace(name, "FILE")
    };
    let theirs = THEIRS.replace("1.50", "1.51");
    let whole = theirs.as_bytes();
    let expected = breaks("a.xml", whole);
    assert!(expected.contains("mismatched"), "{expected}");
    assert_eq!(breaks("a.xml.gz", &gzip(whole)), expected);
    assert_eq!(breaks("a.xml.zst", &zstd(whole)), expected);
    assert_eq!(breaks("a.zip", &zip(&[Entry::new("a.xml", whole)])), expected);
}
