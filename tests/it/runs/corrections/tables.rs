//! Tables of every make: partitioned, computed, watched by triggers, without transactions. Either the script can be
//! applied and taken back, or it fails and changes nothing, or there is none and both files say why.

use super::{again, apply, breaks, scripts};
use crate::support::{
    Feed,
    Kind::{self, MariaDb, MySql, Postgres, Sqlite},
    Place, client,
};

/// Differs in the amount, differs in the note, has no note, is not in ours; 4 is in ours alone.
const THEIRS: &str = "<d><r><id>1</id><amount>11</amount><note>a</note></r>\n<r><id>2</id><amount>20</amount><note>B</note></r>\n\
    <r><id>3</id><amount>30</amount></r>\n<r><id>5</id><amount>0.5</amount><note>n</note></r></d>";

const PLAIN: &str = "CREATE TABLE ours (id integer PRIMARY KEY, amount decimal(12, 2), note varchar(5));";

const ROWS: &str =
    "INSERT INTO ours (id, amount, note) VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c'), (4, 5, NULL);";

/// A database where the run found the breaks above.
fn place(kind: Kind, sql: &str, theirs: &str) -> Place {
    let place = Place::new(kind);
    place.sql(sql);
    let feed = Feed::new("tables").column("id", "type = \"integer\"\nkey = true");
    place.feed(feed.column("amount", "type = \"decimal\"").column("note", ""));
    place.write("theirs.xml", theirs);
    again(&place).expect(1, &[]);
    place
}

/// Ours, with its computed column.
fn rows(place: &Place) -> Vec<Vec<Option<String>>> {
    let [id, amount, note] = ["id", "amount", "note"].map(|column| place.kind.as_text(column));
    place.query(&format!("SELECT {id}, {amount}, {note} FROM ours ORDER BY 1, 2, 3"))
}

fn corrects_and_takes_back(kind: Kind, sql: &str) -> Place {
    let place = place(kind, sql, THEIRS);
    let (first, [forward, back]) = (breaks(&place), scripts(&place));
    apply(&place, &forward);
    again(&place).expect(0, &["TIED OUT"]);
    apply(&place, &back);
    again(&place).expect(1, &[]);
    assert_eq!(breaks(&place), first, "{kind:?}: {sql}");
    place
}

fn fails_and_changes_nothing(kind: Kind, sql: &str) {
    let place = place(kind, sql, THEIRS);
    let (before, [forward, _]) = (rows(&place), scripts(&place));
    assert!(!forward.contains("-- Refused"), "{kind:?}: {forward}");
    let output = client::paste(&place, &forward);
    assert_ne!(output.status, 0, "{kind:?}: {sql}: {forward}");
    assert_eq!(rows(&place), before, "{kind:?}: {sql}");
    client::paste_regardless(&place, &forward);
    assert_eq!(rows(&place), before, "{kind:?}, going on after errors: {sql}");
}

fn is_refused(kind: Kind, sql: &str, theirs: &str, reason: &str) {
    let place = place(kind, sql, theirs);
    for script in scripts(&place) {
        let comments = script.lines().all(|line| line.starts_with("--") || line.is_empty());
        assert!(
            comments && script.contains("-- Refused") && script.contains(reason),
            "{kind:?}: {sql}: {script}"
        );
    }
}

#[test]
fn without_transactions_there_is_no_script() {
    let reason = "ours cannot be corrected: its storage engine has no transactions";
    for (kind, engine) in
        [(MySql, "MyISAM"), (MySql, "MEMORY"), (MariaDb, "MyISAM"), (MariaDb, "Aria"), (MariaDb, "MEMORY")]
    {
        let sql = format!("{} ENGINE = {engine};{ROWS}", PLAIN.trim_end_matches(';'));
        is_refused(kind, &sql, THEIRS, reason);
    }
}

#[test]
fn what_is_no_plain_table_is_refused() {
    let without = format!("{} WITHOUT ROWID;{ROWS}", PLAIN.trim_end_matches(';'));
    is_refused(Sqlite, &without, THEIRS, "ours cannot be corrected: it has no rowid");
    let reason = "ours cannot be corrected: it is no table of its own";
    let of = PLAIN.replace("ours", "book") + &ROWS.replace("ours", "book");
    is_refused(
        Postgres,
        &format!("{of} CREATE MATERIALIZED VIEW ours AS SELECT * FROM book;"),
        THEIRS,
        reason,
    );
    // A view that could be written to, by a trigger of its own.
    let into = |kind| match kind {
        Postgres => {
            "CREATE FUNCTION write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
             CREATE TRIGGER w INSTEAD OF UPDATE ON ours FOR EACH ROW EXECUTE FUNCTION write();"
        }
        _ => {
            "CREATE TRIGGER w INSTEAD OF UPDATE ON ours BEGIN UPDATE book SET note = NEW.note WHERE id = OLD.id; END;"
        }
    };
    for kind in [Postgres, Sqlite] {
        is_refused(
            kind,
            &format!("{of} CREATE VIEW ours AS SELECT * FROM book; {}", into(kind)),
            THEIRS,
            reason,
        );
    }
}

