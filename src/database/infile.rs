//! `LOAD DATA LOCAL INFILE` of MySQL and MariaDB. sqlx has none, so it goes through a driver that has, to the same
//! server as the same user under the same TLS.

use super::{
    cancel,
    chunk_file::{BLOCK, ChunkFile},
    connection::TextRow,
    deadline::no_answer,
    errors::{self, mysql::LOCAL_LOAD_FORBIDDEN},
    mark::of_loader,
    patience::{politely, within},
    rows::{Cells, FromRow},
    socket,
    target::{Options, Target},
};
use crate::{
    error::{Code, Error, Result, printable},
    model::Chunk,
    sql::{self, Dialect, SessionLimits, Statement, Value, Work},
    stop::Stop,
};
use futures_util::StreamExt;
use mysql_async::{ClientIdentity, Conn, DriverError, IoError, OptsBuilder, SslOpts, prelude::Queryable};
use sqlx::mysql::MySqlSslMode;
use std::{
    io::ErrorKind,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::timeout;
use url::Url;

/// A connection of the driver that has LOAD DATA LOCAL, with a transaction open.
pub struct Infile {
    connection: Conn,
    dialect: Dialect,
    target: Target,
    limits: SessionLimits,
    /// A call had no answer: nothing more can be asked.
    given_up: bool,
}

impl Infile {
    /// Connects and opens the transaction; nothing where this driver is stricter about the server's certificate than
    /// the URL: it checks the host's name under `VERIFY_CA` too, and knows no authority of the system's own list.
    pub async fn connect(target: &Target, dialect: Dialect, stop: &Stop) -> Result<Option<Self>> {
        let Some(connection) = open_connection(target).await? else { return Ok(None) };
        let limits = sql::limits(dialect, &target.timeouts, None);
        let mut opened = Self { connection, dialect, target: target.clone(), limits, given_up: false };
        timeout(target.connect, opened.set_up()).await.map_err(|_| target.gave_no_answer())??;
        if let Some(mark) = target.mark.get()
            && let Some(statement) = sql::mark(dialect, of_loader(*mark))
        {
            opened.execute(&statement).await?;
        }
        opened.command(&sql::begin(dialect)).await?;
        if let Some(statement) = sql::cancel(dialect, opened.connection.id().into()) {
            cancel::watch(stop, target, statement);
        }
        Ok(Some(opened))
    }

    async fn set_up(&mut self) -> Result<()> {
        if let Some(statement) = sql::statement_limit(self.dialect) {
            let own: Option<Option<String>> =
                self.connection.query_first(statement.bound(self.dialect).0).await.map_err(failed)?;
            let own = own.map(|millis| u64::from_row(&mut Cells::new(statement.name, vec![millis])));
            let own = own.transpose()?.map(Duration::from_millis);
            self.limits = sql::limits(self.dialect, &self.target.timeouts, own);
        }
        for statement in sql::session(self.dialect, &self.limits) {
            self.command(&statement).await?;
        }
        Ok(())
    }

    /// A statement without values that gives no rows, in the simple protocol.
    async fn command(&mut self, statement: &Statement) -> Result<()> {
        let (sql, _) = statement.bound(self.dialect);
        self.still_answers()?;
        let work = async { self.connection.query_drop(sql).await.map_err(failed) };
        let came = within(self.limits.statement, work).await;
        self.answered(statement.name, came).await
    }

    fn still_answers(&self) -> Result<()> {
        if self.given_up || self.target.silence.is_known() { Err(errors::silent("load")) } else { Ok(()) }
    }

    /// As `Connection` does it.
    async fn answered<T>(&mut self, name: &str, came: Result<Result<T>, Duration>) -> Result<T> {
        match came {
            Ok(answer) => answer.map_err(|cause| errors::beyond_its_own_limit(cause, self.limits)),
            Err(waited) => {
                self.given_up = true;
                let cancel = sql::cancel(self.dialect, self.connection.id().into());
                Err(no_answer(&self.target, cancel, name, waited).await)
            }
        }
    }

    /// Executes a statement with its values and gives the number of rows it changed.
    pub async fn execute(&mut self, statement: &Statement) -> Result<u64> {
        let (sql, values) = self.bound(statement);
        self.still_answers()?;
        let work = async { self.connection.exec_drop(sql, values).await.map_err(failed) };
        let came = within(self.limits.statement, work).await;
        self.answered(statement.name, came).await?;
        Ok(self.connection.affected_rows())
    }

    /// The first value of a query, which is a text.
    pub async fn ask(&mut self, statement: &Statement) -> Result<Option<String>> {
        let (sql, values) = self.bound(statement);
        self.still_answers()?;
        let work = async { self.connection.exec_first(sql, values).await.map_err(failed) };
        let came = within(self.limits.statement, work).await;
        self.answered(statement.name, came).await
    }

    /// The rows of a query, whose columns are texts.
    pub async fn rows(&mut self, statement: &Statement) -> Result<Vec<TextRow>> {
        let (sql, values) = self.bound(statement);
        self.still_answers()?;
        let work =
            async { self.connection.exec::<mysql_async::Row, _, _>(sql, values).await.map_err(failed) };
        let came = within(self.limits.statement, work).await;
        let rows = self.answered(statement.name, came).await?;
        let text = |row: &mysql_async::Row, n: usize| row.get::<Option<String>, usize>(n).flatten();
        Ok(rows.iter().map(|row| (0..row.len()).map(|n| text(row, n)).collect()).collect())
    }

    fn bound(&self, statement: &Statement) -> (String, Vec<mysql_async::Value>) {
        let (sql, values) = statement.bound(self.dialect);
        let value = |value: &Value| match value {
            Value::Text(text) => text.as_str().into(),
            Value::Int(number) => (*number).into(),
        };
        (sql, values.into_iter().map(value).collect())
    }

    /// The rows loaded; nothing where LOAD DATA LOCAL is forbidden, by the server's setting or by a proxy before it. An
    /// administrator may forbid it at any moment, and a server that does answers before it takes a byte.
    ///
    /// # Errors
    /// `Database` where the server refuses or warns; `Machine` where the chunk cannot be read or is another.
    pub async fn load(&mut self, work: &Work<'_>, chunk: &Chunk) -> Result<Option<u64>> {
        let file = ChunkFile::open(chunk)?;
        let fault = Arc::new(Mutex::new(None));
        let blocks = blocks(file, fault.clone());
        // One-shot: answers this statement only, from the one file that is already open.
        self.connection.set_infile_handler(async move { Ok(blocks.boxed()) });
        // The name is data for the server's log; the handler never looks at it.
        let Some(load) = work.load("tieout chunk") else { return Ok(None) };
        let (sql, _) = load.bound(self.dialect);
        self.still_answers()?;
        let work = async {
            match self.connection.query_drop(sql).await {
                Ok(()) => Ok(true),
                Err(mysql_async::Error::Server(cause)) if LOCAL_LOAD_FORBIDDEN.contains(&cause.code) => {
                    Ok(false)
                }
                Err(cause) => Err(failed(cause)),
            }
        };
        let came = within(self.limits.statement, work).await;
        // The driver has its own words for it, or the server's: this is why.
        if let Some(fault) = fault.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(fault);
        }
        if !self.answered(load.name, came).await? {
            return Ok(None);
        }
        // Asked for before the next statement, which has none.
        let rows = self.connection.affected_rows();
        match self.connection.get_warnings() {
            0 => Ok(Some(rows)),
            warnings => Err(self.warned(warnings).await),
        }
    }

    /// The first three warnings of a load.
    async fn warned(&mut self, warnings: u16) -> Error {
        let (sql, _) = sql::warnings(self.dialect).bound(self.dialect);
        let came = within(self.limits.statement, async { self.connection.query(sql).await.map_err(failed) });
        let came = came.await;
        let rows: Vec<(String, u16, String)> = match self.answered("warnings", came).await {
            Ok(rows) => rows,
            Err(cause) => return cause,
        };
        let text: Vec<String> =
            rows.iter().take(3).map(|(_, code, text)| format!("[{code}] {}", printable(text))).collect();
        Error::new(
            Code::LoadWarnings,
            format!("the server raised {warnings} warnings while loading: {}", text.join("; ")),
        )
    }

    /// Commits, and ends the connection politely.
    pub async fn commit(mut self) -> Result<()> {
        self.command(&sql::commit(self.dialect)).await?;
        politely(self.connection.disconnect()).await;
        Ok(())
    }

    /// Rolls back. A failure is not reported: the server does the same when the connection ends.
    pub async fn rollback(mut self) {
        if self.command(&sql::rollback(self.dialect)).await.is_ok() {
            politely(self.connection.disconnect()).await;
        }
    }
}

