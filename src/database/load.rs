//! Bulk load of CSV chunks into the staging table, each server by its own means.
//!
//! All chunks of a run are one transaction: after any error nothing of them is left. The counts have
//! the last word, since `LOAD DATA LOCAL` forgives what it cannot read.

use super::{
    chunk_file::{BLOCK, ChunkFile},
    connection::{Connection, Driver, TextRow},
    errors,
    infile::Infile,
    mark::of_loader,
    patience::within,
    target::Target,
};
use crate::{
    error::{Code, Error, Result},
    model::Chunk,
    sql::{self, Dialect, Statement, Value, Work},
    stop::Stop,
};
use sqlx::PgConnection;

/// How rows got into the staging table, for the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadMethod {
    /// `COPY … FROM STDIN`.
    Copy,
    /// `LOAD DATA LOCAL INFILE`.
    LoadData,
    /// Multi-row INSERT.
    Insert,
}

impl LoadMethod {
    /// Its name in the summary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "COPY",
            Self::LoadData => "LOAD DATA LOCAL INFILE",
            Self::Insert => "INSERT",
        }
    }
}

/// Loads chunks through its own connection.
pub struct Loader {
    session: Session,
    pub method: LoadMethod,
    rows: u64,
    dialect: Dialect,
}

enum Session {
    /// sqlx, with a transaction open.
    Sqlx(Box<Connection>),
    /// The driver that has LOAD DATA LOCAL, with a transaction open.
    Infile(Box<Infile>),
}

impl Loader {
    /// Connects and opens the transaction.
    pub async fn open(target: &Target, dialect: Dialect, stop: &Stop) -> Result<Self> {
        let infile =
            if dialect.mysql_family() { Infile::connect(target, dialect, stop).await? } else { None };
        let (session, method) = match (infile, dialect) {
            (Some(connection), _) => (Session::Infile(Box::new(connection)), LoadMethod::LoadData),
            (None, Dialect::Postgres) => (transaction(target, stop).await?, LoadMethod::Copy),
            (None, Dialect::Sqlite) => (transaction(target, stop).await?, LoadMethod::Insert),
            (None, Dialect::MySql | Dialect::MariaDb) => {
                tracing::warn!(
                    "the server's certificate names another host, which ssl-mode = VERIFY_CA allows and LOAD DATA LOCAL does not: loading by INSERT instead, which is slower"
                );
                (transaction(target, stop).await?, LoadMethod::Insert)
            }
        };
        Ok(Self { session, method, rows: 0, dialect })
    }

    /// The dialect it loads into.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Loads one chunk, which must be what the converter wrote, and checks its row count.
    ///
    /// # Errors
    /// `Database` where the server refuses or warns; `Machine` where the chunk cannot be read or is another;
    /// `Internal` where another number of rows arrived.
    pub async fn load(&mut self, work: &Work<'_>, chunk: &Chunk) -> Result<()> {
        let bulk = match (&mut self.session, self.method) {
            (_, LoadMethod::Insert) => None,
            (Session::Infile(connection), _) => connection.load(work, chunk).await?,
            (Session::Sqlx(connection), _) => match work.load("") {
                Some(statement) => Some(copy(connection, &statement, chunk).await?),
                None => None,
            },
        };
        let rows = match bulk {
            Some(rows) => rows,
            None => self.insert(work, chunk).await?,
        };
        if rows != chunk.rows {
            return Err(Error::check(
                Code::RowsLost,
                format!("{} holds {} rows, but {rows} were loaded", chunk.path.display(), chunk.rows),
            ));
        }
        self.rows += rows;
        Ok(())
    }

    /// Takes the rows of a file out again, of which so many were loaded.
    ///
    /// # Errors
    /// `Database`; `Internal` where another number of rows was there.
    pub async fn unload(&mut self, work: &Work<'_>, file_no: u32, loaded: u64) -> Result<()> {
        let statement = work.unstage(file_no);
        let rows = match &mut self.session {
            Session::Sqlx(connection) => connection.execute(&statement).await?,
            Session::Infile(connection) => connection.execute(&statement).await?,
        };
        if rows != loaded {
            let what =
                format!("{loaded} rows of a refused file were loaded, but {rows} were taken out again");
            return Err(Error::check(Code::RowsLost, what));
        }
        self.rows -= rows;
        Ok(())
    }

    /// Multi-row INSERT: the only way on SQLite, and the one that is left where LOAD DATA LOCAL is forbidden.
    async fn insert(&mut self, work: &Work<'_>, chunk: &Chunk) -> Result<u64> {
        if self.method == LoadMethod::LoadData {
            self.method = LoadMethod::Insert;
            tracing::warn!(
                "the server forbids LOAD DATA LOCAL (local_infile = 0): loading by INSERT instead, which is slower; SET GLOBAL local_infile = 1 allows it"
            );
        }
        let mut reader = csv::Reader::from_reader(ChunkFile::open(chunk)?);
        match self.insert_all(work, &mut reader).await {
            // Whatever came of a chunk that is another one, this is why.
            Err(cause) => Err(reader.into_inner().fault().unwrap_or(cause)),
            rows => rows,
        }
    }

