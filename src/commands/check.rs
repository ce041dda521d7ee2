//! `tieout check`: everything that `run` needs, tried before the night.

use super::{
    arguments::{database_url, load_feeds_with, parameters, target},
    drift,
    findings::Findings,
    keys, source,
    terminal::print,
};
use crate::{
    blocking::blocking,
    cli,
    database::{Connection, TlsSession, not_entered, pending},
    error::{Code, Error, Result, printable},
    feed::{Column, Feed, Kind, advice},
    model::{FILTERED, Family, KeySides, OurColumn, Parameters},
    run::PLACEHOLDERS,
    stop::Stop,
};
use std::{collections::BTreeMap, path::PathBuf};

/// Checks the feed against the files, if any are given, and against the database.
pub async fn check(arguments: &cli::CheckArgs, stop: Stop) -> Result<u8> {
    let feeds = load_feeds_with(&arguments.feed, &arguments.set.set, arguments.database.database.is_some())?;
    let mut found = Findings::default();
    for feed in &feeds {
        found.good(&format!("feed {}: {} columns", feed.name, feed.columns.len()));
        if let Some(Err(cause)) = feed.timing.as_ref().map(|timing| timing.given(feed)) {
            found.failure(&cause);
        }
    }
    let expect = feeds.first().and_then(|feed| feed.source.as_ref()?.expect.as_ref());
    if let Some(expected) = expect {
        found.good(&format!("[source] expect: {expected}; {}", expected.needed_run()));
    }
    hook(&feeds, &mut found);
    if let Some(feed) = feeds.first().filter(|_| arguments.files.is_empty()) {
        source::look(feed, &arguments.database.out, &stop, &mut found).await;
    }
    let named = !arguments.files.is_empty();
    let reached = database_url(&arguments.database, feeds.first()).is_some();
    let read = FilesRead { feeds, found, refused: None, keys: Vec::new() };
    let FilesRead { feeds, mut found, refused, keys } =
        look_at_files(read, arguments.files.clone(), stop, named && reached).await?;
    let unreached = if named && !reached {
        found.warn("no database is named, so only the files were looked at");
        None
    } else {
        database(arguments, &feeds, keys, &mut found).await.err()
    };
    if let (Some(_), Some(unreached)) = (&refused, &unreached) {
        found.failure(unreached);
    }
    print(&found.text())?;
    if let (None, Some(unreached)) = (&refused, unreached) {
        return Err(unreached);
    }
    // A file that was refused says its status.
    let code = refused.map_or(Code::ChecksFailed, |refused| refused.code());
    let mut codes: Vec<String> = found.obstacles().map(|code| code.to_string()).collect();
    let count = codes.len();
    codes.dedup();
    let codes = codes.join(", ");
    match count {
        0 => Ok(0),
        1 => Err(Error::new(code, format!("a check failed: {codes}, see above"))),
        several => Err(Error::new(code, format!("{several} checks failed: {codes}, see above"))),
    }
}

/// A placeholder that nobody fills would reach the hook as it is. Braces around anything but a word are the hook's own.
fn hook(feeds: &[Feed], found: &mut Findings) {
    let Some(after) = feeds.first().and_then(|feed| feed.after.as_ref()) else { return };
    for argument in after.command.iter().flatten() {
        for part in argument.split('{').skip(1) {
            let Some((word, _)) = part.split_once('}') else { continue };
            let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic() || "_-".contains(c));
            if plain && !PLACEHOLDERS.contains(&word) {
                let what = format!(
                    "the hook is given {{{word}}}, which nobody fills; {}",
                    advice(word, PLACEHOLDERS)
                );
                found.bad(Code::UnknownPlaceholder, &what);
            }
        }
    }
}

/// What is known when the files were read.
struct FilesRead {
    feeds: Vec<Feed>,
    found: Findings,
    /// Why the first of them that is refused is.
    refused: Option<Error>,
    /// Keys of theirs, per feed, where they were looked at.
    keys: Vec<KeySides>,
}

/// Reads the files in a thread of its own, so that a signal is still heard.
async fn look_at_files(
    mut read: FilesRead,
    paths: Vec<PathBuf>,
    stop: Stop,
    with_keys: bool,
) -> Result<FilesRead> {
    let work = move || {
        read.refused = drift::files(&read.feeds, &paths, stop.flag(), &mut read.found)?;
        if with_keys && read.refused.is_none() {
            match keys::of_theirs(&read.feeds, &paths, stop.flag()) {
                Ok(keys) => read.keys = keys,
                Err(cause) => read.found.warn(&format!("keys of theirs were not looked at: {cause}")),
            }
            stop.flag().check()?;
        }
        Ok(read)
    };
    blocking(work).await
}

