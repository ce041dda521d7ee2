//! Tests of profiles: what is counted, what is recognised, and that hostile files stay small.

use super::{
    DOCUMENT, Form, NodeId, Profile,
    drift::{Dead, Unmapped, drift},
    nodes::{MAX_CHILDREN, MAX_NODES},
};
use crate::{
    canonical::time::Changed,
    convert::{ChunkFolder, Document, Progress, RowSet, Sink, convert},
    error::{ErrorKind, Result},
    feed::{self, Feed, Xml},
    model::{Chunk, Reject},
    stop::Flag,
};
use std::{fmt::Write as _, path::Path};

fn try_read(documents: &[&str]) -> Result<Profile> {
    let mut profile = Profile::default();
    for document in documents {
        profile.read(document.as_bytes(), "x.xml", &Xml::default(), &Progress::default())?;
    }
    Ok(profile)
}

fn read(documents: &[&str]) -> Profile {
    try_read(documents).expect("a good document")
}

fn at(profile: &Profile, path: &str) -> NodeId {
    profile.ids().find(|&id| profile.shown(id) == path).unwrap_or_else(|| panic!("{path} is not there"))
}

fn feeds(text: &str) -> Vec<Feed> {
    let text = format!("[feed]\nname = \"test\"\n{text}");
    feed::parse(&text, Path::new("test.toml"), &|_| None).expect("a good feed")
}

#[test]
fn counts_per_parent_and_over_files() {
    let profile = read(&[
        "<r><a x='1'>t</a><a><b/><b/></a></r>",
        "<n:r xmlns:n='u'><n:a n:x='2'><b>v</b></n:a><c>1</c></n:r>",
    ]);
    let node = |path: &str| profile.node(at(&profile, path));
    assert_eq!((node("/r").count, node("/r").most), (2, 1));
    assert_eq!((node("/r/a").count, node("/r/a").most, node("/r/a").present), (3, 2, 2));
    assert_eq!((node("/r/a/@x").count, node("/r/a/@x").present), (2, 2));
    assert_eq!((node("/r/a/b").count, node("/r/a/b").most), (3, 2));
    assert!(!profile.always(at(&profile, "/r/a/b")) && !profile.always(at(&profile, "/r/c")));
    assert!(profile.always(at(&profile, "/r/a")));
    assert_eq!((node("/r/a/b").values.filled, node("/r/a/b").values.empty), (1, 2));
    assert_eq!(node("/r/a").values.filled, 1, "the white space around children is no value");
    assert_eq!(profile.path(at(&profile, "/r/a/b"), DOCUMENT).len(), 3);
}

#[test]
fn knows_what_stands_after_what() {
    let profile = read(&["<r><h/><e/><e/><f/></r>", "<r><e/><h/></r>"]);
    let after = |one, other| profile.stands_after(at(&profile, one), at(&profile, other));
    assert!(after("/r/e", "/r/h") && after("/r/f", "/r/e") && after("/r/h", "/r/e"));
    assert!(after("/r/e", "/r/e") && !after("/r/e", "/r/f"));
}

#[test]
fn values_are_judged_whole() {
    let profile = read(&[
        "<r><a>1</a><a>2.5</a><b> x&amp;<![CDATA[y]]> </b><c>1&#46;5</c><d xsi:nil='1' xmlns:xsi='u'/></r>",
    ]);
    let values = |path: &str| &profile.node(at(&profile, path)).values;
    assert!(values("/r/a").forms.has(Form::Decimal) && !values("/r/a").forms.has(Form::Integer));
    assert_eq!(values("/r/b").sample.as_deref(), Some("x&y"));
    assert!(values("/r/b").padded);
    assert!(values("/r/c").forms.has(Form::Decimal), "a reference is part of the value");
    assert_eq!((values("/r/d").filled, values("/r/d").empty), (0, 1));
}

#[test]
fn hostile_files_stay_small() {
    let mut text = String::from("<r>");
    for n in 0..MAX_NODES + 10 {
        let _ = write!(text, "<g{}><v{n}>{}</v{n}></g{}>", n / 400, "x".repeat(n % 50), n / 400);
    }
    text.push_str("</r>");
    let profile = read(&[&text]);
    assert!(profile.incomplete);
    assert!(profile.ids().end <= MAX_NODES);
    let wide: String = (0..MAX_CHILDREN + 5).map(|n| format!("<c{n}/>")).collect();
    let profile = read(&[&format!("<r>{wide}</r>")]);
    assert!(profile.incomplete);
    assert_eq!(profile.children(at(&profile, "/r")).count(), MAX_CHILDREN);
    let long = format!("<r><a>{}</a></r>", "7".repeat(100_000));
    let profile = read(&[&long]);
    assert!(
        profile.node(at(&profile, "/r/a")).values.sample.as_ref().is_some_and(|sample| sample.len() == 40)
    );
}

/// Receives nothing, since the feed finds no row.
struct Nothing;

impl Sink for Nothing {
    fn chunk(&mut self, _: Chunk) -> Result<()> {
        Ok(())
    }
    fn reject(&mut self, _: Reject) -> Result<()> {
        Ok(())
    }
}

/// What a conversion says of the document.
fn conversion(xml: &str) -> Result<()> {
    let mut feeds =
        feeds("[xml]\nrow = \"/no/such/row\"\nallow_empty = true\n[[column]]\nname = \"a\"\nkey = true\n");
    let stop = Flag::default();
    let document = Document {
        name: "x.xml",
        changed: Changed::Unknown,
        bytes: 0,
        stop: &stop,
        progress: &Progress::default(),
    };
    let set = RowSet::new(feeds.remove(0), ChunkFolder::Nowhere);
    convert(&document, vec![set.of_file(1, &mut Nothing)], || Ok(xml.as_bytes())).map(drop)
}

