//! The SQL side of `convert::checksum`: the same bytes from the same canonical text.

use super::Dialect;

/// U+001F, which stands between two fields.
fn separator(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "chr(31)",
        Dialect::MySql | Dialect::MariaDb => "_utf8mb4 X'1F'",
        Dialect::Sqlite => "char(31)",
    }
}

/// Fields joined by the separator; none of them is NULL.
pub fn join(dialect: Dialect, fields: &[String]) -> String {
    let separator = separator(dialect);
    match fields {
        [] => "''".into(),
        [one] => one.clone(),
        many if dialect.mysql_family() => format!("CONCAT_WS({separator}, {})", many.join(", ")),
        many => many.join(&format!(" || {separator} || ")),
    }
}

/// The n-th field (from 1) of an encoded row. SQLite keeps our rows as JSON arrays.
pub fn field(dialect: Dialect, row: &str, n: usize) -> String {
    let separator = separator(dialect);
    match dialect {
        Dialect::Postgres => format!("split_part({row}, {separator}, {n})"),
        Dialect::MySql | Dialect::MariaDb => between(row, separator, n),
        Dialect::Sqlite => format!("({row} ->> {})", n - 1),
    }
}

/// The same in the definition of a MySQL or MariaDB table: MariaDB writes `_utf8mb4 X'1F'` down as the text `x1F`.
pub fn defined_field(row: &str, n: usize) -> String {
    between(row, "CHAR(31 USING utf8mb4)", n)
}

fn between(row: &str, separator: &str, n: usize) -> String {
    format!("SUBSTRING_INDEX(SUBSTRING_INDEX({row}, {separator}, {n}), {separator}, -1)")
}

/// SHA-256 in lower-case hex; SQLite has none, so there the program fills it in.
pub fn sha256(dialect: Dialect, row: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("encode(sha256(convert_to({row}, 'UTF8')), 'hex')"),
        Dialect::MySql | Dialect::MariaDb => format!("SHA2({row}, 256)"),
        Dialect::Sqlite => "NULL".into(),
    }
}
