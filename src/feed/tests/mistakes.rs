//! Tests of what each mistake in a feed says, and where.

use super::{env, with};
use crate::feed::parse;
use std::path::Path;

/// Every mistake of a feed, as the user reads them.
pub(super) fn mistakes(text: &str) -> Vec<String> {
    match parse(text, Path::new("feed.toml"), &env) {
        Err(error) if !error.mistakes().is_empty() => {
            error.mistakes().iter().map(ToString::to_string).collect()
        }
        other => panic!("not a list of mistakes: {other:?}"),
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text = r#"[feed]
name = "Demo"
[xml]
rows = "A//B"
row = "A//B"
bad_rows = "quarantene"
[[column]]
name = "a"
tolerance = 0.5
type = "decimal"
[[column]]
name = "A"
typ = "date"
[[columns]]
name = "x"
"#;
    assert_eq!(
        mistakes(text),
        [
            "feed.toml:2:8: [feed] name: `Demo` has other characters than a-z, 0-9 and -; take them out",
            "feed.toml:4:1: [xml] rows: unknown key; did you mean `row`?",
            "feed.toml:5:10: [xml] row: `//` is possible only at the beginning of a row path: name every step",
            "feed.toml:6:12: [xml] bad_rows: `quarantene` is not possible; did you mean `quarantine`?",
            "feed.toml:7:3: [[column]]: no column is a key; add key = true to those that identify a row",
            "feed.toml:9:13: [[column]] tolerance: a float is not exact; write it in quotes: \"0.5\"",
            "feed.toml:12:1: [[column]] name: `A` is the name of column 1 too (letter case does not count); rename one of them",
            "feed.toml:13:1: [[column]] typ: unknown key; did you mean `type`?",
            "feed.toml:14:3: [[columns]]: unknown table; did you mean `column`?",
        ]
    );
}

#[test]
fn syntax_errors_have_a_place() {
    assert_eq!(mistakes("[feed]\nname = demo\n").len(), 1);
    let found = mistakes("[feed]\nname = demo\n").remove(0);
    assert!(found.starts_with("feed.toml:2:8: TOML syntax: "), "{found}");
    let found = mistakes("[feed]\nname = \"a\"\nname = \"b\"\n").remove(0);
    assert!(found.starts_with("feed.toml:3:1: TOML syntax: duplicate key"), "{found}");
    assert_eq!(
        mistakes("<?xml version=\"1.0\"?>"),
        ["feed.toml:1:1: this looks like XML; the feed file (TOML) comes first, then the XML files"]
    );
}

/// One mistake added to a good feed, and the whole message.
fn each(cases: &[(&str, &str)]) {
    for (more, message) in cases {
        assert_eq!(mistakes(&with(more)), [format!("feed.toml:{message}")], "{more}");
    }
}

#[test]
fn mistakes_of_a_key_column() {
    each(&[
        (
            "path = 5",
            "8:8: [[column]] path: this is of type integer; write a text in quotes, or a list of them",
        ),
        ("path = []", "8:1: [[column]] path: the list is empty; name at least one path"),
        (
            "path = \"a\"\nvalue = \"b\"",
            "9:1: [[column]] value: stands beside path; keep one of path, value and from",
        ),
        (
            "compare = false",
            "8:1: [[column]] compare: a key column always compares; take compare = false out, or key = true",
        ),
        (
            "type = \"decimal\"\ntolerance = 1",
            "9:1: [[column]] tolerance: a key column matches exactly; take tolerance out, or key = true",
        ),
        (
            "ignore_case = true",
            "8:1: [[column]] ignore_case: a key column matches exactly; take ignore_case out, or key = true",
        ),
        (
            "decimal_comma = true",
            "8:1: [[column]] decimal_comma: is for numbers, and this column is of type text; add type = \"decimal\", or take decimal_comma out",
        ),
        (
            "type = \"decimal\"\nsign = { path = \"S\", negativ = [] }",
            "9:22: [[column]] sign.negativ: unknown key; did you mean `negative`?",
        ),
        ("upper = true\nlower = true", "9:1: [[column]] lower: stands beside upper; keep one of them"),
        (
            "separator = \",\"",
            "8:1: [[column]] separator: needs repeat = \"join\"; add it, or take separator out",
        ),
        ("pattern = \"(\"", "8:11: [[column]] pattern: is no regular expression: unclosed group"),
        (
            "type = \"date\"\ntimezone = \"Mars/Base\"",
            "9:12: [[column]] timezone: `Mars/Base` is no time zone; use an IANA name like \"Europe/Zurich\" or \"UTC\"",
        ),
        (
            "format = \"%Y-%m-%d\"",
            "8:1: [[column]] format: is for date and timestamp, and this column is of type text; change type, or take format out",
        ),
        (
            "type = \"date\"\nformat = \"%d.%m\"",
            "9:10: [[column]] format: `%d.%m` does not give a whole date; it needs a year, a month and a day",
        ),
        (
            "type = \"money\"",
            "8:8: [[column]] type: `money` is not possible; known: text, integer, decimal, date, timestamp, boolean",
        ),
        ("required = \"yes\"", "8:1: [[column]] required: is neither true, false nor \"warn\""),
        (
            "default = \"${NOPE}\"",
            "8:11: [[column]] default: the environment variable `NOPE` is not set; set it, or write `$${` for a literal `${`",
        ),
        (
            "path = [\"ok\", \"a/@b/c\"]",
            "8:20: [[column]] path: an attribute is the last step of a path: nothing follows it",
        ),
    ]);
}

#[test]
fn mistakes_of_other_columns() {
    each(&[
        (
            "[[column]]\nname = \"x y\"",
            "8:1: [[column]] path: is missing, and the name `x y` is no path; write path = \"…\"",
        ),
        (
            "[[column]]\nname = \"Tieout_x\"",
            "9:8: [[column]] name: begins with `tieout_`, which tieout's own columns do; choose another name",
        ),
        (
            "[[column]]\nname = \"a;b\"\npath = \"x\"",
            "9:8: [[column]] name: has a `;`, which separates the names in differing_columns; take it out",
        ),
        (
            "[[column]]\nname = \"n\"\ntype = \"integer\"\ntotal_by = \"ix\"",
            "11:12: [[column]] total_by: no [[column]] is named `ix`; did you mean `id`?",
        ),
        (
            "[[column]]\nname = \"n\"\ntype = \"integer\"\ntolerance = \"-1\"",
            "11:13: [[column]] tolerance: `-1` is negative; write it without the sign",
        ),
        (
            "[[column]]\nname = \"\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\"",
            "9:8: [[column]] name: has 50 bytes; use at most 48",
        ),
        (
            "[[column]]\npath = \"x\"",
            "8:1: [[column]] name: is missing; name the column as the summary and our side should call it",
        ),
        (
            "[[column]]\nname = \"n\"\ncompare = false\ntype = \"decimal\"\ntolerance = \"1\"",
            "12:1: [[column]] tolerance: has no effect on a column that is not compared; take tolerance out, or compare = false",
        ),
        (
            "[[column]]\nname = \"n\"\ncompare = false\ntype = \"decimal\"\ntotal_by = \"id\"",
            "12:1: [[column]] total_by: has no effect on a column that is not compared; take total_by out, or compare = false",
        ),
        (
            "[[column]]\nname = \"n\"\ntype = \"decimal\"\ntolerance = 1\ntolerance_percent = 2",
            "12:1: [[column]] tolerance_percent: stands beside tolerance; keep one of them",
        ),
        (
            "[[column]]\nname = \"n\"\ntotal_by = \"id\"",
            "10:1: [[column]] total_by: is for numbers, and this column is of type text; add type = \"decimal\", or take total_by out",
        ),
        (
            "[[column]]\nname = \"n\"\ntype = \"date\"\nignore_case = true",
            "11:1: [[column]] ignore_case: is for text, and this column is of type date; take it out",
        ),
        (
            "[[column]]\nname = \"n\"\ntype = \"decimal\"\nscale_by = { path = \"F\", operation = \"div\" }",
            "11:38: [[column]] scale_by.operation: `div` is not possible; known: multiply, divide",
        ),
        (
            "[[column]]\nname = \"n\"\ntype = \"decimal\"\n[column.sign]\nnegative = [\"D\"]",
            "11:1: [[column]] sign.path: is missing; say where the code stands",
        ),
        (
            "[[column]]\nname = \"n\"\nvalue = \"x\"\nrepeat = \"first\"",
            "11:1: [[column]] repeat: needs a path; a constant or `from` has one value",
        ),
        (
            "[[column]]\nname = \"n\"\nfrom = \"filename\"",
            "10:8: [[column]] from: `filename` is not possible; did you mean `file_name`?",
        ),
        (
            "[[column]]\nname = \"n\"\nmap = { A = 1 }",
            "10:13: [[column]] map.A: this is of type integer; write a text in quotes",
        ),
        (
            "[[column]]\nname = \"n\"\npaht = \"x\"",
            "10:1: [[column]] paht: unknown key; did you mean `path`?",
        ),
    ]);
}

#[test]
fn mistakes_of_other_tables() {
    each(&[
        (
            "[ours]\ntable = \"t\"\nquery = \"select 1\"",
            "10:1: [ours] query: stands beside table; keep one of them",
        ),
        (
            "[ours]\ntable = \"t\"\n[ours.columns]\nid2 = \"x\"",
            "11:1: [ours] columns.id2: no [[column]] has this name; did you mean `id`?",
        ),
        (
            "[ours]\nwhere = \"1 = 1\"",
            "8:1: [ours] table: is missing; name our table, like \"ledger.entries\", or write a query",
        ),
        (
            "[[control]]\nname = \"c\"\npath = \"p\"\nequals = \"count + sum(id)\"",
            "11:23: [[control]] equals: sum(id): the column is of type text; only integer and decimal sum up",
        ),
        (
            "[[control]]\nname = \"c\"\npath = \"p\"\nequals = \"{a//b}\"",
            "11:14: [[control]] equals: `//` is possible only at the beginning of a row path: name every step",
        ),
        (
            "[[control]]\nname = \"c\"\npath = \"../p\"\nequals = \"rows\"",
            "10:1: [[control]] path: begins with `..`, but without `per` there is nothing to go up from",
        ),
        (
            "[[control]]\nname = \"c\"\nper = \"R/x\"\npath = \"p\"\nequals = \"rows\"",
            "10:1: [[control]] per: leads into a row, but is not the row element itself: no row could be counted in it; name an element that holds rows",
        ),
        (
            "[[control]]\nname = \"c\"\npath = \"p\"\nby = \"@Ccy\"\nequals = \"rows\"",
            "11:1: [[control]] by: groups what sum(…) of a column with total_by adds up, and there is none here",
        ),
        (
            "[[control]]\nname = \"c\"\npath = \"p\"\nequals = \"rows\"\nover = \"run\"",
            "12:1: [[control]] over: over = \"run\" is known when all files were read: none of them can be refused; set on_failure = \"warn\"",
        ),
        (
            "[database]\nurl = \"oracle://u:hunter2@h\"",
            "9:7: [database] url: does not begin with a known scheme; use one of postgres: postgresql: mysql: mariadb: sqlite:",
        ),
        (
            "[database]\nurl = \"sqlite:x\"\nlock_timeout = \"5\"",
            "10:16: [database] lock_timeout: `5` is not a duration; write it like \"500ms\", \"30s\", \"5m\" or \"1h\"",
        ),
        (
            "[database]\nurl = \"sqlite:x\"\nlock_timeout = 5",
            "10:16: [database] lock_timeout: this is of type integer; write a duration in quotes, like \"30s\"",
        ),
        (
            "[after]\ncommand = \"./x\"",
            "9:11: [after] command: this is of type string; write a list like [\"./notify.sh\", \"{summary}\"], since no shell splits it",
        ),
        (
            "[results]\nkeep_runs = -1",
            "9:13: [results] keep_runs: is out of range; write 0 or a reasonable number above",
        ),
        (
            "[suggestions]\namount = \"id\"",
            "9:10: [suggestions] amount: `id` is of type text; name one of type decimal or integer",
        ),
        (
            "[suggestions]\ndate = \"it\"",
            "9:8: [suggestions] date: no [[column]] is named `it`; did you mean `id`?",
        ),
        ("[suggestions]\ndays = 32", "9:1: [suggestions] days: is out of range; write at most 31"),
        (
            "[[column]]\nname = \"d\"\ntype = \"date\"\ncompare = false\n[ours]\ntable = \"t\"\n[suggestions]\ndate = \"d\"",
            "15:8: [suggestions] date: `d` has compare = false and is not looked for on our side; name it in [ours.columns]",
        ),
        ("[results]\naudit = \"every\"", "9:9: [results] audit: `every` is not possible; known: all"),
        (
            "[control]\nname = \"c\"",
            "8:2: [control]: there may be several of these; write each as [[control]]",
        ),
        (
            "[[results]]\nmatched = true",
            "8:1: [results]: is one table; write it once, as [results], with its keys below",
        ),
    ]);
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(
        mistakes("title = 1"),
        [
            "feed.toml:1:1: title: this key stands above any table; move it below the [table] that it belongs to",
            "feed.toml:1:1: [feed]: this table is missing; add it",
            "feed.toml:1:1: [xml]: this table is missing; add it",
            "feed.toml:1:1: [[column]]: there is no column; add one for every value to compare",
        ]
    );
    assert_eq!(mistakes("column = []\n[feed]\nname = \"a\"\n[xml]\nrow = \"R\"").len(), 1);
}

#[test]
fn secrets_stay_out_of_messages() {
    let found = mistakes(&with("type = \"${DATABASE_URL}\"\n[source]\nurl = \"gopher://${DATABASE_URL}\""));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|message| !message.contains("hunter2")), "{found:?}");
    assert!(found[0].contains("`${DATABASE_URL}` is not possible"), "{found:?}");
}

