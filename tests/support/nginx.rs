//! A real web server of a test's own: nginx, which `TIEOUT_TEST_NGINX` names. Its pages of folders are nginx's own.

use super::{Program, Started, pooler::DIES_WITH_US, watch};
use std::{
    fs,
    io::PipeWriter,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// A server at work; it ends when this goes, and its folder with it.
pub struct Nginx {
    port: u16,
    dir: TempDir,
    /// Closed when this process ends, however it ends: `DIES_WITH_US`.
    _held: PipeWriter,
    started: Started,
}

impl Nginx {
    /// Starts one with an empty folder `in`; these lines stand in its `server`.
    pub fn start(lines: &str) -> Self {
        Self::with("", lines)
    }

    /// The same with TLS, and this certificate of `tests/support/certificates/`.
    pub fn encrypted(certificate: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/certificates");
        let at = |name: &str| folder.join(name).display().to_string();
        let lines =
            format!("ssl_certificate {};\nssl_certificate_key {};", at(certificate), at("localhost.key"));
        Self::with("ssl", &lines)
    }

    fn with(listens: &str, lines: &str) -> Self {
        loop {
            let mut server = Self::try_start(listens, lines);
            while server.started.ended().is_none() {
                if TcpStream::connect(("127.0.0.1", server.port)).is_ok() {
                    return server;
                }
                assert!(!watch::here().left().is_zero(), "{}", watch::here().told());
                thread::sleep(Duration::from_millis(20));
            }
            // Somebody else may have taken the port in the meantime.
            let said = server.started.end().all();
            assert!(said.contains("Address already in use"), "{said}");
        }
    }

    fn try_start(listens: &str, lines: &str) -> Self {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let dir = TempDir::new().expect("a temporary folder");
        fs::create_dir_all(dir.path().join("files/in")).expect("a folder");
        fs::write(dir.path().join("passwords"), "reader:{PLAIN}canary-4711\n").expect("a file");
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path temporary-{name};"))
            .join("\n");
        // One process, so that nothing of it outlives it.
        let config = format!(
            "daemon off; master_process off; pid pid; error_log stderr warn;\nevents {{}}\n\
             http {{ {temporary} access_log off; autoindex on; default_type application/octet-stream;\n\
             types {{ text/html html; }}\n\
             server {{ listen 127.0.0.1:{port} {listens}; root files;\n{lines}\n}} }}\n"
        );
        fs::write(dir.path().join("config"), config).expect("its configuration");
        let (held_by, held) = std::io::pipe().expect("a pipe");
        let named = std::env::var_os("TIEOUT_TEST_NGINX").expect("TIEOUT_TEST_NGINX: run scripts/test");
        let program = Program::new("sh").args(["-c", DIES_WITH_US, "sh"]).stdin(held_by).arg(named);
        let started = program.args(["-e", "stderr", "-c", "config", "-p"]).arg(dir.path()).start();
        Self { port, dir, _held: held, started }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A path below the folder that it serves.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("files").join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("a file of the server");
    }
}
