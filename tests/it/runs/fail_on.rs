//! `[fail_on]`: what makes the exit status 1. The verdict says what was found, whatever the feed fails on.

use crate::support::{Feed, Kind, Place, on_every_server};
use serde_json::{Value, json};

fn feed() -> Feed {
    Feed::new("acme")
        .xml("bad_rows = \"quarantine\"")
        .key("id")
        .column("amount", "type = \"decimal\"\ntotal_by = \"currency\"")
        .column("currency", "")
}

/// 1000 rows of ours and theirs; `wrong` rows of theirs have another amount.
fn place(kind: Kind, wrong: usize) -> Place {
    let place = Place::new(kind);
    place.sql("CREATE TABLE ours (id varchar(10), amount decimal(10, 2), currency varchar(3))");
    let values: Vec<String> = (0..1000).map(|n| format!("('{n}', 100, 'EUR')")).collect();
    place.sql(&format!("INSERT INTO ours VALUES {}", values.join(", ")));
    let row = |n: usize| {
        let amount = if n >= wrong {
            "100"
        } else if n.is_multiple_of(2) {
            "100.01"
        } else {
            "99.99"
        };
        format!("<r><id>{n}</id><amount>{amount}</amount><currency>EUR</currency></r>")
    };
    place.write("theirs.xml", format!("<d rows=\"7\">{}</d>", (0..1000).map(row).collect::<String>()));
    place
}

/// The summary of a run with these tables, which ends with this status.
#[track_caller]
fn run(place: &Place, tables: &str, status: i32, says: &str) -> Value {
    place.feed(feed().and(tables));
    place.run(&["theirs.xml", "--force"]).expect(status, &[says]);
    serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON")
}

const CONTROL: &str =
    "[[control]]\nname = \"rows\"\npath = \"/d/@rows\"\nequals = \"count\"\non_failure = \"warn\"\n";

#[test]
fn a_failed_control_is_no_clean_day() {
    on_every_server(|kind| {
        let place = place(kind, 0);
        let summary = run(&place, CONTROL, 0, "TIED OUT, 1 CONTROL FAILED acme: every row matches");
        assert_eq!(summary["verdict"], "tied_out_with_failed_controls", "{kind:?}");
        assert_eq!((&summary["failed_controls"], &summary["failed_on"]), (&json!(1), &json!([])));
        let page = place.output_file("tieout-out", "report.html");
        assert!(page.contains("class=\"verdict tied_out_with_failed_controls\">tied out, 1 control failed<"));

        let fails = format!("{CONTROL}[fail_on]\ncontrols = true\n");
        let summary = run(&place, &fails, 1, "TIED OUT, 1 CONTROL FAILED");
        assert_eq!(summary["failed_on"], json!(["controls"]));
        let run = summary["run_id"].as_str().expect("an id");
        place.tieout(&["report", run, "--database", place.url()]).expect(1, &["1 CONTROL FAILED"]);
        place
            .tieout(&["history", "acme", "--database", place.url()])
            .expect(0, &["tied_out, 1 control failed"]);
    });
}

#[test]
fn a_number_that_is_not_declared_is_told_and_is_no_failure() {
    let place = place(Kind::Sqlite, 0);
    let absent = CONTROL.replace("/d/@rows", "/d/@none") + "[fail_on]\ncontrols = true\n";
    let summary = run(&place, &absent, 0, "not declared: rows (1)");
    assert_eq!(summary["verdict"], "tied_out");
    assert_eq!(summary.get("failed_controls"), None, "{summary}");
}

#[test]
fn breaks_pass_only_as_far_as_the_feed_says_so_and_stay_breaks() {
    // 10 of 1000 rows are a cent apart, half of them in each direction.
    let place = place(Kind::Sqlite, 10);
    let amount = |over: &str| format!("[fail_on]\namount = {{ column = \"amount\", over = \"{over}\" }}\n");
    for (tables, failed_on) in [
        (String::new(), json!(["breaks"])),
        ("[fail_on]\nbreaks = false\n".into(), json!([])),
        ("[fail_on]\nrate = \"1%\"\n".into(), json!([])),
        ("[fail_on]\nrate = \"0.99%\"\n".into(), json!(["rate"])),
        (amount("0.10"), json!([])),
        (amount("0.09"), json!(["amount"])),
        (amount("0.1") + "rate = \"0.5%\"\n", json!(["rate"])),
    ] {
        let status = i32::from(failed_on != json!([]));
        let says = if status == 0 { "; the feed's [fail_on] lets that pass" } else { "\n" };
        let summary =
            run(&place, &tables, status, &format!("BREAKS     acme: 10 of 1000 rows do not tie out{says}"));
        assert_eq!((&summary["verdict"], &summary["failed_on"]), (&json!("breaks"), &failed_on), "{tables}");
    }
}

#[test]
fn a_break_that_stands_alone_counts_as_a_whole_and_rejects_count_for_themselves() {
    let place = place(Kind::Sqlite, 0);
    place.sql("DELETE FROM ours WHERE id = '5'");
    let limit = |over| format!("[fail_on]\namount = {{ column = \"amount\", over = \"{over}\" }}\n");
    assert_eq!(run(&place, &limit("99.99"), 1, "BREAKS")["failed_on"], json!(["amount"]));
    assert_eq!(run(&place, &limit("100"), 0, "BREAKS")["failed_on"], json!([]));
    place.write("theirs.xml", "<d><r><id>1</id><amount>x</amount><currency>EUR</currency></r></d>");
    let none = "[fail_on]\nbreaks = false\n";
    assert_eq!(run(&place, none, 1, "rejects")["failed_on"], json!(["rejects"]));
    assert_eq!(run(&place, &format!("{none}rejects = false\n"), 0, "BREAKS")["verdict"], "breaks");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let place = place(Kind::Sqlite, 0);
    for (tables, says) in [
        ("breaks = true\nrate = \"1%\"", "take one of them out"),
        ("rate = \"1\"", "is not a rate; write it like \"0.1%\""),
        ("rate = \"101%\"", "100% at most"),
        ("amount = { column = \"amout\", over = \"1\" }", "did you mean `amount`"),
        ("amount = { column = \"currency\", over = \"1\" }", "is no compared number"),
        ("amount = { column = \"amount\" }", "amount.over: is missing"),
        ("control = true", "unknown key; did you mean `controls`"),
    ] {
        place.feed(feed().and(&format!("[fail_on]\n{tables}\n")));
        place.run(&["theirs.xml"]).expect(2, &[says]);
    }
}

#[test]
fn a_hook_for_failed_controls_is_called_beside_that_for_breaks() {
    let place = place(Kind::Sqlite, 0);
    place.write("hook.sh", "echo $TIEOUT_STATUS >> called");
    let hook = |on: &str| format!("{CONTROL}[after]\ncommand = [\"sh\", \"hook.sh\"]\n{on}\n");
    let called = || std::fs::read_to_string(place.path("called")).unwrap_or_default();
    run(&place, &hook("on = \"tied_out\""), 0, "1 CONTROL FAILED");
    assert_eq!(called(), "");
    run(&place, &hook("on = \"failed_controls\""), 0, "1 CONTROL FAILED");
    run(&place, &hook(""), 0, "1 CONTROL FAILED");
    assert_eq!(called(), "0\n0\n");
    place.sql("DELETE FROM ours WHERE id = '5'");
    run(
        &place,
        &hook("on = [\"failed_controls\", \"breaks\"]"),
        1,
        "rows do not tie out, and 1 control failed",
    );
    assert_eq!(called(), "0\n0\n1\n", "it is called once");
}