#[test]
fn a_misspelt_key_is_not_missing_too() {
    let feed = "[fed]\nname = \"f\"\n[xml]\nrwo = \"R\"\n[[column]]\nname = \"id\"\nkey = true\n";
    assert_eq!(
        mistakes(feed),
        [
            "feed.toml:1:2: [fed]: unknown table; did you mean `feed`?",
            "feed.toml:4:1: [xml] rwo: unknown key; did you mean `row`?",
        ]
    );
}

#[test]
fn a_byte_order_mark_and_line_ends_do_not_move_places() {
    let feed = "\u{feff}[feed]\r\nname = \"f\"\r\n[xml]\r\nrow = \"é/\"\r\n[[column]]\r\nname = \"id\"\r\nkey = true\r\n";
    assert_eq!(
        mistakes(feed),
        ["feed.toml:4:9: [xml] row: an element's name must follow `/`: leave the last `/` out"]
    );
}

#[test]
fn what_may_be_empty_and_what_is_optional() {
    let feed = "[feed]\nname = \"f\"\n[xml]\nrow = \"R\"\nallow_empty = [\"S[@x]\", \"../T\"]\n\
                [[column]]\nname = \"id\"\nkey = true\nrequired = true\noptional = true\n";
    assert_eq!(
        mistakes(feed),
        [
            "feed.toml:5:26: [xml] allow_empty: a row path names elements only: leave `.` and `..` out",
            "feed.toml:10:1: [[column]] optional: stands beside required; keep one of them",
        ]
    );
    assert_eq!(
        mistakes(&feed.replace("\"../T\"", "").replace("optional = true", "")),
        ["feed.toml:5:1: [xml] allow_empty: names elements; leave `[…]` out"]
    );
}
