//! Documents: encodings, rows, ancestors, namespaces, controls and totals.

use super::*;
use crate::model::GroupTotal;
use encoding_rs::{UTF_16LE, WINDOWS_1252};

const FX: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<gesmes:Envelope xmlns:gesmes=\"urn:g\" xmlns=\"urn:e\">
  <gesmes:Sender><gesmes:name>ECB</gesmes:name></gesmes:Sender>
  <Cube>
    <Cube time=\"2024-01-02\"><Cube currency=\"USD\" rate=\"1.0950\"/><Cube currency=\"JPY\" rate=\"155.9\"/></Cube>
    <Cube time=\"2024-01-01\"><Cube currency=\"USD\" rate=\"1.1\"></Cube></Cube>
  </Cube>
</gesmes:Envelope>";

fn fx_feed() -> Feed {
    plain(
        "row = \"Cube[@rate]\"\nroot = \"Envelope\"",
        &[
            ("ccy", "@currency"),
            ("day", "../@time"),
            ("rate", "@rate"),
            ("sender", "/Envelope/Sender/name"),
            ("same_day", "/Envelope/Cube/Cube/@time"),
        ],
    )
}

#[test]
fn nested_elements_of_one_name() {
    let done = converted(&fx_feed(), FX);
    assert_eq!(
        done.rows(),
        [
            "USD|2024-01-02|1.0950|ECB|2024-01-02",
            "JPY|2024-01-02|155.9|ECB|2024-01-02",
            "USD|2024-01-01|1.1|ECB|2024-01-01"
        ]
    );
    assert_eq!(done.converted.warnings, [""; 0]);
    let lines: Vec<String> = done.records().into_iter().map(|record| record[1].clone()).collect();
    assert_eq!(lines, ["5", "5", "6"]);
}

#[test]
fn every_encoding_gives_the_same_csv() {
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<d>\n<r k='ä'><v>Zürich €</v></r></d>";
    let feed = plain("row = 'r'", &[("k", "@k"), ("v", "v")]);
    let expected = converted(&feed, xml).csv;
    let utf16 = |units: &mut dyn Iterator<Item = u16>, little: bool| -> Vec<u8> {
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let marked = format!("\u{feff}{xml}");
    for bytes in [
        marked.as_bytes().to_vec(),
        utf16(&mut marked.encode_utf16(), true),
        utf16(&mut marked.encode_utf16(), false),
        utf16(&mut xml.encode_utf16(), true),
        utf16(&mut xml.encode_utf16(), false),
        WINDOWS_1252.encode(&xml.replace("UTF-8", "windows-1252")).0.into_owned(),
        encoding_rs::ISO_8859_15.encode(&xml.replace("UTF-8", "ISO-8859-15")).0.into_owned(),
    ] {
        assert_eq!(converted(&feed, &bytes).csv, expected, "{:?}", &bytes[..8]);
    }
    assert_eq!(UTF_16LE.name(), "UTF-16LE");
    let done = converted(&feed, WINDOWS_1252.encode(&xml.replace("UTF-8", "ISO-8859-1")).0);
    // What is € in windows-1252 is a control character there.
    assert_eq!(done.rows(), ["ä|Zürich \u{80}"]);
    assert!(done.converted.warnings[0].contains("windows-1252 was probably meant"));
    let done = converted(&feed, xml.replace("UTF-8", "utf-16"));
    assert_eq!(done.csv, expected);
    assert!(done.converted.warnings[0].contains("not UTF-16"));
}

#[test]
fn white_space_before_the_declaration_is_a_warning() {
    let done = converted(&fx_feed(), format!("\n{FX}"));
    assert!(done.converted.warnings[0].contains("white space"));
    assert_eq!(done.records()[0][1], "6");
}

/// Gives a few bytes at a time.
pub(super) struct Drip<'a>(pub(super) &'a [u8], pub(super) usize);

