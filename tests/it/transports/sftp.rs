//! `sftp:` against OpenSSH and asyncssh: who is let in, who is believed, and what arrives.

mod cuts;
mod files;
mod login;
mod trust;

use super::{ids, ours};
use crate::support::{
    Feed, Kind, Output, Place,
    sshd::{Sshd, key, public_key},
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
