//! Bulk load of CSV chunks into the staging table, each server by its own means.
//!
//! All chunks of a run are one transaction: after any error nothing of them is left. The counts have
//! the last word, since `LOAD DATA LOCAL` forgives what it cannot read.

use super::{
    cancel::{Canceller, Stop},
    connection::{Connection, Inner},
    errors,
    target::{Options, Target},
};
use crate::{
    convert::Chunk,
    error::{Error, Result, printable},
    sql::{Dialect, Statement, Value, Work},
};
use futures_util::StreamExt;
use mysql_async::prelude::Queryable;
use std::{fs::File, io::Read, path::Path};

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
    route: Route,
    /// How.
    pub method: LoadMethod,
    rows: u64,
    dialect: Dialect,
}

enum Route {
    /// sqlx, with a transaction open.
    Sqlx(Box<Connection>),
    /// `mysql_async`, with a transaction open: sqlx has no LOAD DATA LOCAL.
    Infile(Box<mysql_async::Conn>),
}

impl Loader {
    /// Connects and opens the transaction.
    ///
    /// # Errors
    /// `Database`.
    pub async fn open(target: &Target, dialect: Dialect, stop: &Stop) -> Result<Self> {
        let (route, method) = match dialect {
            Dialect::Sqlite => (Route::Sqlx(Box::new(transaction(target, stop).await?)), LoadMethod::Insert),
            Dialect::Postgres => (Route::Sqlx(Box::new(transaction(target, stop).await?)), LoadMethod::Copy),
            Dialect::MySql | Dialect::MariaDb => (
                Route::Infile(Box::new(infile_connection(target, dialect, stop).await?)),
                LoadMethod::LoadData,
            ),
        };
        Ok(Self { route, method, rows: 0, dialect })
    }

    /// The dialect it loads into.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Loads one chunk and checks its row count.
    ///
    /// # Errors
    /// `Database` where the server refuses or warns; `Machine` where the chunk cannot be read;
    /// `Internal` where another number of rows arrived.
    pub async fn load(&mut self, work: &Work<'_>, chunk: &Chunk) -> Result<()> {
        let bulk = match (&mut self.route, self.method) {
            (_, LoadMethod::Insert) => None,
            (Route::Infile(connection), _) => infile(connection, work, chunk).await?,
            (Route::Sqlx(connection), _) => Some(copy(connection, &work.load("")?, &chunk.path).await?),
        };
        let rows = match bulk {
            Some(rows) => rows,
            None => self.insert(work, &chunk.path).await?,
        };
        if rows != chunk.rows {
            return Err(Error::internal(format!(
                "{} holds {} rows, but {rows} were loaded",
                chunk.path.display(),
                chunk.rows
            )));
        }
        self.rows += rows;
        Ok(())
    }

    /// Multi-row INSERT: the only way on SQLite, and the one that is left where LOAD DATA LOCAL is forbidden.
    async fn insert(&mut self, work: &Work<'_>, path: &Path) -> Result<u64> {
        if self.method == LoadMethod::LoadData {
            self.method = LoadMethod::Insert;
            tracing::warn!(
                "the server forbids LOAD DATA LOCAL (local_infile = 0): loading by INSERT instead, which is slower; SET GLOBAL local_infile = 1 allows it"
            );
        }
        let broken = |cause: csv::Error| Error::internal(format!("{}: {cause}", path.display()));
        let mut reader = csv::Reader::from_reader(open(path)?);
        let width = reader.headers().map_err(broken)?.len();
        let batch = (VALUES / width).clamp(1, 1000);
        let mut values: Vec<Value> = Vec::new();
        let mut rows = 0;
        let order = work.insert_order();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            values.extend(order.iter().map(|&n| Value::from(&record[n])));
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
        let mut statement = work.insert(values.len() / width)?;
        statement.bind(values);
        match &mut self.route {
            Route::Sqlx(connection) => connection.execute(&statement).await,
            Route::Infile(connection) => {
                let (sql, values) = statement.bound(self.dialect);
                let values: Vec<_> = values.into_iter().map(parameter).collect();
                connection.exec_drop(sql, values).await.map_err(|cause| infile_error(&cause))?;
                Ok(connection.affected_rows())
            }
        }
    }

    /// Commits; gives the number of rows loaded.
    ///
    /// # Errors
    /// `Database`.
    pub async fn commit(self) -> Result<u64> {
        match self.route {
            Route::Sqlx(mut connection) => {
                connection.commit().await?;
                connection.close().await;
            }
            Route::Infile(mut connection) => {
                connection.query_drop("COMMIT").await.map_err(|cause| infile_error(&cause))?;
                drop(connection.disconnect().await);
            }
        }
        Ok(self.rows)
    }

    /// Undoes everything. A failure is not reported: the server does the same when the connection ends.
    pub async fn rollback(self) {
        match self.route {
            Route::Sqlx(mut connection) => {
                connection.rollback().await;
                connection.close().await;
            }
            Route::Infile(mut connection) => {
                if connection.query_drop("ROLLBACK").await.is_ok() {
                    drop(connection.disconnect().await);
                }
            }
        }
    }
}

/// A connection with a transaction open.
async fn transaction(target: &Target, stop: &Stop) -> Result<Connection> {
    let mut connection = Connection::open(target).await?;
    stop.watch(&mut connection).await?;
    connection.begin().await?;
    Ok(connection)
}

const BLOCK: usize = 256 * 1024;

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|cause| Error::machine("read", path, &cause))
}

