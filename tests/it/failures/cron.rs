//! What cron, monitoring and other services get: nothing on a quiet day, and enough on any other.

use super::{feed, place, with_a_break};
use crate::{
    faults::setup::until,
    support::{Feed, Kind, Place, http::HttpServer},
};
use std::{fs, process::Command, thread, time::Duration};

#[test]
fn a_quiet_run_prints_nothing_where_it_ties_out_and_one_line_where_it_does_not() {
    let place = place(Kind::Sqlite);
    let output = place.run(&["theirs.xml", "--quiet"]);
    output.expect(0, &[]);
    assert_eq!((&*output.stdout, &*output.stderr), ("", ""), "{}", output.all());
    with_a_break(&place);
    let output = place.run(&["theirs.xml", "-q"]);
    output.expect(1, &["BREAKS", "acme"]);
    assert_eq!((output.stdout.lines().count(), &*output.stderr), (1, ""), "{}", output.all());
    let output = place.run(&["nowhere.xml", "-q"]);
    output.expect(3, &["TO-301"]);
    assert_eq!(output.stdout, "");
}

#[test]
fn a_pipe_that_is_closed_early_has_the_verdicts_status() {
    let place = place(Kind::Sqlite);
    with_a_break(&place);
    let program = env!("CARGO_BIN_EXE_tieout");
    let script = format!(
        "{program} run feed.toml theirs.xml --database {} | true; exit ${{PIPESTATUS[0]}}",
        place.url()
    );
    let status = Command::new("bash").args(["-c", &script]).current_dir(place.dir.path()).status();
    assert_eq!(status.expect("bash").code(), Some(1));
    assert!(place.output_file("tieout-out", "breaks.csv").contains("mismatched"));
}

#[test]
fn colours_and_bars_are_left_out_where_nobody_wants_them() {
    let place = place(Kind::Sqlite);
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let command = format!(
            "{} run feed.toml theirs.xml --force -v --database {}",
            env!("CARGO_BIN_EXE_tieout"),
            place.url()
        );
        // `script` gives it a terminal.
        let mut terminal = Command::new("script");
        terminal.args(["-qec", &command, "/dev/null"]).env("TERM", "xterm").env(name, value);
        let output = terminal.current_dir(place.dir.path()).output();
        let Ok(output) = output else { return crate::support::not_tested("no `script` here") };
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("TIED OUT"), "{text}");
        assert!(!text.contains("\u{1b}[3"), "{name}: {text:?}");
    }
}

#[test]
fn off_a_terminal_a_long_run_says_how_far_it_is() {
    let place = place(Kind::Sqlite);
    for (n, (option, said)) in
        [("-v", true), ("--quiet", false), ("--no-progress", false)].into_iter().enumerate()
    {
        let go = place.path(&format!("go{n}"));
        let started = place
            .command()
            .env("TIEOUT_PROGRESS_SECONDS", "1")
            .env("TIEOUT_PAUSE_AT", format!("after-load:{}", go.display()))
            .args(["run", "feed.toml", "theirs.xml", "--force", option, "--database", place.url()])
            .start();
        until("the run is held", || place.path(&format!("go{n}.reached")).exists());
        thread::sleep(Duration::from_secs(3));
        fs::write(go, "").expect("a file in the test's folder");
        let output = started.end();
        output.expect(0, &[]);
        let line = output.stderr.lines().find(|line| line.starts_with("tieout: converting and loading, "));
        assert_eq!(
            line.is_some_and(|line| line.ends_with(", 2 rows") && line.contains(" of ")),
            said,
            "{}",
            output.all()
        );
    }
}

/// The log, one object a line.
fn events(text: &str) -> Vec<serde_json::Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

fn last_of<'a>(events: &'a [serde_json::Value], key: &str) -> &'a str {
    events.last().and_then(|event| event[key].as_str()).unwrap_or_default()
}

#[test]
fn the_log_as_json_tells_everything_and_ends_with_the_verdict() {
    let place = place(Kind::Sqlite);
    with_a_break(&place);
    let output = place.run(&["theirs.xml", "--log-format", "json"]);
    output.expect(1, &[]);
    let all = events(&output.stderr);
    let last = all.last().expect("events");
    assert_eq!(
        (&last["message"], &last["verdict"], &last["status"]),
        (&"ended".into(), &"breaks".into(), &1.into())
    );
    let told = all.iter().find(|event| event["message"] == "reconciled").expect("the run's event");
    assert_eq!((last_of(&all, "feed"), &told["run"]), ("acme", &last["run"]));
    assert_eq!((&told["feed"], &told["breaks"], &told["matched"]), (&"acme".into(), &1.into(), &1.into()));
    let run = told["run"].as_str().expect("a run");
    let stage = all.iter().find(|event| event["message"] == "exporting").expect("the stage's event");
    assert_eq!((&stage["span"]["run"], &stage["span"]["feed"]), (&run.into(), &"acme".into()));
    assert_eq!(stage["span"]["stage"], "exporting", "{stage}");

    // An error is an event too, and so is a remark.
    let output = place.run(&["nowhere.xml", "--log-format", "json", "--set", "unused=1"]);
    output.expect(3, &[]);
    let all = events(&output.stderr);
    let error = all.iter().find(|event| event["level"] == "ERROR").expect("the error");
    assert_eq!((&error["code"], &error["status"]), (&"TO-301".into(), &3.into()));
    assert_eq!((&error["feed"], last_of(&all, "feed")), (&"acme".into(), "acme"));
    assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{error}");
    assert!(all.iter().any(|event| event["message"].as_str().is_some_and(|text| text.contains("unused"))));
    let last = all.last().expect("events");
    assert_eq!(
        (&last["message"], &last["status"], &last["verdict"]),
        (&"ended".into(), &3.into(), &().into())
    );
}

