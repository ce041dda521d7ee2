//! What `tieout run` takes of a `[source]`, and what becomes of the files.

use crate::support::{Feed, Kind, Output, Place, on_every_server};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// A place whose feed takes files from `in`.
fn place(kind: Kind, source: &str) -> Place {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours (id integer); INSERT INTO ours VALUES (1), (2)");
    feed(&place, &format!("url = \"file:in\"\n{source}"));
    fs::create_dir(place.path("in")).expect("a folder");
    place
}

fn feed(place: &Place, source: &str) {
    let feed = Feed::new("src").column("id", "type = \"integer\"\nkey = true");
    place.feed(feed.and(&format!("[source]\n{source}\n")));
}

/// A file that ties out, and is not the same bytes as one of another name.
fn tied(name: &str) -> String {
    format!("<rows><r><id>1</id></r><r><id>2</id></r></rows><!--{name}-->")
}

fn deliver(place: &Place, names: &[&str]) {
    for name in names {
        place.write(&format!("in/{name}"), tied(name));
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = folder
        .read_dir()
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

const MD5_OF_ABC: &str = "900150983cd24fb0d6963f7d28e17f72";

#[test]
fn a_file_must_have_the_digest_beside_it() {
    let place = place(Kind::Sqlite, "");
    deliver(&place, &["a.xml"]);
    place.write("in/a.xml.md5", format!("{MD5_OF_ABC}  a.xml\n"));
    place.run(&[]).expect(3, &["a.xml", MD5_OF_ABC, "a.xml.md5", "TO-346"]);
    place.write("in/a.xml.md5", "not a digest");
    place.run(&[]).expect(3, &["a.xml.md5 holds no digest", "TO-347"]);
    let sha256 = crate::support::digest::sha256(fs::read(place.path("in/a.xml")).expect("the file"));
    fs::remove_file(place.path("in/a.xml.md5")).expect("it is there");
    place.write("in/a.xml.SHA256", format!("SHA256 (a.xml) = {}\n", sha256.to_uppercase()));
    place.run(&[]).expect(0, &["TIED OUT", "1 left alone (a.xml.SHA256)"]);
}

#[test]
fn a_file_waits_for_its_marker_and_the_next_run_for_its_turn() {
    let place = place(Kind::Sqlite, "ready = \".done\"\nlimit = 1");
    deliver(&place, &["a.xml", "b.xml", "c.xml"]);
    place.run(&[]).expect(5, &["no file in in can be taken yet", "3 without its marker", "TO-515"]);
    place.write("in/b.xml.done", "");
    place.write("in/c.xml.done", "");
    place.run(&[]).expect(0, &["b.xml", "1 left to the next run (c.xml)", "1 without its marker (a.xml)"]);
    place.run(&[]).expect(0, &["c.xml", "1 counted before (b.xml)"]);
}

#[test]
fn paths_stand_beside_the_feed_file() {
    let place = place(Kind::Sqlite, "");
    deliver(&place, &["a.xml"]);
    fs::create_dir(place.path("elsewhere")).expect("a folder");
    let run = |feed: &str| {
        let command = place.command().current_dir(place.path("elsewhere"));
        command.args(["run", feed, "--database", place.url(), "--out", "../out"]).output()
    };
    run("../feed.toml").expect(0, &["TIED OUT"]);
    // Where an older version looked for it.
    fs::create_dir(place.path("feeds")).expect("a folder");
    fs::copy(place.path("feed.toml"), place.path("feeds/feed.toml")).expect("a copy");
    fs::create_dir(place.path("elsewhere/in")).expect("a folder");
    place.write("elsewhere/in/b.xml", tied("b"));
    run("../feeds/feed.toml").expect(0, &["TIED OUT", "in is not in the folder of the feed file"]);
}

#[test]
fn a_file_is_moved_once_its_results_are_exported_whatever_dies() {
    on_every_server(|kind| {
        let place = place(kind, "after = \"archive\"\narchive = \"done\"");
        deliver(&place, &["a.xml"]);
        place.run(&[]).expect(8, &["TIED OUT", "the verdict stands", "tieout makes none", "TO-805"]);
        assert_eq!(names(&place.path("in")), ["a.xml"], "{kind:?}: no folder is made");
        fs::create_dir(place.path("in/done")).expect("a folder");
        for (n, failpoint) in
            ["after-load", "after-commit", "in-export", "after-export", "before-move", "before-done"]
                .iter()
                .enumerate()
        {
            let name = format!("{n}.xml");
            deliver(&place, &[&name]);
            let command = place.command().args(["run", "feed.toml", "--database", place.url()]);
            let output = command.env("TIEOUT_KILL_AT", failpoint).output();
            assert_eq!(output.status, -1, "{failpoint} was not reached: {}", output.all());
            let exported = ["before-done"].contains(failpoint);
            assert_eq!(place.path(&format!("in/{name}")).exists(), !exported, "{kind:?} {failpoint}");
            let status = place.run(&[]).status;
            assert!([0, 5].contains(&status), "{kind:?} {failpoint}: {status}");
            assert_eq!(names(&place.path("in")), ["done"], "{kind:?} {failpoint}");
        }
        assert_eq!(names(&place.path("in/done")).len(), 7, "{kind:?}");
        assert_eq!(place.count("FROM tieout_files"), 7, "{kind:?}: nothing is counted twice");
    });
}

#[test]
fn nothing_is_moved_over_a_file_and_what_was_not_counted_stays() {
    let place = place(Kind::Sqlite, "after = \"archive\"\narchive = \"done\"");
    fs::create_dir(place.path("in/done")).expect("a folder");
    place.write("in/done/a.xml", "another");
    deliver(&place, &["a.xml"]);
    place.run(&[]).expect(8, &["TIED OUT", "is there already, with other bytes"]);
    assert_eq!(fs::read_to_string(place.path("in/done/a.xml")).expect("it"), "another");
    assert!(place.path("in/a.xml").exists());
    feed(&place, "url = \"file:in\"\nafter = \"delete\"");
    place.write("in/bad.xml", "<rows><r>");
    let status = place.run(&[]).status;
    assert!([3, 5].contains(&status), "{status}");
    assert_eq!(names(&place.path("in")), ["bad.xml", "done"], "a bad file stays, a counted one goes");
}

/// A server of one file, which counts how often it is fetched.
fn serve(body: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (port, fetched) = (listener.local_addr().expect("an address").port(), Arc::new(AtomicUsize::new(0)));
    let counter = fetched.clone();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (body, counter) = (body.clone(), counter.clone());
            thread::spawn(move || answer(stream, &body, &counter));
        }
    });
    (port, fetched)
}

