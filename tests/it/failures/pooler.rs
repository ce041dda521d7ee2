//! A pooler before the server. One that lends sessions for a transaction or a statement is refused before anything is done
//! there, whichever session it takes next; one that lends them for as long as a client stays is no matter.

use super::{feed, place, with_a_break};
use crate::support::{Kind, Output, Place, Pooler};

/// Runs a command at the pooler.
#[track_caller]
fn at(place: &Place, pooler: &Pooler, arguments: &[&str]) -> Output {
    place.tieout(&[arguments, &["--database", pooler.url()]].concat())
}

const RUN: &[&str] = &["run", "feed.toml", "theirs.xml", "--force"];

/// Everything is refused and leaves nothing, with so many sessions idle in the pool.
fn refuses(mode: &str, size: usize, round_robin: u8) {
    let place = place(Kind::Postgres);
    let settings =
        format!("pool_mode = {mode}\ndefault_pool_size = {size}\nserver_round_robin = {round_robin}");
    let pooler = Pooler::before(&place, &settings);
    pooler.open_sessions(size);
    // What was set on a session would be there for whoever gets it next.
    let set = "SELECT name, setting FROM pg_settings WHERE source = 'session' ORDER BY name";
    let before = pooler.query(set);

    let commands: [&[&str]; 7] = [
        &["check", "feed.toml"],
        RUN,
        RUN,
        &["history"],
        &["report", "acme-20260101T000000Z-000000"],
        &["migrate"],
        &["clean", "feed.toml"],
    ];
    for command in commands {
        let output = at(&place, &pooler, command);
        output.expect(4, &["TO-416", "lends its sessions for one transaction", "a pool in session mode"]);
        assert!(!output.all().contains("TIED OUT"), "{}", output.all());
    }

    assert_eq!(place.count("FROM pg_class WHERE relname LIKE 'tieout%'"), 0);
    let locks = "FROM pg_locks JOIN pg_database d ON d.oid = database \
                 WHERE locktype = 'advisory' AND datname = current_database()";
    assert_eq!(place.count(locks), 0, "an advisory lock stays in the pool");
    for _ in 0..size {
        assert_eq!(pooler.query(set), before, "a setting stays in the pool");
    }
    // The lock is free, and the server itself is as good as before.
    place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
}

#[test]
fn a_pool_of_one_session_per_transaction_is_refused() {
    refuses("transaction", 1, 0);
}

#[test]
fn a_pool_of_sessions_per_transaction_is_refused() {
    refuses("transaction", 20, 0);
}

#[test]
fn a_pool_that_lends_its_sessions_in_turn_is_refused() {
    for size in [1, 2, 3, 20] {
        refuses("transaction", size, 1);
    }
}

#[test]
fn a_pool_of_sessions_per_statement_is_refused() {
    refuses("statement", 1, 0);
    refuses("statement", 20, 1);
}

#[test]
fn a_busy_pool_is_refused() {
    let place = place(Kind::Postgres);
    for round_robin in [0, 1] {
        let settings =
            format!("pool_mode = transaction\ndefault_pool_size = 3\nserver_round_robin = {round_robin}");
        let pooler = Pooler::before(&place, &settings);
        pooler.while_busy(&place, 4, || {
            for _ in 0..10 {
                at(&place, &pooler, &["history"]).expect(4, &["TO-416"]);
            }
        });
    }
}

#[test]
fn a_pool_that_lends_sessions_for_as_long_as_a_client_stays_serves() {
    let place = place(Kind::Postgres);
    let pooler =
        Pooler::before(&place, "pool_mode = session\ndefault_pool_size = 30\nserver_round_robin = 1");
    pooler.open_sessions(3);
    at(&place, &pooler, &["check", "feed.toml"]).expect(0, &[]);
    at(&place, &pooler, RUN).expect(0, &["TIED OUT"]);
    at(&place, &pooler, RUN).expect(0, &["TIED OUT"]);
    with_a_break(&place);
    at(&place, &pooler, RUN).expect(1, &["1  mismatched"]);
    at(&place, &pooler, &["history", "feed.toml"]).expect(0, &["2 matched, 0 breaks", "1 matched, 1 breaks"]);
    let folder = place.run_folder("tieout-out");
    let run = folder.file_name().expect("a name").to_string_lossy();
    at(&place, &pooler, &["report", &run, "--out", "again"]).expect(1, &["BREAKS"]);
    at(&place, &pooler, &["migrate"]).expect(0, &[]);
    at(&place, &pooler, &["clean", "feed.toml"]).expect(0, &[]);
}

#[test]
fn several_runs_through_a_pool_of_sessions_come_to_one_answer() {
    let place = place(Kind::Postgres);
    with_a_break(&place);
    let pooler = Pooler::before(&place, "pool_mode = session\ndefault_pool_size = 40");
    at(&place, &pooler, &["migrate"]).expect(0, &[]);
    for other in ["one", "two"] {
        place.write(&format!("{other}.toml"), feed().named(other).to_string());
    }
    // Four of one feed, which keep each other out, beside those of other feeds.
    let feeds = ["feed.toml", "feed.toml", "feed.toml", "feed.toml", "one.toml", "two.toml"];
    let started = feeds.map(|feed| {
        let run = ["run", feed, "theirs.xml", "--force", "--database", pooler.url()];
        (feed, place.command().args(run).start())
    });
    let mut told = 0;
    for (feed, run) in started {
        let output = run.end();
        if feed == "feed.toml" && output.status == 6 {
            output.expect(6, &["another run of feed acme"]);
        } else {
            output.expect(1, &["1  mismatched"]);
            told += u64::from(feed == "feed.toml");
        }
    }
    assert!(told > 0, "no run of the feed got through");
    assert_eq!(place.count("FROM tieout_runs WHERE feed = 'acme'"), told);
}