impl Read for Drip<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 64 + 1;
        let n = self.1.min(self.0.len()).min(buf.len());
        let (head, tail) = self.0.split_at(n);
        buf[..n].copy_from_slice(head);
        self.0 = tail;
        Ok(n)
    }
}

#[test]
fn how_the_bytes_arrive_changes_nothing() {
    let many = FX.replace("<Cube>\n", &format!("<Cube>\n{}", " <x a='é€'>é</x>\n".repeat(2000)));
    let whole = converted(&fx_feed(), &many);
    for start in [0, 1, 17, 63] {
        let dripped = try_read(&fx_feed(), Drip(many.as_bytes(), start)).unwrap();
        assert_eq!(dripped.csv, whole.csv);
        assert_eq!(dripped.converted, whole.converted);
    }
    assert_eq!(converted(&fx_feed(), &many).csv, whole.csv, "twice the same");
}

#[test]
fn several_row_paths_and_steps() {
    let xml = "<d><a><x k='1'/></a><b><y k='2'><x k='no'/></y></b><x k='3'/></d>";
    let feed = plain("row = ['a/x', '/d/b/y']", &[("k", "@k")]);
    assert_eq!(converted(&feed, xml).rows(), ["1", "2"]);
    let feed = plain("row = '/d/*/x'", &[("k", "@k")]);
    assert_eq!(converted(&feed, xml).rows(), ["1"]);
    let feed = plain("row = \"d/*[k='1' or @k='3']\"", &[("k", "@k")]);
    assert_eq!(converted(&feed, "<d><z k='0'/><y k='9'><k>1</k></y><x k='3'/></d>").rows(), ["9", "3"]);
}

#[test]
fn a_row_within_a_row_is_refused() {
    let feed = plain("row = 'x'", &[("k", "@k")]);
    let message = refusal(&feed, "<d>\n<x k='1'><y>\n<x k='2'/></y></x></d>");
    assert!(message.contains("line 3") && message.contains("row element of line 2"), "{message}");
    let feed = plain("row = 'x[@k]'", &[("k", "@k"), ("below", "x/@n")]);
    assert_eq!(converted(&feed, "<d><x><x k='1'><x n='5'/></x></x></d>").rows(), ["1|5"]);
}

const STATEMENTS: &str = "<Document><GrpHdr><MsgId>M1</MsgId></GrpHdr>
<Stmt><Id>S1</Id><Bal><Tp>OPBD</Tp><Amt>10</Amt></Bal>
 <Ntry><Ref>a</Ref><Amt>1.50</Amt></Ntry>
 <Ntry><Ref>b</Ref><Amt>2</Amt></Ntry>
 <Bal><Tp>CLBD</Tp><Amt>13.5</Amt></Bal><Sum>2</Sum></Stmt>
<Stmt><Id>S2</Id></Stmt>
<Stmt><Id>S3</Id><Ntry><Ref>c</Ref><Amt>-7</Amt></Ntry><Bal><Tp>CLBD</Tp><Amt>5</Amt></Bal><Sum>9</Sum></Stmt>
</Document>";

#[test]
fn ancestors_and_uncles_are_copied_down() {
    let columns = [("ref", "Ref"), ("id", "../Id"), ("msg", "../../GrpHdr/MsgId")];
    let done = converted(&plain("row = 'Stmt/Ntry'", &columns), STATEMENTS);
    assert_eq!(done.rows(), ["a|S1|M1", "b|S1|M1", "c|S3|M1"]);
    let columns = [
        ("ref", "Ref"),
        ("id", "/Document/Stmt/Id"),
        ("msg", "/Document/GrpHdr/MsgId"),
        ("amt", "/Document/Stmt/Ntry/Amt"),
    ];
    let expected = ["a|S1|M1|1.50", "b|S1|M1|2", "c|S3|M1|-7"];
    assert_eq!(converted(&plain("row = 'Ntry'", &columns), STATEMENTS).rows(), expected);
    assert_eq!(converted(&plain("row = '/Document/Stmt/Ntry'", &columns), STATEMENTS).rows(), expected);
    let columns = [("ref", "Ref"), ("open", "../Bal[Tp='OPBD']/Amt"), ("second", "../Bal[2]/Tp")];
    let xml = STATEMENTS.replace("<Bal><Tp>OPBD", "<Bal/><Bal><Tp>OPBD");
    assert_eq!(converted(&plain("row = 'Ntry'", &columns), xml).rows(), ["a|10|OPBD", "b|10|OPBD", "c||"]);
}

