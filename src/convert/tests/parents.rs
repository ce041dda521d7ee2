//! Elements in which rows could stand and none does.

use super::*;

fn feed(xml: &str, columns: &str) -> Feed {
    let text = format!("[feed]\nname = \"parents\"\n[xml]\nallow_empty = true\n{xml}\n{columns}");
    feed::parse(&text, Path::new("test.toml"), &|_| None).expect("a good feed").remove(0)
}

const COLUMNS: &str = r#"
[[column]]
name = "id"
key  = true
[[column]]
name = "account"
path = "../Acct"
[[column]]
name = "message"
path = "/Document/Msg/Hdr/Id"
[[column]]
name = "kind"
path = ["Kind", "../Kind"]
default = "none"
"#;

/// What is taken for elements without rows: line, then values, a text a row.
fn parents(feed: &Feed, xml: &str) -> Result<Vec<String>> {
    taken(feed, xml).map(|(parents, _)| parents)
}

/// The same, and the CSV of the rows.
fn taken(feed: &Feed, xml: &str) -> Result<(Vec<String>, String)> {
    let folder = tempfile::tempdir().unwrap();
    let (stop, progress) = (Flag::default(), Progress::default());
    let document =
        Document { name: "a.xml", changed: Changed::Unknown, bytes: 0, stop: &stop, progress: &progress };
    let mut sink = Collected::default();
    let set = RowSet::new(feed.clone(), ChunkFolder::Kept(folder.path().to_owned())).with_parents(true);
    let all = super::super::convert(&document, vec![set.of_file(1, &mut sink)], || Ok(xml.as_bytes()))?;
    let mut found = Vec::new();
    for chunk in sink.chunks.iter().filter(|chunk| chunk.parents) {
        let mut reader = csv::Reader::from_path(&chunk.path).unwrap();
        for row in reader.records() {
            let row = row.unwrap();
            let values: Vec<&str> = row.iter().skip(4).collect();
            found.push(format!("{}: {}", &row[1], values.join("|")));
        }
    }
    assert_eq!(all[0].parents, found.len() as u64);
    assert_eq!(all[0].records, all[0].rows + all[0].rejects + all[0].filtered);
    let rows = sink.chunks.iter().filter(|chunk| !chunk.parents);
    Ok((found, rows.map(|chunk| fs::read_to_string(&chunk.path).unwrap()).collect()))
}

#[test]
fn an_element_without_rows_has_what_rows_would_read_above_them() {
    let feed = feed("row = \"Msg/Stmt/R\"\nwhere = \"not(Out)\"", COLUMNS);
    let xml = "<Document><Msg><Hdr><Id>m</Id></Hdr>
<Stmt><Acct>1</Acct><R><id>a</id></R></Stmt>
<Stmt><Acct>2</Acct><Kind>k</Kind></Stmt>
<Stmt><Acct>3</Acct><R><id>b</id><Out/></R></Stmt>
<Stmt><R><id>c</id><Out/></R><Acct>4</Acct></Stmt>
</Msg></Document>";
    // The last one's account stands after a row, which was filtered out before it was read.
    assert_eq!(parents(&feed, xml).unwrap(), ["3: |2|m|k", "4: |3|m|none", "5: |4|m|none"]);
}

#[test]
fn only_the_innermost_speaks() {
    let feed = feed("row = \"Msg/Stmt/R\"", COLUMNS);
    let outer = "<Document>\n<Msg><Hdr><Id>m</Id></Hdr></Msg></Document>";
    assert_eq!(parents(&feed, outer).unwrap(), ["2: ||m|"]);
    let root = "<Document><Else/></Document>";
    assert_eq!(parents(&feed, root).unwrap(), [""; 0], "it has no value at all");
    let some = "<Document><Msg><Hdr><Id>m</Id></Hdr><Stmt><Acct>1</Acct></Stmt></Msg></Document>";
    assert_eq!(parents(&feed, some).unwrap(), ["1: |1|m|none"]);
}

#[test]
fn the_root_stands_for_a_document_in_which_nothing_else_does() {
    let feed = feed("row = \"R\"", COLUMNS);
    let rows = "<Document><Msg><Hdr><Id>m</Id></Hdr></Msg><R><id>1</id></R></Document>";
    assert_eq!(parents(&feed, rows).unwrap(), [""; 0]);
    let none = "<Document><Msg><Hdr><Id>m</Id></Hdr></Msg></Document>";
    assert_eq!(parents(&feed, none).unwrap(), ["1: ||m|"]);
}

