//! `http:` and `https:`, against nginx, against Python's own server, which knows neither ranges nor versions, and against
//! one that does not say where its answers end.

use super::amounts::{
    FLAT, LARGE, THEIRS, append, at_once, cut_at_places, fetch_from, meanwhile, memory_of, padded, place,
    reconciled, rows,
};
use crate::support::{
    Kind, Output, Place, Program, Started,
    nginx::Nginx,
    relay::{Cut, Relay},
};
use std::fmt::Write as _;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    thread,
};

/// A server with a file that ties out.
fn server(lines: &str) -> Nginx {
    let nginx = Nginx::start(lines);
    nginx.write("in/a.xml", THEIRS);
    nginx
}

fn fetching(port: u16, path: &str, source: &str) -> Place {
    place(Kind::Sqlite, &format!("http://127.0.0.1:{port}/{path}"), source)
}

/// Runs it with every word that it can say; none of them is the password.
#[track_caller]
fn run(place: &Place) -> Output {
    let program = place.command().env("TIEOUT_LOG", "trace");
    let output =
        program.args(["run", "feed.toml", "--out", "out", "--force", "--database", place.url()]).output();
    assert!(!output.all().contains("canary-4711"), "{}", output.all());
    output
}

#[test]
fn a_page_says_which_files_there_are_or_the_address_is_one() {
    let nginx = server(
        "location = /names/ { default_type text/plain; return 200 \"a.xml\\ngone.xml\\n\"; }\nlocation /names/ { alias files/in/; }",
    );
    std::fs::create_dir(nginx.path("in/old")).expect("a folder");
    nginx.write("in/old/b.xml", "no document");
    nginx.write("in/b.txt", "no document");
    for path in ["in/", "in/a.xml", "names/"] {
        run(&fetching(nginx.port(), path, "")).expect(0, &["a.xml"]);
    }
    run(&fetching(nginx.port(), "in/gone.xml", "")).expect(5, &["TO-504"]);
}

#[test]
fn another_page_of_the_server_may_list_the_files() {
    let nginx = server(
        "location = /lists/today { default_type text/html; return 200 '<a href=\"../in/a.xml\">a</a> <a href=\"/old/b.xml\">b</a> <a href=\"c.xml\">c</a>'; }\n\
         location = /lists/names.txt { default_type text/plain; return 200 \"a.xml\\n\"; }\n\
         location = /in/ { return 403; }",
    );
    std::fs::create_dir(nginx.path("old")).expect("a folder");
    nginx.write("old/b.xml", "no document");
    nginx.write("in/index.html", "<a href=a.xml>a</a>");
    let page = |url: &str, list: &str| {
        let output = run(&fetching(nginx.port(), url, &format!("list = {list:?}")));
        assert!(!output.all().contains("b.xml") && !output.all().contains("c.xml"), "{}", output.all());
        output
    };
    run(&fetching(nginx.port(), "in/", "")).expect(5, &["TO-511", "403"]);
    for (url, list) in [("in/", "/lists/today?for=us"), ("in", "../lists/names.txt"), ("in", "index.html")] {
        page(url, list).expect(0, &["a.xml"]);
    }
    page("in/", &format!("http://127.0.0.1:{}/lists/today", nginx.port())).expect(0, &["a.xml"]);
    page("in/", "/lists/tomorrow").expect(5, &["TO-509", "/lists/tomorrow"]);
    page("in/", "http://127.0.0.1:1/lists/today").expect(2, &["list", "names no page of the server"]);
    let folder = Place::new(Kind::Sqlite);
    fetch_from(&folder, "file:in", "list = \"index.html\"");
    run(&folder).expect(2, &["[source] list: means nothing to file:"]);
}

#[test]
fn a_listed_file_that_is_forbidden_stops_only_who_wants_it() {
    let nginx = server("location = /in/secret.xml { return 403; }");
    nginx.write("in/secret.xml", "no document");
    run(&fetching(nginx.port(), "in/", "pattern = \"a*\"")).expect(0, &["a.xml"]);
    run(&fetching(nginx.port(), "in/", "pattern = \"s*\"")).expect(5, &["TO-511", "403"]);
}

