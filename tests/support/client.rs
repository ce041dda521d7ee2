//! The databases' own command-line clients. Passwords go by the environment, never by an argument.

use super::{Kind, Output, Place, Program};
use std::fs::File;

/// Runs a script from the place's folder in the client of its database, as somebody who pastes it would.
pub fn paste(place: &Place, script: &str) -> Output {
    run(place, script, client(place))
}

/// The same in a client that was told to go on after errors.
pub fn paste_regardless(place: &Place, script: &str) -> Output {
    let command = match place.kind {
        Kind::Sqlite => sqlite().args(["-batch", "-json", "ours.sqlite"]),
        Kind::Postgres => client(place).args(["-v", "ON_ERROR_STOP=0", "-v", "ON_ERROR_ROLLBACK=on"]),
        Kind::MySql | Kind::MariaDb => client(place).arg("--force"),
    };
    run(place, script, command)
}

fn run(place: &Place, script: &str, command: Program) -> Output {
    let file = place.write("pasted.sql", script);
    command.current_dir(place.dir.path()).stdin(File::open(file).expect("the script")).output()
}

/// How psql prints NULL.
const NO_VALUE: &str = "null=NULL";

/// The results of runs that a script printed (`read_results`), one after the other.
pub fn results_of(kind: Kind, printed: &str) -> Vec<Vec<Vec<Option<String>>>> {
    const FIRST: [&str; 3] = ["outcome", "differing", "row_key"];
    if kind == Kind::Sqlite {
        let all = serde_json::Deserializer::from_str(printed).into_iter::<serde_json::Value>();
        let all = all.map(|one| one.expect("JSON"));
        let rows = |one: serde_json::Value| {
            let rows = one.as_array().expect("rows").clone();
            let first =
                rows[0].as_object().is_some_and(|row| row.keys().map(String::as_str).take(3).eq(FIRST));
            let cells = |row: &serde_json::Value| {
                let row = row.as_object().expect("a row");
                row.values().map(|cell| cell.as_str().map(str::to_owned)).collect()
            };
            first.then(|| rows.iter().map(cells).collect())
        };
        return all.filter_map(rows).collect();
    }
    let rows: Vec<Vec<String>> = if kind == Kind::Postgres {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(printed.as_bytes());
        reader.records().map(|row| row.expect("CSV").iter().map(str::to_owned).collect()).collect()
    } else {
        let cell = |cell: &str| {
            let text = cell.replace("\\\\", "\u{1}").replace("\\n", "\n").replace("\\t", "\t");
            text.replace('\u{1}', "\\")
        };
        printed.lines().map(|line| line.split('\t').map(cell).collect()).collect()
    };
    let is_header = |row: &Vec<String>| row.iter().take(3).eq(FIRST.iter());
    let of_header = |n: usize| {
        let width = rows[n].len();
        let those = rows[n + 1..].iter().take_while(|row| row.len() == width && !is_header(row));
        those.map(|row| row.iter().map(|cell| (cell != "NULL").then(|| cell.clone())).collect()).collect()
    };
    (0..rows.len()).filter(|&n| is_header(&rows[n])).map(of_header).collect()
}

fn named(variable: &str, default: &str) -> Program {
    Program::new(std::env::var(variable).unwrap_or(default.into()))
}

fn sqlite() -> Program {
    named("TIEOUT_TEST_SQLITE3", "sqlite3")
}

pub(super) fn psql() -> Program {
    named("TIEOUT_TEST_PSQL", "psql")
}

/// Where a place's server is, and who its administrator is there.
pub(super) struct Account {
    pub host: String,
    /// Empty for the usual one.
    pub port: String,
    pub user: String,
    pub password: String,
}

impl Account {
    pub fn of(place: &Place) -> Self {
        let url = url::Url::parse(place.url()).expect("a URL");
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        Self {
            host: url.host_str().unwrap_or("localhost").to_owned(),
            port: url.port().map_or_else(String::new, |port| port.to_string()),
            user: decoded(url.username()),
            password: decoded(url.password().unwrap_or_default()),
        }
    }
}

fn client(place: &Place) -> Program {
    if place.kind == Kind::Sqlite {
        return sqlite().args(["-batch", "-bail", "-json", "ours.sqlite"]);
    }
    let Account { host, port, user, password } = Account::of(place);
    let command = match place.kind {
        Kind::Postgres => psql()
            .args(["-X", "-q", "--csv", "-P", NO_VALUE, "-v", "ON_ERROR_STOP=1"])
            .args(["-h", &host, "-U", &user, "-d", place.database()])
            .env("PGPASSWORD", password),
        kind => {
            let command = if kind == Kind::MySql {
                named("TIEOUT_TEST_MYSQL_CLIENT", "mysql")
            } else {
                // From 11.4 on it would warn that a certificate nobody signed proves nothing.
                named("TIEOUT_TEST_MARIADB_CLIENT", "mariadb").arg("--skip-ssl-verify-server-cert")
            };
            command
                .args(["--local-infile=1", "-h", &host, "-u", &user, "-D", place.database()])
                .env("MYSQL_PWD", password)
        }
    };
    if port.is_empty() {
        return command;
    }
    command.args([if place.kind == Kind::Postgres { "-p" } else { "-P" }, &port])
}
