//! FTP and FTPS: against vsftpd, and against a server that does what real ones only do on bad days.

mod cuts;
mod fake;
mod real;

use crate::support::{Feed, Kind, Output, Place};
use std::fmt::Write as _;

/// Reads id and amount, and ties out with `OURS`.
const THEIRS: &str =
    "<d>\n  <r><id>a</id><amount>1.50</amount></r>\n  <r><id>b</id><amount>2</amount></r>\n</d>\n";

const OURS: &str = "CREATE TABLE ours (id varchar(20), amount decimal(10, 2));
INSERT INTO ours VALUES ('a', 1.5), ('b', 2);";

/// A place whose feed fetches from `url` as these lines of `[source]` say, and whose table ties out with `THEIRS`.
fn place(kind: Kind, url: &str, source: &str) -> Place {
    let place = Place::new(kind);
    place.sql(OURS);
    fetch_from(&place, url, source);
    place
}

/// Its feed fetches from elsewhere. A file need not stand still, since each test lets it stand.
fn fetch_from(place: &Place, url: &str, source: &str) {
    let settle = if source.contains("settle") { "" } else { "settle = \"1ms\"\n" };
    let feed = Feed::new("acme").xml("root = \"d\"").key("id").column("amount", "type = \"decimal\"");
    place.feed(feed.and(&format!("[source]\nurl = {url:?}\n{settle}{source}\n")));
}

/// `tieout run feed.toml --out out`, and no word of what is secret in what it says and writes.
#[track_caller]
fn run(place: &Place) -> Output {
    place.run(&["--out", "out"])
}

/// How many runs have results.
fn reconciled(place: &Place) -> u64 {
    place.count("FROM tieout_runs WHERE status IN ('reconciled', 'exported', 'done')")
}

/// A document of so many rows, of which no two are alike.
fn rows(count: usize) -> String {
    let mut text = String::from("<d>\n");
    for n in 0..count {
        let _ = writeln!(text, "<r><id>row {n}</id><amount>{n}.25</amount></r>");
    }
    text.push_str("</d>\n");
    text
}
