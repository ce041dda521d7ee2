//! Tests of drafts: which element is the row, which columns there are and of which type.

use super::{
    draft,
    draft::{Draft, DraftColumn, DraftSign, DraftType},
    keys,
    measure::{Samples, settle},
    render,
};
use crate::{
    convert::Progress,
    error::Result,
    feed::{self, Unpack, Xml},
    profile::Profile,
    source::{self, InputFile},
    stop::Flag,
};
use proptest::prelude::*;
use std::path::Path;

mod types;

fn try_drafted(documents: &[&str]) -> Result<Draft> {
    let mut profile = Profile::default();
    for document in documents {
        profile.read(document.as_bytes(), "x.xml", &Xml::default(), &Progress::default())?;
    }
    draft(&profile, None, &["x.xml".to_owned()])
}

fn drafted(document: &str) -> Draft {
    try_drafted(&[document]).expect("a draft")
}

fn layout(document: &str) -> (String, Option<String>) {
    let layout = drafted(document).layout;
    (layout.row_path, layout.explode.map(|(_, path)| path))
}

fn row(path: &str, explode: Option<&str>) -> (String, Option<String>) {
    (path.into(), explode.map(Into::into))
}

fn column<'d>(draft: &'d Draft, path: &str) -> &'d DraftColumn {
    draft.columns.iter().find(|column| column.path == path).unwrap_or_else(|| {
        let paths: Vec<&str> = draft.columns.iter().map(|column| column.path.as_str()).collect();
        panic!("{path} is not among {paths:?}")
    })
}

#[test]
fn the_row_is_what_repeats_and_holds_most() {
    for (document, expected) in [
        ("<L><H><a>1</a><b>2</b></H><E><x>1</x><y>2</y></E><E><x>3</x><y>4</y></E></L>", row("/L/E", None)),
        ("<L><E x='1' y='2'/><E x='2' y='3'/></L>", row("/L/E", None)),
        // Nested elements of one name are told apart by their depth.
        ("<C><C><C t='1'><C a='1' b='2'/><C a='2' b='2'/></C></C></C>", row("/C/C/C/C", None)),
        // A name at two places needs a longer path.
        ("<L><A><E x='1' y='1' z='1'/><E x='1' y='1' z='1'/></A><B><E v='1'/></B></L>", row("A/E", None)),
        // One of a kind everywhere: a known name, or the lowest element around most values.
        ("<D><G><i>1</i></G><S><Ntry><a>1</a><b>2</b></Ntry></S></D>", row("S/Ntry", None)),
        ("<D><S><T><a>1</a><b>2</b><c>3</c></T></S></D>", row("S/T", None)),
        ("<r><v>1</v><v>2</v></r>", row("/r/v", None)),
        ("<r>only text</r>", row("/r", None)),
    ] {
        assert_eq!(layout(document), expected, "{document}");
    }
    assert!(try_drafted(&["<r><a/></r>"]).is_ok(), "an empty element is a value that is absent");
}

#[test]
fn a_record_whose_details_are_fewer_keeps_all_its_rows() {
    let details = "<A><n>1</n><m>1</m><o>1</o><D><x>1</x><y>1</y></D><D><x>2</x><y>1</y></D></A><A><n>2</n><m>1</m><o>1</o></A>";
    assert_eq!(layout(&format!("<L>{details}</L>")), row("/L/A", Some("D")));
    // Also where the details hold more than the record itself.
    let details = "<A n='1' m='1'><D><x>1</x><y>1</y><z>1</z></D><D><x>2</x><y>1</y><z>1</z></D></A><A n='2' m='1'/><A n='3' m='1'/>";
    assert_eq!(layout(&format!("<L>{details}</L>")), row("/L/A", Some("D")));
    // A small part of a rich record is joined instead.
    let rich: String = (0..12).map(|n| format!("<v{n}>1</v{n}>")).collect();
    let record = format!("<A>{rich}<D><x>1</x><y>1</y></D><D><x>2</x><y>1</y></D></A>");
    assert_eq!(layout(&format!("<L>{record}{record}</L>")), row("/L/A", None));
    // The details of a known record are rows even where there is one each.
    let entry = "<Ntry><a>1</a><Dtls><TxDtls><b>1</b></TxDtls></Dtls></Ntry>";
    assert_eq!(layout(&format!("<L>{entry}{entry}</L>")), row("/L/Ntry", Some("Dtls/TxDtls")));
}

