//! The house is built as ARCHITECTURE.md says: who imports whom, read from the source itself.
//!
//! Nothing here needs a server. `graph` reads `src/`; the tests hold what it finds against the documents.

mod graph;
mod names;
mod order;
mod statements;
