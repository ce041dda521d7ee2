//! Files that come over a network: each protocol against real servers of it.

mod amounts;
mod ftp;
mod http;
mod objects;
mod sftp;

use crate::support::Place;

/// A file with a row for each id.
fn ids(ids: &[&str]) -> String {
    let rows: String = ids.iter().map(|id| format!("<r><id>{id}</id></r>\n")).collect();
    format!("<d>\n{rows}</d>\n")
}

/// Ours, with these ids.
fn ours(place: &Place, ids: &[&str]) {
    let rows: Vec<String> = ids.iter().map(|id| format!("('{id}')")).collect();
    place.sql(&format!("CREATE TABLE ours (id varchar(40)); INSERT INTO ours VALUES {}", rows.join(", ")));
}
