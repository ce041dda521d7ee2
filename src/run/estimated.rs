//! How the server would execute the join of a run: with the files' rows in tables of one session, which go with it. No other
//! session sees them, and no table of the feed is touched.

use crate::{
    database::{Connection, Loader, Target},
    error::{Code, Result},
    feed::Feed,
    model::Chunk,
    sql::{self, Dialect, Statement, Work},
    stop::Stop,
};

/// The server's own plan of the join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// A line each.
    pub lines: Vec<String>,
    /// Rows of theirs that the server knew; none where it was asked without them.
    pub theirs: Option<u64>,
}

/// Asks for it. Where the account may make no table of its session, the server is asked with the feed's own work tables,
/// which are empty; `None` where those are not there either.
///
/// # Errors
/// `Database`; `Machine` where a chunk cannot be read.
pub async fn estimated(
    target: &Target,
    dialect: Dialect,
    feed: &Feed,
    join: &Statement,
    chunks: &[Chunk],
    stop: &Stop,
) -> Result<Option<Estimate>> {
    let explain = sql::explain(dialect, join);
    if Work::new(dialect, feed).can_be_temporary() {
        match with_rows(target, dialect, feed, &explain, chunks, stop).await {
            Err(cause) if cause.code() == Code::NoPrivilege => {}
            estimate => return estimate.map(Some),
        }
    }
    let mut connection = Connection::open(target).await?;
    let estimate = with_own_tables(&mut connection, feed, &explain).await;
    connection.close().await;
    estimate
}

async fn with_rows(
    target: &Target,
    dialect: Dialect,
    feed: &Feed,
    explain: &Statement,
    chunks: &[Chunk],
    stop: &Stop,
) -> Result<Estimate> {
    let work = Work::new(dialect, feed).temporary();
    if dialect == Dialect::Sqlite {
        // Its plan knows no number of rows, and a load would lock ours meanwhile.
        let mut connection = Connection::open(target).await?;
        connection.execute_all(&work.create()).await?;
        let rows = connection.rows(explain).await;
        connection.close().await;
        return Ok(Estimate { lines: lines(rows?), theirs: None });
    }
    let mut loader = Loader::open(target, dialect, stop).await?;
    let asked = ask(&mut loader, &work, explain, chunks).await;
    loader.rollback().await;
    let rows = chunks.iter().filter(|chunk| !chunk.parents).map(|chunk| chunk.rows).sum();
    Ok(Estimate { lines: lines(asked?), theirs: Some(rows) })
}

async fn ask(
    loader: &mut Loader,
    work: &Work<'_>,
    explain: &Statement,
    chunks: &[Chunk],
) -> Result<Vec<Vec<Option<String>>>> {
    for statement in work.create() {
        loader.execute(&statement).await?;
    }
    let parents = work.of_parents();
    for chunk in chunks {
        loader.load(parents.as_ref().filter(|_| chunk.parents).unwrap_or(work), chunk).await?;
    }
    for statement in work.index().into_iter().chain(work.analyze_stage()) {
        loader.execute(&statement).await?;
    }
    loader.rows(explain).await
}

async fn with_own_tables(
    connection: &mut Connection,
    feed: &Feed,
    explain: &Statement,
) -> Result<Option<Estimate>> {
    for (table, columns) in Work::new(connection.dialect(), feed).tables() {
        if connection.table_columns(&table).await? != columns {
            return Ok(None);
        }
    }
    let rows = connection.rows(explain).await?;
    Ok(Some(Estimate { lines: lines(rows), theirs: None }))
}

fn lines(rows: Vec<Vec<Option<String>>>) -> Vec<String> {
    let text = |row: Vec<Option<String>>| row.into_iter().flatten().collect::<Vec<_>>().join("  ");
    rows.into_iter().flat_map(|row| text(row).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}
