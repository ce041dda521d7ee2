//! Every input that fuzzing found, and every seed, through the functions that the fuzz targets call (`scripts/fuzz`).

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::{fs, path::Path};

#[test]
fn what_was_found_for_convert_holds() {
    replay("convert", targets::convert::check);
}

#[test]
fn what_was_found_for_feed_holds() {
    replay("feed", targets::feed::check);
}

#[test]
fn what_was_found_for_paths_holds() {
    replay("paths", targets::paths::check);
}

#[test]
fn what_was_found_for_values_holds() {
    replay("values", targets::values::check);
}

fn replay(target: &str, check: fn(&[u8])) {
    for kind in ["seeds", "corpus"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind).join(target);
        let mut files: Vec<_> = fs::read_dir(&folder)
            .unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()))
            .map(|entry| entry.expect("an entry of the folder").path())
            .collect();
        files.sort();
        assert!(files.len() >= 8, "{} has lost its inputs", folder.display());
        for file in files {
            let bytes = fs::read(&file).expect("an input that can be read");
            // The name stands in the output of a failure.
            println!("{}", file.display());
            check(&bytes);
        }
    }
}
