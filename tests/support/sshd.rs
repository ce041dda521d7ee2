//! A real SFTP server of a test's own: OpenSSH, which `TIEOUT_TEST_SSHD` names. It lets in whoever runs it, with the keys
//! `ed25519`, `locked`, `rsa` and `ecdsa` of `tests/support/ssh_keys/`.

use super::{Program, Started, pooler::DIES_WITH_US, watch};
use std::{
    ffi::OsStr,
    fs,
    io::{PipeWriter, Read},
    net::{TcpListener, TcpStream},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// Whom it runs as where the tests run as root. An account of its own would have to be made for root's sshd.
const DAEMON: (&str, u32) = ("daemon", 1);

/// A server at work; it ends when this goes, and its folder with it.
pub struct Sshd {
    port: u16,
    dir: TempDir,
    /// Closed when this process ends, however it ends: `DIES_WITH_US`.
    _held: PipeWriter,
    started: Started,
}

/// A key of the tests.
pub fn key(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/ssh_keys").join(name)
}

/// A public key's text, as a feed names it.
pub fn public_key(name: &str) -> String {
    let text = fs::read_to_string(key(&format!("{name}.pub"))).expect("a public key");
    text.trim().to_owned()
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port()
}

impl Sshd {
    /// Starts one that has an empty folder `in`, and this host key.
    pub fn start(host_keys: &[&str]) -> Self {
        loop {
            let mut server = Self::try_start(host_keys);
            if greets(server.port, &mut server.started) {
                return server;
            }
            // Somebody else may have taken the port in the meantime.
            let said = server.started.end().all();
            assert!(said.contains("Address already in use"), "{said}");
        }
    }

    fn try_start(host_keys: &[&str]) -> Self {
        let port = free_port();
        let dir = TempDir::new().expect("a temporary folder");
        let at = |name: &str| dir.path().join(name);
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        fs::create_dir_all(at("files/in")).expect("a folder");
        let admitted: Vec<String> = ["ed25519", "locked", "rsa", "ecdsa"].map(public_key).into();
        fs::write(at("admitted"), admitted.join("\n")).expect("a file");
        let mut config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nAuthorizedKeysFile {0}/admitted\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\nMaxStartups 100\n\
             Subsystem sftp internal-sftp\nForceCommand internal-sftp -d {0}/files\n",
            dir.path().display(),
        );
        for name in host_keys {
            // A key that others can read is not used.
            fs::copy(key(name), at(name)).expect("a copy");
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).expect("permissions");
            give_away(&at(name));
            config.extend(["HostKey ", &at(name).display().to_string(), "\n"]);
        }
        fs::write(at("config"), config).expect("its configuration");
        for path in ["files", "files/in"] {
            give_away(&at(path));
        }

        let (held_by, held) = std::io::pipe().expect("a pipe");
        let mut program = Program::new("sh").args(["-c", DIES_WITH_US, "sh"]).stdin(held_by);
        if is_root() {
            program = program.args(["setpriv", "--reuid=1", "--regid=1", "--clear-groups"]);
        }
        let started = program.arg(named()).args(["-D", "-e", "-f"]).arg(at("config")).start();
        Self { port, dir, _held: held, started }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whom it lets in.
    #[expect(clippy::unused_self, reason = "it is a property of a server that runs")]
    pub fn user(&self) -> String {
        if is_root() {
            DAEMON.0.to_owned()
        } else {
            Program::new("id").arg("-un").output().stdout.trim().to_owned()
        }
    }

    /// A path below the folder that a login begins in.
    pub fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.dir.path().join("files").join(Path::new(name.as_ref()))
    }

    pub fn write(&self, name: impl AsRef<OsStr>, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::write(&path, content).expect("a file of the server");
        give_away(&path);
    }

    pub fn make_folder(&self, name: &str) {
        fs::create_dir(self.path(name)).expect("a folder of the server");
        give_away(&self.path(name));
    }

    /// Names of what lies in a folder, in order.
    pub fn names(&self, folder: &str) -> Vec<String> {
        names(&self.path(folder))
    }
}

/// Names of what lies in a folder, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder of the server");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Waits until a server answers; false where it ended before.
pub fn greets(port: u16, started: &mut Started) -> bool {
    while started.ended().is_none() {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            let mut greeting = [0; 4];
            if stream.read_exact(&mut greeting).is_ok() && &greeting == b"SSH-" {
                return true;
            }
        }
        assert!(!watch::here().left().is_zero(), "{}", watch::here().told());
        thread::sleep(Duration::from_millis(20));
    }
    false
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn give_away(path: &Path) {
    if is_root() {
        chown(path, Some(DAEMON.1), Some(DAEMON.1)).expect("another owner");
    }
}

fn named() -> String {
    std::env::var("TIEOUT_TEST_SSHD").expect("TIEOUT_TEST_SSHD is not set: run the tests with scripts/test")
}
