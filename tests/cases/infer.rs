//! What `tieout infer` drafts from files that show one rule each.
//!
//! Each file of `tests/infer/made/` stands beside the draft that must come of it, without comments and without what the
//! values of the file are. A file is the test `infer::FILE`. `TIEOUT_BLESS=1` writes the drafts anew: each must then be
//! compared with its file by hand.

use crate::{
    blessing, name, pool, repository, sorted,
    support::{Kind, Place, Server, drafted::Drafted},
    trials::Trials,
};
use std::{fs, path::Path};

/// `infer::FILE`.
pub fn trials(trials: &mut Trials) {
    let (files, expected): (Vec<_>, Vec<_>) = sorted(&repository("tests/infer/made"))
        .into_iter()
        .partition(|path| path.extension().is_some_and(|extension| extension == "xml"));
    for lost in expected.iter().filter(|path| !files.contains(&path.with_extension("xml"))) {
        trials.fault(format!("infer::{}", name(lost)), "belongs to no file".to_owned());
    }
    for file in files {
        trials.add(format!("infer::{}", name(&file)), move || {
            let place = pool::lend("infer", Server::shared(Kind::Sqlite));
            check(&place, &file, &file.with_extension("toml"))
        });
    }
}

/// The draft converts its file, its key is unique there, and it is the one that was reviewed.
pub fn check(place: &Place, file: &Path, expected: &Path) -> Result<(), String> {
    let drafted = Drafted::from(place, &[file]);
    drafted.expect_unique();
    if drafted.rows.is_empty() {
        return Err("no row".to_owned());
    }
    let actual = drafted.summary();
    if blessing() {
        fs::write(expected, &actual).expect("an expected file");
    }
    let known = fs::read_to_string(expected).unwrap_or_else(|_| "nothing\n".to_owned());
    if known == actual {
        return Ok(());
    }
    Err(format!("{}:\n--- expected\n{known}--- got\n{actual}", expected.display()))
}
