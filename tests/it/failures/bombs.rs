//! Small files that would become large ones: each is refused at once, in memory that does not grow.

use super::{feed, files_only};
use crate::support::{
    Feed, Kind, Output, Place,
    pack::{self, Entry, gzip, zip},
};
use std::{fs, thread, time::Duration};

/// Resident memory at its highest, in KiB, beside the program's own code: 64 MiB less the 16 that the code of a release
/// build may take. That of a debug build grows with the program; `scripts/faults` bounds the whole of a release build.
const MOST_MEMORY: u64 = 48 << 10;
/// Processor time, which other work on the machine does not change.
const MOST_TICKS: u64 = 100;

/// Zeros, packed member by member so that the test itself needs no memory.
fn gzip_of_zeros(mebibytes: usize) -> Vec<u8> {
    gzip(&vec![0; 1 << 20]).repeat(mebibytes)
}

/// A zstd frame of `blocks` run-length blocks, each 4 bytes long for 128 KiB of blanks.
fn zstd_of_blanks(blocks: usize) -> Vec<u8> {
    let header: &[u8] = b"\x28\xb5\x2f\xfd\x00\x58";
    let block = |last: u32| (128 << 10 << 3 | 1 << 1 | last).to_le_bytes();
    let mut frame = header.to_vec();
    for n in 1..=blocks {
        frame.extend(&block(u32::from(n == blocks))[..3]);
        frame.push(b' ');
    }
    frame
}

