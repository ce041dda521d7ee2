//! Databases that are not there, not as expected, or not reached.

use super::{THEIRS, feed, files_only, place, place_on};
use crate::{
    runs::wide,
    support::{Kind, MYSQL_FAMILY, Output, Place, SERVERS, Server, on_each, on_every_server},
};
use std::net::{TcpListener, TcpStream};
use url::Url;

/// `run` against another URL than the place's own.
fn run_at(place: &Place, url: &str) -> Output {
    place.tieout(&["run", "feed.toml", "theirs.xml", "-vv", "--database", url])
}

fn changed(place: &Place, change: impl Fn(&mut Url)) -> String {
    let mut url = Url::parse(place.url()).expect("a URL");
    change(&mut url);
    url.to_string()
}

/// It ends, and its lock on the file with it: the run is noted as failed.
#[test]
fn a_statement_of_sqlite_has_its_time_too() {
    let place = place(Kind::Sqlite);
    let endless = "0 < (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i > 0) SELECT count(*) FROM n)";
    let limit = format!("[database]\nurl = \"{}\"\nstatement_timeout = \"1s\"\n", place.url());
    place.feed(feed().first(&limit).scope(endless));
    let output = place.tieout(&["run", "feed.toml", "theirs.xml"]);
    output.expect(4, &["the join that reads ours failed: it was not done within 6 s, and was ended"]);
    assert_eq!(place.count("FROM tieout_runs WHERE status = 'failed'"), 1, "{}", output.all());
}

#[test]
fn a_server_that_forbids_load_data_local_is_loaded_by_insert() {
    on_each(&MYSQL_FAMILY, |kind| {
        let spare = Server::spare(kind);
        let _forbidden = spare.set("local_infile", "0");
        wide::by_insert(spare.clone());
        let place = place_on(spare);
        place.run(&["theirs.xml"]).expect(0, &["SET GLOBAL local_infile = 1"]);
        let summary = place.output_file("tieout-out", "summary.json");
        assert!(summary.contains("\"loaded_by\": \"INSERT\""), "{summary}");
    });
}

#[test]
fn a_table_or_a_column_that_is_not_there() {
    on_every_server(|kind| {
        let place = files_only(kind);
        place.run(&["theirs.xml"]).expect(4, &["ours", "check the table name under [ours]"]);
        place.sql("CREATE TABLE ours (id varchar(10), amount_chf decimal(10, 2))");
        let output = place.run(&["theirs.xml"]);
        output.expect(4, &["amount", "name our column under [ours.columns]"]);
        assert!(!output.stderr.contains("string literal"), "{}", output.all());
        // SQLite takes an unknown name in double quotes for a text, if it is let.
        place.feed(feed().expression("amount", "\"amount_eur\""));
        if !kind.mysql_family() {
            place.run(&["theirs.xml"]).expect(4, &["amount_eur", "[ours.columns]"]);
        }
        place.feed(feed().scope("nothing_like_it = 1").expression("amount", "amount_chf"));
        place.run(&["theirs.xml"]).expect(4, &["nothing_like_it"]);
        place.feed(feed().scope("amount_chf >").expression("amount", "amount_chf"));
        place.run(&["theirs.xml"]).expect(4, &["syntax"]);
    });
}

#[test]
fn nothing_is_left_behind_by_a_run_that_failed() {
    on_every_server(|kind| {
        let place = files_only(kind);
        place.run(&["theirs.xml"]).expect(4, &[]);
        place.sql(super::OURS);
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
        let left: Vec<_> = std::fs::read_dir(place.path("tieout-out")).expect("the outputs").collect();
        assert_eq!(left.len(), 1, "{kind:?}: one run folder and nothing else: {left:?}");
    });
}

#[test]
fn a_wrong_password_is_said_and_never_shown() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        let url = changed(&place, |url| url.set_password(Some("hunter2-s3cret")).expect("a password"));
        let output = run_at(&place, &url);
        output.expect(4, &["cannot connect to", "check user and password in the database URL"]);
        assert!(!output.all().contains("hunter2"), "{}", output.all());
        let right = Url::parse(place.url()).expect("a URL");
        let output = place.run(&["theirs.xml", "-vv"]);
        output.expect(0, &[]);
        let password = right.password().expect("a password");
        assert!(!output.all().contains(password), "{}", output.all());
        let summary = place.output_file("tieout-out", "summary.json");
        assert!(!summary.contains(password), "{summary}");
    });
}

#[test]
fn an_unknown_database() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        let url = changed(&place, |url| url.set_path("tieout_no_such_database"));
        run_at(&place, &url).expect(4, &["tieout_no_such_database", "check the database name in the URL"]);
    });
    let place = files_only(Kind::Sqlite);
    run_at(&place, "sqlite:no/such/folder/ours.sqlite").expect(4, &["the folder of the SQLite file"]);
}