async fn copy(connection: &mut Connection, statement: &Statement, path: &Path) -> Result<u64> {
    let Inner::Postgres(connection) = &mut connection.inner else {
        return Err(Error::internal("COPY on a server that is not PostgreSQL"));
    };
    let failed = |cause: sqlx::Error| errors::statement("load", &cause);
    let mut file = open(path)?;
    let (sql, _) = statement.bound(Dialect::Postgres);
    let mut copy = connection.copy_in_raw(&sql).await.map_err(failed)?;
    let mut block = vec![0; BLOCK];
    loop {
        // A chunk is a few megabytes in the page cache: reading it blocks for no time.
        match file.read(&mut block) {
            Ok(0) => return copy.finish().await.map_err(failed),
            Ok(length) => {
                copy.send(&block[..length]).await.map_err(failed)?;
            }
            Err(cause) => {
                drop(copy.abort("the chunk cannot be read").await);
                return Err(Error::machine("read", path, &cause));
            }
        }
    }
}

/// Bound values per INSERT: SQLite and MySQL take at least 32,766.
const VALUES: usize = 30_000;

fn parameter(value: &Value) -> mysql_async::Value {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Int(number) => (*number).into(),
    }
}

async fn infile_connection(target: &Target, dialect: Dialect, stop: &Stop) -> Result<mysql_async::Conn> {
    let attempt = mysql_async::Conn::new(infile_options(target)?).await;
    let mut connection = attempt.map_err(|cause| infile_error(&cause))?;
    let settings = crate::sql::Settings {
        lock_timeout: target.timeouts.lock,
        statement_timeout: target.timeouts.statement,
    };
    for statement in crate::sql::session(dialect, &settings) {
        connection.query_drop(statement.bound(dialect).0).await.map_err(|cause| infile_error(&cause))?;
    }
    connection.query_drop("BEGIN").await.map_err(|cause| infile_error(&cause))?;
    stop.add(Canceller::kill_query(target, connection.id()));
    Ok(connection)
}

/// The same server, user and TLS as sqlx's connection, for the second driver.
fn infile_options(target: &Target) -> Result<mysql_async::Opts> {
    use sqlx::mysql::MySqlSslMode as Mode;
    let Options::MySql(options) = &target.options else {
        return Err(Error::internal("LOAD DATA on a server that is not MySQL"));
    };
    let url =
        url::Url::parse(target.url.reveal()).map_err(|_| Error::internal("the URL was readable before"))?;
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let tls = match options.get_ssl_mode() {
        Mode::Disabled | Mode::Preferred => None,
        Mode::Required => Some(
            mysql_async::SslOpts::default()
                .with_danger_accept_invalid_certs(true)
                .with_danger_skip_domain_validation(true),
        ),
        Mode::VerifyCa => Some(mysql_async::SslOpts::default().with_danger_skip_domain_validation(true)),
        Mode::VerifyIdentity => Some(mysql_async::SslOpts::default()),
    };
    Ok(mysql_async::OptsBuilder::default()
        .ip_or_hostname(options.get_host())
        .tcp_port(options.get_port())
        .socket(options.get_socket().map(|path| path.display().to_string()))
        .prefer_socket(false)
        .user(Some(decode(url.username())))
        .pass(url.password().map(decode))
        .db_name(options.get_database())
        .ssl_opts(tls)
        .into())
}

/// The rows loaded; nothing where LOAD DATA LOCAL is forbidden, by the server's setting or by a proxy before it. An
/// administrator may forbid it at any moment, and a server that does answers before it takes a byte.
async fn infile(connection: &mut mysql_async::Conn, work: &Work<'_>, chunk: &Chunk) -> Result<Option<u64>> {
    const FORBIDDEN: [u16; 3] = [1148, 3948, 4166];
    let file = open(&chunk.path)?;
    // One-shot: answers this statement only, from the one file that is already open.
    connection.set_infile_handler(async move { Ok(blocks(file).boxed()) });
    // The name is data for the server's log; the handler never looks at it.
    let (sql, _) = work.load("tieout chunk")?.bound(Dialect::MySql);
    match connection.query_drop(sql).await {
        Ok(()) => {}
        Err(mysql_async::Error::Server(cause)) if FORBIDDEN.contains(&cause.code) => return Ok(None),
        Err(cause) => return Err(infile_error(&cause)),
    }
    // Asked for before the next statement, which has none.
    let warnings = connection.get_warnings();
    if warnings > 0 {
        let rows: Vec<(String, u16, String)> =
            connection.query("SHOW WARNINGS LIMIT 3").await.map_err(|cause| infile_error(&cause))?;
        let text: Vec<String> =
            rows.iter().map(|(_, code, text)| format!("[{code}] {}", printable(text))).collect();
        return Err(Error::database(
            format!("the server raised {warnings} warnings while loading: {}", text.join("; ")),
            "nothing was loaded; a value does not fit the staging table (keys hold up to 512 characters)",
        ));
    }
    Ok(Some(connection.affected_rows()))
}

fn blocks(file: File) -> impl futures_util::Stream<Item = std::io::Result<bytes::Bytes>> {
    futures_util::stream::unfold(file, |mut file| async move {
        let mut block = vec![0; BLOCK];
        match file.read(&mut block) {
            Ok(0) => None,
            Ok(length) => {
                block.truncate(length);
                Some((Ok(block.into()), file))
            }
            Err(cause) => Some((Err(cause), file)),
        }
    })
}

fn infile_error(cause: &mysql_async::Error) -> Error {
    match cause {
        mysql_async::Error::Server(server) => Error::database(
            format!("loading the staging table failed: {} [{}]", printable(&server.message), server.code),
            errors::by_code(&server.code.to_string(), &server.message),
        ),
        other => Error::database(
            format!("loading the staging table failed: {}", printable(&other.to_string())),
            "nothing was loaded; check that the server is up and run again",
        ),
    }
}