fn answer(mut stream: TcpStream, body: &str, fetched: &AtomicUsize) {
    let mut lines = BufReader::new(stream.try_clone().expect("a copy")).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    lines.find(String::is_empty);
    let get = first.starts_with("GET");
    fetched.fetch_add(usize::from(get), Ordering::Relaxed);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nETag: \"v1\"\r\nLast-Modified: Sat, 31 Jan 2026 07:05:09 GMT\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    if get {
        let _ = stream.write_all(body.as_bytes());
    }
}

#[test]
fn a_file_of_a_server_is_fetched_once_and_leaves_nothing_behind() {
    on_every_server(|kind| {
        let place = place(kind, "");
        let (port, fetched) = serve(tied("remote"));
        let source = |more: &str| {
            format!("url = \"http://u:S3cret@127.0.0.1:{port}/out/a.xml\"\nsettle = \"1ms\"\n{more}")
        };
        feed(&place, &source("max_spool = 10"));
        let refused = place.run(&[]);
        refused.expect(7, &[".spool-src", "TO-708"]);
        assert_eq!(fetched.load(Ordering::Relaxed), 0, "{kind:?}: it is refused before a byte");
        feed(&place, &source(""));
        let output = place.run(&[]);
        output.expect(0, &["TIED OUT", "a.xml"]);
        assert!(!output.all().contains("S3cret") && !refused.all().contains("S3cret"), "{}", output.all());
        assert_eq!(fetched.load(Ordering::Relaxed), 1, "{kind:?}");
        place.run(&[]).expect(5, &["no new file"]);
        assert_eq!(fetched.load(Ordering::Relaxed), 1, "{kind:?}: it is known");
        place.run(&["--force"]).expect(0, &["TIED OUT"]);
        assert_eq!(fetched.load(Ordering::Relaxed), 2, "{kind:?}");
        let out = names(&place.path("tieout-out"));
        assert!(!out.iter().any(|name| name.starts_with(".spool")), "{kind:?}: {out:?}");
    });
}

