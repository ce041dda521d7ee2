//! The canonical text of our values: one inline expression per type and dialect.
//!
//! It must give the same bytes as `convert::canonical` gives for theirs; the property test over random
//! rows holds the two together. Never wrapped in a SQL function: that is an order of magnitude slower.

use super::Dialect;
use crate::{feed::Kind, model::Family};

/// The canonical text of expression `x`, never NULL: no value is the empty text.
pub fn canonical(dialect: Dialect, kind: &Kind, family: Family, x: &str) -> String {
    let text = match dialect {
        Dialect::Postgres => postgres(kind, family, x),
        Dialect::MySql | Dialect::MariaDb => mysql(kind, family, x),
        Dialect::Sqlite => sqlite(kind, x),
    };
    format!("COALESCE({text}, '')")
}

/// A text as long as this is no number: theirs has at most 1000 digits, and `numeric` overflows far beyond.
pub const MAX_DIGITS: usize = 10_000;

const PG_NUMBER: &str = "'^[ ]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)[ ]*$'";

fn postgres(kind: &Kind, family: Family, x: &str) -> String {
    use Family as F;
    let utc = format!("({x} AT TIME ZONE 'UTC')");
    // Under a collation of ours `ÿ` may equal `y`, and a pattern may be refused.
    let bytes = format!("CAST({x} AS text) COLLATE \"C\"");
    match (kind, family) {
        (Kind::Text, F::Binary) => format!("encode({x}, 'hex')"),
        (Kind::Integer | Kind::Decimal | Kind::Boolean, F::Decimal) => {
            format!("CAST(trim_scale({x}) AS text)")
        }
        (Kind::Integer | Kind::Decimal, F::Real | F::Double) => {
            format!("CAST(trim_scale(CAST(CAST({x} AS text) AS numeric)) AS text)")
        }
        (Kind::Integer | Kind::Decimal, F::Money) => {
            format!("CAST(trim_scale(CAST({x} AS numeric)) AS text)")
        }
        (Kind::Integer | Kind::Decimal | Kind::Boolean, F::Boolean) => {
            format!("CASE {x} WHEN true THEN '1' WHEN false THEN '0' END")
        }
        (Kind::Integer | Kind::Decimal, F::Text) => format!(
            "CASE WHEN length({x}) < {MAX_DIGITS} AND {bytes} ~ {PG_NUMBER} THEN CAST(trim_scale(CAST({x} AS numeric)) AS text) ELSE CAST({x} AS text) END"
        ),
        (Kind::Date { .. }, F::Timestamp) => pg_day(x),
        (Kind::Date { .. }, F::TimestampTz) => pg_day(&utc),
        (Kind::Timestamp { .. }, F::TimestampTz) => format!("CAST({utc} AS text)"),
        (Kind::Timestamp { .. }, F::Date) => format!("CAST(CAST({x} AS timestamp) AS text)"),
        (Kind::Boolean, F::Text) => {
            boolean_text(&format!("lower(btrim({bytes}))"), &format!("CAST({x} AS text)"))
        }
        _ => format!("CAST({x} AS text)"),
    }
}

fn pg_day(x: &str) -> String {
    format!(
        "CASE WHEN {x} = date_trunc('day', {x}) THEN CAST(CAST({x} AS date) AS text) ELSE CAST({x} AS text) END"
    )
}

fn boolean_text(folded: &str, otherwise: &str) -> String {
    format!(
        "CASE WHEN {folded} IN ('1', 't', 'true', 'y', 'yes') THEN '1' \
         WHEN {folded} IN ('0', 'f', 'false', 'n', 'no') THEN '0' ELSE {otherwise} END"
    )
}