async fn open_connection(target: &Target) -> Result<Option<Conn>> {
    if target.silence.is_known() {
        return Err(errors::silent("connect"));
    }
    let login = target.login().await?;
    let connection = timeout(target.connect, connect(&login)).await.map_err(|_| target.gave_no_answer())?;
    socket::set_all();
    connection
}

/// As sqlx's connection is made.
async fn connect(target: &Target) -> Result<Option<Conn>> {
    let Options::MySql(options) = &target.options else {
        return Err(Error::internal("LOAD DATA on a server that is not MySQL"));
    };
    let url = Url::parse(target.url.reveal()).map_err(|_| Error::internal("the URL was readable before"))?;
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let plain = OptsBuilder::default()
        .ip_or_hostname(options.get_host())
        .tcp_port(options.get_port())
        .socket(options.get_socket().map(|path| path.display().to_string()))
        .prefer_socket(false)
        .user(Some(options.get_username()))
        .pass(target.password().map(str::to_owned).or_else(|| url.password().map(decode)))
        .db_name(options.get_database());
    // Nobody listens to a socket of this machine, and this driver has no TLS there.
    let mode = options.get_socket().map_or(options.get_ssl_mode(), |_| MySqlSslMode::Disabled);
    // Tokens go so, to servers that are known: never where the connection might be plain, or anybody's.
    let known = matches!(mode, MySqlSslMode::VerifyCa | MySqlSslMode::VerifyIdentity);
    let plain = plain.enable_cleartext_plugin(known);
    match (Conn::new(plain.clone().ssl_opts(tls(&url, mode))).await, mode) {
        (
            Err(mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer)),
            MySqlSslMode::Preferred,
        ) => Conn::new(plain).await.map(Some),
        // sqlx's connections are there already, under an authority that they believe.
        (
            Err(mysql_async::Error::Io(IoError::Io(cause))),
            MySqlSslMode::VerifyCa | MySqlSslMode::VerifyIdentity,
        ) if cause.kind() == ErrorKind::InvalidData => Ok(None),
        (attempt, _) => attempt.map(Some),
    }
    .map_err(failed)
}

