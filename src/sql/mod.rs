//! Builds every statement from `sql/<dialect>/*.sql`; opens no connection.
//!
//! A template is one whole statement with `{holes}` for checked identifiers and generated expressions
//! and `:names` for bound values. `plan` prints and `run` executes what comes out of here.

mod audit;
mod breaks;
mod canonical;
pub mod catalogue;
pub mod client;
mod control;
pub mod correction;
mod dialect;
mod differs;
mod encode;
mod files;
mod layout;
mod ledger;
mod limits;
mod locking;
mod mariadb;
mod mysql;
pub mod mysql_grants;
mod our_side;
mod ours;
mod plain;
mod postgres;
pub mod privileges;
mod sample;
mod server;
mod session;
mod sqlite;
mod stage;
mod statement;
mod template;
#[cfg(test)]
pub(crate) mod tests;
mod ties;
mod verdict;
mod view;
mod work;

pub use audit::Audit;
pub use breaks::OfRun;
pub use control::{
    LockStatements, begin, cancel, commit, end_session, explain, lock, mark, marked, rollback, session_id,
    warnings,
};
pub use dialect::Dialect;
pub use files::NamedFile;
pub use ledger::Ledger;
pub use limits::SessionLimits;
pub use locking::Locking;
pub use ours::{check_parameters, parameter_names, reads_parents, reads_theirs, scope};
pub use plain::{day, expression};
pub use sample::{sample, sqlite_type};
pub use session::{encryption, limits, server_settings, session, statement_limit};
pub use statement::{Piece, Statement, Value};
pub use work::{Work, empty, feed_of_stage, stages, work_tables};
