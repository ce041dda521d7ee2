//! A ledger that somebody else writes to: nothing of it is a path, a statement or a command of a terminal.

use super::{THEIRS, place, with_a_break};
use crate::support::{Output, Place, on_every_server};
use std::fs;

fn at(place: &Place, arguments: &[&str]) -> Output {
    let output = place.tieout(&[arguments, &["--database", place.url()]].concat());
    let commands = |c: char| c.is_control() && c != '\n';
    assert!(!output.stdout.contains(commands), "{:?}: {:?}", place.kind, output.stdout);
    assert!(!output.stderr.contains(commands), "{:?}: {:?}", place.kind, output.stderr);
    output
}

/// Every command that reads the ledger, and how it ended.
fn all_commands(place: &Place, run: &str) -> Vec<(&'static str, Output)> {
    vec![
        ("history", at(place, &["history"])),
        ("report", at(place, &["report", run])),
        ("check", at(place, &["check", "feed.toml", "theirs.xml"])),
        ("run", at(place, &["run", "feed.toml", "theirs.xml", "--force"])),
        ("clean", at(place, &["clean", "feed.toml"])),
    ]
}

/// A place with a reconciled run, whose id is given, and with a folder that is none of tieout's business.
fn with_a_victim(kind: crate::support::Kind) -> (Place, String) {
    let place = place(kind);
    with_a_break(&place);
    place.run(&["theirs.xml"]).expect(1, &[]);
    fs::create_dir(place.path("victim")).expect("a folder");
    fs::write(place.path("victim/mine"), "kept").expect("a file");
    let folder = place.run_folder("tieout-out");
    (place, folder.file_name().expect("a name").to_string_lossy().into_owned())
}

#[test]
fn an_id_of_the_ledger_is_no_path() {
    on_every_server(|kind| {
        let (place, id) = with_a_victim(kind);
        let victim = place.path("victim").display().to_string();
        let way = format!("{id}/../../victim");
        fs::create_dir_all(place.path("tieout-out").join(format!(".chunks-{id}"))).expect("a folder");
        for name in [&victim, &way, "../victim", &format!("{id}\n\u{1b}[2J")] {
            for status in ["loading", "reconciled", "done"] {
                let (from, to) = (kind.literal(&id), kind.literal(name));
                for table in ["tieout_runs", "tieout_results", "tieout_rejects", "tieout_files"] {
                    place.sql(&format!("UPDATE {table} SET run_id = {to} WHERE run_id = {from}"));
                }
                let as_json = kind.literal(&serde_json::to_string(name).expect("JSON").replace('"', ""));
                place.sql(&format!(
                    "UPDATE tieout_runs SET status = '{status}', detail = REPLACE(detail, {from}, {as_json})"
                ));
                for (command, output) in all_commands(&place, name) {
                    let what = format!("{kind:?}, {name:?}, {status}, {command}: {}", output.all());
                    let expected = match (command, status) {
                        ("report", _) => 2,
                        ("history" | "run", _) | ("clean", "loading") => 70,
                        _ => 0,
                    };
                    assert_eq!(output.status, expected, "{what}");
                    let names = expected == 70;
                    assert_eq!(output.stderr.contains("run_id holds"), names, "{what}");
                    assert_eq!(fs::read_to_string(place.path("victim/mine")).expect(&what), "kept", "{what}");
                }
                place.sql(&format!("DELETE FROM tieout_runs WHERE run_id <> {to}"));
                for table in ["tieout_runs", "tieout_results", "tieout_rejects", "tieout_files"] {
                    place.sql(&format!("UPDATE {table} SET run_id = {from} WHERE run_id = {to}"));
                }
                place.sql(&format!(
                    "UPDATE tieout_runs SET status = 'done', detail = REPLACE(detail, {as_json}, {from})"
                ));
            }
        }
        at(&place, &["report", &id]).expect(1, &["BREAKS"]);
        assert!(
            fs::read_dir(place.dir.path())
                .expect("the folder")
                .flatten()
                .all(|entry| { !entry.file_name().to_string_lossy().starts_with(".old-") })
        );
    });
}

