//! `tieout history`, `tieout report` and `tieout migrate`: what the ledger knows.

use super::{
    arguments::{existing_target, load_feeds, target},
    terminal::{note, print, print_summary},
};
use crate::{
    cli::{self, DatabaseArgs, Format},
    database::{Connection, has_ledger, migrate},
    error::{Code, Error, Place, Result, excerpt, printable, printable_json},
    feed::{Feed, advice},
    ledger::{FeedKey, RunRow},
    model::{ExpectedFiles, Verdict, controls_failed},
    run,
    sql::Ledger,
};
use serde_json::{Value, json};
use std::{fmt::Write as _, path::Path};

/// What an argument names: a feed file, or just a feed.
pub struct NamedFeed {
    /// The file's row sets; none where it is a name.
    pub feeds: Vec<Feed>,
    /// What the ledger calls them.
    pub names: Vec<String>,
    /// Whether a person wrote the name, so that it may be misspelt.
    written: bool,
}

/// Reads an argument that is the path of a feed file, or a feed's name.
///
/// # Errors
/// `NoFeedFile` where it is a path that leads nowhere; those of a feed file.
pub fn named_feed(argument: &Path, database: &DatabaseArgs) -> Result<NamedFeed> {
    let text = argument.display().to_string();
    if argument.exists() {
        let feeds = load_feeds(argument, database.database.is_some())?;
        let names = feeds.iter().map(|feed| feed.name.clone()).collect();
        return Ok(NamedFeed { feeds, names, written: false });
    }
    if text.contains('/') || argument.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml")) {
        let place = Place::file(&text);
        return Err(Error::new(Code::NoFeedFile, format!("there is no feed file {place}")).about(place));
    }
    Ok(NamedFeed { feeds: Vec::new(), names: vec![text], written: true })
}

impl NamedFeed {
    /// Refuses a name that the ledger does not know.
    ///
    /// # Errors
    /// `NoRunOfFeed`; `Database`.
    pub async fn known(&self, connection: &mut Connection, shown: &str) -> Result<()> {
        if !self.written {
            return Ok(());
        }
        let ledger = Ledger(connection.dialect());
        let there = has_ledger(connection).await?;
        let known: Vec<FeedKey> =
            if there { connection.read(&ledger.feeds_known()).await? } else { Vec::new() };
        let known: Vec<&str> = known.iter().map(|FeedKey(feed)| &**feed).collect();
        let name = &self.names[0];
        if known.contains(&name.as_str()) {
            return Ok(());
        }
        let cause = Error::new(Code::NoRunOfFeed, format!("no feed {} ever ran in {shown}", excerpt(name)));
        Err(if known.is_empty() { cause } else { cause.with_hint(advice(name, known)) })
    }
}

pub async fn history(arguments: &cli::HistoryArgs) -> Result<u8> {
    let named = arguments.feed.as_ref().map(|feed| named_feed(feed, &arguments.database)).transpose()?;
    let feeds = named.as_ref().map_or(&[][..], |named| &named.feeds);
    let target = existing_target(&arguments.database, feeds.first())?;
    let mut connection = Connection::open(&target).await?;
    let ledger = Ledger(connection.dialect());
    if let Some(named) = &named {
        named.known(&mut connection, target.shown()).await?;
    }
    let mut runs: Vec<RunRow> = Vec::new();
    if has_ledger(&mut connection).await? {
        for name in named.map_or_else(|| vec![String::new()], |named| named.names) {
            runs.extend(connection.read(&ledger.runs_history(&name)).await?);
        }
    }
    connection.close().await;
    // Of row sets too, the newest comes first.
    runs.sort_by(|a, b| b.started_at.cmp(&a.started_at));
    let lines = runs.iter().map(HistoryLine::of).collect::<Result<Vec<_>>>()?;
    match arguments.format {
        Format::Text if lines.is_empty() => note("there is no run yet"),
        Format::Text => print(&table(&lines))?,
        Format::Json => {
            let list: Vec<&Value> = lines.iter().map(|line| &line.json).collect();
            let text = serde_json::to_string_pretty(&list).unwrap_or_default();
            print(&format!("{}\n", printable_json(&text)))?;
        }
    }
    Ok(0)
}

/// A run in the list.
struct HistoryLine {
    /// When, which, what it came to, how long.
    cells: [String; 4],
    /// Rows and files, or why it failed.
    rest: String,
    json: Value,
}

