//! Builds every statement from `sql/<dialect>/*.sql`; opens no connection.
//!
//! A template is one whole statement with `{holes}` for checked identifiers and generated expressions
//! and `:names` for bound values. `plan` prints and `run` executes what comes out of here.

mod audit;
mod canonical;
pub mod correction;
mod dialect;
mod differs;
mod encode;
mod ledger;
mod our_side;
mod ours;
mod sample;
mod session;
mod stage;
mod statement;
mod template;
#[cfg(test)]
mod tests;
mod verdict;
mod work;

pub use audit::Audit;
pub use dialect::Dialect;
pub use ledger::Ledger;
pub use ours::{check_parameters, parameter_names, scope};
pub use sample::sample;
pub use session::{Settings, server_settings, session};
pub use statement::{Piece, Statement, Value};
pub use work::Work;
