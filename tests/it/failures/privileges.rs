//! Users who may not do what a run needs: the run says so, and `check` prints the GRANTs.

use super::place;
use crate::support::{Kind, MYSQL_FAMILY, Output, Place, SERVERS, Server, not_tested, on_each};

/// A user of the server without any privilege but to connect; it goes when this is dropped.
struct User<'p> {
    place: &'p Place,
    name: String,
}

impl<'p> User<'p> {
    fn new(place: &'p Place) -> Self {
        let name = format!("{}_u", place.database());
        place.sql(&match place.kind {
            Kind::Postgres => format!("CREATE ROLE {name} LOGIN PASSWORD 'pw-of-{name}'"),
            _ => format!("CREATE USER '{name}'@'%' IDENTIFIED BY 'pw-of-{name}'"),
        });
        Self { place, name }
    }

    fn url(&self) -> String {
        self.place.url_of(&self.name, &format!("pw-of-{}", self.name))
    }

    fn may_create_tables(&self) {
        self.place.sql(&match self.place.kind {
            Kind::Postgres => format!("GRANT USAGE, CREATE ON SCHEMA public TO {}", self.name),
            _ => format!(
                "GRANT INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX ON {}.* TO '{}'@'%'",
                self.place.database(),
                self.name
            ),
        });
    }

    /// Everything that a run needs but to read ours. MySQL has no privilege "all tables but one", and it wants SELECT
    /// and UPDATE of a table from the same level: a table's SELECT does not serve a database's UPDATE.
    fn may_use_its_own_tables(&self) {
        if self.place.kind == Kind::Postgres {
            return self.may_create_tables();
        }
        let (database, name) = (self.place.database(), &self.name);
        self.place.sql(&format!("GRANT CREATE, DROP, ALTER, INDEX ON {database}.* TO '{name}'@'%'"));
        for table in own_tables(self.place) {
            self.place
                .sql(&format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {database}.{table} TO '{name}'@'%'"));
        }
    }

    /// The user as a GRANT names it.
    fn quoted(&self) -> String {
        if self.place.kind == Kind::Postgres { self.name.clone() } else { format!("'{}'@'%'", self.name) }
    }

    fn may_read_ours(&self) {
        self.place.sql(&match self.place.kind {
            Kind::Postgres => format!("GRANT SELECT ON ours TO {}", self.name),
            _ => format!("GRANT SELECT ON {}.* TO '{}'@'%'", self.place.database(), self.name),
        });
    }
}

impl Drop for User<'_> {
    fn drop(&mut self) {
        let name = &self.name;
        let gone = self.place.try_sql(&match self.place.kind {
            Kind::Postgres => format!("DROP OWNED BY {name}; DROP ROLE {name}"),
            _ => format!("DROP USER '{name}'@'%'"),
        });
        if let Err(cause) = gone {
            eprintln!("the test user {name} stays behind: {cause}");
        }
    }
}

/// The tables that tieout has made in a place's database.
fn own_tables(place: &Place) -> Vec<String> {
    let within = if place.kind == Kind::Postgres { "current_schema()" } else { "database()" };
    let rows = place.query(&format!(
        "SELECT {} FROM information_schema.tables WHERE table_schema = {within} AND table_name LIKE 'tieout%' ORDER BY 1",
        place.kind.as_text("table_name")
    ));
    rows.into_iter().flatten().flatten().collect()
}

/// The lines that `check` prints for an administrator.
fn printed(output: &Output) -> Vec<&str> {
    let lines = output.stdout.lines().skip_while(|line| !line.starts_with("missing grants"));
    lines.skip(1).collect()
}

/// The servers whose administrator may grant. One that may not is no reason to be silent.
fn servers_that_grant() -> Vec<Kind> {
    let may = |kind: &Kind| {
        let place = Place::new(*kind);
        let grants = *kind == Kind::Postgres
            || place
                .query("SHOW GRANTS")
                .iter()
                .flatten()
                .flatten()
                .any(|grant| grant.contains("GRANT OPTION"));
        if !grants {
            not_tested(&format!("privileges on {kind:?}, since its administrator may not grant any"));
        }
        grants
    };
    SERVERS.into_iter().filter(may).collect()
}

