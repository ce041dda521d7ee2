//! A real SFTP server of a test's own that checks passwords: asyncssh, for the Python that `TIEOUT_TEST_ASYNCSSH` names. It
//! lets in `alice` with the password `secret`, and shows the host key `host` of `tests/support/ssh_keys/`.

use super::{
    Program, Started,
    pooler::DIES_WITH_US,
    sshd::{free_port, greets, key},
};
use std::{fs, io::PipeWriter, path::PathBuf};
use tempfile::TempDir;

/// A server at work; it ends when this goes, and its folder with it.
pub struct Asyncssh {
    port: u16,
    dir: TempDir,
    /// Closed when this process ends, however it ends: `DIES_WITH_US`.
    _held: PipeWriter,
    _started: Started,
}

impl Asyncssh {
    /// Starts one that has an empty folder `in`, and lets in by `password`, by `questions` (it asks for the password), or
    /// with `more` (it asks for a code too).
    pub fn start(way: &str) -> Self {
        loop {
            let port = free_port();
            let dir = TempDir::new().expect("a temporary folder");
            fs::create_dir(dir.path().join("in")).expect("a folder");
            let (held_by, held) = std::io::pipe().expect("a pipe");
            let program = std::env::var("TIEOUT_TEST_ASYNCSSH")
                .expect("TIEOUT_TEST_ASYNCSSH is not set: run the tests with scripts/test");
            let mut started = Program::new("sh")
                .args(["-c", DIES_WITH_US, "sh", &program])
                .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/sftp_server.py"))
                .arg(dir.path())
                .args([&port.to_string(), way])
                .arg(key("host"))
                .stdin(held_by)
                .start();
            if greets(port, &mut started) {
                return Self { port, dir, _held: held, _started: started };
            }
            let said = started.end().all();
            assert!(said.contains("address already in use"), "{said}");
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A path below the folder that a login sees.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}
