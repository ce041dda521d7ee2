//! Passwords that do not stand in the URL, wherever a server's own clients look for them, and where a feed says. None of
//! them is shown, whatever is logged.

use super::place;
use crate::support::{Kind, MYSQL_FAMILY, Output, Place, Program, SERVERS, on_each};
use std::{fs, os::unix::fs::PermissionsExt};

/// With everything that a file of passwords has to escape.
const SECRET: &str = "S3c:r\\et#1";

/// A user of the server with this password, who may do what a run needs; and the URL without it.
fn user(place: &Place) -> (String, String) {
    let name = format!("{}_p", place.database());
    let literal = place.kind.literal(SECRET);
    let quoted = format!("'{}'", SECRET.replace('\\', "\\\\"));
    if place.kind == Kind::Postgres {
        place.sql(&format!(
            "DO $$ BEGIN EXECUTE format('CREATE ROLE {name} LOGIN PASSWORD %L', {literal}); END $$"
        ));
        place.sql(&format!("GRANT ALL ON SCHEMA public TO {name}; GRANT SELECT ON ours TO {name}"));
    } else {
        place.sql(&format!("CREATE USER '{name}'@'%' IDENTIFIED BY {quoted}"));
        place.sql(&format!("GRANT ALL ON {}.* TO '{name}'@'%'", place.database()));
    }
    let mut url = url::Url::parse(place.url()).expect("a URL");
    url.set_username(&name).expect("a user");
    url.set_password(None).expect("no password");
    (name, url.to_string())
}

fn gone(place: &Place, name: &str) {
    place.server().clean_up(&match place.kind {
        // Its tables go with the database.
        Kind::Postgres => "SELECT 1".to_owned(),
        _ => format!("DROP USER '{name}'@'%'"),
    });
    if place.kind == Kind::Postgres {
        place.sql(&format!("DROP OWNED BY {name}; DROP ROLE {name}"));
    }
}

/// A run that logs all it can, in a home of its own; nothing of it shows the password.
fn run(place: &Place, change: impl FnOnce(Program) -> Program) -> Output {
    let program = place.command().args(["run", "feed.toml", "theirs.xml", "--force", "-vv"]);
    let program = program.env("HOME", place.dir.path()).env("TIEOUT_LOG", "trace");
    let output = change(program).output();
    assert!(!output.all().contains("S3c") && !output.all().contains("r\\et"), "{}", output.all());
    output
}

fn write(place: &Place, name: &str, text: &str, mode: u32) -> String {
    let path = place.write(name, text);
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its owner");
    path.display().to_string()
}

fn with(url: &str, lines: &str) -> String {
    super::feed().first(&format!("[database]\nurl = \"{url}\"\n{lines}\n")).to_string()
}

#[test]
fn a_feed_says_where_the_password_is() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        let (name, url) = user(&place);
        place.feed(with(&url, ""));
        run(&place, |program| program).expect(4, &["TO-405"]);

        write(&place, "password", &format!("{SECRET}\n"), 0o600);
        place.feed(with(&url, "password_file = \"password\""));
        run(&place, |program| program).expect(0, &["TIED OUT"]);
        // Beside the feed file, wherever the program is started.
        let elsewhere = place.path("feed.toml").display().to_string();
        let file = place.path("theirs.xml").display().to_string();
        let command = place.command().args(["run", &elsewhere, &file, "--force"]).current_dir("/");
        command
            .args(["--out", &place.path("tieout-out").display().to_string()])
            .output()
            .expect(0, &["TIED OUT"]);
        place.feed(with(&url, "password_file = \"none\""));
        run(&place, |program| program).expect(4, &["TO-447", "none"]);

        // Once a run, though it connects several times; no shell, and only the last line counts.
        let script = "echo x >> calls; echo hello; cat password";
        place.feed(with(&url, &format!("password_command = [\"sh\", \"-c\", \"{script}\"]")));
        run(&place, |program| program).expect(0, &["TIED OUT"]);
        assert_eq!(fs::read_to_string(place.path("calls")).expect("its calls"), "x\n");
        for (command, said) in [
            ("[\"sh\", \"-c\", \"cat password; echo no token >&2; exit 3\"]", "no token"),
            ("[\"./nothing-here\"]", "cannot be started"),
            ("[\"true\"]", "said nothing"),
        ] {
            place.feed(with(&url, &format!("password_command = {command}")));
            run(&place, |program| program).expect(4, &["TO-448", said]);
        }
        let both = "password_command = [\"true\"]\npassword_file = \"password\"";
        place.feed(with(&url, both));
        run(&place, |program| program).expect(2, &["keep one of them"]);
        gone(&place, &name);
    });
}

#[test]
fn postgres_looks_where_its_own_clients_do() {
    let place = place(Kind::Postgres);
    let (name, url) = user(&place);
    place.feed(with(&url, ""));
    run(&place, |program| program.env("PGPASSWORD", SECRET)).expect(0, &["TIED OUT"]);
    let escaped = SECRET.replace('\\', "\\\\").replace(':', "\\:");
    let lines = format!("# a comment\nother:*:*:*:wrong\n*:*:*:{name}:{escaped}\n");
    let file = write(&place, "passes", &lines, 0o600);
    run(&place, |program| program.env("PGPASSFILE", &file)).expect(0, &["TIED OUT"]);
    write(&place, "passes", &lines, 0o644);
    run(&place, |program| program.env("PGPASSFILE", &file)).expect(4, &["TO-405", "others may read it"]);
    write(&place, ".pgpass", &lines, 0o600);
    run(&place, |program| program).expect(0, &["TIED OUT"]);
    // What stands in the URL comes first.
    let wrong = place.url_of(&name, "wrong");
    place.feed(with(&wrong, ""));
    run(&place, |program| program.env("PGPASSWORD", SECRET)).expect(4, &["TO-405"]);
    gone(&place, &name);
}

#[test]
fn mysql_and_mariadb_look_where_their_own_clients_do() {
    on_each(&MYSQL_FAMILY, |kind| {
        let place = place(kind);
        let (name, url) = user(&place);
        place.feed(with(&url, ""));
        run(&place, |program| program.env("MYSQL_PWD", SECRET)).expect(0, &["TIED OUT"]);
        let escaped = SECRET.replace('\\', "\\\\");
        let text = format!(
            "[mysqld]\npassword = wrong\n[client]\nskip-ssl\nuser = {name}\npassword = \"{escaped}\"\n"
        );
        write(&place, ".my.cnf", &text, 0o600);
        run(&place, |program| program).expect(0, &["TIED OUT"]);
        // The user too, where the URL names none.
        place.feed(with(&url.replacen(&format!("{name}@"), "", 1), ""));
        run(&place, |program| program).expect(0, &["TIED OUT"]);
        write(&place, ".my.cnf", &text, 0o666);
        place.feed(with(&url, ""));
        run(&place, |program| program).expect(4, &["anybody may write it"]);
        write(&place, "other.cnf", &text, 0o600);
        place.feed(with(&url, "option_file = \"other.cnf\""));
        run(&place, |program| program).expect(0, &["TIED OUT"]);
        gone(&place, &name);
    });
}
