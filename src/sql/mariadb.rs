//! MariaDB 10.6 and later: what differs from MySQL.

use super::{
    mysql::{MySql, seconds},
    server::Indexed,
};

/// MariaDB.
pub static MARIADB: MySql = MySql {
    product: "MariaDB",
    collation: "utf8mb4_nopad_bin",
    // A flag would let a number's pattern match one line of a longer text.
    meaning: &["SET SESSION default_regex_flags = ''"],
    session: |limits| {
        let mut all = vec![
            // A key of 512 characters is sorted, and so grouped, by all of them; the default is 1024 bytes.
            "SET SESSION max_sort_length = 8192".into(),
            // Hash joins are off by default there.
            "SET SESSION join_cache_level = 8, optimizer_switch = 'join_cache_hashed=on', join_buffer_space_limit = 268435456".into(),
            "SET SESSION idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0, idle_write_transaction_timeout = 0".into(),
        ];
        all.extend(limits.told().map(|limit| format!("SET SESSION max_statement_time = {}", seconds(limit))));
        all
    },
    statement_limit: "CAST(@@SESSION.max_statement_time * 1000 AS unsigned)",
    limits_every_statement: true,
    // It hashes badly.
    indexes_stage: Indexed::AfterLoad,
    client: "mariadb",
};
