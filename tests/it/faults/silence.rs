//! A server that falls silent, wherever the run is: the program ends in time, says what it waited for, and the next run
//! gives the undisturbed result.

use super::setup::{Running, ours, place, settled, until};
use crate::support::{Kind, Output, Place, SERVERS, on_each, proxy::Proxy, watch};
use std::{thread, time::Duration};

/// How many positions of a run are tried on each server.
const POSITIONS: u64 = 12;
/// A statement's limit, what a server gets beyond it, and what the program takes to end after that.
const STATEMENT: Duration = Duration::from_secs(3 + 5 + 5);
/// The same for a connection.
const CONNECTION: Duration = Duration::from_secs(15 + 5);
/// How much slower a machine at work may be.
const SLOW: u32 = 2;

/// A place whose statements may take three seconds.
fn hasty(kind: Kind) -> Place {
    let place = place(kind);
    let feed = std::fs::read_to_string(place.path("feed.toml")).expect("the feed");
    let limits = "[database]\nurl = \"sqlite:unused\"\nlock_timeout = \"3s\"\nstatement_timeout = \"3s\"\n";
    place.write("feed.toml", format!("{limits}{feed}"));
    place
}

fn run(place: &Place, proxy: &Proxy) -> Output {
    place.tieout(&["run", "feed.toml", "theirs.xml", "--database", &proxy.url(place.url())])
}

fn silent_after(kind: Kind, blocks: u64) {
    let place = hasty(kind);
    let before = ours(&place);
    let proxy = Proxy::silent_after(blocks, place.url());
    let output = run(&place, &proxy);
    let took = proxy.silent_for();
    let at = format!("{kind:?}, silent after {blocks} blocks, {took:?}");
    if output.stderr.contains("cannot connect") {
        assert!(took < CONNECTION * SLOW, "{at}: {}", output.all());
    } else {
        assert!(took < STATEMENT * SLOW, "{at}: {}", output.all());
    }
    match output.status {
        // At its very end a run has nothing to ask any more.
        1 => {}
        // The verdict is there, and only the clean-up got no answer.
        8 => assert!(output.all().contains("BREAKS"), "{at}: {}", output.all()),
        4 => assert!(output.stderr.contains("no answer"), "{at}: {}", output.stderr),
        _ => panic!("{at}: {}", output.all()),
    }
    // The server has not noticed: its ends of the connections are still open.
    let mut again = place.run(&["theirs.xml"]);
    let migrating = "creating or upgrading tieout's own tables";
    if again.status == 6 && again.stderr.contains(migrating) {
        // Before there are tables no session can be noted, so what ends it is said.
        assert!(again.stderr.contains("this ends the session"), "{at}: {}", again.stderr);
        drop(proxy);
        until("the server to notice", || {
            again = place.run(&["theirs.xml"]);
            again.status != 6
        });
    } else {
        drop(proxy);
    }
    assert!([1, 3].contains(&again.status), "{at}: {}", again.all());
    settled(&place, &before, &at);
}

#[test]
fn a_server_that_falls_silent_is_status_4_in_time() {
    on_each(&SERVERS, |kind| {
        let all = {
            let place = hasty(kind);
            let proxy = Proxy::silent_after(u64::MAX, place.url());
            let output = run(&place, &proxy);
            assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
            proxy.passed()
        };
        // They mostly wait.
        thread::scope(|scope| {
            for n in 0..POSITIONS {
                let test = watch::here();
                scope.spawn(move || {
                    watch::helping(test);
                    silent_after(kind, all * n / POSITIONS + n % 2);
                });
            }
        });
    });
}

/// A process of another machine may live, so its session is named and not ended.
#[test]
fn a_lock_of_another_machine_is_named_with_what_ends_it() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        place.run(&["theirs.xml"]).expect(1, &[]);
        let running = Running::held_with(&place, "after-lock", &["--force"]);
        place.sql("UPDATE tieout_sessions SET process = 'another machine 1 1'");
        let end = if kind == Kind::Postgres { "pg_terminate_backend(" } else { "KILL " };
        place.run(&["theirs.xml"]).expect(6, &["is at work", "if that process is gone", end]);
        running.go().expect(1, &[]);
        assert_eq!(place.count("FROM tieout_sessions"), 0, "{kind:?}: sessions are still noted");
    });
}
