//! The digest that a sender puts beside a file, as `sha256sum`, `md5sum`, their `--tag` form or a bare number.

use crate::{
    error::{Code, Error, Place, Result, printable},
    model::checksum::hex,
};
use md5::Md5;
use sha2::{Digest, Sha256, Sha512};
use std::io::Read;

/// Which digest a companion holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// `.sha512`.
    Sha512,
    /// `.sha256`.
    Sha256,
    /// `.md5`: it finds transfers that went wrong, and nobody's intent.
    Md5,
}

impl Algorithm {
    pub(super) const ALL: [Self; 3] = [Self::Sha512, Self::Sha256, Self::Md5];

    /// What stands behind the file's name.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Sha512 => ".sha512",
            Self::Sha256 => ".sha256",
            Self::Md5 => ".md5",
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Sha512 => 128,
            Self::Sha256 => 64,
            Self::Md5 => 32,
        }
    }

    /// The digest in hex of all that is read.
    fn of(self, input: &mut dyn Read) -> std::io::Result<String> {
        match self {
            Self::Sha512 => digest::<Sha512>(input),
            Self::Sha256 => digest::<Sha256>(input),
            Self::Md5 => digest::<Md5>(input),
        }
    }

    /// What a companion says of the file `name`: the lines of that name, or the only line. Lines that differ say nothing.
    fn read(self, text: &str, name: &str) -> Option<String> {
        let lines: Vec<(String, &str)> = text.lines().filter_map(|line| self.line(line)).collect();
        let mut of_it = lines.iter().filter(|(_, of)| *of == name);
        let Some((digest, _)) = of_it.next() else {
            return lines.first().filter(|_| lines.len() == 1).map(|(digest, _)| digest.clone());
        };
        of_it.all(|(other, _)| other == digest).then(|| digest.clone())
    }

    /// The digest of a line and the name that it is of, without folders.
    fn line(self, line: &str) -> Option<(String, &str)> {
        let line = line.trim_start_matches('\u{feff}').trim();
        let line = line.strip_prefix('\\').unwrap_or(line);
        let (digest, name) = match line.rsplit_once(" = ") {
            Some((tagged, digest)) => {
                let name = tagged.split_once('(').and_then(|(_, name)| name.strip_suffix(')'))?;
                (digest, name)
            }
            None => line.split_once([' ', '\t']).unwrap_or((line, "")),
        };
        let is_digest = digest.len() == self.length() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = name.trim_start_matches([' ', '*']).rsplit(['/', '\\']).next().unwrap_or_default();
        is_digest.then(|| (digest.to_ascii_lowercase(), name))
    }
}

fn digest<D: Digest>(input: &mut dyn Read) -> std::io::Result<String> {
    let mut digest = D::new();
    let mut block = vec![0; 1 << 18];
    loop {
        match input.read(&mut block) {
            Ok(0) => return Ok(hex(&digest.finalize())),
            Ok(n) => digest.update(&block[..n]),
            Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
}

/// Holds a file against the digest that the text of `companion` says.
///
/// # Errors
/// `Refused` where it is another one or none can be found there; `Machine` where the file cannot be read.
pub(super) fn verify(
    algorithm: Algorithm,
    text: &str,
    companion: &str,
    name: &str,
    path: &std::path::Path,
) -> Result<()> {
    let place = Place::file(name);
    let companion = printable(companion);
    let Some(expected) = algorithm.read(text, name) else {
        let what = format!("{place}: {companion} holds no digest of it, or several");
        return Err(Error::new(Code::DigestUnreadable, what).about(place));
    };
    let read = std::fs::File::open(path).and_then(|mut file| algorithm.of(&mut file));
    let found = read.map_err(|cause| Error::machine("read", path, cause))?;
    if found == expected {
        return Ok(());
    }
    let what = format!("{place} has the digest {found}, and {companion} says {expected}");
    Err(Error::new(Code::DigestMismatch, what).about(place))
}

#[cfg(test)]
mod tests {
    use super::Algorithm::{Md5, Sha256};
    use std::io::Cursor;

    const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
    const SHA: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn digests_are_those_of_the_tools() {
        assert_eq!(Md5.of(&mut Cursor::new("abc")).unwrap(), MD5);
        assert_eq!(Sha256.of(&mut Cursor::new("abc")).unwrap(), SHA);
    }

    #[test]
    fn every_form_is_read() {
        for text in [
            format!("{MD5}  a.xml\n"),
            format!("{MD5} *out/a.xml\r\n"),
            format!("\u{feff}{}", MD5.to_uppercase()),
            format!("MD5 (a.xml) = {MD5}\n"),
            format!("MD5 (./a (1).xml) = {MD5}"),
            format!("\\{MD5}  a\\nb.xml"),
            format!("{}  b.xml\n{MD5}  a.xml\n", MD5.replace('9', "8")),
        ] {
            assert_eq!(Md5.read(&text, "a.xml").as_deref(), Some(MD5), "{text}");
        }
        assert_eq!(Sha256.read(&format!("SHA256 (x) = {SHA}"), "a.xml").as_deref(), Some(SHA));
    }

    #[test]
    fn what_names_no_digest_of_the_file() {
        let two = format!("{MD5}  b.xml\n{MD5}  c.xml\n");
        let differ = format!("{MD5}  a.xml\n{}  a.xml\n", MD5.replace('9', "8"));
        for text in ["", "a.xml", &MD5[1..], SHA, &two, &differ, &MD5.replace('9', "g")] {
            assert_eq!(Md5.read(text, "a.xml"), None, "{text}");
        }
    }
}
