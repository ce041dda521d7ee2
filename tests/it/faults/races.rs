//! What others do at the wrong moment: a second run, a stolen fence, an emptied stage, a growing file.

use super::{
    sessions::end_lock,
    setup::{Running, nothing_committed, ours, place, rerun, settled},
};
use crate::support::{Feed, Kind, Place, on_every_server};
use std::{fs::OpenOptions, io::Write};

#[test]
fn of_two_runs_at_once_one_works_and_the_other_is_status_6() {
    on_every_server(|kind| {
        let place = place(kind);
        let before = ours(&place);
        let first = Running::held(&place, "after-load");
        let second = place.run(&["theirs.xml"]);
        assert_eq!(second.status, 6, "{kind:?}: {}", second.all());
        assert!(second.stderr.contains("process"), "{kind:?}: who holds it is not said: {}", second.stderr);
        let first = first.go();
        assert_eq!(first.status, 1, "{kind:?}: {}", first.all());
        settled(&place, &before, &format!("{kind:?}, two runs"));
    });
}

/// The lock's connection is gone and another run has begun: this one must not commit.
#[test]
fn a_run_that_lost_its_fence_commits_nothing() {
    on_every_server(|kind| {
        let place = place(kind);
        let running = Running::held(&place, "after-load");
        place.sql("UPDATE tieout_feeds SET run_id = 'another' WHERE feed = 'faults'");
        let output = running.go();
        assert_eq!(output.status, 4, "{kind:?}: {}", output.all());
        assert!(output.stderr.contains("lost its lock"), "{kind:?}: {}", output.stderr);
        nothing_committed(&place, "lost fence");
        rerun(&place, "after a lost fence");
    });
}

/// A server that crashed empties UNLOGGED tables: that must not read as "everything is missing".
#[test]
fn a_stage_emptied_before_the_join_is_status_4() {
    on_every_server(|kind| {
        let place = place(kind);
        let running = Running::held(&place, "after-load");
        place.sql("DELETE FROM tieout_stage_faults");
        let output = running.go();
        assert_eq!(output.status, 4, "{kind:?}: {}", output.all());
        assert!(output.stderr.contains("staging table holds 0"), "{kind:?}: {}", output.stderr);
        nothing_committed(&place, "emptied stage");
        rerun(&place, "after an emptied stage");
    });
}

#[test]
fn a_file_that_grows_while_it_is_read_is_status_5() {
    on_every_server(|kind| {
        let place = place(kind);
        let running = Running::held(&place, "after-first-chunk");
        let mut file = OpenOptions::new().append(true).open(place.path("theirs.xml")).expect("the file");
        file.write_all(b"<!-- still being written -->").expect("more bytes");
        let output = running.go();
        assert_eq!(output.status, 5, "{kind:?}: {}", output.all());
        nothing_committed(&place, "grown file");
        rerun(&place, "after a grown file");
    });
}

/// Several first runs of different feeds may meet in a database that has no table of tieout's yet.
#[test]
fn several_migrations_at_once_all_succeed() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        let migrate = || place.command().args(["migrate", "--database", place.url()]).start();
        let all: Vec<_> = (0..3).map(|_| migrate()).collect();
        for program in all {
            program.end().expect(0, &[]);
        }
        assert_eq!(place.count("FROM tieout_runs"), 0, "{kind:?}");
    });
}

/// A run whose lock is gone loads when the next one has loaded already: the next one would take these rows for its own,
/// since they are as many. Here they would tie out.
#[test]
fn rows_of_a_run_that_lost_its_lock_are_never_another_ones() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql("CREATE TABLE ours (id integer, v varchar(9)); INSERT INTO ours VALUES (1, 'right')");
        place.feed(Feed::new("faults").column("id", "type = \"integer\"\nkey = true").column("v", ""));
        place.write("theirs.xml", "<rows><r><id>1</id><v>right</v></r></rows>");
        let first = Running::held(&place, "after-begin");
        // Its lock goes, and so does what the ledger knows of its sessions.
        if kind == Kind::Sqlite {
            for entry in std::fs::read_dir(place.path(".")).expect("the folder").flatten() {
                if entry.file_name().to_string_lossy().ends_with(".faults.lock") {
                    std::fs::remove_file(entry.path()).expect("the lock file");
                }
            }
        } else {
            place.sql("DELETE FROM tieout_sessions");
            end_lock(&place);
        }
        place.write("other.xml", "<rows><r><id>1</id><v>wrong</v></r></rows>");
        let second = Running::held_apart(&place, "after-load", "other.xml");
        let first = first.go();
        assert_eq!(first.status, 4, "{kind:?}: {}", first.all());
        assert!(first.stderr.contains("lost its lock"), "{kind:?}: {}", first.stderr);
        let second = second.go();
        assert!([1, 4].contains(&second.status), "{kind:?}: {}", second.all());
        place.run(&["other.xml"]).expect(if second.status == 1 { 3 } else { 1 }, &[]);
        assert_eq!(place.count("FROM tieout_runs WHERE verdict = 'tied_out'"), 0, "{kind:?}");
    });
}

#[test]
fn a_database_by_two_names_has_one_lock() {
    let place = place(Kind::Sqlite);
    let database = place.url().trim_start_matches("sqlite:").split('?').next().expect("a path").to_owned();
    let alias = place.path("alias.sqlite");
    std::os::unix::fs::symlink(&database, &alias).expect("a link");
    let first = Running::held(&place, "after-load");
    let alias = format!("sqlite:{}", alias.display());
    place.tieout(&["run", "feed.toml", "theirs.xml", "--database", &alias]).expect(6, &["is at work"]);
    first.go().expect(1, &[]);
}