#[test]
fn each_privilege_that_is_missing() {
    on_each(&servers_that_grant(), |kind| {
        let place = place(kind);
        let user = User::new(&place);
        if kind.mysql_family() {
            // Without any privilege on it, the database itself cannot be entered.
            let url = user.url();
            let check = place.tieout(&["check", "feed.toml", "--database", &url]);
            check.expect(
                4,
                &["FAILED", "TO-422", "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP", &user.name],
            );
            place
                .tieout(&["run", "feed.toml", "theirs.xml", "--database", &url])
                .expect(4, &["the user lacks a privilege"]);
        }
        user.may_read_ours();
        let url = user.url();
        let run = || place.tieout(&["run", "feed.toml", "theirs.xml", "--database", &url]);
        let check = || place.tieout(&["check", "feed.toml", "--database", &url]);
        run().expect(4, &["tieout's own tables"]);
        check().expect(4, &["FAILED", "missing grants", "GRANT ", "CREATE", &user.name]);
        user.may_create_tables();
        check().expect(0, &["ok"]);
        run().expect(0, &["TIED OUT"]);
    });
}

#[test]
fn ours_may_not_be_read() {
    on_each(&servers_that_grant(), |kind| {
        let place = place(kind);
        let user = User::new(&place);
        if kind.mysql_family() {
            // Its tables must be there, to be granted one by one.
            place.run(&["theirs.xml"]).expect(0, &[]);
            with_another_file(&place);
        }
        user.may_use_its_own_tables();
        let url = user.url();
        place
            .tieout(&["run", "feed.toml", "theirs.xml", "--database", &url])
            .expect(4, &["ours", "the user lacks a privilege"]);
        place
            .tieout(&["check", "feed.toml", "--database", &url])
            .expect(4, &["FAILED", "GRANT SELECT ON", &user.name]);
    });
}

#[test]
fn policies_that_hide_rows_of_ours() {
    let place = place(Kind::Postgres);
    let user = User::new(&place);
    user.may_use_its_own_tables();
    user.may_read_ours();
    place.sql(
        "INSERT INTO ours VALUES ('hidden', 1);
         CREATE POLICY visible ON ours USING (id <> 'hidden')",
    );
    let url = user.url();
    let run = |feed: &str| place.tieout(&["run", feed, "theirs.xml", "--force", "--database", &url]);
    let warning = "row-level security keeps rows of ours from this user";
    run("feed.toml").expect(1, &[]);
    assert!(!place.output_file("tieout-out", "summary.json").contains(warning));
    place.sql("ALTER TABLE ours ENABLE ROW LEVEL SECURITY");
    let query = super::feed().ours("query = \"select * from ours where amount > :least\"");
    place.write("query.toml", query.to_string());
    for feed in ["feed.toml", "query.toml"] {
        let command = ["run", feed, "theirs.xml", "--force", "--database", &url, "--set", "least=0"];
        let output = place.tieout(&command);
        output.expect(0, &["TIED OUT", warning]);
        assert!(place.output_file("tieout-out", "summary.json").contains(warning), "{feed}");
    }
    place.tieout(&["check", "feed.toml", "--database", &url]).expect(0, &[warning]);
    // Whoever owns it sees all of it.
    place.run(&["theirs.xml", "--force"]).expect(1, &[]);
    assert!(!place.output_file("tieout-out", "summary.json").contains(warning));
    // Where the role is set to be refused, so it is.
    place.sql(&format!("ALTER ROLE {} SET row_security = off", user.name));
    run("feed.toml").expect(4, &["row-level security", "row_security = on"]);
}

fn with_another_file(place: &Place) {
    super::with_a_break(place);
}

