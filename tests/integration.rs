//! The one integration binary: the real program against real servers.
//!
//! `scripts/test` starts the servers and names them in `TIEOUT_TEST_POSTGRES_URL`, `TIEOUT_TEST_MYSQL_URL`
//! and `TIEOUT_TEST_MARIADB_URL`. A server that is not named is a failure, never silence.

mod corpus;
mod corrections;
mod demo;
mod differential;
mod failures;
mod faults;
mod feeds;
mod fuzz;
mod golden;
mod infer;
mod manifest;
mod plan;
mod properties;
mod support;
mod verdicts;
mod wide;