#[test]
fn header_values_come_from_all_ancestors() {
    let draft = drafted(
        "<D v='1'><G><Id>g</Id></G><S n='2'><Id>s</Id><B><x>1</x><y>1</y></B><B><x>2</x><y>1</y></B>\
         <E><a>1</a><b>1</b><c>1</c></E><E><a>2</a><b>1</b><c>1</c></E><Z>late</Z></S></D>",
    );
    let paths: Vec<&str> = draft.columns.iter().map(|column| column.path.as_str()).collect();
    assert_eq!(paths, ["../../@v", "../../G/Id", "../@n", "../Id", "../Z", "a", "b", "c"]);
    let names: Vec<&str> = draft.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["d_v", "g_id", "s_n", "s_id", "s_z", "a", "b", "c"]);
    assert!(column(&draft, "../Z").late && !column(&draft, "../Id").late);
    assert!(draft.notes.iter().any(|note| note.contains("/D/S/B")), "{:?}", draft.notes);
}

#[test]
fn signs_repeats_and_white_space() {
    let draft = drafted(
        "<L><R><Amt>1.00</Amt><DbtInd>DBIT</DbtInd><t>a</t><t>b</t><Net><Amt>2.50</Amt></Net><Fee><Limit>9.5</Limit></Fee><s> x </s></R>\
         <R><Amt>2.00</Amt><DbtInd>CRDT</DbtInd><t>a</t><s>y</s><Own>-1.5</Own></R></L>",
    );
    let sign = |path: &str| {
        column(&draft, path).sign.as_ref().map(|sign| (sign.path.clone(), sign.negative.clone()))
    };
    let debit = Some(("DbtInd".to_owned(), vec!["DBIT".to_owned()]));
    assert_eq!(sign("Amt"), debit);
    assert_eq!(sign("Net/Amt"), debit);
    assert_eq!(sign("Fee/Limit"), None);
    assert!(column(&draft, "t").join && column(&draft, "t").r#type.kind.is_none());
    assert!(column(&draft, "s").trim && !column(&draft, "Amt").trim);
}

#[test]
fn several_files_give_their_union() {
    let draft = try_drafted(&[
        "<L><R><a>1</a><b>2</b></R><R><a>1</a><b>2</b></R></L>",
        "<L><R><a>x</a><c>2</c></R></L>",
    ])
    .expect("a draft");
    let paths: Vec<&str> = draft.columns.iter().map(|column| column.path.as_str()).collect();
    assert_eq!(paths, ["a", "b", "c"]);
    assert_eq!(column(&draft, "a").r#type.kind, None);
    assert_eq!(draft.layout.root.as_deref(), Some("L"));
    let roots = try_drafted(&["<L><R><a>1</a><b>2</b></R><R><a>1</a><b>2</b></R></L>", "<M><x>1</x></M>"])
        .expect("a draft");
    assert_eq!(roots.layout.root, None);
}

/// A document on disk, as the measuring needs it, in a folder that goes with the value.
struct OnDisk {
    _folder: tempfile::TempDir,
    files: Vec<InputFile>,
    stop: Flag,
    progress: Progress,
}

impl OnDisk {
    fn new(document: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.xml");
        std::fs::write(&path, document).unwrap();
        let stop = Flag::default();
        let files = source::given(&[path], &Unpack::default(), &stop).unwrap();
        Self { _folder: folder, files, stop, progress: Progress::default() }
    }

    fn samples(&self) -> Samples<'_> {
        Samples { files: &self.files, stop: &self.stop, progress: &self.progress }
    }
}

#[test]
fn a_wrong_draft_is_corrected() {
    let document =
        "<L><R><a>x</a><b>1</b><b>2</b><c>-5</c><s>D</s></R><R><a>1</a><b>3</b><c>6</c><s>D</s></R></L>";
    let disk = OnDisk::new(document);
    let mut draft = drafted(document);
    for column in &mut draft.columns {
        match column.path.as_str() {
            "a" => column.r#type.kind = Some("integer"),
            "b" => column.join = false,
            "c" => {
                column.sign = Some(DraftSign {
                    path: "s".into(),
                    negative: vec!["D".into()],
                    positive: vec!["C".into()],
                    remark: String::new(),
                });
            }
            _ => {}
        }
    }
    let measured = settle(&mut draft, &disk.samples(), true).unwrap();
    assert_eq!(measured.rows, 2);
    assert_eq!(column(&draft, "a").r#type, DraftType::default());
    assert!(column(&draft, "b").join && column(&draft, "c").sign.is_none());
    assert_eq!(column(&draft, "c").r#type.kind, Some("integer"), "one thing is given up after the other");
    assert!(measured.values[1].contains("1 2"), "{:?}", measured.values);
}

/// Elements with attributes, text and elements, three deep, of few names, so that they repeat and clash.
fn element() -> impl Strategy<Value = String> {
    let name = || {
        prop::sample::select(vec![
            "a",
            "Amt",
            "DbtInd",
            "Id",
            "Ntry",
            "TxDtls",
            "p:q",
            "n.m",
            "É",
            "tieout_x",
            "row_number",
        ])
    };
    let value = || {
        prop::sample::select(vec![
            "",
            " ",
            "1",
            "2.50",
            "-3",
            "007",
            " x ",
            "2026-01-31",
            "2026-01-31T10:00:00Z",
            "31.12.2026",
            "1,234",
            "1.234,5",
            "true",
            "Y",
            "N",
            "CRDT",
            "DBIT",
            "a&amp;b",
            "&#10;z",
            "${X}",
            "&quot;",
            "13/02/2026",
            "20260131",
            "1e5",
        ])
    };
    let attributes =
        prop::collection::btree_map(prop::sample::select(vec!["id", "Ccy", "p:x", "x"]), value(), 0..3);
    let attributes = attributes
        .prop_map(|all| all.iter().map(|(name, value)| format!(" {name}='{value}'")).collect::<String>());
    let leaf = (name(), attributes.clone(), value())
        .prop_map(|(name, attributes, value)| format!("<{name}{attributes}>{value}</{name}>"));
    leaf.prop_recursive(3, 24, 4, move |inner| {
        (name(), attributes.clone(), prop::collection::vec(inner, 0..4), value()).prop_map(
            |(name, attributes, inner, text)| {
                format!("<{name}{attributes}>{text}{}</{name}>", inner.concat())
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// Whatever the document, every row of it can be converted with what is drafted.
    #[test]
    fn any_document_gives_a_feed_that_converts_it(elements in prop::collection::vec(element(), 1..4)) {
        let document = format!("<root xmlns:p='u'>{}</root>", elements.concat());
        let disk = OnDisk::new(&document);
        let (mut draft, samples) = (drafted(&document), disk.samples());
        let measured = settle(&mut draft, &samples, false).unwrap();
        prop_assert!(measured.rows > 0);
        let lengths = vec![0; draft.columns.len()];
        let counts = vec![true; draft.columns.len()];
        let seen = keys::Seen { lengths: &lengths, counts: &counts };
        draft.key = keys::choose(&draft, &measured, &seen, None, &samples).unwrap();
        let feeds = feed::parse(&render(&draft, None), Path::new("x.toml"), &|_| None);
        prop_assert!(feeds.is_ok(), "{feeds:?}");
    }
}
