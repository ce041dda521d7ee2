//! Which files are due for which row set, and the run that begins with them.

use super::Request;
use crate::{
    database::Connection,
    error::{Error, Result, printable},
    feed::Feed,
    source::InputFile,
    sql::Ledger,
};

/// A run that has begun.
pub struct Due<'r> {
    /// Its row set.
    pub feed: &'r Feed,
    /// Its files, in order.
    pub files: Vec<InputFile>,
    /// Its id.
    pub run_id: String,
    /// For the summary.
    pub started_at: String,
}

/// The files that are new to a row set, or why it has none.
pub type Unseen = std::result::Result<Vec<InputFile>, Error>;

/// Refuses a new file that is given twice.
fn not_twice(files: &[InputFile]) -> Result<()> {
    for (n, file) in files.iter().enumerate() {
        if files[..n].iter().any(|other| other.sha256 == file.sha256) {
            return Err(Error::refused(
                format!("{} is given twice (same bytes under one name or two)", printable(&file.name)),
                "give each file once",
            ));
        }
    }
    Ok(())
}

/// The files that no run of the row set has counted. One that was given and counted is a refusal; one of a
/// `[source]` is skipped.
///
/// # Errors
/// `Database`; `Refused` where a new one is given twice.
pub async fn unseen(
    connection: &mut Connection,
    request: &Request,
    feed: &Feed,
    files: &[InputFile],
) -> Result<Unseen> {
    let ledger = Ledger(connection.dialect());
    let mut new = Vec::new();
    for file in files {
        let seen = connection.rows(&ledger.file_seen(&feed.name, &file.sha256)?).await?;
        let Some(row) = seen.into_iter().next().filter(|_| !request.force) else {
            new.push(file.clone());
            continue;
        };
        let text = |n: usize| row.get(n).cloned().flatten().unwrap_or_default();
        let what =
            format!("{} was already reconciled in run {} ({})", printable(&file.name), text(1), text(2));
        if !request.files.is_empty() {
            return Ok(Err(Error::refused(
                what,
                "`tieout report RUN` writes its outputs again; --force reconciles the file once more",
            )));
        }
        tracing::info!("{what}: skipped");
    }
    not_twice(&new)?;
    Ok(Ok(new))
}

/// The row sets that have something to do. Where one has counted its files already and another has not (a
/// run was cut short between the two), only the other is due.
///
/// # Errors
/// `Refused` or `Fetch` where none is, and nothing was `finished` either.
pub fn with_files<'r>(
    request: &Request,
    sets: Vec<(&'r Feed, Unseen)>,
    finished: bool,
) -> Result<Vec<(&'r Feed, Vec<InputFile>)>> {
    let mut due = Vec::new();
    let mut refusal = None;
    for (feed, unseen) in sets {
        match unseen {
            Ok(files) if files.is_empty() => {}
            Ok(files) => due.push((feed, files)),
            Err(cause) => refusal = refusal.or(Some(cause)),
        }
    }
    let allowed = request.feeds[0].source.as_ref().is_some_and(|source| source.allow_none);
    if !due.is_empty() || finished || (allowed && request.files.is_empty()) {
        return Ok(due);
    }
    Err(refusal.unwrap_or_else(|| Error::fetch(
        "there is no new file in [source]",
        "every file there was reconciled already; --force reconciles them once more, [source] allow_none = true accepts silence",
    )))
}

/// Begins a run: takes the fence and writes the run down.
///
/// # Errors
/// `Database`.
pub async fn begin<'r>(
    connection: &mut Connection,
    feed: &'r Feed,
    files: Vec<InputFile>,
) -> Result<Due<'r>> {
    let ledger = Ledger(connection.dialect());
    let name = &feed.name;
    let last = connection.one(&ledger.run_last_seq(name)?).await?.unwrap_or_default();
    let seq = last.parse::<i64>().unwrap_or(0) + 1;
    let now = jiff::Timestamp::now();
    // The time is for people; what tells runs apart is the number.
    let run_id = format!("{name}-{}-{seq:06}", now.strftime("%Y%m%dT%H%M%SZ"));
    let started_at = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let holder = format!("run {run_id}, process {} on {}, since {started_at}", std::process::id(), host());
    connection.execute(&ledger.fence_new(name)?).await?;
    connection.execute(&ledger.fence_take(name, &run_id, &holder)?).await?;
    connection.execute(&ledger.run_begin(&run_id, name, seq, &started_at)?).await?;
    Ok(Due { feed, files, run_id, started_at })
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "this host".into(), |name| name.trim().into())
}
