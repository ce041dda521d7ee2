//! Two runs of one feed, and tables that somebody else holds.

use super::{feed, place};
use crate::support::{Kind, Place, SERVERS, on_each};
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::{fs::File, thread, time::Duration};

/// Holds an exclusive lock on ours in a session of its own while `body` runs.
fn with_ours_locked(place: &Place, body: impl FnOnce()) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    macro_rules! hold {
        ($connection:ty, $url:expr, $sql:expr) => {{
            let mut session = runtime.block_on(<$connection>::connect($url)).expect("a session");
            let lock = session.execute(sqlx::raw_sql(AssertSqlSafe($sql.to_owned())));
            runtime.block_on(lock).expect("the lock");
            body();
            runtime.block_on(session.close()).expect("the end of the session");
        }};
    }
    if place.kind == Kind::Postgres {
        hold!(sqlx::PgConnection, place.url(), "BEGIN; LOCK TABLE ours IN ACCESS EXCLUSIVE MODE");
    } else {
        let url = place.url().replacen("mariadb:", "mysql:", 1);
        hold!(sqlx::MySqlConnection, &url, "LOCK TABLES ours WRITE");
    }
}

#[test]
fn a_second_run_of_the_same_feed_waits_for_nothing() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        place.tieout(&["migrate", "--database", place.url()]).expect(0, &[]);
        let mut first = None;
        with_ours_locked(&place, || {
            let command = place.command().args(["run", "feed.toml", "theirs.xml", "--database", place.url()]);
            first = Some(command.start());
            // It is at ours, which is locked, once its run row is there.
            let mut begun = false;
            for _ in 0..600 {
                begun = !place.query("SELECT run_id FROM tieout_runs").is_empty();
                if begun {
                    break;
                }
                thread::sleep(Duration::from_millis(50));
            }
            assert!(begun, "{kind:?}: the first run never began");
            place
                .run(&["theirs.xml"])
                .expect(6, &["another run of feed acme", "process", "wait until it is done"]);
            place.tieout(&["clean", "feed.toml", "--database", place.url()]).expect(6, &["acme"]);
        });
        first.expect("the first run").end().expect(0, &["TIED OUT"]);
        place.feed(feed().named("other"));
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
    });
}

#[test]
fn a_second_run_on_sqlite() {
    let place = place(Kind::Sqlite);
    place.run(&["theirs.xml"]).expect(0, &[]);
    let lock = File::create(place.path("ours.sqlite.acme.lock")).expect("the lock file");
    lock.try_lock().expect("the lock");
    place.run(&["theirs.xml", "--force"]).expect(6, &["another run of feed acme"]);
    drop(lock);
    place.run(&["theirs.xml", "--force"]).expect(0, &[]);
}

#[test]
fn a_lock_timeout_ends_the_wait_for_ours() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        let database = format!("[database]\nurl = {:?}\nlock_timeout = \"1s\"\n\n", place.url());
        place.feed(feed().first(&database));
        with_ours_locked(&place, || {
            place
                .tieout(&["run", "feed.toml", "theirs.xml"])
                .expect(4, &["another session holds a lock", "lock_timeout"]);
        });
        place.tieout(&["run", "feed.toml", "theirs.xml"]).expect(0, &["TIED OUT"]);
    });
}
