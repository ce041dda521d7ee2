//! One file per command: its arguments (`arguments.rs`), what it calls, and what it prints (`terminal.rs`). Nothing beneath
//! writes to stdout. Knows no SQL and no server by name.

mod arguments;
mod breaks;
mod check;
mod clean;
mod convert;
mod demo;
mod drift;
mod end;
mod explain;
mod feeds;
mod findings;
mod history;
mod ignore;
mod infer;
mod keys;
mod plan;
mod progress;
mod run;
mod scratch;
mod shell;
mod source;
mod terminal;
mod verify;

use crate::{
    cli::{Cli, Command, Global},
    error::Result,
    stop::Stop,
};

pub use end::CommandEnd;

/// Runs the command.
pub async fn execute(cli: Cli, stop: Stop) -> CommandEnd {
    let global = cli.global;
    match cli.command {
        Command::Run(arguments) => run::run(arguments, &global, stop).await,
        other => without_verdict(other, &global, stop).await.into(),
    }
}

async fn without_verdict(command: Command, global: &Global, stop: Stop) -> Result<u8> {
    match command {
        Command::Run(arguments) => run::run(arguments, global, stop).await.status,
        Command::Convert(arguments) => convert::convert(arguments, global, stop).await,
        Command::Plan(arguments) => plan::plan(&arguments, stop).await,
        Command::Check(arguments) => check::check(&arguments, stop).await,
        Command::Infer(arguments) => infer::infer(arguments, global, stop).await,
        Command::History(arguments) => history::history(&arguments).await,
        Command::Breaks(arguments) => breaks::breaks(&arguments).await,
        Command::Accept(arguments) => breaks::accept(&arguments).await,
        Command::Report(arguments) => history::report(&arguments).await,
        Command::Migrate(arguments) => history::migrate_command(&arguments).await,
        Command::Clean(arguments) => clean::clean(&arguments).await,
        Command::Prune(arguments) => clean::prune(&arguments).await,
        Command::Ignore(arguments) => ignore::ignore(&arguments, &stop).await,
        Command::Demo(arguments) => demo::demo(arguments, stop).await,
        Command::Feeds(arguments) => feeds::feeds(&arguments),
        Command::Verify(arguments) => verify::verify(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man => shell::man(),
    }
}
