//! Whether a server is the one that it should be: its host key is pinned in the feed, or known to this machine. A key
//! that is neither is refused before anything of the login is sent. No key is ever learnt.

use super::known_hosts::{self, KnownKeys};
use crate::{
    error::{Code, Error, Result, excerpt},
    feed::Access,
};
use russh::{
    client::Handler,
    keys::{Algorithm, EcdsaCurve, HashAlg, PublicKey, PublicKeyOrCertificate, ssh_key::Fingerprint},
};

/// What a host key must be.
#[derive(Debug)]
pub(super) enum Trust {
    /// One of those in the feed; what `known_hosts` says does not count then.
    Pinned(Vec<Pin>),
    /// One that `known_hosts` lists.
    Known(KnownKeys),
}

/// A host key as a feed names it.
#[derive(Debug)]
pub(super) enum Pin {
    Fingerprint(Fingerprint),
    Key(PublicKey),
}

impl Trust {
    /// Reads the pins of the feed, or what `known_hosts` says of the host.
    ///
    /// # Errors
    /// `Fetch` where a pin cannot be read; `Machine` where a file is there and cannot be.
    pub(super) fn of(access: &Access, host: &str, port: u16) -> Result<Self> {
        if access.host_keys.is_empty() {
            return Ok(Self::Known(known_hosts::known(host, port)?));
        }
        let pins: Result<Vec<Pin>> = access.host_keys.iter().map(|text| Pin::read(text)).collect();
        Ok(Self::Pinned(pins?))
    }

    /// Which kinds of key the server is asked for, a list for each attempt. A server shows one of its keys only, so it
    /// is asked for a kind that is known first. A fingerprint does not tell its kind, so each one is asked for.
    pub(super) fn attempts(&self) -> Vec<Vec<Algorithm>> {
        let families = families();
        let known: Vec<&PublicKey> = match self {
            Self::Known(known) => known.keys.iter().collect(),
            Self::Pinned(pins) => {
                let keys = pins.iter().map(|pin| match pin {
                    Pin::Key(key) => Some(key),
                    Pin::Fingerprint(_) => None,
                });
                match keys.collect() {
                    Some(keys) => keys,
                    None => return families,
                }
            }
        };
        let is_known = |algorithm: &Algorithm| {
            known.iter().any(|key| match (key.algorithm(), algorithm) {
                (Algorithm::Rsa { .. }, Algorithm::Rsa { .. }) => true,
                (key, algorithm) => key == *algorithm,
            })
        };
        let (mut first, then): (Vec<_>, Vec<_>) = families.into_iter().flatten().partition(is_known);
        first.extend(then);
        vec![first]
    }

    /// Whether a server with this key is the one.
    fn judge(&self, key: &PublicKey, server: &str) -> Result<()> {
        let is = |other: &PublicKey| other.key_data() == key.key_data();
        let shown = shown(key);
        let (fits, expected) = match self {
            Self::Pinned(pins) => {
                let fits = pins.iter().any(|pin| match pin {
                    Pin::Key(pinned) => is(pinned),
                    Pin::Fingerprint(print) => key.fingerprint(print.algorithm()) == *print,
                });
                let all: Vec<String> = pins.iter().map(Pin::shown).collect();
                (fits, format!("host_key of the feed is {}", all.join(" or ")))
            }
            Self::Known(known) if known.revoked.iter().any(is) => {
                return Err(identity(format!(
                    "{server} showed the host key {shown}, which known_hosts revokes"
                )));
            }
            Self::Known(known) if known.keys.is_empty() => {
                return Err(identity(format!(
                    "the host key of {server} is not known: it showed {shown}, and neither ~/.ssh/known_hosts nor \
                     /etc/ssh/ssh_known_hosts names the host"
                ))
                .with_hint(
                    "ask the sender for the fingerprint by another way than this server; if it is this one, write \
                     it as host_key under [source]",
                ));
            }
            Self::Known(known) => {
                let all: Vec<String> = known.keys.iter().map(self::shown).collect();
                (known.keys.iter().any(is), format!("known_hosts has {}", all.join(" and ")))
            }
        };
        if fits {
            return Ok(());
        }
        Err(identity(format!("{server} showed the host key {shown}, but {expected}")))
    }
}

