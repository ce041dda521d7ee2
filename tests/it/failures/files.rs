//! Input files that are refused, and places that cannot be written to.

use super::{THEIRS, feed, place, with_a_break};
use crate::support::{Kind, Output, Place, Program};
use std::{fs, fs::File, process::Stdio};

#[test]
fn xml_that_is_none() {
    let place = place(Kind::Sqlite);
    let whole = THEIRS.len();
    for (name, text, words) in [
        ("malformed.xml", THEIRS.replace("</amount></r>", "</amont></r>"), vec!["line 2", "amont"]),
        ("truncated.xml", THEIRS[..whole - 20].to_owned(), vec!["truncated"]),
        ("cut-in-a-tag.xml", THEIRS[..30].to_owned(), vec!["truncated"]),
        ("another-root.xml", THEIRS.replace("d>", "e>"), vec!["root element is e, not d"]),
        ("empty.xml", String::new(), vec!["empty"]),
        ("no-rows.xml", "<d/>".to_owned(), vec!["no row", "allow_empty"]),
        ("text.xml", "id;amount\na;1.50\n".to_owned(), vec!["line 1"]),
        ("two-roots.xml", format!("{THEIRS}<d/>"), vec!["line 5"]),
        ("entity.xml", format!("<!DOCTYPE d [<!ENTITY x 'y'>]>\n{}", THEIRS.replace("1.50", "&x;")), vec![]),
    ] {
        place.write(name, text);
        let output = place.run(&[name]);
        output.expect(3, &[name]);
        output.expect(3, &words);
    }
    let left: Vec<_> = fs::read_dir(place.path("tieout-out")).expect("the outputs").collect();
    assert!(left.is_empty(), "a refused file leaves nothing: {left:?}");
    place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
}

#[test]
fn one_bad_file_refuses_the_run() {
    let place = place(Kind::Sqlite);
    place.write("more.xml", "<d><r><id>c</id>");
    place.run(&["theirs.xml", "more.xml"]).expect(3, &["more.xml", "truncated"]);
    place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
}

#[test]
fn a_file_that_cannot_be_read() {
    let place = place(Kind::Sqlite);
    place.run(&["no-such-file.xml"]).expect(3, &["no-such-file.xml"]);
    fs::create_dir(place.path("inbox")).expect("a folder");
    place.run(&["inbox"]).expect(3, &["inbox", "is a folder"]);
    place.feed(feed().and("[source]\nurl = \"file:inbox\"\n"));
    place.run(&[]).expect(5, &["no file", "inbox", "allow_none"]);
    place.feed(feed().and("[source]\nurl = \"file:no-such-inbox\"\n"));
    place.run(&[]).expect(5, &["no-such-inbox"]);
}

#[test]
fn a_file_that_was_reconciled_already() {
    let place = place(Kind::Sqlite);
    place.run(&["theirs.xml"]).expect(0, &[]);
    place.run(&["theirs.xml"]).expect(3, &["theirs.xml", "already reconciled in run acme-", "--force"]);
    place.write("renamed.xml", THEIRS);
    place.run(&["renamed.xml"]).expect(3, &["renamed.xml", "already reconciled"]);
    place.run(&["renamed.xml", "--force"]).expect(0, &["TIED OUT"]);
    place.feed(feed().named("other"));
    place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
}

#[test]
fn the_same_bytes_twice_in_one_run() {
    let place = place(Kind::Sqlite);
    place.write("copy.xml", THEIRS);
    place.run(&["theirs.xml", "copy.xml"]).expect(3, &["copy.xml", "twice"]);
    place.run(&["theirs.xml", "theirs.xml", "--force"]).expect(3, &["theirs.xml", "twice"]);
    place.run(&["theirs.xml"]).expect(0, &[]);
}

#[test]
fn new_files_of_a_source_are_taken_once() {
    let place = place(Kind::Sqlite);
    let of_inbox = feed().and("[source]\nurl = \"file:inbox\"\npattern = \"*.xml\"\n");
    place.feed(&of_inbox);
    fs::create_dir(place.path("inbox")).expect("a folder");
    place.write("inbox/1.xml", THEIRS);
    place.write("inbox/1.xml.part", "<d>");
    place.run(&[]).expect(0, &["1.xml", "passed over 1 left alone (1.xml.part)"]);
    place.run(&[]).expect(5, &["no new file"]);
    place.feed(of_inbox.and("allow_none = true\n"));
    place.run(&[]).expect(0, &["nothing to do"]);
    place.write("inbox/2.xml", THEIRS.replace("1.50", "1.49"));
    place.run(&[]).expect(1, &["2.xml", "passed over 1 left alone (1.xml.part), 1 counted before (1.xml)"]);
    fs::create_dir(place.path("inbox/old")).expect("a folder");
    place.feed(feed().and("[source]\nurl = \"file:inbox\"\npattern = \"*.XML\"\n"));
    let told = "1 folder (old), 2 by pattern (1.xml, 2.xml), 1 left alone (1.xml.part)";
    place.run(&[]).expect(
        5,
        &["matches the pattern *.XML", told, "1.xml differs from the pattern by upper and lower case"],
    );
}

