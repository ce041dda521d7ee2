//! Which server is believed.

use super::{Sender, fingerprint, identity};
use crate::support::{
    Kind, Place,
    sshd::{Sshd, public_key},
};
use crate::transports::{ids, ours};
use std::fs;

#[test]
fn only_a_pinned_key_is_believed() {
    let place = Sender { place: Place::new(Kind::Sqlite), sshd: Sshd::start(&["host", "host_rsa"]) };
    place.sshd.write("in/000.xml", ids(&["0"]));
    ours(&place.place, &["0"]);
    let feed =
        |pins: &str| place.feed_by(place.sshd.port(), &format!("{}\nhost_key = {pins}", identity("ed25519")));

    feed(&format!("{:?}", fingerprint("host_other")));
    let refused = place.run();
    refused.expect(5, &["TO-508", &fingerprint("host"), &fingerprint("host_other")]);
    feed(&format!("{:?}", public_key("host_other")));
    place.run().expect(5, &["TO-508", &fingerprint("host"), &fingerprint("host_other")]);
    feed("\"SHA256:short\"");
    place.run().expect(5, &["TO-526"]);

    // The server has two keys, and either one is enough: the one it would not show first is asked for.
    for pins in [
        format!("{:?}", fingerprint("host")),
        format!("{:?}", fingerprint("host_rsa")),
        format!("{:?}", public_key("host_rsa")),
        format!("[{:?}, {:?}]", public_key("host_other"), fingerprint("host")),
    ] {
        feed(&pins);
        let output = place.place.run(&["--force"]);
        assert_eq!(output.status, 0, "{pins}: {}", output.all());
    }
}

#[test]
fn known_hosts_is_believed_and_never_written() {
    let sender = Sender::with_files(1);
    sender.feed_by(sender.sshd.port(), &identity("ed25519"));
    let file = sender.place.path(".ssh/known_hosts");
    let run = || {
        sender
            .place
            .command()
            .args(["run", "feed.toml", "--force", "--database", sender.place.url()])
            .env("HOME", sender.place.dir.path())
            .output()
    };
    run().expect(5, &["TO-508", &fingerprint("host"), "is not known"]);
    assert!(!file.exists());

    fs::create_dir(sender.place.path(".ssh")).expect("a folder");
    let name = format!("[127.0.0.1]:{}", sender.sshd.port());
    let (host, other) = (public_key("host"), public_key("host_other"));
    for (text, status, words) in [
        (format!("{name} {host}\n"), 0, vec!["000.xml".to_owned()]),
        (format!("127.0.0.1 {host}\n"), 5, vec!["TO-508".to_owned(), "is not known".to_owned()]),
        (
            format!("{name} {other}\n"),
            5,
            vec!["TO-508".to_owned(), fingerprint("host"), fingerprint("host_other")],
        ),
        (format!("{name} {host}\n@revoked * {host}\n"), 5, vec!["TO-508".to_owned(), "revokes".to_owned()]),
        (format!("@cert-authority {name} {host}\n"), 5, vec!["TO-508".to_owned()]),
    ] {
        fs::write(&file, &text).expect("a file");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run().expect(status, &words);
        assert_eq!(fs::read_to_string(&file).expect("the file"), text);
    }
}
