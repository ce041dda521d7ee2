//! tieout reconciles a third party's XML files with our own table.
//!
//! Data flows one way: `feed` (checked) → `source` (files) → `convert` (XML to chunked CSV) → `database`
//! (bulk load, through statements from `sql`) → `reconcile` (one join) → `export` → clean.

mod blocking;
pub mod calendar;
pub mod canonical;
pub mod cli;
pub mod commands;
pub mod convert;
mod database;
pub mod error;
mod export;
mod failpoint;
pub mod feed;
mod files;
mod infer;
mod ledger;
pub mod log;
pub mod model;
mod notify;
mod profile;
mod reconcile;
mod run;
mod source;
mod sql;
pub mod stop;
mod suggest;
mod tls;