#[test]
fn only_a_page_that_lists_files_is_one() {
    let nginx = server(
        "location = /json/ { default_type application/json; return 200 \"[]\"; }\n\
         location = /login { default_type text/html; return 200 \"<a href=in/a.xml>a</a>\"; }\n\
         location = /private/ { return 302 /login; }\n\
         location = /open/ { return 302 http://192.0.2.1/in/; }\n\
         location = /broken/ { return 500; }",
    );
    for (path, expected) in [
        ("gone/", "TO-509"),
        ("json/", "TO-533"),
        ("private/", "TO-533"),
        ("open/", "TO-511"),
        ("broken/", "TO-511"),
    ] {
        run(&fetching(nginx.port(), path, "")).expect(5, &[expected]);
    }
    let elsewhere = place(Kind::Sqlite, "http://192.0.2.1/in/", "");
    run(&elsewhere).expect(2, &["TO-218"]);
}

#[test]
fn a_password_is_sent_to_the_server_that_asks_for_it_and_told_to_nobody() {
    let nginx = server("auth_basic tests; auth_basic_user_file passwords;");
    let login = |password: &str| format!("user = \"reader\"\npassword = \"{password}\"\ntimeout = \"1s\"");
    run(&fetching(nginx.port(), "in/", &login("canary-4711"))).expect(0, &[]);
    run(&fetching(nginx.port(), "in/", &login("wrong"))).expect(5, &["TO-507", "401"]);
    run(&fetching(nginx.port(), "in/", "")).expect(5, &["TO-507"]);

    // Another server is not told it.
    let heard = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = heard.local_addr().expect("an address").port();
    let asked = thread::spawn(move || {
        let (mut stream, _) = heard.accept().expect("a connection");
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).expect("a request");
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let other = server(&format!("location = /led/ {{ return 302 https://127.0.0.1:{port}/in/; }}"));
    run(&fetching(other.port(), "led/", &login("canary-4711"))).expect(5, &[]);
    // What came was the beginning of TLS, in which nothing is said before the certificate is believed.
    assert!(!asked.join().expect("a request").to_lowercase().contains("authorization"));
}

#[test]
fn only_who_has_the_right_certificate_is_asked() {
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/certificates/authority.pem");
    for (certificate, believed, expected) in [
        ("localhost.pem", Some(authority), 0),
        ("localhost.pem", None, 5),
        ("expired.pem", Some(authority), 5),
        ("elsewhere.pem", Some(authority), 5),
    ] {
        let nginx = Nginx::encrypted(certificate);
        nginx.write("in/a.xml", THEIRS);
        let source = believed.map_or_else(String::new, |path| format!("ca_file = {path:?}"));
        let place = place(Kind::Sqlite, &format!("https://localhost:{}/in/", nginx.port()), &source);
        run(&place).expect(expected, if expected == 0 { &[] } else { &["TO-508"] });
    }
}

#[test]
fn five_hundred_files_are_five_hundred_files() {
    let nginx = Nginx::start("");
    let place = fetching(nginx.port(), "in/", "");
    let mut ours = String::from("DELETE FROM ours;");
    for n in 0..500 {
        nginx.write(&format!("in/{n}.xml"), format!("<d><r><id>{n}</id><amount>1</amount></r></d>"));
        let _ = write!(ours, "INSERT INTO ours VALUES ('{n}', 1);");
    }
    place.sql(&ours);
    place.run(&[]).expect(0, &[]);
    assert_eq!(place.count("FROM tieout_files"), 500);
}

#[test]
fn after_a_cut_only_the_rest_is_fetched() {
    let nginx = Nginx::start("");
    let whole = rows(10_000).replace("</d>", &format!("{}</d>", " ".repeat(2 << 20)));
    nginx.write("in/a.xml", &whole);
    let length = whole.len() as u64;
    let relay = Relay::to(nginx.port(), Some((1, length * 3 / 4, Cut::Fin)));
    fetching(relay.port(), "in/", "").run(&[]).expect(1, &["10000"]);
    assert!(relay.made() > 1 && relay.passed() < length + length / 8, "{} of {length}", relay.passed());
}

#[test]
fn a_file_that_is_replaced_or_grows_while_it_is_read_is_not_taken() {
    let nginx = Nginx::start("");
    at_once([true, false], |replaced| {
        nginx.write(&format!("in/{replaced}.xml"), padded(100 << 10));
        let source = format!("max_bytes_per_second = \"25 kB\"\npattern = \"{replaced}.xml\"");
        let place = fetching(nginx.port(), "in/", &source);
        let started = place.command().args(["run", "feed.toml", "--database", place.url()]).start();
        meanwhile(&place, "acme", || {
            let path = nginx.path(&format!("in/{replaced}.xml"));
            if replaced {
                nginx.write("new", padded(101 << 10));
                std::fs::rename(nginx.path("new"), path).expect("a rename");
            } else {
                append(&path);
            }
        });
        let output = started.end();
        assert!(output.status == 5, "{replaced}: {}", output.all());
        assert_eq!(reconciled(&place), 0);
        place.run(&[]).expect(0, &["TIED OUT"]);
    });
}

#[test]
fn a_cut_anywhere_is_no_end_of_a_file() {
    let nginx = server("");
    nginx.write("in/a.xml", padded(200 << 10));
    cut_at_places(nginx.port(), |port| fetching(port, "in/", "timeout = \"1s\""), run);
}

#[test]
fn a_line_that_is_always_cut_reconciles_nothing() {
    let nginx = server("");
    nginx.write("in/a.xml", padded(2 << 20));
    at_once([(Cut::Fin, "TO-510"), (Cut::Reset, "TO-510"), (Cut::Stall, "TO-512")], |(how, code)| {
        let relay = Relay::to(nginx.port(), Some((99, 100 << 10, how)));
        let place = fetching(relay.port(), "in/", "timeout = \"1s\"");
        run(&place).expect(5, &[code]);
        assert_eq!(reconciled(&place), 0);
    });
}

#[test]
fn a_large_file_takes_little_memory() {
    let nginx = server("");
    let memory = |bytes: usize| {
        nginx.write("in/a.xml", padded(bytes));
        memory_of(&fetching(nginx.port(), "in/", ""))
    };
    let (small, large) = (memory(0), memory(LARGE));
    assert!(large < small + FLAT, "{large} KiB, and {small} KiB for a small one");
}

/// Python's own server, which knows no ranges; its folder and port.
fn plain_server() -> (tempfile::TempDir, u16, Started) {
    let dir = tempfile::TempDir::new().expect("a temporary folder");
    let python = std::env::var_os("TIEOUT_TEST_MOTO").expect("TIEOUT_TEST_MOTO: run scripts/test");
    let (said, says) = std::io::pipe().expect("a pipe");
    let arguments = ["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"];
    let started = Program::new(python).args(arguments).current_dir(dir.path()).stdout(says).start();
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line).expect("its port");
    let port = line.split("port ").nth(1).and_then(|rest| rest.split(' ').next()).expect("its port");
    (dir, port.parse().expect("a port"), started)
}

#[test]
fn a_server_that_knows_no_ranges_is_read_again_from_the_start() {
    let (dir, port, _server) = plain_server();
    let whole = rows(5_000);
    std::fs::write(dir.path().join("a.xml"), &whole).expect("a file");
    let relay = Relay::to(port, Some((5, whole.len() as u64 / 2, Cut::Fin)));
    let place = fetching(relay.port(), "", "");
    place.run(&[]).expect(1, &["5000"]);
    // The fifth request is for the file, and half of it came twice.
    assert!(relay.passed() > whole.len() as u64 * 5 / 4, "{} of {}", relay.passed(), whole.len());
}

#[test]
fn an_answer_whose_end_is_only_the_end_of_the_connection_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let body = if request.starts_with(b"HEAD") { "" } else { THEIRS };
            let _ = stream.write_all(format!("HTTP/1.0 200 OK\r\n\r\n{body}").as_bytes());
        }
    });
    run(&fetching(port, "a.xml", "timeout = \"1s\"")).expect(5, &["TO-510", "does not say how long it is"]);
}
