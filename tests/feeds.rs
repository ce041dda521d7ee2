//! The feeds that ship, on made-up files that do what real ones do.
//!
//! Each folder of `tests/feeds/` is named like a feed and holds files with what must come of them beside each: `.csv`, the
//! converted rows (without the four columns that tieout adds; of each row set under its name), and `.warnings`, one a line, where there are any; or
//! `.refused`, what was said. `TIEOUT_BLESS=1` writes these anew: what they say must then be derived by hand from the
//! contract, not taken from the program.

use crate::support::{Kind, Place};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const OURS: [&str; 3] = ["csv", "warnings", "refused"];

#[test]
fn each_gives_the_rows_that_its_files_hold() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/feeds");
    let place = Place::new(Kind::Sqlite);
    let mut wrong = Vec::new();
    for folder in sorted(&all) {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = place.tieout(&["feeds", "show", &name]);
        shown.expect(0, &[]);
        place.write("feed.toml", shown.stdout);
        let files: Vec<PathBuf> = sorted(&folder).into_iter().filter(|path| !is_expected(path)).collect();
        assert!(!files.is_empty(), "{name} has no file");
        for file in files {
            let actual = convert(&place, &file);
            for kind in OURS {
                let path = file.with_extension(kind);
                if std::env::var_os("TIEOUT_BLESS").is_some() {
                    bless(&path, actual.get(kind));
                }
                let expected = fs::read_to_string(&path).ok();
                if expected.as_ref() != actual.get(kind) {
                    let [expected, actual] = [expected.as_ref(), actual.get(kind)]
                        .map(|text| text.map_or("nothing\n", String::as_str).to_owned());
                    wrong.push(format!("{}:\n--- expected\n{expected}--- got\n{actual}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_feed_has_files() {
    let place = Place::new(Kind::Sqlite);
    let list = place.tieout(&["feeds"]);
    list.expect(0, &["camt.053 ", "account, statement, reference, detail"]);
    assert_eq!(place.tieout(&["feeds", "list"]).stdout, list.stdout);
    let listed: Vec<&str> =
        list.stdout.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/feeds");
    let folders: Vec<String> = sorted(&all)
        .iter()
        .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    let mut sorted_list = listed.clone();
    sorted_list.sort_unstable();
    assert_eq!(sorted_list, folders);
    place
        .tieout(&["feeds", "show", "camt.53"])
        .expect(2, &["no feed named camt.53", "did you mean `camt.053`?"]);
}

fn is_expected(path: &Path) -> bool {
    path.extension().is_some_and(|extension| OURS.iter().any(|ours| extension == *ours))
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of tests/feeds");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
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
        return BTreeMap::from([("refused", format!("status {}\n{}", output.status, output.stderr))]);
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
            csv.push_str(&format!("{}\n", set.file_name().unwrap_or_default().to_string_lossy()));
        }
        let chunk = fs::read_to_string(set.join("0001-000001.csv")).unwrap_or_default();
        csv.extend(chunk.lines().map(own_columns));
        for text in report["files"][0]["warnings"].as_array().expect("warnings") {
            said.push_str(&format!("{}\n", text.as_str().unwrap_or_default()));
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
