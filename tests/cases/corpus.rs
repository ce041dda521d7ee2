//! Every file of a corpus of real ones, where it stands: as many rows as it has records, each broken one
//! refused with a reason of its own, none accepted that was cut short.
//!
//! The corpus is other people's and no part of this repository. `TIEOUT_CORPUS` names its folder, else
//! `../shared/corpus` beside the checkout; it holds `MANIFEST.tsv` (path, format and records of each file).
//! Without it these tests say that they tested nothing.

mod counts;
mod manifest;

use crate::support::{Kind, Output, Place, parallel::for_each};
use manifest::{File, corpus};
use std::{fs, path::Path, sync::Mutex};

/// Files that must be refused, by the end of their name, and what must be said of them.
const REFUSED: [(&str, &str); 5] = [
    ("camt053_garbled_amount.xml", "column amount: \"12..34\" is not a decimal number"),
    ("camt053.v2.wrong.xml", "holds no row and no BkToCstmrStmt/Stmt"),
    ("fidelity-savings.ofx", "this is OFX 1.x, which is SGML and not XML"),
    ("illegal_exchange_rates.xml", "this is an HTML page, not XML data"),
    ("historical_error.xml", "holds no row (Valute)"),
];

/// What begins before its XML declaration is read nevertheless, with a warning.
const WARNED: [(&str, &str); 1] = [("apple.144.xml", "white space stands before the XML declaration")];

/// The place in a file, in tenths of its root element, at which it is cut.
const CUTS: usize = 10;

/// Which of our feeds reads a file: one that ships, or one of `tests/corpus/`.
fn feed_of(file: &File) -> &'static str {
    const FEEDS: [(&str, &str); 22] = [
        ("camt052/", "camt.052"),
        ("camt053/", "camt.053"),
        ("camt054/", "camt.054"),
        ("pacs.002", "pacs.002"),
        ("pacs.008", "pacs.008"),
        ("pacs.009", "pacs.009"),
        ("pain002", "pain.002"),
        ("pain_002", "pain.002"),
        ("pain008", "pain.008"),
        ("pain.008", "pain.008"),
        ("pain/", "pain.001"),
        ("fpml/", "fpml-trades"),
        ("ofx/", "ofx"),
        ("ofx-sgml-negative/", "ofx"),
        ("sec-13f/", "sec-13f"),
        ("ecb-fx/", "ecb-rates"),
        ("BulgarianNationalBank", "fx-bulgaria"),
        ("cbrt_today", "fx-turkey"),
        ("RussianCentralBank", "fx-russia"),
        ("historical_error", "fx-russia"),
        ("ore-portfolio/", "ore-portfolio"),
        ("apple.144", "sec-form144"),
    ];
    let found = FEEDS.iter().find(|(part, _)| file.name.contains(part)).map(|(_, feed)| *feed);
    let found = found.or_else(|| (file.format == "sec-ownership").then_some("sec-form4"));
    found.unwrap_or_else(|| panic!("{}: no feed is named for this file; add it to the table", file.name))
}

/// Writes the feed `name` to the place.
fn write_feed(place: &Place, name: &str) -> String {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/corpus/{name}.toml"));
    let text = fs::read_to_string(own).unwrap_or_else(|_| {
        let shown = place.tieout(&["feeds", "show", name]);
        shown.expect(0, &[]);
        shown.stdout
    });
    let file = format!("{name}.toml");
    place.write(&file, text);
    file
}

/// `tieout convert`, and what it says of the one file.
fn convert(place: &Place, feed: &str, file: &Path) -> (Output, serde_json::Value) {
    let out = place.path("out");
    let _ = fs::remove_dir_all(&out);
    let output = place.tieout(&["convert", feed, &file.to_string_lossy(), "--out", "out"]);
    let report = fs::read_to_string(out.join("convert.json")).unwrap_or_else(|_| "{}".to_owned());
    let report: serde_json::Value = serde_json::from_str(&report).expect("convert.json");
    (output, report["files"][0].clone())
}

fn listed<'t>(table: &[(&str, &'t str)], file: &File) -> Option<&'t str> {
    table.iter().find(|(end, _)| file.name.ends_with(end)).map(|(_, said)| *said)
}

/// Runs `check` on every file of the corpus, on the machine's cores; it gives what is wrong.
fn every_file(check: impl Fn(&Place, &File) -> Vec<String> + Sync) {
    let Some(files) = corpus() else { return };
    let wrong = Mutex::new(Vec::new());
    for_each(
        files,
        || Place::new(Kind::Sqlite),
        |place: &mut Place, file| {
            let found = check(place, &file);
            wrong.lock().expect("no panic while it is held").extend(found);
        },
    );
    let wrong = wrong.into_inner().expect("no panic while it was held");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn as_many_rows_as_there_are_records_and_broken_files_refused() {
    every_file(|place, file| {
        let feed = write_feed(place, feed_of(file));
        let (output, report) = convert(place, &feed, &file.path);
        if let Some(said) = listed(&REFUSED, file) {
            let fine = output.status == 3 && output.stderr.contains(said);
            return if fine {
                vec![]
            } else {
                vec![format!("{}: not refused with {said:?}: {}", file.name, output.all())]
            };
        }
        if output.status != 0 {
            return vec![format!("{}: {}", file.name, output.all())];
        }
        let mut wrong = counts::wrong(file, feed_of(file), &report);
        let warnings = report["warnings"].to_string();
        let warned = listed(&WARNED, file).is_none_or(|said| warnings.contains(said));
        wrong.extend((!warned).then(|| format!("no such warning: {warnings}")));
        wrong.into_iter().map(|what| format!("{}: {what}", file.name)).collect()
    });
}

#[test]
fn the_tables_name_files_that_are_there() {
    let Some(files) = corpus() else { return };
    for (end, _) in REFUSED.iter().chain(&WARNED) {
        assert!(files.iter().any(|file| file.name.ends_with(end)), "no file of the corpus ends with {end}");
    }
}

#[test]
fn no_file_is_accepted_that_was_cut_short() {
    every_file(|place, file| {
        let feed = write_feed(place, feed_of(file));
        let bytes = fs::read(&file.path).expect("a file of the corpus");
        let (begin, end) = inside_of_root(&bytes, &file.root);
        let mut wrong = Vec::new();
        for cut in 0..CUTS {
            let at = begin + (end - begin) * cut / (CUTS - 1);
            let path = place.write("cut.xml", &bytes[..at]);
            let (output, _) = convert(place, &feed, &path);
            if output.status != 3 {
                wrong.push(format!("{} cut at byte {at} of {}: {}", file.name, bytes.len(), output.all()));
            }
        }
        wrong
    });
}

/// From the first byte after the root's name to the one before the last end tag's bracket; of what is no
/// XML, all but the first and the last byte.
fn inside_of_root(bytes: &[u8], root: &str) -> (usize, usize) {
    let find = |what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let last = bytes.iter().rposition(|&byte| byte == b'>').unwrap_or(bytes.len() - 1);
    let begin = find(format!("<{root}").as_bytes()).or_else(|| find(format!(":{root}").as_bytes()));
    (begin.map_or(1, |at| at + root.len() + 1), last)
}
