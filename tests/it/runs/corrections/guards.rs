//! A script that meets anything else than the run met fails and changes nothing, also in a client that goes on after
//! an error; and what cannot be corrected is refused with the reason.

use super::{again, apply, breaks, scripts};
use crate::support::{Feed, Kind, Place, client, of_this_run, on_every_server};
use std::fs;

/// Reads id, amount and note.
fn feed() -> Feed {
    Feed::new("guarded").key("id").column("amount", "type = \"decimal\"").column("note", "")
}

fn place(kind: Kind) -> Place {
    let place = Place::new(kind);
    place.sql(
        "CREATE TABLE ours (id varchar(10) PRIMARY KEY, amount decimal(12, 2), note varchar(5)); \
         INSERT INTO ours VALUES ('1', 10, 'a'), ('2', 20, 'b'), ('3', 30, 'c'), ('gone', 5, NULL)",
    );
    place.feed(feed());
    place.write(
        "theirs.xml",
        "<d><r><id>1</id><amount>11</amount><note>a</note></r>\n<r><id>2</id><amount>20</amount><note>B</note></r>\n\
         <r><id>3</id><amount>30</amount></r>\n<r><id>new</id><amount>0.5</amount><note>n</note></r></d>",
    );
    again(&place).expect(1, &[]);
    place
}

fn rows(place: &Place) -> Vec<Vec<Option<String>>> {
    place.query(&format!("SELECT id, {}, note FROM ours ORDER BY id", place.kind.as_text("amount")))
}

#[test]
fn a_row_that_changed_since_stops_all_of_it() {
    on_every_server(|kind| {
        let place = place(kind);
        let [forward, back] = scripts(&place);
        for change in [
            "UPDATE ours SET amount = 20.01 WHERE id = '2'",
            "UPDATE ours SET note = 'A' WHERE id = '1'",
            "DELETE FROM ours WHERE id = 'gone'",
            "INSERT INTO ours (id) VALUES ('new')",
        ] {
            place.sql(change);
            let before = rows(&place);
            for script in [&forward, &back] {
                let output = client::paste(&place, script);
                assert_ne!(output.status, 0, "{kind:?}: {change}: {script}");
                assert_eq!(rows(&place), before, "{kind:?}: {change}");
                client::paste_regardless(&place, script);
                assert_eq!(rows(&place), before, "{kind:?}, going on after errors: {change}");
            }
            place.sql("DELETE FROM ours; INSERT INTO ours VALUES ('1', 10, 'a'), ('2', 20, 'b'), ('3', 30, 'c'), ('gone', 5, NULL)");
        }
        apply(&place, &forward);
        again(&place).expect(0, &[]);
    });
}

#[test]
fn what_the_column_would_round_or_cut_stops_all_of_it() {
    for lossy in [
        "<amount>20.005</amount><note>b</note>",
        "<amount>20</amount><note>b     </note>",
        "<amount>20</amount><note>longer</note>",
    ] {
        on_every_server(|kind| {
            let place = place(kind);
            place.feed(feed().column("note", "trim = false"));
            place.write(
                "theirs.xml",
                format!("<d><r><id>1</id><amount>11</amount></r><r><id>2</id>{lossy}</r></d>"),
            );
            again(&place).expect(1, &[]);
            let (before, [forward, back]) = (rows(&place), scripts(&place));
            let output = client::paste(&place, &forward);
            if kind == Kind::Sqlite {
                // Its columns hold anything.
                assert_eq!(output.status, 0, "{}", output.all());
                again(&place).expect(0, &[]);
                apply(&place, &back);
            } else {
                assert_ne!(output.status, 0, "{kind:?}: {lossy}: {forward}");
            }
            assert_eq!(rows(&place), before, "{kind:?}: {lossy}");
        });
    }
}

#[test]
fn what_cannot_be_corrected_is_refused_with_the_reason() {
    on_every_server(|kind| {
        for (ours, reason) in [
            ("query = \"select * from ours\"\n", "ours is a query"),
            (
                "table = \"ours\"\n[ours.columns]\namount = \"amount / 1\"\n",
                "column amount: [ours.columns] computes it",
            ),
            ("table = \"shown\"\n", "a view or the like"),
        ] {
            let place = Place::new(kind);
            place.sql("CREATE TABLE ours (id varchar(10), amount decimal(12, 2), note varchar(5)); CREATE VIEW shown AS SELECT * FROM ours");
            place.feed(feed().ours(ours));
            place.write("theirs.xml", "<d><r><id>1</id></r></d>");
            again(&place).expect(1, &[]);
            for script in scripts(&place) {
                assert!(script.contains("-- Refused") && script.contains(reason), "{kind:?}: {script}");
                assert!(
                    script.lines().all(|line| line.starts_with("--") || line.is_empty()),
                    "{kind:?}: {script}"
                );
            }
        }
    });
}

#[test]
fn they_are_delivered_like_every_other_file() {
    on_every_server(|kind| {
        let place = place(kind);
        let folder = place.run_folder("tieout-out");
        let name = folder.to_string_lossy().into_owned();
        place
            .tieout(&["verify", &name])
            .expect(0, &["ok         corrections.sql", "ok         corrections_undo.sql"]);
        let (first, told) = (scripts(&place), breaks(&place));
        assert!(first[0].contains("-- 1: missing_in_theirs\n"), "{}", first[0]);
        assert!(first[0].contains("-- 5: missing_in_ours, file 1, record 4, line 4\n"), "{}", first[0]);
        assert!(first[0].contains("1 DELETE, 3 UPDATE, 1 INSERT"), "{}", first[0]);
        // A past run's are written again, without the feed.
        let run = folder.file_name().expect("a name").to_string_lossy().into_owned();
        place.tieout(&["report", &run, "--out", "other", "--database", place.url()]).expect(1, &[]);
        assert_eq!(first[0], place.output_file("other", "corrections.sql"), "{kind:?}");
        assert_eq!(told, of_this_run(&place.output_file("other", "breaks.csv")), "{kind:?}");
        let summary = fs::read_to_string(folder.join("summary.json")).expect("a summary");
        assert!(!summary.contains("correctable"), "that is for the ledger");
    });
}
