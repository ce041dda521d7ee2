//! How a connection is encrypted, and what was looked at: as summaries and `check` tell it.

use super::{
    connection::Connection,
    rows::Setting,
    target::{Options, Target},
};
use crate::{
    error::Result,
    sql::{Dialect, encryption},
};
use sqlx::{mysql::MySqlSslMode, postgres::PgSslMode};

/// What the client's side insisted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Insisted {
    /// On nothing: it may be plain.
    Nothing,
    /// On encryption, whoever the other side is.
    Encrypted,
    /// On a certificate of an authority that it believes.
    Authority,
    /// And that it names this host.
    Host,
}

/// How a connection is encrypted.
pub struct TlsSession {
    /// Protocol and cipher as the server sees them, `none`, or what is known of them.
    pub negotiated: String,
    /// What of the server's certificate was verified: `authority and host`, `authority` or `nothing`.
    pub verified: &'static str,
}

impl Connection {
    /// Nothing where there is no server.
    ///
    /// # Errors
    /// `Database` where the server does not say.
    pub async fn encryption(&mut self) -> Result<Option<TlsSession>> {
        let (words, insisted) = match self.dialect {
            Dialect::Sqlite => return Ok(None),
            Dialect::Postgres => (
                self.rows(&encryption(self.dialect)).await?.into_iter().flatten().collect(),
                insisted(&self.target),
            ),
            Dialect::MySql | Dialect::MariaDb => {
                let mut said: Vec<Setting> = self.read(&encryption(self.dialect)).await?;
                // The protocol stands before its cipher.
                said.sort_by(|a, b| b.name.cmp(&a.name));
                (said.into_iter().map(|one| one.value).collect::<Vec<_>>(), insisted(&self.target))
            }
        };
        let words: Vec<String> = words.into_iter().flatten().filter(|word| !word.is_empty()).collect();
        let negotiated = match (words.as_slice(), insisted) {
            ([], Insisted::Nothing) => "none".to_owned(),
            // The way to what stands between is encrypted, or there would be no connection.
            ([], _) => "to a proxy only".to_owned(),
            (words, _) => words.join(" "),
        };
        let verified = match insisted {
            Insisted::Nothing | Insisted::Encrypted => "nothing",
            Insisted::Authority => "authority",
            Insisted::Host => "authority and host",
        };
        Ok(Some(TlsSession { negotiated, verified }))
    }
}

fn insisted(target: &Target) -> Insisted {
    match &target.options {
        Options::Sqlite(_) => Insisted::Nothing,
        // A socket of this machine is never encrypted.
        Options::Postgres(options) if options.get_socket().is_some() => Insisted::Nothing,
        Options::MySql(options) if options.get_socket().is_some() => Insisted::Nothing,
        Options::Postgres(options) => match options.get_ssl_mode() {
            PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer => Insisted::Nothing,
            PgSslMode::Require => Insisted::Encrypted,
            PgSslMode::VerifyCa => Insisted::Authority,
            PgSslMode::VerifyFull => Insisted::Host,
        },
        Options::MySql(options) => match options.get_ssl_mode() {
            MySqlSslMode::Disabled | MySqlSslMode::Preferred => Insisted::Nothing,
            MySqlSslMode::Required => Insisted::Encrypted,
            MySqlSslMode::VerifyCa => Insisted::Authority,
            MySqlSslMode::VerifyIdentity => Insisted::Host,
        },
    }
}
