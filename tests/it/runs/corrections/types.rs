//! Every type of column with every kind of break, and texts that want to be more than texts.

use super::{again, apply, breaks, scripts};
use crate::support::{Feed, Kind, Place, on_every_server};

/// A column of every type, and some that are compared in their own way.
fn feed() -> Feed {
    Feed::new("typed")
        .column("id", "type = \"integer\"\nkey = true")
        .key("part")
        .column("note", "trim = false")
        .column("amount", "type = \"decimal\"")
        .column("ratio", "type = \"decimal\"")
        .column("near", "type = \"decimal\"\ntolerance = \"1\"")
        .column("name", "ignore_case = true")
        .column("day", "type = \"date\"")
        .column("at", "type = \"timestamp\"")
        .column("zoned", "type = \"timestamp\"")
        .column("flag", "type = \"boolean\"")
        .column("bytes", "")
        .column("uid", "")
        .column("memo", "compare = false")
        .ours("table = \"\\\"Our Book\\\"\"")
        .scope("book = :book")
        .expression("note", "their_note")
        .expression("memo", "memo")
}

/// What clients would obey, were it not quoted: SQL, comments, commands of psql, mysql and sqlite3.
const HOSTILE: [&str; 9] = [
    "'; DROP TABLE ours; --",
    "\\! touch harmed",
    "x\n\\! touch harmed\n.shell touch harmed\n\\q",
    "*/ /*! DROP TABLE ours */ -- \\",
    "\\",
    "\\' OR 1=1 \\\\'",
    "\u{fc}\u{6f22}\u{1f600} U&'\\0041' $$ $1 :id :'id' {id}",
    "delimiter //\nDELETE FROM ours//\n\\g",
    "line\nGO\n;\n",
];

fn theirs() -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let row = |id: usize, part: &str, note: &str, rest: &str| {
        format!("<r><id>{id}</id><part>{}</part><note>{}</note>{rest}</r>\n", escaped(part), escaped(note))
    };
    let full = "<amount>-12.5</amount><ratio>0.1</ratio><near>10.5</near><name>ADA</name><day>2026-02-28</day>\
                <at>2026-02-28T10:00:00.25</at><zoned>2026-02-28T10:00:00+01:00</zoned><flag>yes</flag><bytes>00ff</bytes>\
                <uid>1b61f6a8-7c3c-4d7b-9e54-3a5b7c1d2e3f</uid><memo>carried</memo>";
    let mut rows = String::new();
    for (n, note) in HOSTILE.iter().enumerate() {
        rows += &row(n, "p", note, full); // differs in ours, in everything
        rows += &row(n + 20, "new", note, full); // missing in ours
        rows += &row(n + 60, note, "", ""); // hostile in the key, missing in ours
    }
    rows += &row(50, "", "", ""); // no value in theirs
    rows += &row(51, "twice", "a", ""); // differs beside an equal row
    rows += &row(51, "twice", "b", "");
    rows += &row(52, "more", "a", ""); // twice in theirs, none in ours
    rows += &row(52, "more", "a", "");
    format!("<d>{rows}</d>")
}

