//! `tieout check`: everything that `run` needs, tried before the night.

use super::{database_url, drift, load_feeds, parameters, print, target};
use crate::{
    cli,
    database::{Connection, Stop, pending},
    error::{Error, Result},
    feed::{Feed, Relation},
    model::{FILTERED, Family, Parameters},
    sql::{Dialect, Statement},
};
use std::{fmt::Write as _, path::PathBuf};

/// What was found: lines for people, and whether anything stands in the way of a run.
#[derive(Default)]
pub(super) struct Findings {
    text: String,
    blocked: Vec<String>,
    grants: Vec<String>,
}

impl Findings {
    pub fn good(&mut self, text: &str) {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(self.text, "ok       {text}");
    }
    /// A value that no path of the feed mentions.
    pub fn unmapped(&mut self, text: &str) {
        let _ = writeln!(self.text, "unmapped {text}");
    }
    /// A path that led nowhere where nothing is missing for it.
    pub fn spare(&mut self, text: &str) {
        let _ = writeln!(self.text, "spare    {text}");
    }
    pub fn warn(&mut self, text: &str) {
        let _ = writeln!(self.text, "warning  {text}");
    }
    pub fn bad(&mut self, text: &str) {
        let _ = writeln!(self.text, "FAILED   {text}");
        self.blocked.push(text.to_owned());
    }
}

