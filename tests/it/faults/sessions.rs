//! Sessions that end, wait, or work at the same time.

use super::setup::{Running, nothing_committed, ours, place, place_on, rerun, settled, until};
use crate::support::{Kind, MYSQL_FAMILY, Place, SERVERS, Server, of_this_run, on_each};
use std::{thread::sleep, time::Duration};

/// Ends every session of this test's own database but the one that asks.
fn end_sessions(place: &Place) {
    match place.kind {
        Kind::Sqlite => panic!("SQLite has no sessions"),
        Kind::Postgres => place.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        ),
        _ => {
            let sessions = place.query(
                "SELECT CAST(id AS char) FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
            );
            for id in sessions.into_iter().flatten().flatten() {
                // It may have ended by itself in between.
                let _ = place.try_sql(&format!("KILL {id}"));
            }
        }
    }
}

/// Makes the join take about a minute: Postgres sleeps once, the others for each row of ours.
fn nap(kind: Kind) -> &'static str {
    if kind == Kind::Postgres { "nap=60" } else { "nap=2" }
}

/// A feed whose join takes long where `:nap` is not 0.
pub fn slow_feed(place: &Place) {
    let filter = match place.kind {
        Kind::Postgres => "(SELECT pg_sleep(:nap)) IS NOT NULL",
        _ => "sleep(:nap) = 0",
    };
    let feed = std::fs::read_to_string(place.path("feed.toml")).expect("the feed");
    place.write("feed.toml", format!("{feed}where = \"{filter}\"\n"));
}

/// Waits until the join is at work.
pub fn until_joining(place: &Place) {
    let sessions = match place.kind {
        Kind::Postgres => {
            "FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        }
        _ => {
            "FROM information_schema.processlist WHERE db = database() AND command <> 'Sleep' AND info LIKE '%INSERT INTO%sleep(%' AND id <> connection_id()"
        }
    };
    until("the join", || place.count(sessions) > 0);
}

/// Ends the one session that holds the feed's lock.
pub fn end_lock(place: &Place) {
    let holder = match place.kind {
        Kind::Postgres => {
            "SELECT CAST(pid AS text) FROM pg_locks JOIN pg_database AS d ON d.oid = database WHERE locktype = 'advisory' AND objsubid = 2 AND datname = current_database()"
        }
        _ => {
            "SELECT CAST(IS_USED_LOCK(LEFT(CONCAT('tieout.', SHA2(CONCAT(database(), '.tieout faults'), 256)), 64)) AS char)"
        }
    };
    let session = place.query(holder)[0][0].clone().expect("somebody holds the lock");
    match place.kind {
        Kind::Postgres => place.sql(&format!("SELECT pg_terminate_backend({session})")),
        _ => place.sql(&format!("KILL {session}")),
    }
}

/// A session lock dies with its connection while the work goes on: the fence has the last word.
#[test]
fn a_run_whose_lock_another_run_took_commits_nothing() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        let before = ours(&place);
        let first = Running::held(&place, "after-load");
        end_lock(&place);
        let at = format!("{kind:?}, the lock's session killed");
        until("the lock to be free", || {
            let second = place.run(&["theirs.xml"]);
            assert!([1, 6].contains(&second.status), "{at}: {}", second.all());
            second.status == 1
        });
        settled(&place, &before, &at);
        let first = first.go();
        assert_eq!(first.status, 4, "{at}: {}", first.all());
        assert!(first.stderr.contains("lost its lock"), "{at}: {}", first.stderr);
        settled(&place, &before, &at);
    });
}

/// Ours is locked by somebody else for longer than the feed is ready to wait.
#[test]
fn a_lock_on_ours_that_stays_is_status_4() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        let feed = std::fs::read_to_string(place.path("feed.toml")).expect("the feed");
        let limits = "[database]\nurl = \"sqlite:unused\"\nlock_timeout = \"1s\"\n";
        place.write("feed.toml", format!("{limits}{feed}"));
        let (lock, held) = match kind {
            Kind::Postgres => (
                "BEGIN; LOCK TABLE ours IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)",
                "FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
            ),
            _ => (
                "LOCK TABLES ours WRITE; DO sleep(60)",
                "FROM information_schema.processlist WHERE db = database() AND info = 'DO sleep(60)'",
            ),
        };
        std::thread::scope(|scope| {
            let holder = scope.spawn(|| place.try_sql(lock).is_ok());
            until("the other session's lock", || place.count(held) > 0);
            let output = place.run(&["theirs.xml"]);
            end_sessions(&place);
            holder.join().expect("the other session");
            assert_eq!(output.status, 4, "{kind:?}: {}", output.all());
            assert!(output.stderr.contains("holds a lock"), "{kind:?}: {}", output.stderr);
        });
        nothing_committed(&place, "a lock on ours");
        rerun(&place, "after a lock on ours");
    });
}

#[test]
fn a_session_killed_while_loading_is_status_4() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        for failpoint in ["after-first-chunk", "after-load", "in-reconcile"] {
            let running = Running::held(&place, failpoint);
            end_sessions(&place);
            let output = running.go();
            assert_eq!(output.status, 4, "{kind:?}, {failpoint}: {}", output.all());
            nothing_committed(&place, failpoint);
        }
        rerun(&place, "after killed sessions");
    });
}

