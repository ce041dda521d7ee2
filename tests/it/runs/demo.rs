//! `tieout demo` gives the same answer on every database.

use crate::support::{Kind, Place, Program, of_this_run, on_every_server};
use std::{os::unix::fs::PermissionsExt, path::Path};

#[test]
fn the_demo_gives_the_same_answer_everywhere() {
    let expected = include_str!("demo/breaks.csv").replace('\n', "\r\n");
    on_every_server(|kind| {
        let place = Place::new(kind);
        let output = place.tieout(&["demo", "--database", place.url()]);
        assert_eq!(output.status, 0, "{}", output.all());
        assert!(output.stdout.contains("5 of 11 rows do not tie out"), "{}", output.stdout);
        let breaks = place.output_file("tieout-out/demo", "breaks.csv");
        assert_eq!(of_this_run(&breaks), expected, "{kind:?}");
    });
}

#[test]
fn what_it_leaves_is_for_its_owner_only() {
    let place = Place::new(Kind::Sqlite);
    Program::new("sh")
        .args(["-c", "umask 000 && exec \"$0\" demo >demo.txt 2>&1", env!("CARGO_BIN_EXE_tieout")])
        .current_dir(place.path(""))
        .output()
        .expect(0, &[]);
    let mut files = 0;
    owner_only(&place.path("tieout-out"), &mut files);
    assert!(files > 8, "{files}");
}

fn owner_only(path: &Path, files: &mut u32) {
    let mode = path.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    *files += 1;
    for entry in std::fs::read_dir(path).into_iter().flatten() {
        owner_only(&entry.expect("an entry").path(), files);
    }
}
