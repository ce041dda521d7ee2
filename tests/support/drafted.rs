//! A drafted feed, tried on the files that it was drafted from.

use super::Place;
use std::{collections::HashSet, fmt::Write as _, fs, path::Path};

/// What `tieout infer` drafted, and the rows that `tieout convert` made with it.
pub struct Drafted {
    pub feed: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Drafted {
    /// Infers a feed and converts the same files with it.
    pub fn from(place: &Place, files: &[impl AsRef<Path>]) -> Self {
        let files: Vec<String> =
            files.iter().map(|file| file.as_ref().to_string_lossy().into_owned()).collect();
        let names: Vec<&str> = files.iter().map(String::as_str).collect();
        let inferred = place.tieout(&[&["infer"], names.as_slice()].concat());
        inferred.expect(0, &["[[column]]"]);
        place.write("feed.toml", &inferred.stdout);
        let _ = fs::remove_dir_all(place.path("csv"));
        let done = place.tieout(&[&["convert", "feed.toml", "--out", "csv"], names.as_slice()].concat());
        assert_eq!(done.status, 0, "{}\n{}", done.all(), inferred.stdout);
        let (mut header, mut rows) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(place.path("csv")).expect("chunks") {
            let path = entry.expect("an entry").path();
            let chunk = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('0'));
            if chunk {
                let mut reader = csv::Reader::from_path(&path).expect("a chunk");
                let own = |record: &csv::StringRecord| record.iter().skip(4).map(ToOwned::to_owned).collect();
                header = own(reader.headers().expect("a header"));
                rows.extend(reader.records().map(|record| own(&record.expect("a record"))));
            }
        }
        Self { feed: inferred.stdout, header, rows }
    }

    /// The values of these columns in a row.
    pub fn values<'r>(&self, row: &'r [String], names: &[String]) -> Vec<&'r str> {
        let at = |name: &String| self.header.iter().position(|column| column == name).expect("a column");
        names.iter().map(|name| row[at(name)].as_str()).collect()
    }

    /// The draft without comments and without what the values of the file are: a line per column.
    pub fn summary(&self) -> String {
        let document: toml::Table = self.feed.parse().expect("TOML");
        let mut text = String::new();
        for (key, value) in document["xml"].as_table().expect("[xml]") {
            writeln!(text, "{key} = {}", written(value)).expect("a text");
        }
        let shipped = self.feed.lines().any(|line| line.contains("ships with tieout"));
        writeln!(text, "key = {:?}\nshipped = {shipped}\n\n[columns]", keys(&self.feed)).expect("a text");
        for column in document["column"].as_array().expect("columns") {
            let column = column.as_table().expect("a column");
            let word = |key: &str| column.get(key).and_then(toml::Value::as_str);
            let path = word("path").map(ToOwned::to_owned);
            let place = path.or_else(|| word("from").map(|from| format!("from {from}"))).expect("a place");
            let mut said = format!("{place} · {}", word("type").unwrap_or("text"));
            for (key, value) in column {
                if !["name", "path", "from", "type", "key"].contains(&key.as_str()) {
                    write!(said, " · {key} = {}", written(value)).expect("a text");
                }
            }
            writeln!(text, "{:?} = '{}'", word("name").expect("a name"), said.replace('\'', "`"))
                .expect("a text");
        }
        text
    }

    /// Fails if two rows have the same key.
    #[track_caller]
    pub fn expect_unique(&self) {
        let names = keys(&self.feed);
        let different: HashSet<Vec<&str>> = self.rows.iter().map(|row| self.values(row, &names)).collect();
        assert_eq!(different.len(), self.rows.len(), "the key {names:?} repeats:\n{}", self.feed);
    }
}

/// A value as JSON writes it, which is TOML but for tables.
fn written(value: &toml::Value) -> String {
    serde_json::to_string(value).expect("JSON")
}

/// The names of the columns with `key = true`.
pub fn keys(feed: &str) -> Vec<String> {
    let document: toml::Table = feed.parse().expect("TOML");
    let columns = document["column"].as_array().expect("columns");
    let keys = columns.iter().filter(|column| column.get("key").is_some());
    keys.map(|column| column["name"].as_str().expect("a name").to_owned()).collect()
}
