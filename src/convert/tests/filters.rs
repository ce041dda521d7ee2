//! Which records are rows: `skip`, `where`, and what is said of the others.

use super::*;

const ENTRIES: &str = "<d><e k='1' s='BOOK'/><e k='2' s='PDNG'/><e k='3' s='INFO'/><e k='4' s='BOOK' x='y'/>\
     <e k='5' s='NEW'/><e k='6'/></d>";

fn skipping(filter: &str) -> Feed {
    plain(
        &format!(
            "row = \"e\"\nbad_rows = \"quarantine\"\n{filter}\n\
             skip = {{ pending = \"@s = 'PDNG'\", information = \"@s = 'INFO'\", marked = \"@x\" }}"
        ),
        &[("k", "@k")],
    )
}

fn reasons(done: &Done) -> Vec<(&str, u64)> {
    done.converted.filtered_by.iter().map(|one| (one.reason.as_str(), one.records)).collect()
}

#[test]
fn what_neither_where_nor_skip_knows_is_bad() {
    let done = converted(&skipping("where = \"@s = 'BOOK'\""), ENTRIES);
    assert_eq!(done.rows(), ["1"]);
    assert_eq!(reasons(&done), [("pending", 1), ("information", 1), ("marked", 1)]);
    assert_eq!(done.converted.filtered, 3);
    let rejects: Vec<_> = done.rejects.iter().map(|one| (one.record, one.reason.as_str())).collect();
    let unknown = "neither where nor skip knows this record";
    assert_eq!(rejects, [(5, unknown), (6, unknown)]);
}

#[test]
fn without_where_whatever_is_not_skipped_is_a_row() {
    let done = converted(&skipping(""), ENTRIES);
    assert_eq!(done.rows(), ["1", "5", "6"]);
    assert!(done.rejects.is_empty());
}

#[test]
fn without_skip_the_reason_is_where() {
    let done = converted(&plain("row = \"e\"\nwhere = \"@s = 'BOOK'\"", &[("k", "@k")]), ENTRIES);
    assert_eq!(done.rows(), ["1", "4"]);
    assert_eq!(reasons(&done), [("where", 4)]);
}

#[test]
fn details_are_asked_one_by_one() {
    let feed = plain(
        "row = \"e\"\nexplode = \"t\"\nwhere = \"@s = 'BOOK' and t/@n\"\nskip = { void = \"t/@v\" }\nbad_rows = \"quarantine\"",
        &[("k", "t/@n")],
    );
    let done = converted(&feed, "<d><e s='BOOK'><t n='1'/><t n='2' v=''/><t/></e></d>");
    assert_eq!((done.rows(), reasons(&done), done.rejects.len()), (vec!["1".into()], vec![("void", 1)], 1));
}

#[test]
fn a_file_of_filtered_records_is_refused_like_an_empty_one() {
    let filtered = "<d><g/><e k='1' s='x'/><e k='2' s='y'/></d>";
    let columns = [("k", "@k")];
    let read = |more: &str, xml: &str| {
        try_convert(&plain(&format!("row = \"e\"\nwhere = \"@s = 'BOOK'\"\n{more}"), &columns), xml)
    };
    let code =
        |result: Result<Done>| result.map(|done| done.converted.filtered).map_err(|error| error.code());
    assert_eq!(code(read("", filtered)), Err(Code::AllFiltered));
    assert_eq!(code(read("allow_empty = true", filtered)), Ok(2));
    assert_eq!(code(read("allow_empty = \"d/g\"", filtered)), Ok(2));
    assert_eq!(code(read("allow_empty = \"d/h\"", filtered)), Err(Code::AnotherKindOfFile));
    // A bad row is something that the file had to say.
    let skipped = "skip = { odd = \"@s = 'x'\" }\nbad_rows = \"quarantine\"";
    assert_eq!(code(read(skipped, filtered)), Ok(1));
    let message = refusal(&plain("row = \"e\"\nskip = { odd = \"@s\" }", &columns), filtered);
    assert_eq!(message, "in/statements.xml: every record is filtered (2: 2 odd)");
}

#[test]
fn names_of_skip_are_checked() {
    for (name, what) in [("Pending", "other characters"), ("where", "reason of what `where` leaves out")] {
        let text = format!(
            "[feed]\nname = \"t\"\n[xml]\nrow = \"e\"\n[xml.skip]\n{name} = \"@x\"\n[[column]]\nname = \"k\"\nkey = true\n"
        );
        let error = feed::parse(&text, Path::new("t.toml"), &|_| None).expect_err(name);
        assert!(error.to_string().contains(what), "{error}");
        assert!(error.to_string().contains(&format!("[xml] skip.{name}")), "{error}");
    }
}
