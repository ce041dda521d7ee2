//! One `--out` for everybody: runs of two databases, reports, whoever else writes there, and what is left there.

use super::{
    sessions::end_lock,
    setup::{Running, exported, nothing_committed, ours, place, rerun, settled, undisturbed, until},
};
use crate::support::{
    Feed, Kind, Output, Place, Program, SERVERS, Started, of_this_run, on_each, on_every_server,
};
use std::{
    fs,
    path::{Path, PathBuf},
    thread::{scope, sleep},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A database where ours holds `a` three times, and a feed with a chunk a row.
fn three_rows(kind: Kind, theirs: &str) -> Place {
    let place = Place::new(kind);
    place.feed(Feed::new("faults").xml("chunk_rows = 1").key("id").column("v", ""));
    place.sql("CREATE TABLE ours (id varchar(9), v varchar(9)); INSERT INTO ours VALUES ('1', 'a'), ('2', 'a'), ('3', 'a')");
    let rows = ["1", "2", "3"].map(|id| format!("<r><id>{id}</id><v>{theirs}</v></r>"));
    place.write("theirs.xml", format!("<rows>{}</rows>", rows.concat()));
    place.tieout(&["migrate", "--database", place.url()]).expect(0, &[]);
    place
}

/// Runs of one feed's name in two databases that begin in the same second: each loads its own chunks, and each has its
/// own folder.
#[test]
fn two_databases_share_an_out_folder_and_nothing_in_it() {
    on_every_server(|kind| {
        let (eu, us) = (three_rows(kind, "a"), three_rows(kind, "WRONG"));
        let out = eu.path("out");
        let shown = out.display().to_string();
        // Both begin after a full second.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
        sleep(Duration::from_millis(1005 - u64::from(now.subsec_millis())));
        let hold = |place| Running::held_with(place, "after-first-chunk", &["--out", &shown]);
        let (eu_run, us_run) = scope(|scope| {
            let eu = scope.spawn(|| hold(&eu));
            let us = hold(&us);
            (eu.join().expect("a run"), us)
        });
        let chunks = names(&out);
        assert_eq!(chunks.iter().filter(|name| name.starts_with(".chunks-faults-")).count(), 2, "{chunks:?}");
        eu_run.go().expect(0, &["TIED OUT"]);
        us_run.go().expect(1, &["BREAKS", "3 of 3"]);
        for (place, breaks) in [(&eu, 0), (&us, 3)] {
            let id = run_id(place);
            assert!(id.contains("-000001-"), "both are the first of their database: {id}");
            let text = fs::read_to_string(out.join(&id).join("breaks.csv")).expect("breaks");
            assert_eq!(text.lines().count(), 1 + breaks, "{kind:?}: {text}");
        }
        assert_eq!(names(&out).len(), 2, "{kind:?}: {:?}", names(&out));
    });
}

/// What somebody does to a file.
type Change<'a> = &'a dyn Fn(&Path);

/// A chunk that somebody exchanges before it is loaded, with as many rows of the same form.
#[test]
fn a_chunk_that_was_exchanged_is_status_7() {
    on_every_server(|kind| {
        let place = place(kind);
        let exchange = |path: &Path| {
            let text = fs::read_to_string(path).expect("a chunk");
            fs::write(path, text.replace("\"paid\"", "\"left\"")).expect("another chunk");
        };
        let to_a_folder = |path: &Path| {
            fs::remove_file(path).expect("it goes");
            fs::create_dir(path).expect("a folder");
        };
        let changes: [(&str, Change<'_>, &str); 4] = [
            ("exchanged", &exchange, "TO-705"),
            ("cut", &|path| fs::write(path, "").expect("nothing"), "TO-705"),
            ("gone", &|path| fs::remove_file(path).expect("it goes"), "TO-703"),
            ("unreadable", &to_a_folder, "TO-704"),
        ];
        for (what, change, code) in changes {
            let running = Running::held(&place, "after-first-chunk");
            let next = || chunks(&place).into_iter().find(|path| path.ends_with("0001-000002.csv"));
            until("the second chunk", || next().is_some());
            change(&next().expect("a chunk"));
            let output = running.go();
            output.expect(7, &["0001-000002.csv", code]);
            nothing_committed(&place, what);
            assert_eq!(names(&place.path("tieout-out")), Vec::<String>::new(), "{kind:?}, {what}");
        }
        rerun(&place, "after exchanged chunks");
    });
}

/// A folder that somebody else has made is not a run's to write to.
#[test]
fn a_run_whose_folder_is_taken_replaces_nothing() {
    on_every_server(|kind| {
        let place = place(kind);
        let running = Running::held(&place, "in-export");
        let id = run_id(&place);
        let folder = place.path("tieout-out").join(&id);
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("mine"), "kept").expect("a file");
        running.go().expect(7, &["TO-706", &id]);
        assert_eq!(names(&folder), ["mine"], "{kind:?}");
        fs::rename(&folder, place.path("mine")).expect("it is moved away");
        rerun(&place, "after it was moved away");
        // A report replaces the folder of its run, whatever became of its other files, and no other.
        fs::remove_file(folder.join("breaks.csv")).expect("a file");
        report(&place, &id).expect(1, &["BREAKS"]);
        assert_eq!(of_this_run(&place.output_file("tieout-out", "breaks.csv")), undisturbed());
        fs::write(folder.join("manifest.json"), "{}").expect("another manifest");
        report(&place, &id).expect(7, &["TO-706"]);
    });
}

#[test]
fn a_folder_that_changes_while_it_is_written_is_not_published() {
    let place = place(Kind::Sqlite);
    let running = Running::held(&place, "in-export");
    let aside = named(&place, ".tmp-").pop().expect("a folder that is being written");
    fs::write(aside.join("breaks.csv"), "none").expect("another file");
    running.go().expect(7, &["breaks.csv", "TO-707"]);
    assert!(!exported(&place) && named(&place, ".").is_empty(), "{:?}", names(&place.path("tieout-out")));
    let running = Running::held(&place, "in-export");
    let aside = named(&place, ".tmp-").pop().expect("a folder that is being written");
    fs::write(aside.join("more.csv"), "none").expect("one file more");
    running.go().expect(7, &["more.csv", "TO-707"]);
    rerun(&place, "after a changed folder");
}

/// Reports of one run at once: one writes, the others are status 6, and the folder is complete at any moment.
#[test]
fn reports_at_once_leave_one_whole_folder() {
    on_every_server(|kind| {
        let place = place(kind);
        place.run(&["theirs.xml"]).expect(1, &[]);
        let id = run_id(&place);
        let folder = place.path("tieout-out").join(&id);
        let whole = names(&folder);
        let mut answers = Vec::new();
        for _ in 0..6 {
            let reports: Vec<_> = (0..3)
                .map(|_| place.command().args(["report", &id, "--database", place.url()]).start())
                .collect();
            for report in reports {
                assert_eq!(names(&folder), whole, "{kind:?}");
                let output = report.end();
                assert!([1, 6].contains(&output.status), "{kind:?}: {}", output.all());
                answers.push(output.status);
            }
            assert_eq!(names(&folder), whole, "{kind:?}");
            place.tieout(&["verify", &folder.display().to_string()]).expect(0, &["VERIFIED"]);
        }
        assert!(answers.contains(&1), "{kind:?}: {answers:?}");
        let running = Running::held_with(&place, "after-lock", &["--force"]);
        report(&place, &id).expect(6, &["process"]);
        running.go().expect(1, &[]);
        assert_eq!(named(&place, "."), Vec::<PathBuf>::new(), "{kind:?}");
    });
}

/// What dead runs left goes with the next run, with `clean` and with `report`; what is somebody else's stays.
#[test]
fn what_dead_runs_left_is_removed() {
    on_every_server(|kind| {
        let place = place(kind);
        place.run(&["theirs.xml"]).expect(1, &[]);
        let out = place.path("tieout-out");
        let id = run_id(&place);
        let another = id.replace("faults-", "faults-x-");
        let unknown = id.replace("-000001-", "-000002-");
        let stay = [
            format!(".chunks-{another}"),
            format!(".chunks-{unknown}"),
            format!(".tmp-{id}.x"),
            ".chunks-faults".into(),
            ".chunks-../tieout-out".replace('/', "-"),
        ];
        let elsewhere = place.path("elsewhere");
        fs::create_dir(&elsewhere).expect("a folder");
        fs::write(elsewhere.join("kept"), "").expect("a file");
        std::os::unix::fs::symlink(&elsewhere, out.join(format!(".old-{id}"))).expect("a link");
        for name in &stay {
            fs::create_dir(out.join(name)).expect("a folder");
        }
        let commands: [(&str, &[&str]); 3] = [
            ("run", &["run", "feed.toml", "theirs.xml", "--force"]),
            ("clean", &["clean", "feed.toml"]),
            ("report", &["report", &id]),
        ];
        for (what, command) in commands {
            let gone = [
                format!(".chunks-{id}"),
                format!(".tmp-{id}"),
                format!(".tmp-{id}.0123abcd"),
                format!(".old-{id}.0123abcd"),
            ];
            for name in &gone {
                fs::create_dir(out.join(name)).expect("a folder");
                fs::write(out.join(name).join("third-party.csv"), "secret").expect("a file");
            }
            let output = place.tieout(&[command, &["--database", place.url()]].concat());
            assert!(output.status <= 1, "{kind:?}, {what}: {}", output.all());
            assert!(output.stderr.contains("is none"), "the link is told: {}", output.stderr);
            let there = names(&out);
            assert!(gone.iter().all(|name| !there.contains(name)), "{kind:?}, {what}: {there:?}");
            assert!(stay.iter().all(|name| there.contains(name)), "{kind:?}, {what}: {there:?}");
            assert_eq!(names(&elsewhere), ["kept"], "{kind:?}, {what}");
        }
        // A file system without an exchange, and a kill between its two steps.
        let folder = out.join(&id);
        fs::rename(&folder, out.join(format!(".old-{id}.0123abcd"))).expect("the first step");
        place.tieout(&["clean", "feed.toml", "--database", place.url()]).expect(0, &[]);
        let breaks = fs::read_to_string(folder.join("breaks.csv")).expect("breaks");
        assert_eq!(of_this_run(&breaks), undisturbed());
    });
}

/// What cannot be removed is told, fails nothing, and goes with the next run.
#[test]
fn what_cannot_be_removed_is_tried_again() {
    let place = place(Kind::Sqlite);
    place.run(&["theirs.xml"]).expect(1, &[]);
    let out = place.path("tieout-out");
    let left = out.join(format!(".chunks-{}", run_id(&place)));
    fs::create_dir(&left).expect("a folder");
    fs::create_dir(left.join("inner")).expect("a folder");
    fs::write(left.join("inner/chunk.csv"), "").expect("a file");
    let locked = |mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(left.join("inner"), fs::Permissions::from_mode(mode)).expect("permissions");
    };
    locked(0o500);
    stopped_by_permissions(&place, &left.join("inner"))
        .expect(1, &["BREAKS", "cannot be removed", "tries again"]);
    assert!(left.exists());
    locked(0o700);
    place.run(&["theirs.xml", "--force"]).expect(1, &[]);
    assert!(!left.exists());
}

