//! The closed set of SQL dialects and how each one quotes.

use std::fmt;

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
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
            Self::Sqlite => "SQLite",
        })
    }
}

impl Dialect {
    /// MySQL or MariaDB.
    #[must_use]
    pub fn mysql_family(self) -> bool {
        matches!(self, Self::MySql | Self::MariaDb)
    }

    /// Whether it can compute SHA-256. Where it cannot, the program fills in the checksums of ours.
    #[must_use]
    pub fn has_sha256(self) -> bool {
        self != Self::Sqlite
    }

    /// `name` as a quoted identifier.
    #[must_use]
    pub fn quote(self, name: &str) -> String {
        if self.mysql_family() {
            format!("`{}`", name.replace('`', "``"))
        } else {
            format!("\"{}\"", name.replace('"', "\"\""))
        }
    }

    /// The n-th placeholder, from 1.
    #[must_use]
    pub fn placeholder(self, n: usize) -> String {
        if self == Self::Postgres { format!("${n}") } else { "?".into() }
    }

    /// `text` as a literal whose meaning does not depend on any server setting: text with control
    /// characters, backslashes or anything outside ASCII is written in hex.
    #[must_use]
    pub fn literal(self, text: &str) -> String {
        if text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'\\') {
            return format!("'{}'", text.replace('\'', "''"));
        }
        let hex = crate::model::checksum::hex(text.as_bytes());
        match self {
            Self::Postgres => format!("convert_from(decode('{hex}', 'hex'), 'UTF8')"),
            Self::MySql | Self::MariaDb => format!("CONVERT(X'{hex}' USING utf8mb4)"),
            Self::Sqlite => format!("CAST(X'{hex}' AS text)"),
        }
    }

    /// The type name that `CAST` takes for text.
    #[must_use]
    pub fn text_type(self) -> &'static str {
        if self.mysql_family() { "char" } else { "text" }
    }

    /// A collation that compares bytes and pads nothing.
    #[must_use]
    pub fn collation(self) -> &'static str {
        match self {
            Self::Postgres => "\"C\"",
            Self::MySql => "utf8mb4_0900_bin",
            Self::MariaDb => "utf8mb4_nopad_bin",
            Self::Sqlite => "BINARY",
        }
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