/// Checks the feed against the files, if any are given, and against the database.
pub async fn check(arguments: &cli::Check, stop: Stop) -> Result<u8> {
    let feeds = load_feeds(&arguments.feed)?;
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
    if !found.grants.is_empty() {
        let _ = writeln!(
            found.text,
            "\nmissing grants, to be run by an administrator:\n{}",
            found.grants.join("\n")
        );
    }
    print(&found.text)?;
    if let Some(error) = refused.or(unreached) {
        return Err(error);
    }
    match found.blocked.first() {
        None => Ok(0),
        Some(first) => Err(Error::database(
            format!("{} checks failed, the first: {first}", found.blocked.len()),
            "correct what is marked FAILED above; nothing was changed",
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
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|panic| Error::internal(format!("the reader panicked: {panic}")))?
}

/// What `run` needs of the database.
async fn database(arguments: &cli::Check, feeds: &[Feed], found: &mut Findings) -> Result<()> {
    let target = target(&arguments.database, feeds.first())?;
    let mut connection = Connection::open(&target).await?;
    found.good(&format!("connected to {} ({})", target.shown(), connection.product()));
    schema(&mut connection, found).await?;
    for feed in feeds {
        if feed.ours.is_some() {
            let values = known(feed, parameters(&arguments.set.set)?);
            ours(&mut connection, feed, &Parameters { values, casts: Vec::new() }, found).await;
        } else {
            found.bad(&format!("feed {} has no [ours]: it can only convert", feed.name));
        }
    }
    privileges(&mut connection, found).await?;
    settings(&mut connection, found).await?;
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
    // The query of ours may read {theirs}, which is there only after a first run.
    let shape = match connection.describe_ours(feed, given).await {
        Ok(shape) => shape,
        Err(cause) => {
            let text = cause.to_string();
            if text.contains("tieout_stage_") {
                found.warn("[ours] reads {theirs}, whose table the first run creates: its columns cannot be checked yet");
            } else {
                found.bad(&format!("{text}; {}", cause.hint()));
                if cause.hint().contains("lacks a privilege") {
                    grant_ours(connection, feed, found).await;
                }
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
    // Postgres asks for the privilege only when a statement runs.
    if let (Dialect::Postgres, Some(table)) = (connection.dialect(), table_of_ours(connection, feed)) {
        let name = connection.dialect().literal(&table);
        let may = format!(
            "SELECT CAST(has_table_privilege({name}, 'SELECT') OR has_any_column_privilege({name}, 'SELECT') AS text)"
        );
        if ask(connection, &may).await.is_ok_and(|may| may.as_deref() == Some("false")) {
            found.bad(&format!("the user may not read {table}"));
            grant_ours(connection, feed, found).await;
        }
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

/// Our table's quoted name; a query has none.
fn table_of_ours(connection: &Connection, feed: &Feed) -> Option<String> {
    let Relation::Table(parts) = &feed.ours.as_ref()?.relation else { return None };
    let parts: Vec<String> = parts.iter().map(|part| connection.dialect().quote(part)).collect();
    Some(parts.join("."))
}

async fn grant_ours(connection: &mut Connection, feed: &Feed, found: &mut Findings) {
    let table = table_of_ours(connection, feed).unwrap_or_else(|| "<every table that [ours] reads>".into());
    let user = match connection.dialect() {
        Dialect::Postgres => "SELECT CAST(quote_ident(current_user) AS text)",
        _ => "SELECT CONCAT('`', REPLACE(CAST(current_user() AS char), '@', '`@`'), '`')",
    };
    if let Ok(Some(user)) = ask(connection, user).await {
        found.grants.push(format!("GRANT SELECT ON {table} TO {user};"));
    }
}

async fn privileges(connection: &mut Connection, found: &mut Findings) -> Result<()> {
    match connection.dialect() {
        Dialect::Postgres => postgres_privileges(connection, found).await,
        Dialect::MySql | Dialect::MariaDb => mysql_privileges(connection, found).await,
        Dialect::Sqlite => {
            // BEGIN IMMEDIATE takes the write lock, which a read-only file refuses.
            match connection.begin().await {
                Ok(()) => {
                    connection.rollback().await;
                    found.good("the SQLite file can be written");
                }
                Err(cause) => found.bad(&cause.to_string()),
            }
            Ok(())
        }
    }
}

async fn ask(connection: &mut Connection, sql: &str) -> Result<Option<String>> {
    connection.one(&Statement::plain("check", sql)).await
}

async fn postgres_privileges(connection: &mut Connection, found: &mut Findings) -> Result<()> {
    let user = ask(connection, "SELECT CAST(quote_ident(current_user) AS text)").await?.unwrap_or_default();
    let Some(schema) = ask(connection, "SELECT CAST(quote_ident(current_schema()) AS text)").await? else {
        found.bad("the connection has no current schema to create tables in: set search_path for the role");
        return Ok(());
    };
    let allowed =
        ask(connection, "SELECT CAST(has_schema_privilege(current_schema(), 'CREATE') AS text)").await?;
    if allowed.as_deref() == Some("true") {
        found.good(&format!("{user} may create tables in schema {schema}"));
    } else {
        found.bad(&format!("{user} may not create tables in schema {schema}"));
        found.grants.push(format!("GRANT USAGE, CREATE ON SCHEMA {schema} TO {user};"));
    }
    let superuser = ask(connection, "SELECT current_setting('is_superuser')").await?;
    if superuser.as_deref() == Some("on") {
        found.warn(&format!(
            "{user} is a superuser: a role that may read ours and create its own tables is enough"
        ));
    }
    Ok(())
}

async fn mysql_privileges(connection: &mut Connection, found: &mut Findings) -> Result<()> {
    let user = ask(connection, "SELECT CAST(current_user() AS char)").await?.unwrap_or_default();
    let Some(database) = ask(connection, "SELECT CAST(database() AS char)").await? else {
        found.bad("the URL names no database to create tables in");
        return Ok(());
    };
    let (name, host) = user.rsplit_once('@').unwrap_or((&user, "%"));
    let rows = connection.rows(&Statement::plain("check", "SHOW GRANTS")).await?;
    let grants: Vec<String> = rows.into_iter().flatten().flatten().collect();
    let needed = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP"];
    let here = [
        format!(" ON `{database}`.*"),
        format!(" ON `{}`.*", database.replace('_', "\\_")),
        " ON *.*".to_owned(),
    ];
    let missing: Vec<&str> = (needed.into_iter())
        .filter(|privilege| {
            !grants.iter().any(|grant| {
                here.iter().any(|place| {
                    grant.split_once(place.as_str()).is_some_and(|(privileges, _)| {
                        let list = privileges.trim_start_matches("GRANT ");
                        list == "ALL PRIVILEGES" || list.split(", ").any(|one| one == *privilege)
                    })
                })
            })
        })
        .collect();
    if missing.is_empty() {
        found.good(&format!("{user} may create and fill tables in {database}"));
    } else if grants.iter().any(|grant| !grant.contains(" ON ")) {
        found.warn("privileges come from roles: they are not looked into; the first run shows");
    } else {
        found.bad(&format!("{user} lacks {} in {database}", missing.join(", ")));
        found.grants.push(format!("GRANT {} ON `{database}`.* TO '{name}'@'{host}';", missing.join(", ")));
    }
    Ok(())
}

async fn settings(connection: &mut Connection, found: &mut Findings) -> Result<()> {
    if connection.dialect().mysql_family() {
        let local = ask(connection, "SELECT CAST(@@global.local_infile + 0 AS char)").await?;
        if local.as_deref() == Some("1") {
            found.good("local_infile is on: rows are loaded by LOAD DATA LOCAL");
        } else {
            found.warn("local_infile is off: rows are loaded by INSERT, which is slower; SET GLOBAL local_infile = 1 allows LOAD DATA LOCAL");
        }
    }
    Ok(())
}