/// A run as somebody who may not write to the `locked` folder. Root may, and gives that right up.
fn stopped_by_permissions(place: &Place, locked: &Path) -> Output {
    let probe = locked.join("probe");
    if fs::write(&probe, "").is_err() {
        return place.run(&["theirs.xml", "--force"]);
    }
    fs::remove_file(probe).expect("the probe goes");
    let rights = "-dac_override,-dac_read_search";
    let program = Program::new("setpriv").current_dir(place.path("."));
    let program = program.args([format!("--bounding-set={rights}"), format!("--inh-caps={rights}")]);
    let program = program.arg(env!("CARGO_BIN_EXE_tieout")).env("TIEOUT_LOG", "warn");
    program.args(["run", "feed.toml", "theirs.xml", "--force", "--database", place.url()]).output()
}

#[test]
fn a_dead_run_of_another_out_is_named_and_can_be_cleaned() {
    on_every_server(|kind| {
        let place = place(kind);
        let running = Running::held_with(&place, "after-first-chunk", &["--out", "elsewhere"]);
        running.signal("KILL");
        running.end();
        let left = || names(&place.path("elsewhere"));
        assert_eq!(left().len(), 1, "{kind:?}: {:?}", left());
        let output = place.run(&["theirs.xml"]);
        let elsewhere = place.path("elsewhere").display().to_string();
        output.expect(1, &["died", &elsewhere, "tieout clean FEED --out DIR"]);
        assert_eq!(left().len(), 1);
        place.tieout(&["clean", "feed.toml", "--out", "elsewhere", "--database", place.url()]).expect(0, &[]);
        assert_eq!(left(), Vec::<String>::new(), "{kind:?}");
    });
}

