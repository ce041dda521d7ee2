//! Servers that ask for more than others do, and what of a feed `check` finds before a run.

use super::place;
use crate::support::{Kind, Server};

#[test]
fn a_server_that_wants_primary_keys_and_encryption_is_served() {
    let spare = Server::spare(Kind::MySql);
    let place = super::place_on(spare.clone());
    {
        let _keys = spare.set("sql_require_primary_key", "1");
        place.tieout(&["check", "feed.toml", "--database", place.url()]).expect(0, &["ok"]);
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
    }
    let _encrypted = spare.set("require_secure_transport", "1");
    place.run(&["theirs.xml", "--force"]).expect(0, &["TIED OUT"]);
    let plain = format!("{}?ssl-mode=DISABLED", place.url());
    place
        .tieout(&["run", "feed.toml", "theirs.xml", "--force", "--database", &plain])
        .expect(4, &["TO-403", "ssl-mode"]);
}

#[test]
fn what_of_the_feed_would_stop_a_run_is_found_too() {
    let place = place(Kind::Postgres);
    let check =
        |more: &[&str]| place.tieout(&[&["check", "feed.toml", "--database", place.url()], more].concat());
    place.feed(super::feed().scope("amount > CAST(:least AS numeric)"));
    check(&[]).expect(4, &["FAILED", "parameter :least has no value", "TO-205"]);
    check(&["--set", "least=0"]).expect(0, &["ok"]);
    let hook = |command: &str| super::feed().and(&format!("[after]\ncommand = {command}\n"));
    place.feed(hook(r#"["true", "{sumary}"]"#));
    check(&[]).expect(4, &["FAILED", "{sumary}", "did you mean `summary`?", "TO-236"]);
    place.feed(hook(r#"["true", "{summary} {run}", "{\"text\": 1}", "${HOME}"]"#));
    check(&[]).expect(0, &["ok"]);
    // Keys of other kinds.
    place.sql("CREATE TABLE days (id integer, amount decimal(10, 2))");
    place.feed(super::feed().ours("table = \"days\""));
    check(&[]).expect(0, &["warning", "0000000011 never meets 11", "type = \"integer\""]);
    place.feed(super::feed().column("id", "key = true\ntype = \"date\"").ours("table = \"days\""));
    let checked = check(&[]);
    checked.expect(4, &["FAILED", "they never meet", "TO-235"]);
    assert_eq!(checked.all().matches("they never meet").count(), 1, "{}", checked.all());
}