fn mysql(kind: &Kind, family: Family, x: &str) -> String {
    use Family as F;
    let text = format!("CAST({x} AS char)");
    match (kind, family) {
        (Kind::Text, F::Binary) => format!("LOWER(HEX({x}))"),
        // ZEROFILL pads the text of a column, not that of an expression.
        (_, F::Bit) | (Kind::Integer | Kind::Decimal | Kind::Boolean, F::Integer) => {
            format!("CAST({x} + 0 AS char)")
        }
        (Kind::Integer | Kind::Decimal | Kind::Boolean, F::Decimal) => {
            // Adding 0.0 makes sure that there is a point to cut back to; ZEROFILL pads the text of a column only.
            mysql_cut(&format!("CAST({x} + 0.0 AS char)"))
        }
        (Kind::Integer | Kind::Decimal, F::Real | F::Double) => {
            // Adding 0 makes a double of single precision, and 0 of -0.
            let double = format!("CAST({x} + 0e0 AS char)");
            // Outside these bounds the exponent stays: a decimal could not hold every digit.
            format!(
                "CASE WHEN ABS({x}) BETWEEN 1e-13 AND 1e15 AND {double} LIKE '%e%' OR ABS({x}) BETWEEN 1e15 AND 1e34 THEN {} ELSE {} END",
                mysql_cut(&format!("CAST(CAST({double} AS decimal(65, 30)) AS char)")),
                mysql_trim(&double)
            )
        }
        (Kind::Integer | Kind::Decimal, F::Text) => {
            // Converted before it is cast: an ENUM as a number is the place of its value in the list.
            let converted = format!("CONVERT({x} USING utf8mb4)");
            format!(
                "CASE WHEN {x} REGEXP '^ *[+-]?([0-9]{{1,35}}([.][0-9]{{0,30}})?|[.][0-9]{{1,30}}) *$' THEN {} \
                 WHEN {x} REGEXP '^ *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+) *$' THEN {} ELSE {converted} END",
                mysql_cut(&format!("CAST(CAST({converted} AS decimal(65, 30)) AS char)")),
                mysql_long_number(&converted)
            )
        }
        (Kind::Date { .. }, F::Timestamp | F::TimestampTz) => format!(
            "CASE WHEN CAST({x} AS time(6)) = 0 THEN CAST(CAST({x} AS date) AS char) ELSE {} END",
            mysql_timestamp(x)
        ),
        (Kind::Timestamp { .. }, F::Timestamp | F::TimestampTz | F::Date) => mysql_timestamp(x),
        (Kind::Boolean, F::Text) => {
            // Under a collation of ours `ÿ` may equal `y`.
            let converted = format!("CONVERT({x} USING utf8mb4)");
            boolean_text(&format!("LOWER(TRIM({converted})) COLLATE utf8mb4_bin"), &converted)
        }
        (_, F::Text) => format!("CONVERT({x} USING utf8mb4)"),
        _ => text,
    }
}

/// Number text of more digits than `decimal` holds, without `+`, leading and trailing zeros.
fn mysql_long_number(text: &str) -> String {
    let pointed = format!("CONCAT(TRIM({text}), CASE WHEN {text} LIKE '%.%' THEN '' ELSE '.' END)");
    let stripped = format!("REGEXP_REPLACE({pointed}, '^[+]|(?<![0-9.])0+(?=[0-9])', '')");
    let whole = format!("REGEXP_REPLACE({stripped}, '(?<![0-9])[.]', '0.')");
    format!("REGEXP_REPLACE({}, '^-0$', '0')", mysql_cut(&whole))
}

/// Cuts trailing zeros after a point, and the point; only where there is one.
fn mysql_trim(text: &str) -> String {
    format!(
        "CASE WHEN LOCATE('.', {text}) > 0 THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text})) ELSE {text} END"
    )
}

/// The same of a number that surely has a point.
fn mysql_cut(text: &str) -> String {
    format!("TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text}))")
}

/// Six digits first, so that there is always a point to cut back to.
fn mysql_timestamp(x: &str) -> String {
    mysql_cut(&format!("CAST(CAST({x} AS datetime(6)) AS char)"))
}

