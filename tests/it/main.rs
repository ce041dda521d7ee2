//! Tests that are written one by one: the real program against real servers. Cases that are files stand in `cases`.
//!
//! `scripts/test` starts the servers and names them in `TIEOUT_TEST_POSTGRES_URL`, `TIEOUT_TEST_MYSQL_URL`
//! and `TIEOUT_TEST_MARIADB_URL`. A server that is not named is a failure, never silence.

mod documents;
mod failures;
mod faults;
mod house;
mod properties;
mod runs;
#[path = "../support/mod.rs"]
mod support;
mod transports;
