//! `tieout plan` pasted into the database's own client comes to the results of `tieout run`, as often as it is pasted, and
//! leaves nothing.

use crate::support::{
    Feed, Kind, Place, SERVERS,
    client::{paste, results_of},
    on_each, on_every_server,
};

fn feed() -> Feed {
    Feed::new("pasted")
        .xml("bad_rows = \"quarantine\"")
        .xml("chunk_rows = 3")
        .key("code")
        .column("part", "type = \"integer\"\nkey = true")
        .column("amount", "type = \"decimal\"\ntolerance = \"0.01\"\ntotal_by = \"currency\"")
        .column("currency", "")
        .column("name", "ignore_case = true")
        .column("note", "")
        .column("day", "type = \"date\"")
        .scope("region = :region")
        .and("[results]\nmatched = true\n")
}

/// Matched, within the tolerance, beyond it, missing on either side, twice on both sides, with other text.
const FIRST: &str = r#"<rows>
<r><code>A</code><part>1</part><amount>10.00</amount><currency>EUR</currency><name>Ada</name><note>it's "fine", ok</note><day>2026-01-01</day></r>
<r><code>A</code><part>2</part><amount>10.005</amount><currency>EUR</currency><name>ADA</name><note>a|b~c</note></r>
<r><code>A</code><part>3</part><amount>10.02</amount><currency>CHF</currency><name>Ada</name><note>two
lines</note><day>2026-01-03</day></r>
<r><code>a</code><part>1</part><amount>-1</amount><currency>EUR</currency></r>
<r><code>B</code><part>1</part><amount>5</amount><currency>EUR</currency><note>\N</note></r>
<r><code>B</code><part>1</part><amount>5</amount><currency>EUR</currency><note>\N</note></r>
<r><code>B</code><part>1</part><amount>6</amount><currency>EUR</currency><note>NULL</note></r>
<r><amount>6</amount><note>without a key</note></r>
</rows>"#;
const SECOND: &str = r"<rows>
<r><code>C</code><amount>1</amount><currency>CHF</currency><note>c:\temp\</note></r>
<r><code>D</code><part>1</part><amount>1.5</amount><currency>CHF</currency></r>
<r><code>D</code><part>1</part><amount>2.5</amount><currency>CHF</currency></r>
<r><code>E</code><part>1</part><amount>1</amount><currency>Ü</currency><note>漢</note></r>
</rows>";

const OURS: &str = "
CREATE TABLE ours (code varchar(20), part integer, amount decimal(20,4), currency varchar(9), name varchar(20),
                   note varchar(50), day date, region varchar(100));
INSERT INTO ours VALUES
    ('A', 1, 10, 'EUR', 'Ada', 'it''s \"fine\", ok', '2026-01-01', {region}),
    ('A', 2, 10, 'EUR', 'Ada', 'a|b~c', NULL, {region}),
    ('A', 3, 10, 'CHF', 'Ada', 'two lines', '2026-01-03', {region}),
    ('B', 1, 5, 'EUR', NULL, 'NULL', NULL, {region}),
    ('B', 1, 7, 'EUR', '', '', NULL, {region}),
    ('C', NULL, 1, 'CHF', NULL, 'c', NULL, {region}),
    ('E', 1, 1, 'Ü', NULL, '漢', NULL, {region}),
    ('F', 1, 1, 'EUR', NULL, 'only ours', NULL, {region}),
    ('G', 1, 1, 'EUR', NULL, 'elsewhere', NULL, 'south')";

/// A value that a client would execute if the plan wrote it as it stands.
const REGION: &str = "it's\n\\! touch harmed\n.shell touch harmed\n-- {north} \\'";

#[test]
fn the_plan_pasted_into_the_client_gives_the_results_of_a_run_and_leaves_nothing() {
    on_every_server(|kind| {
        let region = format!("region={REGION}");
        let run = results(&after_a_run(kind, &region), "pasted-%");
        assert!(run.len() > 9, "{kind:?}: {run:?}");
        let place = place(kind);
        let url = place.url().to_owned();
        place.tieout(&["migrate", "--database", &url]).expect(0, &[]);
        let before = everything(&place);
        let files = ["first.xml", "second.xml"];
        let asked = ["--set", &region, "--explain", "--database", &url];
        let plan = place.tieout(&[&["plan", "feed.toml"][..], &files, &asked].concat());
        assert_eq!(plan.status, 0, "{kind:?}: {}", plan.all());
        assert_eq!(everything(&place), before, "{kind:?}: the plan changed something");
        assert!(!place.path("chunks").exists(), "the plan wrote chunks");
        let converted = place.tieout(&[&["convert", "feed.toml"][..], &files, &["--out", "chunks"]].concat());
        assert_eq!(converted.status, 1, "{kind:?}: one row has no key: {}", converted.all());
        assert_eq!(
            converted.stdout.lines().count(),
            5,
            "{kind:?}: chunks of three rows: {}",
            converted.stdout
        );
        for time in ["first", "second"] {
            let pasted = paste(&place, &plan.stdout);
            assert_eq!(
                (pasted.status, &*pasted.stderr),
                (0, ""),
                "{kind:?}: {}\n{}",
                pasted.all(),
                plan.stdout
            );
            let printed = results_of(kind, &pasted.stdout);
            assert_eq!(printed.len(), 1, "{kind:?}: {}", pasted.all());
            assert_eq!(comparable(kind, &printed[0]), run, "{kind:?}: the {time} time");
            assert_eq!(everything(&place), before, "{kind:?}: the {time} time");
        }
        assert!(!place.path("harmed").exists(), "{kind:?}: a parameter was executed");
        // Twice in one session, too, and where a run has left its work tables.
        place.run(&[&files[..], &["--set", &region]].concat()).expect(1, &[]);
        let before = everything(&place);
        let again = place.tieout(&[&["plan", "feed.toml"][..], &files, &asked[..2], &asked[3..]].concat());
        let pasted = paste(&place, &again.stdout.repeat(2));
        assert_eq!((pasted.status, &*pasted.stderr), (0, ""), "{kind:?}: {}", pasted.all());
        let printed = results_of(kind, &pasted.stdout);
        assert_eq!(printed.len(), 2, "{kind:?}: {}", pasted.all());
        for one in printed {
            assert_eq!(without_life(&comparable(kind, &one)), without_life(&run), "{kind:?}");
        }
        assert_eq!(everything(&place), before, "{kind:?}: after a run");
    });
}