/// The lock's session ends while a run loads or reconciles. The next run takes the first for dead, and removes its chunks
/// or marks it as abandoned, before it waits for what the first one's transaction holds.
#[test]
fn a_run_that_lost_its_lock_before_its_commit_is_status_4() {
    on_each(&SERVERS, |kind| {
        for failpoint in ["after-first-chunk", "in-reconcile"] {
            let place = place(kind);
            let before = ours(&place);
            let first = Running::held(&place, failpoint);
            end_lock(&place);
            let at = format!("{kind:?}, {failpoint}");
            let mut second = start(&place);
            until("the second run to take the first for dead", || {
                if second.ended().is_some() {
                    // The lock's session took its time to end.
                    second = start(&place);
                }
                place.count("FROM tieout_runs WHERE status = 'abandoned'") > 0
            });
            // The second may have begun its own.
            let of_first = named(&place, ".chunks-")
                .into_iter()
                .filter(|name| name.to_string_lossy().contains("Z-000001-"))
                .count();
            assert_eq!(of_first, 0, "{at}: {:?}", names(&place.path("tieout-out")));
            let first = first.go();
            assert_eq!(first.status, 4, "{at}: {}", first.all());
            assert!(first.stderr.contains("lost its lock"), "{at}: {}", first.stderr);
            second.end().expect(1, &["BREAKS"]);
            settled(&place, &before, &at);
        }
    });
}