#[test]
fn conditions_on_the_way_to_rows_must_hold() {
    let feed = feed("row = \"Msg[@live='1']/Stmt[Acct]/R\"", COLUMNS);
    let xml = "<Document><Msg live='0'><Stmt><Acct>1</Acct></Stmt></Msg>
<Msg live='1'><Stmt><Acct>2</Acct></Stmt><Stmt><Kind>x</Kind></Stmt></Msg></Document>";
    assert_eq!(parents(&feed, xml).unwrap(), ["2: |2||none"]);
}

#[test]
fn rows_at_other_depths_are_told_apart() {
    let feed = feed("row = [\"A/B/R\", \"A/R\"]", COLUMNS);
    let xml = "<Document><A><Acct>1</Acct><B><Acct>2</Acct></B><R><id>1</id></R></A>
<A><Acct>3</Acct><B><Acct>4</Acct></B></A>
<A><Acct>5</Acct><B><Acct>6</Acct><R><id>2</id></R></B></A></Document>";
    let expected = ["1: |2||none", "2: |4||none", "2: |3||none", "3: |5||none"];
    assert_eq!(parents(&feed, xml).unwrap(), expected);
}

#[test]
fn late_values_come_from_the_pass_before() {
    let feed = feed(
        "row = \"Msg/Stmt/R\"",
        &COLUMNS.replace("path = \"../Acct\"", "path = [\"../Acct\", \"../../Acct\"]\nlate = true"),
    );
    let xml = "<Document><Msg><Hdr><Id>m</Id></Hdr>
<Stmt><R><id>a</id></R><Acct>1</Acct></Stmt>
<Stmt></Stmt>
<Stmt><R><id>b</id></R></Stmt>
<Stmt><Acct>4</Acct></Stmt><Acct>0</Acct></Msg></Document>";
    assert_eq!(parents(&feed, xml).unwrap(), ["3: |0|m|none", "5: |4|m|none"]);
    let converted = converted(&feed, xml);
    assert!(
        converted.csv.contains("\"a\",\"1\"") && converted.csv.contains("\"b\",\"0\""),
        "{}",
        converted.csv
    );
}

#[test]
fn a_value_above_that_comes_later_is_never_left_out() {
    let feed = feed("row = \"Msg/Stmt/R\"", &COLUMNS.replace("path = \"../Acct\"", "path = \"../../Acct\""));
    let xml = "<Document><Msg><Stmt/><Acct>0</Acct></Msg></Document>";
    assert_eq!(parents(&feed, xml).unwrap_err().code(), Code::ValueAfterRow);
}

#[test]
fn one_that_cannot_be_read_is_a_bad_row() {
    let columns = COLUMNS.replace("path = \"../Acct\"", "path = \"../Acct\"\ntype = \"integer\"");
    let xml = "<Document><Msg><Stmt><Acct>x</Acct></Stmt></Msg></Document>";
    let strict = feed("row = \"Msg/Stmt/R\"", &columns);
    let error = parents(&strict, xml).unwrap_err();
    assert_eq!(error.code(), Code::BadRow);
    assert!(error.to_string().contains("an element without rows, column account"), "{error}");
    let lenient = feed("row = \"Msg/Stmt/R\"\nbad_rows = \"quarantine\"", &columns);
    assert_eq!(parents(&lenient, xml).unwrap(), [""; 0]);
}

#[test]
fn a_bad_one_has_no_number_among_records() {
    let columns = COLUMNS.replace("path = \"../Acct\"", "path = \"../Acct\"\ntype = \"integer\"")
        + "[[column]]\nname = \"n\"\nfrom = \"row_number\"\n";
    let feed = feed("row = \"Msg/Stmt/R\"\nbad_rows = \"quarantine\"", &columns);
    let xml = "<Document><Msg><Stmt><Acct>x</Acct></Stmt><Stmt><Acct>1</Acct><R><id>a</id></R></Stmt></Msg></Document>";
    let csv = taken(&feed, xml).unwrap().1;
    assert!(csv.contains("\"a\",\"1\",\"\",\"none\",\"1\""), "{csv}");
}

#[test]
fn many_take_no_memory_and_little_time() {
    let feed = feed("row = \"Msg/Stmt/R\"\nmax_row = \"1MiB\"", COLUMNS);
    let mut xml = String::from("<Document><Msg><Hdr><Id>m</Id></Hdr>");
    for n in 0..50_000 {
        let _ = write!(xml, "<Stmt><Acct>{n}</Acct></Stmt>");
    }
    xml.push_str("</Msg></Document>");
    assert_eq!(parents(&feed, &xml).unwrap().len(), 50_000);
}
