//! Keys that both sides have and that never meet, since one of them writes them otherwise: `check` finds it by looking,
//! and a run says it first.

use crate::support::{Feed, Kind, Place, SERVERS, on_each, on_every_server};

const CODES: &str = "CREATE TABLE ours (code varchar(20), amount decimal(9, 2))";

fn place(kind: Kind, table: &str, ours: &[&str], theirs: &[&str]) -> Place {
    let place = Place::new(kind);
    place.sql(table);
    for code in ours {
        place.sql(&format!("INSERT INTO ours VALUES ('{code}', 1)"));
    }
    place.feed(feed(""));
    let rows: String =
        theirs.iter().map(|code| format!("<r><code>{code}</code><amount>1</amount></r>")).collect();
    place.write("theirs.xml", format!("<d>{rows}</d>"));
    place
}

fn feed(more: &str) -> Feed {
    Feed::new("acme").column("code", &format!("key = true\n{more}")).column("amount", "type = \"decimal\"")
}

fn check(place: &Place) -> crate::support::Output {
    place.tieout(&["check", "feed.toml", "theirs.xml", "--database", place.url()])
}

#[test]
fn keys_that_are_written_otherwise_are_found_with_what_makes_them_meet() {
    let cases: [(&[&str], &[&str], &str); 5] = [
        (&["11", "12"], &["0000000011", "0000000012"], "type = \"integer\""),
        (&["A1", "B2"], &["00A1", "00C3"], "pattern = '^0*(.+)$'"),
        (&["A1"], &["a1", "b2"], "upper = true"),
        (&["A1"], &["  A1 ", "B2"], "trim = true"),
        (&["DE123456"], &["DE12 3456"], "strip = \" \""),
    ];
    on_every_server(|kind| {
        for (ours, theirs, line) in cases {
            let place = place(kind, CODES, ours, theirs);
            let checked = check(&place);
            checked.expect(4, &["FAILED", "TO-235", "key code: theirs writes", "they never meet", line]);
            let run = place.run(&["theirs.xml"]);
            run.expect(1, &["NO KEY MET: key code: theirs writes", line]);
            assert!(run.stdout.lines().next().is_some_and(|first| first.contains(line)), "{}", run.all());
            // What it says helps.
            place.feed(feed(line));
            check(&place).expect(0, &["keys of theirs are found in ours (code)"]);
            let run = place.run(&["theirs.xml", "--force"]);
            assert!(!run.stdout.contains("NO KEY MET"), "{kind:?}: {}", run.all());
        }
    });
}

#[test]
fn a_number_of_ours_is_never_written_with_zeros_in_front() {
    on_each(&SERVERS, |kind| {
        let table = "CREATE TABLE ours (code bigint, amount decimal(9, 2))";
        let place = place(kind, table, &["11", "77"], &["0000000011", "0000000012"]);
        check(&place).expect(
            4,
            &["TO-235", "theirs writes \"0000000011\" where ours has \"11\"", "type = \"integer\""],
        );
        place.run(&["theirs.xml"]).expect(1, &["NO KEY MET", "type = \"integer\""]);
        place.feed(feed("type = \"integer\""));
        check(&place).expect(0, &["keys of theirs are found in ours (code)"]);
    });
}

#[test]
fn keys_that_are_only_others_are_no_fault_of_the_feed() {
    on_every_server(|kind| {
        let place = place(kind, CODES, &["A1"], &["B2"]);
        let checked = check(&place);
        checked.expect(0, &["ok"]);
        assert!(!checked.all().contains("never meet"), "{kind:?}: {}", checked.all());
        place.run(&["theirs.xml"]).expect(1, &["NO KEY MET: theirs has keys like \"B2\", ours like \"A1\""]);
        // One that meets is enough.
        place.sql("INSERT INTO ours VALUES ('B2', 1)");
        let run = place.run(&["theirs.xml", "--force"]);
        run.expect(1, &["BREAKS"]);
        assert!(!run.stdout.contains("NO KEY MET"), "{kind:?}: {}", run.all());
    });
}

/// Where ours cannot be read, that is told, and nothing of its keys.
#[test]
fn a_table_that_may_not_be_read_says_nothing_of_keys() {
    on_each(&SERVERS, |kind| {
        let place = place(kind, CODES, &["11"], &["0011"]);
        let name = format!("{}_k", place.database());
        place.sql(&match kind {
            Kind::Postgres => format!(
                "CREATE ROLE {name} LOGIN PASSWORD 'pw'; GRANT USAGE, CREATE ON SCHEMA public TO {name}"
            ),
            _ => format!(
                "CREATE USER '{name}'@'%' IDENTIFIED BY 'pw'; GRANT INSERT, CREATE ON {}.* TO '{name}'@'%'",
                place.database()
            ),
        });
        let url = place.url_of(&name, "pw");
        let checked = place.tieout(&["check", "feed.toml", "theirs.xml", "--database", &url]);
        place.sql(&match kind {
            Kind::Postgres => format!("DROP OWNED BY {name}; DROP ROLE {name}"),
            _ => format!("DROP USER '{name}'@'%'"),
        });
        checked.expect(4, &["TO-422"]);
        assert!(!checked.all().contains("TO-235"), "{kind:?}: {}", checked.all());
    });
}
