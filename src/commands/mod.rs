//! One file per command. Everything that reads the environment or writes to stdout stands here.

mod check;
mod convert;
mod demo;
mod drift;
mod feeds;
mod findings;
mod history;
mod infer;
mod plan;
mod progress;
mod run;
mod shell;
mod verify;

use crate::{
    cli::{self, Cli, Command},
    database::Target,
    error::{Code, Error, Result},
    export,
    feed::{self, Feed, Secret, Timeouts},
    stop::Stop,
};
use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Runs the command; gives the exit status of one that worked.
///
/// # Errors
/// Any.
pub async fn execute(cli: Cli, stop: Stop) -> Result<u8> {
    let global = cli.global;
    match cli.command {
        Command::Run(arguments) => run::run(arguments, &global, stop).await,
        Command::Convert(arguments) => convert::convert(arguments, &global, stop).await,
        Command::Plan(arguments) => plan::plan(&arguments, stop).await,
        Command::Check(arguments) => check::check(&arguments, stop).await,
        Command::Infer(arguments) => infer::infer(arguments, &global, stop).await,
        Command::History(arguments) => history::history(&arguments).await,
        Command::Report(arguments) => history::report(&arguments).await,
        Command::Migrate(arguments) => history::migrate_command(&arguments).await,
        Command::Clean(arguments) => run::clean(&arguments).await,
        Command::Demo(arguments) => demo::demo(arguments, &global, stop).await,
        Command::Feeds(arguments) => feeds::feeds(&arguments),
        Command::Verify(arguments) => verify::verify(&arguments),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man => shell::man(),
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// One feed per row set, at least one.
fn load_feeds(file: &Path) -> Result<Vec<Feed>> {
    feed::load(file, &environment)
}

/// The database that is named: by `--database`, the feed, or `DATABASE_URL`.
fn database_url(arguments: &cli::DatabaseArgs, feed: Option<&Feed>) -> Option<Secret> {
    (arguments.database.clone().map(Secret::new))
        .or_else(|| feed.and_then(|feed| feed.database.as_ref()).map(|settings| settings.url.clone()))
        .or_else(|| environment("DATABASE_URL").map(Secret::new))
}

/// The database: `--database`, the feed's, `DATABASE_URL`, or the embedded one, which is said.
fn target(arguments: &cli::DatabaseArgs, feed: Option<&Feed>) -> Result<Target> {
    let settings = feed.and_then(|feed| feed.database.as_ref());
    let timeouts = settings.map_or_else(Timeouts::default, |settings| settings.timeouts);
    if let Some(url) = database_url(arguments, feed) {
        return Target::parse(&url, timeouts);
    }
    export::make_folder(&arguments.out)?;
    let path = arguments.out.join("tieout.sqlite");
    say(&format!("no database is named: using the embedded SQLite database {}", path.display()));
    Target::embedded(&path, timeouts)
}

/// `--set NAME=VALUE`.
fn parameters(set: &[String]) -> Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for text in set {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Error::new(Code::BadParameter, format!("--set {text} is not NAME=VALUE")));
        };
        values.insert(name.to_owned(), value.to_owned());
    }
    Ok(values)
}

/// A small file, for its owner only, that appears whole or not at all.
fn write_aside(path: &Path, bytes: &[u8]) -> Result<()> {
    let aside = PathBuf::from(format!("{}.tmp", path.display()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    (options.open(&aside))
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&aside, path))
        .map_err(|cause| Error::machine("write", path, cause))
}

/// A line on stderr; nothing can be done where stderr is gone.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "tieout: {text}");
}

/// Data on stdout. What was to be kept is on disk by then, so a closed pipe costs only the text.
fn print(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|cause| Error::machine("write to", "stdout".as_ref(), cause))
}
