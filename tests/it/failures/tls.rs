//! What a URL asks of TLS holds for every connection of a run, the one that loads too. PostgreSQL has only one kind of
//! connection, so this is about MySQL; MariaDB before 11.4 has no certificates by default, and all other tests prove that
//! it does not mind.
//!
//! `TIEOUT_TEST_MYSQL_TLS` is a folder with the `ca.pem`, `client-cert.pem` and `client-key.pem` that MySQL makes for
//! itself; `scripts/servers` names it for the servers that it starts.

use super::{place, with_a_break};
use crate::support::{Kind, Output, Place, not_tested};
use std::path::PathBuf;

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
