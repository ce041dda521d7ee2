//! The feeds that ship, on made-up files that do what real ones do.
//!
//! Each folder of `tests/feeds/` is named like a feed and holds files with what must come of them beside each: `.csv`, the
//! converted rows (without the four columns that tieout adds; of each row set under its name), and `.warnings`, one a line, where there are any; or
//! `.refused`, what was said. `TIEOUT_BLESS=1` writes these anew: what they say must then be derived by hand from the
//! contract, not taken from the program.

use crate::support::{Kind, Place, on_every_server};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
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

/// Our table as the commented `[ours]` of camt.053 has it, equal to `v02.xml`.
const TRANSACTIONS: &str =
    "CREATE TABLE bank_transactions (iban varchar(34), statement_id varchar(35), bank_reference varchar(35),
    line_no integer, amount_cents bigint, currency char(3), booked_on date, value_on date);
INSERT INTO bank_transactions VALUES
    ('CH9300762011623852957', 'S-2026-011', 'BANK-0001', 1, 4975, 'CHF', '2026-01-15', '2026-01-16'),
    ('CH9300762011623852957', 'S-2026-011', 'BANK-0002', 1, -10000, 'CHF', '2026-01-15', '2026-01-15'),
    ('CH9300762011623852957', 'S-2026-011', 'BANK-0002', 2, -5000, 'CHF', '2026-01-15', '2026-01-15'),
    ('CH9300762011623852957', 'S-2026-011', '', 1, 3000, 'CHF', '2026-01-15', NULL),
    ('CH9300762011623852957', 'S-2026-010', 'OLD', 1, 1, 'CHF', '2025-12-31', '2025-12-31');";

#[test]
fn camt_053_reconciles_once_the_comment_signs_are_gone() {
    let statement = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/feeds/camt.053/v02.xml");
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql(TRANSACTIONS);
        place.copy(&statement);
        let shown = place.tieout(&["feeds", "show", "camt.053"]).stdout;
        let (above, ours) = shown.split_once("# [ours]").expect("our side");
        let ours = ours.replace("\n# ", "\n").replace("ledger.bank_transactions", "bank_transactions");
        place.write("feed.toml", format!("{above}[ours]{ours}"));
        let period = ["--set", "from=2026-01-01", "--set", "to=2026-01-31"];
        let run = |more: &[&str]| place.run(&[&["v02.xml"], period.as_slice(), more].concat());
        run(&[]).expect(0, &["TIED OUT", "4  matched"]);
        place.sql("UPDATE bank_transactions SET amount_cents = -5001 WHERE line_no = 2");
        run(&["--force"]).expect(1, &["1  mismatched", "difference -0.01"]);
    });
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
