//! Reads the URL of a database strictly, before a driver does: a password with a character that is not escaped would be
//! read as a host, a path or a parameter, and shown as such. No text of a URL that is refused is ever shown.

use super::parameters::{self, UrlSettings};
use crate::{
    error::{Code, Error, Result},
    feed::Secret,
};
use url::Url;

/// A server's URL as its driver reads it, and what the program itself makes of its parameters.
///
/// # Errors
/// `BadDatabaseUrl`, or what is wrong with a parameter; neither shows anything of it.
pub fn checked(scheme: &str, text: &str) -> Result<(Secret, UrlSettings)> {
    parts(text).map_err(|what| refused(scheme, what))?;
    let mut url = Url::parse(text).map_err(|_| refused(scheme, "cannot be read"))?;
    let read = parameters::read(scheme, &mut url)?;
    Ok((Secret::new(url.into()), read))
}

/// A SQLite URL names a file, and nobody who might log in.
///
/// # Errors
/// `BadDatabaseUrl`, which shows nothing of it.
pub fn checked_file(text: &str) -> Result<()> {
    let path = text.trim_start_matches("sqlite:").trim_start_matches("//");
    let first = path.split('/').next().unwrap_or_default();
    match first.split_once('@') {
        Some((account, _)) if account.contains(':') => {
            Err(refused("sqlite", "names a user and a password, and SQLite has neither"))
        }
        _ => Ok(()),
    }
}

/// What is wrong with the parts of `scheme://user:password@host:port/database?parameters`.
fn parts(text: &str) -> Result<(), &'static str> {
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err("holds bytes that are not UTF-8");
    }
    let Some((_, rest)) = text.split_once("://") else { return Err("has no // behind its scheme") };
    if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("holds a blank or a control character");
    }
    if rest.contains('#') {
        return Err("holds a # that is not escaped");
    }
    let percents = rest.split('%').skip(1);
    let escape = |after: &str| {
        let digits = after.as_bytes();
        digits.len() > 1 && digits[..2].iter().all(u8::is_ascii_hexdigit)
    };
    if !percents.into_iter().all(escape) {
        return Err("holds a % that is not part of an escape");
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    if behind.contains('@') {
        return Err("holds an @ behind a / or a ?: one of the three is not escaped");
    }
    let path = behind.split('?').next().unwrap_or_default();
    if path.contains([';', '&', '=']) {
        return Err("has a ; & or = in the name of its database: parameters begin with a ?");
    }
    let host = match authority.rsplit_once('@') {
        Some((account, _)) if account.contains('@') => return Err("holds an @ that is not escaped"),
        Some((_, host)) => host,
        None => authority,
    };
    let port = host.rsplit_once(']').map_or(host, |(_, port)| port).rsplit_once(':').map(|(_, port)| port);
    match port {
        Some(port) if !port.is_empty() && port.parse::<u16>().is_err() => Err("has a port that is no number"),
        _ => Ok(()),
    }
}

fn refused(scheme: &str, what: &str) -> Error {
    Error::new(Code::BadDatabaseUrl, format!("the {scheme} URL of the database {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_not_escaped_is_refused_and_not_shown() {
        for url in [
            "postgres://u:12/S3cret@h/d",
            "postgres://u:/S3cret@h/d",
            "postgres://u:1?S3cret@h/d",
            "postgres://u:a#S3cret@h/d",
            "postgres://u:a@S3cret@h/d",
            "postgres://u:a%S3cret@h/d",
            "postgres://u:100%",
            "postgres://u:S3cret/d",
            "postgres://u:p@h:S3cret/d",
            "postgres://u: S3cret@h/d",
            "postgres://u:p@[S3cret/d",
            "postgres:u:S3cret@h/d",
            "postgres://u:S3cret\u{fffd}@h/d",
            "postgres://h/d;password=S3cret",
            "postgres://h/d&password=S3cret",
        ] {
            let cause = checked("postgres", url).err().unwrap_or_else(|| panic!("{url} was read"));
            assert_eq!(cause.code(), Code::BadDatabaseUrl);
            let told = format!("{cause}{cause:?}{}", cause.hint());
            assert!(!told.contains("S3cret"), "{told}");
        }
        assert!(checked_file("sqlite://u:S3cret@h/d").is_err());
    }

    #[test]
    fn what_is_escaped_or_needs_no_escape_is_read() {
        for url in [
            "postgres://u:12%2FS3%40%3F%23%25cret@h:5432/d?sslmode=require",
            "postgres://[::1]:5432/d",
            "postgres://%2Frun%2Fpostgresql/d",
            "postgres:///d?host=/run/postgresql",
            "mysql://root:a%3Ab@127.0.0.1/d?socket=/run/mysqld.sock",
            "mysql://h",
        ] {
            let scheme = url.split(':').next().unwrap();
            assert_eq!(checked(scheme, url).unwrap().0.reveal(), url);
        }
        assert!(checked_file("sqlite:/data/a@b.sqlite?mode=rwc").is_ok());
        assert!(checked_file("sqlite::memory:").is_ok());
    }
}