/// One privilege after the other is taken from a user whose tables are another's. What stops a run, `check` finds, and
/// what it prints mends it.
#[test]
fn whatever_is_taken_away_is_found_before_the_run() {
    on_each(&servers_that_grant(), |kind| {
        let place = place(kind);
        place.run(&["theirs.xml"]).expect(0, &[]);
        let user = User::new(&place);
        let (database, name) = (place.database(), user.quoted());
        let (mut all, url) = (Vec::new(), user.url());
        let place_of = |table: &str| {
            if kind == Kind::Postgres { table.to_owned() } else { format!("{database}.{table}") }
        };
        let whole = if kind == Kind::Postgres { "SCHEMA public".to_owned() } else { format!("{database}.*") };
        let wide: &[&str] = match kind {
            Kind::Postgres => &["USAGE", "CREATE"],
            Kind::MySql => &["CREATE", "DROP"],
            _ => &["CREATE", "DROP", "INDEX"],
        };
        all.extend(wide.iter().map(|privilege| format!("{privilege} ON {whole}")));
        all.push(format!("SELECT ON {}", place_of("ours")));
        for table in own_tables(&place) {
            let work = table.ends_with("_acme");
            let emptied = (work && kind == Kind::Postgres).then_some("TRUNCATE");
            let of_rows = ["SELECT", "INSERT", "UPDATE", "DELETE"].into_iter().chain(emptied);
            all.extend(of_rows.map(|privilege| format!("{privilege} ON {}", place_of(&table))));
        }
        for one in &all {
            place.sql(&format!("GRANT {one} TO {name}"));
        }
        let run = || place.tieout(&["run", "feed.toml", "theirs.xml", "--force", "--database", &url]);
        let check = || place.tieout(&["check", "feed.toml", "--database", &url]);
        check().expect(0, &["ok"]);
        run().expect(0, &["TIED OUT"]);
        let mut stopped = 0;
        for one in &all {
            place.sql(&format!("REVOKE {one} FROM {name}"));
            let checked = check();
            if checked.status == 0 {
                run().expect(0, &["TIED OUT"]);
                place.sql(&format!("GRANT {one} TO {name}"));
                continue;
            }
            checked.expect(4, &["FAILED", "TO-422"]);
            stopped += 1;
            assert!(!printed(&checked).is_empty(), "without {one}: {}", checked.all());
            for line in printed(&checked) {
                place.sql(line);
            }
        }
        check().expect(0, &["ok"]);
        run().expect(0, &["TIED OUT"]);
        assert!(stopped > 20, "only {stopped} of {} were missed", all.len());
    });
}

#[test]
fn columns_of_ours_may_be_granted_one_by_one() {
    on_each(&servers_that_grant(), |kind| {
        let place = place(kind);
        place.run(&["theirs.xml"]).expect(0, &[]);
        let user = User::new(&place);
        user.may_use_its_own_tables();
        if kind == Kind::Postgres {
            for table in own_tables(&place) {
                place.sql(&format!("ALTER TABLE {table} OWNER TO {}", user.name));
            }
        }
        let url = user.url();
        let run = || place.tieout(&["run", "feed.toml", "theirs.xml", "--force", "--database", &url]);
        let check = || place.tieout(&["check", "feed.toml", "--database", &url]);
        let grant =
            |column: &str| place.sql(&format!("GRANT SELECT ({column}) ON ours TO {}", user.quoted()));
        grant("id");
        check().expect(4, &["FAILED", "TO-422", "GRANT SELECT ON"]);
        run().expect(4, &["ours"]);
        grant("amount");
        check().expect(0, &["ok"]);
        run().expect(0, &["TIED OUT"]);
    });
}

#[test]
fn roles_count_where_they_are_in_force() {
    on_each(&MYSQL_FAMILY, |kind| {
        if !servers_that_grant().contains(&kind) {
            return;
        }
        let place = place(kind);
        let user = User::new(&place);
        let role = format!("{}_r", place.database());
        place.sql(&format!("CREATE ROLE {role}"));
        place.sql(&format!("GRANT ALL ON {}.* TO {role}", place.database()));
        place.sql(&format!("GRANT {role} TO {}", user.quoted()));
        let url = user.url();
        let check = || place.tieout(&["check", "feed.toml", "--database", &url]);
        check().expect(4, &["FAILED", "TO-422", "none of them is in force", "SET DEFAULT ROLE"]);
        place.sql(&match kind {
            Kind::MariaDb => format!("SET DEFAULT ROLE {role} FOR {}", user.quoted()),
            _ => format!("SET DEFAULT ROLE {role} TO {}", user.quoted()),
        });
        check().expect(0, &["may create and fill tables"]);
        place.tieout(&["run", "feed.toml", "theirs.xml", "--database", &url]).expect(0, &["TIED OUT"]);
        place.server().clean_up(&format!("DROP ROLE {role}"));
    });
}

