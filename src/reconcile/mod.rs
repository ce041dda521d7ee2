//! The verdict: which statements, in which order, inside one transaction, and what must hold before
//! it commits. Results, run row and file ledger commit together or not at all.

mod account;
mod counts;
mod fail_on;
mod life;
mod near;
mod nearest;
mod scope;
#[cfg(test)]
mod snapshots;
mod steps;
mod succession;
mod timing;

pub use account::Account;
pub use fail_on::failed_on;
pub use life::{Began, decide, statements as life_statements, taken_over};
pub use steps::{Task, statements};
pub use succession::{NotedStanding, ReadFile, asked as asked_positions, follow, note as noted_positions};
pub use timing::{count as count_timing, mark as mark_timing, statements as timing_statements};

use crate::{
    database::Connection,
    error::{Code, Error, Result, excerpt, printable},
    ledger::result_row,
    model::{BreakIds, Outcome, ResultRow, Summary, fingerprint},
    sql::{Ledger, Statement},
};
use counts::{GroupSum, JoinCount, TheirRows};

/// Runs the reconciliation inside one transaction up to, but not including, the commit.
///
/// # Errors
/// `Database` where a statement fails or the fence was lost; `Internal` where an identity does not
/// hold. The caller rolls back.
pub async fn reconcile<'a>(connection: &mut Connection, task: &Task<'a>) -> Result<Account<'a>> {
    let dialect = connection.dialect();
    let steps = statements(dialect, task)?;
    fence(connection, task).await?;
    let staged = count_stage(connection, &steps.count_stage, task).await?;
    if let Some(count) = &steps.count_parents {
        count_parents(connection, count, task).await?;
    }
    let repeated = connection.execute(&steps.mark_repeats).await?;
    connection.execute(&steps.unmark).await?;
    let mut account = Account::new(task.feed, task.converted)?;
    connection.execute(&steps.join).await?;
    account.server_warned(connection.warnings().await?);
    for (column, theirs, ours) in &steps.totals {
        let theirs: Vec<GroupSum> = connection.read(theirs).await?;
        account.totals(*column, theirs, connection.read(ours).await?)?;
    }
    for statement in steps.unmet.iter().chain(&steps.analyze_join) {
        connection.execute(statement).await?;
    }
    let before = count_join(connection, &steps.count_join).await?;
    let after = if repeated == 0 && task.shape.unique_key {
        before.clone()
    } else {
        connection.execute_all(&steps.take_ties).await?;
        if let Some(loose) = &steps.loose_ties {
            account.warn(near::pair(connection, task.feed, loose).await?);
        }
        connection.execute(&steps.resolve_ties).await?;
        count_join(connection, &steps.count_join).await?
    };
    account.join(staged, &before, after)?;
    connection.execute(&steps.record).await?;
    read_back(connection, task, &mut account).await?;
    account.prove()?;
    Ok(account)
}

async fn fence(connection: &mut Connection, task: &Task<'_>) -> Result<()> {
    let statement = Ledger(connection.dialect()).fence_check(&task.feed.name);
    let owner: String = connection.read_first(&statement).await?.unwrap_or_default();
    if owner == task.run_id {
        return Ok(());
    }
    Err(Error::new(
        Code::LostLock,
        format!("run {} lost its lock to run {} while it was loading", task.run_id, excerpt(&owner)),
    ))
}

/// What the stage holds, counted in the join's own transaction: an UNLOGGED table is empty after a server
/// crash, which would read as "everything missing".
async fn count_stage(
    connection: &mut Connection,
    statement: &Statement,
    task: &Task<'_>,
) -> Result<TheirRows> {
    let staged: Option<TheirRows> = connection.read_first(statement).await?;
    let staged = staged.ok_or_else(|| Error::check(Code::Unreadable, "the stage cannot be counted"))?;
    let converted: u64 = task.converted.iter().map(|file| file.rows).sum();
    if staged.rows == converted {
        return Ok(staged);
    }
    Err(Error::new(
        Code::StageChanged,
        format!("{converted} rows were converted, but the staging table holds {}", staged.rows),
    ))
}

