//! `tieout clean` and `tieout prune`: what may go.

use super::{
    arguments::{existing_target, target},
    history::named_feed,
    terminal::{note, print},
};
use crate::{
    cli,
    database::{Connection, Lock, Target, has_ledger, migrate},
    error::{Code, Error, Result, printable},
    ledger::{FeedKey, RunRow},
    run::{clean_up, clean_up_named, prunable, remove_results},
    sql::{self, Ledger},
};
use std::{collections::BTreeMap, fmt::Write as _};

/// Empties the work tables and marks runs that died as abandoned; or lists work tables.
pub async fn clean(arguments: &cli::CleanArgs) -> Result<u8> {
    if arguments.list {
        return list(arguments).await;
    }
    let Some(argument) = &arguments.feed else {
        return Err(Error::new(Code::NoFeedFile, "no feed is named")
            .with_hint("name a feed file or a feed, or --list"));
    };
    let named = named_feed(argument, &arguments.database)?;
    let target = match named.feeds.first() {
        Some(feed) => target(&arguments.database, Some(feed))?,
        None => existing_target(&arguments.database, None)?,
    };
    let mut connection = Connection::open(&target).await?;
    let known = named.known(&mut connection, target.shown()).await;
    connection.close().await;
    known?;
    migrate(&target).await?;
    for (n, name) in named.names.iter().enumerate() {
        let feed = named.feeds.get(n);
        under_lock(&target, name, async |connection| match feed {
            Some(feed) => clean_up(connection, feed, &arguments.database.out).await,
            None => clean_up_named(connection, name, &arguments.database.out).await,
        })
        .await?;
        note(&format!("the work tables of feed {} are empty", printable(name)));
    }
    Ok(0)
}

/// Does something while no run of the feed is at work.
async fn under_lock<T>(
    target: &Target,
    feed: &str,
    work: impl AsyncFnOnce(&mut Connection) -> Result<T>,
) -> Result<T> {
    let lock = Lock::take(target, feed).await?;
    let result = async {
        let mut connection = Connection::open(target).await?;
        let result = work(&mut connection).await;
        connection.close().await;
        result
    }
    .await;
    lock.release().await;
    result
}

/// Whose work tables lie in the database, and when each feed ran last.
async fn list(arguments: &cli::CleanArgs) -> Result<u8> {
    let target = existing_target(&arguments.database, None)?;
    let mut connection = Connection::open(&target).await?;
    let stages: Vec<String> = connection.read(&sql::stages(connection.dialect())).await?;
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    if has_ledger(&mut connection).await? {
        let history = Ledger(connection.dialect()).runs_history("");
        for run in connection.read::<RunRow>(&history).await? {
            let started = last.entry(run.feed.to_string()).or_default();
            if *started < run.started_at {
                *started = run.started_at;
            }
        }
    }
    connection.close().await;
    let mut text = String::new();
    for feed in stages.iter().filter_map(|table| sql::feed_of_stage(table)) {
        let ran = last.get(&feed).map_or("no run in the ledger", String::as_str);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}  last run: {ran}", printable(&feed));
    }
    if text.is_empty() {
        note("there are no work tables");
    }
    print(&text)?;
    Ok(0)
}

/// Removes the results of old runs.
pub async fn prune(arguments: &cli::PruneArgs) -> Result<u8> {
    let named = arguments.feed.as_ref().map(|feed| named_feed(feed, &arguments.database)).transpose()?;
    let feeds = named.as_ref().map_or(&[][..], |named| &named.feeds);
    let target = existing_target(&arguments.database, feeds.first())?;
    let mut connection = Connection::open(&target).await?;
    if let Some(named) = &named {
        named.known(&mut connection, target.shown()).await?;
    }
    let there = has_ledger(&mut connection).await?;
    let names = match named {
        Some(named) => named.names,
        None if there => {
            let known: Vec<FeedKey> = connection.read(&Ledger(connection.dialect()).feeds_known()).await?;
            known.into_iter().map(|FeedKey(feed)| feed.to_string()).collect()
        }
        None => Vec::new(),
    };
    connection.close().await;
    if !there {
        note("there is no run yet");
        return Ok(0);
    }
    migrate(&target).await?;
    let mut text = String::new();
    for name in &names {
        under_lock(&target, name, async |connection| one(connection, name, arguments, &mut text).await)
            .await?;
    }
    if text.is_empty() {
        note("there is nothing to remove");
    }
    print(&text)?;
    Ok(0)
}

async fn one(
    connection: &mut Connection,
    name: &str,
    arguments: &cli::PruneArgs,
    text: &mut String,
) -> Result<()> {
    for (run, rows) in prunable(connection, name, arguments.keep).await? {
        if !arguments.dry_run {
            remove_results(connection, &run).await?;
        }
        let done = if arguments.dry_run { "would remove" } else { "removed" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{done} {rows} rows of run {run}");
    }
    Ok(())
}
