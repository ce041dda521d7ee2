//! `tieout plan`: every statement of a run, in order, in the syntax of the database's own client.
//!
//! It prints what `run` executes, from the same place. It creates nothing: types of ours come from
//! preparing a SELECT, and the number of chunks from converting without writing.

use super::{
    arguments::{load_feeds_with, parameters, target},
    terminal::print,
};
use crate::{
    blocking::blocking,
    cli,
    convert::{self, ChunkFolder, Progress, RowSet, Sink},
    database::Connection,
    error::{Result, printable},
    feed::Feed,
    model::{Chunk, Converted, Parameters, Reject, chunk_name},
    reconcile::{self, Task},
    run::prepare_statements,
    source,
    sql::{self, Dialect, Statement, Work, client},
    stop::Stop,
};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// The run id that the plan of a row set writes under.
fn run_id(feed: &Feed) -> String {
    feed.set.as_ref().map_or_else(|| "plan".to_owned(), |set| format!("plan-{set}"))
}

/// Prints the plan, one part per row set.
pub async fn plan(arguments: &cli::PlanArgs, stop: Stop) -> Result<u8> {
    let feeds = load_feeds_with(&arguments.feed, &arguments.set.set, arguments.database.database.is_some())?;
    let target = target(&arguments.database, feeds.first())?;
    let converted = converted(&feeds, &arguments.files, stop).await?;
    let mut connection = Connection::open(&target).await?;
    let mut out = String::new();
    if let Some(space) = feeds.first().and_then(|feed| super::source::space(feed, &arguments.database.out)) {
        let _ = writeln!(out, "-- {space}");
    }
    for (feed, converted) in feeds.iter().zip(&converted) {
        set(&mut out, feed, converted, &mut connection, arguments).await?;
    }
    connection.close().await;
    print(&out)?;
    Ok(0)
}

async fn set(
    out: &mut String,
    feed: &Feed,
    converted: &[Converted],
    connection: &mut Connection,
    arguments: &cli::PlanArgs,
) -> Result<()> {
    let dialect = connection.dialect();
    let work = Work::new(dialect, feed);
    let given = Parameters { values: parameters(&arguments.set.set)?, casts: Vec::new() };
    let prepare = prepare_statements(connection, &work).await?;
    let shape = connection.describe_ours(feed, &given).await?;
    let run_id = run_id(feed);
    let task = Task { feed, shape: &shape, run_id: &run_id, converted, rejects: &[] };
    let steps = reconcile::statements(dialect, &task)?;
    heading(out, feed, connection, arguments);
    section(out, "the session");
    statements(out, dialect, connection.session_statements().iter());
    section(out, "the work tables");
    statements(out, dialect, prepare.iter().chain(&work.create_view()));
    section(out, "the bulk load");
    let chunks = self::chunks(feed, converted, &arguments.chunks, false);
    if chunks.is_empty() {
        out.push_str("-- name FILEs to see their chunks loaded here; without them the join compares every pair by value too\n");
    }
    out.push_str(&client::load(&work, &chunks)?);
    let parents = self::chunks(feed, converted, &arguments.chunks, true);
    if let Some(work) = work.of_parents().filter(|_| !parents.is_empty()) {
        out.push_str(&client::load(&work, &parents)?);
    }
    statements(out, dialect, work.index().iter());
    section(out, "the reconciliation, in one transaction");
    statements(out, dialect, [sql::begin(dialect)].iter());
    statements(out, dialect, steps.in_order().into_iter());
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    statements(out, dialect, reconcile::life_statements(dialect, &task, &now).iter());
    statements(out, dialect, [sql::commit(dialect)].iter());
    section(out, "the results, then the clean-up");
    statements(out, dialect, [sql::Ledger(dialect).read_results(&run_id)].iter());
    statements(out, dialect, work.truncate().iter());
    if arguments.explain {
        explain(out, connection, &work, &steps.join).await?;
    }
    Ok(())
}

