//! A server works on for a run that was killed: the next run ends that and does not wait.

use super::{
    sessions::{slow_feed, until_joining},
    setup::{Running, ours, place, settled},
};
use crate::support::{Kind, SERVERS, on_each};
use std::time::{Duration, Instant};

/// What the next run may take; the join of the dead one has more than a minute to go.
const SOON: Duration = Duration::from_secs(45);

#[test]
fn a_run_that_was_killed_in_its_join_does_not_hold_up_the_next_one() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        let before = ours(&place);
        slow_feed(&place);
        let nap = if kind == Kind::Postgres { "nap=100" } else { "nap=4" };
        let running = Running::start(&place, &["--set", nap]);
        until_joining(&place);
        running.signal("KILL");
        assert_eq!(running.end().status, -1, "{kind:?}");

        let begun = Instant::now();
        let output = place.run(&["theirs.xml", "--set", "nap=0"]);
        output.expect(1, &["of a run that died is still at work on the server: ending it"]);
        let took = begun.elapsed();
        assert!(took < SOON, "{kind:?}: {took:?}");
        settled(&place, &before, &format!("{kind:?}, after a kill in the join"));
        assert_eq!(place.count("FROM tieout_sessions"), 0, "{kind:?}: sessions are still noted");
    });
}
