//! What may stand behind the `?` of a database's URL. A parameter that is not honoured is refused, since a connection
//! that is silently less safe than its URL asks for is worse than none. No value is ever shown, and no name that might be
//! a part of a password: of an unknown one only its place and what it is near to.

use crate::{
    error::{Code, Error, Result},
    feed::{advice, nearest},
};
use std::time::Duration;
use url::Url;

/// The parameters of one kind of server.
struct Known {
    /// What its driver honours, as it is proposed.
    taken: &'static [&'static str],
    /// Other names of the same.
    aliases: &'static [&'static str],
    /// What other clients take and tieout cannot, and what to do instead.
    of_clients: &'static [(&'static str, &'static str)],
    /// Its TLS modes, the first of which asks for no certificate that is checked.
    modes: &'static [&'static str],
    /// The names of the mode and of the file of authorities.
    tls: [&'static [&'static str]; 2],
}

const OURS: &str = "take it out: tieout sets that itself";
const NOT_SUPPORTED: &str =
    "take it out, if the connection may do without it; tieout has nothing in its place";
const TLS_VERSION: &str = "take it out: tieout speaks TLS 1.2 and 1.3 and nothing older";
const MYSQL_MODE: &str =
    "write ssl-mode=REQUIRED, or ssl-mode=VERIFY_IDENTITY to have the certificate checked";
const LOAD: &str = "take it out: tieout loads by LOAD DATA LOCAL where the server allows it";

const POSTGRES: Known = Known {
    taken: &[
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "connect_timeout",
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "password",
        "application_name",
        "options",
    ],
    aliases: &["ssl-mode", "ssl-root-cert", "ssl-ca", "ssl-cert", "ssl-key", "statement-cache-capacity"],
    of_clients: &[
        ("channel_binding", NOT_SUPPORTED),
        ("client_encoding", OURS),
        ("fallback_application_name", "write application_name"),
        ("gssdelegation", NOT_SUPPORTED),
        ("gssencmode", "take it out: tieout encrypts by TLS (sslmode)"),
        ("gsslib", NOT_SUPPORTED),
        ("keepalives", OURS),
        ("keepalives_count", OURS),
        ("keepalives_idle", OURS),
        ("keepalives_interval", OURS),
        ("krbsrvname", NOT_SUPPORTED),
        ("load_balance_hosts", "name one host"),
        ("passfile", "name the file in the variable PGPASSFILE"),
        ("replication", NOT_SUPPORTED),
        ("require_auth", NOT_SUPPORTED),
        ("requiressl", "write sslmode=require, or sslmode=verify-full to have the certificate checked"),
        ("service", "write host, port, database and user into the URL"),
        ("ssl", "write sslmode=require, or sslmode=verify-full to have the certificate checked"),
        ("ssl_max_protocol_version", TLS_VERSION),
        ("ssl_min_protocol_version", TLS_VERSION),
        ("sslcertmode", NOT_SUPPORTED),
        ("sslcompression", "take it out: TLS does not compress any more"),
        ("sslcrl", NOT_SUPPORTED),
        ("sslcrldir", NOT_SUPPORTED),
        ("sslfactory", NOT_SUPPORTED),
        ("sslnegotiation", NOT_SUPPORTED),
        ("sslpassword", "name an sslkey without a password, which only this user can read"),
        ("sslsni", "take it out: the host's name is always sent"),
        ("target_session_attrs", "take it out and name the primary: a server that is read-only is refused"),
        ("tcp_user_timeout", OURS),
    ],
    modes: &["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
    tls: [&["sslmode", "ssl-mode"], &["sslrootcert", "ssl-root-cert", "ssl-ca"]],
};

const MYSQL: Known = Known {
    taken: &[
        "ssl-mode",
        "ssl-ca",
        "ssl-cert",
        "ssl-key",
        "connect_timeout",
        "socket",
        "charset",
        "collation",
    ],
    aliases: &[
        "sslmode",
        "sslca",
        "sslcert",
        "sslkey",
        "statement-cache-capacity",
        "timezone",
        "time-zone",
        "connect-timeout",
    ],
    of_clients: &[
        ("allowLoadLocalInfile", LOAD),
        ("allowPublicKeyRetrieval", "take it out: without TLS, the password is sent under the server's key"),
        ("characterEncoding", OURS),
        ("compress", NOT_SUPPORTED),
        ("connectTimeout", "write connect_timeout, in seconds"),
        ("default-auth", NOT_SUPPORTED),
        ("loc", OURS),
        ("local-infile", LOAD),
        ("local_infile", LOAD),
        ("multiStatements", OURS),
        ("parseTime", OURS),
        ("protocol", "name a host, or a socket=/path"),
        ("requireSSL", MYSQL_MODE),
        ("serverTimezone", OURS),
        ("ssl", MYSQL_MODE),
        ("ssl-capath", "name one file of authorities: ssl-ca"),
        ("ssl-cipher", NOT_SUPPORTED),
        ("ssl-crl", NOT_SUPPORTED),
        ("ssl-crlpath", NOT_SUPPORTED),
        ("ssl-passphrase", "name an ssl-key without a password, which only this user can read"),
        ("ssl-verify-server-cert", "write ssl-mode=VERIFY_IDENTITY"),
        ("tls", MYSQL_MODE),
        ("tls-version", TLS_VERSION),
        ("useSSL", MYSQL_MODE),
        ("useUnicode", OURS),
        ("verifyServerCertificate", "write ssl-mode=VERIFY_IDENTITY"),
    ],
    modes: &["DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"],
    tls: [&["ssl-mode", "sslmode"], &["ssl-ca", "sslca"]],
};

/// How a certificate has to be looked at, as far as the URL says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsAsked {
    /// Nothing.
    Nothing,
    /// It names a mode, which the driver reads.
    Mode,
    /// It names an authority, so that the certificate must be of it.
    Authority,
    /// The system's authorities, and the host's name.
    System,
}

