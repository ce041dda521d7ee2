//! Users who may not do what a run needs: the run says so, and `check` prints the GRANTs.

use super::place;
use crate::support::{Kind, Place, SERVERS, not_tested, on_each};

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
        for table in [
            "tieout_feeds",
            "tieout_files",
            "tieout_positions",
            "tieout_rejects",
            "tieout_results",
            "tieout_runs",
            "tieout_schema_history",
            "tieout_sessions",
            "tieout_stage_acme",
            "tieout_join_acme",
            "tieout_tie_acme",
        ] {
            self.place
                .sql(&format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {database}.{table} TO '{name}'@'%'"));
        }
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

#[test]
fn a_role_that_only_reads_is_told_so() {
    let place = place(Kind::Postgres);
    let user = User::new(&place);
    user.may_create_tables();
    user.may_read_ours();
    place.sql(&format!("ALTER ROLE {} SET default_transaction_read_only = on", user.name));
    let url = user.url();
    place
        .tieout(&["run", "feed.toml", "theirs.xml", "--database", &url])
        .expect(4, &["read-only transaction"]);
}

fn with_another_file(place: &Place) {
    super::with_a_break(place);
}
