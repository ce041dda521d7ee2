//! A feed of ids and amounts that fetches its files from elsewhere, what ties out with it, and what cuts of any protocol
//! come to.

use crate::support::{
    Feed, Kind, Output, Place,
    relay::{Cut, Relay},
    watch,
};
use std::{fmt::Write as _, thread, time::Duration};

/// Reads id and amount, and ties out with `OURS`.
pub const THEIRS: &str =
    "<d>\n  <r><id>a</id><amount>1.50</amount></r>\n  <r><id>b</id><amount>2</amount></r>\n</d>\n";

const OURS: &str = "CREATE TABLE ours (id varchar(20), amount decimal(10, 2));
INSERT INTO ours VALUES ('a', 1.5), ('b', 2);";

/// A place whose feed fetches from `url` as these lines of `[source]` say, and whose table ties out with `THEIRS`.
pub fn place(kind: Kind, url: &str, source: &str) -> Place {
    let place = Place::new(kind);
    place.sql(OURS);
    fetch_from(&place, url, source);
    place
}

/// Its feed fetches from elsewhere. A file need not stand still, since each test lets it stand.
pub fn fetch_from(place: &Place, url: &str, source: &str) {
    let settle = if source.contains("settle") { "" } else { "settle = \"1ms\"\n" };
    let feed = Feed::new("acme").xml("root = \"d\"").key("id").column("amount", "type = \"decimal\"");
    place.feed(feed.and(&format!("[source]\nurl = {url:?}\n{settle}{source}\n")));
}

/// How many runs have results.
pub fn reconciled(place: &Place) -> u64 {
    place.count("FROM tieout_runs WHERE status IN ('reconciled', 'exported', 'done')")
}

/// A document of so many rows, of which no two are alike.
pub fn rows(count: usize) -> String {
    let mut text = String::from("<d>\n");
    for n in 0..count {
        let _ = writeln!(text, "<r><id>row {n}</id><amount>{n}.25</amount></r>");
    }
    text.push_str("</d>\n");
    text
}

/// A document that ties out and has so many bytes more, in pieces: no text may be that long.
pub fn padded(bytes: usize) -> String {
    let piece = format!("{}<!-- -->\n", " ".repeat(1015));
    THEIRS.replace("</d>", &format!("{}</d>", piece.repeat(bytes >> 10)))
}

/// A file that is large, beside which a small one …
pub const LARGE: usize = 24 << 20;
/// … may take this much less memory, in KiB: some blocks on their way.
pub const FLAT: u64 = 12 << 10;

/// Does something while the program fetches a file for this feed: some of it is in the spool then.
pub fn meanwhile(place: &Place, feed: &str, then: impl FnOnce()) {
    let spool = place.path(&format!("tieout-out/.spool-{feed}/1"));
    while !std::fs::metadata(&spool).is_ok_and(|file| file.len() > 0) {
        assert!(!watch::here().left().is_zero(), "{}", watch::here().told());
        thread::sleep(Duration::from_millis(5));
    }
    then();
}

/// Makes a file longer.
pub fn append(path: &std::path::Path) {
    let file = std::fs::OpenOptions::new().append(true).open(path);
    file.and_then(|mut file| std::io::Write::write_all(&mut file, b"<!-- more -->")).expect("a longer file");
}

/// Runs each case in a thread of its own, since they mostly wait.
pub fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, body: impl Fn(T) + Sync) {
    let (body, test) = (&body, watch::here());
    thread::scope(|scope| {
        for case in cases {
            let test = test.clone();
            scope.spawn(move || {
                watch::helping(test);
                body(case);
            });
        }
    });
}

/// Runs whose connection is cut at some places, in each way: the next attempt brings the file. `server` is the port that is
/// cut off, and `place` makes a place that fetches from another one.
pub fn cut_at_places(
    server: u16,
    place: impl Fn(u16) -> Place + Sync,
    run: impl Fn(&Place) -> Output + Sync,
) {
    let whole = Relay::to(server, None);
    run(&place(whole.port())).expect(0, &["TIED OUT"]);
    let all = whole.passed();
    at_once([Cut::Fin, Cut::Reset, Cut::Stall], |how| {
        for part in [0, 4, 8] {
            let relay = Relay::to(server, Some((1, all * part / 10, how)));
            let output = run(&place(relay.port()));
            assert!(output.status == 0, "{how:?} at {part}/10: {}", output.all());
            assert!(relay.made() > 1, "{how:?} at {part}/10: it was not cut");
        }
    });
}

/// The most memory in KiB that a run took, which ties out.
pub fn memory_of(place: &Place) -> u64 {
    let mut running = place.command().args(["run", "feed.toml", "--database", place.url()]).start();
    let mut most = 0;
    while running.ended().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap_or_default();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let memory = memory.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = most.max(memory.unwrap_or_default());
        thread::sleep(Duration::from_millis(2));
    }
    running.end().expect(0, &["TIED OUT"]);
    assert!(most > 0, "nobody looked");
    most
}
