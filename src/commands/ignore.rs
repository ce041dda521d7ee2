//! `tieout ignore`: a bad file that is not to be offered again.

use super::{
    arguments::{load_feeds, target},
    terminal::note,
};
use crate::{
    cli,
    database::{Connection, migrate},
    error::{Code, Error, Result, excerpt, printable},
    ledger::RefusedName,
    run::file_id,
    source,
    sql::{Ledger, NamedFile},
    stop::Stop,
};
use std::path::Path;

/// Notes that a file is to be passed over, by its bytes where they are known.
pub async fn ignore(arguments: &cli::IgnoreArgs, stop: &Stop) -> Result<u8> {
    let reason = arguments.reason.trim();
    if reason.is_empty() {
        return Err(Error::new(Code::IgnoredWithoutReason, "--reason is empty"));
    }
    let elsewhere = arguments.database.database.is_some();
    let feeds = arguments.feed.as_deref().map_or(Ok(Vec::new()), |feed| load_feeds(feed, elsewhere))?;
    let feed = feeds.first();
    let target = target(&arguments.database, feed)?;
    migrate(&target).await?;
    let mut connection = Connection::open(&target).await?;
    let feed = feed.map_or("", |feed| feed.file_name());
    let result = note_all(&mut connection, feed, &arguments.file, reason, stop).await;
    connection.close().await;
    for RefusedName { feed, name, sha256 } in result? {
        let feed = if feed.is_empty() { "any feed".to_owned() } else { format!("feed {feed}") };
        let bytes = if sha256.is_empty() { String::new() } else { format!(" ({sha256})") };
        note(&format!("{}{bytes} is not offered to {feed} again", printable(&name)));
    }
    Ok(0)
}

async fn note_all(
    connection: &mut Connection,
    feed: &str,
    called: &str,
    reason: &str,
    stop: &Stop,
) -> Result<Vec<RefusedName>> {
    let ledger = Ledger(connection.dialect());
    let files = find(connection, feed, called, stop).await?;
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    connection.begin().await?;
    for RefusedName { feed, name, sha256 } in &files {
        let file_id = file_id(name, sha256);
        let file = NamedFile { feed, file_id: &file_id, name, sha256 };
        connection.execute(&ledger.ignored_forget(feed, &file_id)).await?;
        connection.execute(&ledger.ignored_add(file, reason, &now)).await?;
    }
    connection.commit().await?;
    Ok(files)
}

/// The files that are meant: those of this name or digest that runs refused; else the one that lies here, or the digest
/// itself, of this feed or of any.
async fn find(
    connection: &mut Connection,
    feed: &str,
    called: &str,
    stop: &Stop,
) -> Result<Vec<RefusedName>> {
    let is_digest = called.len() == 64 && called.bytes().all(|byte| byte.is_ascii_hexdigit());
    let called = if is_digest { called.to_ascii_lowercase() } else { called.to_owned() };
    let mut files = refused(connection, feed, &called).await?;
    if files.is_empty() && is_digest {
        files.push(RefusedName { feed: feed.into(), name: called.clone(), sha256: called.clone() });
    } else if files.is_empty() && Path::new(&called).is_file() {
        let path = Path::new(&called);
        let sha256 = source::digest_of(path, stop.flag())?;
        stop.flag().check()?;
        files = refused(connection, feed, &sha256).await?;
        let name = printable(&path.file_name().unwrap_or_default().to_string_lossy());
        if files.is_empty() {
            files.push(RefusedName { feed: feed.into(), name, sha256 });
        }
    }
    if files.is_empty() {
        let what = format!("no run has refused a file {}, and none lies there", excerpt(&called));
        return Err(Error::new(Code::NoSuchRefusal, what));
    }
    Ok(files)
}

/// Those of this name or digest that runs refused, of this feed or of any.
async fn refused(connection: &mut Connection, feed: &str, called: &str) -> Result<Vec<RefusedName>> {
    let called = Ledger(connection.dialect()).refused_called(called);
    let mut files: Vec<RefusedName> = connection.read(&called).await?;
    files.retain(|file| feed.is_empty() || file.feed == feed);
    Ok(files)
}
