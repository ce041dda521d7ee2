//! A real FTP server of a test's own: vsftpd, which `TIEOUT_TEST_VSFTPD` names. It knows one account, `anonymous`, with
//! the password `secret`.

use super::{Program, Started, pooler::DIES_WITH_US, watch};
use std::{
    fs,
    io::{PipeWriter, Read},
    net::{TcpListener, TcpStream},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// Whom it runs as where the tests run as root, as which it refuses to: nobody.
const NOBODY: u32 = 65534;

/// How it encrypts, and with which certificate of `tests/support/certificates/`.
#[derive(Clone, Copy, Debug)]
pub enum Encrypted {
    No,
    /// After `AUTH TLS`, without which it refuses the login.
    Explicit(&'static str),
    /// From the first byte.
    Implicit(&'static str),
}

/// A server at work; it ends when this goes, and its folder with it.
pub struct Vsftpd {
    port: u16,
    dir: TempDir,
    /// Closed when this process ends, however it ends: `DIES_WITH_US`.
    _held: PipeWriter,
    started: Started,
}

/// The folder of certificates.
pub fn certificates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/certificates")
}

impl Vsftpd {
    /// Starts one that has an empty folder `in`.
    pub fn start(encrypted: Encrypted) -> Self {
        loop {
            let mut server = Self::try_start(encrypted);
            if server.greets(encrypted) {
                return server;
            }
            // Somebody else may have taken the port in the meantime.
            let said = server.started.end().all();
            assert!(said.contains("bind"), "{said}");
        }
    }

    fn try_start(encrypted: Encrypted) -> Self {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let dir = TempDir::new().expect("a temporary folder");
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("files/in")).expect("a folder");
        fs::create_dir(at("empty")).expect("a folder");
        fs::write(at("passwords"), "secret\n").expect("a file");
        for name in fs::read_dir(certificates()).expect("the certificates") {
            let name = name.expect("an entry").file_name();
            fs::copy(certificates().join(&name), dir.path().join(&name)).expect("a copy");
        }
        let files: Vec<PathBuf> = ["files", "empty", "passwords", "localhost.key"].map(at).into();
        let config = at("config");
        fs::write(&config, config_of(dir.path(), port, encrypted)).expect("its configuration");
        for path in files.iter().chain([&at("files/in"), &config]) {
            give_away(path);
        }
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("permissions");

        let (held_by, held) = std::io::pipe().expect("a pipe");
        let mut program = Program::new("sh").args(["-c", DIES_WITH_US, "sh"]).stdin(held_by);
        if is_root() {
            program = program.args(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
        }
        let started = program.arg(named()).arg(config).start();
        Self { port, dir, _held: held, started }
    }

    /// Waits until it answers; false where it ended before.
    fn greets(&mut self, encrypted: Encrypted) -> bool {
        while self.started.ended().is_none() {
            if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
                // One that waits for TLS says nothing.
                let silent = matches!(encrypted, Encrypted::Implicit(_));
                if silent || stream.read(&mut [0; 3]).is_ok_and(|n| n > 0) {
                    return true;
                }
            }
            assert!(!watch::here().left().is_zero(), "{}", watch::here().told());
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A path below the folder that a login sees.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("files").join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
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
        let entries = fs::read_dir(self.path(folder)).expect("a folder of the server");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

fn config_of(dir: &Path, port: u16, encrypted: Encrypted) -> String {
    let dir = dir.display();
    let account = if is_root() { "nobody".to_owned() } else { user() };
    let tls = match encrypted {
        Encrypted::No => String::new(),
        Encrypted::Explicit(certificate) | Encrypted::Implicit(certificate) => format!(
            "ssl_enable=YES\nallow_anon_ssl=YES\nforce_anon_logins_ssl=YES\nforce_anon_data_ssl=YES\nssl_tlsv1=YES\n\
             require_ssl_reuse=YES\nrsa_cert_file={dir}/{certificate}.pem\nrsa_private_key_file={dir}/localhost.key\n\
             implicit_ssl={}\n",
            if matches!(encrypted, Encrypted::Implicit(_)) { "YES" } else { "NO" },
        ),
    };
    format!(
        "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nrun_as_launching_user=YES\n\
         anonymous_enable=YES\nlocal_enable=NO\nanon_root={dir}/files\nsecure_email_list_enable=YES\n\
         email_password_file={dir}/passwords\nwrite_enable=YES\nanon_upload_enable=YES\n\
         anon_mkdir_write_enable=YES\nanon_other_write_enable=YES\nanon_world_readable_only=NO\nanon_umask=022\n\
         secure_chroot_dir={dir}/empty\nseccomp_sandbox=NO\nftp_username={account}\nnopriv_user={account}\n\
         xferlog_enable=NO\n{tls}"
    )
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn user() -> String {
    Program::new("id").arg("-un").output().stdout.trim().to_owned()
}

fn give_away(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).expect("another owner");
    }
}

fn named() -> String {
    std::env::var("TIEOUT_TEST_VSFTPD")
        .expect("TIEOUT_TEST_VSFTPD is not set: run the tests with scripts/test")
}