/// What the program itself makes of the parameters. The URL keeps those that a driver reads.
#[derive(Debug, Clone, Copy)]
pub struct UrlSettings {
    pub tls: TlsAsked,
    /// How long a connection may take.
    pub connect: Option<Duration>,
}

/// Takes what is ours out of a URL, and refuses what nobody would honour.
///
/// # Errors
/// `UnknownUrlParameter`, `UrlParameterNotTaken`, `UrlParameterValue`; none shows a value.
pub fn read(scheme: &str, url: &mut Url) -> Result<UrlSettings> {
    let known = if scheme.starts_with("postgres") { &POSTGRES } else { &MYSQL };
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let refuse = |code, what: String| Error::new(code, format!("the {scheme} URL of the database {what}"));
    for (n, (name, _)) in pairs.iter().enumerate() {
        is_taken(known, name, n + 1, &refuse)?;
        if !name.starts_with("options") && pairs[..n].iter().any(|(other, _)| other == name) {
            return Err(refuse(Code::UrlParameterValue, format!("has the parameter {name} twice")));
        }
    }
    let connect = pairs.iter().find(|(name, _)| is_timeout(name)).map(|(_, value)| {
        let seconds = value.parse().ok().filter(|seconds: &u64| *seconds > 0);
        let what = || "has a connect_timeout that is no number of seconds, at least 1".to_owned();
        seconds.map(Duration::from_secs).ok_or_else(|| refuse(Code::UrlParameterValue, what()))
    });
    let [modes, authorities] = known.tls;
    let named = |names: &[&str]| pairs.iter().find(|(name, _)| names.contains(&&**name));
    let (mode, authority) = (named(modes), named(authorities));
    if let Some((name, value)) = mode
        && !known.modes.iter().any(|mode| mode.eq_ignore_ascii_case(value))
    {
        let what = format!("has a {name} that is none of {}", known.modes.join(", "));
        return Err(refuse(Code::UrlParameterValue, what));
    }
    let is = |text: &str| mode.is_some_and(|(_, value)| value.eq_ignore_ascii_case(text));
    let system = known.taken[0] == "sslmode" && authority.is_some_and(|(_, value)| value == "system");
    if system && mode.is_some() && !is("verify-full") {
        let what = "has sslrootcert=system, which goes with sslmode=verify-full only".to_owned();
        return Err(refuse(Code::UrlParameterValue, what));
    }
    let tls = match (mode, authority) {
        _ if system => TlsAsked::System,
        // As libpq does it.
        (_, Some(_)) if is("require") => TlsAsked::Authority,
        (Some(_), _) => TlsAsked::Mode,
        (None, Some(_)) => TlsAsked::Authority,
        (None, None) => TlsAsked::Nothing,
    };
    let ours = |name: &str, value: &str| is_timeout(name) || (system && value == "system");
    let kept: Vec<_> = pairs.iter().filter(|(name, value)| !ours(name, value)).collect();
    if kept.len() < pairs.len() {
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    Ok(UrlSettings { tls, connect: connect.transpose()? })
}

fn is_timeout(name: &str) -> bool {
    matches!(name, "connect_timeout" | "connect-timeout")
}

fn is_taken(known: &Known, name: &str, n: usize, refuse: &impl Fn(Code, String) -> Error) -> Result<()> {
    if known.taken.contains(&name) || known.aliases.contains(&name) || name.starts_with("options[") {
        return Ok(());
    }
    if let Some((name, instead)) = known.of_clients.iter().find(|(of_clients, _)| *of_clients == name) {
        let what = format!("has the parameter {name}, which tieout does not take");
        return Err(refuse(Code::UrlParameterNotTaken, what).with_hint(*instead));
    }
    let theirs = known.of_clients.iter().map(|(name, _)| *name);
    let all: Vec<&str> = known.taken.iter().copied().chain(theirs).collect();
    let near = nearest(name, known.taken).or_else(|| nearest(name, &all));
    let what = format!("has an unknown parameter: number {n} behind the ?");
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => advice("", known.taken.iter().copied()),
    };
    Err(refuse(Code::UnknownUrlParameter, what).with_hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(text: &str) -> Result<(String, UrlSettings)> {
        let mut url = Url::parse(text).unwrap();
        let read = read(text.split(':').next().unwrap(), &mut url)?;
        Ok((url.to_string(), read))
    }

    #[test]
    fn what_nobody_honours_is_refused_with_what_is_near() {
        for (url, code, hint) in [
            ("postgres://h/d?ssl_mode=S3cret", Code::UnknownUrlParameter, "`sslmode`"),
            ("postgres://h/d?sslMode=S3cret", Code::UnknownUrlParameter, "`sslmode`"),
            ("postgres://h/d?sslmdoe=S3cret", Code::UnknownUrlParameter, "`sslmode`"),
            ("mysql://h/d?ssl_mode=S3cret", Code::UnknownUrlParameter, "`ssl-mode`"),
            ("mysql://h/d?sslMode=S3cret", Code::UnknownUrlParameter, "`ssl-mode`"),
            ("mysql://h/d?usessl=S3cret", Code::UnknownUrlParameter, "`useSSL`"),
            ("mariadb://h/d?requireSSL=true", Code::UrlParameterNotTaken, "ssl-mode=REQUIRED"),
            ("postgres://h/d?target_session_attrs=S3cret", Code::UrlParameterNotTaken, "primary"),
            ("postgres://h/d?S3cret=1", Code::UnknownUrlParameter, "known: sslmode"),
            ("postgres://h/d?sslmode=S3cret", Code::UrlParameterValue, "parameter"),
            ("mysql://h/d?sslmode=verify-full", Code::UrlParameterValue, "parameter"),
            ("postgres://h/d?connect_timeout=0", Code::UrlParameterValue, "parameter"),
            ("postgres://h/d?connect_timeout=S3cret", Code::UrlParameterValue, "parameter"),
            ("postgres://h/d?sslmode=require&sslmode=disable", Code::UrlParameterValue, "parameter"),
            ("postgres://h/d?sslmode=require&sslrootcert=system", Code::UrlParameterValue, "parameter"),
        ] {
            let cause = read_of(url).err().unwrap_or_else(|| panic!("{url} was read"));
            assert_eq!(cause.code(), code, "{url}");
            let told = format!("{cause}{cause:?} {}", cause.hint());
            assert!(told.contains(hint) && !told.contains("S3cret"), "{url}: {told}");
        }
    }

    #[test]
    fn what_is_ours_never_reaches_a_driver() {
        let (url, read) = read_of("postgres://h/d?connect_timeout=7&sslmode=require").unwrap();
        assert_eq!(url, "postgres://h/d?sslmode=require");
        assert_eq!((read.connect, read.tls), (Some(Duration::from_secs(7)), TlsAsked::Mode));
        let (url, read) = read_of("postgres://h/d?sslrootcert=system").unwrap();
        assert_eq!((url.as_str(), read.tls), ("postgres://h/d", TlsAsked::System));
        assert_eq!(read_of("mysql://h/d?ssl-ca=/a.pem").unwrap().1.tls, TlsAsked::Authority);
        let both = "postgres://h/d?sslmode=require&sslrootcert=/a.pem";
        assert_eq!(read_of(both).unwrap().1.tls, TlsAsked::Authority);
        assert_eq!(read_of("mysql://h/d").unwrap().1.tls, TlsAsked::Nothing);
    }
}
