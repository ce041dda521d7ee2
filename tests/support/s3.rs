//! A real S3 server: moto behind a check of signatures (`scripts/servers.d/s3.py`), run by the Python that
//! `TIEOUT_TEST_MOTO` names. All tests of a process share one, and each has a bucket of its own.

use super::{Program, Started};
use std::{
    io::{BufRead, BufReader, PipeWriter, Read, Write},
    net::TcpStream,
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// The one key that it knows, and its secret.
pub const KEY: &str = "tests";
pub const SECRET: &str = "canary-4711";

/// Certificates of `tests/support/certificates/`, which it shows on a port each.
const CERTIFICATES: [&str; 3] = ["localhost.pem", "expired.pem", "elsewhere.pem"];
/// So many keys are a page of a listing.
const PAGE: &str = "100";

const NO_SERVER: &str =
    "the server of S3 did not start: TIEOUT_TEST_MOTO must be a Python with moto[s3], flask, flask-cors";

/// The server; it ends with this process.
struct S3 {
    port: u16,
    tls: Vec<u16>,
    _held: PipeWriter,
    _started: Started,
}

impl S3 {
    fn shared() -> &'static Self {
        static SHARED: OnceLock<S3> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = std::env::var_os("TIEOUT_TEST_MOTO").expect("TIEOUT_TEST_MOTO: run scripts/test");
        let (held_by, held) = std::io::pipe().expect("a pipe");
        let (said, says) = std::io::pipe().expect("a pipe");
        let folder = root.join("tests/support/certificates");
        let program =
            Program::new(python).arg(root.join("scripts/servers.d/s3.py")).arg(folder.join("localhost.key"));
        let program = program.args(CERTIFICATES.map(|name| folder.join(name)));
        let program = program.env("MOTO_S3_DEFAULT_MAX_KEYS", PAGE).stdin(held_by).stdout(says);
        let started = program.start();
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).expect("its ports");
        let mut ports = line.split_whitespace().map(|port| port.parse().expect("a port"));
        let port = ports.next().unwrap_or_else(|| panic!("{NO_SERVER}"));
        Self { port, tls: ports.collect(), _held: held, _started: started }
    }
}

/// A bucket of a test's own.
pub struct Bucket {
    s3: &'static S3,
    name: String,
}

impl Bucket {
    /// An empty one.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bank{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let bucket = Self { s3: S3::shared(), name };
        assert_eq!(bucket.ask("PUT", "", b"").0, 200);
        bucket
    }

    pub fn port(&self) -> u16 {
        self.s3.port
    }

    /// The port that speaks TLS and shows this certificate.
    pub fn tls_port(&self, certificate: &str) -> u16 {
        let number =
            CERTIFICATES.iter().position(|name| *name == certificate).expect("one of its certificates");
        self.s3.tls[number]
    }

    /// The address of a prefix, as a feed names it.
    pub fn url(&self, prefix: &str) -> String {
        format!("s3://{}/{prefix}", self.name)
    }

    /// `key` is percent-encoded.
    pub fn put(&self, key: &str, content: impl AsRef<[u8]>) {
        assert_eq!(self.ask("PUT", key, content.as_ref()).0, 200, "{key}");
    }

    /// What lies there; none where nothing does.
    pub fn get(&self, key: &str) -> Option<String> {
        let (status, body) = self.ask("GET", key, b"");
        (status == 200).then_some(body)
    }

    /// One request that no signature is asked for; its status and body.
    fn ask(&self, method: &str, key: &str, body: &[u8]) -> (u16, String) {
        let port = self.s3.port;
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server");
        let key = if key.is_empty() { String::new() } else { format!("/{key}") };
        let head = format!(
            "{method} /{}{key} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx-tests: 1\r\nconnection: close\r\n\
             content-type: application/xml\r\ncontent-length: {}\r\n\r\n",
            self.name,
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head[9..12].parse().expect("a status"), body.to_owned())
    }
}
