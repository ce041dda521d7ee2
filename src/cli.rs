//! What can be typed: commands, arguments, their help. No logic.
#![allow(
    missing_docs,
    reason = "a comment here is the help that is printed, and a group of options has none of its own"
)]

mod ledger;
mod options;

pub use ledger::{
    AcceptArgs, BreaksArgs, CleanArgs, HistoryArgs, IgnoreArgs, ListFormat, MigrateArgs, PruneArgs,
    ReportArgs,
};
pub use options::{DatabaseArgs, Format, SetArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const STATUSES: &str = "\
Exit status: 0 tied out · 1 there are breaks · 2 wrong usage or feed · 3 an input file was refused · \
4 database unreachable or it refused a statement · 5 files could not be fetched · 6 another run holds the lock · \
7 this machine failed (disk full, read-only, no permission) · 8 reconciled and exported, but a hook or the clean-up failed · \
70 an internal check failed (a bug) · 130/143 interrupted";

/// Reconciles a third party's XML files with your own table, and shows its proof.
#[derive(Debug, Parser)]
#[command(name = "tieout", version, after_help = STATUSES, max_term_width = 110)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to report.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Log more (-v: what is done, -vv: every statement)
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Print errors, and of a run that does not tie out one line; nothing else
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Form of the log on stderr
    #[arg(long, value_enum, default_value = "text", global = true, value_name = "FORM")]
    pub log_format: LogFormat,
    /// Colour the log
    #[arg(long, value_enum, default_value = "auto", global = true, value_name = "WHEN")]
    pub color: Color,
    /// Show no progress: neither a bar nor, off a terminal, a line every 30 seconds
    #[arg(long, global = true)]
    pub no_progress: bool,
}

/// `--log-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal only
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole job: convert, load, reconcile, export, clean
    Run(RunArgs),
    /// XML to chunked CSV and nothing else; no database
    Convert(ConvertArgs),
    /// Print every SQL statement that `run` would issue, in order, ready to paste; changes nothing
    Plan(PlanArgs),
    /// Validate the feed, connect, compare columns with ours, check privileges and settings
    Check(CheckArgs),
    /// Read sample files and print a feed to start from, paired with our table where one is named
    Infer(InferArgs),
    /// List past runs: when, files, counts, verdict
    History(HistoryArgs),
    /// List the open breaks of a feed over all runs, oldest first
    Breaks(BreaksArgs),
    /// Take a known break out of the exit status, until a day or until its values change
    Accept(AcceptArgs),
    /// Write a past run's outputs again from the results table
    Report(ReportArgs),
    /// Create or upgrade tieout's own tables
    Migrate(MigrateArgs),
    /// Empty what an interrupted run left in the work tables
    Clean(CleanArgs),
    /// Remove the results of old runs; their rows and the files they counted stay
    Prune(PruneArgs),
    /// Pass over a bad file of a source from now on, and say why
    Ignore(IgnoreArgs),
    /// A complete reconciliation on files that ship inside the program
    Demo(DemoArgs),
    /// List the feeds that ship inside the program, or print one to start from
    Feeds(FeedsArgs),
    /// Check a run's folder against its manifest
    Verify(VerifyArgs),
    /// Say what a code, an exit status, an outcome or a reason means, why it happens and what to do
    Explain(ExplainArgs),
    /// Print shell completions
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// `tieout run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The feed file
    pub feed: PathBuf,
    /// XML files; without any, those that the feed's source names
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub set: SetArgs,
    /// The summary on stdout
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// Files to convert at once (0: as many as there are cores)
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub jobs: usize,
    /// Leave the work tables filled
    #[arg(long)]
    pub keep_staging: bool,
    /// Leave the CSV chunks on disk
    #[arg(long)]
    pub keep_chunks: bool,
    /// Reconcile files that were already reconciled
    #[arg(long)]
    pub force: bool,
    /// Write what the run came to into this file, for Prometheus' textfile collector
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
}

/// `tieout convert`.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// The feed file
    pub feed: PathBuf,
    /// XML files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub set: SetArgs,
    /// Folder for the chunks, rejects.csv and convert.json
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// `tieout plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The feed file
    pub feed: PathBuf,
    /// XML files; they are read to know how many chunks `convert` makes of them, and what rows they have
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub set: SetArgs,
    /// Folder that `tieout convert` wrote, or will write, the chunks to
    #[arg(long, value_name = "DIR", default_value = "chunks")]
    pub chunks: PathBuf,
    /// Add the database's own plan of the join with the rows of the files, and what it knows of ours
    #[arg(long)]
    pub explain: bool,
}

/// `tieout check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The feed file
    pub feed: PathBuf,
    /// XML files to compare with the feed's paths; without a database they are all that is looked at
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub set: SetArgs,
}

/// `tieout infer`.
#[derive(Debug, Args)]
pub struct InferArgs {
    /// XML files of one sender
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The feed's name; without it, the root element's or the file's
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The database of our table (or the variable `DATABASE_URL`)
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Our table, which is read to pair its columns with theirs; it is never written
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,
}

/// `tieout demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// `tieout explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// E.g. TO-304, 3, mismatched or rounding; without it, all words are listed
    pub word: Option<String>,
    /// All of it as docs/errors.md
    #[arg(long, hide = true, conflicts_with = "word")]
    pub markdown: bool,
}

/// `tieout verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A run's folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// `tieout feeds`.
#[derive(Debug, Args)]
pub struct FeedsArgs {
    /// What to do; without it, the list
    #[command(subcommand)]
    pub action: Option<FeedsAction>,
}

/// `tieout feeds …`.
#[derive(Debug, Subcommand)]
pub enum FeedsAction {
    /// List them: name, what it reads, row, key
    List {
        /// Only those whose line holds each of these words, like `invoice`
        words: Vec<String>,
    },
    /// Print one as commented TOML: `tieout feeds show camt.053 > my.toml`
    Show {
        /// Its name
        name: String,
    },
}
