//! A feed that is drafted from a file converts it, its key is unique, and it is the one that was reviewed.
//!
//! `tests/infer/expected/` holds the reviewed drafts, without comments and without what the values of the files are.

use super::manifest::File;
use crate::{infer, repository, support::Place};

pub fn check(place: &Place, file: &File) -> Result<(), String> {
    let path = file.path.to_string_lossy();
    if !file.well_formed && place.tieout(&["infer", &path]).status == 3 {
        return Ok(());
    }
    infer::check(place, &file.path, &repository(&format!("tests/infer/expected/{}.toml", short(file))))
}

/// `camt053-example-a`: the format, and the last part of the file's name.
fn short(file: &File) -> String {
    let name = file.name.rsplit(['/', '_']).next().unwrap_or(&file.name);
    let last = file.name.rsplit("__").next().unwrap_or(name);
    let stem = last.trim_end_matches(".xml").trim_end_matches(".ofx");
    // Some are named after an account.
    let plain: String = stem.chars().take(40).collect();
    format!("{}-{plain}", file.format)
}