/// Runs a place's feed, and calls `meanwhile` when its results are exported and its files are still there.
fn run_with(place: &Place, meanwhile: impl FnOnce()) -> Output {
    let (go_on, reached) = (place.path("go-on"), place.path("go-on.reached"));
    let command = place.command().args(["run", "feed.toml", "--database", place.url()]);
    let mut run = command.env("TIEOUT_PAUSE_AT", format!("before-move:{}", go_on.display())).start();
    while !reached.exists() {
        assert!(run.ended().is_none(), "it ended before: {}", run.end().all());
        thread::sleep(Duration::from_millis(5));
    }
    meanwhile();
    fs::write(&go_on, "").expect("a file");
    run.end()
}

/// Other bytes, with the length and the time of those that are there.
fn replace(path: &Path, in_place: bool) {
    let old = fs::read_to_string(path).expect("the file");
    let time = path.metadata().expect("it").modified().expect("a time");
    let new = old.replace("<id>2</id>", "<id>7</id>");
    assert!(new != old && new.len() == old.len());
    let aside = if in_place { path.to_owned() } else { path.with_extension("new") };
    fs::write(&aside, new).expect("the file");
    let file = fs::File::options().write(true).open(&aside).expect("the file");
    file.set_modified(time).expect("the time");
    if !in_place {
        fs::rename(&aside, path).expect("the name");
    }
}

#[test]
fn a_file_that_was_replaced_by_one_of_its_length_and_time_is_not_lost() {
    for (after, in_place) in [("delete", true), ("delete", false), ("archive", true), ("archive", false)] {
        let place = Place::new(Kind::Sqlite);
        place.sql("CREATE TABLE ours (id integer); INSERT INTO ours VALUES (1), (2)");
        let done = format!("archive = {:?}", place.path("done").display().to_string());
        let folder = if after == "archive" { &done } else { "" };
        feed(&place, &format!("url = \"file:in\"\nafter = {after:?}\n{folder}"));
        for folder in ["in", "done"] {
            fs::create_dir(place.path(folder)).expect("a folder");
        }
        deliver(&place, &["a.xml"]);
        let path = place.path("in/a.xml");
        let output = run_with(&place, || replace(&path, in_place));
        output.expect(8, &["TIED OUT", "a.xml is another one by now"]);
        assert_eq!(names(&place.path("in")), ["a.xml"], "{after}: it is where it was");
        place.run(&[]).expect(1, &["BREAKS", "a.xml"]);
        assert_eq!(place.count("FROM tieout_files"), 2, "{after}: both are counted");
        assert!(names(&place.path("in")).is_empty(), "{after}");
    }
}

#[test]
fn what_a_run_took_aside_before_it_died_is_offered_again() {
    let place = place(Kind::Sqlite, "after = \"delete\"");
    place.write("in/.a.xml.tieout", tied("a"));
    place.run(&[]).expect(0, &["TIED OUT", "a.xml"]);
    assert!(names(&place.path("in")).is_empty());
}