/// The same rows as two sets: those with a currency, and all of them.
#[test]
fn so_does_the_plan_of_several_row_sets() {
    let euro = Feed::new("euro")
        .xml("where = \"currency = 'EUR' and code\"\nallow_empty = true")
        .key("code")
        .key("part");
    let francs = Feed::new("francs").xml("where = \"currency = 'CHF'\"\nallow_empty = true").key("code");
    let sets = Feed::new("sets")
        .set(euro.scope("currency = 'EUR'"))
        .set(francs.column("amount", "type = \"decimal\"").scope("currency = 'CHF'"));
    on_every_server(|kind| {
        let run = place(kind);
        run.feed(&sets);
        let output = run.run(&["first.xml", "second.xml"]);
        assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
        let planned = place(kind);
        planned.feed(&sets);
        let url = planned.url().to_owned();
        planned.tieout(&["migrate", "--database", &url]).expect(0, &[]);
        let before = everything(&planned);
        let plan = planned.tieout(&["plan", "feed.toml", "first.xml", "second.xml", "--database", &url]);
        plan.expect(0, &["tieout plan of feed sets-euro", "tieout plan of feed sets-francs"]);
        planned
            .tieout(&["convert", "feed.toml", "first.xml", "second.xml", "--out", "chunks"])
            .expect(0, &[]);
        for _ in 0..2 {
            let pasted = paste(&planned, &plan.stdout);
            assert_eq!((pasted.status, pasted.stderr.as_str()), (0, ""), "{kind:?}: {}", pasted.all());
            let printed = results_of(kind, &pasted.stdout);
            assert_eq!(printed.len(), 2, "{kind:?}: {}", pasted.all());
            for (set, of_plan) in ["sets-euro-%", "sets-francs-%"].into_iter().zip(&printed) {
                let expected = results(&run, set);
                assert!(expected.len() > 1, "{kind:?}: {expected:?}");
                assert_eq!(expected, comparable(kind, of_plan), "{kind:?}: {set}");
            }
            assert_eq!(everything(&planned), before, "{kind:?}");
        }
    });
}

/// What empties the work tables must not come behind a run's back.
#[test]
fn a_plan_goes_no_further_while_a_run_is_at_work() {
    on_each(&SERVERS, |kind| {
        let place = place(kind);
        let url = place.url().to_owned();
        let region = format!("region={REGION}");
        place.tieout(&["migrate", "--database", &url]).expect(0, &[]);
        let plan = place.tieout(&["plan", "feed.toml", "--set", &region, "--database", &url]);
        plan.expect(0, &["the feed's lock", "Paste again when that", "-- locks: "]);
        let go = place.path("go");
        let run = place
            .command()
            .args(["run", "feed.toml", "first.xml", "--set", &region, "--database", &url])
            .env("TIEOUT_PAUSE_AT", format!("after-load:{}", go.display()))
            .start();
        while !place.path("go.reached").exists() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let pasted = paste(&place, &plan.stdout);
        assert_ne!(pasted.status, 0, "{kind:?}: {}", pasted.all());
        let says =
            if kind == Kind::Postgres { "another run of the feed is at work" } else { "more than 1 row" };
        assert!(pasted.stderr.contains(says), "{kind:?}: {}", pasted.all());
        assert!(place.count("FROM tieout_stage_pasted") > 0, "{kind:?}: the run's rows are gone");
        place.write("go", "");
        let run = run.end();
        run.expect(1, &["BREAKS"]);
    });
}

