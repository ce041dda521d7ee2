//! SIGKILL at every failpoint between two stages.

use super::setup::{deliver, place, rerun};
use crate::support::{Place, on_every_server};

const FAILPOINTS: [&str; 9] = [
    "after-lock",
    "after-begin",
    "after-first-chunk",
    "after-load",
    "in-reconcile",
    "after-commit",
    "in-export",
    "after-export",
    "before-done",
];

fn killed_at(place: &Place, failpoint: &str) {
    let output = (place.command())
        .args(["run", "feed.toml", "theirs.xml", "--database", place.url()])
        .env("TIEOUT_KILL_AT", failpoint)
        .output();
    assert_eq!(output.status, -1, "{:?}: {failpoint} was not reached: {output:?}", place.kind);
}

#[test]
fn a_rerun_after_a_kill_gives_the_undisturbed_result() {
    on_every_server(|kind| {
        let place = place(kind);
        for failpoint in FAILPOINTS {
            deliver(&place, failpoint);
            killed_at(&place, failpoint);
            rerun(&place, failpoint);
        }
        let output = place.run(&["theirs.xml"]);
        assert_eq!(output.status, 3, "{kind:?}: the file counted: {}", output.all());
    });
}

/// The rerun that recovers is killed as well.
#[test]
fn so_does_the_third_run_after_two_kills() {
    on_every_server(|kind| {
        let place = place(kind);
        for (first, second) in [
            ("after-load", "after-begin"),
            ("in-reconcile", "after-commit"),
            ("after-commit", "after-export"),
        ] {
            deliver(&place, first);
            killed_at(&place, first);
            killed_at(&place, second);
            rerun(&place, &format!("{first} and {second}"));
        }
    });
}

/// A run that was committed but not exported is finished before another file is reconciled.
#[test]
fn another_file_after_a_kill_loses_neither() {
    on_every_server(|kind| {
        let place = place(kind);
        for failpoint in ["after-load", "after-commit"] {
            deliver(&place, &format!("killed {failpoint}"));
            let lost = std::fs::read(place.path("theirs.xml")).expect("the file");
            killed_at(&place, failpoint);
            deliver(&place, &format!("next {failpoint}"));
            rerun(&place, &format!("another file after {failpoint}"));
            place.write("theirs.xml", lost);
            let output = place.run(&["theirs.xml"]);
            let expected = if failpoint == "after-load" { 1 } else { 3 };
            assert_eq!(output.status, expected, "{kind:?}, {failpoint}: {}", output.all());
        }
        let folders = std::fs::read_dir(place.path("tieout-out")).expect("the folder").count();
        assert_eq!(folders, 4, "{kind:?}: every run has its folder");
    });
}
