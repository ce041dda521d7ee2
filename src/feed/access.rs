//! How a feed's `[source]` is reached: where it lies, who asks, and how either side knows the other.

use super::Secret;
use std::{path::PathBuf, time::Duration};
use url::Url;

/// What a connection to a `[source]` needs.
#[derive(Debug, Clone)]
pub struct Access {
    /// Where it is, without user and password: the scheme names the protocol.
    pub url: Url,
    /// The page that lists the files of `url`, for `http:`; none: the folder's own, or `url` is the file.
    pub list: Option<Url>,
    /// Who logs in, where the feed says so.
    pub user: Option<String>,
    /// With which password, from `password`, the URL, or, once somebody connects, `password_file`.
    pub password: Option<Secret>,
    /// The file that holds the password, where one is named.
    pub password_file: Option<PathBuf>,
    /// A private key's file, for `sftp:`.
    pub identity: Option<PathBuf>,
    /// What the server's host key must be, for `sftp:`; empty: one that `known_hosts` lists.
    pub host_keys: Vec<String>,
    /// Where an object store answers, if not where its cloud does.
    pub endpoint: Option<Url>,
    /// Certificates of authorities to believe, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// No encryption is needed on the way to a host that is not this machine.
    pub insecure: bool,
    /// How long the server may take to answer, or to send the next bytes.
    pub timeout: Duration,
}

impl Access {
    /// The address as a person may see it: a query may hold a signature.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut shown = self.url.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        shown.to_string()
    }
}