/// The same after the commit: the next run finishes the first, and the folder is whole whoever writes it.
#[test]
fn a_run_that_lost_its_lock_after_its_commit_leaves_a_whole_folder() {
    on_each(&SERVERS, |kind| {
        for failpoint in ["after-commit", "in-export", "after-export"] {
            let place = place(kind);
            let before = ours(&place);
            let first = Running::held(&place, failpoint);
            end_lock(&place);
            let at = format!("{kind:?}, {failpoint}");
            until("the lock to be free", || {
                let second = place.run(&["theirs.xml"]);
                assert!([1, 6].contains(&second.status), "{at}: {}", second.all());
                second.status == 1
            });
            let folder = place.run_folder("tieout-out").display().to_string();
            let verified = || place.tieout(&["verify", &folder]).expect(0, &["VERIFIED"]);
            verified();
            let first = first.go();
            assert_eq!(first.status, 4, "{at}: the second told it: {}", first.all());
            assert!(first.stderr.contains("lost its lock"), "{at}: {}", first.stderr);
            verified();
            settled(&place, &before, &at);
        }
    });
}

fn start(place: &Place) -> Started {
    place.command().args(["run", "feed.toml", "theirs.xml", "--database", place.url()]).start()
}

fn report(place: &Place, id: &str) -> Output {
    place.tieout(&["report", id, "--database", place.url()])
}

/// The newest run's id.
fn run_id(place: &Place) -> String {
    let ids = place.query("SELECT run_id FROM tieout_runs ORDER BY seq DESC");
    ids[0][0].clone().expect("an id")
}

fn chunks(place: &Place) -> Vec<PathBuf> {
    let folders = named(place, ".chunks-");
    folders.iter().flat_map(|folder| names(folder).into_iter().map(|name| folder.join(name))).collect()
}

/// What in the output folder begins so.
fn named(place: &Place, beginning: &str) -> Vec<PathBuf> {
    let out = place.path("tieout-out");
    let names = names(&out).into_iter().filter(|name| name.starts_with(beginning));
    names.map(|name| out.join(name)).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