/// The structure is read by a loop of its own; this holds the two together.
#[test]
fn refusals_are_those_of_a_conversion() {
    let deep = "<a>".repeat(300);
    let wide: String = (0..1100).map(|n| format!(" a{n}='1'")).collect();
    let wide = format!("<a{wide}/>");
    for document in [
        "",
        "   ",
        "<a><b></a>",
        "<a>",
        "<a><b",
        "<a",
        "<!-- only a comment -->",
        "<a/><b/>",
        "<a/>text",
        "text<a/>",
        "<a/><![CDATA[x]]>",
        "<a/>&amp;",
        "<html><body/></html>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<a/><!DOCTYPE a>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<a>& b</a>",
        "<a b='&nbsp;'/>",
        "<a b='1' b='2'/>",
        "<a b=1/>",
        "<a b='<'/>",
        "<a>]]></a>",
        "<a><?xml version='1.0'?></a>",
        "<a><!-- -- --></a>",
        "<1/>",
        "{\"a\": 1}",
        "OFXHEADER:100",
        "PK\u{3}\u{4}",
        "<a>\u{1}</a>",
        &deep,
        &wide,
    ] {
        match (try_read(&[document]), conversion(document)) {
            (Err(one), Err(other)) if one.kind() == ErrorKind::Refused => {
                assert_eq!((one.to_string(), one.hint()), (other.to_string(), other.hint()), "{document}");
            }
            other => panic!("{document} was not refused twice: {other:?}"),
        }
    }
    for document in [
        "<a/>",
        "\u{feff}<a>&lt;</a>",
        "<?xml version='1.0'?><!DOCTYPE a SYSTEM 'x'><a/><!-- end -->",
        "<a b='&#10;'/>",
    ] {
        assert!(try_read(&[document]).is_ok() && conversion(document).is_ok(), "{document}");
    }
}

const DOCUMENT_TEXT: &str = "<Doc><Head><Id>1</Id><Made>now</Made><Own><Nm>x</Nm></Own></Head>\
    <Item no='1'><Amt ccy='CHF'>1.0</Amt><New>n</New></Item>\
    <Item no='2'><Amt ccy='CHF'>2.0</Amt><Code>B</Code></Item><Other><Far>1</Far></Other></Doc>";

#[test]
fn drift_lists_dead_paths_and_what_nobody_mentions() {
    let profile = read(&[DOCUMENT_TEXT]);
    let feeds = feeds(
        "[xml]\nrow = \"Item\"\nwhere = \"Code = 'B' or not(Code)\"\n\
         [[column]]\nname = \"no\"\npath = \"@no\"\nkey = true\n\
         [[column]]\nname = \"amount\"\npath = [\"Amount\", \"Amt\"]\n\
         [[column]]\nname = \"head\"\npath = \"../Head/Id\"\n\
         [[control]]\nname = \"c\"\npath = \"Head/Count\"\nequals = \"count\"\n",
    );
    let drift = drift(&profile, &feeds);
    assert_eq!(drift.rows, [2]);
    let dead: Vec<_> =
        drift.dead.iter().map(|dead| format!("{}: {} {}", dead.label, dead.path, dead.spare)).collect();
    assert_eq!(dead, ["column amount: Amount true", "control c: Head/Count true"]);
    let shown: Vec<String> =
        drift.unmapped.iter().map(|one| format!("{} {} {}", one.path, one.count, one.below)).collect();
    assert_eq!(
        shown,
        ["/Doc/Head/Made 1 0", "/Doc/Head/Own 1 1", "/Doc/Item/Amt/@ccy 2 0", "/Doc/Item/New 1 0"],
        "what stands apart from everything that is mapped is no drift"
    );
    let sample = |path: &str| -> Option<String> {
        let found: Option<&Unmapped> = drift.unmapped.iter().find(|one| one.path == path);
        found.and_then(|one| one.sample.clone())
    };
    assert_eq!(sample("/Doc/Item/New").as_deref(), Some("n"));
}

#[test]
fn drift_follows_sets_predicates_lookups_and_raw_values() {
    let text =
        "<D><P id='a'><N>x</N><M/></P><I ref='a' k='1'><T t='1'>v</T><R><Q>1</Q></R></I><J k='2'/></D>";
    let profile = read(&[text]);
    let feeds = feeds(
        "[xml]\nroot = \"D\"\n[[set]]\nname = \"i\"\nrow = \"/D/I[@ref]\"\n\
         [[set.column]]\nname = \"k\"\npath = \"@k\"\nkey = true\n\
         [[set.column]]\nname = \"n\"\npath = \"@ref\"\nlookup = { in = \"P\", id = \"@id\", value = \"N\" }\n\
         [[set.column]]\nname = \"t\"\npath = \".[@k]/T[@t='1']\"\n\
         [[set.column]]\nname = \"r\"\npath = \"R\"\nraw = true\n\
         [[set]]\nname = \"j\"\nrow = \"J\"\n[[set.column]]\nname = \"k\"\npath = \"@k\"\nkey = true\n\
         [[set.column]]\nname = \"gone\"\npath = \"Gone\"\n",
    );
    let drift = drift(&profile, &feeds);
    assert_eq!(drift.rows, [1, 1]);
    let gone = Dead { label: "set j, column gone".into(), path: "Gone".into(), spare: false };
    assert_eq!(drift.dead, [gone]);
    let shown: Vec<&str> = drift.unmapped.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(shown, ["/D/P/M"]);
}