fn ours(kind: Kind) -> String {
    let (zoned, flag, bytes, uid, double) = match kind {
        Kind::Postgres => ("timestamptz", "boolean", "bytea", "uuid", "double precision"),
        Kind::Sqlite => ("text", "integer", "blob", "text", "double"),
        Kind::MariaDb => ("timestamp(6) NULL", "boolean", "varbinary(20)", "uuid", "double"),
        Kind::MySql => ("timestamp(6) NULL", "boolean", "varbinary(20)", "char(36)", "double"),
    };
    let time = if kind == Kind::Postgres { "timestamp" } else { "datetime(6)" };
    let quoted = if kind.mysql_family() { "`Our Book`" } else { "\"Our Book\"" };
    let mut sql = format!(
        "CREATE TABLE {quoted} (id integer, part varchar(80), their_note varchar(80), amount decimal(30,4), ratio {double},
           near decimal(10,2), name varchar(20) NOT NULL DEFAULT '', day date, at {time}, zoned {zoned}, flag {flag}, bytes {bytes},
           uid {uid}, memo varchar(20), book varchar(9) NOT NULL DEFAULT 'main');\n"
    );
    let raw = if kind == Kind::Postgres { "decode('00fe', 'hex')" } else { "X'00fe'" };
    let flag = if kind == Kind::Postgres { "false" } else { "0" };
    let full = format!(
        "1.10, 0.25, 10, 'ada', '2026-01-31', '2026-01-31 10:00:00', '2026-01-31 10:00:00', {flag}, {raw}, \
         'aaaaaaaa-7c3c-4d7b-9e54-3a5b7c1d2e3f', 'old'"
    );
    let mut row = |id: usize, part: &str, note: &str, rest: &str| {
        let text = |text: &str| {
            if text.is_empty() { "NULL".into() } else { kind.literal(text) }
        };
        let (part, note) = (text(part), text(note));
        let columns =
            "id, part, their_note, amount, ratio, near, name, day, at, zoned, flag, bytes, uid, memo, book";
        let values = format!("{id}, {part}, {note}, {rest}");
        sql.extend(["INSERT INTO ", quoted, " (", columns, ") VALUES (", &values, ");\n"]);
    };
    let (full, none) =
        (format!("{full}, 'main'"), "NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'main'");
    for (n, note) in HOSTILE.iter().enumerate() {
        row(n, "p", "old", &full);
        row(n + 40, note, note, &full); // missing in theirs, hostile
    }
    row(50, "", "some", &full); // theirs has no value
    for note in ["a", "a"] {
        row(51, "twice", note, none); // one of two equal rows is to differ
    }
    for _ in 0..3 {
        row(53, "equal", "same", none); // three equal rows that theirs lacks
    }
    row(53, "equal", "same", &none.replace("main", "other")); // elsewhere: out of the scope
    sql
}

#[test]
fn after_the_corrections_it_ties_out_and_after_the_undo_it_is_as_it_was() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql(&ours(kind));
        place.feed(feed());
        place.write("theirs.xml", theirs());
        let run = || place.run(&["theirs.xml", "--force", "--set", "book=main"]);
        run().expect(1, &["missing in ours", "missing in theirs", "mismatched", "duplicate in theirs"]);
        let (first, [forward, back]) = (breaks(&place), scripts(&place));
        assert!([&forward, &back].iter().all(|script| script.is_ascii()), "{kind:?}: {forward}");
        apply(&place, &forward);
        run().expect(0, &["TIED OUT"]);
        let [none, none_back] = scripts(&place);
        assert!(
            none.contains("There is nothing to correct") && none_back.contains("There is nothing to correct")
        );
        apply(&place, &none);
        let book = if kind.mysql_family() { "`Our Book`" } else { "\"Our Book\"" };
        let other = place.count(&format!("FROM {book} WHERE book = 'other'"));
        assert_eq!(other, 1, "{kind:?}: rows outside the scope stay");
        apply(&place, &back);
        run().expect(1, &[]);
        assert_eq!(breaks(&place), first, "{kind:?}");
        // What was done once cannot be undone twice.
        assert_ne!(crate::support::client::paste(&place, &back).status, 0, "{kind:?}");
        run().expect(1, &[]);
        assert_eq!(breaks(&place), first, "{kind:?}");
        assert!(!place.path("harmed").exists(), "{kind:?}");
    });
}

#[test]
fn an_inserted_row_must_lie_in_the_scope() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql("CREATE TABLE ours (id integer, book varchar(9)); INSERT INTO ours VALUES (1, 'main')");
        let feed = Feed::new("scoped").column("id", "type = \"integer\"\nkey = true");
        place.feed(feed.clone().scope("book = 'main' -- ours"));
        place.write("theirs.xml", "<d><r><id>1</id></r><r><id>2</id></r></d>");
        again(&place).expect(1, &[]);
        let failed = crate::support::client::paste(&place, &scripts(&place)[0]);
        assert!(
            failed.status != 0 && failed.stderr.contains("tieout_the_new_values_are_there"),
            "{}",
            failed.all()
        );
        place.feed(feed.scope("id in (select id from {theirs})"));
        again(&place).expect(1, &[]);
        let script = &scripts(&place)[0];
        assert!(script.contains("where reads their rows"), "{script}");
        apply(&place, script);
        again(&place).expect(0, &[]);
    });
}
