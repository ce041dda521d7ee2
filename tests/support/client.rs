//! The databases' own command-line clients. Passwords go by the environment, never by an argument.

use super::{Kind, Output, Place};
use std::{
    fs::File,
    process::{Command, Stdio},
};

/// Runs a script from the place's folder in the client of its database, as somebody who pastes it would.
pub fn paste(place: &Place, script: &str) -> Output {
    run(place, script, client(place))
}

/// The same in a client that was told to go on after errors.
pub fn paste_regardless(place: &Place, script: &str) -> Output {
    let mut command = client(place);
    match place.kind {
        Kind::Sqlite => {
            command = Command::new(command.get_program());
            command.args(["-batch", "ours.sqlite"]);
        }
        Kind::Postgres => {
            command.args(["-v", "ON_ERROR_STOP=0", "-v", "ON_ERROR_ROLLBACK=on"]);
        }
        Kind::MySql | Kind::MariaDb => {
            command.arg("--force");
        }
    }
    run(place, script, command)
}

fn run(place: &Place, script: &str, mut command: Command) -> Output {
    let file = place.write("pasted.sql", script);
    command.current_dir(place.dir.path()).stdin(Stdio::from(File::open(file).expect("the script")));
    let output = command.output().unwrap_or_else(|cause| panic!("{:?}: {command:?}: {cause}", place.kind));
    Output {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn client(place: &Place) -> Command {
    let named =
        |variable: &str, default: &str| Command::new(std::env::var(variable).unwrap_or(default.into()));
    if place.kind == Kind::Sqlite {
        let mut command = named("TIEOUT_TEST_SQLITE3", "sqlite3");
        command.args(["-batch", "-bail", "ours.sqlite"]);
        return command;
    }
    let url = url::Url::parse(place.url()).expect("a URL");
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (host, user) = (url.host_str().unwrap_or("localhost"), decoded(url.username()));
    let password = decoded(url.password().unwrap_or_default());
    let port = url.port().map_or_else(String::new, |port| port.to_string());
    let mut command = match place.kind {
        Kind::Postgres => {
            let mut command = named("TIEOUT_TEST_PSQL", "psql");
            command.args([
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                host,
                "-U",
                &user,
                "-d",
                place.database(),
            ]);
            command.env("PGPASSWORD", password);
            command
        }
        kind => {
            let mut command = if kind == Kind::MySql {
                named("TIEOUT_TEST_MYSQL_CLIENT", "mysql")
            } else {
                named("TIEOUT_TEST_MARIADB_CLIENT", "mariadb")
            };
            command.args(["--local-infile=1", "-h", host, "-u", &user, "-D", place.database()]);
            if kind == Kind::MariaDb {
                // From 11.4 on it would warn that a certificate nobody signed proves nothing.
                command.arg("--skip-ssl-verify-server-cert");
            }
            command.env("MYSQL_PWD", password);
            command
        }
    };
    if !port.is_empty() {
        command.args([if place.kind == Kind::Postgres { "-p" } else { "-P" }, &port]);
    }
    command
}