#[test]
fn a_server_that_is_not_there() {
    on_each(&SERVERS, |kind| {
        let place = files_only(kind);
        // The near end of a connection: the port is taken as long as it lives, and nobody listens there.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let near = TcpStream::connect(listener.local_addr().expect("its address")).expect("a connection");
        let port = near.local_addr().expect("its address").port();
        let url = changed(&place, |url| {
            url.set_host(Some("127.0.0.1")).expect("a host");
            url.set_port(Some(port)).expect("a port");
        });
        let output = run_at(&place, &url);
        output.expect(4, &["cannot connect to", &port.to_string(), "check host, port and network"]);
        let password = Url::parse(&url).expect("a URL").password().expect("a password").to_owned();
        assert!(!output.all().contains(&password), "{}", output.all());
    });
}

#[test]
fn a_scheme_that_is_none() {
    let place = files_only(Kind::Sqlite);
    let output = run_at(&place, "oracle://scott:t1ger@db/orcl");
    output.expect(2, &["postgres://", "mysql://", "sqlite:"]);
    assert!(!output.all().contains("t1ger"), "{}", output.all());
    let output = run_at(&place, "scott:t1ger@db");
    assert_eq!(output.status, 2, "{}", output.all());
    assert!(!output.all().contains("t1ger"), "{}", output.all());
}

#[test]
fn a_schema_of_a_newer_version_is_refused() {
    on_every_server(|kind| {
        let place = place(kind);
        place.tieout(&["migrate", "--database", place.url()]).expect(0, &[]);
        place.sql("UPDATE tieout_schema_history SET version = 99 WHERE version = 2");
        for command in [vec!["run", "feed.toml", "theirs.xml"], vec!["migrate"], vec!["history"]] {
            let mut arguments = command.clone();
            arguments.extend(["--database", place.url()]);
            place.tieout(&arguments).expect(4, &["99", "a newer tieout"]);
        }
    });
}

#[test]
fn a_key_longer_than_the_stage_holds_is_no_silent_cut() {
    on_every_server(|kind| {
        let place = place(kind);
        let long = "k".repeat(600);
        place.write("theirs.xml", THEIRS.replace("<id>a<", &format!("<id>{long}<")));
        let output = place.run(&["theirs.xml"]);
        if kind.mysql_family() {
            output.expect(4, &["512"]);
        } else {
            output.expect(1, &[]);
        }
    });
}

#[test]
fn numbers_too_long_for_the_server_are_refused_before_they_are_rounded() {
    for long in ["0.1234567890123456789012345678901", "-123456789012345678901234567890123456"] {
        on_every_server(|kind| {
            let place = files_only(kind);
            place.write("theirs.xml", THEIRS.replace("1.50", long));
            place.sql(&format!(
                "CREATE TABLE ours (id varchar(10), amount varchar(60));
                 INSERT INTO ours VALUES ('a', '{long}'), ('b', '2')"
            ));
            place.feed(feed().column("amount", "type = \"decimal\"\ntotal_by = \"id\""));
            let output = place.run(&["theirs.xml"]);
            if kind.mysql_family() {
                output.expect(4, &["amount", "too long", "total_by"]);
                place.feed(feed());
                place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
            } else {
                output.expect(0, &["TIED OUT"]);
            }
        });
    }
}

/// A text of ours may hold more digits than any server's number. Nobody adds them up to a wrong total.
#[test]
fn digits_beyond_every_number_of_the_server_name_their_column() {
    for (long, refuses) in [
        ("9".repeat(140_000), true),
        (format!("-{}", "9".repeat(10_000)), true),
        (format!(".{}", "5".repeat(10_000)), true),
        ("x".repeat(140_000), false),
        (format!("1e{}", "9".repeat(10_000)), false),
    ] {
        on_every_server(|kind| {
            let place = files_only(kind);
            let text = if kind.mysql_family() { "longtext" } else { "text" };
            place.sql(&format!(
                "CREATE TABLE ours (id varchar(10), amount {text}); INSERT INTO ours VALUES ('a', '{long}'), ('b', '2')"
            ));
            place.feed(feed().column("amount", "type = \"decimal\"\ntotal_by = \"id\""));
            let output = place.run(&["theirs.xml"]);
            if refuses && kind != Kind::Sqlite {
                output.expect(4, &["column amount", "too long", "take total_by out"]);
                place.feed(feed());
                place.run(&["theirs.xml"]).expect(1, &["1  mismatched"]);
            } else {
                output.expect(1, &["1  mismatched"]);
            }
        });
    }
}

