//! What a URL asks of TLS holds for every connection of a run, the one that loads too. PostgreSQL has only one kind of
//! connection, so that part is about MySQL; MariaDB before 11.4 has no certificates by default, and all other tests prove
//! that it does not mind. And a server on another machine is verified, unless the URL says otherwise: servers of tests
//! are there by way of another address of this machine.
//!
//! `TIEOUT_TEST_MYSQL_TLS` is a folder with the `ca.pem`, `client-cert.pem` and `client-key.pem` that MySQL makes for
//! itself; `scripts/servers` names it for the servers that it starts.

use super::{place, with_a_break};
use crate::support::{
    Kind, Output, Place, Pooler,
    certificates::{Authority, Certificate},
    not_tested,
    proxy::{Proxy, other_address},
};
use std::{net::IpAddr, path::PathBuf};

/// A database, and a user who gets in only as `requires` says.
struct Guarded {
    place: Place,
    user: String,
}

impl Guarded {
    fn new(requires: &str) -> Self {
        let place = place(Kind::MySql);
        with_a_break(&place);
        let user = format!("{}_tls", place.database());
        place.sql(&format!(
            "CREATE USER '{user}'@'%' IDENTIFIED BY 'pw' REQUIRE {requires}; GRANT ALL ON {}.* TO '{user}'@'%'",
            place.database()
        ));
        Self { place, user }
    }

    fn run(&self, parameters: &[(&str, &str)]) -> Output {
        let mut url = url::Url::parse(&self.place.url_of(&self.user, "pw")).expect("a URL");
        url.query_pairs_mut().extend_pairs(parameters);
        self.place.tieout(&["run", "feed.toml", "theirs.xml", "--force", "--database", url.as_str()])
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.place.server().clean_up(&format!("DROP USER '{}'@'%'", self.user));
    }
}

fn certificates() -> Option<PathBuf> {
    let folder = std::env::var_os("TIEOUT_TEST_MYSQL_TLS").map(PathBuf::from);
    if folder.is_none() {
        not_tested("what needs a server's certificates, since TIEOUT_TEST_MYSQL_TLS is not set");
    }
    folder
}

#[test]
fn a_run_is_encrypted_where_the_server_can_unless_the_url_says_no() {
    let guarded = Guarded::new("SSL");
    guarded.run(&[]).expect(1, &["1  mismatched"]);
    guarded.run(&[("ssl-mode", "REQUIRED")]).expect(1, &["1  mismatched"]);
    guarded.run(&[("ssl-mode", "REQUIRED"), ("ssl-ca", "/nowhere.pem")]).expect(1, &["1  mismatched"]);
    let no_file = [("ssl-mode", "VERIFY_CA"), ("ssl-ca", "/nowhere.pem")];
    guarded.run(&no_file).expect(4, &["a file that the URL names is not there", "ssl-ca"]);
    guarded.run(&[("ssl-mode", "DISABLED")]).expect(4, &["Access denied"]);
    // An authority that is named without a mode is not named in vain.
    guarded.run(&[("ssl-ca", "/nowhere.pem")]).expect(4, &["a file that the URL names is not there"]);
}

#[test]
fn the_authority_of_the_url_is_the_one_that_counts() {
    let Some(folder) = certificates() else { return };
    let guarded = Guarded::new("SSL");
    let authority = folder.join("ca.pem");
    let authority = authority.to_str().expect("a path");
    // MySQL's own certificate names no host.
    guarded
        .run(&[("ssl-mode", "VERIFY_CA"), ("ssl-ca", authority)])
        .expect(1, &["1  mismatched", "VERIFY_CA"]);
    let summary = guarded.place.output_file("tieout-out", "summary.json");
    assert!(summary.contains("\"loaded_by\": \"INSERT\""), "{summary}");
    guarded
        .run(&[("ssl-mode", "VERIFY_IDENTITY"), ("ssl-ca", authority)])
        .expect(4, &["certificate", "ssl-ca"]);
    guarded.run(&[("ssl-mode", "VERIFY_CA")]).expect(4, &["certificate", "ssl-ca"]);
}

