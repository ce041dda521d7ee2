//! Canonical texts back into values of our columns, as literals. Everything written is printable ASCII, so that no
//! client can take a part of a value for anything else, whatever its character set.

use crate::{
    feed::Kind,
    model::{Family, OurField},
    sql::Dialect,
};
use std::fmt::Write as _;

/// How SQLite treats what is written into a column, by its declared type.
/// Source: <https://www.sqlite.org/datatype3.html>, section 3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affinity {
    /// Texts.
    Text,
    /// Numbers where they are numbers: INTEGER, REAL and NUMERIC.
    Number,
    /// As it is written.
    None,
}

/// The affinity of a declared type.
pub fn affinity(declared: &str) -> Affinity {
    let declared = declared.to_uppercase();
    let any = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if any(&["INT"]) {
        Affinity::Number
    } else if any(&["CHAR", "CLOB", "TEXT"]) {
        Affinity::Text
    } else if declared.is_empty() || any(&["BLOB"]) {
        Affinity::None
    } else {
        Affinity::Number
    }
}

/// The column holds texts.
fn holds_text(dialect: Dialect, field: &OurField) -> bool {
    match dialect {
        Dialect::Sqlite => affinity(&field.type_name) == Affinity::Text,
        _ => field.family == Family::Text,
    }
}

/// Why no value can be written into the column; `None` where it can. A canonical text that stands for several
/// texts of ours (`7` for `007`, `1` for `Y`) does not say which of them ours would write. Only SQLite's decimals may:
/// texts are the one way to keep them exact there.
pub fn obstacle(dialect: Dialect, kind: &Kind, field: &OurField) -> Option<&'static str> {
    if !holds_text(dialect, field) {
        return None;
    }
    match kind {
        Kind::Boolean => Some("ours is a text, and which words it uses for true and false is not known"),
        Kind::Integer => Some("ours is a text, and how it writes numbers (7 or 007) is not known"),
        Kind::Decimal if dialect != Dialect::Sqlite => {
            Some("ours is a text, and how it writes numbers (7 or 7.00) is not known")
        }
        _ => None,
    }
}

/// The literal that writes a canonical text into the column. Where the column cannot hold it exactly, the
/// script's own check finds out.
pub fn value(dialect: Dialect, field: &OurField, text: &str) -> String {
    if text.is_empty() {
        // A text that must not be NULL has no value either where it is empty.
        let empty = !field.nullable && holds_text(dialect, field);
        return if empty { "''" } else { "NULL" }.into();
    }
    if dialect == Dialect::Sqlite {
        return sqlite(field, text);
    }
    match (field.family, text) {
        (Family::Boolean, "1") => "true".into(),
        (Family::Boolean, "0") => "false".into(),
        (
            Family::Integer | Family::Decimal | Family::Double | Family::Real | Family::Money | Family::Bit,
            number,
        ) if is_number(number) => number.to_owned(),
        (Family::TimestampTz, time) if is_time(time) => format!("'{time}+00'"),
        (Family::Binary, bytes) if is_hex(bytes) => binary(dialect, bytes),
        _ => literal(dialect, text),
    }
}

fn sqlite(field: &OurField, text: &str) -> String {
    match affinity(&field.type_name) {
        Affinity::None if field.type_name.to_uppercase().contains("BLOB") && is_hex(text) => {
            return binary(Dialect::Sqlite, text);
        }
        // A number that no machine number holds stays text, and is found out where the column makes it one.
        Affinity::Number | Affinity::None if is_number(text) && is_machine_number(text) => {
            return text.to_owned();
        }
        _ => {}
    }
    literal(Dialect::Sqlite, text)
}

/// A 64-bit integer, or the shortest text of a double.
fn is_machine_number(text: &str) -> bool {
    text.parse::<i64>().is_ok()
        || (text.contains('.') && text.parse::<f64>().is_ok_and(|double| double.to_string() == text))
}

/// Bytes, from lower-case hex.
pub fn binary(dialect: Dialect, bytes: &str) -> String {
    if dialect == Dialect::Postgres { format!("decode('{bytes}', 'hex')") } else { format!("X'{bytes}'") }
}

/// A text. On Postgres it has no type yet, so that it becomes the column's.
pub fn literal(dialect: Dialect, text: &str) -> String {
    let plain = text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'\\');
    if plain || dialect != Dialect::Postgres {
        return dialect.literal(text);
    }
    let mut out = String::from("U&'");
    for c in text.chars() {
        // Writing to a String cannot fail.
        let _ = match c {
            '\'' => out.write_str("''"),
            '\\' => out.write_str("\\\\"),
            ' '..='~' => out.write_char(c),
            c if u32::from(c) <= 0xffff => write!(out, "\\{:04x}", u32::from(c)),
            c => write!(out, "\\+{:06x}", u32::from(c)),
        };
    }
    out + "'"
}

