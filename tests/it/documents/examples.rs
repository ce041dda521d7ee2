//! What lies in `scripts/examples` is told, is whole, and can be run: by a shell, by systemd, by what reads YAML. Whether
//! the containers of `nightly` come up is seen by `runs::nightly`.

use super::{
    assert_nothing,
    markdown::{Document, root},
    names::unknown_in_command,
};
use crate::support::{Kind, Place, Program, not_tested};
use clap::CommandFactory;
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
};
use tieout::cli::Cli;

const EXAMPLES: &str = "scripts/examples";
const NIGHTLY: &str = "scripts/examples/nightly";

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_example_is_told() {
    let operations = Document::read("docs/operations.md");
    let of_all = |name: &String| {
        operations.spans.iter().any(|span| span.trim_end_matches('/') == format!("{EXAMPLES}/{name}"))
    };
    let listed = Document::read(&format!("{NIGHTLY}/README.md")).listed("What is here");
    let of_nightly = |name: &String| listed.contains(name) || name == "README.md";
    let untold: Vec<String> = (names(EXAMPLES).into_iter().filter(|name| !of_all(name)))
        .chain(names(NIGHTLY).into_iter().filter(|name| !of_nightly(name)))
        .map(|name| format!("no document lists the example {name}"))
        .chain(
            (listed.iter().filter(|name| !root().join(NIGHTLY).join(name).exists()))
                .map(|name| format!("{NIGHTLY} has no {name}")),
        )
        .collect();
    assert_nothing(&untold);
}

/// What is executed or told to be typed in the examples, each beginning with the program's name.
fn commands() -> Vec<String> {
    let mut found = Vec::new();
    for file in ["cron", "tieout.service", "nightly/nights.sh"] {
        let text = read(&format!("{EXAMPLES}/{file}"));
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            // A container, or a folder, may have its name.
            let program = |(at, _): &(usize, &str)| {
                !line[*at..].starts_with("tieout tieout ") && !line[..*at].ends_with("lib/")
            };
            let named = line.match_indices("tieout ").filter(program);
            found.extend(named.map(|(at, _)| line[at..].to_owned()));
        }
    }
    let readme = Document::read(&format!("{NIGHTLY}/README.md"));
    let lines = readme
        .blocks
        .iter()
        .flat_map(|(_, text)| text.lines())
        .chain(readme.spans.iter().map(String::as_str));
    found.extend(
        lines.filter_map(|line| line.split_once("tieout tieout ")).map(|(_, rest)| format!("tieout {rest}")),
    );
    for job in yaml("cronjob.yaml") {
        for container in each(&job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]) {
            let words = each(&container["args"]);
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            found.push(format!("tieout {}", words.join(" ")));
        }
    }
    found
}

#[test]
fn every_command_of_an_example_exists() {
    let all = commands();
    for known in [
        "--quiet",
        "--log-format json",
        "tieout breaks",
        "tieout explain",
        "tieout check",
        "/feeds/acme.toml",
    ] {
        assert!(all.iter().any(|line| line.contains(known)), "{known}: {all:#?}");
    }
    let program = Cli::command();
    let unknown: Vec<String> = all.iter().filter_map(|line| unknown_in_command(&program, line)).collect();
    assert_nothing(&unknown);
    assert!(unknown_in_command(&program, "tieout run /etc/a.toml --quit").is_some());
}

#[test]
fn images_have_the_version_of_the_program() {
    let version = concat!("tieout:", env!("CARGO_PKG_VERSION"));
    for file in ["Dockerfile", "cronjob.yaml", "nightly/compose.yaml"] {
        let text = read(&format!("{EXAMPLES}/{file}"));
        let tagged = |word: &&str| {
            word.starts_with("tieout:") && word["tieout:".len()..].starts_with(char::is_numeric)
        };
        let named: Vec<&str> = text.split_whitespace().filter(tagged).collect();
        assert!(!named.is_empty() && named.iter().all(|word| *word == version), "{file}: {named:?}");
    }
    let builder = concat!("RUST=rust:", env!("CARGO_PKG_RUST_VERSION"), "-alpine\n");
    assert!(read("scripts/examples/Dockerfile").contains(builder), "not built with {builder}");
}

/// A crontab's line: five fields, the user, and what a shell gets. Cron reads a `%` as the end of a line.
#[test]
fn a_shell_runs_the_line_of_cron() {
    let text = read("scripts/examples/cron");
    let line = text.lines().find(|line| line.starts_with(|c: char| c.is_ascii_digit())).expect("a line");
    let command = line.splitn(7, ' ').last().expect("a command");
    assert!(line.split(' ').nth(5) == Some("recon") && !command.contains('%'), "{line}");
    let place = Place::new(Kind::Postgres);
    place.sql("CREATE TABLE ours (id integer); INSERT INTO ours VALUES (1)");
    place.write(
        "acme.toml",
        "[feed]\nname = \"acme\"\n[database]\nurl = \"${DATABASE_URL}\"\n[source]\nurl = \"file:in\"\n[xml]\nrow = \"r\"\n\
         [[column]]\nname = \"id\"\npath = \"@id\"\nkey = true\ntype = \"integer\"\n[ours]\ntable = \"ours\"\n",
    );
    // A character that means something to a shell stands in most URLs.
    let url = format!("{}?sslmode=prefer&application_name=tests", place.url());
    let quoted = text.contains("DATABASE_URL='postgres://…'");
    assert!(quoted, "the example says how the URL is written");
    place.write("env", format!("DATABASE_URL='{url}'\n"));
    fs::create_dir(place.path("in")).expect("a folder");
    let here = place.dir.path().display().to_string();
    let command = command.replace("/etc/tieout", &here).replace("/var/lib/tieout", &here);
    let program = Path::new(env!("CARGO_BIN_EXE_tieout")).parent().expect("a folder").display().to_string();
    let path =
        text.lines().find_map(|line| line.strip_prefix("PATH=")).expect("cron's own has no /usr/local/bin");
    let path = path.replace("/usr/local/bin", &program);
    let night = || Program::new("/bin/sh").args(["-c", &command]).env("PATH", &path).output();
    let empty = night();
    empty.expect(1, &["TO-5"]);
    assert_eq!(empty.stdout, "", "{}", empty.all());
    place.write("in/a.xml", "<d><r id='1'/></d>");
    let quiet = night();
    quiet.expect(0, &[]);
    assert_eq!((&*quiet.stdout, &*quiet.stderr), ("", ""));
    place.write("in/b.xml", "<d><r id='2'/></d>");
    let breaks = night();
    breaks.expect(0, &["BREAKS"]);
    assert_eq!(breaks.stdout.lines().count(), 1, "{}", breaks.all());
}