#[test]
fn a_late_value_is_refused() {
    for path in ["../Sum", "/Document/Stmt/Sum", "../Bal[Tp='CLBD']/Amt", "../Bal[1]/Tp", "../Bal/Amt"] {
        let message = refusal(&plain("row = 'Ntry'", &[("ref", "Ref"), ("v", path)]), STATEMENTS);
        assert!(message.contains(path) && message.contains("(the row of line "), "{message}");
    }
    let message = refusal(&plain("row = 'Ntry'", &[("ref", "Ref"), ("v", "../Sum")]), STATEMENTS);
    assert!(message.contains("line 5") && message.contains("row of line 3"), "{message}");
    // The value again, even the same one.
    let again = STATEMENTS.replace("<Sum>2", "<Id>S1</Id><Sum>2");
    let feed_text = "[xml]\nrow = 'Ntry'\n[[column]]\nname = 'k'\npath = 'Ref'\nkey = true\n[[column]]\nname = 'id'\npath = '../Id'\n";
    assert!(refusal(&feed(feed_text), &again).contains("../Id"));
    let first = format!("{feed_text}repeat = 'first'\n");
    assert_eq!(converted(&feed(&first), &again).rows(), ["a|S1", "b|S1", "c|S3"]);
    // Also where a condition reads it.
    let feed = plain("row = 'Ntry'\nwhere = \"../Sum != '3'\"", &[("ref", "Ref")]);
    assert!(refusal(&feed, STATEMENTS).contains("../Sum"));
    let feed = plain("row = \"Stmt[Sum='2']/Ntry\"", &[("ref", "Ref")]);
    assert!(refusal(&feed, STATEMENTS).contains("../Sum"));
    let feed = plain("row = \"Stmt[Id='S1']/Ntry\"", &[("ref", "Ref")]);
    assert_eq!(converted(&feed, STATEMENTS).rows(), ["a", "b"]);
    // A choice that was settled before it is not late.
    let text = feed_text.replace("'../Id'", "['../Id', '../Sum']");
    assert_eq!(converted(&super::feed(&text), STATEMENTS).rows().len(), 3);
    let text = feed_text.replace("'../Id'", "['Ref', '../Sum']");
    assert_eq!(converted(&super::feed(&text), STATEMENTS).rows().len(), 3);
}

fn controls(controls: &str) -> Feed {
    feed(&format!(
        "[xml]\nrow = 'Stmt/Ntry'\nwhere = \"Ref != 'b'\"\n[[column]]\nname = 'ref'\npath = 'Ref'\nkey = true\n\
         [[column]]\nname = 'amt'\npath = 'Amt'\ntype = 'decimal'\ntotal_by = 'id'\n\
         [[column]]\nname = 'id'\npath = '../Id'\n{controls}"
    ))
}

