//! Certificates for servers of tests, made by `openssl`.

use super::Program;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// An authority of a test, whose files lie in a folder that anybody may read: a server may be another user.
pub struct Authority {
    folder: PathBuf,
}

/// A certificate and its key.
pub struct Certificate {
    pub file: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    /// Makes one in a new folder below `within`.
    pub fn new(within: &Path) -> Self {
        let folder = within.join("authority");
        fs::create_dir(&folder).expect("a folder");
        for open in [within, &folder] {
            fs::set_permissions(open, fs::Permissions::from_mode(0o755)).expect("its owner");
        }
        let authority = Self { folder };
        fs::write(authority.folder.join("index"), "").expect("a file");
        let settings = "[ca]\ndefault_ca = all\n[all]\ndatabase = index\nnew_certs_dir = .\nrand_serial = yes\n\
                        unique_subject = no\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n";
        fs::write(authority.folder.join("ca.cnf"), settings).expect("a file");
        let new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tests", "-days", "7"];
        authority.openssl(&[&new[..], &["-keyout", "ca.key", "-out", "ca.pem"]].concat());
        authority
    }

    pub fn file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A certificate of this authority for `names`, e.g. `IP:10.0.0.1`, that is good now, or was until 2021.
    pub fn certificate(&self, called: &str, names: &str, good: bool) -> Certificate {
        let file = |end: &str| format!("{called}.{end}");
        let new = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=server"];
        self.openssl(&[&new[..], &["-keyout", &file("key"), "-out", &file("csr")]].concat());
        fs::write(self.folder.join(file("ext")), format!("subjectAltName = {names}\n")).expect("a file");
        let end = if good { "20491231000000Z" } else { "20210101000000Z" };
        let sign = ["ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key"];
        let dates = ["-startdate", "20200101000000Z", "-enddate", end];
        let files = ["-extfile", &file("ext"), "-in", &file("csr"), "-out", &file("pem")];
        self.openssl(&[&sign[..], &dates, &files].concat());
        let made = Certificate { file: self.folder.join(file("pem")), key: self.folder.join(file("key")) };
        fs::set_permissions(&made.key, fs::Permissions::from_mode(0o644)).expect("its owner");
        made
    }

    fn openssl(&self, arguments: &[&str]) {
        Program::new("openssl").args(arguments).current_dir(&self.folder).output().expect(0, &[]);
    }
}
