//! One key on thousands of rows of both sides: what it costs grows with the rows, not with their product.

use crate::support::{Feed, Place, on_every_server};
use std::fmt::Write as _;

/// Joined as a product, these take minutes on every server.
const ROWS: usize = 30_000;

#[test]
fn equal_keys_on_both_sides_cancel_in_linear_time() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.feed(Feed::new("equal").column("id", "key = true").column("n", "type = \"integer\""));
        let theirs = (0..ROWS).fold(String::new(), |all, n| all + &format!("<r><id>K</id><n>{n}</n></r>\n"));
        place.write("theirs.xml", format!("<rows>\n{theirs}</rows>\n"));
        place.sql("CREATE TABLE ours (id varchar(10), n integer)");
        // Two thirds of theirs have a partner; the last one of ours is of another key.
        for batch in (ROWS / 3..=ROWS).collect::<Vec<_>>().chunks(5_000) {
            let mut rows = String::new();
            for n in batch {
                let (key, comma) =
                    (if *n == ROWS { "L" } else { "K" }, if rows.is_empty() { "" } else { ", " });
                let _ = write!(rows, "{comma}('{key}', {n})");
            }
            place.sql(&format!("INSERT INTO ours VALUES {rows}"));
        }
        place.run(&["theirs.xml"]).expect(1, &[]);
        let summary = place.output_file("tieout-out", "summary.json");
        let counts = [
            ("matched", ROWS - ROWS / 3),
            ("duplicate_in_theirs", ROWS / 3),
            ("duplicate_in_ours", 0),
            ("missing_in_theirs", 1),
            ("missing_in_ours", 0),
        ];
        for (outcome, rows) in counts {
            let line = format!("\"{outcome}\": {rows}");
            let there = summary.lines().any(|one| one.trim().trim_end_matches(',') == line);
            assert!(there, "{kind:?}: not {line}\n{summary}");
        }
    });
}
