//! Tests that are files: each case is a test of its own, with its own name, time and filter, and what a filter picks is
//! what runs. `tests/README.md` says where a new case goes.
//!
//! The arguments are those of every test binary (`--list`, `--exact`, `--skip`, `--test-threads`).

mod attacks;
mod corpus;
mod corrections;
mod differential;
mod feeds;
mod fuzz;
mod golden;
mod infer;
mod pool;
#[path = "../support/mod.rs"]
mod support;
mod trials;
mod verdicts;

use std::{fs, path::Path, path::PathBuf, process::ExitCode};
use trials::Trials;

fn main() -> ExitCode {
    let mut trials = Trials::new(libtest_mimic::Arguments::from_args());
    golden::trials(&mut trials);
    corrections::trials(&mut trials);
    verdicts::trials(&mut trials);
    feeds::trials(&mut trials);
    attacks::trials(&mut trials);
    infer::trials(&mut trials);
    fuzz::trials(&mut trials);
    corpus::trials(&mut trials);
    differential::trials(&mut trials);
    let conclusion = trials.run();
    differential::close();
    pool::close();
    verdicts::close();
    conclusion.exit_code()
}

/// A path of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a folder holds, in order.
fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// The last part of a path.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether expected files are to be written anew (`TIEOUT_BLESS=1`).
fn blessing() -> bool {
    std::env::var_os("TIEOUT_BLESS").is_some()
}