/// What the URL says of TLS. The names are those that sqlx takes.
fn tls(url: &Url, mode: MySqlSslMode) -> Option<SslOpts> {
    use MySqlSslMode as Mode;
    if matches!(mode, Mode::Disabled) {
        return None;
    }
    let named = |names: [&str; 2]| {
        url.query_pairs()
            .filter(|(name, _)| names.contains(&&**name))
            .last()
            .map(|(_, value)| value.into_owned())
    };
    // As in sqlx, an authority is for those who ask for one.
    let verified = matches!(mode, Mode::VerifyCa | Mode::VerifyIdentity);
    let authority = named(["ssl-ca", "sslca"]).filter(|_| verified).map(pem);
    let identity = named(["ssl-cert", "sslcert"]).zip(named(["ssl-key", "sslkey"]));
    let options = SslOpts::default()
        .with_root_certs(authority.into_iter().collect())
        .with_client_identity(
            identity.map(|(certificate, key)| ClientIdentity::new(pem(certificate), pem(key))),
        )
        .with_danger_accept_invalid_certs(!verified)
        .with_danger_skip_domain_validation(!matches!(mode, Mode::VerifyIdentity));
    Some(options)
}

/// A file, or what it would hold.
fn pem<T: From<PathBuf> + From<Vec<u8>>>(text: String) -> T {
    if text.starts_with("-----BEGIN") { text.into_bytes().into() } else { PathBuf::from(text).into() }
}

/// The file's blocks; the last one is told only where all of them are what was written. `fault` gets why they are not.
fn blocks(
    file: ChunkFile,
    fault: Arc<Mutex<Option<Error>>>,
) -> impl futures_util::Stream<Item = std::io::Result<bytes::Bytes>> {
    futures_util::stream::unfold(Some(file), move |file| {
        let fault = fault.clone();
        async move {
            let mut file = file?;
            let mut block = vec![0; BLOCK];
            match file.next(&mut block) {
                Ok(0) => None,
                Ok(length) => {
                    block.truncate(length);
                    Some((Ok(block.into()), Some(file)))
                }
                Err(cause) => {
                    let told = std::io::Error::new(ErrorKind::InvalidData, cause.to_string());
                    *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(cause);
                    Some((Err(told), None))
                }
            }
        }
    })
}

/// What its driver says, as `errors` says what sqlx does.
fn failed(cause: mysql_async::Error) -> Error {
    let failed = |code, text: &str| Error::new(code, format!("loading the staging table failed: {text}"));
    let error = match &cause {
        mysql_async::Error::Server(server) => failed(
            errors::mysql::code(server.code),
            &format!("{} [{}]", printable(&server.message), server.code),
        ),
        other => failed(Code::DriverFailed, &printable(&other.to_string()))
            .with_hint("nothing was loaded; check that the server is up and run again"),
    };
    error.because(cause)
}
