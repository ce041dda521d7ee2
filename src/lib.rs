//! tieout reconciles a third party's XML files with our own table.
//!
//! Data flows one way: `feed` (checked) → `source` (files) → `convert` (XML to chunked CSV) → `database`
//! (bulk load, through statements from `sql`) → `reconcile` (one join) → `export` → clean.

mod blocking;
pub mod canonical;
pub mod cli;
pub mod commands;
pub mod convert;
pub mod database;
pub mod error;
pub mod export;
mod failpoint;
pub mod feed;
pub mod infer;
pub mod ledger;
pub mod model;
pub mod profile;
pub mod reconcile;
pub mod run;
pub mod source;
pub mod sql;
pub mod stop;
