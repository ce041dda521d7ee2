//! Connections that are cut, at some places and in three ways. `scripts/faults --only transfer` takes two hundred.

use super::{Sender, host_key, identity};
use crate::support::{
    Kind, Place,
    relay::{Cut, Relay},
    sshd::Sshd,
};
use crate::transports::{
    amounts::{self, at_once, cut_at_places, padded, reconciled},
    ids,
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// What logs in, and to whom.
fn keys() -> String {
    format!("{}\n{}", identity("ed25519"), host_key("host"))
}

/// A place that fetches amounts from this port, and waits so long.
fn place(sshd: &Sshd, port: u16, seconds: u64) -> Place {
    let source = format!("{}\ntimeout = \"{seconds}s\"", keys());
    amounts::place(Kind::Sqlite, &format!("sftp://{}@127.0.0.1:{port}/~/in", sshd.user()), &source)
}

#[test]
fn a_cut_anywhere_is_no_end_of_a_file() {
    let sshd = Sshd::start(&["host"]);
    sshd.write("in/a.xml", padded(200 << 10));
    cut_at_places(sshd.port(), |port| place(&sshd, port, 2), |place| place.run(&[]));
}

#[test]
fn a_line_that_is_always_cut_reconciles_nothing() {
    let sshd = Sshd::start(&["host"]);
    // Each connection brings a part of it, and all that are tried not the whole.
    sshd.write("in/a.xml", padded(2 << 20));
    at_once([(Cut::Fin, "TO-510"), (Cut::Reset, "TO-510"), (Cut::Stall, "TO-512")], |(how, code)| {
        let relay = Relay::to(sshd.port(), Some((99, 100 << 10, how)));
        let place = place(&sshd, relay.port(), 1);
        place.run(&[]).expect(5, &[code]);
        assert_eq!(reconciled(&place), 0, "{how:?}");
    });
}

#[test]
fn a_transfer_goes_on_where_it_was_cut() {
    let sender = Sender::with_files(1);
    let file = ids(&["0"]).replace("</d>", &format!("{}</d>", " ".repeat(8 << 20)));
    sender.sshd.write("in/000.xml", &file);
    let relay = Relay::to(sender.sshd.port(), Some((1, 5 << 20, Cut::Fin)));
    sender.feed_by(relay.port(), &format!("{}\n{}", identity("ed25519"), host_key("host")));
    let output = sender.place.command().args(["run", "feed.toml", "--database", sender.place.url()]);
    let output = output.env("TIEOUT_LOG", "info").output();
    output.expect(0, &["goes on at byte"]);
    // What came before the cut did not come again, but for what was on its way: from the start it would be 13 MiB.
    assert!(relay.passed() < 11 << 20, "{} bytes", relay.passed());
}

#[test]
fn a_signal_ends_a_transfer_at_once() {
    let sender = Sender::with_files(1);
    let relay = Relay::to(sender.sshd.port(), Some((99, 1_000, Cut::Stall)));
    sender.feed_by(relay.port(), &format!("{}\n{}", identity("ed25519"), host_key("host")));
    let running = sender.place.command().args(["run", "feed.toml", "--database", sender.place.url()]).start();
    thread::sleep(Duration::from_secs(2));
    let begun = Instant::now();
    running.signal("INT");
    running.end().expect(130, &[]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
