//! `s3:`, against a server that checks every signature. Where the store stands is the endpoint's business, so all that
//! is not the login holds for every store.

use super::amounts::{
    FLAT, LARGE, THEIRS, at_once, cut_at_places, fetch_from, meanwhile, memory_of, padded, place, reconciled,
    rows,
};
use crate::support::{
    Kind, Output, Place, Program, on_every_server,
    relay::{Cut, Relay},
    s3::{Bucket, KEY, SECRET},
};
use std::{fmt::Write as _, fs};

/// What logs in.
const LOGIN: &str = "user = \"tests\"\npassword = \"canary-4711\"\n";

/// A bucket with a file that ties out.
fn bucket() -> Bucket {
    let s3 = Bucket::new();
    s3.put("in/a.xml", THEIRS);
    s3
}

/// `[source]` of the prefix `in` at this port of this machine.
fn at(port: u16, more: &str) -> String {
    format!("endpoint = \"http://127.0.0.1:{port}\"\n{more}")
}

fn fetching(s3: &Bucket, source: &str) -> Place {
    place(Kind::Sqlite, &s3.url("in/"), source)
}

/// The program with no account of whoever runs the tests, and with every word that it can say.
fn program(place: &Place) -> Program {
    let mut program = place.command().env("HOME", place.dir.path()).env("TIEOUT_LOG", "trace");
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
        program = program.without_env(name);
    }
    program.args(["run", "feed.toml", "--out", "out", "--database", place.url()])
}

/// Runs it; nothing that it says is a secret.
#[track_caller]
fn run(program: Program) -> Output {
    let output = program.output();
    for secret in [SECRET, "given-secret", "given-token"] {
        assert!(!output.all().contains(secret), "{secret} is told:\n{}", output.all());
    }
    output
}

#[test]
fn files_below_a_prefix_tie_out_and_what_lies_deeper_is_left_alone() {
    let s3 = bucket();
    s3.put("in/", "");
    s3.put("in/old/b.xml", "no document");
    s3.put("inbox.xml", "no document");
    let source = at(s3.port(), LOGIN);
    on_every_server(|kind| {
        let place = place(kind, &s3.url("in"), &source);
        run(program(&place)).expect(0, &["a.xml"]);
    });
}

#[test]
fn a_key_a_secret_and_a_token_that_are_wrong_are_told_apart_and_not_told() {
    let s3 = bucket();
    for (login, said) in [
        ("user = \"tests\"\npassword = \"canary-4711x\"\n", "SignatureDoesNotMatch"),
        ("user = \"nobody\"\npassword = \"canary-4711\"\n", "InvalidAccessKeyId"),
    ] {
        let place = fetching(&s3, &at(s3.port(), login));
        run(program(&place)).expect(5, &["TO-507", said]);
    }
    let place = fetching(&s3, &at(s3.port(), ""));
    let old =
        [("AWS_ACCESS_KEY_ID", "old"), ("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_SESSION_TOKEN", "expired")];
    let program = old.into_iter().fold(program(&place), |program, (name, value)| program.env(name, value));
    run(program).expect(5, &["TO-507", "ExpiredToken", "the session's token has expired"]);
}

#[test]
fn a_bucket_that_is_not_there_and_a_way_in_the_clear_are_refused() {
    let s3 = bucket();
    let place = place(Kind::Sqlite, "s3://no-such-bank/in/", &at(s3.port(), LOGIN));
    run(program(&place)).expect(5, &["TO-509", "NoSuchBucket"]);
    fetch_from(&place, &s3.url("in/"), &format!("endpoint = \"http://192.0.2.1:9\"\n{LOGIN}"));
    run(program(&place)).expect(2, &["TO-218"]);
    fetch_from(&place, &s3.url("empty/"), &at(s3.port(), LOGIN));
    run(program(&place)).expect(5, &["TO-504"]);
}

