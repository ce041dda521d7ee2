//! The feeds that ship, on made-up files that do what real ones do.
//!
//! Each folder of `tests/feeds/` is named like a feed and holds files with what must come of them beside each: `.csv`, the
//! converted rows (without the four columns that tieout adds; of each row set under its name), and `.warnings`,
//! one a line, where there are any; or `.refused`, what was said. `attacks.toml` is read by `attacks.rs`. A file is the
//! test `feeds::FEED::FILE`. `TIEOUT_BLESS=1` writes these anew: what they say must then be derived by hand from the
//! contract, not taken from the program.

use crate::{
    blessing,
    golden::without_code,
    name, pool, repository, sorted,
    support::{Kind, Place, Server},
    trials::Trials,
};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

const EXPECTED: [&str; 3] = ["csv", "warnings", "refused"];

/// `feeds::FEED::FILE`.
pub fn trials(trials: &mut Trials) {
    for folder in sorted(&repository("tests/feeds")) {
        let feed = name(&folder);
        let (files, expected): (Vec<_>, Vec<_>) = sorted(&folder)
            .into_iter()
            .filter(|path| name(path) != "attacks.toml")
            .partition(|path| !is_expected(path));
        if files.is_empty() {
            trials.fault(format!("feeds::{feed}"), "has no file".to_owned());
        }
        let belongs =
            |path: &Path| files.iter().any(|file| file.with_extension("") == path.with_extension(""));
        for lost in expected.iter().filter(|path| !belongs(path)) {
            trials.fault(format!("feeds::{feed}::{}", name(lost)), "belongs to no file".to_owned());
        }
        for file in files {
            let feed = feed.clone();
            trials.add(format!("feeds::{feed}::{}", name(&file)), move || {
                let place = pool::lend("feeds", Server::shared(Kind::Sqlite));
                let shown = place.tieout(&["feeds", "show", &feed]);
                shown.expect(0, &[]);
                place.write("feed.toml", shown.stdout);
                check(&place, &file)
            });
        }
    }
}

fn check(place: &Place, file: &Path) -> Result<(), String> {
    let actual = convert(place, file);
    let mut wrong = Vec::new();
    for kind in EXPECTED {
        let path = file.with_extension(kind);
        if blessing() {
            bless(&path, actual.get(kind));
        }
        let expected = fs::read_to_string(&path).ok();
        if expected.as_ref() != actual.get(kind) {
            let [expected, actual] = [expected.as_ref(), actual.get(kind)]
                .map(|text| text.map_or("nothing\n", String::as_str).to_owned());
            wrong.push(format!("{}:\n--- expected\n{expected}--- got\n{actual}", path.display()));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn is_expected(path: &Path) -> bool {
    path.extension().is_some_and(|extension| EXPECTED.iter().any(|expected| extension == *expected))
}

fn bless(path: &Path, text: Option<&String>) {
    match text {
        Some(text) => fs::write(path, text).expect("an expected file"),
        None => drop(fs::remove_file(path)),
    }
}

/// What came of one file, by the extension of the file that expects it.
fn convert(place: &Place, file: &Path) -> BTreeMap<&'static str, String> {
    let out = place.path("out");
    let _ = fs::remove_dir_all(&out);
    let output = place.tieout(&["convert", "feed.toml", &file.to_string_lossy(), "--out", "out"]);
    if output.status != 0 {
        return BTreeMap::from([(
            "refused",
            format!("status {}\n{}", output.status, without_code(&output.stderr)),
        )]);
    }
    let mut sets = vec![out.clone()];
    if !out.join("convert.json").exists() {
        // A feed with row sets leaves a folder for each.
        sets = sorted(&out);
    }
    let (mut csv, mut said) = (String::new(), String::new());
    for set in &sets {
        let report = fs::read_to_string(set.join("convert.json")).expect("convert.json");
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        if sets.len() > 1 {
            let _ = writeln!(csv, "{}", set.file_name().unwrap_or_default().to_string_lossy());
        }
        let chunk = fs::read_to_string(set.join("0001-000001.csv")).unwrap_or_default();
        csv.extend(chunk.lines().map(own_columns));
        for text in report["files"][0]["warnings"].as_array().expect("warnings") {
            let _ = writeln!(said, "{}", text.as_str().unwrap_or_default());
        }
    }
    let mut found = BTreeMap::from([("csv", csv)]);
    if !said.is_empty() {
        found.insert("warnings", said);
    }
    found
}

/// A row without `tieout_id`, line, checksum and mark, none of which holds a comma. No text here holds a line feed.
fn own_columns(line: &str) -> String {
    let own = line.splitn(5, ',').nth(4).unwrap_or_default();
    format!("{own}\n")
}
