//! MySQL 8.0 and later, and what MariaDB shares with it; `mariadb` says what differs there.

use super::{
    encode,
    limits::SessionLimits,
    locking::Locking,
    server::{Indexed, Server, boolean_text},
};
use crate::{
    feed::Kind,
    model::{Family, checksum::OVERSIZE},
};
use std::time::Duration;

/// MySQL or MariaDB.
pub struct MySql {
    pub product: &'static str,
    pub collation: &'static str,
    /// What fixes the meaning of texts, beside what is set on both.
    pub meaning: &'static [&'static str],
    /// Settings of a session, beside those of both.
    pub session: fn(&SessionLimits) -> Vec<String>,
    /// What limits a statement so far, in milliseconds; 0 is no limit.
    pub statement_limit: &'static str,
    /// Whether it limits more than what only reads.
    pub limits_every_statement: bool,
    pub indexes_stage: Indexed,
    pub client: &'static str,
}

/// MySQL.
pub static MYSQL: MySql = MySql {
    product: "MySQL",
    collation: "utf8mb4_0900_bin",
    meaning: &[],
    session: |limits| {
        // A row that is sorted must fit, whatever its longest text; memory is taken only as it is needed.
        let mut all = vec!["SET SESSION sort_buffer_size = 268435456".into()];
        all.extend(
            limits.told().map(|limit| format!("SET SESSION max_execution_time = {}", limit.as_millis())),
        );
        all
    },
    statement_limit: "@@SESSION.max_execution_time",
    limits_every_statement: false,
    indexes_stage: Indexed::Never,
    client: "mysql",
};

