//! docs/outputs.md lists every column and key that a run writes, and no other.

use super::markdown::Document;
use crate::support::{Kind, Place};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};
use tieout::{
    error::STATUSES,
    model::{Outcome, Reason},
};

/// Under these the keys are data.
const FREE: [&str; 5] = ["reasons", "parameters", "timings", "server", "database.settings"];

/// A run that leaves something in every list of its summary.
fn folder() -> (Place, std::path::PathBuf) {
    let place = Place::new(Kind::Sqlite);
    place.sql("CREATE TABLE ours (id text, amount text, day text); INSERT INTO ours VALUES ('1', '10.01', '2026-01-01'), ('3', '7', '2026-01-02')");
    place.write(
        "feed.toml",
        "[feed]\nname = \"all\"\n[source]\nurl = \"file:inbox\"\nexpect = \"2 files by 00:00 UTC\"\n[xml]\nrow = \"r\"\nwhere = \"not(void)\"\nbad_rows = \"quarantine\"\n[[column]]\nname = \"id\"\nkey = true\n\
         [[column]]\nname = \"amount\"\ntype = \"decimal\"\ntolerance = \"0.05\"\ntotal_by = \"id\"\n\
         [[column]]\nname = \"day\"\ntype = \"date\"\n\
         [ours]\ntable = \"ours\"\nwhere = \"day > :from\"\n[[control]]\nname = \"rows\"\npath = \"/d/@rows\"\nequals = \"count\"\n\
         on_failure = \"warn\"\n[[sequence]]\nname = \"number\"\nper = \"d\"\npath = \"@rows\"\n[timing]\ncolumn = \"day\"\ndays = 2\n[results]\nmatched = true\n",
    );
    fs::create_dir(place.path("inbox")).expect("a folder");
    place.write(
        "inbox/theirs.xml",
        "<d rows=\"5\"><r><void/></r><r><id>1</id><amount>10</amount><day>2026-01-01</day></r>\
         <r><id>2</id><amount>7</amount><day>2026-01-02</day></r><r><id>4</id><amount>x</amount></r></d>",
    );
    place.write("inbox/theirs.md5", "");
    place.write("inbox/zz.xml", "<d>");
    place.run(&["--set", "from=2025-01-01"]).expect(3, &["BREAKS"]);
    let folder = place.run_folder("tieout-out");
    (place, folder)
}

/// Paths of all values: `files[].name`.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) if !FREE.contains(&path) => {
            for (key, value) in object {
                keys(value, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, found);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for one in list {
                keys(one, &format!("{path}[]"), found);
            }
        }
        _ => {
            found.insert(path.to_owned());
        }
    }
}

#[test]
fn every_key_of_the_json_files_is_listed() {
    let (_place, folder) = folder();
    let document = Document::read("docs/outputs.md");
    for name in ["summary.json", "manifest.json"] {
        let json: Value =
            serde_json::from_slice(&fs::read(folder.join(name)).expect("the file")).expect("JSON");
        let mut written = BTreeSet::new();
        keys(&json, "", &mut written);
        // A list that is empty in one place, and not in another, is named by what it holds.
        let held = |path: &str| written.iter().any(|other| other.starts_with(&format!("{path}[].")));
        let written: BTreeSet<String> = written.iter().filter(|path| !held(path)).cloned().collect();
        let listed: BTreeSet<String> = document.listed(name).into_iter().collect();
        assert_eq!(listed, written, "{name}");
    }
}

/// The header with the feed's own columns as the document writes them, each once.
fn header(folder: &Path, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(folder.join(name)).expect("a CSV file");
    let columns = reader.headers().expect("a header").iter().map(|column| match column {
        "id" => "<key>".to_owned(),
        "id_theirs" | "amount_theirs" | "day_theirs" => "<column>_theirs".to_owned(),
        "id_ours" | "amount_ours" | "day_ours" => "<column>_ours".to_owned(),
        own => own.to_owned(),
    });
    let mut once: Vec<String> = Vec::new();
    for column in columns {
        if !once.contains(&column) {
            once.push(column);
        }
    }
    once
}

#[test]
fn every_column_of_the_csv_files_is_listed_in_order() {
    let (_place, folder) = folder();
    let document = Document::read("docs/outputs.md");
    for name in ["breaks.csv", "suggestions.csv", "columns.csv", "rejects.csv"] {
        assert_eq!(document.listed(name), header(&folder, name), "{name}");
    }
    assert_eq!(header(&folder, "matched.csv"), header(&folder, "breaks.csv"));
}

#[test]
fn every_file_of_a_run_is_listed() {
    let (_place, folder) = folder();
    let files = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let written: BTreeSet<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    let listed: BTreeSet<String> =
        Document::read("docs/outputs.md").listed("The run's folder").into_iter().collect();
    assert_eq!(listed, written);
}

#[test]
fn every_table_of_the_ledger_is_listed() {
    let document = Document::read("docs/outputs.md");
    let place = Place::new(Kind::Sqlite);
    place.tieout(&["migrate", "--database", place.url()]).expect(0, &[]);
    for table in
        place.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'tieout_schema_history'")
    {
        let table = table[0].clone().expect("a name");
        let columns = place.query(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"));
        let columns: Vec<String> = columns.into_iter().filter_map(|mut row| row.remove(0)).collect();
        assert_eq!(document.listed(&table), columns, "{table}");
    }
}

#[test]
fn every_word_of_a_result_is_listed() {
    let document = Document::read("docs/outputs.md");
    assert_eq!(document.listed("Outcomes"), Outcome::ALL.map(Outcome::name));
    // In the order in which they are asked, which the document promises.
    assert_eq!(document.listed("Reasons"), Reason::ALL.map(Reason::code));
    let statuses: Vec<&str> = STATUSES.iter().map(|status| status.word).collect();
    assert_eq!(document.listed("Exit statuses"), statuses);
}
