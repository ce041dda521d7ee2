//! `[after]`: what a hook is told, when it runs, and what its failure means.

use super::{feed, place, with_a_break};
use crate::{
    faults::setup::until,
    support::{Kind, Place},
};
use std::fs;

/// Lets the feed call `sh` with a script that writes down what it is told.
fn with_hook(place: &Place, on: &str, last: &str) {
    let script =
        "printf '%s\\n' \"$@\" > told; env | grep -E '^(TIEOUT_|SECRET|DATABASE)' | sort > environment";
    let script = format!("{script}; {last}");
    place.write("hook.sh", script);
    let hook = format!(
        "\n[after]\ncommand = [\"sh\", \"hook.sh\", \"{{status}}\", \"{{breaks}}\", \"run {{run}}\"]\non = [{on}]\n"
    );
    place.feed(feed().and(&hook));
}

fn told(place: &Place) -> Option<Vec<String>> {
    let text = fs::read_to_string(place.path("told")).ok()?;
    fs::remove_file(place.path("told")).expect("it goes");
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn a_hook_is_told_by_arguments_and_environment() {
    let place = place(Kind::Sqlite);
    with_hook(&place, "\"breaks\"", "true");
    place.run(&["theirs.xml"]).expect(0, &[]);
    assert_eq!(told(&place), None, "it asked for breaks only");
    with_a_break(&place);
    let command = place.command().env("SECRET", "of-ours").env("DATABASE_URL", place.url());
    command.args(["run", "feed.toml", "theirs.xml"]).output().expect(1, &[]);
    let run = place.run_folder("tieout-out");
    let name = run.file_name().expect("a name").to_string_lossy().into_owned();
    let told = told(&place).expect("the hook ran");
    assert_eq!(told[0], "1");
    assert!(told[1].ends_with(&format!("{name}/breaks.csv")), "{told:?}");
    assert_eq!(told[2], format!("run {name}"));
    assert!(place.path(&told[1]).exists(), "{told:?}");
    let environment = fs::read_to_string(place.path("environment")).expect("the environment");
    for variable in
        ["TIEOUT_BREAKS=", "TIEOUT_OUT=", "TIEOUT_RUN=acme-", "TIEOUT_STATUS=1", "TIEOUT_SUMMARY="]
    {
        assert!(environment.contains(variable), "{environment}");
    }
    assert!(!environment.contains("SECRET") && !environment.contains("DATABASE"), "{environment}");
}

#[test]
fn a_hook_for_runs_that_tie_out_and_for_failures() {
    let place = place(Kind::Sqlite);
    with_hook(&place, "\"tied_out\", \"failure\"", "true");
    place.run(&["theirs.xml"]).expect(0, &[]);
    assert_eq!(told(&place).expect("the hook ran")[0], "0");
    place.run(&["theirs.xml"]).expect(3, &["already reconciled"]);
    assert_eq!(told(&place).expect("the hook ran")[0], "3");
    with_a_break(&place);
    place.run(&["theirs.xml"]).expect(1, &[]);
    assert_eq!(told(&place), None, "breaks are not its business");
}

#[test]
fn a_hook_that_fails_leaves_verdict_and_outputs() {
    let place = place(Kind::Sqlite);
    with_a_break(&place);
    with_hook(&place, "\"breaks\"", "exit 9");
    place.run(&["theirs.xml"]).expect(8, &["BREAKS", "the verdict stands", "9"]);
    let first = place.output_file("tieout-out", "breaks.csv");
    assert!(first.contains("mismatched"), "{first}");
    place.write("hook.sh", "printf '%s\\n' \"$@\" > told");
    // The run was reconciled: running it again only calls the hook once more.
    place.run(&["theirs.xml"]).expect(1, &["BREAKS"]);
    assert_eq!(told(&place).expect("the hook ran")[0], "1");
    assert_eq!(place.output_file("tieout-out", "breaks.csv"), first);
    let runs = fs::read_dir(place.path("tieout-out")).expect("the outputs").count();
    assert_eq!(runs, 1, "there was one run");
    place.run(&["theirs.xml"]).expect(3, &["already reconciled"]);
}

#[test]
fn a_hook_that_cannot_start_or_does_not_end() {
    let place = place(Kind::Sqlite);
    place.feed(feed().and("[after]\ncommand = [\"./no-such-hook\"]\non = [\"tied_out\"]\n"));
    place.run(&["theirs.xml"]).expect(8, &["./no-such-hook", "cannot be started"]);
    let endless = "[after]\ncommand = [\"sleep\", \"1000\"]\non = [\"tied_out\"]\ntimeout = \"1s\"\n";
    place.feed(feed().named("other").and(endless));
    place.run(&["theirs.xml"]).expect(8, &["sleep", "killed"]);
}

/// A hook that waits for a process of its own, whose number it writes down.
fn with_a_patient_hook(place: &Place, timeout: &str) {
    place.write("hook.sh", "sleep 777 & echo $! > child; mv child started; wait");
    place.feed(feed().and(&format!(
        "[after]\ncommand = [\"sh\", \"hook.sh\"]\non = [\"tied_out\"]\ntimeout = \"{timeout}\"\n"
    )));
}

/// Whether the process that the hook started is gone; one that nobody waited for is, too.
fn child_ended(place: &Place) -> bool {
    let id = fs::read_to_string(place.path("started")).expect("the hook ran");
    fs::read_to_string(format!("/proc/{}/stat", id.trim())).map_or(true, |stat| stat.contains(") Z "))
}

#[test]
fn what_a_hook_started_ends_with_it() {
    let place = place(Kind::Sqlite);
    with_a_patient_hook(&place, "5s");
    place.run(&["theirs.xml"]).expect(8, &["killed"]);
    until("the end of what the hook started", || child_ended(&place));
    // The same after a signal; the hook has not ended, so it is called once more.
    fs::remove_file(place.path("started")).expect("it goes");
    with_a_patient_hook(&place, "60s");
    place.write("other.xml", super::THEIRS.replace("</d>", "<!-- --></d>"));
    let run = place.command().args(["run", "feed.toml", "other.xml", "--database", place.url()]).start();
    until("the hook", || place.path("started").exists());
    run.signal("TERM");
    assert_eq!(run.end().status, 143);
    until("the end of what the hook started", || child_ended(&place));
}

#[test]
fn a_run_that_a_hook_starts_calls_no_hook_when_it_fails() {
    let place = place(Kind::Sqlite);
    let again = format!("exec '{}' run feed.toml none.xml", env!("CARGO_BIN_EXE_tieout"));
    place.write("hook.sh", format!("echo called >> told; {again}"));
    place.feed(feed().and("\n[after]\ncommand = [\"sh\", \"hook.sh\"]\non = [\"failure\"]\n"));
    place.run(&["none.xml"]).expect(3, &["none.xml"]);
    assert_eq!(told(&place), Some(vec!["called".to_owned()]));
}