#[test]
fn bombs() {
    let place = files_only(Kind::Sqlite);
    let rows = format!("<d>{}</d>", "<r><id>a</id><amount>1</amount></r>".repeat(4 << 20));
    let zeros = Entry::new("zeros.xml", &vec![0; 100 << 20]);
    let small = Entry::new("a.xml", &vec![b' '; 60 << 20]);
    let numbered = |n: usize| Entry { name: format!("{n}.xml").into_bytes(), ..small.clone() };
    let layers = (0..5).fold(gzip_of_zeros(1), |inner, _| gzip(&inner));
    let empty: Vec<Entry> = (0..60_000).map(|n| Entry::stored(&format!("{n}"), b"")).collect();
    let ratio = "more than 300 times its size";
    for (name, bytes, words) in [
        ("zeros.gz", gzip(&vec![0; 200 << 20]), ratio),
        ("members.gz", gzip_of_zeros(200), ratio),
        ("rows.gz", gzip(rows.as_bytes()), "more than 30 times its size"),
        (
            "name.gz",
            [&b"\x1f\x8b\x08\x08\0\0\0\0\0\x03"[..], &vec![b'n'; 10 << 20]].concat(),
            "its gzip data is damaged",
        ),
        ("layers.gz", layers, "(gzip) within a compressed file"),
        ("blanks.zst", zstd_of_blanks(100_000), ratio),
        ("frames.zst", zstd_of_blanks(100).repeat(1000), ratio),
        ("window.zst", b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00".to_vec(), "needs 2147483648 bytes of memory"),
        ("skip.zst", b"\x50\x2a\x4d\x18\xff\xff\xff\xff".to_vec(), "its zstd data is cut short"),
        ("zeros.zip", zip(&[zeros]), ratio),
        ("members.zip", zip(&(0..100).map(numbered).collect::<Vec<_>>()), ratio),
        (
            "overlap.zip",
            pack::overlapping(&(0..1000).map(|n| Entry { size: 9, ..numbered(n) }).collect::<Vec<_>>()),
            "overlap",
        ),
        ("lying.zip", zip(&[Entry { size: 9, ..small.clone() }]), "holds more than the archive declares"),
        ("many.zip", zip(&empty), "more than 1000 members"),
        (
            "nested.zip",
            zip(&[Entry::new("a.zip", &zip(std::slice::from_ref(&small)))]),
            "(zip) within a compressed file",
        ),
    ] {
        if name == "rows.gz" {
            place.feed(feed().xml("max_ratio = 30"));
        } else {
            place.feed(feed());
        }
        let length = bytes.len();
        place.write(name, bytes);
        let (output, memory, ticks) = watched(&place, &["convert", "feed.toml", name, "--out", "chunks"]);
        output.expect(3, &[name, words]);
        assert!(memory < MOST_MEMORY, "{name} ({length} bytes) took {memory} KiB");
        assert!(ticks <= MOST_TICKS, "{name} ({length} bytes) took {ticks} ticks");
    }
}

/// A value above the rows is copied into each of them.
#[test]
fn what_is_written_is_bounded_by_what_came_in() {
    let place = files_only(Kind::Sqlite);
    place.sql("CREATE TABLE ours (id varchar(10), amount decimal(10, 2), header text)");
    let feed = |key: &str| feed().xml(key).column("header", "path = \"../header\"");
    let rows = "<r><id>a</id><amount>1</amount></r>\n".repeat(400);
    place.write("header.xml", format!("<d><header>{}</header>\n{rows}</d>", "h".repeat(1 << 20)));
    place.feed(feed("bad_rows = \"refuse\""));
    let words = [
        "header.xml: line 257, byte",
        "268435456 bytes, 50 times the file's size",
        "raise max_amplification",
    ];
    for arguments in [
        &["convert", "feed.toml", "header.xml", "--out", "chunks"][..],
        &["run", "feed.toml", "header.xml", "--database", place.url()],
    ] {
        place.tieout(arguments).expect(3, &words);
    }
    assert!(!place.path("chunks/convert.json").exists());
    place.feed(feed("max_amplification = 1000"));
    place.tieout(&["convert", "feed.toml", "header.xml", "--out", "chunks"]).expect(0, &["0001-000001.csv"]);
}

/// Whatever is remembered of a document, all of it counts: the worst files that were found, each after rows with so
/// many keys that nothing else of the program can grow any more.
#[test]
fn what_is_held_is_bounded() {
    let place = files_only(Kind::Sqlite);
    let keys: String = (0..20_000).map(|n| format!("<r><id>k{n}</id><amount>1</amount></r>")).collect();
    let ends = "<r><id>a</id><amount>1</amount></r>";
    let with = |column: &str| feed().column("v", column);
    let numbered = |count: u32, one: &dyn Fn(u32) -> String| (0..count).map(one).collect::<String>();
    let row = |inside: &str| format!("<r><id>a</id><amount>1</amount>{inside}</r>");
    let lookup = "path = \"v\"\noptional = true\nlookup = { in = \"p\", id = \"@id\", value = \"n\" }";
    let control =
        "[[control]]\nname = \"n\"\nper = \"s\"\npath = \"@n\"\nequals = \"count\"\non_failure = \"warn\"\n";
    let held = "bytes of memory";
    let two = |more: &str| {
        let feed = with("path = \"v\"").column("w", "path = \"w\"\noptional = true");
        if more.is_empty() { feed } else { feed.column("x", &format!("{more}\noptional = true")) }
    };
    let texts = |n: usize| format!("<v>{0}</v><w>{0}</w>", "x".repeat(n));
    let cdata = |n: usize| format!("<v><![CDATA[{0}]]></v><w><![CDATA[{0}]]></w>", "x".repeat(n));
    for (name, feed, xml, words) in [
        ("details", feed().xml("explode = \"v\""), row(&"<v/>".repeat(1_000_000)), held),
        ("first", with("repeat = \"first\""), row(&"<v>1</v>".repeat(1_000_000)), held),
        (
            "join",
            with("repeat = \"join\""),
            row(&format!("<v>{}</v>", "x".repeat(100)).repeat(100_000)),
            "longer than",
        ),
        (
            "above",
            with("path = \"../v\"\nrepeat = \"count\""),
            format!("<s>{}{ends}</s>", "<v>1</v>".repeat(1_000_000)),
            held,
        ),
        ("look-ups", with(lookup), numbered(400_000, &|n| format!("<p id='{n}'><n>x</n></p>")) + ends, held),
        (
            "late",
            with("path = \"../v\"\nlate = true"),
            numbered(400_000, &|n| format!("<s>{ends}<v>{n}</v></s>")),
            held,
        ),
        ("controls", feed().and(control), format!("<s n='7'>{ends}</s>").repeat(200_000), ""),
        (
            "rejects",
            feed().xml("bad_rows = \"quarantine\""),
            format!("<r><id>a</id><amount>{}</amount></r>", "x".repeat(10_000)).repeat(4500),
            held,
        ),
        (
            "names",
            feed(),
            numbered(20, &|n| format!("<n{n}{}>", "n".repeat(1 << 19))),
            "names of the open elements",
        ),
        (
            "comments",
            feed(),
            format!("<!--{}-->", "c".repeat((9 << 20) - 8)).repeat(3) + "<r/>",
            "key is empty",
        ),
        (
            "namespaces",
            feed(),
            numbered(20, &|n| format!("<n xmlns='{n}{}'>", "n".repeat(1 << 19))),
            "namespaces in force",
        ),
        ("quotes", with("path = \"v\""), row(&format!("<v>{}</v>", "\"".repeat(9 << 20))).repeat(3), ""),
        ("long", two(""), row(&texts(9_000_000)).repeat(2), ""),
        ("cdata", two(""), row(&cdata(9_000_000)).repeat(2), ""),
        ("longer", two(""), row(&texts(9 << 20)), held),
        (
            "long-beside",
            two("path = \"../x/@y\""),
            format!("<s><x y='{}'/>{}</s>", "&lt;".repeat(2_000_000), row(&texts(9_000_000))),
            held,
        ),
        (
            "joined",
            with("path = \"v\"\nrepeat = \"join\""),
            row(&format!("<v>{}</v>", "x".repeat(1 << 20)).repeat(9)).repeat(2),
            "longer than",
        ),
        (
            "folded",
            with("path = \"v\"\nupper = true"),
            row(&format!("<v>{}</v>", "x".repeat(9_000_000))).repeat(2),
            "",
        ),
    ] {
        let file = format!("{name}.xml");
        place.feed(feed);
        place.write(&file, format!("<d>{keys}{xml}</d>"));
        let (output, memory, _) = watched(&place, &["convert", "feed.toml", &file, "--out", name]);
        output.expect(if words.is_empty() { 0 } else { 3 }, &[words]);
        assert!(memory < MOST_MEMORY, "{name} took {memory} KiB");
    }
}

/// As many currencies as a file may have, each with a control of its own.
#[test]
fn groups_of_a_control_are_bounded() {
    let place = files_only(Kind::Sqlite);
    let feed = Feed::new("bombs")
        .key("id")
        .column("amount", "type = \"decimal\"\ntotal_by = \"v\"")
        .column("v", "path = \"v/@c\"\noptional = true")
        .and("[[control]]\nname = \"n\"\nper = \"s\"\npath = \"b\"\nequals = \"sum(amount)\"\non_failure = \"warn\"\n");
    let numbered = |one: &dyn Fn(u32) -> String| (0..100_000).map(one).collect::<String>();
    let declared = numbered(&|n| format!("<b c='{n}'>1</b>"));
    let rows = numbered(&|n| format!("<r><id>{n}</id><amount>1</amount><v c='{n}'/></r>"));
    place.feed(feed);
    place.write("currencies.xml", format!("<d><s>{declared}{rows}</s></d>"));
    let (output, memory, _) = watched(&place, &["convert", "feed.toml", "currencies.xml", "--out", "chunks"]);
    output.expect(3, &["bytes of memory"]);
    assert!(memory < MOST_MEMORY, "took {memory} KiB");
}

/// Runs the command and watches what it takes; the last look is a few milliseconds before its end.
fn watched(place: &Place, arguments: &[&str]) -> (Output, u64, u64) {
    let mut program = place.command().args(arguments).start();
    let (mut memory, mut ticks) = (0, 0);
    while program.ended().is_none() {
        let (now, used) = taken(program.id()).unwrap_or_default();
        (memory, ticks) = (memory.max(now), ticks.max(used));
        thread::sleep(Duration::from_millis(2));
    }
    (program.end(), memory, ticks)
}

fn taken(id: u32) -> Option<(u64, u64)> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let kibibytes = |name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok()
    };
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next().and_then(|field| field.parse::<u64>().ok());
    // Pages of the program's file come and stay; what is written is in none of them.
    Some((kibibytes("VmHWM:")? - kibibytes("RssFile:")?, next()? + next()?))
}