fn sqlite(kind: &Kind, x: &str) -> String {
    let text = format!("CAST({x} AS text)");
    match kind {
        Kind::Text => format!("CASE typeof({x}) WHEN 'blob' THEN lower(hex({x})) ELSE {text} END"),
        Kind::Integer | Kind::Decimal => format!(
            "CASE typeof({x}) WHEN 'real' THEN {} WHEN 'text' THEN {} ELSE {text} END",
            sqlite_real(x),
            sqlite_decimal(x)
        ),
        Kind::Date { .. } => format!(
            "CASE WHEN length({x}) > 10 AND trim(substr({x}, 11), ' T0:.Z') = '' THEN substr({x}, 1, 10) ELSE {text} END"
        ),
        Kind::Timestamp { .. } => sqlite_timestamp(x),
        Kind::Boolean => {
            let whole = format!("typeof({x}) = 'real' AND {x} = CAST({x} AS integer)");
            let text = format!("CAST(CASE WHEN {whole} THEN CAST({x} AS integer) ELSE {x} END AS text)");
            let other = format!("(SELECT {} FROM (SELECT {text} AS t))", boolean_text("lower(trim(t))", "t"));
            format!("CASE WHEN {x} IN (0, 1) THEN CAST(CAST({x} AS integer) AS text) ELSE {other} END")
        }
    }
}

/// The shortest text that reads back as the same double, without an exponent. Mostly that has 15 digits and is written
/// without one, which is much faster to find out than the rest: 15 to 17 digits `d` with the point behind the first,
/// `p` places further to the right.
fn sqlite_real(x: &str) -> String {
    let zeros = "printf('%.400c', '0')";
    format!(
        "CASE WHEN abs({x}) BETWEEN 1e-4 AND 1e14 AND CAST(printf('%!.15g', {x}) AS real) = {x} THEN rtrim(rtrim(printf('%!.15g', {x}), '0'), '.') \
         WHEN {x} = 0 THEN '0' WHEN abs({x}) = 9e999 THEN CAST({x} AS text) ELSE (SELECT substr('-', 1, {x} < 0) \
         || CASE WHEN p < 0 THEN substr('0.' || {zeros}, 1, 1 - p) || d \
         WHEN p < length(d) - 1 THEN substr(d, 1, p + 1) || '.' || substr(d, p + 2) \
         ELSE substr(d || {zeros}, 1, p + 1) END \
         FROM (SELECT CAST(substr(e, instr(e, 'e') + 1) AS integer) AS p, rtrim(replace(substr(e, 1, instr(e, 'e') - 1), '.', ''), '0') AS d \
         FROM (SELECT CASE a WHEN CAST(printf('%!.14e', a) AS real) THEN printf('%!.14e', a) \
         WHEN CAST(printf('%!.15e', a) AS real) THEN printf('%!.15e', a) ELSE printf('%!.16e', a) END AS e FROM (SELECT abs({x}) AS a)))) END"
    )
}

/// Decimal text without `+`, leading and trailing zeros; anything else as it stands. `t` without its sign is `b`, whose
/// point is at `p`.
fn sqlite_decimal(x: &str) -> String {
    format!(
        "(SELECT CASE WHEN b IN ('', '.') OR length(t) - length(b) > 1 OR b GLOB '*[^0-9.]*' OR b GLOB '*.*.*' THEN {x} \
         WHEN w = '' AND f = '' THEN '0' \
         ELSE substr('-', 1, t GLOB '-*') || substr('0', 1, w = '') || w || substr('.', 1, f <> '') || f END \
         FROM (SELECT t, b, ltrim(substr(b, 1, p - 1), '0') AS w, rtrim(substr(b, p + 1), '0') AS f \
         FROM (SELECT t, b, instr(b || '.', '.') AS p FROM (SELECT t, ltrim(t, '+-') AS b FROM (SELECT trim({x}) AS t)))))"
    )
}

fn sqlite_timestamp(x: &str) -> String {
    format!(
        "CASE WHEN length({x}) = 10 THEN {x} || ' 00:00:00' WHEN {x} NOT GLOB '*[.Z]*' THEN replace({x}, 'T', ' ') \
         ELSE (SELECT CASE WHEN instr(t, '.') > 0 THEN rtrim(rtrim(t, '0'), '.') ELSE t END \
         FROM (SELECT rtrim(replace({x}, 'T', ' '), 'Z') AS t)) END"
    )
}
