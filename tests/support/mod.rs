//! What both test binaries stand on: servers, a place for a test, the programs it starts, and its time limit.

#![allow(dead_code, unused_imports, reason = "each of the two binaries uses its part")]

pub mod asyncssh;
pub mod certificates;
pub mod client;
pub mod digest;
pub mod drafted;
pub mod fake_ftp;
mod feed;
pub mod http;
pub mod nginx;
pub mod pack;
mod place;
mod pooler;
pub mod program;
pub mod proxy;
pub mod random;
pub mod relay;
pub mod s3;
mod server;
pub mod sshd;
pub mod vsftpd;
pub mod watch;

pub use feed::Feed;
pub use place::Place;
pub use pooler::Pooler;
pub use program::{Output, Program, Started};
pub use server::{EVERY_KIND, Kind, MYSQL_FAMILY, SERVERS, Server, on_each, on_every_server};

use std::io::Write as _;

/// `breaks.csv` or `matched.csv` without the four columns behind `line`, which tell of other runs.
pub fn of_this_run(text: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut of_others = 0..0;
    for row in reader.records() {
        let row = row.expect("a CSV file");
        if let Some(n) = row.iter().position(|name| name == "life").filter(|_| of_others.is_empty()) {
            of_others = n..n + 4;
        }
        let cells = row.iter().enumerate().filter(|(n, _)| !of_others.contains(n));
        writer.write_record(cells.map(|(_, cell)| cell)).expect("a row");
    }
    String::from_utf8(writer.into_inner().expect("the rows")).expect("UTF-8")
}

/// Says past the test runner, which keeps what a passing test prints, that something cannot be tested here. Where
/// everything has to be tested, which is in CI, that is a failure.
pub fn not_tested(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "not tested: {what}");
    not_tested_anywhere(what);
}

/// The same of what CI need not have either.
pub fn not_tested_anywhere(what: &str) {
    let _ = writeln!(std::io::stderr(), "NOT TESTED: {what}");
}
