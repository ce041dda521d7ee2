//! `tieout plan`: every statement of a run, in order, in the syntax of the database's own client.
//!
//! It prints what `run` executes, from the same place. It creates nothing that stays: types of ours come from preparing a
//! SELECT, and the number of chunks from converting. `--explain` writes them, to be loaded into tables of its session.

use super::{
    arguments::{load_feeds_with, parameters, target},
    scratch::Scratch,
    terminal::print,
};
use crate::{
    blocking::blocking,
    cli,
    convert::{self, ChunkFolder, Progress, RowSet, Sink},
    database::{Connection, OurStatistics, Target},
    error::{Result, printable},
    feed::Feed,
    model::{Chunk, Converted, Parameters, Reject, chunk_name},
    reconcile::{self, Task},
    run::{self, Estimate, PlannedRun},
    source::{self, InputFile},
    sql::{
        self,
        client::{self, PlanStep},
    },
    stop::Stop,
};
use std::{fmt::Write as _, path::PathBuf};

/// Prints the plan, one part per row set.
pub async fn plan(arguments: &cli::PlanArgs, stop: Stop) -> Result<u8> {
    let feeds = load_feeds_with(&arguments.feed, &arguments.set.set, arguments.database.database.is_some())?;
    let target = target(&arguments.database, feeds.first())?;
    let scratch = arguments.explain.then(Scratch::new).transpose()?;
    let theirs = PlannedFiles::read(&feeds, &arguments.files, scratch.as_ref(), stop.clone()).await?;
    let mut connection = Connection::open(&target).await?;
    let mut out = String::new();
    if let Some(space) = feeds.first().and_then(|feed| super::source::space(feed, &arguments.database.out)) {
        let _ = writeln!(out, "-- {space}");
    }
    for (feed, of_set) in feeds.iter().zip(&theirs.sets) {
        heading(&mut out, feed, &connection, arguments);
        let one = OneSet { feed, of_set, files: &theirs.files, arguments };
        one.print(&mut out, &mut connection, &target, &stop).await?;
    }
    connection.close().await;
    print(&out)?;
    Ok(0)
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
    out.push_str(
        "-- Pasted, it comes to the results of a run, prints them, and leaves nothing: what a run commits is rolled back here,\n\
         -- work tables are emptied, and those that were not there are dropped. It may be pasted again.\n",
    );
    if let Some(remark) = client::remark(connection.dialect()) {
        let _ = writeln!(out, "-- {remark}");
    }
}

/// A row set, and what it is given.
struct OneSet<'a> {
    feed: &'a Feed,
    of_set: &'a TheirSet,
    files: &'a [InputFile],
    arguments: &'a cli::PlanArgs,
}

impl OneSet<'_> {
    async fn print(
        &self,
        out: &mut String,
        connection: &mut Connection,
        target: &Target,
        stop: &Stop,
    ) -> Result<()> {
        let (feed, dialect) = (self.feed, connection.dialect());
        let TheirSet { converted, rejects, chunks } = self.of_set;
        let given = Parameters { values: parameters(&self.arguments.set.set)?, casts: Vec::new() };
        if let Some(timing) = &feed.timing {
            timing.given(feed)?;
        }
        let shape = connection.describe_ours(feed, &given).await?;
        let names = [false, true].map(|parents| self.chunk_names(parents));
        let run = PlannedRun { feed, shape: &shape, files: self.files, converted, rejects, chunks: names };
        out.push_str(&client::script(dialect, &run::planned(connection, &run).await?));
        if self.arguments.explain {
            let task = Task { feed, shape: &shape, run_id: "plan", converted, rejects: &[] };
            let join = reconcile::statements(dialect, &task)?.join;
            let known = connection.statistics_of_ours(feed).await;
            let estimate = run::estimated(target, dialect, feed, &join, chunks, stop).await?;
            let steps = explained(feed, known.as_ref(), estimate);
            out.push_str(&client::script(dialect, &steps));
        }
        Ok(())
    }

    /// The names of the chunks as `convert` will write them: of rows, or of elements without.
    fn chunk_names(&self, parents: bool) -> Vec<String> {
        let folder = &self.arguments.chunks;
        let folder = self.feed.set.as_ref().map_or_else(|| folder.to_owned(), |set| folder.join(set));
        let numbered = self.of_set.converted.iter().zip(1..);
        numbered
            .flat_map(|(one, file_no)| {
                let count = if parents { one.parent_chunks } else { one.chunks };
                (1..=count).map(move |chunk| chunk_name(file_no, chunk, parents))
            })
            .map(|name| folder.join(name).display().to_string())
            .collect()
    }
}

/// What the database says of the join.
fn explained(feed: &Feed, known: Option<&OurStatistics>, estimate: Option<Estimate>) -> Vec<PlanStep> {
    let mut lines = match known {
        Some(known) => of_ours(feed, known),
        None => vec![
            "ours is no table that statistics are gathered of: see those of the tables that it reads".into(),
        ],
    };
    let Some(estimate) = estimate else {
        lines.push("there is no plan of the join: this account makes no table of its session, and the work tables are not there yet: run the feed once".into());
        return remarks(lines);
    };
    lines.push(match estimate.theirs {
        Some(0) => "theirs: no row; name FILEs to have their rows estimated".to_owned(),
        Some(rows) => format!("theirs: {rows} rows of the files, in tables of a session that has ended"),
        None => "theirs: the estimates know nothing of its rows".to_owned(),
    });
    lines.push(String::new());
    lines.extend(estimate.lines);
    remarks(lines)
}

