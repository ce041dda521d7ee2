//! The files that say which host has which key, as sshd(8) describes them under `SSH_KNOWN_HOSTS FILE FORMAT`. They are
//! read and never written. Lines of certificate authorities are passed over.

use crate::error::{Error, Result};
use ring::hmac;
use russh::keys::{
    PublicKey,
    ssh_key::known_hosts::{HostPatterns, Marker},
};
use std::{env, fs, io, path::PathBuf};

/// What the files say of one host.
#[derive(Debug, Default)]
pub(super) struct KnownKeys {
    pub keys: Vec<PublicKey>,
    pub revoked: Vec<PublicKey>,
}

/// The files that are read, in this order.
fn files() -> Vec<PathBuf> {
    let own = env::home_dir().map(|home| home.join(".ssh/known_hosts"));
    own.into_iter().chain([PathBuf::from("/etc/ssh/ssh_known_hosts")]).collect()
}

/// The keys of a host.
///
/// # Errors
/// `Machine` where a file is there and cannot be read.
pub(super) fn known(host: &str, port: u16) -> Result<KnownKeys> {
    let mut known = KnownKeys::default();
    for path in files() {
        match fs::read(&path) {
            // A line with other bytes names no host.
            Ok(bytes) => known.add(&String::from_utf8_lossy(&bytes), host, port),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(Error::machine("read", &path, cause)),
        }
    }
    Ok(known)
}

impl KnownKeys {
    fn add(&mut self, text: &str, host: &str, port: u16) {
        let host = host.to_lowercase();
        let name = if port == 22 { host } else { format!("[{host}]:{port}") };
        for (marker, key) in text.lines().filter_map(|line| entry(line, &name)) {
            match marker {
                None => self.keys.push(key),
                Some(Marker::Revoked) => self.revoked.push(key),
                Some(Marker::CertAuthority) => {}
            }
        }
    }
}

/// Marker and key of a line, if it is about this host and can be read.
fn entry(line: &str, name: &str) -> Option<(Option<Marker>, PublicKey)> {
    let mut words = line.split_ascii_whitespace().peekable();
    if words.peek()?.starts_with('#') {
        return None;
    }
    let marker = match words.next_if(|word| word.starts_with('@')) {
        Some(word) => Some(word.parse().ok()?),
        None => None,
    };
    let names: HostPatterns = words.next()?.parse().ok()?;
    is_about(&names, name).then_some(())?;
    let key = format!("{} {}", words.next()?, words.next()?);
    Some((marker, PublicKey::from_openssh(&key).ok()?))
}

fn is_about(names: &HostPatterns, name: &str) -> bool {
    match names {
        HostPatterns::HashedName { salt, hash } => {
            let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, salt);
            hmac::verify(&key, name.as_bytes(), hash).is_ok()
        }
        HostPatterns::Patterns(patterns) => {
            let fits = |pattern: &str| matches(pattern.to_lowercase().as_bytes(), name.as_bytes());
            let excluded = |pattern: &String| pattern.strip_prefix('!').is_some_and(fits);
            !patterns.iter().any(excluded) && patterns.iter().any(|pattern| fits(pattern))
        }
    }
}

/// Whether a name fits a pattern, in which `*` is any text and `?` is any character.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    // Where to go on if what follows the last star does not fit: the pattern behind it, and one character later.
    let (mut at, mut name_at, mut again) = (0, 0, None);
    while name_at < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                again = Some((at, name_at));
            }
            Some(c) if *c == b'?' || *c == name[name_at] => {
                at += 1;
                name_at += 1;
            }
            _ => {
                let Some((behind, from)) = again else { return false };
                at = behind;
                name_at = from + 1;
                again = Some((behind, from + 1));
            }
        }
    }
    pattern[at..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const B: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";

    /// How many keys are known of a host and how many are revoked.
    fn found(text: &str, host: &str, port: u16) -> (usize, usize) {
        let mut known = KnownKeys::default();
        known.add(text, host, port);
        (known.keys.len(), known.revoked.len())
    }

    #[test]
    fn names_ports_patterns_and_markers_are_heard() {
        let text = format!(
            "# a comment\n\nsftp.bank,192.0.2.7 {A}\n[sftp.bank]:2222\t{B} a comment # of a key\n\
             *.bank,!bad.bank {A}\n@revoked * {B}\n@cert-authority *.bank {A}\nbroken ssh-ed25519 AAAA\n"
        );
        for (host, port, expected) in [
            // By its own line and by the pattern; the revoked key is everybody's.
            ("sftp.bank", 22, (2, 1)),
            ("SFTP.Bank", 22, (2, 1)),
            ("192.0.2.7", 22, (1, 1)),
            ("sftp.bank", 2222, (1, 1)),
            ("sftp.bank", 2223, (0, 1)),
            ("bad.bank", 22, (0, 1)),
            ("bank", 22, (0, 1)),
            ("broken", 22, (0, 1)),
        ] {
            assert_eq!(found(&text, host, port), expected, "{host}:{port}");
        }
    }

    #[test]
    fn hashed_names_are_found() {
        // Made by ssh-keygen -H.
        let line = format!("|1|O33ESRMWPVkMYIwJ1Uw+n877jTo=|nuuC5vEqXlEZ/8BXQR7m619W6Ak= {A}");
        assert_eq!(found(&line, "example.com", 22), (1, 0));
        assert_eq!(found(&line, "example.com", 2222), (0, 0));
        assert_eq!(found(&line, "example.org", 22), (0, 0));
    }

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, name, fits) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("*a*b", "xaxxab", true),
            ("a?", "ab", true),
            ("a?", "a", false),
            ("[h]:1", "[h]:1", true),
            ("[h]:1", "h:1", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), fits, "{pattern} {name}");
        }
    }
}
