//! `s3:`, against a server that checks every signature. Where the store stands is the endpoint's business, so all that
//! is not the login holds for every store.

use super::amounts::{THEIRS, fetch_from, place, reconciled, rows};
use crate::support::{
    Kind, Output, Place, Program, on_every_server,
    relay::{Cut, Relay},
    s3::{KEY, S3, SECRET},
};
use std::{fs, thread, time::Duration};

/// What logs in.
const LOGIN: &str = "user = \"tests\"\npassword = \"canary-4711\"\n";

/// A bucket `bank` with a file that ties out.
fn bucket() -> S3 {
    let s3 = S3::start();
    s3.make_bucket("bank");
    s3.put("bank/in/a.xml", THEIRS);
    s3
}

/// `[source]` of the prefix `in` at this port of this machine.
fn at(port: u16, more: &str) -> String {
    format!("endpoint = \"http://127.0.0.1:{port}\"\n{more}")
}

fn fetching(kind: Kind, source: &str) -> Place {
    place(kind, "s3://bank/in/", source)
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
    s3.put("bank/in/", "");
    s3.put("bank/in/old/b.xml", "no document");
    s3.put("bank/inbox.xml", "no document");
    let source = at(s3.port(), LOGIN);
    on_every_server(|kind| {
        let place = place(kind, "s3://bank/in", &source);
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
        let place = fetching(Kind::Sqlite, &at(s3.port(), login));
        run(program(&place)).expect(5, &["TO-507", said]);
    }
    let place = fetching(Kind::Sqlite, &at(s3.port(), ""));
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
    fetch_from(&place, "s3://bank/in/", &format!("endpoint = \"http://192.0.2.1:9\"\n{LOGIN}"));
    run(program(&place)).expect(2, &["TO-218"]);
    fetch_from(&place, "s3://bank/empty/", &at(s3.port(), LOGIN));
    run(program(&place)).expect(5, &["TO-504"]);
}

#[test]
fn credentials_are_found_where_the_tools_of_aws_keep_them() {
    let s3 = bucket();
    let place = fetching(Kind::Sqlite, &at(s3.port(), ""));
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

    fetch_from(&place, "s3://bank/in/", "");
    again(environment().env("AWS_ENDPOINT_URL_S3", &endpoint)).expect(0, &[]);
}

#[test]
fn only_who_has_the_right_certificate_is_asked() {
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/certificates/authority.pem");
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/certificates/other-authority.pem");
    for (certificate, believed, expected) in [
        ("localhost.pem", authority, 0),
        ("localhost.pem", other, 5),
        ("expired.pem", authority, 5),
        ("elsewhere.pem", authority, 5),
    ] {
        let s3 = S3::encrypted(certificate);
        s3.make_bucket("bank");
        s3.put("bank/in/a.xml", THEIRS);
        let endpoint =
            format!("endpoint = \"https://localhost:{}\"\nca_file = {believed:?}\n{LOGIN}", s3.tls_port());
        let place = fetching(Kind::Sqlite, &endpoint);
        run(program(&place)).expect(expected, if expected == 0 { &[] } else { &["TO-508"] });
    }
}

#[test]
fn a_file_that_is_done_with_is_left_moved_or_removed_and_never_over_another_one() {
    let s3 = bucket();
    let place = fetching(Kind::Sqlite, &at(s3.port(), LOGIN));
    run(program(&place)).expect(0, &[]);
    assert!(s3.get("bank/in/a.xml").is_some());

    s3.put("bank/in/b.xml", THEIRS.replace("<d>", "<d >"));
    fetch_from(
        &place,
        "s3://bank/in/",
        &at(s3.port(), &format!("{LOGIN}pattern = \"b*\"\nafter = \"archive\"\narchive = \"done\"")),
    );
    run(program(&place)).expect(0, &[]);
    assert_eq!(
        (s3.get("bank/in/b.xml"), s3.get("bank/in/done/b.xml")),
        (None, Some(THEIRS.replace("<d>", "<d >")))
    );

    s3.put("bank/in/c.xml", THEIRS.replace("<d>", "<d   >"));
    fetch_from(
        &place,
        "s3://bank/in/",
        &at(s3.port(), &format!("{LOGIN}pattern = \"c*\"\nafter = \"delete\"")),
    );
    run(program(&place)).expect(0, &[]);
    assert_eq!(s3.get("bank/in/c.xml"), None);

    s3.put("bank/in/b.xml", THEIRS.replace("<d>", "<d  >"));
    fetch_from(
        &place,
        "s3://bank/in/",
        &at(s3.port(), &format!("{LOGIN}pattern = \"b*\"\nafter = \"archive\"\narchive = \"done\"")),
    );
    run(program(&place)).expect(8, &["has a file in/done/b.xml already"]);
    assert_eq!(s3.get("bank/in/done/b.xml"), Some(THEIRS.replace("<d>", "<d >")));
    assert_eq!(s3.get("bank/in/b.xml"), Some(THEIRS.replace("<d>", "<d  >")));
}

#[test]
fn a_prefix_may_hold_more_than_a_page_of_keys() {
    let s3 = bucket();
    for n in 0..1040 {
        s3.put(&format!("bank/in/{n:04}.txt"), "x");
    }
    for n in 0..20 {
        s3.put(&format!("bank/in/z{n}.xml"), THEIRS.replace("<id>", &format!("<id>{n}")));
    }
    let place = fetching(Kind::Sqlite, &at(s3.port(), LOGIN));
    for n in 0..20 {
        place.sql(&format!("INSERT INTO ours VALUES ('{n}a', 1.5), ('{n}b', 2)"));
    }
    run(program(&place)).expect(0, &["z19.xml"]);
    assert_eq!(place.count("FROM tieout_files"), 21);
}

#[test]
fn names_of_any_kind_are_data() {
    let s3 = bucket();
    for (n, name) in
        ["b%20%26%3C%3E%22'.xml", "%25%34%31.xml", "-rf.xml", "%C3%A9%E2%80%AE.xml", "%24(x)%60;.xml"]
            .iter()
            .enumerate()
    {
        s3.put(&format!("bank/in/{name}"), THEIRS.replace("<id>", &format!("<id>{n}")));
    }
    let place = fetching(Kind::Sqlite, &at(s3.port(), LOGIN));
    for n in 0..5 {
        place.sql(&format!("INSERT INTO ours VALUES ('{n}a', 1.5), ('{n}b', 2)"));
    }
    let output = run(program(&place));
    output.expect(0, &["%41.xml", "-rf.xml"]);
    assert!(!output.all().contains('\u{202e}'), "{}", output.all());

    s3.put("bank/in/..%2Fd.xml", THEIRS);
    run(program(&place)).expect(5, &["TO-513"]);
}

#[test]
fn after_a_cut_only_the_rest_is_fetched() {
    let s3 = bucket();
    let whole = rows(40_000);
    s3.put("bank/in/a.xml", &whole);
    let length = whole.len() as u64;
    let relay = Relay::to(s3.port(), Some((1, length * 3 / 4, Cut::Reset)));
    let place = fetching(Kind::Sqlite, &at(relay.port(), LOGIN));
    run(program(&place)).expect(1, &["40000"]);
    assert!(relay.made() > 1 && relay.passed() < length + length / 8, "{} of {length}", relay.passed());
}

#[test]
fn a_file_that_is_replaced_while_it_is_read_is_not_taken() {
    let s3 = bucket();
    s3.put("bank/in/a.xml", rows(2000));
    let place = fetching(Kind::Sqlite, &at(s3.port(), &format!("{LOGIN}max_bytes_per_second = \"20 kB\"")));
    let started = program(&place).start();
    thread::sleep(Duration::from_secs(2));
    s3.put("bank/in/a.xml", rows(2001));
    let output = started.end();
    assert!(output.status == 5, "{}", output.all());
    assert_eq!(reconciled(&place), 0);
}
