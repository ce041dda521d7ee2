//! `corrections.sql` and its undo, run by the databases' own clients.

mod guards;
mod tables;
mod types;

use crate::support::{Output, Place, client::paste, of_this_run};

/// Reconciles again, whatever was counted before.
fn again(place: &Place) -> Output {
    place.run(&["theirs.xml", "--force"])
}

/// The newest run's scripts.
fn scripts(place: &Place) -> [String; 2] {
    ["corrections.sql", "corrections_undo.sql"].map(|name| place.output_file("tieout-out", name))
}

#[track_caller]
fn apply(place: &Place, script: &str) {
    let output = paste(place, script);
    assert_eq!(
        (output.status, output.stderr.as_str()),
        (0, ""),
        "{:?}: {}\n{script}",
        place.kind,
        output.all()
    );
}

fn breaks(place: &Place) -> String {
    of_this_run(&place.output_file("tieout-out", "breaks.csv"))
}
