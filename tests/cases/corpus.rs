//! Every file of a corpus of real ones, where it stands: as many rows as it has records, each broken one
//! refused with a reason of its own, none accepted that was cut short.
//!
//! The corpus is other people's and no part of this repository. `TIEOUT_CORPUS` names its folder, which holds
//! `MANIFEST.tsv` (path, format and records of each file). Without it these tests say that they were not run. A file is
//! the test `corpus::rows::FILE` (as many rows as records), `corpus::cut::FILE`, `corpus::infer::FILE` (the drafted feed
//! converts it) and `corpus::encodings::FILE` (the same rows in every encoding).

mod counts;
mod drafts;
mod encodings;
mod manifest;

use crate::{
    pool, repository,
    support::{Kind, Output, Place, Server},
    trials::Trials,
};
use manifest::{File, corpus};
use std::{fs, path::Path, sync::Arc};

/// What is asked of a file.
type Check = fn(&Place, &File) -> Result<(), String>;

const CHECKS: [(&str, Check); 4] =
    [("rows", rows), ("cut", cut_short), ("infer", drafts::check), ("encodings", encodings::check)];

/// `corpus::CHECK::FILE`.
pub fn trials(trials: &mut Trials) {
    let files = match corpus() {
        Ok(Some(files)) => files,
        Ok(None) => return trials.not_run("corpus", "TIEOUT_CORPUS names no folder of real files"),
        Err(what) => return trials.fault("corpus".to_owned(), what),
    };
    for (end, _) in REFUSED.iter().chain(&WARNED) {
        if !files.iter().any(|file| file.name.ends_with(end)) {
            trials.fault(
                format!("corpus::rows::{end}"),
                "is named here and is no file of the corpus".to_owned(),
            );
        }
    }
    let files = files.into_iter().map(Arc::new);
    for file in files {
        for (title, check) in CHECKS {
            let file = file.clone();
            if title == "encodings" && !encodings::is_meant(&file) {
                continue;
            }
            trials.add(format!("corpus::{title}::{}", file.name), move || {
                check(&pool::lend("corpus", Server::shared(Kind::Sqlite)), &file)
            });
        }
    }
}

/// Files that must be refused, by the end of their name, and what must be said of them.
const REFUSED: [(&str, &str); 6] = [
    ("camt053_garbled_amount.xml", "column amount: \"12..34\" is not a decimal number"),
    ("camt053.v2.wrong.xml", "holds no row and no BkToCstmrStmt/Stmt"),
    ("fidelity-savings.ofx", "this is OFX 1.x, which is SGML and not XML"),
    ("multiple_accounts2.ofx", "holds no row and no STMTRS/BANKTRANLIST"),
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
    let own = repository(&format!("tests/corpus/{name}.toml"));
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

fn rows(place: &Place, file: &File) -> Result<(), String> {
    let feed = write_feed(place, feed_of(file));
    let (output, report) = convert(place, &feed, &file.path);
    if let Some(said) = listed(&REFUSED, file) {
        let fine = output.status == 3 && output.stderr.contains(said);
        return if fine { Ok(()) } else { Err(format!("not refused with {said:?}: {}", output.all())) };
    }
    if output.status != 0 {
        return Err(output.all());
    }
    let mut wrong = counts::wrong(file, feed_of(file), &report);
    let warnings = report["warnings"].to_string();
    let warned = listed(&WARNED, file).is_none_or(|said| warnings.contains(said));
    wrong.extend((!warned).then(|| format!("no such warning: {warnings}")));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// No file is accepted that was cut short.
fn cut_short(place: &Place, file: &File) -> Result<(), String> {
    let feed = write_feed(place, feed_of(file));
    let bytes = fs::read(&file.path).expect("a file of the corpus");
    let (begin, end) = inside_of_root(&bytes, &file.root);
    for cut in 0..CUTS {
        let at = begin + (end - begin) * cut / (CUTS - 1);
        let path = place.write("cut.xml", &bytes[..at]);
        let (output, _) = convert(place, &feed, &path);
        if output.status != 3 {
            return Err(format!("cut at byte {at} of {}: {}", bytes.len(), output.all()));
        }
    }
    Ok(())
}

/// From the first byte after the root's name to the one before the last end tag's bracket; of what is no
/// XML, all but the first and the last byte.
fn inside_of_root(bytes: &[u8], root: &str) -> (usize, usize) {
    let find = |what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let last = bytes.iter().rposition(|&byte| byte == b'>').unwrap_or(bytes.len() - 1);
    let begin = find(format!("<{root}").as_bytes()).or_else(|| find(format!(":{root}").as_bytes()));
    (begin.map_or(1, |at| at + root.len() + 1), last)
}
