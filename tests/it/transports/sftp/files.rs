//! What lies there, what of it arrives, and what becomes of it.

use super::{Sender, host_key, identity, write_feed};
use crate::support::{Kind, on_every_server, sshd::names};
use crate::transports::{
    amounts::{self, FLAT, LARGE, append, at_once, meanwhile, memory_of, padded},
    ids, ours,
};
use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
};

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
    write_feed(
        &sender.place,
        &format!("sftp://{user}@127.0.0.1:{port}/in"),
        &format!("{keys}\ntimeout = \"1s\""),
    );
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

#[test]
fn five_hundred_files_come_in_one_run() {
    let sender = Sender::with_files(500);
    sender.feed("");
    sender.run().expect(0, &[]);
    assert_eq!(sender.place.count("FROM tieout_files"), 500);
}

#[test]
fn names_are_data() {
    let sender = Sender::with_files(1);
    let names_of_files = [
        &b"in/a b.xml"[..],
        b"in/-rf.xml",
        b"in/'; DROP TABLE ours; --.xml",
        "in/Kontoausz\u{fc}ge \u{20ac}.xml".as_bytes(),
        b"in/%2e%2e%2fx.xml",
        b"in/$(touch x).xml",
    ];
    for (n, name) in names_of_files.into_iter().enumerate() {
        sender.sshd.write(OsStr::from_bytes(name), ids(&[&format!("more{n}")]));
        sender.place.sql(&format!("INSERT INTO ours VALUES ('more{n}')"));
    }
    sender.feed("pattern = \"*.xml\"");
    sender.run().expect(0, &["a b.xml", "-rf.xml", "--.xml", "%2e%2e%2fx.xml", "$(touch x).xml"]);
    assert_eq!(sender.place.count("FROM tieout_files"), 7);

    // What cannot be asked for is told, and keeps no other from being reconciled.
    for name in [&b"in/line\nfeed.xml"[..], b"in/caf\xe9.xml", b"in/esc\x1b[31m.xml"] {
        sender.sshd.write(OsStr::from_bytes(name), ids(&["0"]));
    }
    let output = sender.place.run(&["--force"]);
    output.expect(5, &["TIED OUT", "TO-513", "line\\u{a}feed.xml", "esc\\u{1b}[31m.xml", "000.xml"]);
    assert!(!output.all().contains('\u{1b}'), "{}", output.all());
    assert_eq!(sender.place.count("FROM tieout_refused"), 3);

    // Where a link leads is a file as any other; one to a folder, or to nowhere, is none.
    std::os::unix::fs::symlink("../elsewhere", sender.sshd.path("in/link.xml")).expect("a link");
    std::os::unix::fs::symlink("nowhere", sender.sshd.path("in/loose.xml")).expect("a link");
    std::os::unix::fs::symlink(".", sender.sshd.path("in/here.xml")).expect("a link");
    sender.sshd.write("elsewhere", ids(&["linked"]));
    sender.feed("pattern = [\"l*.xml\", \"here.xml\"]\nexclude = \"line*\"");
    sender.run().expect(1, &["link.xml: 1 records"]);
    assert_eq!(sender.place.count("FROM tieout_files WHERE name = 'link.xml'"), 1);
    assert_eq!(names(sender.place.dir.path()).iter().filter(|name| name.as_str() == "x").count(), 0);
}

#[test]
fn a_file_that_is_replaced_or_grows_while_it_is_read_is_not_reconciled() {
    at_once([true, false], |replaced| {
        let sender = Sender::new(Kind::Sqlite);
        ours(&sender.place, &["0"]);
        let long = |bytes: usize| ids(&["0"]) + &" ".repeat(bytes);
        sender.sshd.write("in/000.xml", long(1 << 20));
        sender.feed("max_bytes_per_second = \"256 KiB\"");
        let run = ["run", "feed.toml", "--database", sender.place.url()];
        let running = sender.place.command().args(run).start();
        meanwhile(&sender.place, "bank", || {
            if replaced {
                sender.sshd.write("new", long(2 << 20));
                fs::rename(sender.sshd.path("new"), sender.sshd.path("in/000.xml")).expect("a rename");
            } else {
                append(&sender.sshd.path("in/000.xml"));
            }
        });
        running.end().expect(5, &["000.xml"]);
        assert_eq!(sender.place.count("FROM tieout_files"), 0, "{replaced}");
    });
}

#[test]
fn a_large_file_takes_little_memory() {
    let sender = Sender::new(Kind::Sqlite);
    let url = format!("sftp://{}@127.0.0.1:{}/~/in", sender.sshd.user(), sender.sshd.port());
    let keys = format!("{}\n{}", identity("ed25519"), host_key("host"));
    let memory = |bytes: usize| {
        sender.sshd.write("in/a.xml", padded(bytes));
        memory_of(&amounts::place(Kind::Sqlite, &url, &keys))
    };
    let (small, large) = (memory(0), memory(LARGE));
    assert!(large < small + FLAT, "{large} KiB, and {small} KiB for a small one");
}

/// What a server says of a file is no proof that its bytes were counted.
#[test]
fn other_bytes_of_the_same_length_and_time_are_counted_before_they_are_deleted() {
    let sender = Sender::with_files(1);
    sender.feed("after = \"leave\"");
    sender.run().expect(0, &["000.xml"]);
    let path = sender.sshd.path("in/000.xml");
    let time = path.metadata().expect("it").modified().expect("a time");
    let old = fs::read_to_string(&path).expect("it");
    let new = old.replace('0', "7");
    assert!(new != old && new.len() == old.len());
    fs::write(&path, new).expect("the file");
    fs::File::options().write(true).open(&path).expect("it").set_modified(time).expect("the time");
    sender.feed("after = \"delete\"");
    sender.run().expect(1, &["BREAKS", "000.xml"]);
    assert_eq!(sender.place.count("FROM tieout_files"), 2);
    assert!(sender.sshd.names("in").is_empty());
}