fn remarks(lines: Vec<String>) -> Vec<PlanStep> {
    let lines = lines.into_iter().map(|line| PlanStep::Remark(format!("-- {}", printable(&line))));
    [PlanStep::Section("the database's own plan of the join")].into_iter().chain(lines).collect()
}

/// What the optimizer believes of ours, and which of its indexes could serve.
fn of_ours(feed: &Feed, known: &OurStatistics) -> Vec<String> {
    let size =
        known.bytes.map_or_else(String::new, |bytes| format!(", {bytes} bytes with all that belongs to it"));
    let when =
        known.gathered.as_ref().map_or_else(String::new, |when| format!("; statistics gathered at {when}"));
    let changed = known.changed.filter(|_| !known.absent);
    let since = changed.map_or_else(String::new, |rows| format!(", {rows} rows changed since"));
    let mut lines = vec![match known.rows.filter(|_| !known.absent) {
        Some(rows) => format!("ours: about {rows} rows{size}{when}{since}"),
        None => format!(
            "ours: its statistics are absent{size}: ANALYZE ours first, or the estimates mean nothing"
        ),
    }];
    let Some(ours) = &feed.ours else { return lines };
    let scope = ours.filter.as_deref().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = scope.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let keys: Vec<String> = (feed.columns.iter().filter(|column| column.is_key()))
        .map(|column| ours.expressions.get(&column.name).unwrap_or(&column.name).to_lowercase())
        .collect();
    let (mut serves_key, mut serves_scope) = (false, false);
    for (index, columns) in &known.indexes {
        let first = columns.first().map(|column| column.to_lowercase()).unwrap_or_default();
        let (key, scope) = (keys.contains(&first), words.contains(&first.as_str()));
        serves_key |= key;
        serves_scope |= scope;
        let of = match (key, scope) {
            (true, true) => ": begins with a column of the key that `where` names, too",
            (true, false) => ": begins with a column of the key",
            (false, true) => ": begins with a column that `where` names",
            (false, false) => "",
        };
        lines.push(format!("index {index} ({}){of}", columns.join(", ")));
    }
    if !serves_scope && ours.filter.is_some() {
        lines
            .push("no index of ours begins with a column that `where` names: the whole table is read".into());
    }
    if !serves_key {
        lines.push("no index of ours begins with a column of the key; the join itself needs none".into());
    }
    lines
}

/// The files, and what was read of them.
struct PlannedFiles {
    files: Vec<InputFile>,
    /// Per row set.
    sets: Vec<TheirSet>,
}

/// What was read for a row set.
#[derive(Default)]
struct TheirSet {
    converted: Vec<Converted>,
    rejects: Vec<(u32, Reject)>,
    /// Those that were written.
    chunks: Vec<Chunk>,
}

impl PlannedFiles {
    /// Converts, and writes chunks only into a scratch folder.
    async fn read(feeds: &[Feed], files: &[PathBuf], scratch: Option<&Scratch>, stop: Stop) -> Result<Self> {
        let (feeds, paths) = (feeds.to_vec(), files.to_vec());
        let folder = |n: usize| scratch.map(|scratch| scratch.folder(&n.to_string())).transpose();
        let folders = (0..feeds.len()).map(folder).collect::<Result<Vec<_>>>()?;
        blocking(move || read(feeds, &paths, folders, &stop)).await
    }
}

fn read(
    feeds: Vec<Feed>,
    paths: &[PathBuf],
    folders: Vec<Option<PathBuf>>,
    stop: &Stop,
) -> Result<PlannedFiles> {
    let mut sets: Vec<TheirSet> = feeds.iter().map(|_| TheirSet::default()).collect();
    if paths.is_empty() {
        return Ok(PlannedFiles { files: Vec::new(), sets });
    }
    let given = source::files(&feeds[0], paths, stop.flag())?.files;
    let files = given.into_iter().map(|file| file.digested(stop.flag())).collect::<Result<Vec<_>>>()?;
    let row_set = |(feed, folder): (Feed, Option<PathBuf>)| {
        let parents = sql::reads_parents(&feed);
        RowSet::new(feed, folder.map_or(ChunkFolder::Nowhere, ChunkFolder::Scratch)).with_parents(parents)
    };
    let row_sets: Vec<RowSet> = feeds.into_iter().zip(folders).map(row_set).collect();
    for (file_no, file) in (1..).zip(&files) {
        let mut sinks: Vec<Kept<'_>> = sets.iter_mut().map(|set| Kept { set, file_no }).collect();
        let to = row_sets.iter().zip(&mut sinks).map(|(set, sink)| set.of_file(file_no, sink)).collect();
        let converted = convert::convert_file(file, to, stop.flag(), &Progress::default())?;
        sets.iter_mut().zip(converted).for_each(|(set, one)| set.converted.push(one));
    }
    Ok(PlannedFiles { files, sets })
}

/// Keeps what a conversion gives.
struct Kept<'a> {
    set: &'a mut TheirSet,
    file_no: u32,
}

impl Sink for Kept<'_> {
    fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        self.set.chunks.push(chunk);
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.set.rejects.push((self.file_no, reject));
        Ok(())
    }
}