#[test]
fn what_belongs_to_a_file_goes_with_it() {
    let digest = |name: &str| crate::support::digest::sha256(tied(name));
    for after in ["delete", "archive"] {
        let archive = if after == "archive" { "archive = \"done\"" } else { "" };
        let place = place(Kind::Sqlite, &format!("ready = \".ok\"\nafter = {after:?}\n{archive}"));
        fs::create_dir(place.path("in/done")).expect("a folder");
        deliver(&place, &["a.xml", "b.xml"]);
        for (name, text) in [("a.xml.ok", ""), ("a.xml.sha256", &digest("a.xml")), ("b.xml.sig", "")] {
            place.write(&format!("in/{name}"), text);
        }
        place.run(&[]).expect(0, &["TIED OUT", "a.xml"]);
        assert_eq!(names(&place.path("in")), ["b.xml", "b.xml.sig", "done"], "{after}");
        let archived: &[&str] = if after == "archive" { &["a.xml", "a.xml.ok", "a.xml.sha256"] } else { &[] };
        assert_eq!(names(&place.path("in/done")), archived, "{after}");
        // The next file of that name waits for a marker of its own.
        deliver(&place, &["a.xml"]);
        place.run(&[]).expect(5, &["without its marker"]);
    }
}

#[test]
fn a_copy_goes_with_the_file_that_was_counted() {
    for (after, left) in [("leave", &["d.xml", "e.xml"][..]), ("delete", &[])] {
        let place = place(Kind::Sqlite, &format!("allow_none = true\nafter = {after:?}"));
        for name in ["d.xml", "e.xml"] {
            place.write(&format!("in/{name}"), tied("d"));
        }
        place.run(&[]).expect(0, &["TIED OUT", "e.xml is given twice"]);
        assert_eq!(names(&place.path("in")), left, "{after}");
        place.run(&[]).expect(0, &["nothing to do"]);
        assert_eq!(names(&place.path("in")), left, "{after}");
    }
}

#[test]
fn an_archive_that_cannot_be_is_found_by_check() {
    let place = place(Kind::Sqlite, "after = \"archive\"\narchive = \"done\"");
    let check = || place.tieout(&["check", "feed.toml", "--database", place.url()]);
    check().expect(4, &["tieout makes none", "TO-509"]);
    std::os::unix::fs::symlink(".", place.path("in/done")).expect("a link");
    check().expect(4, &["is where the files come from"]);
    fs::remove_file(place.path("in/done")).expect("the link");
    fs::create_dir(place.path("in/done")).expect("a folder");
    check().expect(0, &[]);
    feed(&place, "url = \"file:in\"\nafter = \"archive\"\narchive = \"./\"");
    check().expect(2, &["names a folder below"]);
}

#[test]
fn files_are_archived_on_another_file_system() {
    use std::os::unix::fs::MetadataExt;
    let place = place(Kind::Sqlite, "");
    let elsewhere = tempfile::tempdir_in("/dev/shm").expect("a folder in memory");
    let device = |path: &Path| path.metadata().expect("a folder").dev();
    assert_ne!(device(elsewhere.path()), device(&place.path("in")));
    let archive = elsewhere.path().display().to_string();
    feed(&place, &format!("url = \"file:in\"\nafter = \"archive\"\narchive = {archive:?}"));
    deliver(&place, &["a.xml"]);
    place.run(&[]).expect(0, &["TIED OUT"]);
    assert!(names(&place.path("in")).is_empty());
    assert_eq!(names(elsewhere.path()), ["a.xml"]);
    assert_eq!(fs::read_to_string(elsewhere.path().join("a.xml")).expect("it"), tied("a.xml"));
}

#[test]
fn a_digest_that_cannot_be_read_refuses_its_file() {
    let place = place(Kind::Sqlite, "");
    deliver(&place, &["a.xml"]);
    fs::create_dir(place.path("in/a.xml.md5")).expect("a folder");
    place.run(&[]).expect(3, &["a.xml.md5 beside it cannot be read", "TO-347"]);
    fs::remove_dir(place.path("in/a.xml.md5")).expect("the folder");
    std::os::unix::fs::symlink("nowhere", place.path("in/a.xml.sha512")).expect("a link");
    place.run(&[]).expect(3, &["a.xml.sha512 beside it cannot be read"]);
    fs::remove_file(place.path("in/a.xml.sha512")).expect("the link");
    place.write("in/a.xml.sha512", "0".repeat(128));
    place.run(&[]).expect(3, &["a.xml.sha512 says", "TO-346"]);
}