impl Pin {
    fn read(text: &str) -> Result<Self> {
        let text = text.trim();
        let pin = if text.starts_with("SHA256:") || text.starts_with("SHA512:") {
            text.parse().ok().map(Self::Fingerprint)
        } else {
            PublicKey::from_openssh(text).ok().map(Self::Key)
        };
        pin.ok_or_else(|| {
            Error::new(Code::HostKeyText, format!("host_key `{}` of the feed is no host key", excerpt(text)))
        })
    }

    fn shown(&self) -> String {
        match self {
            Self::Fingerprint(fingerprint) => fingerprint.to_string(),
            Self::Key(key) => shown(key),
        }
    }
}

/// Kind and fingerprint, as `ssh-keygen -l` tells them.
fn shown(key: &PublicKey) -> String {
    format!("{} ({})", key.fingerprint(HashAlg::Sha256), key.algorithm().as_str())
}

fn identity(what: String) -> Error {
    Error::new(Code::SourceIdentity, what)
}

/// Kinds of host keys, the best first. Signatures with SHA-1 are none of them.
fn families() -> Vec<Vec<Algorithm>> {
    let ecdsa = |curve| Algorithm::Ecdsa { curve };
    let rsa = |hash| Algorithm::Rsa { hash: Some(hash) };
    vec![
        vec![Algorithm::Ed25519],
        vec![ecdsa(EcdsaCurve::NistP256), ecdsa(EcdsaCurve::NistP384), ecdsa(EcdsaCurve::NistP521)],
        vec![rsa(HashAlg::Sha512), rsa(HashAlg::Sha256)],
    ]
}

/// What asks for the verdict while keys are exchanged.
pub(super) struct Guard {
    pub trust: std::sync::Arc<Trust>,
    /// Host and port, for messages.
    pub server: String,
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum NoConnection {
    /// It is another server than it should be.
    Stranger(Error),
    Failed(russh::Error),
}

impl From<russh::Error> for NoConnection {
    fn from(cause: russh::Error) -> Self {
        Self::Failed(cause)
    }
}

impl Handler for Guard {
    type Error = NoConnection;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, NoConnection> {
        match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => {
                self.trust.judge(key, &self.server).map_err(NoConnection::Stranger)?;
                Ok(true)
            }
            // None was asked for.
            PublicKeyOrCertificate::Certificate(_) => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const B: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";

    fn key(text: &str) -> PublicKey {
        PublicKey::from_openssh(text).expect("a key")
    }

    fn known(keys: &[&str], revoked: &[&str]) -> Trust {
        let all = |texts: &[&str]| texts.iter().map(|text| key(text)).collect();
        Trust::Known(KnownKeys { keys: all(keys), revoked: all(revoked) })
    }

    #[test]
    fn only_the_key_that_is_expected_is_believed() {
        let print = key(A).fingerprint(HashAlg::Sha256).to_string();
        let pinned = |text: &str| Trust::Pinned(vec![Pin::read(text).expect("a pin")]);
        for (trust, believed) in [
            (pinned(A), true),
            (pinned(&format!("{A} a comment")), true),
            (pinned(&print), true),
            (pinned(B), false),
            (Trust::Pinned(vec![Pin::read(B).expect("B"), Pin::read(A).expect("A")]), true),
            (known(&[A, B], &[]), true),
            (known(&[B], &[]), false),
            (known(&[], &[]), false),
            (known(&[A], &[A]), false),
        ] {
            let verdict = trust.judge(&key(A), "h:22");
            assert_eq!(verdict.is_ok(), believed, "{trust:?}");
            if let Err(error) = verdict {
                assert_eq!(error.code(), Code::SourceIdentity);
                assert!(error.to_string().contains(&print), "{error}");
            }
        }
    }

    #[test]
    fn texts_that_are_no_key_are_told() {
        for text in ["", "SHA256:short", "MD5:aa:bb", "ssh-ed25519", "ssh-rsa AAAA", "h ssh-ed25519 AAAA"] {
            assert_eq!(Pin::read(text).expect_err(text).code(), Code::HostKeyText, "{text}");
        }
    }

    #[test]
    fn a_kind_that_is_known_is_asked_for_first() {
        let rsa = Algorithm::Rsa { hash: Some(HashAlg::Sha512) };
        let attempts = known(&[A], &[]).attempts();
        assert_eq!((attempts.len(), attempts[0].first()), (1, Some(&Algorithm::Ed25519)));
        assert!(attempts[0].contains(&rsa));
        let print = key(A).fingerprint(HashAlg::Sha256).to_string();
        assert_eq!(Trust::Pinned(vec![Pin::read(&print).expect("a pin")]).attempts().len(), 3);
    }
}