#[test]
fn an_output_folder_that_cannot_be_made() {
    let place = place(Kind::Sqlite);
    place.write("a-file", "");
    place.run(&["theirs.xml", "--out", "a-file/out"]).expect(7, &["a-file/out"]);
    place.run(&["theirs.xml", "--out", "a-file"]).expect(7, &["a-file"]);
    place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
}

/// Runs in a shell under which no file of this process may grow.
fn run_without_space(place: &Place) -> Output {
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" run feed.toml theirs.xml --database \"$1\"";
    let program = env!("CARGO_BIN_EXE_tieout");
    Program::new("sh").current_dir(place.dir.path()).args(["-c", script, program, place.url()]).output()
}

#[test]
fn a_disk_without_space() {
    // The server's files are not this process's.
    let place = place(Kind::Postgres);
    with_a_break(&place);
    run_without_space(&place).expect(7, &["tieout-out", "then run again"]);
    let left: Vec<_> = fs::read_dir(place.path("tieout-out")).expect("the outputs").collect();
    assert!(left.is_empty(), "{left:?}");
    place.run(&["theirs.xml"]).expect(1, &["BREAKS"]);
}

#[test]
fn a_stdout_that_takes_nothing() {
    let place = place(Kind::Sqlite);
    with_a_break(&place);
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    // A disk that is full is this machine's fault; whoever closes a pipe, as `head` does, has had enough.
    for (stdout, status) in [(Stdio::from(full), 7), (closed_pipe(), 1)] {
        let command = place.command().stdout(stdout);
        let output =
            command.args(["run", "feed.toml", "theirs.xml", "--force", "--database", place.url()]).output();
        output.expect(status, if status == 7 { &["stdout"] } else { &[] });
        assert!(place.output_file("tieout-out", "breaks.csv").contains("mismatched"));
        assert!(place.output_file("tieout-out", "summary.json").ends_with("}\n"));
    }
    // The second run told what nobody had heard of after the first one.
    place.run(&["theirs.xml"]).expect(3, &["already reconciled"]);
}

/// The writing end of a pipe that nobody reads.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

/// A name that colours a terminal, ends a line and turns text around; the value of a bad row does so, too.
#[test]
fn no_output_makes_a_terminal_obey() {
    const NAME: &str = "a\u{1b}[31m\u{9b}2J\n\u{202e}\u{2028}.xml";
    const SHOWN: &str = r"a\u{1b}[31m\u{9b}2J\u{a}\u{202e}\u{2028}.xml";
    let place = place(Kind::Sqlite);
    place.feed(feed().xml("bad_rows = \"quarantine\""));
    let theirs = THEIRS
        .replace("1.50", "1.51")
        .replace("</d>", "<r><id>c</id><amount>\u{9b}31m\u{202e}x</amount></r></d>");
    place.write(NAME, theirs);
    place.run(&[NAME]).expect(1, &[]);
    place.tieout(&["convert", "feed.toml", NAME, "--out", "chunks"]).expect(1, &[]);
    let in_run = |file: &str| place.output_file("tieout-out", file);
    let in_chunks = |file: &str| fs::read_to_string(place.path("chunks").join(file)).expect("a file");
    for (name, text) in [
        ("breaks.csv", in_run("breaks.csv")),
        ("rejects.csv", in_run("rejects.csv")),
        ("summary.json", in_run("summary.json")),
        ("manifest.json", in_run("manifest.json")),
        ("report.html", in_run("report.html")),
        ("corrections.sql", in_run("corrections.sql")),
        ("rejects.csv of convert", in_chunks("rejects.csv")),
        ("convert.json", in_chunks("convert.json")),
    ] {
        let obeyed = text
            .chars()
            .find(|c| c.is_control() && !"\r\n\t".contains(*c) || "\u{202e}\u{2028}".contains(*c));
        assert_eq!(obeyed, None, "{name}: {text}");
        if name.contains(".json") {
            let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let files = read["files"].as_array().or_else(|| read["inputs"].as_array()).expect("files");
            assert_eq!(files[0]["name"], NAME, "{name}");
        } else if name.contains(".csv") {
            assert!(text.contains(SHOWN), "{name}: {text}");
        }
    }
    assert!(in_run("rejects.csv").contains(r"\u{9b}31m\u{202e}x"));
    assert!(place.tieout(&["verify", &place.run_folder("tieout-out").to_string_lossy()]).status == 0);
}
