//! A full disk, as a limit on the size of a file (EFBIG).

use super::setup::{nothing_committed, place, rerun};
use crate::support::{Kind, Place, Program, on_every_server};

/// `tieout run` that can write no file longer than `bytes`.
fn run_limited(place: &Place, bytes: u32) -> (i32, String) {
    // A shell, because the signal that comes with the error has to be ignored before the program starts.
    let script = format!("trap '' XFSZ; exec prlimit --fsize={bytes} \"$@\"");
    let output = Program::new("sh")
        .current_dir(place.dir.path())
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_tieout")])
        .args(["run", "feed.toml", "theirs.xml", "--database", place.url()])
        .output();
    (output.status, output.stderr)
}

#[test]
fn a_full_disk_is_status_7_and_a_rerun_works() {
    on_every_server(|kind| {
        let place = place(kind);
        if kind == Kind::Sqlite {
            // The database is a file as well, and the first to meet the limit.
            let (status, stderr) = run_limited(&place, 5000);
            assert_eq!(status, 4, "{kind:?}: {stderr}");
            return rerun(&place, "after a full disk");
        }
        // No chunk has room.
        let (status, stderr) = run_limited(&place, 100);
        assert_eq!(status, 7, "{kind:?}: {stderr}");
        nothing_committed(&place, "no room for chunks");
        // The chunks have, breaks.csv has not: the results are committed by then.
        let (status, stderr) = run_limited(&place, 1500);
        assert_eq!(status, 7, "{kind:?}: {stderr}");
        assert!(stderr.contains("breaks.csv"), "{kind:?}: {stderr}");
        rerun(&place, "after a full disk");
    });
}
