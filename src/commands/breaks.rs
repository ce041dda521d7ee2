//! `tieout breaks` and `tieout accept`: what is open over runs, and what is known of it.

use super::{
    arguments::{existing_target, load_feeds},
    terminal::{note, print},
};
use crate::{
    cli::{self, ListFormat},
    database::{Connection, migrate},
    error::{Code, Error, Result, excerpt, printable, printable_json},
    feed::Feed,
    ledger::{KnownBreak, OpenRow, RunDetail},
    model::{Life, Outcome, checksum, is_break_id},
    run::is_day,
    sql::Ledger,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use std::{fmt::Write as _, path::Path};

/// A feed file's feeds, or none where the text is a feed's name; and the names.
fn feeds_named(feed: &Path, elsewhere: bool) -> Result<(Vec<Feed>, Vec<String>)> {
    if !feed.exists() {
        return Ok((Vec::new(), vec![feed.display().to_string()]));
    }
    let feeds = load_feeds(feed, elsewhere)?;
    let names = feeds.iter().map(|feed| feed.name.clone()).collect();
    Ok((feeds, names))
}

/// The day that it is, in UTC.
fn today() -> String {
    Timestamp::now().to_zoned(TimeZone::UTC).date().to_string()
}

/// Lists open breaks, oldest first.
pub async fn breaks(arguments: &cli::BreaksArgs) -> Result<u8> {
    let outcome = arguments.outcome.as_deref().map(|word| {
        let found = Outcome::parse(&word.replace('-', "_")).filter(|outcome| *outcome != Outcome::Matched);
        found.ok_or_else(|| {
            let known: Vec<&str> = Outcome::ALL[1..].iter().map(|outcome| outcome.name()).collect();
            Error::new(
                Code::BadBreakArgument,
                format!("--outcome {} is none of {}", excerpt(word), known.join(", ")),
            )
        })
    });
    let outcome = outcome.transpose()?;
    let (feeds, names) = feeds_named(&arguments.feed, arguments.database.database.is_some())?;
    let target = existing_target(&arguments.database, feeds.first())?;
    migrate(&target).await?;
    let mut connection = Connection::open(&target).await?;
    let ledger = Ledger(connection.dialect());
    let mut rows: Vec<(String, OpenRow)> = Vec::new();
    for name in &names {
        let last: Option<i64> = connection.read_first(&ledger.run_last_seq(name)).await?;
        if last.unwrap_or_default() == 0 && feeds.is_empty() {
            let what = format!("there is no run of a feed {}", excerpt(name));
            return Err(Error::new(Code::NoSuchBreak, what)
                .with_hint("name the feed file, or a feed as `tieout history` lists it"));
        }
        let cut_off = last_cut_off(&mut connection, name).await?;
        let open: Vec<OpenRow> = connection.read(&ledger.breaks_open(name, &today(), &cut_off)).await?;
        rows.extend(open.into_iter().map(|row| (name.clone(), row)));
    }
    connection.close().await;
    rows.retain(|(_, row)| {
        arguments.age.is_none_or(|days| age(row) >= days)
            && outcome.is_none_or(|outcome| row.outcome == outcome)
            && arguments.column.as_ref().is_none_or(|column| row.differing.contains(column))
            && (!arguments.new || row.life == Life::New)
            && (!arguments.timing || row.timing_until.is_some())
    });
    // Several row sets are one list.
    rows.sort_by(|(_, one), (_, other)| one.first_seen.cmp(&other.first_seen));
    match arguments.format {
        ListFormat::Text if rows.is_empty() => note("no such break is open"),
        ListFormat::Text => print(&text(&rows))?,
        ListFormat::Json => print(&json(&rows))?,
        ListFormat::Csv => print(&csv(&rows)?)?,
    }
    Ok(0)
}

/// The cut-off of the feed's last run that had one; empty where none had.
async fn last_cut_off(connection: &mut Connection, feed: &str) -> Result<String> {
    let runs: Vec<RunDetail> = connection.read(&Ledger(connection.dialect()).runs_before(feed)).await?;
    for run in runs {
        let timing = run.summary()?.and_then(|summary| summary.timing);
        if let Some(timing) = timing.filter(|timing| !timing.cut_off.is_empty()) {
            return Ok(timing.cut_off);
        }
    }
    Ok(String::new())
}

/// Whole days since it was first seen.
fn age(row: &OpenRow) -> u64 {
    let seconds = row
        .first_seen
        .parse::<Timestamp>()
        .map_or(0, |first| Timestamp::now().as_second() - first.as_second());
    u64::try_from(seconds / 86_400).unwrap_or_default()
}

fn key(row: &OpenRow) -> Vec<String> {
    checksum::decode(&row.key_text)
}

fn text(rows: &[(String, OpenRow)]) -> String {
    let mut text = format!(
        "{:<32}  {:>4}  {:<19}  {:<10}  key, columns, accepted, timing\n",
        "break_id", "days", "outcome", "life"
    );
    for (_, row) in rows {
        let OpenRow { break_id, outcome, life, differing, accepted, .. } = row;
        // Writing to a String cannot fail, here and below.
        let _ = write!(text, "{break_id}  {:>4}  {:<19}  {:<10}  ", age(row), outcome.name(), life.name());
        let _ = write!(text, "{}", printable(&key(row).join(" | ")));
        if !differing.is_empty() {
            let _ = write!(text, "  {}", printable(&differing.join(";")));
        }
        if let Some(accepted) = accepted {
            let _ = write!(
                text,
                "  accepted until {}: {}",
                printable(&accepted.until),
                printable(&accepted.reason)
            );
        }
        if let Some(until) = &row.timing_until {
            let _ = write!(text, "  timing until {}", printable(until));
        }
        text.push('\n');
    }
    text
}

fn json(rows: &[(String, OpenRow)]) -> String {
    let one = |(feed, row): &(String, OpenRow)| {
        let accepted = row.accepted.as_ref();
        json!({ "feed": feed, "break_id": row.break_id, "outcome": row.outcome.name(), "key": key(row),
            "days_open": age(row), "life": row.life.name(), "differing_columns": row.differing,
            "first_seen": row.first_seen, "last_seen": row.last_seen, "last_run": row.last_run, "runs_open": row.runs_open,
            "accepted_until": accepted.map(|one| &one.until), "accepted_owner": accepted.map(|one| &one.owner),
            "accepted_reason": accepted.map(|one| &one.reason), "timing_until": row.timing_until })
    };
    let text = serde_json::to_string_pretty(&rows.iter().map(one).collect::<Vec<_>>()).unwrap_or_default();
    format!("{}\n", printable_json(&text))
}

fn csv(rows: &[(String, OpenRow)]) -> Result<String> {
    let failed = |cause: csv::Error| Error::internal(cause.to_string());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let header = [
        "feed",
        "break_id",
        "outcome",
        "key",
        "days_open",
        "life",
        "differing_columns",
        "first_seen",
        "last_seen",
    ];
    let more =
        ["last_run", "runs_open", "accepted_until", "accepted_owner", "accepted_reason", "timing_until"];
    writer.write_record(header.iter().chain(&more)).map_err(failed)?;
    for (feed, row) in rows {
        let accepted = |part: fn(&crate::model::Acceptance) -> &String| {
            row.accepted.as_ref().map_or("", |one| part(one))
        };
        writer
            .write_record([
                feed.as_str(),
                &row.break_id,
                row.outcome.name(),
                &printable(&key(row).join(" | ")),
                &age(row).to_string(),
                row.life.name(),
                &row.differing.join(";"),
                &row.first_seen,
                &row.last_seen,
                &row.last_run,
                &row.runs_open.to_string(),
                accepted(|one| &one.until),
                accepted(|one| &one.owner),
                accepted(|one| &one.reason),
                row.timing_until.as_deref().unwrap_or_default(),
            ])
            .map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|cause| Error::internal(cause.error().to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Takes a break out of the exit status.
pub async fn accept(arguments: &cli::AcceptArgs) -> Result<u8> {
    let cli::AcceptArgs { id, reason, until, owner, .. } = arguments;
    let wrong = |what: String| Err(Error::new(Code::BadBreakArgument, what));
    if !is_break_id(id) {
        return wrong(format!("{} is no break_id: 32 hex digits, as in breaks.csv", excerpt(id)));
    }
    if !is_day(until) {
        return wrong(format!("--until {} is no date; write it like 2026-01-31", excerpt(until)));
    }
    if *until < today() {
        return wrong(format!("--until {until} is over"));
    }
    if reason.trim().is_empty() {
        return wrong("--reason is empty".into());
    }
    let elsewhere = arguments.database.database.is_some();
    let feeds = arguments.feed.as_deref().map_or(Ok(Vec::new()), |feed| load_feeds(feed, elsewhere))?;
    let target = existing_target(&arguments.database, feeds.first())?;
    migrate(&target).await?;
    let mut connection = Connection::open(&target).await?;
    let ledger = Ledger(connection.dialect());
    let known: Option<KnownBreak> = connection.read_first(&ledger.break_read(id)).await?;
    let Some(known) = known.filter(|known| known.is_open) else {
        return Err(Error::new(Code::NoSuchBreak, format!("no break {id} is open there")));
    };
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    connection.begin().await?;
    connection.execute(&ledger.accepted_remove(&known.feed, id, "command")).await?;
    let owner = owner.clone().unwrap_or_default();
    let row =
        ledger.accepted_add(&known.feed, id, "command", [reason, until, &owner], &now, &known.fingerprint);
    connection.execute(&row).await?;
    connection.commit().await?;
    connection.close().await;
    let key = printable(&checksum::decode(&known.key_text).join(" | "));
    print(&format!("accepted until {until}: {} {key} of feed {}\n", known.outcome.words(), known.feed))?;
    Ok(0)
}