fn metrics(place: &Place) -> String {
    fs::read_to_string(place.path("tieout.prom")).expect("the file for monitoring")
}

#[test]
fn monitoring_has_the_last_run_and_the_last_success() {
    let place = place(Kind::Sqlite);
    let run = |file: &str| place.run(&[file, "--metrics", "tieout.prom", "--force"]);
    run("theirs.xml").expect(0, &[]);
    let success = metrics(&place);
    assert!(success.contains("tieout_tied_out{feed=\"acme\"} 1\n"), "{success}");
    with_a_break(&place);
    run("theirs.xml").expect(1, &[]);
    let breaks = metrics(&place);
    assert!(breaks.contains("tieout_breaks{feed=\"acme\",outcome=\"mismatched\"} 1\n"), "{breaks}");
    assert!(breaks.contains("tieout_rows{feed=\"acme\",side=\"theirs\"} 2\n"), "{breaks}");
    assert!(breaks.contains("tieout_accepted_breaks{feed=\"acme\"} 0\n"), "{breaks}");
    assert!(breaks.contains("tieout_failed_controls{feed=\"acme\"} 0\n"), "{breaks}");
    assert!(success.contains("tieout_oldest_break_age_seconds{feed=\"acme\"} 0\n"), "{success}");
    assert!(!breaks.contains("tieout_timing_breaks"), "{breaks}");
    run("nowhere.xml").expect(3, &[]);
    let failed = metrics(&place);
    let of = |text: &str, name: &str| {
        text.lines()
            .find(|line| line.starts_with(&format!("{name}{{")))
            .map(str::to_owned)
            .expect("the metric")
    };
    assert_eq!(of(&failed, "tieout_last_run_status"), "tieout_last_run_status{feed=\"acme\"} 3");
    for kept in ["tieout_last_success_timestamp_seconds", "tieout_breaks", "tieout_tied_out"] {
        assert_eq!(of(&failed, kept), of(&breaks, kept));
    }
    place
        .run(&["theirs.xml", "--force", "--metrics", "no/such/folder"])
        .expect(8, &["BREAKS", "TO-804", "no/such"]);
}

#[test]
fn monitoring_has_the_oldest_break_and_what_is_no_reason_for_status_1() {
    let place = Place::new(Kind::Sqlite);
    place.sql("CREATE TABLE ours (id text, day text)");
    place.sql("INSERT INTO ours VALUES ('a', '2026-11-30'), ('b', '2026-11-30'), ('c', '2026-01-01')");
    let control =
        "[[control]]\nname = \"rows\"\npath = \"/d/@rows\"\nequals = \"count\"\non_failure = \"warn\"\n";
    let timing = "[timing]\ncolumn = \"day\"\ndays = 1\n";
    let feed = Feed::new("acme").key("id").column("day", "type = \"date\"");
    place.feed(feed.and(control).and(timing));
    place.write(
        "theirs.xml",
        "<d rows=\"7\"><r><id>a</id><day>2026-11-30</day></r><r><id>d</id><day>2026-11-27</day></r></d>",
    );
    let run = || place.run(&["theirs.xml", "--metrics", "tieout.prom", "--force"]).expect(1, &["BREAKS"]);
    run();
    let id =
        place.query("SELECT break_id FROM tieout_breaks WHERE row_key = 'c'")[0][0].clone().expect("an id");
    let said = ["--reason", "known", "--until", "2999-12-31", "--database", place.url()];
    place.tieout(&[&["accept", &id], &said[..]].concat()).expect(0, &[]);
    place.sql("UPDATE tieout_breaks SET first_seen = '2026-01-01T00:00:00Z' WHERE row_key = 'c'");
    place.feed(
        Feed::new("acme")
            .key("id")
            .column("day", "type = \"date\"")
            .and(control)
            .and(timing)
            .and("[fail_on]\ncontrols = true\n"),
    );
    run();
    let text = metrics(&place);
    for line in [
        "tieout_accepted_breaks{feed=\"acme\"} 1\n",
        "tieout_timing_breaks{feed=\"acme\",outcome=\"missing_in_ours\"} 1\n",
        "tieout_timing_breaks{feed=\"acme\",outcome=\"missing_in_theirs\"} 1\n",
        "tieout_failed_controls{feed=\"acme\"} 1\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let value = |name: &str| -> i64 {
        let line = text.lines().find(|line| line.starts_with(&format!("{name}{{"))).expect("the metric");
        line.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
    };
    let first = "2026-01-01T00:00:00Z".parse::<jiff::Timestamp>().expect("a time").as_second();
    assert_eq!(value("tieout_oldest_break_age_seconds"), value("tieout_last_run_timestamp_seconds") - first);
}

