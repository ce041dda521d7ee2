//! Row ids as large as they get: what is added up of them must fit the integers of every database.

use super::setup::Running;
use crate::support::{Feed, Kind, Place, on_every_server};
use std::fmt::Write;

const FILES: u32 = 200;
/// The ids of that many rows in that many files add up to more than 63 bits.
const ROWS: u32 = 470;

/// A run over this many files of so many rows each, all of which are in ours, and its files' names.
fn place(kind: Kind, files: u32, rows: u32) -> (Place, Vec<String>) {
    let place = Place::new(kind);
    place.feed(Feed::new("faults").column("id", "type = \"integer\"\nkey = true"));
    let ours: Vec<String> = (1..=files * rows).map(|id| format!("({id})")).collect();
    place.sql(&format!("CREATE TABLE ours (id integer); INSERT INTO ours VALUES {}", ours.join(", ")));
    let mut names = Vec::new();
    for file in 0..files {
        let mut xml = String::from("<rows>");
        for id in file * rows + 1..=(file + 1) * rows {
            let _ = write!(xml, "<r><id>{id}</id></r>");
        }
        let name = if file == 0 { "theirs.xml".to_owned() } else { format!("theirs-{file}.xml") };
        place.write(&name, xml + "</rows>");
        names.push(name);
    }
    (place, names)
}

#[test]
fn two_hundred_small_files_tie_out_in_one_run() {
    on_every_server(|kind| {
        let (place, names) = place(kind, FILES, ROWS);
        let output = place.run(&names.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(output.status, 0, "{kind:?}: {}", output.all());
        assert_eq!(place.count("FROM tieout_files"), u64::from(FILES), "{kind:?}");
    });
}

/// Ids of a nine-millionth file and of records just below a million million, as their own rows would have them.
#[test]
fn rows_of_the_largest_ids_tie_out() {
    on_every_server(|kind| {
        let (place, _) = place(kind, 1, 40);
        let running = Running::held(&place, "after-load");
        place.sql("UPDATE tieout_stage_faults SET tieout_id = tieout_id + 9000000999999999900");
        let output = running.go();
        assert_eq!(output.status, 0, "{kind:?}: {}", output.all());
    });
}