#[test]
fn partitions_are_corrected_where_their_rows_are() {
    corrects_and_takes_back(
        Postgres,
        &format!(
            "CREATE TABLE ours (id integer, amount decimal(12, 2), note varchar(5)) PARTITION BY LIST (note);
             CREATE TABLE lower_case PARTITION OF ours FOR VALUES IN ('a', 'b', 'c');
             CREATE TABLE others PARTITION OF ours DEFAULT; {ROWS}"
        ),
    );
    // Of a child by inheritance; what was deleted there comes back into the parent.
    corrects_and_takes_back(
        Postgres,
        &format!(
            "{PLAIN} CREATE TABLE child () INHERITS (ours); {ROWS}
             INSERT INTO child (id, amount, note) VALUES (6, 1, 'x'), (7, 1, 'x');"
        ),
    );
    for kind in [MySql, MariaDb] {
        corrects_and_takes_back(
            kind,
            &format!(
                "CREATE TABLE ours (id integer, amount decimal(12, 2), note varchar(5))
                 PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (3), PARTITION high VALUES LESS THAN MAXVALUE); {ROWS}"
            ),
        );
    }
    let history = format!("{} WITH SYSTEM VERSIONING; {ROWS}", PLAIN.trim_end_matches(';'));
    corrects_and_takes_back(MariaDb, &history);
}

#[test]
fn a_column_that_the_database_computes_is_read_and_never_written() {
    let computed = |kind: Kind, from: &str| {
        let (note, text) =
            if kind.mysql_family() { ("varchar(5)", "concat(base, '')") } else { ("text", "base || ''") };
        format!(
            "CREATE TABLE ours (id integer PRIMARY KEY, base {note}, amount decimal(12, 2), note {note} GENERATED ALWAYS AS ({text}) STORED);
             INSERT INTO ours (id, base, amount) VALUES {from};"
        )
    };
    let amount_differs = "<d><r><id>1</id><amount>11</amount><note>a</note></r></d>";
    for kind in [Sqlite, Postgres, MySql, MariaDb] {
        let place = place(kind, &computed(kind, "(1, 'a', 10)"), amount_differs);
        let [forward, back] = scripts(&place);
        apply(&place, &forward);
        again(&place).expect(0, &[]);
        apply(&place, &back);
        again(&place).expect(1, &[]);
        let reason = "column note: the database computes the column of ours";
        is_refused(kind, &computed(kind, "(1, 'b', 10)"), amount_differs, reason);
        // A new row would come without what it is computed of.
        fails_and_changes_nothing(
            kind,
            &computed(kind, "(1, 'a', 10), (2, 'B', 20), (3, NULL, 30), (4, NULL, 5)"),
        );
    }
}

