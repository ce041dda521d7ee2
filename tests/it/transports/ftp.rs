//! FTP and FTPS: against vsftpd, and against a server that does what real ones only do on bad days.

mod cuts;
mod fake;
mod real;

use super::amounts::{
    FLAT, LARGE, THEIRS, append, at_once, fetch_from, meanwhile, memory_of, padded, place, reconciled,
};
use crate::support::{Output, Place};

/// `tieout run feed.toml --out out`.
#[track_caller]
fn run(place: &Place) -> Output {
    place.run(&["--out", "out"])
}
