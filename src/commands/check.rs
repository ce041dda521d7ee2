//! `tieout check`: everything that `run` needs, tried before the night.

use super::{
    arguments::{database_url, load_feeds_with, parameters, target},
    drift,
    findings::Findings,
    terminal::print,
};
use crate::{
    blocking::blocking,
    cli,
    database::{Connection, Encryption, pending},
    error::{Code, Error, Result},
    feed::Feed,
    model::{FILTERED, Family, Parameters},
    stop::Stop,
};
use std::path::PathBuf;

/// Checks the feed against the files, if any are given, and against the database.
pub async fn check(arguments: &cli::CheckArgs, stop: Stop) -> Result<u8> {
    let feeds = load_feeds_with(&arguments.feed, &arguments.set.set)?;
    let mut found = Findings::default();
    for feed in &feeds {
        found.good(&format!("feed {}: {} columns", feed.name, feed.columns.len()));
    }
    let (feeds, mut found, refused) = look_at_files(feeds, arguments.files.clone(), stop, found).await?;
    let unreached =
        if !arguments.files.is_empty() && database_url(&arguments.database, feeds.first()).is_none() {
            found.warn("no database is named, so only the files were looked at");
            None
        } else {
            database(arguments, &feeds, &mut found).await.err()
        };
    print(&found.text())?;
    if let Some(error) = refused.or(unreached) {
        return Err(error);
    }
    match found.obstacles().first() {
        None => Ok(0),
        Some(first) => Err(Error::new(
            Code::ChecksFailed,
            match found.obstacles().len() {
                1 => format!("a check failed: {first}"),
                several => format!("{several} checks failed, the first: {first}"),
            },
        )),
    }
}

/// Reads the files in a thread of its own, so that a signal is still heard.
async fn look_at_files(
    feeds: Vec<Feed>,
    paths: Vec<PathBuf>,
    stop: Stop,
    mut found: Findings,
) -> Result<(Vec<Feed>, Findings, Option<Error>)> {
    let work = move || {
        let refused = drift::files(&feeds, &paths, stop.flag(), &mut found)?;
        Ok((feeds, found, refused))
    };
    blocking(work).await
}

/// What `run` needs of the database.
async fn database(arguments: &cli::CheckArgs, feeds: &[Feed], found: &mut Findings) -> Result<()> {
    let target = target(&arguments.database, feeds.first())?;
    let mut connection = Connection::open(&target).await?;
    found.good(&format!("connected to {} ({})", target.shown(), connection.product()));
    if let Some(Encryption { negotiated, verified }) = connection.encryption().await? {
        found.good(&format!("TLS: {negotiated}; verified of the server's certificate: {verified}"));
    }
    schema(&mut connection, found).await?;
    for feed in feeds {
        if feed.ours.is_some() {
            let values = known(feed, parameters(&arguments.set.set)?);
            ours(&mut connection, feed, &Parameters { values, casts: Vec::new() }, found).await;
        } else {
            found.bad(&format!("feed {} has no [ours]: it can only convert", feed.name));
        }
    }
    for finding in connection.privileges().await? {
        found.add(finding);
    }
    connection.close().await;
    Ok(())
}

/// Parameters without a value are tried as empty texts: only their places matter here.
fn known(
    feed: &Feed,
    mut given: std::collections::BTreeMap<String, String>,
) -> std::collections::BTreeMap<String, String> {
    for name in crate::sql::parameter_names(feed) {
        given.entry(name).or_default();
    }
    given
}

async fn schema(connection: &mut Connection, found: &mut Findings) -> Result<()> {
    match pending(connection).await?.as_slice() {
        [] => found.good("tieout's own tables are there"),
        some => found.warn(&format!(
            "tieout's own tables are not there yet ({}): the first run creates them",
            some.join(", ")
        )),
    }
    Ok(())
}

async fn ours(connection: &mut Connection, feed: &Feed, given: &Parameters, found: &mut Findings) {
    let shape = match connection.describe_ours(feed, given).await {
        Ok(shape) => shape,
        Err(cause) => {
            let cause = match connection.describe_before_the_first_run(feed, given).await {
                Some(Ok(())) => {
                    found.warn("[ours] reads {theirs}, whose table the first run creates: its columns cannot be checked yet");
                    return;
                }
                Some(Err(cause)) => cause,
                None => cause,
            };
            found.bad(&format!("{cause}; {}", cause.hint()));
            if cause.code() == Code::NoPrivilege {
                found.grants(connection.grant_ours(feed).await);
            }
            return;
        }
    };
    for (n, column) in &shape.columns {
        let theirs = &feed.columns[*n];
        found.good(&format!(
            "column {}: {} on our side, {} in the feed",
            theirs.name,
            column.type_name,
            theirs.kind.name()
        ));
        if matches!(column.family, Family::Double | Family::Real) {
            found.warn(&format!(
                "column {} is a binary floating-point number on our side: give it a tolerance, or cast it to numeric under [ours.columns]",
                theirs.name
            ));
        }
    }
    if let Some(finding) = connection.ours_unreadable(feed).await {
        found.add(finding);
    }
    if shape.filtered {
        found.warn(FILTERED);
    }
    if shape.unique_key {
        found.good("a unique index covers the key: ours holds no key twice");
    } else {
        found.warn("no unique index over NOT NULL columns covers the key: repeated keys in ours are looked for in every run");
    }
}
