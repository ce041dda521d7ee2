//! `tieout demo`: a complete reconciliation on files that ship inside the program.

use super::terminal::{note, print, print_summary};
use crate::{
    cli::{self, Format},
    database::{Connection, Target},
    error::{Error, Result},
    feed::{self, Secret, Timeouts},
    files,
    run::{self, Request, Told},
    sql::{Locking, Statement},
    stop::Stop,
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

const FEED: &str = include_str!("../../demo/demo.toml");
const THEIRS: &str = include_str!("../../demo/accounts.xml");
const OURS: &str = include_str!("../../demo/ours.sql");

/// Writes the demo's files to the output folder, fills our table, reconciles.
pub async fn demo(arguments: cli::DemoArgs, stop: Stop) -> Result<u8> {
    let out = arguments.database.out.join("demo");
    let _owned = files::own_folder(&out)?;
    for (name, text) in [("demo.toml", FEED), ("accounts.xml", THEIRS), ("ours.sql", OURS)] {
        let path = out.join(name);
        files::write(&path, text.as_bytes())?;
    }
    let target = match &arguments.database.database {
        Some(url) => Target::parse(&Secret::new(url.clone()), Timeouts::default())?
            .with_password(None, &super::arguments::environment)?,
        None => Target::embedded(&out.join("demo.sqlite"), Timeouts::default())?,
    };
    let mut connection = Connection::open(&target).await?;
    for sql in OURS.split(";\n").map(str::trim).filter(|sql| !sql.is_empty()) {
        connection.execute(&Statement::plain("demo", Locking::CreatesTable, sql)).await?;
    }
    connection.close().await;
    let feed_file = out.join("demo.toml");
    let request = Request {
        feeds: feed::parse(FEED, &feed_file, &|_| None)?,
        files: vec![out.join("accounts.xml")],
        target,
        out: out.clone(),
        parameters: BTreeMap::new(),
        jobs: 1,
        keep_staging: false,
        keep_chunks: false,
        force: true,
        stop,
        progress: Arc::default(),
        stage: Arc::new(|stage| tracing::info!("{stage}")),
        tell: Arc::new(|_, _| Ok(())),
    };
    let Told { mut reports, failure, .. } = run::run(&request).await;
    let Some(report) = reports.pop().filter(|_| failure.is_none()) else {
        return Err(failure.unwrap_or_else(|| Error::internal("the demo found nothing to do")));
    };
    note(&format!(
        "reconciled {} with the table tieout_demo_accounts in {}",
        out.join("accounts.xml").display(),
        request.target.shown()
    ));
    print_summary(&report.summary, &report.folder, Format::Text)?;
    print(&next(&out, &feed_file))?;
    // The demo shows breaks on purpose: showing them is its success.
    report.after.map_or(Ok(0), Err)
}

fn next(out: &Path, feed: &Path) -> String {
    format!(
        "also read  {}, the feed that says how rows are found and compared\n           {}, their file\n           {}, our table\n",
        feed.display(),
        out.join("accounts.xml").display(),
        out.join("ours.sql").display()
    )
}
