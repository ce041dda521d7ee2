//! Connections to a server: opening them, migrations, bulk load, the lock, rows read back, cancelling, and what the
//! catalogue says of ours. The statements are made in `sql`. Knows no run and no file but a chunk.
//!
//! Every call on a connection fails with the code of what its server or driver said (`errors`).

mod cancel;
mod catalogue;
mod chunk_file;
mod cluster;
mod column_types;
mod connection;
mod correctable;
mod deadline;
mod describe;
mod encryption;
mod errors;
mod infile;
mod load;
mod lock;
mod mark;
mod migrate;
mod parameters;
mod password;
mod patience;
mod pooled;
mod privileges;
mod process;
mod rows;
mod search_path;
#[allow(unsafe_code, reason = "sqlx gives no access to its sockets, so they are borrowed by their numbers")]
mod socket;
#[allow(unsafe_code, reason = "SQLite's C interface is the only way to register a SQL function")]
mod sqlite_decimal;
mod statistics;
mod target;
mod unique_key;
mod url;

pub use connection::Connection;
pub use encryption::TlsSession;
pub use load::{LoadMethod, Loader};
pub use lock::Lock;
pub use mark::Part;
pub use migrate::{has_ledger, migrate, pending};
pub use privileges::{Finding, Obstacle, not_entered};
pub use rows::{Cells, FromRow, Setting};
pub use statistics::OurStatistics;
pub use target::Target;