/// Whatever the plan says of the join, it knows how many rows either side has.
#[test]
fn estimates_come_from_the_rows_of_both_sides() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql("CREATE TABLE ours (id varchar(20) PRIMARY KEY, day date, amount decimal(9, 2))");
        let values: Vec<String> = (0..1000).map(|n| format!("('{n}', '2026-01-01', 1)")).collect();
        place.feed(
            Feed::new("estimated").key("id").column("amount", "type = \"decimal\"").scope("day is not null"),
        );
        let rows: String = (0..700).map(|n| format!("<r><id>{n}</id><amount>1</amount></r>")).collect();
        place.write("theirs.xml", format!("<d>{rows}</d>"));
        let url = place.url().to_owned();
        let plan = || {
            let plan = place.tieout(&["plan", "feed.toml", "theirs.xml", "--explain", "--database", &url]);
            assert_eq!(plan.status, 0, "{kind:?}: {}", plan.all());
            plan.stdout.split("the database's own plan of the join").nth(1).expect("a plan").to_owned()
        };
        let without = plan();
        if !kind.mysql_family() {
            assert!(
                without.contains("statistics are absent") && without.contains("ANALYZE ours first"),
                "{without}"
            );
        }
        place.sql(&format!("INSERT INTO ours VALUES {}", values.join(", ")));
        place.sql(if kind.mysql_family() { "ANALYZE TABLE ours" } else { "ANALYZE ours" });
        let before = everything(&place);
        let said = plan();
        assert_eq!(everything(&place), before, "{kind:?}: a plan leaves nothing");
        for words in [
            "ours: about 1000 rows",
            "begins with a column of the key",
            "no index of ours begins with a column that",
        ] {
            assert!(said.contains(words), "{kind:?}: {words}: {said}");
        }
        match kind {
            Kind::Sqlite => assert!(said.contains("SCAN ours"), "{said}"),
            Kind::Postgres => {
                assert!(said.contains("gathered at 2"), "{said}");
                let [ours, theirs] = ["on ours", "on tieout_stage_estimated"].map(|table| {
                    let line = said.lines().find(|line| line.contains(table)).unwrap_or_default();
                    line.split("rows=").nth(1).and_then(|rest| rest.split(' ').next()).map(str::to_owned)
                });
                assert_eq!((ours.as_deref(), theirs.as_deref()), (Some("1000"), Some("700")), "{said}");
            }
            _ => {
                assert!(said.contains("gathered at 2"), "{said}");
                assert!(said.contains("1000") && said.contains("700 rows of the files"), "{kind:?}: {said}");
            }
        }
    });
}

fn place(kind: Kind) -> Place {
    let place = Place::new(kind);
    place.sql(&OURS.replace("{region}", &kind.literal(REGION)));
    place.feed(feed());
    place.write("first.xml", FIRST);
    place.write("second.xml", SECOND);
    place
}

fn after_a_run(kind: Kind, region: &str) -> Place {
    let place = place(kind);
    let output = place.run(&["first.xml", "second.xml", "--set", region]);
    assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
    place
}

type Rows = Vec<Vec<Option<String>>>;

/// Everything of a break but the names of runs and times, of runs like this.
fn results(place: &Place, like: &str) -> Rows {
    let [file_no, record, line, seq] =
        ["file_no", "record", "line", "seq"].map(|column| place.kind.as_text(column));
    let rows = place.query(&format!(
        "SELECT outcome, differing, row_key, theirs, ours, checksum_theirs, checksum_ours, {file_no}, {record}, {line}, \
         {seq}, break_id, fingerprint, life FROM tieout_results WHERE run_id LIKE '{like}' ORDER BY tieout_results.seq"
    ));
    comparable(place.kind, &rows)
}

/// The same of what `read_results` gives. `sqlite3` has no SHA-256, so the plan leaves out what is made of it.
fn comparable(kind: Kind, rows: &[Vec<Option<String>>]) -> Rows {
    let cells = |row: &Vec<Option<String>>| {
        let mut cells = row[..14].to_vec();
        if kind == Kind::Sqlite {
            cells[6] = None;
            cells.truncate(11);
        }
        cells
    };
    rows.iter().map(cells).collect()
}

fn without_life(rows: &Rows) -> Rows {
    rows.iter().map(|row| row[..row.len().min(13)].to_vec()).collect()
}

/// The tables with their numbers of rows, and whatever else there is.
fn everything(place: &Place) -> Vec<(String, u64)> {
    let sql = match place.kind {
        Kind::Sqlite => {
            "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1"
        }
        Kind::Postgres => {
            "SELECT concat(relkind, ' ', relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        }
        _ => {
            "SELECT CAST(concat(table_type, ' ', table_name) AS char) FROM information_schema.tables WHERE table_schema = database() \
             UNION SELECT CAST(concat(table_name, ' ', index_name) AS char) FROM information_schema.statistics WHERE table_schema = database() ORDER BY 1"
        }
    };
    let all = place.query(sql).into_iter().flatten().flatten();
    all.map(|name| {
        let table = match place.kind {
            Kind::Sqlite => name.strip_prefix("table "),
            Kind::Postgres => name.strip_prefix("r "),
            _ => name.strip_prefix("BASE TABLE "),
        };
        let table = table.and_then(|rest| rest.split(' ').next()).filter(|name| !name.starts_with("sqlite_"));
        let rows = table.map_or(0, |table| place.count(&format!("FROM {table}")));
        (name, rows)
    })
    .collect()
}
