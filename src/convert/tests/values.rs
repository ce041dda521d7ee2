//! Values: options in their order, types, repeats, what a row's id and checksum are.

use super::*;
use crate::feed::Presence;

/// Converts one `<v>` with the column options.
pub(super) fn value(options: &str, xml: &str) -> Result<String, String> {
    let feed = feed(&format!(
        "[xml]\nrow = \"r\"\n[[column]]\nname = \"k\"\npath = \"@k\"\nkey = true\n[[column]]\nname = \"v\"\n{options}"
    ));
    let document = format!("<d><r k=\"1\">{xml}</r></d>");
    match try_convert(&feed, document) {
        Ok(done) => Ok(done.rows()[0][2..].to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn options_apply_in_their_order() {
    for (options, xml, expected) in [
        ("path = 'v'", "<v> a  b </v>", " a  b "),
        ("path = 'v'\ntrim = true", "<v>\n a  b\t</v>", "a  b"),
        ("path = 'v'\ntrim = true\ncollapse_spaces = true", "<v> a \n b </v>", "a b"),
        ("path = 'v'\nstrip = ' -'", "<v>CH-12 34</v>", "CH1234"),
        ("path = 'v'\npattern = 'EREF\\+(\\w+)'", "<v>x EREF+AB1 y</v>", "AB1"),
        ("path = 'v'\npattern = 'EREF\\+(\\w+)'", "<v>none</v>", ""),
        ("path = 'v'\ntype = 'date'\npattern = '^\\d{8}'\nformat = '%Y%m%d'", "<v> </v>", ""),
        ("path = 'v'\ntype = 'decimal'\npattern = '^\\d+'\nnull_if = 'none'", "<v> none </v>", ""),
        ("path = 'v'\ntype = 'decimal'\npattern = '^\\d*'", "<v>none</v>", ""),
        ("path = 'v'\ntrim = true\nnull_if = ['NOTPROVIDED']", "<v> NOTPROVIDED </v>", ""),
        ("path = 'v'\nmap = { BOOK = 'B' }", "<v>BOOK</v>", "B"),
        ("path = 'v'\nmap = { BOOK = 'B' }", "<v>PDNG</v>", "PDNG"),
        ("path = 'v'\nmap = { b = 'x' }\nupper = true", "<v>b</v>", "X"),
        ("path = 'v'\nnull_if = ['0']\ndefault = 'none'", "<v>0</v>", "none"),
        ("path = 'v'\ndefault = 'none'", "", "none"),
        ("path = 'v'\ntype = 'decimal'", "<v> +0010.50 </v>", "10.5"),
        ("path = 'v'\ntype = 'decimal'\ndecimal_comma = true", "<v>1.234,50</v>", "1234.5"),
        ("path = 'v'\ntype = 'date'", "<v>2024-05-06T23:00:00+02:00</v>", "2024-05-06"),
        ("path = 'v'\ntype = 'boolean'", "<v>Yes</v>", "1"),
        ("value = 'constant'", "", "constant"),
        ("from = 'file_name'", "", "statements.xml"),
        ("from = 'file_date'\ntype = 'date'", "", "2024-05-06"),
        ("from = 'file_date'", "", "2024-05-06"),
        ("from = 'file_date'\ntype = 'date'\ntimezone = 'Europe/Zurich'", "", "2024-05-07"),
        ("from = 'file_date'\ntype = 'timestamp'\ntimezone = 'Europe/Zurich'", "", "2024-05-06 22:00:00"),
        ("from = 'row_number'\ntype = 'integer'", "", "1"),
        ("from = 'element'", "", "r"),
    ] {
        assert_eq!(value(options, xml).as_deref(), Ok(expected), "{options} {xml}");
    }
}

#[test]
fn what_a_pattern_does_not_match_is_told() {
    for (options, xml) in [
        ("type = 'decimal'\npattern = '^([0-9]+)'", "<v>USD 10</v>"),
        ("type = 'date'\npattern = '^\\d{8}'\nformat = '%Y%m%d'\noptional = true", "<v>15-JAN-24</v>"),
        ("type = 'decimal'\npattern = '^([0-9]+)'\ndefault = '1'", "<v>USD 10</v>"),
        ("type = 'decimal'\npattern = '([0-9.]+)'\nrepeat = 'sum'", "<v>1.5</v><v>none</v>"),
        ("key = true\npattern = '\\d{10}'", "<v>none</v>"),
    ] {
        let message = value(&format!("path = 'v'\n{options}"), xml).unwrap_err();
        assert!(message.contains("does not match the column's pattern"), "{options}: {message}");
    }
    let text = |more: &str| {
        let columns =
            "[xml]\nrow = 'r'\n[[column]]\nname = 'k'\npath = '@k'\nkey = true\n[[column]]\nname = 'v'\n";
        let feed = feed(&format!("{columns}path = 'v'\npattern = 'EREF (\\w+)'\n{more}"));
        let rows =
            "<r k='1'><v>EREF a</v></r>\n<r k='2'><v>b</v></r>\n<r k='3'><v/></r>\n<r k='4'><v>c</v></r>";
        try_convert(&feed, format!("<d>{rows}</d>")).unwrap().converted.warnings.join("; ")
    };
    assert!(
        text("").contains("column v: pattern does not match the value of 2 of 4 rows, the first on line 2")
    );
    assert_eq!(text("optional = true"), "");
}

#[test]
fn bad_values_name_everything() {
    let message = value("path = 'v'\ntype = 'decimal'", "<v>12x\u{202e}</v>").unwrap_err();
    assert!(
        message.starts_with(
            "in/statements.xml: line 1, byte 3: record 1, column v: \"12x\\u{202e}\" is not a decimal number"
        ),
        "{message}"
    );
    assert!(value("path = 'v'\nrequired = true", "<v/>").unwrap_err().contains("required"));
}

#[test]
fn sign_and_scale() {
    let sign = "path = 'v'\ntype = 'decimal'\nsign = { path = 's', negative = ['DBIT'] }";
    assert_eq!(value(sign, "<v>5</v><s>DBIT</s>").as_deref(), Ok("-5"));
    assert_eq!(value(sign, "<s>CRDT</s><v>5</v>").as_deref(), Ok("5"));
    assert_eq!(value(sign, "<v>0</v><s>DBIT</s>").as_deref(), Ok("0"));
    assert_eq!(value(sign, "<v>5</v>").as_deref(), Ok("5"));
    assert!(value(sign, "<v>-5</v><s>DBIT</s>").unwrap_err().contains("negative already"));
    assert!(value(sign, "<v>5</v><s>DBIT</s><s>CRDT</s>").unwrap_err().contains("contradicts"));
    let scale = "path = 'v'\ntype = 'decimal'\nscale_by = { path = 'n', operation = 'divide' }";
    assert_eq!(value(scale, "<n>100</n><v>12.5</v>").as_deref(), Ok("0.125"));
    assert_eq!(value(scale, "<v>12.5</v>").as_deref(), Ok("12.5"));
    assert!(value(scale, "<n>3</n><v>1</v>").unwrap_err().contains("divided exactly"));
}

#[test]
fn repeats() {
    let xml = "<v>a</v>\n<v></v>\n<v>b</v>";
    assert_eq!(value("path = 'v'\nrepeat = 'first'", xml).as_deref(), Ok("a"));
    assert_eq!(value("path = 'v'\nrepeat = 'last'", xml).as_deref(), Ok("b"));
    assert_eq!(value("path = 'v'\nrepeat = 'join'\nseparator = ', '", xml).as_deref(), Ok("a, b"));
    assert_eq!(value("path = 'v'\nrepeat = 'count'\ntype = 'integer'", xml).as_deref(), Ok("2"));
    assert_eq!(value("path = 'v'\nrepeat = 'count'\ntype = 'integer'", "").as_deref(), Ok("0"));
    let message = value("path = 'v'", xml).unwrap_err();
    assert!(message.contains("on lines 1 and 3"), "{message}");
}

#[test]
fn no_value_is_an_empty_field() {
    assert_eq!(value("path = 'v'", "").as_deref(), Ok(""));
    assert_eq!(value("path = 'v'", "<v/>").as_deref(), Ok(""));
    assert_eq!(value("path = 'v'", "<v xmlns:i='x' i:nil='true'>text</v>").as_deref(), Ok(""));
    assert_eq!(value("path = ['v', 'w']", "<v></v><w>2</w>").as_deref(), Ok("2"));
    assert_eq!(value("path = ['v', 'v/w']", "<v>\n <w>2</w>\n</v>").as_deref(), Ok("2"));
}

#[test]
fn text_is_assembled() {
    let xml = "<v>a&amp;b<!-- c --><![CDATA[<d>]]>&#x20AC;\r\ne\rf<?pi x?>g</v>";
    assert_eq!(value("path = 'v'", xml).as_deref(), Ok("a&b<d>€\ne\nfg"));
    assert_eq!(value("path = 'v/@a'", "<v a='1&amp;\n2'/>").as_deref(), Ok("1& 2"));
    assert_eq!(value("path = 'v/@xmlns'", "<v xmlns='urn:x'/>").as_deref(), Ok(""));
}

#[test]
fn predicates_choose() {
    let xml = "<b><t><c>OP</c></t><a>1</a></b><b><t><c>CL</c></t><a cur='EUR'>2</a></b>";
    assert_eq!(value("path = \"b[t/c='CL']/a\"", xml).as_deref(), Ok("2"));
    assert_eq!(value("path = \"b[t/c='CL']/a/@cur\"", xml).as_deref(), Ok("EUR"));
    assert_eq!(value("path = 'b[2]/a'", xml).as_deref(), Ok("2"));
    assert_eq!(value("path = \"b[not(t/c='CL')]/a\"", xml).as_deref(), Ok("1"));
    assert_eq!(value("path = \"b[a/@cur]/a\"", xml).as_deref(), Ok("2"));
    assert_eq!(value("path = \"*[t/c='OP']/a\"", xml).as_deref(), Ok("1"));
}

#[test]
fn ids_checksums_and_quarantine() {
    let feed = feed(
        "[xml]\nrow = 'r'\nwhere = \"@x != 'skip'\"\nbad_rows = 'quarantine'\n\
         [[column]]\nname = 'k'\npath = '@k'\nkey = true\n\
         [[column]]\nname = 'v'\npath = 'v'\ntype = 'decimal'\n\
         [[column]]\nname = 'note'\npath = 'n'\ncompare = false\n",
    );
    let xml = "<d>\n<r k='1'><v>1.0</v><n>\"q\",\n2</n></r>\n<r k='2' x='skip'/>\n<r k='3'><v>x</v></r>\n<r/>\n<r k='~|'/></d>";
    let done = converted(&feed, xml);
    let records = done.records();
    assert_eq!(records.len(), 2);
    assert_eq!(records[0][..2], ["3000000000001", "2"]);
    assert_eq!(records[0][2], checksum::sha256_hex(checksum::encode(["1", "1"]).as_bytes()));
    assert_eq!(records[0][4..], ["1", "1", "\"q\",\n2"]);
    assert_eq!(records[1][..2], ["3000000000005", "7"]);
    assert_eq!(records[1][2], checksum::sha256_hex(checksum::encode(["~|", ""]).as_bytes()));
    assert_eq!(done.converted.filtered, 1);
    assert_eq!(done.converted.nulls, [0, 1, 1]);
    let [bad, empty] = done.rejects.as_slice() else { panic!("{:?}", done.rejects) };
    assert_eq!((bad.record, bad.line, bad.column.as_str(), bad.value.as_str()), (3, 5, "v", "x"));
    assert_eq!(xml.find("<r k='3'").unwrap() as u64, bad.byte);
    assert_eq!((empty.record, empty.reason.as_str()), (4, "every part of the key is empty"));
    assert!(done.csv.starts_with(
        "\"tieout_id\",\"tieout_line\",\"tieout_checksum\",\"tieout_seen\",\"k\",\"v\",\"note\"\n\"3"
    ));
}

#[test]
fn too_many_rejects_refuse() {
    let mut feed =
        feed("[xml]\nrow = 'r'\nbad_rows = 'quarantine'\n[[column]]\nname = 'k'\npath = '@k'\nkey = true\n");
    feed.xml.limits.rejects = 1;
    assert!(refusal(&feed, "<d><r/><r/></d>").contains("more than 1 rows are bad"));
}

#[test]
fn a_path_that_matches_nothing_is_a_warning() {
    let feed = plain("row = 'r'", &[("k", "@k"), ("v", "w")]);
    let done = converted(&feed, "<d><r k='1'><v>1</v></r></d>");
    assert_eq!(done.converted.warnings, ["in/statements.xml: column v: w matched nothing in the whole file"]);
    let done = converted(&feed, "<d><r k='1'><w/></r></d>");
    assert!(done.converted.warnings.is_empty());
    let mut feed = feed;
    feed.columns[1].source.presence = Presence::Optional;
    assert!(converted(&feed, "<d><r k='1'/></d>").converted.warnings.is_empty());
}

#[test]
fn chunks_are_bounded_and_joined_equal_the_whole() {
    let rows = (0..25).fold(String::new(), |rows, n| format!("{rows}<r k='{n}'/>\n"));
    let xml = format!("<d>{rows}</d>");
    let whole = converted(&plain("row = 'r'", &[("k", "@k")]), &xml);
    let mut feed = plain("row = 'r'", &[("k", "@k")]);
    feed.xml.chunk_rows = 10;
    let parts = converted(&feed, &xml);
    assert_eq!(parts.chunks.iter().map(|chunk| chunk.rows).collect::<Vec<_>>(), [10, 10, 5]);
    assert_eq!(parts.converted.chunks, 3);
    assert_eq!(parts.chunks[2].path.file_name().unwrap(), "0003-000003.csv");
    assert_eq!(parts.records(), whole.records());
    feed.xml.chunk_rows = 1000;
    feed.xml.chunk_bytes = 300;
    let parts = converted(&feed, &xml);
    assert!(parts.chunks.len() > 5);
    assert_eq!(parts.records(), whole.records());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mut sink = Collected::default();
        let set = RowSet::new(feed, ChunkFolder::Kept(folder.path().to_owned()));
        let (stop, progress) = (Flag::default(), Progress::default());
        let document =
            Document { name: "x", changed: Changed::Unknown, bytes: 0, stop: &stop, progress: &progress };
        convert(&document, vec![set.of_file(1, &mut sink)], || Ok(xml.as_bytes())).unwrap();
        let mode = fs::metadata(folder.path().join("0001-000001.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
