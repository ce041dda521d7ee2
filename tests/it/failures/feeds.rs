//! Mistakes in the feed and on the command line: all at once, each with its place, nothing connected.

use super::{feed, files_only, place};
use crate::support::{Feed, Kind, Place};

#[test]
fn several_mistakes_are_told_at_once() {
    let place = files_only(Kind::Sqlite);
    let wrong = Feed::new("Acme Bank").xml("rooot = \"d\"").key("id");
    place.feed(wrong.column("amount", "type = \"money\"\ntolerance = \"a cent\""));
    let output = place.run(&["theirs.xml"]);
    output.expect(
        2,
        &["feed.toml:2", "feed.toml:6", "rooot", "root", "money", "decimal", "a cent", "Acme Bank"],
    );
    assert!(!place.path("tieout-out").exists() && !place.path("ours.sqlite").exists(), "nothing was begun");
}

#[test]
fn an_unknown_key_comes_with_the_likely_one() {
    let place = files_only(Kind::Sqlite);
    place.feed(feed().column("amount", "tpye = \"decimal\""));
    place.run(&["theirs.xml"]).expect(2, &["feed.toml:14", "tpye", "type"]);
    place.feed(feed().without_ours().and("[hours]\ntable = \"ours\"\n"));
    place.run(&["theirs.xml"]).expect(2, &["hours", "ours"]);
}

#[test]
fn what_is_missing_is_named() {
    let place = place(Kind::Sqlite);
    place.feed(feed().scope("amount > :floor and id <> :floor2"));
    place.run(&["theirs.xml"]).expect(2, &[":floor", "--set floor=VALUE"]);
    place.run(&["theirs.xml", "--set", "floor=0"]).expect(2, &[":floor2"]);
    place.run(&["theirs.xml", "--set", "floor"]).expect(2, &["NAME=VALUE"]);
    place.run(&["theirs.xml", "--set", "floor=0", "--set", "floor2=x"]).expect(0, &[]);
    place.feed(feed().first("[database]\nurl = \"${TIEOUT_NO_SUCH_VARIABLE}\"\n"));
    let named = &["feed.toml:2", "TIEOUT_NO_SUCH_VARIABLE", "not set"];
    place.tieout(&["run", "feed.toml", "theirs.xml"]).expect(2, named);
    place.feed(feed().without_ours());
    place.run(&["theirs.xml"]).expect(2, &["[ours]", "table = "]);
    place.feed(feed());
    place.run(&[]).expect(2, &["no FILE", "[source]"]);
    place.tieout(&["run", "no-such-feed.toml", "theirs.xml"]).expect(2, &["no-such-feed.toml"]);
    place.tieout(&["run"]).expect(2, &["FEED"]);
    place.tieout(&["reconcile"]).expect(2, &["reconcile"]);
}

#[test]
fn a_run_that_was_refused_for_its_usage_left_no_trace() {
    let place = place(Kind::Sqlite);
    place.feed(feed().scope("amount > :floor"));
    place.run(&["theirs.xml"]).expect(2, &[]);
    let history = place.tieout(&["history", "--database", place.url()]);
    history.expect(0, &["no run yet"]);
    place.run(&["theirs.xml", "--set", "floor=0"]).expect(0, &["TIED OUT"]);
}

#[test]
fn feeds_that_are_no_feeds() {
    for (text, words) in [
        ("", vec!["feed.toml"]),
        ("[feed\nname = 1", vec!["feed.toml:1"]),
        ("[feed]\nname = \"acme\"\nname = \"acme\"\n", vec!["feed.toml:3"]),
        ("\u{0}\u{1}", vec!["feed.toml"]),
    ] {
        let place = Place::new(Kind::Sqlite);
        place.write("theirs.xml", super::THEIRS);
        place.feed(text);
        place.run(&["theirs.xml"]).expect(2, &words);
    }
}
