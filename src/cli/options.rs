//! Options that several commands share.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `--database`.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// The database, over the feed's: postgres:// mysql:// mariadb:// sqlite: (or the variable `DATABASE_URL`)
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Folder of the run folders, and of the embedded SQLite database where no other is named
    #[arg(long, value_name = "DIR", default_value = "tieout-out")]
    pub out: PathBuf,
}

/// `--set`.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// A parameter for `:NAME` in the feed's conditions and query (repeatable)
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A screen of text
    Text,
    /// The summary as JSON
    Json,
}