impl Server for MySql {
    fn product(&self) -> &'static str {
        self.product
    }
    fn quote(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }
    fn placeholder(&self, _: usize) -> String {
        "?".into()
    }
    fn text_of_hex(&self, hex: &str) -> String {
        format!("CONVERT(X'{hex}' USING utf8mb4)")
    }
    fn text_type(&self) -> &'static str {
        "char"
    }
    fn collation(&self) -> &'static str {
        self.collation
    }
    fn divide(&self) -> [&'static str; 2] {
        // `/` is a division with a fraction here.
        ["DIV", "MOD"]
    }
    fn locks(&self, kind: Locking) -> &'static str {
        use Locking as L;
        match kind {
            L::Session => "nothing: it is about this session alone",
            L::Catalogue => "nothing that anybody waits for",
            L::FeedLock => {
                "a named lock (GET_LOCK) of this session until it ends: it keeps out other runs of the feed, and nobody else"
            }
            L::Unlock => "gives the named lock back",
            L::OtherSession => "nothing: it ends what another session does",
            L::ReadsLedger => "no row of tieout's own tables: they are read as they were committed last",
            L::WritesLedger => "the rows of tieout's own tables that it writes, until the transaction ends",
            L::Fence => {
                "the feed's row of tieout_feeds until the transaction ends: another run of the feed waits, nobody else"
            }
            L::CreatesTable => {
                "a metadata lock on a table that it makes; it commits by itself, so it stands outside the transaction"
            }
            L::DropsTable => "an exclusive metadata lock on the feed's own work table; it commits by itself",
            L::ChangesView => "an exclusive metadata lock on the feed's own view; it commits by itself",
            L::ChangesIndex => "a metadata lock on the feed's own work table; it commits by itself",
            L::Empties => {
                "TRUNCATE: an exclusive metadata lock on the feed's own work table, for a moment; it commits by itself"
            }
            L::Loads => "the rows that it loads into the feed's own work table",
            L::ReadsWork => "no row of the feed's own work tables",
            L::WritesWork => "rows of the feed's own work tables until the transaction ends",
            L::Analyzes => "a metadata lock on the feed's own work table",
            L::Joins => {
                "reads ours in one snapshot (READ COMMITTED): no row of ours, only its metadata lock until the transaction \
                 ends, which blocks only ALTER, DROP and TRUNCATE; rows of the feed's own work table"
            }
            L::ReadsOurs => {
                "no row of ours, only its metadata lock, which blocks only ALTER, DROP and TRUNCATE"
            }
            L::Records => {
                "the rows of tieout's own tables that it writes, until the transaction ends; no row that it reads"
            }
            L::Plans => "metadata locks on what the statement names; it is not executed",
            L::Begins => "nothing yet",
            L::Ends => "gives back all that the transaction locked",
            L::Printed => "nothing: this program prints it and does not execute it",
        }
    }
    fn meaning(&self) -> Vec<String> {
        let mut all = vec![
            // Strict, so that what does not fit and a division by zero are errors; dates of zeros are dates.
            "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
                .into(),
            format!("SET NAMES utf8mb4 COLLATE {}", self.collation),
            "SET SESSION time_zone = '+00:00'".into(),
            // A quotient is cut to so many digits more than its dividend has; by default to four, so that a millionth is lost.
            "SET SESSION div_precision_increment = 30".into(),
            // Otherwise IS NULL may find a number that is there.
            "SET SESSION sql_auto_is_null = 0".into(),
        ];
        all.extend(self.meaning.iter().map(ToString::to_string));
        all
    }
    fn session(&self, limits: &SessionLimits) -> Vec<String> {
        let lock = seconds(limits.lock.unwrap_or(Duration::from_mins(1)));
        let mut all = self.meaning();
        all.extend([
            // Each statement is committed unless a transaction was begun, and a commit ends the transaction and nothing else.
            "SET SESSION autocommit = 1, completion_type = 'NO_CHAIN'".into(),
            // No limit on what is read, and none on what an UPDATE may meet.
            "SET SESSION sql_select_limit = 18446744073709551615, sql_big_selects = 1, sql_safe_updates = 0"
                .into(),
            // INSERT … SELECT would otherwise lock the rows of ours that it reads.
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".into(),
            format!("SET SESSION innodb_lock_wait_timeout = {lock}"),
            format!("SET SESSION lock_wait_timeout = {lock}"),
            "SET SESSION net_read_timeout = 600, net_write_timeout = 600, wait_timeout = 86400".into(),
            "SET SESSION join_buffer_size = 134217728".into(),
            "SET SESSION tmp_table_size = 134217728, max_heap_table_size = 134217728".into(),
        ]);
        all.extend((self.session)(limits));
        all
    }
    fn statement_limit(&self) -> Option<&'static str> {
        Some(self.statement_limit)
    }
    fn limits_every_statement(&self) -> bool {
        self.limits_every_statement
    }
    fn canonical(&self, kind: &Kind, family: Family, x: &str) -> String {
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
                cut(&format!("CAST({x} + 0.0 AS char)"))
            }
            (Kind::Integer | Kind::Decimal, F::Real | F::Double) => {
                // Adding 0 makes a double of single precision, and 0 of -0.
                let double = format!("CAST({x} + 0e0 AS char)");
                // Outside these bounds the exponent stays: a decimal could not hold every digit.
                format!(
                    "CASE WHEN ABS({x}) BETWEEN 1e-13 AND 1e15 AND {double} LIKE '%e%' OR ABS({x}) BETWEEN 1e15 AND 1e34 THEN {} ELSE {} END",
                    cut(&format!("CAST(CAST({double} AS decimal(65, 30)) AS char)")),
                    trim(&double)
                )
            }
            (Kind::Integer | Kind::Decimal, F::Text) => {
                // Converted before it is cast: an ENUM as a number is the place of its value in the list.
                let converted = format!("CONVERT({x} USING utf8mb4)");
                format!(
                    "CASE WHEN {x} REGEXP '^ *[+-]?([0-9]{{1,35}}([.][0-9]{{0,30}})?|[.][0-9]{{1,30}}) *$' THEN {} \
                     WHEN {x} REGEXP '^ *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+) *$' THEN {} ELSE {converted} END",
                    cut(&format!("CAST(CAST({converted} AS decimal(65, 30)) AS char)")),
                    long_number(&converted)
                )
            }
            (Kind::Date { .. }, F::Timestamp | F::TimestampTz) => format!(
                "CASE WHEN CAST({x} AS time(6)) = 0 THEN CAST(CAST({x} AS date) AS char) ELSE {} END",
                timestamp(x)
            ),
            (Kind::Timestamp { .. }, F::Timestamp | F::TimestampTz | F::Date) => timestamp(x),
            (Kind::Boolean, F::Text) => {
                // Under a collation of ours `ÿ` may equal `y`.
                let converted = format!("CONVERT({x} USING utf8mb4)");
                boolean_text(&format!("LOWER(TRIM({converted})) COLLATE utf8mb4_bin"), &converted)
            }
            (_, F::Text) => format!("CONVERT({x} USING utf8mb4)"),
            _ => text,
        }
    }
    fn typed(&self, kind: &Kind, value: &str) -> String {
        match kind {
            Kind::Text => value.to_owned(),
            Kind::Integer => format!("CAST({value} AS decimal(65, 0))"),
            Kind::Decimal => format!("CAST({value} AS decimal(65, 30))"),
            Kind::Date { .. } => format!("CAST({value} AS date)"),
            Kind::Timestamp { .. } => format!("CAST({value} AS datetime(6))"),
            Kind::Boolean => format!("({value} = '1')"),
        }
    }
    fn separator(&self) -> &'static str {
        "_utf8mb4 X'1F'"
    }
    fn joined(&self, fields: &[String]) -> String {
        format!("CONCAT_WS({}, {})", self.separator(), fields.join(", "))
    }
    fn field(&self, row: &str, n: usize) -> String {
        between(row, self.separator(), n)
    }
    fn sha256(&self, row: &str) -> String {
        format!("SHA2({row}, 256)")
    }
    fn has_sha256(&self) -> bool {
        true
    }
    fn lower(&self, text: &str) -> String {
        format!("lower({text})")
    }
    fn not_number(&self, x: &str) -> String {
        format!("{x} NOT REGEXP '^-?[0-9]{{1,35}}([.][0-9]{{1,30}})?$'")
    }
    fn number(&self, x: &str) -> String {
        format!("CAST({x} AS decimal(65, 30))")
    }
    fn text_of_bytes(&self) -> &'static str {
        ""
    }
    fn compare_bytes(&self) -> String {
        format!(" COLLATE {}", self.collation)
    }
    fn concatenated(&self, texts: &[String]) -> String {
        format!("CONCAT({})", texts.join(", "))
    }
    fn row(&self, fields: &[String]) -> String {
        encode::join(self, fields)
    }
    fn keeps_json(&self) -> bool {
        false
    }
    fn never_null(&self, row: String) -> String {
        // A result over max_allowed_packet is NULL, which in the join would mean "equal".
        format!("COALESCE({row}, '{OVERSIZE}')")
    }
    fn grouped(&self, text: String) -> String {
        // MariaDB sorts texts, and so makes the groups of window functions, by their first bytes only.
        self.sha256(&text)
    }
    fn column_types(&self) -> [&'static str; 3] {
        ["longtext", "longtext NOT NULL", "varchar(512) NOT NULL"]
    }
    fn row_number(&self) -> Option<&'static str> {
        // Some servers take no table without a primary key.
        Some("tieout_row")
    }
    fn widest_row(&self) -> Option<usize> {
        // A row of InnoDB's is at most 8126 bytes, and each text may keep 40 of them there.
        Some(150)
    }
    fn has_full_join(&self) -> bool {
        false
    }
    fn needs_statistics(&self) -> bool {
        false
    }
    fn indexes_stage(&self) -> Indexed {
        self.indexes_stage
    }
    fn client(&self, file: &str) -> String {
        format!("{} DATABASE < {file}", self.client)
    }
}