#[test]
fn a_client_shows_its_certificate() {
    let Some(folder) = certificates() else { return };
    let guarded = Guarded::new("X509");
    guarded.run(&[]).expect(4, &["Access denied"]);
    let (certificate, key) = (folder.join("client-cert.pem"), folder.join("client-key.pem"));
    let shown =
        [("ssl-cert", certificate.to_str().expect("a path")), ("ssl-key", key.to_str().expect("a path"))];
    guarded.run(&shown).expect(1, &["1  mismatched"]);
}

/// An address that stands for another machine.
fn elsewhere() -> Option<IpAddr> {
    let address = other_address();
    if address.is_none() {
        not_tested("servers on other machines, since this one has no address but loopback");
    }
    address
}

/// `tls` and `tls_verified` of the newest run.
fn negotiated(place: &Place) -> [String; 2] {
    let summary: serde_json::Value =
        serde_json::from_str(&place.output_file("tieout-out", "summary.json")).expect("JSON");
    ["tls", "tls_verified"]
        .map(|name| summary["database"]["settings"][name].as_str().expect("a text").to_owned())
}

/// A pooler that shows a certificate stands for a server of PostgreSQL.
fn before(place: &Place, address: IpAddr, certificate: &Certificate) -> Pooler {
    let settings = format!(
        "pool_mode = session\ndefault_pool_size = 30\nclient_tls_sslmode = allow\n\
         client_tls_cert_file = {}\nclient_tls_key_file = {}",
        certificate.file.display(),
        certificate.key.display()
    );
    Pooler::at(&address.to_string(), place, &settings)
}

#[test]
fn another_machine_of_postgres_proves_who_it_is() {
    let Some(address) = elsewhere() else { return };
    let place = place(Kind::Postgres);
    let authority = Authority::new(place.dir.path());
    let run = |pooler: &Pooler, parameters: &str| {
        let url = format!("{}{parameters}", pooler.url());
        place.tieout(&["run", "feed.toml", "theirs.xml", "--force", "--database", &url])
    };
    let trusted = format!("?sslrootcert={}", authority.file().display());
    let refused = ["TO-403", "unless the URL says otherwise", "sslrootcert"];

    let good = before(&place, address, &authority.certificate("good", &format!("IP:{address}"), true));
    run(&good, "").expect(4, &refused);
    run(&good, &trusted).expect(0, &["TIED OUT"]);
    assert_eq!(negotiated(&place), ["to a proxy only", "authority and host"]);
    run(&good, "?sslmode=require").expect(0, &["TIED OUT"]);
    assert_eq!(negotiated(&place)[1], "nothing");
    run(&good, "?sslmode=disable").expect(0, &["TIED OUT"]);
    assert_eq!(negotiated(&place), ["none", "nothing"]);
    // The environment says it too, and so does the system's list of authorities.
    let run_as = |name: &str, value: &str| {
        let run =
            place.command().args(["run", "feed.toml", "theirs.xml", "--force", "--database", good.url()]);
        run.env(name, value).output()
    };
    run_as("PGSSLMODE", "require").expect(0, &["TIED OUT"]);
    run_as("SSL_CERT_FILE", authority.file().to_str().expect("a path")).expect(0, &["TIED OUT"]);
    assert_eq!(negotiated(&place)[1], "authority and host");
    let check = ["check", "feed.toml", "--database", &format!("{}{trusted}", good.url())];
    place.tieout(&check).expect(0, &["TLS: to a proxy only; verified", "authority and host"]);
    drop(good);

    let wrong = before(&place, address, &authority.certificate("wrong", "DNS:elsewhere.example", true));
    run(&wrong, &trusted).expect(4, &["TO-403", "certificate"]);
    run(&wrong, &format!("{trusted}&sslmode=verify-ca")).expect(0, &["TIED OUT"]);
    // As libpq reads it: who names an authority is not content with any certificate.
    let other = "?sslmode=require&sslrootcert=/nowhere.pem";
    run(&wrong, other).expect(4, &["a file that the URL names is not there"]);
    drop(wrong);

    let names = format!("IP:{address}");
    let expired = before(&place, address, &authority.certificate("expired", &names, false));
    run(&expired, &trusted).expect(4, &["TO-403", "expired"]);
    drop(expired);

    let plain = Pooler::at(&address.to_string(), &place, "pool_mode = session\ndefault_pool_size = 30");
    run(&plain, "").expect(4, &["TO-403", "does not support TLS", "sslmode=disable"]);
    run(&plain, "?sslmode=prefer").expect(0, &["TIED OUT"]);
}

