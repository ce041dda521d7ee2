//! A password that reaches the program in whatever form leaves it nowhere: not on a stream, not in a file.

use super::files_only;
use crate::support::{Kind, Output, Place};
use std::{fs, path::Path};

/// Stands in each of these URLs, and in no output.
const SECRET: &str = "S3cret";

/// Some can be read and lead nowhere; others are passwords that were not escaped.
const URLS: &[&str] = &[
    "postgres://u:S3cret@127.0.0.1:1/d",
    "postgres://u:12/S3cret@127.0.0.1/d",
    "postgres://u:1?S3cret@127.0.0.1/d",
    "postgres://u:a#S3cret@127.0.0.1/d",
    "postgres://u:a@S3cret@127.0.0.1:1/d",
    "postgres://u:a%S3cret@127.0.0.1/d",
    "postgres://u:S3cret/d",
    "postgres:u:S3cret@127.0.0.1/d",
    "postgres://127.0.0.1:1/d;password=S3cret",
    "mysql://127.0.0.1:1/d&password=S3cret",
    "postgres://u:p@127.0.0.1:1/d?sslpassword=S3cret&S3cret=1&password=S3cret",
    "postgres://u:p@127.0.0.1:1/d?sslmode=S3cret",
    "mysql://u:/S3cret@127.0.0.1/d",
    "mysql://u:S3cret@127.0.0.1:1/d?ssl-passphrase=S3cret",
    "mysql://u:p@127.0.0.1:1/d?ssl-mode=S3cret",
    "mariadb://u:a@S3cret@127.0.0.1/d",
    "sqlite://u:S3cret@h/d",
    "sqlite:none.sqlite?mode=S3cret",
    "S3cret",
    "oracle://u:S3cret@h/d",
    " postgres://u:S3cret@127.0.0.1/d",
];

const COMMANDS: &[&[&str]] = &[
    &["run", "feed.toml", "theirs.xml"],
    &["check", "feed.toml", "theirs.xml"],
    &["plan", "feed.toml", "theirs.xml"],
    &["history"],
    &["report", "a-run"],
    &["migrate"],
    &["clean", "feed.toml"],
    &["infer", "theirs.xml", "--table", "ours"],
];

fn keeps_it(place: &Place, output: &Output, what: &str) {
    assert_ne!(output.status, 0, "{what}: {}", output.all());
    assert!(!output.all().contains(SECRET), "{what}: {}", output.all());
    nowhere_in(place.dir.path(), what);
}

fn nowhere_in(folder: &Path, what: &str) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            nowhere_in(&path, what);
        } else if path.file_name().is_none_or(|name| name != "feed.toml") {
            let bytes = fs::read(&path).expect("a file");
            assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "{what}: {}", path.display());
        }
    }
}

#[test]
fn no_url_shows_its_password() {
    let place = files_only(Kind::Sqlite);
    for url in URLS {
        for command in COMMANDS {
            for format in ["text", "json"] {
                let program = place.command().args(*command).args(["--database", url]);
                let program = program.args(["-vv", "--log-format", format]).env("TIEOUT_LOG", "trace");
                keeps_it(&place, &program.output(), &format!("{} --database {url}", command.join(" ")));
            }
        }
        // The same by the feed and by the environment.
        let feed = fs::read_to_string(place.path("feed.toml")).expect("the feed");
        place.write("feed.toml", format!("[database]\nurl = '{url}'\n{feed}"));
        let output = place.command().args(["run", "feed.toml", "theirs.xml", "-vv"]).output();
        keeps_it(&place, &output, &format!("[database] url = {url}"));
        place.write("feed.toml", &feed);
        let program = place.command().args(["run", "feed.toml", "theirs.xml", "-vv"]);
        keeps_it(&place, &program.env("DATABASE_URL", url).output(), &format!("DATABASE_URL={url}"));
    }
}

#[test]
fn no_source_shows_its_password() {
    let place = files_only(Kind::Sqlite);
    let feed = fs::read_to_string(place.path("feed.toml")).expect("the feed");
    for url in ["file://u:S3cret@h/x", "file:u:S3cret@h/x", "sftp://u:S3cret@h/x", "S3cret://x"] {
        place.write("feed.toml", format!("[source]\nurl = '{url}'\n{feed}"));
        for command in ["run", "check"] {
            let output = place.tieout(&[command, "feed.toml", "-vv", "--database", place.url()]);
            keeps_it(&place, &output, &format!("{command} with [source] url = {url}"));
        }
    }
}

#[test]
fn a_url_in_the_place_of_a_file_shows_no_password() {
    let place = Place::new(Kind::Sqlite);
    let url = format!("postgres://u:{SECRET}@127.0.0.1:1/d");
    for command in ["run", "check", "convert", "clean", "infer", "plan", "verify"] {
        let mut arguments = vec![command, &*url];
        if command == "convert" {
            arguments.extend(["a.xml", "--out", "chunks"]);
        }
        let output = place.tieout(&arguments);
        assert_ne!(output.status, 0, "{command}");
        keeps_it(&place, &output, command);
    }
}