#[test]
fn credentials_are_found_where_the_tools_of_aws_keep_them() {
    let s3 = bucket();
    let place = fetching(&s3, &at(s3.port(), ""));
    let endpoint = format!("http://127.0.0.1:{}", s3.port());
    let again = |program: Program| run(program.arg("--force"));
    fs::create_dir(place.path(".aws")).expect("a folder");
    place.write(
        ".aws/credentials",
        format!("[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n[wrong]\naws_access_key_id = no\naws_secret_access_key = no\n"),
    );
    place.write(
        ".aws/config",
        "[default]\nregion = eu-central-1\n[profile program]\ncredential_process = /bin/false\n[profile wrong]\nregion = x\n",
    );
    run(program(&place)).expect(0, &[]);
    again(program(&place).env("AWS_PROFILE", "wrong")).expect(5, &["TO-507", "InvalidAccessKeyId"]);
    again(program(&place).env("AWS_PROFILE", "gone")).expect(5, &["TO-531", "gone"]);
    again(program(&place).env("AWS_PROFILE", "program")).expect(5, &["TO-531", "credential_process"]);
    let environment = || program(&place).env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", SECRET);
    again(environment().env("AWS_PROFILE", "default")).expect(0, &[]);

    fs::remove_dir_all(place.path(".aws")).expect("a folder");
    let identity = |token: &str| {
        let file = place.write("token", token);
        program(&place)
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", file)
            .env("AWS_ROLE_ARN", "arn:aws:iam::1:role/r")
            .env("AWS_ENDPOINT_URL_STS", &endpoint)
    };
    again(identity("right")).expect(0, &[]);
    again(identity("wrong")).expect(5, &["TO-507", "InvalidIdentityToken"]);

    fetch_from(&place, &s3.url("in/"), "");
    again(environment().env("AWS_ENDPOINT_URL_S3", &endpoint)).expect(0, &[]);
}

#[test]
fn only_who_has_the_right_certificate_is_asked() {
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/certificates/authority.pem");
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/certificates/other-authority.pem");
    let s3 = bucket();
    for (certificate, believed, expected) in [
        ("localhost.pem", authority, 0),
        ("localhost.pem", other, 5),
        ("expired.pem", authority, 5),
        ("elsewhere.pem", authority, 5),
    ] {
        let port = s3.tls_port(certificate);
        let source = format!("endpoint = \"https://localhost:{port}\"\nca_file = {believed:?}\n{LOGIN}");
        run(program(&fetching(&s3, &source))).expect(expected, if expected == 0 { &[] } else { &["TO-508"] });
    }
}

#[test]
fn a_file_that_is_done_with_is_left_moved_or_removed_and_never_over_another_one() {
    let s3 = bucket();
    let place = fetching(&s3, &at(s3.port(), LOGIN));
    run(program(&place)).expect(0, &[]);
    assert!(s3.get("in/a.xml").is_some());

    s3.put("in/b.xml", THEIRS.replace("<d>", "<d >"));
    fetch_from(
        &place,
        &s3.url("in/"),
        &at(s3.port(), &format!("{LOGIN}pattern = \"b*\"\nafter = \"archive\"\narchive = \"done\"")),
    );
    run(program(&place)).expect(0, &[]);
    assert_eq!((s3.get("in/b.xml"), s3.get("in/done/b.xml")), (None, Some(THEIRS.replace("<d>", "<d >"))));

    s3.put("in/c.xml", THEIRS.replace("<d>", "<d   >"));
    fetch_from(
        &place,
        &s3.url("in/"),
        &at(s3.port(), &format!("{LOGIN}pattern = \"c*\"\nafter = \"delete\"")),
    );
    run(program(&place)).expect(0, &[]);
    assert_eq!(s3.get("in/c.xml"), None);

    s3.put("in/b.xml", THEIRS.replace("<d>", "<d  >"));
    fetch_from(
        &place,
        &s3.url("in/"),
        &at(s3.port(), &format!("{LOGIN}pattern = \"b*\"\nafter = \"archive\"\narchive = \"done\"")),
    );
    run(program(&place)).expect(8, &["has a file in/done/b.xml already"]);
    assert_eq!(s3.get("in/done/b.xml"), Some(THEIRS.replace("<d>", "<d >")));
    assert_eq!(s3.get("in/b.xml"), Some(THEIRS.replace("<d>", "<d  >")));
}

/// The server gives a hundred keys a page.
#[test]
fn five_hundred_files_of_many_pages_are_five_hundred_files() {
    let s3 = Bucket::new();
    let mut ours = String::from("DELETE FROM ours;");
    for n in 0..500 {
        s3.put(&format!("in/{n}.xml"), format!("<d><r><id>{n}</id><amount>1</amount></r></d>"));
        let _ = write!(ours, "INSERT INTO ours VALUES ('{n}', 1);");
    }
    let place = fetching(&s3, &at(s3.port(), LOGIN));
    place.sql(&ours);
    place.run(&[]).expect(0, &["TIED OUT"]);
    assert_eq!(place.count("FROM tieout_files"), 500);
}

