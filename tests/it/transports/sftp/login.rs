//! Who is let in: keys, agents and passwords.

use super::{Sender, host_key, identity, write_feed};
use crate::support::{
    Kind, Place, Program, Started,
    asyncssh::Asyncssh,
    sshd::{Sshd, is_root, key},
    watch,
};
use crate::transports::{amounts::at_once, ids, ours};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, thread, time::Duration};

#[test]
fn every_kind_of_key_lets_in() {
    let sender = Sender::with_files(1);
    for (name, more) in [
        ("ed25519", ""),
        ("rsa", ""),
        ("ecdsa", ""),
        ("locked", "password = \"correct horse\""),
        ("locked", "password_file = \"passphrase\""),
    ] {
        let file = sender.place.write("passphrase", "correct horse\n");
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("permissions");
        let keys = format!("{}\n{}\n{more}", identity(name), host_key("host"));
        sender.feed_by(sender.sshd.port(), &keys);
        let output = sender.place.run(&["--force"]);
        assert_eq!(output.status, 0, "{name} {more}: {}", output.all());
    }
}

/// An agent at work that holds a key.
fn agent(place: &Place, names: &[&str]) -> Started {
    let program = std::env::var("TIEOUT_TEST_SSH_AGENT")
        .expect("TIEOUT_TEST_SSH_AGENT is not set: run the tests with scripts/test");
    let socket = place.path("agent");
    let started = Program::new(program).arg("-D").arg("-a").arg(&socket).start();
    while std::os::unix::net::UnixStream::connect(&socket).is_err() {
        assert!(!watch::here().left().is_zero(), "{}", watch::here().told());
        thread::sleep(Duration::from_millis(10));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let agent = russh::keys::agent::client::AgentClient::connect_uds(&socket).await;
        let mut agent = agent.expect("an agent");
        for name in names {
            let key = russh::keys::load_secret_key(key(name), None).expect("a key");
            agent.add_identity(&key, &[]).await.expect("the agent takes it");
        }
    });
    started
}

#[test]
fn the_agents_keys_are_shown_one_after_another() {
    let sender = Sender::with_files(1);
    sender.feed_by(sender.sshd.port(), &host_key("host"));
    let run = |socket: &Path| {
        sender
            .place
            .command()
            .args(["run", "feed.toml", "--database", sender.place.url()])
            .env("SSH_AUTH_SOCK", socket)
    };
    run(Path::new("")).output().expect(5, &["TO-507", "no agent"]);
    let empty = agent(&sender.place, &[]);
    run(&sender.place.path("agent")).output().expect(5, &["TO-507", "the agent holds no key"]);
    drop(empty);
    fs::remove_file(sender.place.path("agent")).expect("the socket of a killed agent");
    let _agent = agent(&sender.place, &["stranger", "rsa"]);
    run(&sender.place.path("agent")).output().expect(0, &["000.xml"]);
}

#[test]
fn who_is_not_let_in_is_told_without_a_secret() {
    let sender = Sender::with_files(1);
    for (keys, expected) in [
        (identity("stranger"), "refused the login"),
        (format!("{}\npassword = \"hunter2\"", identity("locked")), "cannot be used"),
        (identity("locked"), "cannot be used"),
        (format!("{}\npassword = \"hunter2\"", identity("stranger")), "refused the login"),
        ("password = \"hunter2\"".to_owned(), "refused the login"),
    ] {
        sender.feed_by(sender.sshd.port(), &format!("{keys}\n{}", host_key("host")));
        let output = sender.place.command().args(["run", "feed.toml", "--database", sender.place.url()]);
        let output = output.env("TIEOUT_LOG", "trace").output();
        output.expect(5, &["TO-507", expected]);
        assert!(!output.all().contains("hunter2"), "{}", output.all());
    }
    sender.feed_by(sender.sshd.port(), &format!("identity = \"nowhere\"\n{}", host_key("host")));
    sender.run().expect(7, &["nowhere"]);
    let url = format!("sftp://127.0.0.1:{}/~/in", sender.sshd.port());
    write_feed(&sender.place, &url, &format!("{}\n{}", identity("ed25519"), host_key("host")));
    sender.run().expect(5, &["TO-507", "nobody is named"]);
}

#[test]
fn passwords_let_in_and_are_never_printed() {
    let ways = [
        ("password", vec![("secret", 0, "a.xml"), ("hunter2", 5, "TO-507")]),
        ("questions", vec![("secret", 0, "a.xml"), ("hunter2", 5, "TO-507")]),
        ("more", vec![("secret", 5, "asks for more than a password")]),
    ];
    at_once(ways, |(way, passwords)| {
        let server = Asyncssh::start(way);
        fs::write(server.path("in/a.xml"), ids(&["1"])).expect("a file");
        for (password, status, words) in passwords {
            let place = Place::new(Kind::Sqlite);
            ours(&place, &["1"]);
            let url = format!("sftp://alice@127.0.0.1:{}/in", server.port());
            write_feed(&place, &url, &format!("password = {password:?}\n{}", host_key("host")));
            let run = place.command().args(["run", "feed.toml", "--database", place.url()]);
            let output = run.env("TIEOUT_LOG", "trace").output();
            assert_eq!(output.status, status, "{way} {password}: {}", output.all());
            output.expect(status, &[words]);
            assert!(!output.all().contains(password), "{way}: {}", output.all());
        }
    });
}

/// Root may read everything, so the server must be somebody else.
#[test]
fn the_server_is_not_root() {
    assert!(!is_root() || Sshd::start(&["host"]).user() == "daemon");
}
