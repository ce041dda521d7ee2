//! PostgreSQL 13 and later.

use super::{
    encode,
    limits::SessionLimits,
    locking::Locking,
    server::{Indexed, MAX_DIGITS, Server, boolean_text, millis},
};
use crate::{feed::Kind, model::Family};

/// PostgreSQL.
pub struct Postgres;

impl Server for Postgres {
    fn product(&self) -> &'static str {
        "PostgreSQL"
    }
    fn quote(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
    fn placeholder(&self, n: usize) -> String {
        format!("${n}")
    }
    fn text_of_hex(&self, hex: &str) -> String {
        format!("convert_from(decode('{hex}', 'hex'), 'UTF8')")
    }
    fn text_type(&self) -> &'static str {
        "text"
    }
    fn collation(&self) -> &'static str {
        "\"C\""
    }
    fn divide(&self) -> [&'static str; 2] {
        ["/", "%"]
    }
    fn locks(&self, kind: Locking) -> &'static str {
        use Locking as L;
        match kind {
            L::Session => "nothing: it is about this session alone",
            L::Catalogue => "ACCESS SHARE on the catalogue: nobody waits for it",
            L::FeedLock => {
                "an advisory lock of this session until it ends: it keeps out other runs of the feed, and nobody else"
            }
            L::Unlock => "gives the advisory lock back",
            L::OtherSession => "nothing: it ends what another session does",
            L::ReadsLedger => "ACCESS SHARE on tieout's own tables: whoever reads or writes them goes on",
            L::WritesLedger => {
                "ROW EXCLUSIVE on tieout's own tables, and the rows that it writes until the transaction ends"
            }
            L::Fence => {
                "the feed's row of tieout_feeds until the transaction ends: another run of the feed waits, nobody else"
            }
            L::CreatesTable => {
                "ACCESS EXCLUSIVE on a table that it makes; nothing where that is there already"
            }
            L::DropsTable => "ACCESS EXCLUSIVE on the feed's own work table",
            L::ChangesView => "ACCESS EXCLUSIVE on the feed's own view, ACCESS SHARE on tieout's own tables",
            L::ChangesIndex => "SHARE on the feed's own work table",
            L::Empties => "TRUNCATE: ACCESS EXCLUSIVE on the feed's own work table, for a moment",
            L::Loads => "ROW EXCLUSIVE on the feed's own work table",
            L::ReadsWork => "ACCESS SHARE on the feed's own work tables",
            L::WritesWork => "ROW EXCLUSIVE on the feed's own work tables",
            L::Analyzes => "SHARE UPDATE EXCLUSIVE on the feed's own work table until the transaction ends",
            L::Joins => {
                "reads ours in one snapshot: ACCESS SHARE on ours until the transaction ends, which blocks only ALTER, DROP \
                 and the like; ROW EXCLUSIVE on the feed's own work table"
            }
            L::ReadsOurs => "ACCESS SHARE on ours, which blocks only ALTER, DROP and the like",
            L::Records => {
                "ACCESS SHARE on the feed's own work tables, ROW EXCLUSIVE on tieout's own tables until the transaction ends"
            }
            L::Plans => {
                "ACCESS SHARE on what the statement reads, ROW EXCLUSIVE on what it would fill; it is not executed"
            }
            L::Begins => "nothing yet",
            L::Ends => "gives back all that the transaction locked",
            L::Printed => "nothing: this program prints it and does not execute it",
        }
    }
    fn meaning(&self) -> Vec<String> {
        vec![
            "SET TimeZone = 'UTC'".into(),
            "SET DateStyle = 'ISO, YMD'".into(),
            "SET IntervalStyle = 'postgres'".into(),
            "SET extra_float_digits = 1".into(),
            "SET bytea_output = 'hex'".into(),
            "SET standard_conforming_strings = on".into(),
        ]
    }
    fn session(&self, limits: &SessionLimits) -> Vec<String> {
        let mut all = self.meaning();
        all.extend([
            // A role's limits on sessions that wait: the lock's does all the time, and a load for the next chunk. Which there
            // are depends on the version.
            "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN \
             ('idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')"
                .into(),
            "SET jit = off".into(),
            "SET work_mem = '128MB'".into(),
            // It looks whether we are still there while it works, and ends a session whose other side is gone. Which of these
            // there are depends on the version, and whether they can be set on the system that it runs on.
            "SELECT set_config(name, wanted, false) FROM pg_settings JOIN (VALUES \
             ('client_connection_check_interval', '10s'), ('tcp_keepalives_idle', '60'), ('tcp_keepalives_interval', '15'), \
             ('tcp_keepalives_count', '4'), ('tcp_user_timeout', '120s')) AS ours (name, wanted) USING (name) \
             WHERE version() LIKE '%linux%'"
                .into(),
            format!("SET lock_timeout = {}", millis(limits.lock, 60_000)),
        ]);
        all.extend(limits.told().map(|limit| format!("SET statement_timeout = {}", limit.as_millis())));
        all
    }
    fn statement_limit(&self) -> Option<&'static str> {
        Some("(SELECT setting FROM pg_settings WHERE name = 'statement_timeout')")
    }
    fn limits_every_statement(&self) -> bool {
        true
    }
    fn canonical(&self, kind: &Kind, family: Family, x: &str) -> String {
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
    fn typed(&self, kind: &Kind, value: &str) -> String {
        match kind {
            Kind::Text => value.to_owned(),
            Kind::Integer | Kind::Decimal => format!("CAST({value} AS numeric)"),
            Kind::Date { .. } => format!("CAST({value} AS date)"),
            Kind::Timestamp { .. } => format!("CAST({value} AS timestamp)"),
            Kind::Boolean => format!("({value} = '1')"),
        }
    }
    fn separator(&self) -> &'static str {
        "chr(31)"
    }
    fn joined(&self, fields: &[String]) -> String {
        fields.join(" || chr(31) || ")
    }
    fn field(&self, row: &str, n: usize) -> String {
        format!("split_part({row}, chr(31), {n})")
    }
    fn sha256(&self, row: &str) -> String {
        format!("encode(sha256(convert_to({row}, 'UTF8')), 'hex')")
    }
    fn has_sha256(&self) -> bool {
        true
    }
    fn lower(&self, text: &str) -> String {
        // The stage's own collation knows letter case in ASCII only.
        format!("lower({text} COLLATE \"default\")")
    }
    fn not_number(&self, x: &str) -> String {
        format!("(length({x}) >= {MAX_DIGITS} OR {x} !~ '^-?[0-9]+([.][0-9]+)?$')")
    }
    fn number(&self, x: &str) -> String {
        format!("CAST({x} AS numeric)")
    }
    fn text_of_bytes(&self) -> &'static str {
        // Under a collation of ours a letter may be ignored, and so may the separator: the row could not be split.
        " COLLATE \"C\""
    }
    fn compare_bytes(&self) -> String {
        // Both sides are texts of bytes already.
        String::new()
    }
    fn concatenated(&self, texts: &[String]) -> String {
        texts.join(" || ")
    }
    fn row(&self, fields: &[String]) -> String {
        encode::join(self, fields)
    }
    fn keeps_json(&self) -> bool {
        false
    }
    fn never_null(&self, row: String) -> String {
        row
    }
    fn grouped(&self, text: String) -> String {
        text
    }
    fn work_table(&self) -> &'static str {
        "UNLOGGED TABLE"
    }
    fn column_types(&self) -> [&'static str; 3] {
        ["text", "text COLLATE \"C\" NOT NULL", "text COLLATE \"C\" NOT NULL"]
    }
    fn row_number(&self) -> Option<&'static str> {
        None
    }
    fn widest_row(&self) -> Option<usize> {
        None
    }
    fn has_full_join(&self) -> bool {
        true
    }
    fn needs_statistics(&self) -> bool {
        true
    }
    fn indexes_stage(&self) -> Indexed {
        Indexed::Never
    }
    fn client(&self, file: &str) -> String {
        format!("psql -X -v ON_ERROR_STOP=1 -f {file} DATABASE")
    }
}

const PG_NUMBER: &str = "'^[ ]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)[ ]*$'";

fn pg_day(x: &str) -> String {
    format!(
        "CASE WHEN {x} = date_trunc('day', {x}) THEN CAST(CAST({x} AS date) AS text) ELSE CAST({x} AS text) END"
    )
}