/// A canonical number of at most 60 digits, which every server reads exactly as a decimal of its own.
pub fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(|fraction| all(fraction) && !fraction.ends_with('0') && fraction.len() <= 30)
        && whole.len() <= 30
        && text != "-0"
}

/// A canonical whole number.
pub fn is_integer(text: &str) -> bool {
    is_number(text) && !text.contains('.')
}

/// `YYYY-MM-DD` from the year 1000 on, with a month and a day.
pub fn is_date(text: &str) -> bool {
    let b = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| b[range].iter().all(u8::is_ascii_digit);
    b.len() == 10
        && (b[4], b[7]) == (b'-', b'-')
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && b[0] != b'0'
        && &b[5..7] != b"00"
        && &b[8..10] != b"00"
}

/// `YYYY-MM-DD HH:MM:SS[.ffffff]` without trailing zeros.
pub fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(' ') else { return false };
    let (clock, fraction) = time.split_once('.').map_or((time, None), |(c, f)| (c, Some(f)));
    let b = clock.as_bytes();
    is_date(date)
        && b.len() == 8
        && (b[2], b[5]) == (b':', b':')
        && [0, 1, 3, 4, 6, 7].iter().all(|&n| b[n].is_ascii_digit())
        && fraction.is_none_or(|f| {
            (1..=6).contains(&f.len()) && f.bytes().all(|b| b.is_ascii_digit()) && !f.ends_with('0')
        })
}

/// Bytes in lower-case hex, as canonical texts write them.
pub fn is_hex(text: &str) -> bool {
    !text.is_empty()
        && text.len().is_multiple_of(2)
        && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// What a text of SQLite's may be stored as where its type is not known: text, number or bytes.
pub fn sqlite_forms(text: &str) -> Vec<String> {
    let mut forms = vec![literal(Dialect::Sqlite, text)];
    if text.parse::<i64>().is_ok() && is_integer(text) {
        forms.push(text.to_owned());
    }
    let (mantissa, exponent) = text.split_once('e').map_or((text, None), |(m, e)| (m, Some(e)));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let real = mantissa.strip_prefix('-').unwrap_or(mantissa).split_once('.');
    if real.is_some_and(|(whole, fraction)| digits(whole) && digits(fraction))
        && exponent.is_none_or(|e| digits(e.trim_start_matches(['+', '-'])))
    {
        forms.push(text.to_owned());
    }
    if is_hex(text) {
        forms.push(binary(Dialect::Sqlite, text));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_quotes() {
        let hostile = "'; DROP TABLE ours; -- \\\n\\! touch x\n.shell x */ ü 😀";
        for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite] {
            let written = literal(dialect, hostile);
            assert!(written.bytes().all(|b| (b' '..=b'~').contains(&b)), "{written}");
            assert_eq!(written.matches('\'').count() % 2, 0, "{written}");
        }
        assert_eq!(literal(Dialect::Postgres, "a'\\\n\u{fc}😀"), "U&'a''\\\\\\000a\\00fc\\+01f600'");
    }

    #[test]
    fn only_what_is_certain_is_bare() {
        for yes in ["0", "-5", "12.5", "-0.01", "123456789012345678901234567890"] {
            assert!(is_number(yes), "{yes}");
        }
        for no in ["", "-", "-0", "007", "1.", ".5", "1.50", "1e5", "NaN", "1;2", "--1", "1.2.3"] {
            assert!(!is_number(no), "{no}");
        }
        assert!(is_date("2026-01-31") && !is_date("2026-00-31") && !is_date("0026-01-31"));
        assert!(is_time("2026-01-31 10:00:00.5") && !is_time("2026-01-31 10:00:00.50"));
        assert!(!is_time("2026-01-31") && !is_time("2026-01-31 10:00:00+02"));
        assert!(is_hex("00ff") && !is_hex("0") && !is_hex("FF") && !is_hex(""));
    }

    #[test]
    fn affinities_as_sqlite_knows_them() {
        assert_eq!(affinity("varchar(20)"), Affinity::Text);
        assert_eq!(affinity("CHARINT"), Affinity::Number);
        assert_eq!(affinity("decimal(12,2)"), Affinity::Number);
        assert_eq!(affinity(""), Affinity::None);
        assert_eq!(affinity("blob"), Affinity::None);
    }
}
