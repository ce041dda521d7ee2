//! Every input that fuzzing found, and every seed, through the functions that the fuzz targets call (`scripts/fuzz`).

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use crate::{name, repository, sorted, trials::Trials};
use std::fs;

/// What a fuzz target asks of its input; it panics where something is wrong.
type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 4] = [
    ("convert", targets::convert::check),
    ("feed", targets::feed::check),
    ("paths", targets::paths::check),
    ("values", targets::values::check),
];

/// `fuzz::TARGET::seeds::FILE`, `fuzz::TARGET::corpus::FILE`.
pub fn trials(trials: &mut Trials) {
    for (target, check) in TARGETS {
        for kind in ["seeds", "corpus"] {
            let files = sorted(&repository("fuzz").join(kind).join(target));
            if files.len() < 8 {
                trials.fault(
                    format!("fuzz::{target}::{kind}"),
                    format!("only {} inputs are left", files.len()),
                );
            }
            for file in files {
                trials.add(format!("fuzz::{target}::{kind}::{}", name(&file)), move || {
                    check(&fs::read(&file).expect("an input that can be read"));
                    Ok(())
                });
            }
        }
    }
}