/// A limit that is counted in seconds.
pub fn seconds(limit: Duration) -> u64 {
    limit.as_secs().max(1)
}

/// A field in the definition of a table: MariaDB writes `_utf8mb4 X'1F'` down as the text `x1F`.
pub fn defined_field(row: &str, n: usize) -> String {
    between(row, "CHAR(31 USING utf8mb4)", n)
}

fn between(row: &str, separator: &str, n: usize) -> String {
    format!("SUBSTRING_INDEX(SUBSTRING_INDEX({row}, {separator}, {n}), {separator}, -1)")
}

/// Number text of more digits than `decimal` holds, without `+`, leading and trailing zeros.
fn long_number(text: &str) -> String {
    let pointed = format!("CONCAT(TRIM({text}), CASE WHEN {text} LIKE '%.%' THEN '' ELSE '.' END)");
    let stripped = format!("REGEXP_REPLACE({pointed}, '^[+]|(?<![0-9.])0+(?=[0-9])', '')");
    let whole = format!("REGEXP_REPLACE({stripped}, '(?<![0-9])[.](?=[0-9])', '0.')");
    format!("REGEXP_REPLACE({}, '^-0$', '0')", cut(&whole))
}

/// Cuts trailing zeros after a point, and the point; only where there is one.
fn trim(text: &str) -> String {
    format!(
        "CASE WHEN LOCATE('.', {text}) > 0 THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text})) ELSE {text} END"
    )
}

/// The same of a number that surely has a point.
fn cut(text: &str) -> String {
    format!("TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text}))")
}

/// Six digits first, so that there is always a point to cut back to.
fn timestamp(x: &str) -> String {
    cut(&format!("CAST(CAST({x} AS datetime(6)) AS char)"))
}
