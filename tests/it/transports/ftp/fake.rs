//! Against a server that refuses, lies, and names other hosts.

use super::{THEIRS, at_once, place, reconciled, run};
use crate::support::{
    Kind, Place,
    fake_ftp::{Behaviour, FakeFtp},
    on_every_server,
};

fn with(name: &str) -> Behaviour {
    Behaviour { files: vec![(name.as_bytes().to_vec(), THEIRS.as_bytes().to_vec())], ..Behaviour::default() }
}

fn at(server: &FakeFtp, source: &str) -> Place {
    place(Kind::Sqlite, &server.url("in"), source)
}

/// A transfer is a failure with this word, nothing is reconciled, and nothing happens to the sender's file.
#[track_caller]
fn fails(behaviour: Behaviour, words: &[&str]) {
    let server = FakeFtp::start(behaviour);
    let place = at(&server, "after = \"delete\"\nallow_none = true\ntimeout = \"1s\"");
    run(&place).expect(5, words);
    assert_eq!(reconciled(&place), 0);
    assert_eq!((server.names().len(), server.heard("DELE").len(), server.heard("RNFR").len()), (1, 0, 0));
}

#[test]
fn files_are_listed_in_each_way_that_a_server_may_know() {
    for unknown in [&[][..], &["MLSD", "MLST"], &["MLSD", "MLST", "EPSV", "OPTS"], &["MLSD", "MLST", "NLST"]]
    {
        let server = FakeFtp::start(Behaviour { unknown: unknown.to_vec(), ..with("a.xml") });
        let place = at(&server, "");
        run(&place).expect(0, &["TIED OUT"]);
        assert_eq!(server.heard("RETR"), ["RETR a.xml"], "{unknown:?}");
        assert_eq!(server.heard("TYPE"), ["TYPE I"], "{unknown:?}");
        for command in ["MKD", "XMKD", "STOR", "SITE", "PORT", "EPRT", "DELE", "RNFR"] {
            assert_eq!(server.heard(command), [""; 0], "{unknown:?}");
        }
    }
}

#[test]
fn a_pasv_that_names_another_host_is_not_followed() {
    let unknown = vec!["EPSV"];
    let server = FakeFtp::start(Behaviour { address: [10, 255, 255, 1], unknown, ..with("a.xml") });
    run(&at(&server, "")).expect(0, &["TIED OUT"]);
    assert!(!server.heard("PASV").is_empty());
}

#[test]
fn a_refused_transfer_is_no_empty_file() {
    let answers = [
        "425 no way",
        "426 aborted",
        "450 busy",
        "451 local error",
        "550 no",
        "551 page type",
        "552 too much",
        "553 name",
    ];
    at_once(answers, |answer| {
        fails(Behaviour { answers: vec![("RETR", answer)], ..with("a.xml") }, &["TO-511", answer]);
    });
}

#[test]
fn a_transfer_that_the_server_calls_failed_is_none_although_all_bytes_came() {
    let ends =
        ["425 no", "426 aborted", "450 no", "451 local error", "550 no", "551 no", "500 what", "nonsense"];
    at_once(ends, |end| fails(Behaviour { end, ..with("a.xml") }, &["TO-510"]));
}

#[test]
fn a_transfer_without_a_last_word_is_none() {
    let server = FakeFtp::start(Behaviour { end: "", ..with("a.xml") });
    let place = at(&server, "timeout = \"500ms\"\nallow_none = true");
    run(&place).expect(5, &["TO-512"]);
    assert_eq!(reconciled(&place), 0);
}

#[test]
fn other_bytes_than_announced_are_no_file() {
    let length = THEIRS.len() as u64;
    let lies = [(Some(length + 1), 0), (Some(length - 1), 0), (None, 1), (Some(0), 0)];
    at_once(lies, |(length, more)| {
        fails(Behaviour { length, more, ..with("a.xml") }, &["TO-510", "announced"]);
    });
}

#[test]
fn a_file_whose_length_nobody_tells_is_not_taken() {
    let unknown = vec!["MLSD", "MLST", "SIZE"];
    fails(Behaviour { unknown, ..with("a.xml") }, &["TO-521"]);
}

#[test]
fn a_list_that_the_server_calls_failed_is_no_empty_folder() {
    at_once(["425 no", "426 aborted", "450 no", "451 local error", "550 no"], |answer| {
        let answers = vec![("MLSD", answer), ("NLST", answer), ("LIST", answer)];
        fails(Behaviour { answers, ..with("a.xml") }, &[answer]);
    });
}

#[test]
fn an_empty_folder_is_one_also_where_nlst_says_550() {
    let server = FakeFtp::start(Behaviour {
        unknown: vec!["MLSD", "MLST"],
        answers: vec![("NLST", "550 no files found")],
        ..Behaviour::default()
    });
    run(&at(&server, "allow_none = true")).expect(0, &[]);
}