#[test]
fn systemd_understands_its_units() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut units = Vec::new();
    for name in ["tieout.service", "tieout.timer"] {
        let text = read(&format!("{EXAMPLES}/{name}"));
        // It looks whether the program is there.
        let text = text.replace("/usr/local/bin/tieout", env!("CARGO_BIN_EXE_tieout"));
        units.push(folder.path().join(name));
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let which = Program::new("sh").args(["-c", "command -v systemd-analyze"]).output();
    if which.status != 0 {
        return crate::support::not_tested_anywhere("units of systemd, since there is no systemd-analyze");
    }
    let verified = Program::new("systemd-analyze").args(["verify", "--man=no"]).args(&units).output();
    assert_eq!((verified.status, &*verified.stderr), (0, ""), "{}", verified.all());
}

/// The documents of a file, as a real reader of YAML has them: that of the packages which the tests' S3 server needs.
fn yaml(file: &str) -> Vec<Value> {
    let read = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1], encoding='utf-8')))))";
    let pythons = [env::var("TIEOUT_TEST_MOTO").unwrap_or_default(), "python3".to_owned()];
    for python in pythons.iter().filter(|python| !python.is_empty()) {
        let path = root().join(EXAMPLES).join(file);
        let output =
            Program::new("sh").args(["-c", "exec \"$@\"", "sh", python, "-c", read]).arg(path).output();
        if output.status == 0 {
            return serde_json::from_str(&output.stdout).expect("JSON");
        }
        assert!(!output.stderr.contains("yaml.") || output.stderr.contains("No module"), "{}", output.all());
    }
    not_tested("YAML of the examples, since TIEOUT_TEST_MOTO is not set and python3 has no module yaml");
    Vec::new()
}

fn each(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        Value::Object(map) => map.keys().map(|key| key.as_str().into()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_compose_file_names_what_is_there() {
    let Some(compose) = yaml("nightly/compose.yaml").pop() else { return };
    let folder: PathBuf = root().join(NIGHTLY);
    let services = compose["services"].as_object().expect("services");
    let mut wrong = Vec::new();
    for (name, service) in services {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for volume in each(&service["volumes"]) {
            let volume = text(&volume);
            let from = volume.split(':').next().unwrap_or_default();
            let there = if from.starts_with('.') {
                folder.join(from).exists()
            } else {
                !compose["volumes"][from].is_null() || compose["volumes"].get(from).is_some()
            };
            if !there {
                wrong.push(format!("{name}: there is no {from}"));
            }
        }
        for network in each(&service["networks"]) {
            if compose["networks"].get(text(&network)).is_none() {
                wrong.push(format!("{name}: there is no network {network}"));
            }
        }
        for other in each(&service["depends_on"]) {
            if !services.contains_key(&text(&other)) {
                wrong.push(format!("{name}: there is no service {other}"));
            }
        }
        if let Some(build) = service.get("build") {
            let dockerfile = folder.join(text(&build["context"])).join(text(&build["dockerfile"]));
            if !dockerfile.exists() {
                wrong.push(format!("{name}: there is no {}", dockerfile.display()));
            }
        }
        // What stays up says how it is, and comes back.
        let stays = service["restart"] == "unless-stopped";
        if stays == service["healthcheck"].is_null()
            || stays != matches!(&**name, "database" | "bank" | "tieout")
        {
            wrong.push(format!("{name}: restart and healthcheck"));
        }
    }
    assert!(services.len() >= 5, "{services:?}");
    assert_nothing(&wrong);
}

#[test]
fn the_nightly_feed_reads_the_nightly_statements() {
    let place = Place::new(Kind::Sqlite);
    let mut arguments =
        vec!["convert".to_owned(), root().join(NIGHTLY).join("feed.toml").display().to_string()];
    let statements = names(&format!("{NIGHTLY}/statements"));
    assert_eq!(statements.len(), 2, "{statements:?}");
    arguments
        .extend(statements.iter().map(|name| format!("{}/{NIGHTLY}/statements/{name}", root().display())));
    arguments.extend(["--out".to_owned(), place.path("chunks").display().to_string()]);
    let output = place.command().args(arguments).output();
    output.expect(0, &[]);
    let told: Value =
        serde_json::from_str(&fs::read_to_string(place.path("chunks/convert.json")).expect("it"))
            .expect("JSON");
    let text = told.to_string();
    assert!(text.contains("\"passed\""), "{text}");
}
