//! Accounts whose sessions begin with everything set otherwise than a server's defaults.
//!
//! On PostgreSQL the role has the settings. MySQL and MariaDB have none per account, so the `init_connect` of the spare
//! server makes them, only for this account.

use crate::support::{Kind, Place, Server};
use std::fmt::Write as _;

const POSTGRES: &[(&str, &str)] = &[
    ("DateStyle", "'SQL, DMY'"),
    ("IntervalStyle", "'sql_standard'"),
    ("TimeZone", "'Asia/Kathmandu'"),
    ("extra_float_digits", "-15"),
    ("bytea_output", "'escape'"),
    ("standard_conforming_strings", "off"),
    ("escape_string_warning", "off"),
    ("search_path", "nowhere, public, pg_catalog"),
    ("lc_numeric", "'POSIX'"),
    ("lc_monetary", "'POSIX'"),
    ("client_encoding", "'LATIN1'"),
    ("client_min_messages", "'debug1'"),
    ("xmloption", "'document'"),
    ("xmlbinary", "'hex'"),
    ("quote_all_identifiers", "on"),
    ("array_nulls", "off"),
    ("transform_null_equals", "on"),
    ("row_security", "off"),
    ("default_transaction_isolation", "'serializable'"),
    ("default_transaction_deferrable", "on"),
    ("idle_in_transaction_session_timeout", "'1ms'"),
    ("plan_cache_mode", "'force_generic_plan'"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_hashagg", "off"),
    ("enable_indexscan", "off"),
    ("min_parallel_table_scan_size", "0"),
    ("parallel_setup_cost", "0"),
    ("parallel_tuple_cost", "0"),
    ("jit_above_cost", "0"),
    ("work_mem", "'64kB'"),
];

const MYSQL_FAMILY: &[(&str, &str)] = &[
    ("time_zone", "'+05:45'"),
    ("lc_time_names", "'de_DE'"),
    ("character_set_client", "'latin1'"),
    ("character_set_results", "'latin1'"),
    ("collation_connection", "'latin1_german1_ci'"),
    ("collation_server", "'latin1_german1_ci'"),
    ("explicit_defaults_for_timestamp", "0"),
    ("group_concat_max_len", "4"),
    ("div_precision_increment", "0"),
    ("sql_select_limit", "1"),
    ("sql_safe_updates", "1"),
    ("sql_auto_is_null", "1"),
    ("max_sort_length", "64"),
    ("max_error_count", "0"),
    ("sql_notes", "0"),
    ("max_join_size", "1"),
    ("sql_big_selects", "0"),
    ("sql_buffer_result", "1"),
    ("big_tables", "1"),
    ("default_storage_engine", "'MyISAM'"),
    ("transaction_isolation", "'SERIALIZABLE'"),
    ("foreign_key_checks", "0"),
    ("unique_checks", "0"),
    ("completion_type", "'CHAIN'"),
    ("autocommit", "0"),
];

/// `ANSI` stands for `ANSI_QUOTES`, `PIPES_AS_CONCAT` and `REAL_AS_FLOAT` among others; nothing here is strict.
const MYSQL: &[(&str, &str)] = &[
    ("sql_require_primary_key", "1"),
    ("default_collation_for_utf8mb4", "'utf8mb4_general_ci'"),
    ("optimizer_switch", "'block_nested_loop=off,derived_merge=off,semijoin=off,materialization=off'"),
    (
        "sql_mode",
        "'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,TIME_TRUNCATE_FRACTIONAL,NO_UNSIGNED_SUBTRACTION,HIGH_NOT_PRECEDENCE'",
    ),
];

const MARIADB: &[(&str, &str)] = &[
    ("default_regex_flags", "'EXTENDED,MULTILINE,DOTALL'"),
    ("old_mode", "'NO_DUP_KEY_WARNINGS_WITH_IGNORE,UTF8_IS_UTF8MB3'"),
    ("optimizer_switch", "'derived_merge=off,semijoin=off,outer_join_with_cache=off,join_cache_hashed=off'"),
    (
        "sql_mode",
        "'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,NO_UNSIGNED_SUBTRACTION,HIGH_NOT_PRECEDENCE,EMPTY_STRING_IS_NULL,TIME_ROUND_FRACTIONAL'",
    ),
];

/// An account with such settings; it goes, and they go, when this is dropped.
pub struct Account {
    place: Place,
    name: String,
}

impl Account {
    pub fn new(kind: Kind) -> Self {
        let place = Place::on(Server::spare(kind));
        let name = format!("{}_odd", place.database());
        let account = Self { place, name };
        account.place.admin(&account.creation());
        account.is_odd();
        account
    }

    /// A place's database as this account reaches it.
    pub fn url(&self, place: &Place) -> String {
        place.url_of(&self.name, &self.name)
    }

    /// Its sessions begin as they are meant to: seen in settings that no driver makes by itself.
    pub fn is_odd(&self) {
        let (setting, expected) = match self.place.kind {
            Kind::Postgres => ("SELECT current_setting('xmloption')", "document"),
            _ => ("SELECT CAST(@@group_concat_max_len AS char)", "4"),
        };
        let found = self.place.query_at(&self.url(&self.place), setting);
        assert_eq!(found[0][0].as_deref(), Some(expected), "{:?}: the settings do not hold", self.place.kind);
    }

    fn creation(&self) -> String {
        let name = &self.name;
        if self.place.kind == Kind::Postgres {
            let mut sql = format!("CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{name}';");
            for (setting, value) in POSTGRES {
                let _ = write!(sql, "ALTER ROLE {name} SET {setting} = {value};");
            }
            return sql;
        }
        // Not all privileges there are: an administrator's sessions would be spared.
        let may_set = if self.place.kind == Kind::MySql { "SESSION_VARIABLES_ADMIN" } else { "BINLOG ADMIN" };
        let all_of_this_process = format!(r"tieout\_t{}\_%", std::process::id());
        format!(
            "CREATE USER '{name}'@'%' IDENTIFIED BY '{name}';
             GRANT ALL ON `{all_of_this_process}`.* TO '{name}'@'%';
             GRANT {may_set} ON *.* TO '{name}'@'%';
             SET GLOBAL init_connect = CONCAT(@@global.init_connect, '{}');",
            self.first_statements().replace('\'', "''")
        )
    }

    /// What `init_connect` is given for it: prepared, since other accounts may not even be allowed to say it. Further
    /// accounts' statements stand before and behind.
    fn first_statements(&self) -> String {
        let own = if self.place.kind == Kind::MySql { MYSQL } else { MARIADB };
        let all: Vec<String> = MYSQL_FAMILY
            .iter()
            .chain(own)
            .map(|(setting, value)| match (*setting, self.place.kind) {
                ("transaction_isolation", Kind::MariaDb) => format!("tx_isolation = {value}"),
                (setting, _) => format!("{setting} = {value}"),
            })
            .collect();
        format!(
            "SET @tieout = IF(LEFT(USER(), {}) = '{}@', 'SET SESSION {}', 'DO 0');
             PREPARE tieout FROM @tieout; EXECUTE tieout; DEALLOCATE PREPARE tieout;",
            self.name.len() + 1,
            self.name,
            all.join(", ").replace('\'', "''")
        )
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let name = &self.name;
        self.place.server().clean_up(&match self.place.kind {
            Kind::Postgres => format!("DROP ROLE {name}"),
            _ => format!(
                "SET GLOBAL init_connect = REPLACE(@@global.init_connect, '{}', ''); DROP USER '{name}'@'%'",
                self.first_statements().replace('\'', "''")
            ),
        });
    }
}
