//! The verdict: which statements, in which order, inside one transaction, and what must hold before
//! it commits. Results, run row and file ledger commit together or not at all.

mod account;

pub use account::Account;

use crate::{
    database::Connection,
    error::{Error, Result},
    feed::Feed,
    ledger::result_row,
    model::{Converted, OursShape, Outcome, Reject, Summary, Verdict},
    sql::{Audit, Dialect, Ledger, Statement, Work},
};
use std::collections::BTreeMap;

/// What the reconciliation works on.
pub struct Task<'a> {
    /// The feed.
    pub feed: &'a Feed,
    /// Our side.
    pub shape: &'a OursShape,
    /// The run.
    pub run_id: &'a str,
    /// What the files held.
    pub converted: &'a [Converted],
    /// Rows that could not be converted: (file number, reject).
    pub rejects: &'a [(u32, Reject)],
}

/// The statements between the load and the results, in order. `plan` prints them and `reconcile`
/// executes them.
///
/// # Errors
/// `Usage` where a parameter has no value; `Internal` on a broken template.
pub fn statements(dialect: Dialect, task: &Task<'_>) -> Result<Steps> {
    let work = Work::new(dialect, task.feed);
    let audit = Audit::new(task.feed.results.audit, task.converted.iter().map(|file| file.rows).sum());
    Ok(Steps {
        count_stage: work.count_stage()?,
        mark_repeats: work.mark_repeats()?,
        join: work.join(&task.shape.columns, &task.shape.parameters, audit)?,
        totals: work.total_statements()?,
        unmet: work.unmet()?,
        analyze_join: work.analyze_join()?,
        count_join: work.count_join(audit)?,
        ties: work.ties(task.shape.unique_key)?,
        record: work.record(task.run_id)?,
    })
}

/// The statements of one reconciliation.
pub struct Steps {
    /// Rows staged.
    pub count_stage: Statement,
    /// Keys that theirs has more than once.
    pub mark_repeats: Statement,
    /// The one statement that reads ours.
    pub join: Vec<Statement>,
    /// Control totals: (column, theirs, ours).
    pub totals: Vec<(usize, Statement, Statement)>,
    /// Rows of theirs that met nothing.
    pub unmet: Option<Statement>,
    /// Statistics of the join.
    pub analyze_join: Option<Statement>,
    /// Rows per outcome.
    pub count_join: Statement,
    /// Keys that occur more than once.
    pub ties: Vec<Statement>,
    /// The results.
    pub record: Statement,
}

impl Steps {
    /// All of them in the order in which they run.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Statement> {
        let mut all = vec![&self.count_stage, &self.mark_repeats];
        all.extend(&self.join);
        all.extend(self.totals.iter().flat_map(|(_, theirs, ours)| [theirs, ours]));
        all.extend(&self.unmet);
        all.extend(&self.analyze_join);
        all.push(&self.count_join);
        all.extend(&self.ties);
        all.extend([&self.count_join, &self.record]);
        all
    }
}

/// Runs the reconciliation inside one transaction up to, but not including, the commit.
///
/// # Errors
/// `Database` where a statement fails or the fence was lost; `Internal` where an identity does not
/// hold. The caller rolls back.
pub async fn reconcile<'a>(connection: &mut Connection, task: &Task<'a>) -> Result<Account<'a>> {
    let dialect = connection.dialect();
    let steps = statements(dialect, task)?;
    fence(connection, task).await?;
    let staged = stage_count(connection, &steps, task).await?;
    let repeated = connection.execute(&steps.mark_repeats).await?;
    let mut account = Account::new(task.feed, task.converted);
    for statement in &steps.join {
        connection.execute(statement).await?;
        account.server_warned(connection.warnings().await?);
    }
    for (column, theirs, ours) in &steps.totals {
        account.totals(*column, connection.rows(theirs).await?, connection.rows(ours).await?)?;
    }
    for statement in steps.unmet.iter().chain(&steps.analyze_join) {
        connection.execute(statement).await?;
    }
    let met = outcomes(connection, &steps.count_join).await?;
    let settled = if repeated == 0 && task.shape.unique_key {
        met.clone()
    } else {
        connection.execute_all(&steps.ties).await?;
        outcomes(connection, &steps.count_join).await?
    };
    account.join(staged, &met, &settled)?;
    connection.execute(&steps.record).await?;
    read_back(connection, task, &mut account).await?;
    account.prove()?;
    Ok(account)
}

async fn fence(connection: &mut Connection, task: &Task<'_>) -> Result<()> {
    let statement = Ledger(connection.dialect()).fence_check(&task.feed.name)?;
    let owner = connection.one(&statement).await?.unwrap_or_default();
    if owner == task.run_id {
        return Ok(());
    }
    Err(Error::database(
        format!("run {} lost its lock to run {owner} while it was loading", task.run_id),
        "nothing was changed; run again when the other run is done",
    ))
}

