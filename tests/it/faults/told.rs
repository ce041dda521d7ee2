//! A verdict that was reached is told, by whichever run of the feed comes next.

use super::setup::until;
use crate::support::{Feed, Kind, Output, Place, on_every_server};
use std::fs::{self, File};

/// A feed that takes its files from `inbox`, and writes every run and its status to `told`.
fn place(kind: Kind) -> Place {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours (id integer); INSERT INTO ours VALUES (1), (2)");
    place.write("hook.sh", "echo \"$1 $TIEOUT_STATUS\" >> told");
    let inbox = place.path("inbox");
    fs::create_dir(&inbox).expect("a folder");
    place.feed(
        Feed::new("told").column("id", "type = \"integer\"\nkey = true").and(&format!(
            "[source]\nurl = \"file:{}\"\n[after]\ncommand = [\"sh\", \"hook.sh\", \"{{run}}\"]\non = [\"tied_out\", \"breaks\"]\n",
            inbox.display()
        )),
    );
    place
}

/// Puts a file with these ids into the inbox.
fn deliver(place: &Place, name: &str, ids: &[u32]) -> String {
    let rows: String = ids.iter().map(|id| format!("<r><id>{id}</id></r>")).collect();
    let file = format!("inbox/{name}.xml");
    place.write(&file, format!("<rows>{rows}</rows><!--{name}-->"));
    file
}

fn kill_at(place: &Place, failpoint: &str, files: &[&str]) {
    let command = place.command().args(["run", "feed.toml", "--database", place.url()]).args(files);
    let output = command.env("TIEOUT_KILL_AT", failpoint).output();
    assert_eq!(output.status, -1, "{failpoint} was not reached: {}", output.all());
}

/// Number of the run and its status, in the order in which they were told.
fn told(place: &Place) -> Vec<(u32, u8)> {
    let text = fs::read_to_string(place.path("told")).unwrap_or_default();
    let run = |line: &str| {
        let (id, status) = line.split_once(' ').expect("two words");
        let seq = id.split('-').nth(2).expect("a number").parse().expect("a number");
        (seq, status.parse().expect("a status"))
    };
    text.lines().map(run).collect()
}

fn run(place: &Place, more: &[&str]) -> Output {
    place.command().args(["run", "feed.toml", "--database", place.url()]).args(more).output()
}

/// Every run is done, so that nothing is told again.
fn all_done(place: &Place) {
    let before = told(place);
    run(place, &[]).expect(5, &["no new file"]);
    assert_eq!(told(place), before);
}

#[test]
fn the_next_run_tells_it_and_goes_on_to_what_is_new() {
    on_every_server(|kind| {
        for failpoint in ["after-commit", "in-export", "after-export", "before-done"] {
            let place = place(kind);
            deliver(&place, "mon", &[1, 2]);
            run(&place, &[]).expect(0, &[]);
            deliver(&place, "tue", &[1, 2, 3]);
            kill_at(&place, failpoint, &[]);
            deliver(&place, "wed", &[1, 2]);
            let output = run(&place, &[]);
            output.expect(1, &["BREAKS", "TIED OUT"]);
            let mut all = told(&place);
            if failpoint == "before-done" {
                assert_eq!(
                    all.remove(1),
                    (2, 1),
                    "{kind:?}: killed after the hook, which is called once more"
                );
            }
            assert_eq!(all, [(1, 0), (2, 1), (3, 0)], "{kind:?} {failpoint}: {}", output.all());
            all_done(&place);
        }
    });
}

#[test]
fn a_run_with_nothing_new_tells_it_and_has_its_status() {
    let place = place(Kind::Sqlite);
    deliver(&place, "mon", &[1]);
    kill_at(&place, "after-commit", &[]);
    run(&place, &[]).expect(1, &["BREAKS"]);
    assert_eq!(told(&place), [(1, 1)]);
    all_done(&place);
}

#[test]
fn a_hook_that_failed_is_called_again_whatever_is_new() {
    let place = place(Kind::Sqlite);
    let works = fs::read_to_string(place.path("hook.sh")).expect("the hook");
    place.write("hook.sh", "exit 3");
    deliver(&place, "mon", &[1]);
    run(&place, &[]).expect(8, &["BREAKS", "hook"]);
    place.write("hook.sh", works);
    deliver(&place, "tue", &[1, 2]);
    run(&place, &[]).expect(1, &["BREAKS", "TIED OUT"]);
    assert_eq!(told(&place), [(1, 1), (2, 0)]);
    all_done(&place);
}

#[test]
fn other_files_that_are_named_do_not_hide_it() {
    let place = place(Kind::Sqlite);
    let (mon, tue) = (deliver(&place, "mon", &[1]), deliver(&place, "tue", &[1, 2]));
    kill_at(&place, "after-commit", &[&mon]);
    run(&place, &[&tue]).expect(1, &["BREAKS", "TIED OUT"]);
    assert_eq!(told(&place), [(1, 1), (2, 0)]);
    run(&place, &[&mon]).expect(3, &["already reconciled"]);
}

#[test]
fn the_same_file_and_a_newer_one_are_answered_together() {
    let place = place(Kind::Sqlite);
    let (mon, tue) = (deliver(&place, "mon", &[1]), deliver(&place, "tue", &[1, 2]));
    kill_at(&place, "after-commit", &[&mon]);
    run(&place, &[&mon, &tue]).expect(1, &["BREAKS", "TIED OUT"]);
    assert_eq!(told(&place), [(1, 1), (2, 0)]);
    all_done(&place);
}

