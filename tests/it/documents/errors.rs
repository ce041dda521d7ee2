//! docs/errors.md is what the program's own tables say, and every message shows its code.

use super::markdown::root;
use crate::support::{Kind, Place};
use std::fs;

/// `TIEOUT_BLESS=1` writes the page anew.
#[test]
fn the_page_is_made_of_the_tables() {
    let output = Place::new(Kind::Sqlite).tieout(&["explain", "--markdown"]);
    output.expect(0, &[]);
    let page = root().join("docs/errors.md");
    if std::env::var_os("TIEOUT_BLESS").is_some() {
        fs::write(&page, &output.stdout).expect("the page is written");
    }
    let written = fs::read_to_string(&page).expect("the page");
    assert!(written == output.stdout, "docs/errors.md is out of date: run this test with TIEOUT_BLESS=1");
}

#[test]
fn a_message_shows_its_code_and_explain_knows_it() {
    let place = Place::new(Kind::Sqlite);
    let output = place.tieout(&["check", "gone.toml"]);
    output.expect(2, &["tieout: there is no feed file gone.toml [TO-201]\n"]);
    for word in ["TO-201", "to-201", "201", "[TO-201]"] {
        place
            .tieout(&["explain", word])
            .expect(0, &["TO-201: there is no feed file", "Why:", "What to do: Check the path"]);
    }
}

#[test]
fn explain_knows_statuses_outcomes_and_reasons() {
    let place = Place::new(Kind::Sqlite);
    for (word, said) in [
        ("143", "143: stopped by SIGTERM"),
        ("missing-in-ours", "missing_in_ours: only their file has it"),
        ("time_zone_shift", "time_zone_shift: shifted by a time zone"),
    ] {
        place.tieout(&["explain", word]).expect(0, &[said, "Why:", "What to do:"]);
    }
    place.tieout(&["explain"]).expect(0, &["Exit statuses", "  3 ", "TO-304", "mismatched", "rounding"]);
    place.tieout(&["explain", "mismached"]).expect(2, &["did you mean mismatched?", "[TO-217]"]);
}