#[test]
fn a_session_killed_in_the_join_is_status_4_and_a_signal_there_stops_at_once() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        slow_feed(&place);
        let running = Running::start(&place, &["--set", nap(kind)]);
        until_joining(&place);
        end_sessions(&place);
        let output = running.end();
        assert_eq!(output.status, 4, "{kind:?}: {}", output.all());
        nothing_committed(&place, "killed in the join");

        let running = Running::start(&place, &["--set", nap(kind)]);
        until_joining(&place);
        running.signal("INT");
        let output = running.end();
        assert_eq!(output.status, 130, "{kind:?}: {}", output.all());
        nothing_committed(&place, "interrupted in the join");

        let before = ours(&place);
        let output = place.run(&["theirs.xml", "--set", "nap=0"]);
        assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
        settled(&place, &before, &format!("{kind:?}, after a killed join"));
    });
}

/// Ours is written to in the middle of the join, and when the join's transaction is still open.
#[test]
fn writers_of_ours_are_never_blocked() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        slow_feed(&place);
        let write = match kind {
            Kind::Postgres => "SET lock_timeout = '3s'; UPDATE ours SET note = 'while joining' WHERE id = 3",
            _ => "SET innodb_lock_wait_timeout = 3; UPDATE ours SET note = 'while joining' WHERE id = 3",
        };
        let running = Running::start(&place, &["--set", nap(kind)]);
        until_joining(&place);
        place.sql(write);
        place.sql("UPDATE ours SET note = 'paid' WHERE id = 3");
        running.signal("TERM");
        assert_eq!(running.end().status, 143, "{kind:?}");

        let original = std::fs::read_to_string(place.path("feed.toml")).expect("the feed");
        place.write("feed.toml", original.split("where =").next().expect("the feed as it was"));
        let running = Running::held(&place, "in-reconcile");
        place.sql(write);
        place.sql("DELETE FROM ours WHERE id = 99");
        let output = running.go();
        assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
        assert_eq!(
            of_this_run(&place.output_file("tieout-out", "breaks.csv")),
            super::setup::undisturbed(),
            "{kind:?}"
        );
        assert_eq!(place.count("FROM ours WHERE note = 'while joining'"), 1, "{kind:?}: the write is lost");
    });
}

/// A limit that the server has for a role holds, unless the feed has another.
#[test]
fn a_servers_own_limit_on_statements_holds() {
    on_each(&[Kind::Postgres, Kind::MariaDb], |kind| {
        let place = place_on(Server::spare(kind));
        slow_feed(&place);
        let limit = if kind == Kind::Postgres {
            place.admin(&format!("ALTER DATABASE {} SET statement_timeout = '2s'", place.database()));
            None
        } else {
            Some(place.server().set("max_statement_time", "2"))
        };
        let nap = if kind == Kind::Postgres { "nap=4" } else { "nap=0.1" };
        let output = place.run(&["theirs.xml", "--set", nap]);
        output.expect(4, &["the server has a limit of its own for this user", "TO-411"]);
        nothing_committed(&place, "beyond the server's limit");

        let feed = std::fs::read_to_string(place.path("feed.toml")).expect("the feed");
        let longer = "[database]\nurl = \"sqlite:unused\"\nstatement_timeout = \"60s\"\n";
        place.write("feed.toml", format!("{longer}{feed}"));
        let output = place.run(&["theirs.xml", "--set", nap]);
        drop(limit);
        assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
    });
}

/// An administrator does it in the middle of a load.
#[test]
fn load_data_local_forbidden_between_two_chunks_is_followed_by_insert() {
    on_each(&MYSQL_FAMILY, |kind| {
        let place = place_on(Server::spare(kind));
        let before = ours(&place);
        let as_it_is = place.server().as_it_is();
        let running = Running::held(&place, "after-first-chunk");
        drop(as_it_is);
        let forbidden = place.server().set("local_infile", "0");
        let output = running.go();
        drop(forbidden);
        output.expect(1, &["SET GLOBAL local_infile = 1"]);
        let summary = place.output_file("tieout-out", "summary.json");
        assert!(summary.contains("\"loaded_by\": \"INSERT\""), "{summary}");
        settled(&place, &before, &format!("{kind:?}, loaded in two ways"));
    });
}

/// The lock's session waits all the time, the load for its next chunk; a server's limit on such sessions is not for us.
#[test]
fn a_session_that_waits_is_not_ended() {
    on_each(&[Kind::Postgres, Kind::MariaDb], |kind| {
        let place = place_on(Server::spare(kind));
        let before = ours(&place);
        let limit = if kind == Kind::Postgres {
            let database = place.database();
            place.admin(&format!(
                "ALTER DATABASE {database} SET idle_in_transaction_session_timeout = '1s';
                 ALTER DATABASE {database} SET idle_session_timeout = '1s'"
            ));
            None
        } else {
            Some(place.server().set("idle_transaction_timeout", "1"))
        };
        let running = Running::held(&place, "after-first-chunk");
        // The run's sessions have it.
        drop(limit);
        sleep(Duration::from_secs(2));
        let output = running.go();
        assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
        settled(&place, &before, &format!("{kind:?}, after it waited"));
    });
}