    async fn insert_all(&mut self, work: &Work<'_>, reader: &mut csv::Reader<ChunkFile>) -> Result<u64> {
        let width = reader.headers().map_err(broken)?.len();
        let batch = (VALUES / width).clamp(1, 1000);
        let mut values: Vec<Value> = Vec::new();
        let mut rows = 0;
        let order = work.insert_order();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            values.extend(order.iter().filter_map(|&n| record.get(n)).map(Value::from));
            if values.len() >= batch * width {
                rows += self.insert_rows(work, std::mem::take(&mut values), width).await?;
            }
        }
        if !values.is_empty() {
            rows += self.insert_rows(work, values, width).await?;
        }
        Ok(rows)
    }

    async fn insert_rows(&mut self, work: &Work<'_>, values: Vec<Value>, width: usize) -> Result<u64> {
        let mut statement = work.insert(values.len() / width);
        statement.bind(values);
        match &mut self.session {
            Session::Sqlx(connection) => connection.execute(&statement).await,
            Session::Infile(connection) => connection.execute(&statement).await,
        }
    }

    /// Executes a statement in the transaction of the load.
    ///
    /// # Errors
    /// `Database`.
    pub async fn execute(&mut self, statement: &Statement) -> Result<()> {
        match &mut self.session {
            Session::Sqlx(connection) => connection.execute(statement).await.map(drop),
            Session::Infile(connection) => connection.execute(statement).await.map(drop),
        }
    }

    /// The rows of a query that is asked in the transaction of the load.
    ///
    /// # Errors
    /// `Database`.
    pub async fn rows(&mut self, statement: &Statement) -> Result<Vec<TextRow>> {
        match &mut self.session {
            Session::Sqlx(connection) => connection.rows(statement).await,
            Session::Infile(connection) => connection.rows(statement).await,
        }
    }

    /// The first value of a query that is asked in the transaction of the load.
    ///
    /// # Errors
    /// `Database`.
    pub async fn ask(&mut self, statement: &Statement) -> Result<Option<String>> {
        match &mut self.session {
            Session::Sqlx(connection) => connection.one(statement).await,
            Session::Infile(connection) => connection.ask(statement).await,
        }
    }

    /// Commits; gives the number of rows loaded.
    pub async fn commit(self) -> Result<u64> {
        match self.session {
            Session::Sqlx(mut connection) => {
                connection.commit().await?;
                connection.close().await;
            }
            Session::Infile(connection) => connection.commit().await?,
        }
        Ok(self.rows)
    }

    /// Undoes everything. A failure is not reported: the server does the same when the connection ends.
    pub async fn rollback(self) {
        match self.session {
            Session::Sqlx(mut connection) => {
                connection.rollback().await;
                connection.close().await;
            }
            Session::Infile(connection) => connection.rollback().await,
        }
    }
}

/// What the reader of CSV says of a chunk, or passes on.
fn broken(cause: csv::Error) -> Error {
    match cause.into_kind() {
        csv::ErrorKind::Io(cause) => {
            Error::from_io(cause).unwrap_or_else(|cause| Error::internal(format!("a chunk: {cause}")))
        }
        other => Error::internal(format!("a chunk is no CSV: {other:?}")),
    }
}

/// A connection with a transaction open.
async fn transaction(target: &Target, stop: &Stop) -> Result<Session> {
    let mut connection = Connection::open(target).await?;
    connection.watched_by(stop).await;
    if let Some(mark) = target.mark.get()
        && let Some(statement) = sql::mark(connection.dialect, of_loader(*mark))
    {
        connection.one(&statement).await?;
    }
    connection.begin().await?;
    Ok(Session::Sqlx(Box::new(connection)))
}

async fn copy(connection: &mut Connection, statement: &Statement, chunk: &Chunk) -> Result<u64> {
    connection.still_answers("load")?;
    let file = ChunkFile::open(chunk)?;
    let limit = connection.limits.statement;
    let Driver::Postgres(driver) = &mut connection.driver else {
        return Err(Error::internal("COPY on a server that is not PostgreSQL"));
    };
    let came = within(limit, copy_file(driver, statement, file)).await;
    connection.answered("load", came).await
}

async fn copy_file(connection: &mut PgConnection, statement: &Statement, mut file: ChunkFile) -> Result<u64> {
    let failed = |cause: sqlx::Error| errors::statement("load", cause);
    let (sql, _) = statement.bound(Dialect::Postgres);
    let mut copy = connection.copy_in_raw(&sql).await.map_err(failed)?;
    let mut block = vec![0; BLOCK];
    loop {
        match file.next(&mut block) {
            Ok(0) => return copy.finish().await.map_err(failed),
            Ok(length) => {
                copy.send(&block[..length]).await.map_err(failed)?;
            }
            Err(cause) => {
                drop(copy.abort("the chunk is not what was written").await);
                return Err(cause);
            }
        }
    }
}

/// Bound values per INSERT: SQLite and MySQL take at least 32,766.
const VALUES: usize = 30_000;
