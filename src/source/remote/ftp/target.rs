//! What a feed's `[source]` says of an FTP server, checked before anything is sent: an FTP command is a line, so nothing
//! that ends a line may become part of one.

use crate::{
    error::{Code, Error, Result, printable},
    feed::{Access, Secret},
};
use percent_encoding::percent_decode_str;
use std::time::Duration;
use url::Url;

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    None,
    /// RFC 4217: the connection begins in the clear, `AUTH TLS` encrypts it before the login.
    Explicit,
    /// TLS from the first byte, as on port 990.
    Implicit,
}

/// A folder on a server, and who asks for it.
pub(super) struct FtpTarget {
    pub(super) encryption: Encryption,
    /// A name, or an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: Secret,
    /// As it is given to `CWD`; empty where the login's own folder is meant.
    pub(super) folder: String,
    pub(super) timeout: Duration,
    anonymous: bool,
}

impl FtpTarget {
    /// What `[source]` says.
    pub(super) fn of(access: &Access) -> Result<Self> {
        Self::new(&access.url, access.user.clone(), access.password.clone(), access.timeout)
    }

    fn new(url: &Url, user: Option<String>, password: Option<Secret>, timeout: Duration) -> Result<Self> {
        let wrong = |what: &str| Error::new(Code::UnknownScheme, format!("[source] url: {what}"));
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("it names no host"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let encryption = encryption(url)?;
        let port = url.port().unwrap_or(if encryption == Encryption::Implicit { 990 } else { 21 });
        let path = url.path();
        let folder = percent_decode_str(path.strip_prefix('/').unwrap_or(path))
            .decode_utf8()
            .map_err(|_| wrong("its path is not UTF-8"))?
            .into_owned();
        let anonymous = user.is_none() && password.is_none();
        let user = user.unwrap_or_else(|| "anonymous".to_owned());
        let nobody = if anonymous { "anonymous@" } else { "" };
        let password = password.unwrap_or_else(|| Secret::new(nobody.to_owned()));
        for (what, text) in [("path", folder.as_str()), ("user", &user), ("password", password.reveal())] {
            if text.chars().any(char::is_control) {
                return Err(wrong(&format!("its {what} holds a control character")));
            }
        }
        Ok(Self { encryption, host, port, user, password, folder, timeout, anonymous })
    }

    /// The server, for messages.
    pub(super) fn shown(&self) -> String {
        let scheme = if self.encryption == Encryption::None { "ftp" } else { "ftps" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        printable(&format!("{scheme}://{host}:{}", self.port))
    }

    /// What no message may show. A user of two letters is part of many words.
    pub(super) fn secrets(&self) -> Vec<String> {
        let (password, user) = (self.password.reveal(), self.user.as_str());
        let secret = |text: &&str| !self.anonymous && !text.is_empty();
        let password = Some(password).filter(secret);
        let user = Some(user).filter(secret).filter(|user| user.len() > 2);
        password.into_iter().chain(user).map(str::to_owned).collect()
    }
}

/// `ftps:` is implicit on port 990 and explicit on every other, unless `?tls=` says so.
fn encryption(url: &Url) -> Result<Encryption> {
    let mut said = None;
    for (name, value) in url.query_pairs() {
        said = Some(match (name.as_ref(), value.as_ref()) {
            ("tls", "implicit") => Encryption::Implicit,
            ("tls", "explicit") => Encryption::Explicit,
            _ => {
                let what = format!("[source] url has `?{}`, which is not known", printable(&name));
                let hint = "of ftps: there are ?tls=implicit and ?tls=explicit";
                return Err(Error::new(Code::UnknownScheme, what).with_hint(hint));
            }
        });
    }
    match (url.scheme(), said) {
        ("ftp", None) => Ok(Encryption::None),
        ("ftp", Some(_)) => {
            let what = "[source] url has `?tls=`, but ftp: is not encrypted";
            Err(Error::new(Code::UnknownScheme, what).with_hint("write ftps: instead of ftp:"))
        }
        (_, Some(said)) => Ok(said),
        (_, None) if matches!(url.port(), None | Some(990)) => Ok(Encryption::Implicit),
        (_, None) => Ok(Encryption::Explicit),
    }
}

#[cfg(test)]
mod tests {
    use super::{Encryption, FtpTarget};
    use crate::{error::Result, feed::Secret};
    use std::time::Duration;

    fn target(url: &str, user: &str, password: &str) -> Result<FtpTarget> {
        let (user, password) = (Some(user.to_owned()), Some(Secret::new(password.to_owned())));
        FtpTarget::new(&url.parse().expect("a URL"), user, password, Duration::from_secs(1))
    }

    fn at(url: &str) -> Result<FtpTarget> {
        target(url, "acme", "hunter2")
    }

    #[test]
    fn the_port_says_how_ftps_is_encrypted_unless_the_url_does() {
        for (url, encryption, port) in [
            ("ftp://h/in", Encryption::None, 21),
            ("ftp://h:2121/in", Encryption::None, 2121),
            ("ftps://h/in", Encryption::Implicit, 990),
            ("ftps://h:990/in", Encryption::Implicit, 990),
            ("ftps://h:21/in", Encryption::Explicit, 21),
            ("ftps://h:9990/in?tls=implicit", Encryption::Implicit, 9990),
            ("ftps://h/in?tls=explicit", Encryption::Explicit, 21),
        ] {
            let target = at(url).unwrap_or_else(|cause| panic!("{url}: {cause}"));
            assert_eq!((target.encryption, target.port), (encryption, port), "{url}");
        }
        for url in ["ftp://h/in?tls=explicit", "ftps://h/in?tls=1", "ftps://h/in?x=y", "ftps:/in"] {
            assert!(at(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_path_begins_at_the_login_or_with_two_slashes_at_the_root() {
        for (path, folder) in [("", ""), ("/", ""), ("/a/b%20c", "a/b c"), ("//a", "/a"), ("/%2Fa", "/a")] {
            assert_eq!(at(&format!("ftp://h{path}")).expect("a target").folder, folder);
        }
        let [six, no] = ["ftp://[::1]:2121/", "ftps://[::1]/"].map(|url| at(url).expect("one"));
        assert_eq!((six.host.as_str(), six.shown().as_str()), ("::1", "ftp://[::1]:2121"));
        assert_eq!(no.host, "::1");
    }

    #[test]
    fn what_would_end_a_line_is_refused() {
        assert!(at("ftp://h/a%0D%0ADELE%20b").is_err());
        for (user, password) in [("a\nb", "p"), ("a", "p\r\nDELE x"), ("a\0", "p")] {
            assert!(target("ftp://h/", user, password).is_err());
        }
    }
}
