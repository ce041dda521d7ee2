//! A feed with several row sets, cut short between them.

use crate::support::{Feed, Kind, Place, on_every_server};

/// Two row sets, the second of which has its rows from this table or query.
fn feed(of_second: &str) -> Feed {
    let set = |name: &str, row: &str| Feed::new(name).row(row).column("id", "path = \"@id\"\nkey = true");
    let sets = Feed::new("sets").xml("root = \"d\"").set(set("as", "a").ours("table = \"ours_a\""));
    sets.set(set("bs", "b").ours(of_second))
}

const SECOND: &str = "table = \"ours_b\"";

fn place(kind: Kind) -> Place {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours_a (id varchar(10)); INSERT INTO ours_a VALUES ('1'), ('2')");
    place.sql("CREATE TABLE ours_b (id varchar(10)); INSERT INTO ours_b VALUES ('1')");
    place.feed(feed(SECOND));
    place.write("theirs.xml", "<d><a id='1'/><b id='1'/><a id='3'/></d>");
    place
}

/// Run folders' feeds and the breaks in each.
fn answers(place: &Place) -> Vec<(String, usize)> {
    let mut answers: Vec<(String, usize)> = std::fs::read_dir(place.path("tieout-out"))
        .expect("the output folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("summary.json").exists())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let breaks =
                std::fs::read_to_string(path.join("breaks.csv")).expect("breaks").lines().count() - 1;
            (name.split("-2").next().expect("a feed's name").to_owned(), breaks)
        })
        .collect();
    answers.sort();
    answers
}

fn both_answered(place: &Place, at: &str) {
    let kind = place.kind;
    assert_eq!(answers(place), [("sets-as".to_owned(), 2), ("sets-bs".to_owned(), 0)], "{kind:?}, {at}");
    let output = place.run(&["theirs.xml"]);
    assert_eq!(output.status, 3, "{kind:?}, {at}: the file counted for both: {}", output.all());
}

#[test]
fn a_rerun_finishes_the_set_that_is_missing() {
    on_every_server(|kind| {
        // The first failpoint of either kind is that of the first set.
        for failpoint in ["after-load", "in-reconcile", "after-commit", "after-export"] {
            let place = place(kind);
            let output = (place.command())
                .args(["run", "feed.toml", "theirs.xml", "--database", place.url()])
                .env("TIEOUT_KILL_AT", failpoint)
                .output();
            assert_eq!(output.status, -1, "{kind:?}: {failpoint} was not reached: {output:?}");
            let output = place.run(&["theirs.xml"]);
            assert_eq!(output.status, 1, "{kind:?}, {failpoint}: {}", output.all());
            both_answered(&place, failpoint);
        }
    });
}

#[test]
fn a_set_that_fails_does_not_undo_the_one_before() {
    on_every_server(|kind| {
        let place = place(kind);
        // Reading ours fails in the second set's join only, where the inner query gives two rows.
        place.feed(feed("query = \"select id from ours_b where id = (select id from ours_a)\""));
        let output = place.run(&["theirs.xml"]);
        if kind == Kind::Sqlite {
            // SQLite takes the first of several rows where one is wanted, so nothing fails there.
            return assert_eq!(output.status, 1, "{}", output.all());
        }
        assert_eq!(output.status, 4, "{kind:?}: {}", output.all());
        place.feed(feed(SECOND));
        let output = place.run(&["theirs.xml"]);
        assert_eq!(output.status, 0, "{kind:?}, only the second set was due: {}", output.all());
        assert_eq!(answers(&place).len(), 2, "{kind:?}");
    });
}
