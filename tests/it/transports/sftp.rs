//! `sftp:` against OpenSSH and asyncssh: who is let in, who is believed, and what arrives.

use super::{ids, ours};
use crate::support::{
    Feed, Kind, Output, Place, Program, Started,
    asyncssh::Asyncssh,
    on_every_server,
    relay::{Cut, Relay},
    sshd::{Sshd, is_root, key, names, public_key},
    watch,
};
use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// A server, and a place whose feed fetches from it.
struct Sender {
    place: Place,
    sshd: Sshd,
}

impl Sender {
    fn new(kind: Kind) -> Self {
        Self { place: Place::new(kind), sshd: Sshd::start(&["host"]) }
    }

    /// With so many files in the folder, each with a row of its own, and those rows in ours.
    fn with_files(count: usize) -> Self {
        let sender = Self::new(Kind::Sqlite);
        for n in 0..count {
            sender.sshd.write(format!("in/{n:03}.xml"), ids(&[&n.to_string()]));
        }
        let rows: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        ours(&sender.place, &rows.iter().map(String::as_str).collect::<Vec<_>>());
        sender
    }

    /// Writes a feed that logs in with the key `ed25519` and believes the key `host`, and lists `~/in`.
    fn feed(&self, more: &str) {
        self.feed_by(self.sshd.port(), &format!("{}\n{}\n{more}", identity("ed25519"), host_key("host")));
    }

    /// By way of this port, with these keys under `[source]`.
    fn feed_by(&self, port: u16, keys: &str) {
        write_feed(&self.place, &format!("sftp://{}@127.0.0.1:{port}/~/in", self.sshd.user()), keys);
    }

    fn run(&self) -> Output {
        self.place.run(&[])
    }
}

fn write_feed(place: &Place, url: &str, keys: &str) {
    let source = format!("[source]\nurl = {url:?}\nsettle = \"100ms\"\n{keys}\n\n");
    place.feed(Feed::new("bank").first(&source).key("id"));
}

fn identity(name: &str) -> String {
    // What ssh itself would refuse: others may read a key of the repository.
    format!("identity = {:?}", key(name).display().to_string())
}

fn host_key(name: &str) -> String {
    format!("host_key = {:?}", public_key(name))
}

fn fingerprint(name: &str) -> String {
    let key = russh::keys::PublicKey::from_openssh(&public_key(name)).expect("a key");
    key.fingerprint(russh::keys::HashAlg::Sha256).to_string()
}

#[test]
fn files_tie_out_on_every_database_and_are_taken_once() {
    on_every_server(|kind| {
        let sender = Sender::new(kind);
        sender.sshd.write("in/a.xml", ids(&["1", "2"]));
        sender.sshd.write("in/b.xml", ids(&["3"]));
        sender.sshd.write("in/notes.txt", "no");
        sender.sshd.make_folder("in/folder.xml");
        ours(&sender.place, &["1", "2", "3"]);
        sender.feed("");
        sender.run().expect(0, &["a.xml", "b.xml"]);
        sender.run().expect(5, &["TO-505"]);
        sender.sshd.write("in/c.xml", ids(&["4"]));
        sender.run().expect(1, &["c.xml"]);
        assert_eq!(sender.sshd.names("in"), ["a.xml", "b.xml", "c.xml", "folder.xml", "notes.txt"]);
    });
}

#[test]
fn every_kind_of_key_lets_in() {
    for (name, more) in [
        ("ed25519", ""),
        ("rsa", ""),
        ("ecdsa", ""),
        ("locked", "password = \"correct horse\""),
        ("locked", "password_file = \"passphrase\""),
    ] {
        let sender = Sender::with_files(1);
        let file = sender.place.write("passphrase", "correct horse\n");
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("permissions");
        let keys = format!("{}\n{}\n{more}", identity(name), host_key("host"));
        sender.feed_by(sender.sshd.port(), &keys);
        let output = sender.run();
        assert_eq!(output.status, 0, "{name} {more}: {}", output.all());
    }
}