#[test]
fn names_of_any_kind_are_data() {
    let s3 = bucket();
    for (n, name) in
        ["b%20%26%3C%3E%22'.xml", "%25%34%31.xml", "-rf.xml", "%C3%A9%E2%80%AE.xml", "%24(x)%60;.xml"]
            .iter()
            .enumerate()
    {
        s3.put(&format!("in/{name}"), THEIRS.replace("<id>", &format!("<id>{n}")));
    }
    let place = fetching(&s3, &at(s3.port(), LOGIN));
    for n in 0..5 {
        place.sql(&format!("INSERT INTO ours VALUES ('{n}a', 1.5), ('{n}b', 2)"));
    }
    let output = run(program(&place));
    output.expect(0, &["%41.xml", "-rf.xml"]);
    assert!(!output.all().contains('\u{202e}'), "{}", output.all());
}

#[test]
fn a_key_that_cannot_be_asked_for_ends_nothing() {
    let s3 = bucket();
    // What lies in a folder of no name, or of the one above, lies deeper: no file of the prefix.
    for key in ["..%2Fd.xml", "%2Fd.xml", ".", "..", "%2F%2F", "x%01%1B%5B31m.txt"] {
        s3.put(&format!("in/{key}"), "no document");
    }
    let place = fetching(&s3, &at(s3.port(), LOGIN));
    run(program(&place)).expect(0, &["TIED OUT", "a.xml"]);
    assert_eq!(place.count("FROM tieout_files"), 1);

    // One that is wanted is a bad file, and keeps no other from being reconciled.
    s3.put("in/b%1B%5B31m.xml", "no document");
    s3.put("in/c.xml", THEIRS.replace("<d>", "<d><!-- c -->"));
    let output = run(program(&place));
    output.expect(5, &["TO-513", "TIED OUT", "c.xml", "b\\u{1b}[31m.xml"]);
    assert!(!output.all().contains('\u{1b}'), "{}", output.all());
    fetch_from(
        &place,
        &s3.url("in/"),
        &at(s3.port(), &format!("{LOGIN}exclude = \"b*\"\nallow_none = true")),
    );
    run(program(&place)).expect(0, &[]);
}

#[test]
fn after_a_cut_only_the_rest_is_fetched() {
    let s3 = Bucket::new();
    let whole = rows(10_000).replace("</d>", &format!("{}</d>", " ".repeat(2 << 20)));
    s3.put("in/a.xml", &whole);
    let length = whole.len() as u64;
    let relay = Relay::to(s3.port(), Some((1, length * 3 / 4, Cut::Fin)));
    fetching(&s3, &at(relay.port(), LOGIN)).run(&[]).expect(1, &["10000"]);
    assert!(relay.made() > 1 && relay.passed() < length + length / 8, "{} of {length}", relay.passed());
}

#[test]
fn a_cut_anywhere_is_no_end_of_a_file() {
    let s3 = Bucket::new();
    s3.put("in/a.xml", padded(200 << 10));
    let place = |port: u16| fetching(&s3, &at(port, &format!("{LOGIN}timeout = \"2s\"")));
    cut_at_places(s3.port(), place, |place| run(program(place)));
}

#[test]
fn a_line_that_is_always_cut_reconciles_nothing() {
    let s3 = Bucket::new();
    s3.put("in/a.xml", padded(2 << 20));
    at_once([(Cut::Fin, "TO-510"), (Cut::Reset, "TO-510"), (Cut::Stall, "TO-512")], |(how, code)| {
        let relay = Relay::to(s3.port(), Some((99, 100 << 10, how)));
        let place = fetching(&s3, &at(relay.port(), &format!("{LOGIN}timeout = \"1s\"")));
        run(program(&place)).expect(5, &[code]);
        assert_eq!(reconciled(&place), 0);
    });
}

#[test]
fn a_large_file_takes_little_memory() {
    let s3 = Bucket::new();
    let memory = |bytes: usize| {
        s3.put("in/a.xml", padded(bytes));
        memory_of(&fetching(&s3, &at(s3.port(), LOGIN)))
    };
    let (small, large) = (memory(0), memory(LARGE));
    assert!(large < small + FLAT, "{large} KiB, and {small} KiB for a small one");
}

#[test]
fn a_file_that_is_replaced_while_it_is_read_is_not_taken() {
    let s3 = Bucket::new();
    s3.put("in/a.xml", padded(100 << 10));
    let place = fetching(&s3, &at(s3.port(), &format!("{LOGIN}max_bytes_per_second = \"25 kB\"")));
    let started = place.command().args(["run", "feed.toml", "--database", place.url()]).start();
    meanwhile(&place, "acme", || s3.put("in/a.xml", padded(101 << 10)));
    let output = started.end();
    assert!(output.status == 5, "{}", output.all());
    assert_eq!(reconciled(&place), 0);
}
