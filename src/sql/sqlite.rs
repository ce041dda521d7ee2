//! SQLite 3.39 and later, embedded. It has no SHA-256, so it compares column by column and keeps rows of ours as JSON arrays;
//! exact decimals come from functions with the names that the `sqlite3` shell gives them.

use super::{
    limits::SessionLimits,
    locking::Locking,
    server::{Indexed, Server, boolean_text, millis},
};
use crate::{feed::Kind, model::Family};

/// SQLite.
pub struct Sqlite;

impl Server for Sqlite {
    fn product(&self) -> &'static str {
        "SQLite"
    }
    fn quote(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
    fn placeholder(&self, _: usize) -> String {
        "?".into()
    }
    fn text_of_hex(&self, hex: &str) -> String {
        format!("CAST(X'{hex}' AS text)")
    }
    fn text_type(&self) -> &'static str {
        "text"
    }
    fn collation(&self) -> &'static str {
        "BINARY"
    }
    fn divide(&self) -> [&'static str; 2] {
        ["/", "%"]
    }
    fn locks(&self, kind: Locking) -> &'static str {
        use Locking as L;
        match kind {
            L::Session | L::OtherSession | L::Plans => "nothing",
            L::FeedLock | L::Unlock => "nothing: a file beside the database is the feed's lock",
            L::Catalogue | L::ReadsLedger | L::ReadsWork | L::ReadsOurs => {
                "SHARED on the database's file while it reads: others read and prepare to write"
            }
            L::Begins | L::WritesLedger | L::Fence | L::WritesWork | L::Records | L::Loads | L::Analyzes => {
                "RESERVED on the database's file until the transaction ends: others read, nobody else writes"
            }
            L::Joins => {
                "reads ours in one snapshot, under the transaction's RESERVED lock: others read, nobody else writes"
            }
            L::CreatesTable | L::DropsTable | L::ChangesView | L::ChangesIndex | L::Empties => {
                "RESERVED on the database's file, EXCLUSIVE for a moment when it is committed"
            }
            L::Ends => "gives back what the transaction locked; a COMMIT is EXCLUSIVE for a moment",
            L::Printed => "nothing: this program prints it and does not execute it",
        }
    }
    fn meaning(&self) -> Vec<String> {
        Vec::new()
    }
    fn session(&self, limits: &SessionLimits) -> Vec<String> {
        vec![format!("PRAGMA busy_timeout = {}", millis(limits.lock, 10_000))]
    }
    fn statement_limit(&self) -> Option<&'static str> {
        None
    }
    fn limits_every_statement(&self) -> bool {
        false
    }
    fn canonical(&self, kind: &Kind, _: Family, x: &str) -> String {
        let text = format!("CAST({x} AS text)");
        match kind {
            Kind::Text => format!("CASE typeof({x}) WHEN 'blob' THEN lower(hex({x})) ELSE {text} END"),
            Kind::Integer | Kind::Decimal => format!(
                "CASE typeof({x}) WHEN 'real' THEN {} WHEN 'text' THEN {} ELSE {text} END",
                real(x),
                decimal(x)
            ),
            Kind::Date { .. } => format!(
                "CASE WHEN length({x}) > 10 AND trim(substr({x}, 11), ' T0:.Z') = '' THEN substr({x}, 1, 10) ELSE {text} END"
            ),
            Kind::Timestamp { .. } => timestamp(x),
            Kind::Boolean => {
                let whole = format!("typeof({x}) = 'real' AND {x} = CAST({x} AS integer)");
                let text = format!("CAST(CASE WHEN {whole} THEN CAST({x} AS integer) ELSE {x} END AS text)");
                let other =
                    format!("(SELECT {} FROM (SELECT {text} AS t))", boolean_text("lower(trim(t))", "t"));
                format!("CASE WHEN {x} IN (0, 1) THEN CAST(CAST({x} AS integer) AS text) ELSE {other} END")
            }
        }
    }
    fn typed(&self, kind: &Kind, value: &str) -> String {
        match kind {
            Kind::Text | Kind::Date { .. } | Kind::Timestamp { .. } => value.to_owned(),
            Kind::Integer | Kind::Decimal => format!("CAST({value} AS numeric)"),
            Kind::Boolean => format!("({value} = '1')"),
        }
    }
    fn separator(&self) -> &'static str {
        "char(31)"
    }
    fn joined(&self, fields: &[String]) -> String {
        fields.join(" || char(31) || ")
    }
    fn field(&self, row: &str, n: usize) -> String {
        format!("({row} ->> {})", n - 1)
    }
    fn sha256(&self, _: &str) -> String {
        "NULL".into()
    }
    fn has_sha256(&self) -> bool {
        false
    }
    fn lower(&self, text: &str) -> String {
        format!("lower({text})")
    }
    fn not_number(&self, x: &str) -> String {
        // `-` and `1.2.3` pass the pattern, but no arithmetic: there the answer is NULL.
        format!("({x} = '' OR {x} GLOB '*[^0-9.-]*' OR decimal_cmp({x}, '0') IS NULL)")
    }
    fn number(&self, x: &str) -> String {
        x.to_owned()
    }
    fn numbers_differ(&self, theirs: &str, ours: &str) -> String {
        format!("decimal_cmp({theirs}, {ours}) <> 0")
    }
    fn beyond_absolute(&self, theirs: &str, ours: &str, limit: &str) -> String {
        format!(
            "decimal_cmp(decimal_sub({theirs}, {ours}), '{limit}') > 0 OR decimal_cmp(decimal_sub({ours}, {theirs}), '{limit}') > 0"
        )
    }
    fn beyond_percent(&self, theirs: &str, ours: &str, limit: &str) -> String {
        let allowed = format!("decimal_mul(ltrim({ours}, '-'), '{limit}')");
        format!(
            "decimal_cmp(decimal_mul(decimal_sub({theirs}, {ours}), '100'), {allowed}) > 0 \
             OR decimal_cmp(decimal_mul(decimal_sub({ours}, {theirs}), '100'), {allowed}) > 0"
        )
    }
    fn text_of_bytes(&self) -> &'static str {
        ""
    }
    fn compare_bytes(&self) -> String {
        String::new()
    }
    fn concatenated(&self, texts: &[String]) -> String {
        texts.join(" || ")
    }
    fn row(&self, fields: &[String]) -> String {
        format!("json_array({})", fields.join(", "))
    }
    fn keeps_json(&self) -> bool {
        true
    }
    fn never_null(&self, row: String) -> String {
        row
    }
    fn grouped(&self, text: String) -> String {
        text
    }
    fn column_types(&self) -> [&'static str; 3] {
        ["text", "text NOT NULL", "text NOT NULL"]
    }
    fn row_number(&self) -> Option<&'static str> {
        None
    }
    fn widest_row(&self) -> Option<usize> {
        None
    }
    fn has_full_join(&self) -> bool {
        false
    }
    fn needs_statistics(&self) -> bool {
        false
    }
    fn indexes_stage(&self) -> Indexed {
        Indexed::AtOnce
    }
    fn client(&self, file: &str) -> String {
        format!("sqlite3 -bail DATABASE < {file}")
    }
}