#[test]
fn controls_are_checked() {
    let feed = controls(
        "[[control]]\nname = 'sum'\nper = 'Stmt'\npath = 'Sum'\nequals = 'count'\non_failure = 'warn'\n\
         [[control]]\nname = 'closing'\nper = 'Stmt'\npath = \"Bal[Tp='CLBD']/Amt\"\n\
         equals = \"{Bal[Tp='OPBD']/Amt} + sum(amt) + 2\"\non_failure = 'refuse'\n\
         [[control]]\nname = 'first'\npath = 'Stmt/Sum'\nequals = 'rows'\non_failure = 'warn'\n\
         [[control]]\nname = 'absent'\npath = 'Stmt/Nothing'\nequals = 'rows'\non_failure = 'refuse'\n",
    );
    let done = converted(&feed, STATEMENTS);
    let outcomes = done.converted.controls.iter();
    let outcomes: Vec<String> = outcomes
        .map(|c| {
            let declared = c.declared.as_deref().unwrap_or("-");
            let counts = format!("{} held, {} failed, {} absent", c.held, c.failed, c.not_declared);
            format!("{} {} {declared} {} {}: {counts}", c.name, c.ordinal, c.counted, c.outcome)
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            "sum 3 9 1 failed: 1 held, 1 failed, 0 absent",
            "closing 3 5  not_declared: 1 held, 0 failed, 1 absent",
            "first 0 2  failed: 0 held, 1 failed, 0 absent",
            "absent 0 - 2 not_declared: 0 held, 0 failed, 1 absent",
        ]
    );
    let told = |n: usize| done.converted.controls[n].told(true).join("\n");
    assert!(
        told(0).contains("control \"sum\" of element 3 failed: the file declares 9, but 1"),
        "{}",
        told(0)
    );
    assert!(told(1).contains("OPBD']/Amt is not there"), "{}", told(1));
    assert!(told(2).contains("the file declares several numbers: 2 and 9"), "{}", told(2));
    assert!(told(3).contains("Stmt/Nothing is not there"), "{}", told(3));
    let total = |group: &str, sum: &str| GroupTotal {
        column: 1,
        group: group.into(),
        rows: 1,
        sum: sum.into(),
        finer: 0,
    };
    assert_eq!(done.converted.totals, [total("S1", "1.5"), total("S3", "-7")]);
    let feed =
        controls("[[control]]\nname = 'n'\npath = 'Stmt/Sum'\nequals = 'count'\non_failure = 'refuse'\n");
    assert!(
        refusal(&feed, STATEMENTS)
            .contains("control \"n\" failed: the file declares several numbers: 2 and 9")
    );
}

#[test]
fn controls_with_signs_and_attributes() {
    let feed = controls(
        "[[control]]\nname = 'n'\npath = '/Document/T/@sum'\nequals = 'sum(amt)'\non_failure = 'refuse'\n\
         sign = { path = '../D', negative = ['DBIT'] }\n",
    );
    let xml = STATEMENTS.replace("</GrpHdr>", "</GrpHdr><D>DBIT</D><T sum='5.5'/>");
    let done = converted(&feed, xml);
    assert_eq!(done.converted.controls[0].declared.as_deref(), Some("-5.5"));
    assert_eq!(done.converted.controls[0].outcome, "passed");
}

#[test]
fn the_root_can_be_the_row() {
    let feed =
        plain("row = '/d'", &[("k", "@k"), ("v", "/d/a/b"), ("own", "."), ("up", "../x"), ("c", "a/@c")]);
    let xml = "<d k='1'>own<a c='5'><b>2</b></a><!-- -->, too</d>";
    assert_eq!(converted(&feed, xml).rows(), ["1|2|own, too||5"]);
}

#[test]
fn a_row_reads_another_row_beside_it() {
    let feed = plain("row = ['head', 'part']", &[("own", "id"), ("of", "../head/id")]);
    let xml = "<d><m><head><id>h1</id><x/></head><part><id>p1</id></part><part/></m><m><part><id>p2</id></part></m></d>";
    assert_eq!(
        converted(&feed, xml.replace("<part/>", "<part><id>p3</id></part>")).rows(),
        ["h1|h1", "p1|h1", "p3|h1", "p2|"]
    );
    let message = refusal(&feed, "<d><m>\n<part><id>p</id></part>\n<head><id>h</id></head></m></d>");
    assert!(message.contains("line 3") && message.contains("../head/id stands after a row"), "{message}");
}