#[test]
fn force_loses_no_hook() {
    let place = place(Kind::Sqlite);
    let mon = deliver(&place, "mon", &[1]);
    kill_at(&place, "after-export", &[&mon]);
    place.sql("INSERT INTO ours VALUES (3)");
    run(&place, &["--force", &mon]).expect(1, &["BREAKS"]);
    assert_eq!(told(&place), [(1, 1), (2, 1)]);
    all_done(&place);
}

#[test]
fn a_new_file_that_is_refused_does_not_silence_it() {
    let place = place(Kind::Sqlite);
    deliver(&place, "mon", &[1]);
    kill_at(&place, "after-commit", &[]);
    place.write("inbox/tue.xml", "<rows><r>");
    run(&place, &[]).expect(3, &["BREAKS", "tue.xml"]);
    assert_eq!(told(&place), [(1, 1)]);
    fs::remove_file(place.path("inbox/tue.xml")).expect("it goes");
    // A file that cannot even be read.
    deliver(&place, "wed", &[1]);
    kill_at(&place, "after-commit", &[]);
    run(&place, &["inbox/none.xml"]).expect(3, &["BREAKS", "none.xml"]);
    assert_eq!(told(&place), [(1, 1), (3, 1)]);
}

#[test]
fn the_answer_to_another_question_is_told_and_is_no_answer() {
    let place = place(Kind::Sqlite);
    let mon = deliver(&place, "mon", &[1, 2]);
    kill_at(&place, "after-commit", &[&mon]);
    let feed = fs::read_to_string(place.path("feed.toml")).expect("the feed");
    place.write("feed.toml", format!("{feed}\n# changed\n"));
    run(&place, &[&mon]).expect(3, &["TIED OUT", "already reconciled"]);
    assert_eq!(told(&place), [(1, 0)]);
}

#[test]
fn what_a_living_run_is_telling_is_left_to_it() {
    on_every_server(|kind| {
        let place = place(kind);
        place.write("hook.sh", "echo \"$1 $TIEOUT_STATUS\" >> told; while [ ! -e go ]; do sleep 0.1; done");
        deliver(&place, "mon", &[1]);
        let slow = place.command().args(["run", "feed.toml", "--database", place.url()]).start();
        until("the hook", || !told(&place).is_empty());
        run(&place, &[]).expect(5, &["no new file"]);
        place.write("go", "");
        slow.end().expect(1, &["BREAKS"]);
        assert_eq!(told(&place), [(1, 1)], "{kind:?}");
        let locks = fs::read_dir(place.path(".")).expect("the folder").flatten();
        let left: Vec<_> = locks.filter(|e| e.file_name().to_string_lossy().contains("Z-")).collect();
        assert!(left.is_empty(), "{kind:?}: {left:?}");
        all_done(&place);
    });
}

#[test]
fn results_that_are_not_kept_go_when_the_run_was_told() {
    let place = place(Kind::Sqlite);
    let feed = fs::read_to_string(place.path("feed.toml")).expect("the feed");
    place.write("feed.toml", format!("{feed}\n[results]\nkeep_runs = 0\n"));
    let works = fs::read_to_string(place.path("hook.sh")).expect("the hook");
    place.write("hook.sh", "exit 3");
    deliver(&place, "mon", &[1]);
    run(&place, &[]).expect(8, &["BREAKS"]);
    let first = place.output_file("tieout-out", "breaks.csv");
    place.write("hook.sh", works);
    run(&place, &[]).expect(1, &["BREAKS"]);
    assert_eq!(place.output_file("tieout-out", "breaks.csv"), first, "its results were still there");
    assert_eq!(place.query("SELECT CAST(count(*) AS char(9)) FROM tieout_results"), [[Some("0".to_owned())]]);
}

#[test]
fn what_is_told_late_is_printed_before_anything_else_can_fail() {
    let place = place(Kind::Sqlite);
    deliver(&place, "mon", &[1]);
    kill_at(&place, "after-commit", &[]);
    deliver(&place, "tue", &[1, 2]);
    let command = place.command().args(["run", "feed.toml", "--database", place.url()]);
    let output = command.env("TIEOUT_KILL_AT", "after-load").output();
    assert_eq!(output.status, -1, "{}", output.all());
    assert!(output.stdout.contains("BREAKS"), "{}", output.all());
}

#[test]
fn what_cannot_be_printed_is_told_again() {
    let place = place(Kind::Sqlite);
    deliver(&place, "mon", &[1]);
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    let command = place.command().stdout(full).args(["run", "feed.toml", "--database", place.url()]);
    let output = command.output();
    assert_eq!(output.status, 7, "{}", output.all());
    run(&place, &[]).expect(1, &["BREAKS"]);
    all_done(&place);
}

#[test]
fn a_break_that_is_gone_from_the_ledger_is_missed() {
    for lost in ["tieout_results", "tieout_rejects"] {
        let place = place(Kind::Sqlite);
        let feed = fs::read_to_string(place.path("feed.toml")).expect("the feed");
        place.write("feed.toml", feed.replace("[xml]", "[xml]\nbad_rows = \"quarantine\""));
        place.write("inbox/mon.xml", "<rows><r><id>1</id></r><r><id>x</id></r></rows>");
        kill_at(&place, "after-commit", &[]);
        place.sql(&format!("DELETE FROM {lost}"));
        run(&place, &[]).expect(70, &["but the ledger holds 0 of them"]);
        assert_eq!(told(&place), [], "{lost}");
    }
}

#[test]
fn a_verdict_that_does_not_follow_from_its_counts_is_not_told() {
    let place = place(Kind::Sqlite);
    deliver(&place, "mon", &[1]);
    kill_at(&place, "after-commit", &[]);
    place.sql("UPDATE tieout_runs SET detail = json_set(detail, '$.verdict', 'tied_out')");
    run(&place, &[]).expect(70, &["does not follow from its counts"]);
    assert_eq!(told(&place), []);
}
