//! `LOAD DATA LOCAL INFILE` of MySQL and MariaDB. sqlx has none, so it goes through a driver that has, to the same
//! server as the same user under the same TLS.

use super::{
    cancel::{Canceller, Stop},
    errors,
    load::{BLOCK, open},
    target::{Options, Target},
};
use crate::{
    error::{Error, Result, printable},
    model::Chunk,
    sql::{Dialect, Statement, Value, Work},
};
use futures_util::StreamExt;
use mysql_async::{ClientIdentity, Conn, DriverError, IoError, OptsBuilder, SslOpts, prelude::Queryable};
use sqlx::mysql::MySqlSslMode;
use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::PathBuf,
};
use url::Url;

/// A connection with a transaction open; nothing where this driver is stricter about the server's certificate than the
/// URL: it checks the host's name under `VERIFY_CA` too.
///
/// # Errors
/// `Database`.
pub async fn connect(target: &Target, dialect: Dialect, stop: &Stop) -> Result<Option<Conn>> {
    let Some(mut connection) = open_connection(target).await? else { return Ok(None) };
    for statement in crate::sql::session(dialect, &target.settings()) {
        command(&mut connection, &statement.bound(dialect).0).await?;
    }
    command(&mut connection, "BEGIN").await?;
    stop.add(Canceller::kill_query(target, connection.id()));
    Ok(Some(connection))
}

/// A statement that gives no rows.
///
/// # Errors
/// `Database`.
pub async fn command(connection: &mut Conn, sql: &str) -> Result<()> {
    connection.query_drop(sql).await.map_err(|cause| error(&cause))
}

/// Executes a statement with its values and gives the number of rows it changed.
///
/// # Errors
/// `Database`.
pub async fn execute(connection: &mut Conn, statement: &Statement, dialect: Dialect) -> Result<u64> {
    let (sql, values) = statement.bound(dialect);
    let values: Vec<mysql_async::Value> = (values.into_iter())
        .map(|value| match value {
            Value::Text(text) => text.as_str().into(),
            Value::Int(number) => (*number).into(),
        })
        .collect();
    connection.exec_drop(sql, values).await.map_err(|cause| error(&cause))?;
    Ok(connection.affected_rows())
}

/// As sqlx's connection is made.
async fn open_connection(target: &Target) -> Result<Option<Conn>> {
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
        .user(Some(decode(url.username())))
        .pass(url.password().map(decode))
        .db_name(options.get_database());
    // Nobody listens to a socket of this machine, and this driver has no TLS there.
    let mode = options.get_socket().map_or(options.get_ssl_mode(), |_| MySqlSslMode::Disabled);
    match (Conn::new(plain.clone().ssl_opts(tls(&url, mode))).await, mode) {
        (
            Err(mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer)),
            MySqlSslMode::Preferred,
        ) => Conn::new(plain).await.map(Some),
        // sqlx's connections are there already, under the same authority.
        (Err(mysql_async::Error::Io(IoError::Io(cause))), MySqlSslMode::VerifyCa)
            if cause.kind() == ErrorKind::InvalidData =>
        {
            Ok(None)
        }
        (attempt, _) => attempt.map(Some),
    }
    .map_err(|cause| error(&cause))
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

/// The rows loaded; nothing where LOAD DATA LOCAL is forbidden, by the server's setting or by a proxy before it. An
/// administrator may forbid it at any moment, and a server that does answers before it takes a byte.
///
/// # Errors
/// `Database` where the server refuses or warns; `Machine` where the chunk cannot be read.
pub async fn load(connection: &mut Conn, work: &Work<'_>, chunk: &Chunk) -> Result<Option<u64>> {
    const FORBIDDEN: [u16; 3] = [1148, 3948, 4166];
    let file = open(&chunk.path)?;
    // One-shot: answers this statement only, from the one file that is already open.
    connection.set_infile_handler(async move { Ok(blocks(file).boxed()) });
    // The name is data for the server's log; the handler never looks at it.
    let Some(load) = work.load("tieout chunk") else { return Ok(None) };
    let (sql, _) = load.bound(Dialect::MySql);
    match connection.query_drop(sql).await {
        Ok(()) => {}
        Err(mysql_async::Error::Server(cause)) if FORBIDDEN.contains(&cause.code) => return Ok(None),
        Err(cause) => return Err(error(&cause)),
    }
    // Asked for before the next statement, which has none.
    let warnings = connection.get_warnings();
    if warnings > 0 {
        let rows: Vec<(String, u16, String)> =
            connection.query("SHOW WARNINGS LIMIT 3").await.map_err(|cause| error(&cause))?;
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

fn error(cause: &mysql_async::Error) -> Error {
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
