//! The closed set of SQL dialects.

use super::{mariadb::MARIADB, mysql::MYSQL, postgres::Postgres, server::Server, sqlite::Sqlite};
use std::{fmt, ops::Deref};

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL 13 and later.
    Postgres,
    /// MySQL 8.0 and later.
    MySql,
    /// MariaDB 10.6 and later.
    MariaDb,
    /// SQLite 3.39 and later, embedded.
    Sqlite,
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.product())
    }
}

/// Whatever differs between servers is asked of the server itself.
impl Deref for Dialect {
    type Target = dyn Server;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Postgres => &Postgres,
            Self::MySql => &MYSQL,
            Self::MariaDb => &MARIADB,
            Self::Sqlite => &Sqlite,
        }
    }
}

impl Dialect {
    /// MySQL or MariaDB.
    #[must_use]
    pub fn mysql_family(self) -> bool {
        matches!(self, Self::MySql | Self::MariaDb)
    }

    /// `text` as a literal whose meaning does not depend on any server setting: text with control
    /// characters, backslashes or anything outside ASCII is written in hex.
    #[must_use]
    pub fn literal(self, text: &str) -> String {
        if text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'\\') {
            return format!("'{}'", text.replace('\'', "''"));
        }
        self.text_of_hex(&crate::model::checksum::hex(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_cannot_break_out() {
        assert_eq!(Dialect::Postgres.quote("a\"; drop"), "\"a\"\"; drop\"");
        assert_eq!(Dialect::MySql.quote("a`b"), "`a``b`");
    }

    #[test]
    fn literals_do_not_depend_on_settings() {
        assert_eq!(Dialect::MySql.literal("it's"), "'it''s'");
        assert_eq!(Dialect::MySql.literal("a\\"), "CONVERT(X'615c' USING utf8mb4)");
        assert_eq!(Dialect::Postgres.literal("\n"), "convert_from(decode('0a', 'hex'), 'UTF8')");
    }
}