/// A feed that calls this server.
fn with_webhook(place: &Place, server: &HttpServer, more: &str) {
    let after =
        format!("\n[after]\nwebhook = \"http://127.0.0.1:{}/hook?key=SESAME\"\n{more}\n", server.port);
    place.feed(feed().and(&after));
}

#[test]
fn a_webhook_gets_the_summary_until_it_takes_it() {
    let place = place(Kind::Sqlite);
    let server = HttpServer::answering(&["503 Service Unavailable", "200 OK"]);
    with_webhook(
        &place,
        &server,
        "headers = { X-Secret = \"${HOOK_SECRET}\" }\non = [\"breaks\", \"failure\"]",
    );
    with_a_break(&place);
    let run = |file: &str| {
        let arguments = ["run", "feed.toml", file, "--database", place.url(), "-vv"];
        place.command().env("HOOK_SECRET", "OPEN").env("TIEOUT_LOG", "trace").args(arguments).output()
    };
    let output = run("theirs.xml");
    output.expect(1, &["answered 503"]);
    let asked = server.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    let folder = place.run_folder("tieout-out");
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    for one in &asked {
        let head = one.head.to_ascii_lowercase();
        assert!(
            head.contains("x-secret: open")
                && head.contains(&format!("idempotency-key: {}", name.to_lowercase())),
            "{head}"
        );
        let body: serde_json::Value = serde_json::from_str(&one.body).expect("JSON");
        assert_eq!((&body["event"], &body["run_id"]), (&"breaks".into(), &name.as_str().into()));
        assert_eq!(body["summary"]["counts"]["mismatched"], 1);
    }
    let failed = run("nowhere.xml");
    failed.expect(3, &[]);
    let body: serde_json::Value = serde_json::from_str(&server.asked()[2].body).expect("JSON");
    assert_eq!((&body["event"], &body["code"]), (&"failure".into(), &"TO-301".into()));
    for output in [output, failed] {
        assert!(!output.all().contains("SESAME") && !output.all().contains("OPEN"), "{}", output.all());
    }
}

#[test]
fn a_webhook_hears_of_a_refused_file_once_with_the_exit_status() {
    let place = place(Kind::Sqlite);
    let server = HttpServer::answering(&["200 OK"]);
    let after = format!("[after]\nwebhook = \"http://127.0.0.1:{}/\"\n", server.port);
    place.feed(feed().and("[source]\nurl = \"file:inbox\"\n").and(&after));
    fs::create_dir(place.path("inbox")).expect("a folder");
    place.write("inbox/a.xml", super::THEIRS);
    place.write("inbox/b.xml", "<d>");
    place.run(&[]).expect(3, &["TIED OUT", "b.xml"]);
    let asked = server.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let body: serde_json::Value = serde_json::from_str(&asked[0].body).expect("JSON");
    assert_eq!((&body["event"], &body["status"]), (&"tied_out".into(), &3.into()));
    assert_eq!(body["summary"]["refused_files"][0]["name"], "b.xml");
}

#[test]
fn a_webhook_that_refuses_leaves_the_verdict_and_is_called_again() {
    let place = place(Kind::Sqlite);
    let server = HttpServer::answering(&["403 Forbidden", "204 No Content"]);
    with_webhook(&place, &server, "");
    with_a_break(&place);
    let output = place.run(&["theirs.xml"]);
    output.expect(8, &["BREAKS", "TO-803", "127.0.0.1", "403"]);
    assert!(!output.all().contains("SESAME"), "{}", output.all());
    place.run(&["theirs.xml"]).expect(1, &["BREAKS"]);
    let keys: Vec<String> = server
        .asked()
        .iter()
        .map(|one| {
            let key = one.head.lines().find(|line| line.to_ascii_lowercase().starts_with("idempotency-key"));
            key.expect("a key").to_owned()
        })
        .collect();
    assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
}

#[test]
fn a_webhook_in_the_clear_is_refused_and_its_address_is_not_shown() {
    let place = place(Kind::Sqlite);
    for (after, word) in [
        ("webhook = \"http://hooks.example/SESAME\"", "in the clear"),
        ("webhook = \"ftp://hooks.example/SESAME\"", "another scheme"),
        ("webhook = \"SESAME\"", "is no address"),
        ("webhook = \"https://a:SESAME@hooks.example/\"", "holds a user"),
        ("webhook = \"https://hooks.example/\"\nheaders = { \"X Y\" = \"SESAME\" }", "no name of a header"),
        ("command = [\"true\"]\nheaders = { X = \"SESAME\" }", "there is none"),
    ] {
        place.feed(feed().and(&format!("\n[after]\n{after}\n")));
        let output = place.run(&["theirs.xml"]);
        output.expect(2, &[word]);
        assert!(!output.all().contains("SESAME"), "{}", output.all());
    }
}
