//! `tieout plan` pasted into the database's own client comes to the results of `tieout run`.

use crate::support::{Feed, Kind, Place, client::paste, on_every_server};

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
fn the_plan_pasted_into_the_client_gives_the_results_of_a_run() {
    on_every_server(|kind| {
        let run = results(&after_a_run(kind), "run_id <> 'plan'");
        let pasted = results(&after_the_plan(kind), "run_id = 'plan'");
        assert!(run.len() > 9, "{kind:?}: {run:?}");
        assert_eq!(run, pasted, "{kind:?}");
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
        let plan = planned.tieout(&["plan", "feed.toml", "first.xml", "second.xml", "--database", &url]);
        plan.expect(0, &["tieout plan of feed sets-euro", "tieout plan of feed sets-francs"]);
        planned
            .tieout(&["convert", "feed.toml", "first.xml", "second.xml", "--out", "chunks"])
            .expect(0, &[]);
        let pasted = paste(&planned, &plan.stdout);
        assert_eq!((pasted.status, pasted.stderr.as_str()), (0, ""), "{kind:?}: {}", pasted.all());
        for (of_run, of_plan) in [
            ("run_id LIKE 'sets-euro-%'", "run_id = 'plan-euro'"),
            ("run_id LIKE 'sets-francs-%'", "run_id = 'plan-francs'"),
        ] {
            let expected = results(&run, of_run);
            assert!(expected.len() > 1, "{kind:?}: {expected:?}");
            assert_eq!(expected, results(&planned, of_plan), "{kind:?}: {of_plan}");
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

fn after_a_run(kind: Kind) -> Place {
    let place = place(kind);
    let region = format!("region={REGION}");
    let output = place.run(&["first.xml", "second.xml", "--set", &region]);
    assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
    place
}

fn after_the_plan(kind: Kind) -> Place {
    let place = place(kind);
    let url = place.url().to_owned();
    let migrated = place.tieout(&["migrate", "--database", &url]);
    assert_eq!(migrated.status, 0, "{kind:?}: {}", migrated.all());
    let before = everything(&place);
    let region = format!("region={REGION}");
    let arguments =
        ["plan", "feed.toml", "first.xml", "second.xml", "--set", &region, "--explain", "--database", &url];
    let plan = place.tieout(&arguments);
    assert_eq!(plan.status, 0, "{kind:?}: {}", plan.all());
    assert_eq!(everything(&place), before, "{kind:?}: the plan changed something");
    assert!(!place.path("chunks").exists(), "the plan wrote chunks");
    let converted = place.tieout(&["convert", "feed.toml", "first.xml", "second.xml", "--out", "chunks"]);
    assert_eq!(converted.status, 1, "{kind:?}: one row has no key: {}", converted.all());
    assert_eq!(converted.stdout.lines().count(), 5, "{kind:?}: chunks of three rows: {}", converted.stdout);
    let pasted = paste(&place, &plan.stdout);
    assert_eq!(pasted.status, 0, "{kind:?}: {}\n{}", pasted.all(), plan.stdout);
    assert_eq!(pasted.stderr, "", "{kind:?}");
    assert!(!place.path("harmed").exists(), "{kind:?}: a parameter was executed");
    place
}

/// Everything of a break but the run's name. `sqlite3` has no SHA-256, so the plan leaves out one checksum.
fn results(place: &Place, of: &str) -> Vec<Vec<Option<String>>> {
    let [file_no, record, line] = ["file_no", "record", "line"].map(|column| place.kind.as_text(column));
    let ours = if place.kind == Kind::Sqlite { "''" } else { "checksum_ours" };
    place.query(&format!(
        "SELECT outcome, differing, row_key, theirs, ours, checksum_theirs, {ours}, {file_no}, \
         {record}, {line} FROM tieout_results WHERE {of} ORDER BY tieout_results.seq"
    ))
}

/// The tables with their numbers of rows.
fn everything(place: &Place) -> Vec<(String, u64)> {
    let sql = match place.kind {
        Kind::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        Kind::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
        }
        _ => {
            "SELECT CAST(table_name AS char) FROM information_schema.tables WHERE table_schema = database() ORDER BY 1"
        }
    };
    let tables = place.query(sql).into_iter().flatten().flatten().filter(|name| !name.starts_with("sqlite_"));
    tables
        .map(|name| {
            let rows = place.count(&format!("FROM {name}"));
            (name, rows)
        })
        .collect()
}
