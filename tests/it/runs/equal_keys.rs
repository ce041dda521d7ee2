//! One key on thousands of rows of both sides: what it costs grows with the rows, not with their product.

use crate::support::{Feed, Place, on_every_server};
use std::fmt::Write as _;

/// Joined as a product, these take minutes on every server.
const ROWS: usize = 30_000;

#[test]
fn equal_keys_on_both_sides_cancel_in_linear_time() {
    on_every_server(|kind| cancel(&Place::new(kind), "type = \"integer\"", ""));
}

#[test]
fn nearly_equal_rows_cancel_as_fast() {
    on_every_server(|kind| cancel(&Place::new(kind), "type = \"decimal\"\ntolerance = \"0.3\"", " + 0.25"));
}

/// Two thirds of theirs have a partner, whose number is `more`; the last one of ours is of another key.
fn cancel(place: &Place, number: &str, more: &str) {
    place.feed(Feed::new("equal").column("id", "key = true").column("n", number));
    let theirs = (0..ROWS).fold(String::new(), |all, n| all + &format!("<r><id>K</id><n>{n}</n></r>\n"));
    place.write("theirs.xml", format!("<rows>\n{theirs}</rows>\n"));
    place.sql("CREATE TABLE ours (id varchar(10), n decimal(12, 2))");
    for batch in (ROWS / 3..=ROWS).collect::<Vec<_>>().chunks(5_000) {
        let mut rows = String::new();
        for n in batch {
            let (key, comma) = (if *n == ROWS { "L" } else { "K" }, if rows.is_empty() { "" } else { ", " });
            let _ = write!(rows, "{comma}('{key}', {n}{more})");
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
        assert!(there, "not {line}\n{summary}");
    }
}
