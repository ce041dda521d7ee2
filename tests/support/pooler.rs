//! A pooler before a test's database: `TIEOUT_TEST_PGBOUNCER`, which `scripts/servers` names.

use super::{Kind, Output, Place, Program, Started, client, watch};
use std::{io::PipeWriter, net::TcpListener, os::unix::fs::MetadataExt, thread, time::Duration};

/// A pooler at work; it ends when this goes.
pub struct Pooler {
    url: String,
    /// Closed when this process ends, however it ends: `DIES_WITH_US`.
    _held: PipeWriter,
    started: Started,
}

/// Becomes the program that it is given, which is killed when nobody holds the other end of standard input any more.
pub const DIES_WITH_US: &str =
    r#"exec 3<&0 </dev/null; (read -r _; kill -KILL $$) <&3 >/dev/null 2>&1 & exec "$@" 3<&-"#;

impl Pooler {
    /// Starts one whose settings begin with these lines, e.g. `pool_mode = session`.
    pub fn before(place: &Place, settings: &str) -> Self {
        Self::at("127.0.0.1", place, settings)
    }

    /// The same at an address of this machine.
    pub fn at(address: &str, place: &Place, settings: &str) -> Self {
        assert_eq!(place.kind, Kind::Postgres);
        loop {
            let mut pooler = Self::start(address, place, settings);
            if pooler.answers() {
                return pooler;
            }
            // Somebody else may have taken the port in the meantime.
            let said = pooler.started.end();
            assert!(said.stderr.contains("Address already in use"), "{}", said.all());
        }
    }

    fn start(address: &str, place: &Place, settings: &str) -> Self {
        let listener = TcpListener::bind((address, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);

        let (database, account) = (place.database(), client::Account::of(place));
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let config = place.write(
            &format!("pgbouncer-{port}.ini"),
            format!(
                "[databases]\n{database} = host={} {} user={} password={}\n[pgbouncer]\n{settings}\n\
                 listen_addr = {address}\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n",
                quoted(&account.host),
                if account.port.is_empty() { String::new() } else { format!("port={}", account.port) },
                quoted(&account.user),
                quoted(&account.password),
            ),
        );
        let (held_by, held) = std::io::pipe().expect("a pipe");
        let mut program = Program::new("sh").args(["-c", DIES_WITH_US, "sh", &named()]).stdin(held_by);
        // It does not serve as root, and has read its file before it is somebody else.
        if config.metadata().expect("its file").uid() == 0 {
            program = program.args(["-u", "nobody"]);
        }
        let url = format!("postgres://anybody@{address}:{port}/{database}");
        Self { url, _held: held, started: program.arg(config).start() }
    }

    /// Waits until a query comes through it; false where it ended before.
    fn answers(&mut self) -> bool {
        while self.started.ended().is_none() {
            if self.try_query("SELECT 1").status == 0 {
                return true;
            }
            assert!(!watch::here().left().is_zero(), "{}", watch::here().told());
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// The URL of the place's database by way of the pooler.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a query comes to on whichever session it gets.
    #[track_caller]
    pub fn query(&self, sql: &str) -> String {
        let output = self.try_query(sql);
        output.expect(0, &[]);
        output.stdout
    }

    /// Makes it hold so many sessions, all of them idle.
    pub fn open_sessions(&self, count: usize) {
        let sleep = || client::psql().args(["-XqtAc", "SELECT pg_sleep(0.5)", &self.url]).start();
        let sleeping: Vec<Started> = (0..count).map(|_| sleep()).collect();
        for query in sleeping {
            query.end().expect(0, &[]);
        }
    }

    /// Runs something while so many other clients ask one short thing after another.
    pub fn while_busy(&self, place: &Place, clients: usize, body: impl FnOnce()) {
        let script = place.write("busy.sql", "SELECT pg_sleep(random() * 0.002) \\watch 0.001\n");
        let client = || client::psql().args(["-Xqo", "/dev/null", &self.url, "-f"]).arg(&script).start();
        let mut busy: Vec<Started> = (0..clients).map(|_| client()).collect();
        body();
        assert!(busy.iter_mut().all(|client| client.ended().is_none()), "a client ended by itself");
    }

    fn try_query(&self, sql: &str) -> Output {
        client::psql().args(["-XqtAc", sql, &self.url]).output()
    }
}

fn named() -> String {
    std::env::var("TIEOUT_TEST_PGBOUNCER")
        .expect("TIEOUT_TEST_PGBOUNCER is not set: run the tests with scripts/test")
}
