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
            mysql_trim(&format!("CAST(-(-{x}) AS char)"))
        }
        (Kind::Integer | Kind::Decimal, F::Real | F::Double) => {
            // Adding 0 makes a double of single precision, and 0 of -0.
            let double = format!("CAST({x} + 0e0 AS char)");
            // Outside these bounds the exponent stays: a decimal could not hold every digit.
            format!(
                "CASE WHEN ABS({x}) BETWEEN 1e-13 AND 1e15 AND {double} LIKE '%e%' OR ABS({x}) BETWEEN 1e15 AND 1e34 THEN {} ELSE {} END",
                mysql_trim(&format!("CAST(CAST({double} AS decimal(65, 30)) AS char)")),
                mysql_trim(&double)
            )
        }
        (Kind::Integer | Kind::Decimal, F::Text) => {
            // Converted before it is cast: an ENUM as a number is the place of its value in the list.
            let converted = format!("CONVERT({x} USING utf8mb4)");
            format!(
                "CASE WHEN {x} REGEXP '^ *[+-]?([0-9]{{1,35}}([.][0-9]{{0,30}})?|[.][0-9]{{1,30}}) *$' THEN {} \
                 WHEN {x} REGEXP '^ *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+) *$' THEN {} ELSE {converted} END",
                mysql_trim(&format!("CAST(CAST({converted} AS decimal(65, 30)) AS char)")),
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
    let digits = format!("TRIM(LEADING '-' FROM TRIM(LEADING '+' FROM TRIM({text})))");
    let whole = format!("TRIM(LEADING '0' FROM SUBSTRING_INDEX({digits}, '.', 1))");
    let fraction = format!(
        "TRIM(TRAILING '0' FROM SUBSTRING(SUBSTRING_INDEX(CONCAT({digits}, '.'), '.', 2), LOCATE('.', CONCAT({digits}, '.')) + 1))"
    );
    format!(
        "CONCAT(CASE WHEN TRIM({text}) LIKE '-%' AND ({whole} <> '' OR {fraction} <> '') THEN '-' ELSE '' END, \
         CASE {whole} WHEN '' THEN '0' ELSE {whole} END, CASE {fraction} WHEN '' THEN '' ELSE CONCAT('.', {fraction}) END)"
    )
}

/// Cuts trailing zeros after a point, and the point; only where there is one.
fn mysql_trim(text: &str) -> String {
    format!(
        "CASE WHEN LOCATE('.', {text}) > 0 THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text})) ELSE {text} END"
    )
}

/// Six digits first, so that there is always a point to cut back to.
fn mysql_timestamp(x: &str) -> String {
    format!("TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST({x} AS datetime(6)) AS char)))")
}

fn sqlite(kind: &Kind, x: &str) -> String {
    let text = format!("CAST({x} AS text)");
    match kind {
        Kind::Text => format!("CASE typeof({x}) WHEN 'blob' THEN lower(hex({x})) ELSE {text} END"),
        Kind::Integer | Kind::Decimal => format!(
            "CASE typeof({x}) WHEN 'integer' THEN {text} WHEN 'real' THEN {} WHEN 'text' THEN {} ELSE {text} END",
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
            boolean_text(&format!("lower(trim({text}))"), &text)
        }
    }
}

/// The shortest text that reads back as the same double, without an exponent.
fn sqlite_real(x: &str) -> String {
    let shortest = |form: char, digits: [u8; 3]| {
        let [a, b, c] = digits.map(|n| format!("printf('%!.{n}{form}', {x})"));
        format!(
            "CASE WHEN CAST({a} AS real) = {x} THEN {a} WHEN CAST({b} AS real) = {x} THEN {b} ELSE {c} END"
        )
    };
    let plain = format!(
        "CASE WHEN abs({x}) >= 1e15 THEN printf('%!.17g', {x}) ELSE {} END",
        shortest('g', [15, 16, 17])
    );
    format!(
        "CASE WHEN {x} = 0 THEN '0' WHEN abs({x}) = 9e999 THEN CAST({x} AS text) \
         WHEN abs({x}) BETWEEN 1e-4 AND 1e16 THEN rtrim(rtrim({plain}, '0'), '.') ELSE {} END",
        sqlite_without_exponent(x, &shortest('e', [14, 15, 16]))
    )
}

/// `d.ddde±nn`, below 0.0001 or from 10^16 on, with zeros instead of the exponent.
fn sqlite_without_exponent(x: &str, text: &str) -> String {
    let zeros = |count: &str| format!("substr(printf('%.400c', '0'), 1, {count})");
    format!(
        "(SELECT CASE WHEN {x} < 0 THEN '-' ELSE '' END || CASE WHEN power < 0 THEN '0.' || {} || digits ELSE digits || {} END \
         FROM (SELECT CAST(substr(e, instr(e, 'e') + 1) AS integer) AS power, \
         rtrim(replace(ltrim(substr(e, 1, instr(e, 'e') - 1), '-'), '.', ''), '0') AS digits FROM (SELECT {text} AS e)))",
        zeros("-power - 1"),
        zeros("power + 1 - length(digits)")
    )
}

/// Decimal text without `+`, leading and trailing zeros; anything else as it stands.
fn sqlite_decimal(x: &str) -> String {
    let t = format!("trim({x})");
    let body = format!("ltrim({t}, '+-')");
    let whole = format!(
        "ltrim(CASE instr({body}, '.') WHEN 0 THEN {body} ELSE substr({body}, 1, instr({body}, '.') - 1) END, '0')"
    );
    let fraction = format!(
        "rtrim(CASE instr({body}, '.') WHEN 0 THEN '' ELSE substr({body}, instr({body}, '.') + 1) END, '0')"
    );
    format!(
        "CASE WHEN {t} IN ('', '.', '+', '-') OR length({t}) - length({body}) > 1 \
         OR length({body}) - length(replace({body}, '.', '')) > 1 OR {body} IN ('', '.') OR {body} GLOB '*[^0-9.]*' THEN {x} \
         WHEN {whole} = '' AND {fraction} = '' THEN '0' \
         ELSE CASE substr({t}, 1, 1) WHEN '-' THEN '-' ELSE '' END || CASE {whole} WHEN '' THEN '0' ELSE {whole} END \
         || CASE {fraction} WHEN '' THEN '' ELSE '.' || {fraction} END END"
    )
}

fn sqlite_timestamp(x: &str) -> String {
    let plain = format!("rtrim(replace({x}, 'T', ' '), 'Z')");
    format!(
        "CASE WHEN length({x}) = 10 THEN {x} || ' 00:00:00' \
         WHEN instr({plain}, '.') > 0 THEN rtrim(rtrim({plain}, '0'), '.') ELSE {plain} END"
    )
}