/// The same of the elements without rows: without them ours would be asked for less.
async fn count_parents(connection: &mut Connection, statement: &Statement, task: &Task<'_>) -> Result<()> {
    let loaded: Option<u64> = connection.read_first(statement).await?;
    let converted: u64 = task.converted.iter().map(|file| file.parents).sum();
    if loaded == Some(converted) {
        return Ok(());
    }
    Err(Error::new(
        Code::StageChanged,
        format!(
            "{converted} elements without rows were converted, but their table holds {}",
            loaded.unwrap_or_default()
        ),
    ))
}

async fn count_join(connection: &mut Connection, statement: &Statement) -> Result<JoinCount> {
    connection.read(statement).await.map(JoinCount)
}

/// Reads every recorded row back: statistics, totals, and both checksums computed once more.
async fn read_back(connection: &mut Connection, task: &Task<'_>, account: &mut Account<'_>) -> Result<()> {
    let dialect = connection.dialect();
    let ledger = Ledger(dialect);
    let mut unknown: Vec<Unidentified> = Vec::new();
    let (width, mut ids) = (task.feed.columns.len(), BreakIds::default());
    connection
        .read_each(&ledger.read_results(task.run_id), |cells| {
            let row = result_row(cells, width)?;
            let checksum = account.row(&row, dialect.has_sha256())?;
            let fingerprint = fingerprint(&row, |n| task.feed.columns[n].compared());
            match &row.fingerprint {
                _ if !dialect.has_sha256() => {
                    unknown.push((row.seq, checksum, ids.next(&task.feed.name, &row), fingerprint));
                }
                Some(found) if row.outcome == Outcome::Matched || *found == fingerprint => {}
                found => return Err(wrong_fingerprint(&row, found.as_deref(), &fingerprint)),
            }
            Ok(())
        })
        .await?;
    for some in unknown.chunks(1000) {
        // Plain data: serialising cannot fail.
        let rows = serde_json::to_string(some).unwrap_or_default();
        if let Some(identify) = ledger.identify(task.run_id, &rows) {
            connection.execute(&identify).await?;
        }
    }
    Ok(())
}

/// What the program fills in where the server has no SHA-256: the row's number, the checksum of ours, where it has one, the
/// id and the fingerprint.
type Unidentified = (i64, Option<String>, String, String);

fn wrong_fingerprint(row: &ResultRow, found: Option<&str>, computed: &str) -> Error {
    let key = printable(&row.key.join(" | "));
    let found = excerpt(found.unwrap_or("none"));
    Error::check(
        Code::ChecksumFailed,
        format!("the break of key {key} has the fingerprint {found}, but its values give {computed}"),
    )
}

/// The statements that write down the rejects of a run and its files: number, name, digest.
#[must_use]
pub fn noted_files(ledger: Ledger, task: &Task<'_>, files: &[(u32, &str, &str)]) -> Vec<Statement> {
    let rejects = task.rejects.iter().zip(1..);
    let mut all: Vec<Statement> = rejects
        .map(|((file_no, reject), seq)| ledger.reject_add(task.run_id, seq, i64::from(*file_no), reject))
        .collect();
    let add = |(number, name, sha256): &(u32, &str, &str)| {
        ledger.file_add(task.run_id, i64::from(*number), &task.feed.name, name, sha256)
    };
    all.extend(files.iter().map(add));
    all
}

/// The rest of the commit point: rejects, files, what must be followed, the run's row; then the commit.
///
/// # Errors
/// `Database`. Where the commit itself fails its outcome is unknown: a rerun asks the database.
pub async fn commit(
    connection: &mut Connection,
    task: &Task<'_>,
    summary: &Summary,
    noted: &[NotedStanding<'_>],
) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    let files: Vec<(u32, &str, &str)> =
        summary.numbered_files().map(|(number, file)| (number, &*file.name, &*file.sha256)).collect();
    connection.execute_all(&noted_files(ledger, task, &files)).await?;
    let run = (task.run_id, summary.run_id.number());
    connection.execute_all(&succession::note(ledger, task.feed, run, noted)).await?;
    let detail = summary.detail();
    let done = ledger.run_reconciled(task.run_id, summary.verdict.name(), &summary.finished_at, &detail);
    if connection.execute(&done).await? != 1 {
        return Err(Error::check(Code::RowsLost, format!("the row of run {} is gone", task.run_id)));
    }
    connection.commit().await.map_err(|cause| {
        Error::new(Code::CommitUnknown, format!("the outcome of the commit is unknown: {cause}"))
            .because(cause)
    })
}