#[test]
fn numbers_that_the_database_gives_are_written_as_theirs() {
    for (kind, id) in [
        (Postgres, "integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        (Postgres, "integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
        (Postgres, "serial PRIMARY KEY"),
        (MySql, "integer AUTO_INCREMENT PRIMARY KEY"),
        (MariaDb, "integer AUTO_INCREMENT PRIMARY KEY"),
        (Sqlite, "integer PRIMARY KEY AUTOINCREMENT"),
    ] {
        let rows = ROWS.replace(
            ") VALUES",
            if kind == Postgres { ") OVERRIDING SYSTEM VALUE VALUES" } else { ") VALUES" },
        );
        corrects_and_takes_back(
            kind,
            &format!("CREATE TABLE ours (id {id}, amount decimal(12, 2), note varchar(5)); {rows}"),
        );
    }
}

/// Triggers that make something else of what is written.
#[test]
fn a_trigger_that_changes_what_is_written_stops_all_of_it() {
    let on = |body: &str, event: &str| {
        format!(
            "CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
             CREATE TRIGGER w BEFORE {event} ON ours FOR EACH ROW EXECUTE FUNCTION changed();"
        )
    };
    for (body, event) in [
        ("NEW.amount := NEW.amount + 0.01; RETURN NEW;", "UPDATE OR INSERT"),
        ("NEW.note := upper(NEW.note); RETURN NEW;", "UPDATE"),
        ("NEW.note := upper(NEW.note); RETURN NEW;", "INSERT"),
        ("RETURN NULL;", "UPDATE"),
        ("RETURN NULL;", "INSERT"),
        ("RETURN NULL;", "DELETE"),
    ] {
        fails_and_changes_nothing(Postgres, &format!("{PLAIN}{ROWS}{}", on(body, event)));
    }
    for event in ["UPDATE", "INSERT", "DELETE"] {
        let rule = format!("CREATE RULE r AS ON {event} TO ours DO INSTEAD NOTHING;");
        fails_and_changes_nothing(Postgres, &format!("{PLAIN}{ROWS}{rule}"));
    }
    for kind in [MySql, MariaDb] {
        for (set, event) in [
            ("amount = NEW.amount + 0.01", "UPDATE"),
            ("note = upper(NEW.note)", "UPDATE"),
            ("amount = NEW.amount + 0.01", "INSERT"),
            ("note = upper(NEW.note)", "INSERT"),
        ] {
            let trigger = format!("CREATE TRIGGER w BEFORE {event} ON ours FOR EACH ROW SET NEW.{set};");
            fails_and_changes_nothing(kind, &format!("{PLAIN}{ROWS}{trigger}"));
        }
    }
    for (set, event) in [
        ("amount = amount + 1", "UPDATE"),
        ("note = upper(note)", "UPDATE"),
        ("note = upper(note)", "INSERT"),
    ] {
        let trigger = format!(
            "CREATE TRIGGER w AFTER {event} ON ours BEGIN UPDATE ours SET {set} WHERE id = NEW.id; END;"
        );
        fails_and_changes_nothing(Sqlite, &format!("{PLAIN}{ROWS}{trigger}"));
    }
}

/// Triggers that only write down what happened, and columns that the feed does not know.
#[test]
fn a_trigger_that_keeps_a_record_is_in_nobodys_way() {
    for kind in [Sqlite, Postgres, MySql, MariaDb] {
        let trigger = match kind {
            Postgres => {
                "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN INSERT INTO log SELECT n FROM generate_series(1, 2) AS n; RETURN NULL; END';
                 CREATE TRIGGER w AFTER INSERT OR UPDATE OR DELETE ON ours FOR EACH ROW EXECUTE FUNCTION noted();"
            }
            Sqlite => "CREATE TRIGGER w AFTER UPDATE ON ours BEGIN INSERT INTO log VALUES (1), (2); END;",
            _ => "CREATE TRIGGER w AFTER UPDATE ON ours FOR EACH ROW INSERT INTO log VALUES (1), (2);",
        };
        let place =
            corrects_and_takes_back(kind, &format!("{PLAIN}{ROWS}CREATE TABLE log (n integer); {trigger}"));
        let noted = place.count("FROM log");
        // Three rows were changed there and back; on PostgreSQL one each came and went too.
        let expected = if kind == Postgres { 20 } else { 12 };
        assert_eq!(noted, expected, "{kind:?}");
    }
}

/// A session that begins otherwise than by default, and a client that asks for keys.
#[test]
fn a_server_that_wants_primary_keys_takes_the_script() {
    let session = "SET SESSION sql_require_primary_key = 1, sql_safe_updates = 1, div_precision_increment = 0, \
                   sql_select_limit = 1, autocommit = 0, default_storage_engine = 'MyISAM', sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES';\n";
    for (kind, session) in
        [(MySql, session.to_owned()), (MariaDb, session.replace("sql_require_primary_key = 1, ", ""))]
    {
        let place = place(kind, &format!("{PLAIN}{ROWS}"), THEIRS);
        let (first, [forward, back]) = (breaks(&place), scripts(&place));
        apply(&place, &format!("{session}{forward}"));
        again(&place).expect(0, &["TIED OUT"]);
        apply(&place, &format!("{session}{back}"));
        again(&place).expect(1, &[]);
        assert_eq!(breaks(&place), first, "{kind:?}");
    }
}

/// What SQLite tells rows apart by is hidden behind a column of this name.
#[test]
fn a_column_called_rowid_is_no_rowid() {
    let sql = PLAIN.replace("(id", "(rowid text, id") + ROWS;
    fails_and_changes_nothing(Sqlite, &sql);
}

#[test]
fn rows_that_others_refer_to_stop_all_of_it() {
    let child = "CREATE TABLE child (parent integer, FOREIGN KEY (parent) REFERENCES ours (id)); INSERT INTO child VALUES (4);";
    for kind in [Postgres, MySql, MariaDb] {
        fails_and_changes_nothing(kind, &format!("{PLAIN}{ROWS}{child}"));
    }
}
