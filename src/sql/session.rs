//! What a session is set to before anything else: results must not depend on the role's or the
//! server's defaults.

use super::{
    Dialect, Statement,
    template::{Fill, template},
};
use crate::feed::Timeouts;
use std::time::Duration;

/// The statements that set a session.
#[must_use]
pub fn session(dialect: Dialect, timeouts: &Timeouts) -> Vec<Statement> {
    let mut all: Vec<String> = match dialect {
        Dialect::Postgres => postgres(timeouts),
        Dialect::MySql | Dialect::MariaDb => mysql(dialect, timeouts),
        Dialect::Sqlite => vec![format!("PRAGMA busy_timeout = {}", millis(timeouts.lock, 10_000))],
    };
    all.drain(..).map(|sql| Statement::plain("session", sql)).collect()
}

/// Version, collation, time zone and the like of the server: (name, value).
pub fn server_settings(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!(dialect, "server_settings"))
}

fn millis(limit: Option<Duration>, default: u128) -> u128 {
    limit.map_or(default, |limit| limit.as_millis())
}

fn seconds(limit: Duration) -> u64 {
    limit.as_secs().max(1)
}

/// The settings that fix what a literal and a canonical text mean.
#[must_use]
pub fn meaning(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec![
            "SET TimeZone = 'UTC'".into(),
            "SET DateStyle = 'ISO, YMD'".into(),
            "SET IntervalStyle = 'postgres'".into(),
            "SET extra_float_digits = 1".into(),
            "SET bytea_output = 'hex'".into(),
            "SET standard_conforming_strings = on".into(),
        ],
        Dialect::MySql => mysql_meaning(dialect),
        Dialect::MariaDb => {
            let mut all = mysql_meaning(dialect);
            // A flag would let a number's pattern match one line of a longer text.
            all.push("SET SESSION default_regex_flags = ''".into());
            all
        }
        Dialect::Sqlite => Vec::new(),
    }
}

fn mysql_meaning(dialect: Dialect) -> Vec<String> {
    vec![
        // Strict, so that what does not fit and a division by zero are errors; dates of zeros are dates.
        "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
            .into(),
        format!("SET NAMES utf8mb4 COLLATE {}", dialect.collation()),
        "SET SESSION time_zone = '+00:00'".into(),
        // A quotient is cut to so many digits more than its dividend has; by default to four, so that a millionth is lost.
        "SET SESSION div_precision_increment = 30".into(),
        // Otherwise IS NULL may find a number that is there.
        "SET SESSION sql_auto_is_null = 0".into(),
    ]
}

fn postgres(timeouts: &Timeouts) -> Vec<String> {
    let mut all = meaning(Dialect::Postgres);
    all.extend([
        // A role's limits on sessions that wait: the lock's does all the time, and a load for the next chunk. Which there
        // are depends on the version.
        "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN \
         ('idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')"
            .into(),
        "SET jit = off".into(),
        "SET work_mem = '128MB'".into(),
        format!("SET lock_timeout = {}", millis(timeouts.lock, 60_000)),
        format!("SET statement_timeout = {}", millis(timeouts.statement, 0)),
    ]);
    all
}

fn mysql(dialect: Dialect, timeouts: &Timeouts) -> Vec<String> {
    let lock = seconds(timeouts.lock.unwrap_or(Duration::from_mins(1)));
    let mut all = meaning(dialect);
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
    if dialect == Dialect::MariaDb {
        // A key of 512 characters is sorted, and so grouped, by all of them; the default is 1024 bytes.
        all.push("SET SESSION max_sort_length = 8192".into());
        // Hash joins are off by default there.
        all.push("SET SESSION join_cache_level = 8, optimizer_switch = 'join_cache_hashed=on', join_buffer_space_limit = 268435456".into());
        all.push("SET SESSION idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0, idle_write_transaction_timeout = 0".into());
        let limit = timeouts.statement.map_or(0, seconds);
        all.push(format!("SET SESSION max_statement_time = {limit}"));
    } else {
        // A row that is sorted must fit, whatever its longest text; memory is taken only as it is needed.
        all.push("SET SESSION sort_buffer_size = 268435456".into());
        all.push(format!("SET SESSION max_execution_time = {}", millis(timeouts.statement, 0)));
    }
    all
}