#[test]
fn a_user_who_may_not_connect_is_told_what_would_let_it_in() {
    let place = place(Kind::Postgres);
    let user = User::new(&place);
    place.sql(&format!("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", place.database()));
    let url = user.url();
    place.tieout(&["run", "feed.toml", "theirs.xml", "--database", &url]).expect(4, &["TO-422"]);
    let check = || place.tieout(&["check", "feed.toml", "--database", &url]);
    let checked = check();
    checked.expect(4, &["FAILED", "TO-422", "GRANT CONNECT ON DATABASE"]);
    for line in printed(&checked) {
        place.sql(line);
    }
    check().expect(4, &["connected to", "GRANT USAGE, CREATE ON SCHEMA"]);
}

#[test]
fn work_tables_of_another_owner_that_must_be_made_again() {
    let place = place(Kind::Postgres);
    place.run(&["theirs.xml"]).expect(0, &[]);
    let user = User::new(&place);
    user.may_create_tables();
    user.may_read_ours();
    for table in own_tables(&place) {
        place.sql(&format!("GRANT ALL ON {table} TO {}", user.name));
    }
    place.feed(super::feed().column("note", "compare = false"));
    let url = user.url();
    let check = || place.tieout(&["check", "feed.toml", "--database", &url]);
    let run = || place.tieout(&["run", "feed.toml", "theirs.xml", "--force", "--database", &url]);
    run().expect(4, &["TO-422"]);
    let checked = check();
    checked.expect(4, &["FAILED", "does not own it", "ALTER TABLE", "OWNER TO"]);
    for line in printed(&checked) {
        place.sql(line);
    }
    check().expect(0, &["ok"]);
    run().expect(0, &["TIED OUT"]);
}

#[test]
fn a_server_that_only_reads_is_found_before_anything_is_created() {
    let place = place(Kind::Postgres);
    let user = User::new(&place);
    user.may_create_tables();
    user.may_read_ours();
    place.sql(&format!("ALTER ROLE {} SET default_transaction_read_only = on", user.name));
    takes_no_writes(&place, &user.url());
    on_each(&MYSQL_FAMILY, |kind| {
        let spare = Server::spare(kind);
        let place = super::place_on(spare.clone());
        let user = User::new(&place);
        place.sql(&format!("GRANT ALL ON {}.* TO {}", place.database(), user.quoted()));
        let _read_only = spare.set("read_only", "1");
        takes_no_writes(&place, &user.url());
        if kind == Kind::MySql {
            // Goes with `read_only`.
            spare.execute("SET GLOBAL super_read_only = 1");
            takes_no_writes(&place, &user.url());
            takes_no_writes(&place, place.url());
            spare.execute("SET GLOBAL super_read_only = 0");
        }
        // An administrator writes nevertheless.
        place.tieout(&["check", "feed.toml", "--database", place.url()]).expect(0, &["ok"]);
        place.run(&["theirs.xml"]).expect(0, &["TIED OUT"]);
    });
}

/// Whatever writes is refused as one that cannot, and leaves nothing.
fn takes_no_writes(place: &Place, url: &str) {
    for command in [&["check", "feed.toml"][..], &["run", "feed.toml", "theirs.xml"], &["migrate"]] {
        let output = place.tieout(&[command, &["--database", url]].concat());
        output.expect(4, &["TO-408"]);
        assert!(output.all().contains("read-only"), "{command:?}: {}", output.all());
    }
    assert_eq!(own_tables(place), Vec::<String>::new());
    assert!(!place.path("tieout-out").exists(), "a run that cannot write has begun");
}