/// An extension for another database's functions tells its users to name it before `pg_catalog`.
#[test]
fn names_in_front_of_the_servers_own_are_refused() {
    let place = place(Kind::Postgres);
    let database = place.database();
    let path = |path: &str| place.sql(&format!("ALTER DATABASE {database} SET search_path = {path}"));
    for (create, name) in [
        (
            "FUNCTION oracle.trim_scale(numeric) RETURNS numeric IMMUTABLE LANGUAGE sql RETURN 0",
            "oracle.trim_scale",
        ),
        ("DOMAIN oracle.text AS varchar(1)", "oracle.text"),
        (
            "OPERATOR oracle.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.text_larger)",
            "oracle.||",
        ),
    ] {
        place.sql(&format!("DROP SCHEMA IF EXISTS oracle CASCADE; CREATE SCHEMA oracle; CREATE {create}"));
        path("oracle, public, pg_catalog");
        for command in [vec!["check", "feed.toml"], vec!["run", "feed.toml", "theirs.xml", "--force"]] {
            let mut arguments = command;
            arguments.extend(["--database", place.url()]);
            let output = place.tieout(&arguments);
            output.expect(4, &["in front of the server's own", name, "take pg_catalog out"]);
        }
        path("public, oracle");
        place.run(&["theirs.xml", "--force"]).expect(0, &["TIED OUT"]);
        path("nothing, public, pg_catalog");
        place.run(&["theirs.xml", "--force"]).expect(0, &["TIED OUT"]);
    }
}

#[test]
fn databases_of_other_encodings() {
    let place = files_only(Kind::Postgres);
    let made = |encoding: &str| {
        let name = place.database();
        place.admin(&format!("DROP DATABASE {name}"));
        place.admin(&format!("CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"));
        place.sql("CREATE TABLE ours (id varchar(10), amount decimal(10, 2), city text)");
        place.sql("INSERT INTO ours VALUES ('a', 1.5, 'Z\u{fc}rich'), ('b', 2, 'Biel')");
    };
    let files = |city: &str| {
        let cities = THEIRS.replace("<amount>2</amount>", "<amount>2</amount><city>Biel</city>");
        place.write("theirs.xml", cities.replace("<amount>1", &format!("<city>{city}</city><amount>1")));
    };
    place.feed(feed().column("city", ""));
    for encoding in ["LATIN1", "WIN1252", "SQL_ASCII", "UTF8"] {
        made(encoding);
        files("Z\u{fc}rich");
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
        files("Zurich");
        place.run(&["theirs.xml"]).expect(1, &["differing  city (1)"]);
    }
    made("LATIN1");
    files("\u{15f}ehir");
    place.run(&["theirs.xml"]).expect(4, &["this database's encoding lacks a letter of theirs"]);
    made("SQL_ASCII");
    place.sql("UPDATE ours SET city = convert_from('\\xff61', 'SQL_ASCII') WHERE id = 'b'");
    files("Z\u{fc}rich");
    place.run(&["theirs.xml"]).expect(4, &["holds bytes that are no letters"]);
}

#[test]
fn a_row_of_ours_that_is_longer_than_the_server_joins() {
    // What such a server cannot join is NULL to it, and NULL is nothing.
    on_each(&MYSQL_FAMILY, |kind| {
        let place = files_only(kind);
        place.feed(feed().column("a", "").column("b", ""));
        place.sql("CREATE TABLE ours (id varchar(10), amount decimal(10, 2), a longtext, b longtext)");
        place.sql("INSERT INTO ours VALUES ('a', 1.5, NULL, NULL), ('b', 2, NULL, NULL)");
        place.run(&["theirs.xml"]).expect(0, &[]);
        let half = "@@max_allowed_packet DIV 2 + 100";
        place
            .sql(&format!("UPDATE ours SET a = repeat('a', {half}), b = repeat('b', {half}) WHERE id = 'a'"));
        place
            .run(&["theirs.xml", "--force"])
            .expect(4, &["[1301]", "longer than the server's max_allowed_packet"]);
    });
}

#[test]
fn a_division_by_zero_is_no_missing_value() {
    // SQLite itself knows it as NULL only.
    on_each(&SERVERS, |kind| {
        let place = files_only(kind);
        place.write("theirs.xml", THEIRS.replace("<amount>2</amount>", ""));
        place.feed(feed().expression("amount", "amount / parts"));
        place.sql("CREATE TABLE ours (id varchar(10), amount decimal(10, 2), parts int)");
        place.sql("INSERT INTO ours VALUES ('a', 3, 2), ('b', 2, 0)");
        place.run(&["theirs.xml"]).expect(4, &["divi", "nullif(divisor, 0)"]);
        place.feed(feed().expression("amount", "amount / nullif(parts, 0)"));
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
    });
}

#[test]
fn what_the_server_warns_of_while_it_reads_ours_is_told() {
    // Neither is an error even to a strict session: a text that is no JSON, and one that is cut.
    let expressions = [
        (Kind::MySql, "coalesce(json_value(more, '$.part'), amount)"),
        (Kind::MariaDb, "cast(cast(concat(amount, more) as char(4)) as decimal(10, 2))"),
    ];
    for (kind, expression) in expressions {
        let place = place(kind);
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
        let summary = place.output_file("tieout-out", "summary.json");
        assert!(!summary.contains("the server warned"), "{summary}");
        place.sql("ALTER TABLE ours ADD more varchar(30) DEFAULT 'broken'");
        place.feed(feed().expression("amount", expression));
        let output = place.run(&["theirs.xml", "--force"]);
        output.expect(0, &["reading ours, the server warned: ", "see the expressions under [ours]"]);
    }
}