/// An agent at work that holds a key.
fn agent(place: &Place, names: &[&str]) -> Started {
    let program = std::env::var("TIEOUT_TEST_SSH_AGENT")
        .expect("TIEOUT_TEST_SSH_AGENT is not set: run the tests with scripts/test");
    let socket = place.path("agent");
    let started = Program::new(program).arg("-D").arg("-a").arg(&socket).start();
    while !socket.exists() {
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
    for (way, password, status, words) in [
        ("password", "secret", 0, vec!["a.xml"]),
        ("password", "hunter2", 5, vec!["TO-507"]),
        ("questions", "secret", 0, vec!["a.xml"]),
        ("questions", "hunter2", 5, vec!["TO-507"]),
        ("more", "secret", 5, vec!["TO-507", "asks for more than a password"]),
    ] {
        let (server, place) = (Asyncssh::start(way), Place::new(Kind::Sqlite));
        fs::write(server.path("in/a.xml"), ids(&["1"])).expect("a file");
        ours(&place, &["1"]);
        let url = format!("sftp://alice@127.0.0.1:{}/in", server.port());
        write_feed(&place, &url, &format!("password = {password:?}\n{}", host_key("host")));
        let output = place
            .command()
            .args(["run", "feed.toml", "--database", place.url()])
            .env("TIEOUT_LOG", "trace")
            .output();
        assert_eq!(output.status, status, "{way} {password}: {}", output.all());
        output.expect(status, &words);
        assert!(!output.all().contains(password), "{way}: {}", output.all());
    }
}

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

#[test]
fn what_is_not_there_or_may_not_be_read_is_told() {
    let sender = Sender::with_files(1);
    let user = sender.sshd.user();
    let url = |folder: &str| format!("sftp://{user}@127.0.0.1:{}/~/{folder}", sender.sshd.port());
    let keys = format!("{}\n{}", identity("ed25519"), host_key("host"));

    write_feed(&sender.place, &url("out"), &keys);
    sender.run().expect(5, &["TO-509", "out"]);
    assert!(!sender.sshd.path("out").exists());

    sender.sshd.make_folder("closed");
    fs::set_permissions(sender.sshd.path("closed"), fs::Permissions::from_mode(0o000)).expect("permissions");
    write_feed(&sender.place, &url("closed"), &keys);
    sender.run().expect(5, &["TO-511", "permission denied"]);

    fs::set_permissions(sender.sshd.path("in/000.xml"), fs::Permissions::from_mode(0o000))
        .expect("permissions");
    write_feed(&sender.place, &url("in"), &keys);
    sender.run().expect(5, &["TO-511", "000.xml"]);

    // Nobody listens there.
    let port = crate::support::sshd::free_port();
    write_feed(&sender.place, &format!("sftp://{user}@127.0.0.1:{port}/in"), &keys);
    sender.run().expect(5, &["TO-506"]);
}

#[test]
fn a_file_that_is_done_with_stays_moves_or_goes() {
    let sender = Sender::with_files(1);
    sender.feed("after = \"archive\"\narchive = \"done\"");
    // The folder is the sender's to make. The results stand in any case.
    sender.run().expect(8, &["TO-805", "in/done: no such file"]);
    assert_eq!(sender.sshd.names("in"), ["000.xml"]);

    sender.sshd.make_folder("in/done");
    sender.sshd.write("in/done/000.xml", "an older one");
    sender.place.run(&["--force"]).expect(8, &["TO-805", "is there already"]);
    assert_eq!(sender.sshd.names("in"), ["000.xml", "done"]);
    assert_eq!(fs::read_to_string(sender.sshd.path("in/done/000.xml")).expect("the file"), "an older one");

    fs::remove_file(sender.sshd.path("in/done/000.xml")).expect("the older file");
    sender.place.run(&["--force"]).expect(0, &[]);
    assert_eq!(
        (sender.sshd.names("in"), sender.sshd.names("in/done")),
        (vec!["done".to_owned()], vec!["000.xml".to_owned()])
    );

    sender.sshd.write("in/000.xml", ids(&["0"]));
    sender.feed("after = \"delete\"");
    sender.place.run(&["--force"]).expect(0, &[]);
    assert_eq!(sender.sshd.names("in"), ["done"]);
}

/// Bytes that the server sends in a run that is not cut.
fn whole(sender: &Sender) -> u64 {
    let relay = Relay::to(sender.sshd.port(), None);
    sender.feed_by(relay.port(), &format!("{}\n{}", identity("ed25519"), host_key("host")));
    sender.place.run(&["--force"]).expect(0, &[]);
    relay.passed()
}

/// A connection that is cut at twenty places of a run: the next one brings the files, or the run says that they did not
/// come. Never is a part taken for the whole.
fn cut(how: Cut) {
    let sender = Sender::with_files(2);
    // Rows of one file are some 200 KB.
    let many: Vec<String> = (0..8_000).map(|n| format!("row{n:08}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    sender.sshd.write("in/000.xml", ids(&many));
    sender.place.sql("DELETE FROM ours WHERE id = '0'");
    let rows: Vec<String> = many.iter().map(|id| format!("('{id}')")).collect();
    sender.place.sql(&format!("INSERT INTO ours VALUES {}", rows.join(", ")));
    let all = whole(&sender);
    assert!(all > 200_000, "{all} bytes");
    for n in 0..20 {
        let relay = Relay::to(sender.sshd.port(), Some((1, all * n / 20, how)));
        let keys = format!("{}\n{}\ntimeout = \"1s\"", identity("ed25519"), host_key("host"));
        sender.feed_by(relay.port(), &keys);
        let output = sender.place.run(&["--force"]);
        assert_eq!(output.status, 0, "{how:?} at {n}/20: {}", output.all());
        assert!(relay.made() >= 2, "it was not cut");
    }
}

#[test]
fn an_end_in_the_middle_is_no_end_of_a_file() {
    cut(Cut::Fin);
}

#[test]
fn a_reset_in_the_middle_is_no_end_of_a_file() {
    cut(Cut::Reset);
}

#[test]
fn silence_in_the_middle_has_an_end() {
    cut(Cut::Stall);
}

#[test]
fn a_line_that_is_always_cut_reconciles_nothing() {
    let sender = Sender::with_files(2);
    let all = whole(&sender);
    for (how, code) in [(Cut::Fin, "TO-510"), (Cut::Reset, "TO-510"), (Cut::Stall, "TO-512")] {
        let relay = Relay::to(sender.sshd.port(), Some((99, all - 200, how)));
        let keys = format!("{}\n{}\ntimeout = \"1s\"", identity("ed25519"), host_key("host"));
        sender.feed_by(relay.port(), &keys);
        sender.place.run(&["--force"]).expect(5, &[code]);
    }
    assert_eq!(sender.place.count("FROM tieout_runs WHERE state <> 'failed'"), 1);
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
    // What came before the cut did not come again.
    assert!(relay.passed() < 9 << 20, "{} bytes", relay.passed());
}

#[test]
fn a_file_that_grows_while_it_is_read_is_not_reconciled() {
    let sender = Sender::with_files(1);
    let rows = ids(&["0"]);
    sender.sshd.write("in/000.xml", rows.replace("</d>", &format!("{}</d>", " ".repeat(16 << 20))));
    sender.feed("max_bytes_per_second = \"4MiB\"\nallow_none = true");
    let mut running =
        sender.place.command().args(["run", "feed.toml", "--database", sender.place.url()]).start();
    // Somewhere in the transfer, which takes four seconds.
    thread::sleep(Duration::from_secs(2));
    assert!(running.ended().is_none(), "it was too fast");
    let mut file =
        fs::OpenOptions::new().append(true).open(sender.sshd.path("in/000.xml")).expect("the file");
    std::io::Write::write_all(&mut file, b"<!-- more -->").expect("more");
    drop(file);
    let output = running.end();
    assert!(output.all().contains("000.xml"), "{}", output.all());
    assert_eq!(sender.place.count("FROM tieout_files"), 0, "{}", output.all());
}

#[test]
fn five_hundred_files_come_in_one_run() {
    let sender = Sender::with_files(500);
    sender.feed("");
    sender.run().expect(0, &[]);
    assert_eq!(sender.place.count("FROM tieout_files"), 500);
}

#[test]
fn a_large_file_takes_little_memory() {
    let sender = Sender::with_files(1);
    let path = sender.sshd.path("in/000.xml");
    let mut file = std::io::BufWriter::new(fs::File::create(&path).expect("a file"));
    let space = vec![b' '; 1 << 20];
    std::io::Write::write_all(&mut file, b"<d><r><id>0</id></r>").expect("written");
    for _ in 0..512 {
        std::io::Write::write_all(&mut file, &space).expect("written");
    }
    std::io::Write::write_all(&mut file, b"</d>").expect("written");
    drop(file);
    sender.feed("");
    let mut running =
        sender.place.command().args(["run", "feed.toml", "--database", sender.place.url()]).start();
    let mut most = 0;
    while running.ended().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap_or_default();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let memory = memory.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = most.max(memory.unwrap_or_default());
        thread::sleep(Duration::from_millis(5));
    }
    running.end().expect(0, &[]);
    assert!((1..200 * 1024).contains(&most), "{most} KiB");
}

#[test]
fn names_are_data() {
    let sender = Sender::with_files(1);
    let text = ids(&["0"]);
    for name in [
        &b"in/a b.xml"[..],
        b"in/-rf.xml",
        b"in/'; DROP TABLE ours; --.xml",
        "in/Kontoauszüge €.xml".as_bytes(),
        b"in/%2e%2e%2fx.xml",
        b"in/$(touch x).xml",
    ] {
        sender.sshd.write(OsStr::from_bytes(name), &text);
        sender.feed("pattern = \"*.xml\"");
        let output = sender.place.run(&["--force"]);
        // The same row again and again: breaks, and nothing worse.
        assert!(output.status < 2, "{name:?}: {}", output.all());
        fs::remove_file(sender.sshd.path(OsStr::from_bytes(name))).expect("the file");
    }
    for name in [&b"in/line\nfeed.xml"[..], b"in/caf\xe9.xml", b"in/esc\x1b[31m.xml"] {
        sender.sshd.write(OsStr::from_bytes(name), &text);
        let output = sender.place.run(&["--force"]);
        output.expect(5, &["TO-513"]);
        assert!(!output.all().contains('\u{1b}'), "{}", output.all());
        fs::remove_file(sender.sshd.path(OsStr::from_bytes(name))).expect("the file");
    }
    // Where a link leads is a file as any other; one to a folder, or to nowhere, is none.
    std::os::unix::fs::symlink("000.xml", sender.sshd.path("in/link.xml")).expect("a link");
    std::os::unix::fs::symlink("nowhere", sender.sshd.path("in/loose.xml")).expect("a link");
    std::os::unix::fs::symlink(".", sender.sshd.path("in/here.xml")).expect("a link");
    let output = sender.place.run(&["--force"]);
    assert!(output.status < 2 && output.all().contains("link.xml"), "{}", output.all());
    assert_eq!(names(sender.place.dir.path()).iter().filter(|name| name.as_str() == "x").count(), 0);
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

/// Root may read everything, so the server must be somebody else.
#[test]
fn the_server_is_not_root() {
    assert!(!is_root() || Sshd::start(&["host"]).user() == "daemon");
}
