//! The SQL side of `convert::checksum`: the same bytes from the same canonical text.

use super::Dialect;

/// One field, escaped. `bare` fields (numbers, dates, booleans) hold neither `~` nor `|`.
pub fn escape(text: &str, bare: bool) -> String {
    if bare { text.to_owned() } else { format!("replace(replace({text}, '~', '~~'), '|', '~p')") }
}

/// Escaped fields joined by `|`.
pub fn join(dialect: Dialect, fields: &[String]) -> String {
    match fields {
        [] => "''".into(),
        [one] => one.clone(),
        many if dialect.mysql_family() => format!("CONCAT({})", many.join(", '|', ")),
        many => many.join(" || '|' || "),
    }
}

/// The n-th field (from 1) of an encoded row, still escaped. SQLite keeps our rows as JSON arrays.
pub fn field(dialect: Dialect, row: &str, n: usize, bare: bool) -> String {
    match dialect {
        Dialect::Postgres => format!("split_part({row}, '|', {n})"),
        Dialect::MySql | Dialect::MariaDb => {
            format!("SUBSTRING_INDEX(SUBSTRING_INDEX({row}, '|', {n}), '|', -1)")
        }
        Dialect::Sqlite => escape(&format!("({row} ->> {})", n - 1), bare),
    }
}

/// SHA-256 in lower-case hex; SQLite has none, so there the program fills it in.
pub fn sha256(dialect: Dialect, row: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("encode(sha256(convert_to({row}, 'UTF8')), 'hex')"),
        Dialect::MySql | Dialect::MariaDb => format!("SHA2({row}, 256)"),
        Dialect::Sqlite => "NULL".into(),
    }
}
