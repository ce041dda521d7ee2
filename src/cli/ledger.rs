//! The arguments of commands that work on the ledger: on past runs, breaks over runs, and tieout's own tables.

use super::options::{DatabaseArgs, Format};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `tieout history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The feed file, or a feed's name; without it, all feeds
    pub feed: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Form of the list on stdout
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `tieout breaks --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A line per break
    Text,
    /// A list as JSON
    Json,
    /// RFC 4180
    Csv,
}

/// `tieout breaks`.
#[derive(Debug, Args)]
pub struct BreaksArgs {
    /// The feed file, or a feed's name
    pub feed: PathBuf,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Only those that are open for so many days at least
    #[arg(long, value_name = "DAYS")]
    pub age: Option<u64>,
    /// Only those of this outcome, like mismatched
    #[arg(long, value_name = "OUTCOME")]
    pub outcome: Option<String>,
    /// Only those that differ in this column
    #[arg(long, value_name = "COLUMN")]
    pub column: Option<String>,
    /// Only those that the run which saw them last saw for the first time
    #[arg(long)]
    pub new: bool,
    /// Only those that are a matter of timing: near to the cut-off of the feed's last run
    #[arg(long)]
    pub timing: bool,
    /// Form of the list on stdout
    #[arg(long, value_enum, default_value = "text")]
    pub format: ListFormat,
}

/// `tieout accept`.
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// The break's id, as `tieout breaks` and breaks.csv give it
    pub id: String,
    /// Why it is known
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The last day on which it counts (UTC), like 2026-01-31
    #[arg(long, value_name = "DATE")]
    pub until: String,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// The feed file, where it names the database
    #[arg(long, value_name = "FEED")]
    pub feed: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// `tieout report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The run's id, as `tieout history` lists it
    pub run: String,
    /// A feed file, whose database the run stands in
    #[arg(long, value_name = "FEED")]
    pub feed: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The summary on stdout
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// `tieout migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// A feed file, whose database it is
    #[arg(long, value_name = "FEED")]
    pub feed: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// `tieout prune`.
#[derive(Debug, Args)]
pub struct PruneArgs {
    /// The feed file, or a feed's name; without it, all feeds
    pub feed: Option<PathBuf>,
    /// How many of the newest runs of each feed keep their results
    #[arg(long, value_name = "N")]
    pub keep: u32,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// `tieout clean`.
#[derive(Debug, Args)]
pub struct CleanArgs {
    /// The feed file, or a feed's name
    pub feed: Option<PathBuf>,
    /// List the feeds that have work tables, and when each ran last; changes nothing
    #[arg(long, conflicts_with = "feed")]
    pub list: bool,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// `tieout ignore`.
#[derive(Debug, Args)]
pub struct IgnoreArgs {
    /// The file as a run named it, its SHA-256, or a file that lies here
    #[arg(value_name = "FILE|SHA256")]
    pub file: String,
    /// Why, for those who read it later
    #[arg(long, value_name = "TEXT", required_unless_present = "undo")]
    pub reason: Option<String>,
    /// Offer it again: one that is ignored, as it was named then or by its SHA-256
    #[arg(long, conflicts_with = "reason")]
    pub undo: bool,
    /// The feed file: its database, and files of this feed only
    #[arg(long, value_name = "FEED")]
    pub feed: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
}