fn heading(out: &mut String, feed: &Feed, connection: &Connection, arguments: &cli::PlanArgs) {
    let files: Vec<String> =
        arguments.files.iter().map(|file| printable(&file.display().to_string())).collect();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(out, "-- tieout plan of feed {} on {}", feed.name, connection.product());
    let _ = writeln!(out, "-- tieout's own tables come from `tieout migrate`; the chunks from");
    let _ = writeln!(
        out,
        "-- `tieout convert {} {} --out {}`",
        printable(&arguments.feed.display().to_string()),
        files.join(" "),
        arguments.chunks.display()
    );
    if let Some(remark) = client::remark(connection.dialect()) {
        let _ = writeln!(out, "-- {remark}");
    }
}

fn section(out: &mut String, title: &str) {
    let _ = writeln!(out, "\n-- {title}\n");
}

fn statements<'a>(out: &mut String, dialect: Dialect, all: impl Iterator<Item = &'a Statement>) {
    for statement in all {
        let _ = writeln!(out, "{};\n", statement.pasted(dialect));
    }
}

async fn explain(
    out: &mut String,
    connection: &mut Connection,
    work: &Work<'_>,
    join: &Statement,
) -> Result<()> {
    section(out, "the database's own plan of the join");
    for (table, columns) in work.tables() {
        if connection.table_columns(&table).await? != columns {
            out.push_str("-- the work tables are not there yet: run the feed once\n");
            return Ok(());
        }
    }
    for row in connection.rows(&sql::explain(connection.dialect(), join)).await? {
        let text = row.into_iter().flatten().collect::<Vec<_>>().join("  ");
        for line in text.lines() {
            let _ = writeln!(out, "-- {}", printable(line));
        }
    }
    Ok(())
}

/// The names of a row set's chunks: of its rows, or of elements without.
fn chunks(feed: &Feed, converted: &[Converted], folder: &Path, parents: bool) -> Vec<String> {
    let folder = feed.set.as_ref().map_or_else(|| folder.to_owned(), |set| folder.join(set));
    let numbered = converted.iter().zip(1..);
    numbered
        .flat_map(|(one, file_no)| {
            let count = if parents { one.parent_chunks } else { one.chunks };
            (1..=count).map(move |chunk| chunk_name(file_no, chunk, parents))
        })
        .map(|name| folder.join(name).display().to_string())
        .collect()
}

/// Converts without writing, to learn of every row set how many chunks and rows it has.
async fn converted(feeds: &[Feed], files: &[PathBuf], stop: Stop) -> Result<Vec<Vec<Converted>>> {
    let (feeds, files) = (feeds.to_vec(), files.to_vec());
    let work = move || {
        let mut all: Vec<Vec<Converted>> = feeds.iter().map(|_| Vec::new()).collect();
        if files.is_empty() {
            return Ok(all);
        }
        let files = source::files(&feeds[0], &files, stop.flag())?.files;
        let set = |feed: Feed| {
            let parents = sql::reads_parents(&feed);
            RowSet::new(feed, ChunkFolder::Nowhere).with_parents(parents)
        };
        let sets: Vec<RowSet> = feeds.into_iter().map(set).collect();
        for (file_no, file) in (1..).zip(&files) {
            let mut sinks: Vec<Nothing> = sets.iter().map(|_| Nothing).collect();
            let to = sets.iter().zip(&mut sinks).map(|(set, sink)| set.of_file(file_no, sink)).collect();
            let converted = convert::convert_file(file, to, stop.flag(), &Progress::default())?;
            all.iter_mut().zip(converted).for_each(|(set, one)| set.push(one));
        }
        Ok(all)
    };
    blocking(work).await
}

/// Nothing is written, so nothing arrives; rejects are for `run` to report.
struct Nothing;

impl Sink for Nothing {
    fn chunk(&mut self, _: Chunk) -> Result<()> {
        Ok(())
    }
    fn reject(&mut self, _: Reject) -> Result<()> {
        Ok(())
    }
}