impl HistoryLine {
    fn of(run: &RunRow) -> Result<Self> {
        let RunRow { run_id, feed, status, verdict, started_at, finished_at, failure, .. } = run;
        let summary = run.summary()?;
        let files: Vec<String> = summary.iter().flat_map(|s| &s.files).map(|f| printable(&f.name)).collect();
        let nothing = summary.as_ref().is_some_and(|s| s.counts.nothing_compared());
        let nothing = if nothing { "nothing was compared  " } else { "" };
        let (breaks, matched) = summary.as_ref().map_or((0, 0), |s| (s.counts.breaks(), s.counts.matched));
        let failed = summary.as_ref().map_or(0, |s| s.failed_controls);
        let came_to = match controls_failed(failed) {
            _ if verdict.is_empty() => (*status).to_owned(),
            Some(failed) if *verdict != Verdict::Breaks.name() => format!("tied_out, {failed}"),
            Some(failed) => format!("{verdict}, {failed}"),
            None => (*verdict).to_owned(),
        };
        let refused = summary.as_ref().map_or(0, |s| s.refused_files.len());
        let expected = summary.as_ref().and_then(|s| s.expected_files.as_ref());
        let missing = expected.map_or(0, ExpectedFiles::missing_in_all);
        let beside = [(refused as u64, "refused"), (missing, "missing")].map(|(files, word)| match files {
            0 => String::new(),
            1 => format!("1 file {word}  "),
            files => format!("{files} files {word}  "),
        });
        let seconds = seconds(started_at, finished_at);
        let took = seconds.map_or_else(String::new, took);
        let json = json!({ "run_id": run_id, "feed": feed, "status": status, "verdict": verdict,
            "started_at": started_at, "finished_at": finished_at, "seconds": seconds, "files": files,
            "matched": matched, "breaks": breaks, "failed_controls": failed,
            "refused_files": refused, "missing_files": missing,
            "failure": (!failure.is_empty()).then_some(failure) });
        let rest = if summary.is_some() {
            let files = files.join(", ");
            format!("{matched} matched, {breaks} breaks  {nothing}{}{files}", beside.concat())
        } else {
            why(failure)
        };
        Ok(Self { cells: [started_at.clone(), run_id.to_string(), came_to, took], rest, json })
    }
}

/// Why a run failed, on one line.
fn why(failure: &str) -> String {
    failure.lines().map(printable).collect::<Vec<_>>().join("; ")
}

/// Whole seconds between two times; none where one is not there.
fn seconds(from: &str, to: &str) -> Option<i64> {
    let [from, to] = [from, to].map(|text| text.parse::<jiff::Timestamp>().ok());
    Some(to?.as_second() - from?.as_second())
}

fn took(seconds: i64) -> String {
    match seconds {
        ..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// Lines under a header, in columns.
fn table(lines: &[HistoryLine]) -> String {
    let header = ["started (UTC)", "run", "came to", "took"].map(str::to_owned);
    let width = |n: usize| lines.iter().map(|line| &line.cells[n]).chain([&header[n]]).map(String::len).max();
    let widths = [0, 1, 2, 3].map(|n| width(n).unwrap_or_default());
    let mut text = String::new();
    let rows = lines.iter().map(|line| (&line.cells, line.rest.as_str()));
    for (cells, rest) in [(&header, "rows and files, or why it failed")].into_iter().chain(rows) {
        for (cell, width) in cells.iter().zip(widths) {
            // Writing to a String cannot fail.
            let _ = write!(text, "{cell:<width$}  ");
        }
        text.push_str(rest.trim_end());
        text.push('\n');
    }
    text
}

/// Writes a past run's outputs again.
pub async fn report(arguments: &cli::ReportArgs) -> Result<u8> {
    let feeds = of_file(arguments.feed.as_deref(), &arguments.database)?;
    let target = existing_target(&arguments.database, feeds.first())?;
    let mut connection = Connection::open(&target).await?;
    let there = has_ledger(&mut connection).await?;
    connection.close().await;
    if !there {
        let what = format!("there is no run {}: {} holds none", excerpt(&arguments.run), target.shown());
        return Err(Error::new(Code::NoSuchRun, what));
    }
    migrate(&target).await?;
    let (summary, folder) = run::replay(&target, &arguments.run, &arguments.database.out).await?;
    print_summary(&summary, &folder, arguments.format)?;
    Ok(summary.status())
}

/// Creates or upgrades tieout's own tables.
pub async fn migrate_command(arguments: &cli::MigrateArgs) -> Result<u8> {
    let feeds = of_file(arguments.feed.as_deref(), &arguments.database)?;
    let target = target(&arguments.database, feeds.first())?;
    let applied = migrate(&target).await?;
    note(&match applied.as_slice() {
        [] => format!("tieout's tables in {} are up to date", target.shown()),
        some => format!("applied to {}: {}", target.shown(), some.join(", ")),
    });
    Ok(0)
}

/// `--feed`: whose database it is.
fn of_file(feed: Option<&Path>, database: &DatabaseArgs) -> Result<Vec<Feed>> {
    feed.map_or(Ok(Vec::new()), |feed| load_feeds(feed, database.database.is_some()))
}