#[test]
fn another_machine_of_mysql_proves_who_it_is() {
    let Some(address) = elsewhere() else { return };
    let guarded = Guarded::new("SSL");
    let proxy = Proxy::elsewhere(address, guarded.place.url());
    let run = |parameters: &str| {
        let url = format!("{}{parameters}", proxy.url(&guarded.place.url_of(&guarded.user, "pw")));
        guarded.place.tieout(&["run", "feed.toml", "theirs.xml", "--force", "--database", &url])
    };
    run("").expect(4, &["TO-403", "unless the URL says otherwise", "ssl-ca"]);
    run("?ssl-mode=REQUIRED").expect(1, &["1  mismatched"]);
    let [tls, verified] = negotiated(&guarded.place);
    assert!(tls.starts_with("TLSv1.") && tls.contains('_') && verified == "nothing", "{tls} {verified}");
}

#[test]
fn another_machine_that_has_no_certificate_is_not_believed() {
    let Some(address) = elsewhere() else { return };
    let place = place(Kind::MariaDb);
    let proxy = Proxy::elsewhere(address, place.url());
    let run = |parameters: &str| {
        let url = format!("{}{parameters}", proxy.url(place.url()));
        place.tieout(&["run", "feed.toml", "theirs.xml", "--force", "--database", &url])
    };
    run("").expect(4, &["TO-403", "does not support TLS", "ssl-mode=DISABLED"]);
    run("?ssl-mode=DISABLED").expect(0, &["TIED OUT"]);
    assert_eq!(negotiated(&place), ["none", "nothing"]);
}

#[test]
fn a_parameter_that_nobody_honours_is_refused_before_anything_is_connected() {
    let place = super::files_only(Kind::Sqlite);
    for (url, status, words) in [
        ("postgres://127.0.0.1:1/d?sslMode=require", 2, ["TO-232", "did you mean `sslmode`?"]),
        ("mysql://127.0.0.1:1/d?ssl_mode=REQUIRED", 2, ["TO-232", "did you mean `ssl-mode`?"]),
        ("mariadb://127.0.0.1:1/d?requireSSL=true", 2, ["TO-233", "write ssl-mode=REQUIRED"]),
        ("postgres://127.0.0.1:1/d?target_session_attrs=read-write", 2, ["TO-233", "name the primary"]),
        ("mysql://127.0.0.1:1/d?ssl-mode=require", 2, ["TO-234", "ssl-mode that is none of DISABLED"]),
        ("postgres://127.0.0.1:1/d?connect_timeout=0", 2, ["TO-234", "at least 1"]),
    ] {
        for command in [&["run", "feed.toml", "theirs.xml"][..], &["migrate"], &["history"]] {
            let output = place.tieout(&[command, &["--database", url]].concat());
            output.expect(status, &words);
        }
    }
}

#[test]
fn a_connection_may_take_as_long_as_the_url_or_the_feed_says() {
    let place = place(Kind::Postgres);
    let proxy = Proxy::silent_after(0, place.url());
    let begun = std::time::Instant::now();
    let url = format!("{}?connect_timeout=1", proxy.url(place.url()));
    place.tieout(&["history", "--database", &url]).expect(4, &["TO-402", "no answer within 1 s"]);
    let timed = super::feed()
        .first(&format!("[database]\nurl = \"{}\"\nconnect_timeout = \"2s\"\n", proxy.url(place.url())));
    place.feed(timed);
    place.tieout(&["run", "feed.toml", "theirs.xml"]).expect(4, &["TO-402", "no answer within 2 s"]);
    assert!(begun.elapsed() < std::time::Duration::from_secs(14), "{:?}", begun.elapsed());
}
