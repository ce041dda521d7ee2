//! Against vsftpd, which has no MLSD, wants a password, and resumes the TLS session of the first channel on the second.

use super::{
    FLAT, LARGE, THEIRS, append, at_once, fetch_from, meanwhile, memory_of, padded, place, reconciled, run,
};
use crate::support::{
    Kind, on_every_server,
    vsftpd::{Encrypted, Vsftpd, certificates},
};
use std::fmt::Write as _;

fn url(server: &Vsftpd, scheme: &str) -> String {
    format!("{scheme}://anonymous:secret@localhost:{}/in", server.port())
}

fn ca(name: &str) -> String {
    format!("ca_file = \"{}\"\n", certificates().join(name).display())
}

#[test]
fn what_lies_there_is_reconciled_once_and_stays() {
    on_every_server(|kind| {
        let server = Vsftpd::start(Encrypted::No);
        server.write("in/a.xml", THEIRS);
        let place = place(kind, &url(&server, "ftp"), "");
        run(&place).expect(0, &["TIED OUT"]);
        run(&place).expect(5, &[]);
        assert_eq!((reconciled(&place), server.names("in")), (1, vec!["a.xml".to_owned()]));
    });
}

#[test]
fn both_channels_are_encrypted_explicitly_and_implicitly() {
    for (encrypted, query) in
        [(Encrypted::Explicit("localhost"), ""), (Encrypted::Implicit("localhost"), "?tls=implicit")]
    {
        let server = Vsftpd::start(encrypted);
        server.write("in/a.xml", THEIRS);
        let place = place(Kind::Sqlite, &format!("{}{query}", url(&server, "ftps")), &ca("authority.pem"));
        run(&place).expect(0, &["TIED OUT"]);
    }
    // The server takes no login in the clear.
    let server = Vsftpd::start(Encrypted::Explicit("localhost"));
    let place = place(Kind::Sqlite, &url(&server, "ftp"), "");
    let output = run(&place);
    output.expect(5, &["TO-507"]);
    assert!(!output.all().contains("secret"), "{}", output.all());
}

#[test]
fn a_server_that_does_not_encrypt_is_no_ftps() {
    let server = Vsftpd::start(Encrypted::No);
    let place = place(Kind::Sqlite, &url(&server, "ftps"), &ca("authority.pem"));
    run(&place).expect(5, &["TO-520", "530"]);
}

#[test]
fn certificates_are_verified() {
    for (certificate, authority) in
        [("elsewhere", "authority.pem"), ("expired", "authority.pem"), ("localhost", "other-authority.pem")]
    {
        for (encrypted, query) in
            [(Encrypted::Explicit(certificate), ""), (Encrypted::Implicit(certificate), "?tls=implicit")]
        {
            let server = Vsftpd::start(encrypted);
            server.write("in/a.xml", THEIRS);
            let place = place(Kind::Sqlite, &format!("{}{query}", url(&server, "ftps")), &ca(authority));
            let output = run(&place);
            output.expect(5, &["TO-508", "certificate"]);
            assert!(!output.all().contains("secret"), "{}", output.all());
        }
    }
}

#[test]
fn a_wrong_password_is_told_without_it() {
    let server = Vsftpd::start(Encrypted::No);
    let url = format!("ftp://anonymous:hunter2@localhost:{}/in", server.port());
    let place = place(Kind::Sqlite, &url, "");
    let output = place
        .command()
        .args(["run", "feed.toml", "--database", place.url(), "-vv"])
        .env("TIEOUT_LOG", "trace");
    let output = output.output();
    output.expect(5, &["TO-507", "530"]);
    assert!(!output.all().contains("hunter2"), "{}", output.all());
}

#[test]
fn no_log_holds_the_password() {
    let server = Vsftpd::start(Encrypted::No);
    server.write("in/a.xml", THEIRS);
    let place = place(Kind::Sqlite, &url(&server, "ftp"), "");
    for format in ["text", "json"] {
        let all = ["run", "feed.toml", "--force", "--database", place.url(), "-vv", "--log-format", format];
        let output = place.command().args(all).env("TIEOUT_LOG", "trace").output();
        output.expect(0, &["TIED OUT"]);
        assert!(!output.all().contains("secret"), "{}", output.all());
    }
}

#[test]
fn a_folder_that_is_not_there_is_told_and_not_made() {
    let server = Vsftpd::start(Encrypted::No);
    let url = format!("ftp://anonymous:secret@localhost:{}/out", server.port());
    let place = place(Kind::Sqlite, &url, "");
    run(&place).expect(5, &["TO-509", "550"]);
    assert_eq!(server.names(""), ["in"]);
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let server = Vsftpd::start(Encrypted::No);
    let url = url(&server, "ftp");
    drop(server);
    run(&place(Kind::Sqlite, &url, "timeout = \"1s\"")).expect(5, &["TO-506"]);
}