/// The shortest text that reads back as the same double, without an exponent. Mostly that has 15 digits and is written
/// without one, which is much faster to find out than the rest: 15 to 17 digits `d` with the point behind the first,
/// `p` places further to the right.
fn real(x: &str) -> String {
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
fn decimal(x: &str) -> String {
    format!(
        "(SELECT CASE WHEN b IN ('', '.') OR length(t) - length(b) > 1 OR b GLOB '*[^0-9.]*' OR b GLOB '*.*.*' THEN {x} \
         WHEN w = '' AND f = '' THEN '0' \
         ELSE substr('-', 1, t GLOB '-*') || substr('0', 1, w = '') || w || substr('.', 1, f <> '') || f END \
         FROM (SELECT t, b, ltrim(substr(b, 1, p - 1), '0') AS w, rtrim(substr(b, p + 1), '0') AS f \
         FROM (SELECT t, b, instr(b || '.', '.') AS p FROM (SELECT t, ltrim(t, '+-') AS b FROM (SELECT trim({x}) AS t)))))"
    )
}

fn timestamp(x: &str) -> String {
    format!(
        "CASE WHEN length({x}) = 10 THEN {x} || ' 00:00:00' WHEN {x} NOT GLOB '*[.Z]*' THEN replace({x}, 'T', ' ') \
         ELSE (SELECT CASE WHEN instr(t, '.') > 0 THEN rtrim(rtrim(t, '0'), '.') ELSE t END \
         FROM (SELECT rtrim(replace({x}, 'T', ' '), 'Z') AS t)) END"
    )
}
