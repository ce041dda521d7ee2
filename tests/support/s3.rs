//! A real S3 server of a test's own: moto behind a check of signatures (`scripts/servers.d/s3.py`), run by the Python
//! that `TIEOUT_TEST_MOTO` names.

use super::{Program, Started};
use std::{
    io::{BufRead, BufReader, PipeWriter, Read, Write},
    net::TcpStream,
    path::Path,
};

/// The one key that it knows, and its secret.
pub const KEY: &str = "tests";
pub const SECRET: &str = "canary-4711";

const NO_SERVER: &str =
    "the server of S3 did not start: TIEOUT_TEST_MOTO must be a Python with moto[s3], flask, flask-cors";

/// A server at work; it ends when this goes, or this process.
pub struct S3 {
    port: u16,
    tls: Option<u16>,
    _held: PipeWriter,
    _started: Started,
}

impl S3 {
    pub fn start() -> Self {
        Self::with(None)
    }

    /// With a port for TLS too, and this certificate of `tests/support/certificates/`.
    pub fn encrypted(certificate: &str) -> Self {
        Self::with(Some(certificate))
    }

    fn with(certificate: Option<&str>) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = std::env::var_os("TIEOUT_TEST_MOTO").expect("TIEOUT_TEST_MOTO: run scripts/test");
        let (held_by, held) = std::io::pipe().expect("a pipe");
        let (said, says) = std::io::pipe().expect("a pipe");
        let mut program =
            Program::new(python).arg(root.join("scripts/servers.d/s3.py")).stdin(held_by).stdout(says);
        if let Some(name) = certificate {
            let folder = root.join("tests/support/certificates");
            program = program.arg(folder.join(name)).arg(folder.join("localhost.key"));
        }
        let started = program.start();
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).expect("its ports");
        let mut ports = line.split_whitespace().map(|port| port.parse().expect("a port"));
        let port = ports.next().unwrap_or_else(|| panic!("{NO_SERVER}"));
        Self { port, tls: ports.next(), _held: held, _started: started }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port that speaks TLS.
    pub fn tls_port(&self) -> u16 {
        self.tls.expect("a server with a certificate")
    }

    pub fn make_bucket(&self, name: &str) {
        assert_eq!(self.ask("PUT", name, b"").0, 200);
    }

    /// `key` begins with the bucket, and is percent-encoded.
    pub fn put(&self, key: &str, content: impl AsRef<[u8]>) {
        assert_eq!(self.ask("PUT", key, content.as_ref()).0, 200, "{key}");
    }

    /// What lies there; none where nothing does.
    pub fn get(&self, key: &str) -> Option<String> {
        let (status, body) = self.ask("GET", key, b"");
        (status == 200).then_some(body)
    }

    /// One request that no signature is asked for; its status and body.
    fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server");
        let head = format!(
            "{method} /{path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nx-tests: 1\r\nconnection: close\r\n\
             content-type: application/xml\r\ncontent-length: {}\r\n\r\n",
            self.port,
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