#[test]
fn a_file_is_archived_or_removed_once_it_is_reconciled() {
    let server = Vsftpd::start(Encrypted::No);
    server.make_folder("in/done");
    server.write("in/a.xml", THEIRS);
    let place = place(Kind::Sqlite, &url(&server, "ftp"), "after = \"archive\"\narchive = \"done\"");
    run(&place).expect(0, &["TIED OUT"]);
    assert_eq!(
        (server.names("in"), server.names("in/done")),
        (vec!["done".to_owned()], vec!["a.xml".to_owned()])
    );

    // Another file of that name never goes over it.
    let (first, other) = (server.path("in/done/a.xml"), THEIRS.replace("1.50", "1.5"));
    server.write("in/a.xml", &other);
    run(&place).expect(8, &["TO-805", "there is a file of that name already", "TIED OUT"]);
    assert_eq!(std::fs::read_to_string(first).expect("the first"), THEIRS);
    assert_eq!(server.names("in"), ["a.xml", "done"]);

    std::fs::remove_file(server.path("in/a.xml")).expect("removed");
    server.write("in/b.xml", THEIRS.replace("2<", "2.0<"));
    fetch_from(&place, &url(&server, "ftp"), "after = \"delete\"");
    run(&place).expect(0, &["TIED OUT"]);
    assert_eq!(server.names("in"), ["done"]);
}

#[test]
fn an_archive_that_is_not_there_is_told_and_not_made() {
    let server = Vsftpd::start(Encrypted::No);
    server.write("in/a.xml", THEIRS);
    let place = place(Kind::Sqlite, &url(&server, "ftp"), "after = \"archive\"\narchive = \"done\"");
    run(&place).expect(8, &["TIED OUT", "TO-805", "550"]);
    assert_eq!(server.names("in"), ["a.xml"]);
}

#[test]
fn folders_and_names_of_any_letters_are_what_they_are() {
    let server = Vsftpd::start(Encrypted::No);
    server.make_folder("in/folder.xml");
    server.make_folder("in/sub folder");
    server.write("in/Übersicht & 100%.xml", THEIRS);
    server.write("in/-rf.xml", "<d><r><id>c</id><amount>3</amount></r></d>");
    let place = place(Kind::Sqlite, &url(&server, "ftp"), "");
    place.sql("INSERT INTO ours VALUES ('c', 3)");
    run(&place).expect(0, &["TIED OUT"]);
}

#[test]
fn five_hundred_files_come() {
    let server = Vsftpd::start(Encrypted::No);
    let place = place(Kind::Sqlite, &url(&server, "ftp"), "");
    let mut ours = String::from("DELETE FROM ours;");
    for n in 0..500 {
        server.write(&format!("in/{n}.xml"), format!("<d><r><id>{n}</id><amount>{n}</amount></r></d>"));
        let _ = write!(ours, "INSERT INTO ours VALUES ('{n}', {n});");
    }
    place.sql(&ours);
    run(&place).expect(0, &["TIED OUT"]);
}

#[test]
fn a_large_file_comes_over_tls_in_flat_memory() {
    let server = Vsftpd::start(Encrypted::Explicit("localhost"));
    let memory = |bytes: usize| {
        server.write("in/a.xml", padded(bytes));
        memory_of(&place(Kind::Sqlite, &url(&server, "ftps"), &ca("authority.pem")))
    };
    let (small, large) = (memory(0), memory(LARGE));
    assert!(large < small + FLAT, "{large} KiB, and {small} KiB for a small one");
}

#[test]
fn a_file_that_is_replaced_or_grows_while_it_is_read_is_not_taken() {
    at_once([true, false], |replaced| {
        let server = Vsftpd::start(Encrypted::No);
        server.write("in/a.xml", padded(100 << 10));
        let place = place(Kind::Sqlite, &url(&server, "ftp"), "max_bytes_per_second = \"25 kB\"");
        let started = place.command().args(["run", "feed.toml", "--database", place.url()]).start();
        meanwhile(&place, "acme", || {
            if replaced {
                server.write("new", padded(101 << 10));
                std::fs::rename(server.path("new"), server.path("in/a.xml")).expect("a rename");
            } else {
                append(&server.path("in/a.xml"));
            }
        });
        let output = started.end();
        assert!(output.status == 5, "{replaced}: {}", output.all());
        assert_eq!(reconciled(&place), 0);
        run(&place).expect(0, &["TIED OUT"]);
    });
}