/// What the stage holds, counted in the join's own transaction: an UNLOGGED table is empty after a server
/// crash, which would read as "everything missing".
async fn stage_count(connection: &mut Connection, steps: &Steps, task: &Task<'_>) -> Result<Theirs> {
    let row = connection.rows(&steps.count_stage).await?.into_iter().next().unwrap_or_default();
    let [Some(rows), Some(files), Some(records)] = row.as_slice() else {
        return Err(Error::internal("the stage cannot be counted"));
    };
    let staged = Theirs { rows: rows.parse().unwrap_or(0), files: whole(files), records: whole(records) };
    let converted: u64 = task.converted.iter().map(|file| file.rows).sum();
    if staged.rows == converted {
        return Ok(staged);
    }
    Err(Error::database(
        format!("{converted} rows were converted, but the staging table holds {}", staged.rows),
        "the server restarted or somebody else wrote to the staging table; nothing was changed; run again",
    ))
}

/// A sum that some servers print with a fraction of zeros or in another form.
fn whole(text: &str) -> u128 {
    text.split('.').next().unwrap_or_default().parse().unwrap_or(0)
}

/// A set of rows of theirs, as a database counts it. Ids are added up in their two parts: the sum of the ids
/// themselves leaves 64 bits at 9.2 million rows of one file, that of the record numbers at 4 thousand million.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Theirs {
    /// How many.
    rows: u64,
    /// The sum of their file numbers.
    files: u128,
    /// The sum of their record numbers.
    records: u128,
}

impl std::iter::Sum for Theirs {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, more| Self {
            rows: sum.rows + more.rows,
            files: sum.files + more.files,
            records: sum.records + more.records,
        })
    }
}

/// The rows of one outcome in the join.
#[derive(Debug, Default, Clone)]
pub struct Met {
    /// All of them.
    rows: u64,
    /// Those with a part of theirs.
    theirs: Theirs,
    /// Pairs with equal checksums that were compared by value too, and are equal.
    audited: u64,
}

/// The join by outcome.
pub type Outcomes = BTreeMap<String, Met>;

async fn outcomes(connection: &mut Connection, statement: &Statement) -> Result<Outcomes> {
    let mut found = Outcomes::new();
    for row in connection.rows(statement).await? {
        let [Some(outcome), Some(rows), Some(theirs), Some(files), Some(records), Some(audited)] =
            row.as_slice()
        else {
            return Err(Error::internal("the join cannot be counted"));
        };
        let count = |text: &String| text.parse().unwrap_or(0);
        // A sum may come with a fraction.
        let audited = u64::try_from(whole(audited)).unwrap_or(0);
        let theirs = Theirs { rows: count(theirs), files: whole(files), records: whole(records) };
        let met = Met { rows: count(rows), theirs, audited };
        found.insert(outcome.clone(), met);
    }
    Ok(found)
}

/// Reads every recorded row back: statistics, totals, and both checksums computed once more.
async fn read_back(connection: &mut Connection, task: &Task<'_>, account: &mut Account<'_>) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    let fill_in = connection.dialect() == Dialect::Sqlite;
    let mut missing: Vec<(i64, String)> = Vec::new();
    let width = task.feed.columns.len();
    connection
        .read_each(&ledger.read_results(task.run_id)?, |cells| {
            let row = result_row(cells, width)?;
            if let Some((seq, checksum)) = account.row(&row, fill_in)? {
                missing.push((seq, checksum));
            }
            Ok(())
        })
        .await?;
    for (seq, checksum) in missing {
        connection.execute(&ledger.checksum_ours(task.run_id, seq, &checksum)?).await?;
    }
    Ok(())
}

/// The rest of the commit point: rejects, files, the run's row; then the commit.
///
/// # Errors
/// `Database`. Where the commit itself fails its outcome is unknown: a rerun asks the database.
pub async fn commit(connection: &mut Connection, task: &Task<'_>, summary: &Summary) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    for (n, (file_no, reject)) in task.rejects.iter().enumerate() {
        let seq = i64::try_from(n).unwrap_or(i64::MAX) + 1;
        connection.execute(&ledger.reject_add(task.run_id, seq, i64::from(*file_no), reject)?).await?;
    }
    for (n, file) in summary.files.iter().enumerate() {
        let file_no = i64::try_from(n).unwrap_or(i64::MAX) + 1;
        connection
            .execute(&ledger.file_add(task.run_id, file_no, &summary.feed, &file.name, &file.sha256)?)
            .await?;
    }
    let detail = summary.detail();
    let done = ledger.run_reconciled(task.run_id, summary.verdict.name(), &summary.finished_at, &detail)?;
    if connection.execute(&done).await? != 1 {
        return Err(Error::internal(format!("the row of run {} is gone", task.run_id)));
    }
    connection.commit().await.map_err(|cause| {
        Error::database(
            format!("the outcome of the commit is unknown: {cause}"),
            "run the same command again: it asks the database first, and exports if it was committed",
        )
    })
}

/// The verdict of a finished account.
#[must_use]
pub fn verdict(breaks: u64, rejects: u64) -> Verdict {
    if breaks == 0 && rejects == 0 { Verdict::TiedOut } else { Verdict::Breaks }
}

/// Whether an outcome has a part of ours.
fn has_ours(outcome: &str) -> bool {
    outcome != Outcome::MissingInOurs.name() && outcome != Outcome::DuplicateInTheirs.name()
}