/// What `run` needs of the database. What is missing is told, and the rest is looked at nevertheless.
async fn database(
    arguments: &cli::CheckArgs,
    feeds: &[Feed],
    keys: Vec<KeySides>,
    found: &mut Findings,
) -> Result<()> {
    let target = target(&arguments.database, feeds.first())?;
    let mut connection = match Connection::open(&target).await {
        Err(cause) if cause.code() == Code::NoPrivilege => {
            for finding in not_entered(&target, feeds).await? {
                found.add(finding);
            }
            // One that is let in by now has said nothing of what kept it out.
            return if found.obstacles().next().is_none() { Err(cause) } else { Ok(()) };
        }
        opened => opened?,
    };
    found.good(&format!("connected to {} ({})", target.shown(), connection.product()));
    if let Some(TlsSession { negotiated, verified }) = connection.encryption().await? {
        found.good(&format!("TLS: {negotiated}; verified of the server's certificate: {verified}"));
    }
    schema(&mut connection, found).await;
    let mut keys = keys.into_iter();
    for feed in feeds {
        let keys = keys.next();
        if feed.ours.is_some() {
            let values = known(feed, parameters(&arguments.set.set)?, found);
            ours(&mut connection, feed, &Parameters { values, casts: Vec::new() }, keys, found).await;
        } else {
            found.bad(Code::NoOurs, &format!("feed {} has no [ours]: it can only convert", feed.name));
        }
    }
    match connection.privileges(feeds).await {
        Ok(all) => all.into_iter().for_each(|finding| found.add(finding)),
        Err(cause) => found.failure(&cause),
    }
    connection.close().await;
    Ok(())
}

/// Parameters without a value stand in the way of a run. Here they are tried as empty texts: their places matter.
fn known(feed: &Feed, mut given: BTreeMap<String, String>, found: &mut Findings) -> BTreeMap<String, String> {
    for name in crate::sql::parameter_names(feed) {
        given.entry(name).or_insert_with_key(|name| {
            let name = printable(name);
            found.bad(
                Code::NoParameter,
                &format!("parameter :{name} has no value: give it one as to a run, --set {name}=VALUE"),
            );
            String::new()
        });
    }
    given
}

async fn schema(connection: &mut Connection, found: &mut Findings) {
    match pending(connection).await {
        Ok(none) if none.is_empty() => found.good("tieout's own tables are there"),
        Ok(some) => found.warn(&format!(
            "tieout's own tables are not there yet, or not all of them ({}): the next run creates them",
            some.join(", ")
        )),
        // The privileges say which, and the GRANT.
        Err(cause) if cause.code() == Code::NoPrivilege => {}
        Err(cause) => found.failure(&cause),
    }
}

async fn ours(
    connection: &mut Connection,
    feed: &Feed,
    given: &Parameters,
    keys: Option<KeySides>,
    found: &mut Findings,
) {
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
            found.failure(&cause);
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
        if theirs.is_key() {
            keys_meet(theirs, column, found);
        }
        if matches!(column.family, Family::Double | Family::Real) {
            found.warn(&format!(
                "column {} is a binary floating-point number on our side: give it a tolerance, or cast it to numeric under [ours.columns]",
                theirs.name
            ));
        }
    }
    if let Some(keys) = keys {
        keys::look(connection, feed, &shape, keys, found).await;
    }
    if let Some(finding) = connection.ours_unreadable(feed, &shape.parameters).await {
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

/// A key that is written in another way on each side meets nothing.
fn keys_meet(theirs: &Column, ours: &OurColumn, found: &mut Findings) {
    let (name, kind, type_name) = (&theirs.name, theirs.kind.name(), &ours.type_name);
    let number = matches!(ours.family, Family::Integer | Family::Decimal | Family::Double | Family::Real);
    let time = matches!(ours.family, Family::Date | Family::Timestamp | Family::TimestampTz);
    match &theirs.kind {
        Kind::Text if number => found.warn(&format!(
            "key {name} is text in the feed and {type_name} on our side, where numbers have no zeros in front: 0000000011 \
             never meets 11; write type = \"integer\" for it if that is so"
        )),
        Kind::Date { .. } | Kind::Timestamp { .. } if number || ours.family == Family::Boolean => found.bad(
            Code::KeysNeverMeet,
            &format!("key {name} is a {kind} in the feed and {type_name} on our side: they never meet; make a {kind} of ours under [ours.columns]"),
        ),
        Kind::Integer | Kind::Decimal if time => found.bad(
            Code::KeysNeverMeet,
            &format!("key {name} is of type {kind} in the feed and {type_name} on our side: they never meet; write type = \"date\" or \"timestamp\" for it"),
        ),
        _ => {}
    }
}
