//! Checksums that lie: the audit compares pairs with equal checksums by value too.

use super::setup::{Running, nothing_committed};
use crate::support::{Feed, Kind, Output, Place, on_every_server};
use std::fmt::Write;

/// A feed that compares so many pairs with equal checksums by value too.
fn feed(audit: &str) -> Feed {
    let columns = Feed::new("faults").column("id", "type = \"integer\"\nkey = true").column("note", "");
    columns.and(&format!("[results]\naudit = {audit}\n"))
}

/// `rows` rows on both sides, all of them equal, theirs in a file of a thousand and another.
fn place(kind: Kind, rows: u32, audit: &str) -> Place {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours (id integer, note varchar(40))");
    let (mut ours, mut files) = (Vec::new(), [String::from("<rows>"), String::from("<rows>")]);
    for id in 1..=rows {
        ours.push(format!("({id}, 'note {id}')"));
        let file = &mut files[usize::from(id > 1000)];
        let _ = write!(file, "<r><id>{id}</id><note>note {id}</note></r>");
    }
    place.sql(&format!("INSERT INTO ours VALUES {}", ours.join(", ")));
    for (name, text) in ["theirs.xml", "more.xml"].into_iter().zip(files) {
        place.write(name, text + "</rows>");
    }
    place.feed(feed(audit));
    place
}

/// A run in whose stage some values are others than those that the checksums were made of.
fn tampered(place: &Place, of: &str) -> Output {
    let running = Running::held(place, "after-load");
    place.sql(&format!("UPDATE tieout_stage_faults SET note = 'planted' WHERE {of}"));
    running.go()
}

#[test]
fn equal_checksums_over_different_values_are_status_70() {
    on_every_server(|kind| {
        for audit in ["1000", "\"all\""] {
            let place = place(kind, 12, audit);
            let output = tampered(&place, "id = '2'");
            let at = format!("{kind:?}, audit = {audit}");
            assert_eq!(output.status, 70, "{at}: {}", output.all());
            assert!(output.stderr.contains("key 2 (file 1, record 2, line 1)"), "{at}: {}", output.stderr);
            if kind != Kind::Sqlite {
                let said = "differ in note: no checksum of this run can be trusted";
                assert!(output.stderr.contains(said), "{at}: {}", output.stderr);
            }
            nothing_committed(&place, &at);
        }
    });
}

/// Of many such pairs, a sample holds some.
#[test]
fn so_they_are_in_a_sample() {
    on_every_server(|kind| {
        let place = place(kind, 600, "60");
        let output = tampered(&place, "id > '5'");
        assert_eq!(output.status, 70, "{kind:?}: {}", output.all());
        nothing_committed(&place, "a sample");
    });
}

/// It is the audit that finds it, where the database compares checksums.
#[test]
fn without_the_audit_it_would_not_be_seen() {
    on_every_server(|kind| {
        let place = place(kind, 12, "0");
        let output = tampered(&place, "id = '2'");
        if kind == Kind::Sqlite {
            return assert_eq!(output.status, 70, "SQLite compares by value: {}", output.all());
        }
        assert_eq!(output.status, 0, "{kind:?}: {}", output.all());
        assert!(place.output_file("tieout-out", "summary.json").contains("\"audited\": 0,"), "{kind:?}");
    });
}

#[test]
fn the_sample_is_about_as_large_as_asked_for() {
    on_every_server(|kind| {
        let place = place(kind, 3000, "200");
        let output = place.run(&["theirs.xml", "more.xml"]);
        assert_eq!(output.status, 0, "{kind:?}: {}", output.all());
        let summary = place.output_file("tieout-out", "summary.json");
        let audited = summary.split("\"audited\": ").nth(1).and_then(|rest| rest.split(',').next());
        let audited: u32 = audited.expect("a count").parse().expect("a number");
        let expected = if kind == Kind::Sqlite { 3000..=3000 } else { 180..=220 };
        assert!(expected.contains(&audited), "{kind:?}: {audited}");
        assert!(
            output.stdout.contains(&format!("{audited}  pairs with equal checksums compared by value too"))
        );
        assert_eq!(place.count("FROM tieout_results"), 0, "{kind:?}: equal pairs are not breaks");
    });
}
