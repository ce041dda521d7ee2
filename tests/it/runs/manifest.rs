//! `manifest.json` and `tieout verify`: a delivered folder can be checked, and the same input has the same
//! result digest on every database.

use crate::support::{Feed, Kind, Place, digest::sha256, of_this_run, on_every_server};
use serde_json::Value;
use std::{fs, path::PathBuf, sync::Mutex};

/// A run with breaks, and its folder.
fn run(kind: Kind) -> (Place, PathBuf) {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours (id varchar(10), amount decimal(12, 2)); INSERT INTO ours VALUES ('1', 10), ('3', 5)");
    let feed = Feed::new("sealed").key("id").column("amount", "type = \"decimal\"");
    place.feed(feed.and("[results]\nmatched = true\n"));
    place.write(
        "theirs.xml",
        "<d><r><id>1</id><amount>10.0</amount></r><r><id>2</id><amount>7</amount></r></d>",
    );
    place.run(&["theirs.xml"]).expect(1, &[]);
    let folders = fs::read_dir(place.path("tieout-out")).expect("the output folder");
    let folder =
        folders.map(|entry| entry.expect("an entry").path()).find(|path| path.join("manifest.json").exists());
    let folder = folder.expect("a run's folder");
    (place, folder)
}

fn manifest(folder: &std::path::Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).expect("a manifest")).expect("JSON")
}

#[test]
fn the_same_result_has_the_same_digest_on_every_database() {
    let digests = Mutex::new(Vec::new());
    on_every_server(|kind| {
        let (place, folder) = run(kind);
        let manifest = manifest(&folder);
        let theirs = sha256(fs::read(place.path("theirs.xml")).expect("the file"));
        assert_eq!(manifest["inputs"][0]["sha256"], theirs, "{kind:?}");
        assert_eq!(manifest["feed_sha256"], sha256(fs::read(place.path("feed.toml")).expect("the feed")));
        assert!(
            manifest["server"]["version"].as_str().is_some_and(|version| !version.is_empty()),
            "{kind:?}"
        );
        if kind != Kind::Sqlite {
            assert!(manifest["server"]["collation"].is_string(), "{kind:?}: {manifest}");
            assert!(manifest["server"]["time_zone"].is_string(), "{kind:?}: {manifest}");
        }
        assert_eq!(manifest["server"]["sql_mode"].is_string(), kind.mysql_family(), "{kind:?}");
        // By hand: sha256sum *.csv | sha256sum
        let lines: String = ["breaks.csv", "columns.csv", "matched.csv", "rejects.csv", "suggestions.csv"]
            .iter()
            .map(|name| {
                let text = fs::read_to_string(folder.join(name)).expect("a file");
                let text =
                    if ["breaks.csv", "matched.csv"].contains(name) { of_this_run(&text) } else { text };
                format!("{}  {name}\n", sha256(text.into_bytes()))
            })
            .collect();
        assert_eq!(manifest["result_digest"], sha256(lines.into_bytes()), "{kind:?}");
        digests.lock().expect("the digests").push(manifest["result_digest"].clone());
    });
    let digests = digests.into_inner().expect("the digests");
    assert_eq!(digests.len(), 4);
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
}

#[test]
fn a_folder_that_was_changed_is_found_out() {
    let (place, folder) = run(Kind::Sqlite);
    let name = folder.to_string_lossy().into_owned();
    let verify = || place.tieout(&["verify", &name]);
    verify().expect(0, &["VERIFIED", "ok         breaks.csv", "ok         summary.json"]);
    let breaks = fs::read(folder.join("breaks.csv")).expect("the breaks");
    fs::write(
        folder.join("breaks.csv"),
        String::from_utf8_lossy(&breaks).replace("missing_in_ours", "matched"),
    )
    .expect("a change");
    verify().expect(1, &["DIFFERS    1 of", "CHANGED    breaks.csv"]);
    fs::remove_file(folder.join("breaks.csv")).expect("it goes");
    fs::write(folder.join("more.csv"), "x").expect("another file");
    verify().expect(1, &["DIFFERS    2 of", "MISSING    breaks.csv", "UNKNOWN    more.csv"]);
    fs::write(folder.join("breaks.csv"), breaks).expect("it comes back");
    fs::remove_file(folder.join("more.csv")).expect("it goes");
    verify().expect(0, &["VERIFIED"]);
    fs::write(folder.join("manifest.json"), "{}").expect("a change");
    verify().expect(3, &["is no manifest of tieout"]);
    place.tieout(&["verify", "nowhere"]).expect(2, &["nowhere/manifest.json", "name a run's folder"]);
}
