//! `tieout history`, `tieout report` and `tieout migrate`: what the ledger knows.

use super::{
    arguments::{load_feeds, target},
    terminal::{note, print, print_summary},
};
use crate::{
    cli::{self, Format},
    database::{Connection, migrate, pending},
    error::{Result, printable, printable_json},
    ledger::RunRow,
    model::{Verdict, controls_failed},
    run,
    sql::Ledger,
};
use serde_json::json;
use std::fmt::Write as _;

pub async fn history(arguments: &cli::HistoryArgs) -> Result<u8> {
    // A feed file, or just a feed's name.
    let file = arguments.feed.as_ref().filter(|path| path.exists());
    let feeds = file.map_or(Ok(Vec::new()), |path| load_feeds(path))?;
    let names: Vec<String> = match (feeds.as_slice(), &arguments.feed) {
        ([], Some(name)) => vec![name.display().to_string()],
        ([], None) => vec![String::new()],
        (feeds, _) => feeds.iter().map(|feed| feed.name.clone()).collect(),
    };
    let mut connection = Connection::open(&target(&arguments.database, feeds.first())?).await?;
    let ledger = Ledger(connection.dialect());
    let mut runs: Vec<RunRow> = Vec::new();
    if pending(&mut connection).await?.is_empty() {
        for name in names {
            runs.extend(connection.read(&ledger.runs_history(&name)).await?);
        }
    }
    connection.close().await;
    let mut text = String::new();
    let mut list = Vec::new();
    for run in runs {
        let RunRow { run_id, feed, status, verdict, started_at, finished_at, .. } = &run;
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
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{started_at}  {run_id}  {came_to:<9}  {matched} matched, {breaks} breaks  {nothing}{}",
            files.join(", ")
        );
        list.push(json!({ "run_id": run_id, "feed": feed, "status": status, "verdict": verdict,
            "started_at": started_at, "finished_at": finished_at, "files": files, "matched": matched, "breaks": breaks,
            "failed_controls": failed }));
    }
    match arguments.format {
        Format::Text if text.is_empty() => note("there is no run yet"),
        Format::Text => print(&text)?,
        Format::Json => {
            let text = serde_json::to_string_pretty(&list).unwrap_or_default();
            print(&format!("{}\n", printable_json(&text)))?;
        }
    }
    Ok(0)
}

/// Writes a past run's outputs again.
pub async fn report(arguments: &cli::ReportArgs) -> Result<u8> {
    let target = target(&arguments.database, None)?;
    migrate(&target).await?;
    let (summary, folder) = run::replay(&target, &arguments.run, &arguments.database.out).await?;
    print_summary(&summary, &folder, arguments.format)?;
    Ok(summary.status())
}

/// Creates or upgrades tieout's own tables.
pub async fn migrate_command(arguments: &cli::DatabaseArgs) -> Result<u8> {
    let target = target(arguments, None)?;
    let applied = migrate(&target).await?;
    note(&match applied.as_slice() {
        [] => format!("tieout's tables in {} are up to date", target.shown()),
        some => format!("applied to {}: {}", target.shown(), some.join(", ")),
    });
    Ok(0)
}