#[test]
fn a_row_that_contradicts_itself_is_status_70_and_named() {
    on_every_server(|kind| {
        let (place, id) = with_a_victim(kind);
        let another = id.replace("acme-", "other-");
        let set = |column: &str, value: &str| {
            place.sql(&format!("UPDATE tieout_runs SET {column} = {}", kind.literal(value)));
        };
        for (column, value, sound) in [
            ("feed", "acme\n\\! touch pwned", "acme"),
            ("feed", "other", "acme"),
            ("status", "done\u{1b}[2J", "done"),
            ("verdict", "\u{7}", "breaks"),
            ("started_at", "now\r\n", "2026-01-31T00:00:00Z"),
        ] {
            set(column, value);
            at(&place, &["history"]).expect(70, &["TO-7006", &format!("{column} holds"), &id]);
            set(column, sound);
        }
        // A summary of another run, or of another feed.
        for (from, to) in [
            (&*id, &*another),
            ("\"feed\": \"acme\"", "\"feed\": \"other\""),
            ("\"feed\": \"acme\"", "\"feed\": \"a\\nb\""),
        ] {
            let (from, to) = (kind.literal(from), kind.literal(to));
            place.sql(&format!("UPDATE tieout_runs SET detail = REPLACE(detail, {from}, {to})"));
            for command in [["report", &id], ["history", "acme"]] {
                at(&place, &command).expect(70, &["TO-7006", &format!("the summary of run {id}")]);
            }
            place.sql(&format!("UPDATE tieout_runs SET detail = REPLACE(detail, {to}, {from})"));
        }
        at(&place, &["report", &id]).expect(1, &["BREAKS"]);
    });
}

/// The product stands in the head of the scripts and on the terminal, the condition on ours in a script's statements.
#[test]
fn a_text_of_the_ledger_is_no_command() {
    on_every_server(|kind| {
        let (place, id) = with_a_victim(kind);
        let replace = |from: &str, to: &str| {
            let (from, to) = (kind.literal(from), kind.literal(to));
            place.sql(&format!("UPDATE tieout_runs SET detail = REPLACE(detail, {from}, {to})"));
        };
        replace("\"product\": \"", "\"product\": \"\\u001b[2J\\n\\\\! touch pwned\\n");
        replace("\"scope\": null", "\"scope\": \"1 = 1\\n\\\\! touch pwned\\n\"");
        at(&place, &["report", &id]).expect(1, &["\\u{1b}[2J\\u{a}\\! touch pwned"]);
        at(&place, &["history"]).expect(0, &[&id]);
        for script in ["corrections.sql", "corrections_undo.sql"] {
            let text = place.output_file("tieout-out", script);
            assert!(text.lines().all(|line| line.is_empty() || line.starts_with("--")), "{kind:?}: {text}");
            assert!(text.contains("Refused") && !text.contains('\u{1b}'), "{kind:?}: {text}");
        }
        let page = place.output_file("tieout-out", "report.html");
        assert!(!page.contains('\u{1b}'), "{kind:?}");
        // Reasons why ours cannot be corrected are told in a comment.
        replace(
            "\"correctable\": {",
            "\"correctable\": {\"refused\": \"x\\n\\\\! touch pwned\\n\"}, \"was\": {",
        );
        at(&place, &["report", &id]).expect(1, &[]);
        let text = place.output_file("tieout-out", "corrections.sql");
        assert!(text.lines().all(|line| line.is_empty() || line.starts_with("--")), "{kind:?}: {text}");
        place.write("theirs.xml", THEIRS);
        at(&place, &["run", "feed.toml", "theirs.xml"]).expect(0, &["TIED OUT"]);
    });
}