#[test]
fn hostile_names_are_data_and_nothing_of_them_is_sent() {
    let content = THEIRS.as_bytes().to_vec();
    for name in [
        &b"x/../../a.xml"[..],
        b"/etc/a.xml",
        b"a\rDELE b.xml",
        b"sub/a.xml",
        b"..\\a.xml",
        b"a\x1b[2J.xml",
        b"a\xff.xml",
        b"a\0.xml",
        b"a\x7f.xml",
    ] {
        for unknown in [vec![], vec!["MLSD", "MLST"]] {
            let server = FakeFtp::start(Behaviour {
                files: vec![(name.to_vec(), content.clone())],
                unknown,
                ..with("")
            });
            // Names that begin with a dot too, which are else left alone.
            let place = at(&server, "pattern = [\"*\", \".*\"]");
            let output = run(&place);
            output.expect(5, &["TO-513"]);
            assert!(!output.all().contains('\x1b') && !output.all().contains('\r'), "{}", output.all());
            for command in ["RETR", "SIZE", "MDTM", "MLST", "DELE"] {
                // `old` is a folder of every list.
                let heard = server.heard(command).into_iter().filter(|line| line != "SIZE old");
                assert_eq!(heard.collect::<Vec<_>>(), [""; 0], "{name:?}");
            }
        }
    }
}

#[test]
fn an_ignored_file_is_not_fetched_again_until_it_is_offered_again() {
    on_every_server(|kind| {
        let server = FakeFtp::start(with("a.xml"));
        let good = (b"a.xml".to_vec(), THEIRS.as_bytes().to_vec());
        let bad = |text: &str| (b"b.xml".to_vec(), text.as_bytes().to_vec());
        let lies = |text: &str| Behaviour { files: vec![good.clone(), bad(text)], ..Behaviour::default() };
        server.behave(lies("<d>"));
        let place = place(kind, &server.url("in"), "");
        let ignore = |arguments: &[&str]| {
            place.tieout(&[&["ignore", "b.xml", "--database", place.url()], arguments].concat())
        };
        let fetched = || server.heard("RETR b.xml").len();
        run(&place).expect(3, &["TIED OUT", "b.xml"]);
        ignore(&["--undo"]).expect(2, &["TO-224", "no file b.xml is ignored"]);
        ignore(&["--reason", "a test"]).expect(0, &["b.xml", "is not offered to feed acme again"]);
        // It is fetched once more, to see that it is the one.
        run(&place).expect(5, &["TO-505"]);
        assert_eq!(
            (fetched(), server.heard("RETR a.xml").len()),
            (2, 1),
            "{kind:?}: what was counted is known as ever"
        );
        ignore(&["--undo"]).expect(0, &["b.xml", "is offered to feed acme again"]);
        run(&place).expect(3, &["b.xml"]);
        ignore(&["--reason", "a test"]).expect(0, &[]);
        let c = THEIRS.replace("<d>", "<d><!-- c -->").into_bytes();
        let mut three = lies("<d>");
        three.files.push((b"c.xml".to_vec(), c));
        server.behave(three);
        // It is known as before, since nothing of it changed.
        run(&place).expect(0, &["TIED OUT", "b.xml: a test", "1 counted before (a.xml)"]);
        assert_eq!(fetched(), 3, "{kind:?}");
        // Another length is another file.
        server.behave(lies("<d><r>"));
        run(&place).expect(3, &["b.xml"]);
        assert_eq!(fetched(), 4, "{kind:?}");
    });
}

#[test]
fn an_answer_does_not_say_who_logged_in() {
    let answers = vec![("PASS", "530 acme-user with hunter2 may not, \u{202e}never")];
    let server = FakeFtp::start(Behaviour { answers, ..with("a.xml") });
    let place = at(&server, "user = \"acme-user\"\npassword = \"hunter2\"");
    let output = run(&place);
    output.expect(5, &["TO-507", "530 *** with *** may not"]);
    for secret in ["hunter2", "acme-user", "\u{202e}"] {
        assert!(!output.all().contains(secret), "{}", output.all());
    }
    assert_eq!(server.heard("PASS"), ["PASS hunter2"], "a refused login is not tried again");
}

#[test]
fn a_file_that_is_replaced_or_grows_meanwhile_is_not_taken() {
    let server = FakeFtp::start(with("a.xml"));
    let place = at(&server, "settle = \"2s\"");
    // While it is to stand still, it grows.
    let started = place.command().args(["run", "feed.toml", "--database", place.url()]).start();
    while server.heard("MLSD").is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let grown = [THEIRS, "<!-- -->"].concat().into_bytes();
    server.behave(Behaviour { files: vec![(b"a.xml".to_vec(), grown)], ..Behaviour::default() });
    started.end().expect(5, &[]);
    assert_eq!(reconciled(&place), 0);
    run(&place).expect(0, &["TIED OUT"]);
}
