//! What is refused, each by its own message.

use super::*;

fn rows() -> Feed {
    plain("row = 'r'\nroot = 'd'", &[("k", "@k"), ("v", "v")])
}

#[test]
fn documents_that_are_not_well_formed() {
    for (xml, expected) in [
        ("<d><r k='1'></d>", "line 1, byte 12: not well-formed: expected `</r>`, but `</d>` was found"),
        ("<d><r k='1'/></d><d/>", "a second root element"),
        ("<d><r k='1'/></d>\n x", "line 1, byte 17: not well-formed: text after the root element: \"x\""),
        ("<d><r k='1'/></d>&amp;", "outside the root"),
        ("<d><r k='1'/></d></d>", "does not match any open tag"),
        ("<d><r k='1' k='2'/></d>", "stands twice"),
        ("<d><r k=1/></d>", "quoted"),
        ("<d><x a='' b='' c='' d='' e='' f='' g='' h='' i='' a=''/></d>", "stands twice"),
        ("<d><r k='<'/></d>", "contains `<`"),
        ("<d><x a='&nbsp;'/><r k='1'/></d>", "unknown entity `&nbsp;`"),
        (
            "<d>\n<r k='1'><v>\n&nbsp;</v></r></d>",
            "line 3, byte 17: not well-formed: unknown entity `&nbsp;`",
        ),
        ("<d><r k='1'><v>a & b</v></r></d>", "not closed"),
        ("<d><r k='1'><v>&#0;</v></r></d>", "is no character"),
        ("<d><r k='1'><v>a]]>b</v></r></d>", "`]]>`"),
        ("<d><1/></d>", "no element name"),
        ("<d><!-- a -- b --><r k='1'/></d>", "--"),
        ("<d><r k='1'/><?xml version='1.0'?></d>", "XML declaration"),
        ("<d><r k='1'/><!DOCTYPE d></d>", "DOCTYPE"),
        ("<d><r k='1'/><?a:b c?></d>", "a processing instruction with a colon"),
        ("<!-- only -->", "no root element"),
    ] {
        let message = refusal(&rows(), xml);
        assert!(message.contains(expected), "{xml}: {message}");
    }
}

/// The cases of the recommendation: Namespaces in XML 1.0, sections 2 to 6.
#[test]
fn documents_against_the_rules_of_namespaces() {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
    for (inner, expected) in [
        ("<p:x/>", "the prefix `p` is not declared"),
        ("<x p:a=''/>", "the prefix `p` is not declared"),
        ("<p:x xmlns:p='u'/><p:x/>", "the prefix `p` is not declared"),
        ("<xmlns:x xmlns:a='u'/>", "the prefix `xmlns`"),
        ("<a:b:c xmlns:a='u'/>", "`a:b:c` is no name with a prefix"),
        ("<x a:b:c='' xmlns:a='u'/>", "`a:b:c` is no name with a prefix"),
        ("<:x/>", "`:x` is no name with a prefix"),
        ("<x :a=''/>", "`:a` is no name with a prefix"),
        ("<a: xmlns:a='u'/>", "`a:` is no name with a prefix"),
        ("<a:1 xmlns:a='u'/>", "`a:1` is no name with a prefix"),
        ("<x xmlns:='u'/>", "`xmlns:` is no name with a prefix"),
        ("<x xmlns:1='u'/>", "`xmlns:1` is no name with a prefix"),
        ("<x xmlns:p=''/>", "the prefix `p` is declared without a namespace"),
        ("<x xmlns:p='u'><y xmlns:p=''/></x>", "the prefix `p` is declared without a namespace"),
        ("<x xmlns:xml='u'/>", "the prefix `xml` is reserved"),
        (
            &format!("<x xmlns:p='{XML}'/>"),
            "the prefix `p` is declared as a namespace that XML itself reserves",
        ),
        (&format!("<x xmlns='{XML}'/>"), "the default namespace is one that XML itself reserves"),
        (&format!("<x xmlns:p='{XMLNS}'/>"), "the prefix `p` is declared as a namespace"),
        (&format!("<x xmlns='{XMLNS}'/>"), "the default namespace is one that XML itself reserves"),
        (&format!("<x xmlns:xmlns='{XMLNS}'/>"), "the prefix `xmlns` is reserved"),
        (
            "<x xmlns:p='u' xmlns:q='u' p:a='1' b='' q:a='2'/>",
            "an attribute stands twice in one element: `p:a` and `q:a` are in the namespace u",
        ),
        ("<x xmlns:p='u' xmlns:q='&#117;' q:a='1' p:a='2'/>", "are in the namespace u"),
    ] {
        let xml = format!("<d>\n<r k='1'/>{inner}</d>");
        let message = refusal(&rows(), &xml);
        assert!(message.contains(expected), "{xml}: {message}");
        assert!(
            message.contains("line 2, byte ") && message.contains("against the rules of namespaces"),
            "{message}"
        );
    }
    let accepted = format!(
        "<p:d xmlns:p='u' xmlns='v' p:a='' a=''><r k='1' xml:lang='' xmlns:q='w' xmlns:xml='{XML}' q:a='' p:a=''/>\
         <x xmlns=''><y p:a='' xmlns:p='other' xmlns:q='u' q:a=''/></x></p:d>"
    );
    assert_eq!(converted(&rows(), &accepted).rows(), ["1|"]);
}

#[test]
fn no_document_makes_prefixes_expensive() {
    let declared: String = (0..1000).map(|n| format!(" xmlns:p{n}='u'")).collect();
    let message = refusal(&rows(), format!("<d{declared}><x{declared}/></d>"));
    assert!(message.contains("more than 1024 declarations of namespaces"), "{message}");
}

#[test]
fn doctypes() {
    let accepted = "<!DOCTYPE d SYSTEM 'http://127.0.0.1:1/x.dtd'><d><r k='1'/></d>";
    assert_eq!(converted(&rows(), accepted).rows(), ["1|"]);
    let harmless = "<!DOCTYPE d [<!ELEMENT d ANY>]><d><r k='1'/></d>";
    assert_eq!(converted(&rows(), harmless).rows(), ["1|"]);
    for subset in ["<!ENTITY a 'b'>", "<!ENTITY % p SYSTEM 'x'> %p;", "%p;"] {
        let message = refusal(&rows(), format!("<!DOCTYPE d [{subset}]><d><r k='1'/></d>"));
        assert!(message.contains("declares entities"), "{message}");
    }
    for (xml, expected) in [
        ("<!DOCTYPE d [[[[ ]>", "line 1, byte 13: not well-formed: in the DOCTYPE"),
        ("<!DOCTYPE d [\n<!ELEMENT d>\n]>", "line 2, byte 25: not well-formed: in the DOCTYPE"),
        ("<!DOCTYPE d [<!ATTLIST r k CDATA 'x'>]>", "default values of attributes"),
        ("<!DOCTYPE a:b:c>", "against the rules of namespaces: `a:b:c`"),
        ("<!doctype d>", "not written `<!DOCTYPE name`"),
    ] {
        let message = refusal(&rows(), format!("{xml}<d><r k='1'/></d>"));
        assert!(message.contains(expected), "{xml}: {message}");
    }
    // Section 3.3.3: a value of tokens has one blank between them, and none around them.
    let tokens = "<!DOCTYPE d [<!ATTLIST r k NMTOKENS #IMPLIED>]><d><r k=' 1\n2 '/><s k=' 1 '/></d>";
    assert_eq!(converted(&rows(), tokens).rows(), ["1 2|"]);
    assert!(refusal(&rows(), "<!DOCTYPE html PUBLIC '-'><html/>").contains("HTML"));
    assert!(refusal(&rows(), "<?xml version='1.0'?><html/>").contains("HTML"));
}

#[test]
fn wrong_root_and_no_rows() {
    let message = refusal(&rows(), "<error>no data</error>");
    assert!(message.contains("the root element is error, not d"), "{message}");
    assert!(refusal(&rows(), "<d/>").contains("holds no row (r)"));
    let mut feed = rows();
    feed.xml.allow_empty = true;
    let done = converted(&feed, "<d/>");
    assert_eq!((done.converted.records, done.chunks.len()), (0, 0));
}

#[test]
fn an_empty_file_of_another_kind() {
    let feed = feed(
        "[xml]\nrow = 'r'\nallow_empty = ['d/s', 'd/t']\n[[column]]\nname = 'k'\npath = '@k'\nkey = true\n[[control]]\n\
         name = 'c'\nper = 's'\npath = '@n'\nequals = 'count'\n",
    );
    for xml in ["<d><s/></d>", "<d><t n='7'/></d>", "<e><d><s n='0'/></d></e>", "<d><r k='1'/></d>"] {
        converted(&feed, xml);
    }
    for xml in ["<d/>", "<s/>", "<d><x><s/></x></d>", "<error>d/s</error>"] {
        let message = refusal(&feed, xml);
        assert!(
            message.contains("holds no row and no d/s, no d/t: it is another kind of file, or incomplete"),
            "{message}"
        );
    }
}

#[test]
fn limits() {
    let mut feed = rows();
    feed.xml.limits =
        feed::Limits { depth: 3, text: 400, attributes: 2, row: 2400, rejects: 1, ..feed.xml.limits };
    let long = "x".repeat(500);
    let half = "x".repeat(250);
    for (xml, expected) in [
        ("<d><r k='1'><v><x/></v></r></d>".to_owned(), "nested deeper than 3"),
        (
            format!("<d><r k='1'><v>{half}<![CDATA[{half}]]></v></r></d>"),
            "one value is longer than 400 bytes",
        ),
        ("<d><x a='1' b='2' c='3'/></d>".to_owned(), "more than 2 attributes"),
        (format!("<d><r k='1'>{}</r></d>", "<v>1</v>".repeat(100)), "take more than 2400 bytes of memory"),
    ] {
        let message = refusal(&feed, &xml);
        assert!(message.contains(expected), "{message}");
    }
    let mut feed = rows();
    feed.xml.limits.text = 1 << 16;
    let message = refusal(&feed, format!("<d><!--{}--></d>", long.repeat(1000)));
    assert!(message.contains("longer than 65536 bytes"), "{message}");
}

/// The longest text of the files that were looked at has 295,911 characters, and they nest 20 deep.
#[test]
fn the_default_limits_let_real_files_pass() {
    let long = "é".repeat(300_000);
    let deep = format!("{}{}", "<x>".repeat(200), "</x>".repeat(200));
    let attributes: String = (0..500).map(|n| format!(" a{n}='{n}'")).collect();
    let xml = format!("<d><r k='{long}'><v>{long}</v>{deep}<y{attributes}/></r><!--{long}--></d>");
    assert_eq!(converted(&rows(), xml).rows(), [format!("{long}|{long}")]);
}

#[test]
fn a_signal_stops_at_the_next_row() {
    let (stop, progress) = (Flag::default(), Progress::default());
    stop.set(Signal::Terminate);
    let document =
        Document { name: "x", changed: Changed::Unknown, bytes: 0, stop: &stop, progress: &progress };
    let mut sink = Collected::default();
    let set = RowSet::new(rows(), ChunkFolder::Nowhere);
    let result = convert(&document, vec![set.of_file(1, &mut sink)], || Ok(&b"<d><r k='1'/></d>"[..]));
    assert!(matches!(result, Err(error) if error.code() == Code::Terminated));
}

#[test]
fn a_failing_reader_is_named() {
    struct Broken(std::io::ErrorKind);
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }
    }
    let other = try_read(&rows(), Broken(std::io::ErrorKind::Other));
    assert!(matches!(other, Err(error) if error.kind() == ErrorKind::Machine));
}

#[test]
fn a_reader_that_refuses_the_file_is_believed() {
    struct Refusing;
    impl Read for Refusing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(Error::new(Code::ArchiveDamaged, "it is damaged").into_io())
        }
    }
    for head in ["", "<d>"] {
        let Err(error) = try_read(&rows(), head.as_bytes().chain(Refusing)) else { panic!() };
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(
            (error.to_string().as_str(), error.hint()),
            ("it is damaged", Code::ArchiveDamaged.entry().action)
        );
    }
}

#[test]
fn bytes_and_characters_that_cannot_be() {
    for (bytes, expected) in [
        (&b"<d>\n\xff</d>"[..], "line 2, byte 4: invalid UTF-8"),
        (b"<d>\xc3", "byte 3: invalid UTF-8"),
        (b"\xef\xbb\xbf<d>\xff</d>", "byte 6: invalid UTF-8"),
        (b"<?xml version='1.0' encoding='us-ascii'?><d>\xc3\xa9</d>", "invalid ASCII"),
        (b"\xff\xfe<\0d\0\x00\xd8a\0", "byte 6 of the file is not valid UTF-16LE"),
        (b"<d>\x00</d>", "U+0000 is forbidden"),
        (b"<d>\n\n\x0b</d>", "line 3, byte 5: the character U+000B is forbidden"),
        (b"<d>\xef\xbf\xbe</d>", "U+FFFE is forbidden"),
    ] {
        let message = refusal(&rows(), bytes);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn the_code_says_what_is_wrong_and_the_place_where() {
    for (bytes, code) in [
        (&b""[..], Code::FileEmpty),
        (b" \n ", Code::FileEmpty),
        (b"<d>", Code::FileTruncated),
        (b"{\"a\": 1}", Code::NotXml),
        (b"<html></html>", Code::HtmlPage),
        (b"PK\x03\x04", Code::OtherPacking),
        (b"<d><a></b></d>", Code::NotWellFormed),
        (b"<d>\xff</d>", Code::InvalidBytes),
        (b"<d>\x00</d>", Code::ForbiddenCharacter),
        (b"<d>&nbsp;</d>", Code::UnknownEntity),
        (b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><d/>", Code::UnknownEncoding),
        (b"<!DOCTYPE d [<!ENTITY a 'b'>]><d/>", Code::DeclaresEntities),
        (b"<!DOCTYPE d [<!ATTLIST d a CDATA 'b'>]><d/>", Code::DeclaresDefaults),
    ] {
        let error = try_convert(&rows(), bytes).expect_err("a refusal");
        assert_eq!((error.code(), error.kind()), (code, ErrorKind::Refused), "{error}");
        let place = error.place().expect("a place");
        assert_eq!((place.file.as_str(), place.line), ("in/statements.xml", Some(1)), "{error}");
    }
}

#[test]
fn a_file_cut_within_a_reference_is_truncated() {
    for cut in ["<d><r k='1'>a &", "<d><r k='1'>a &am", "<d><r k='1'>a &#x4"] {
        let message = refusal(&rows(), cut);
        assert!(message.contains("the file is truncated: it ends with 2 open elements"), "{cut}: {message}");
    }
    let message = refusal(&rows(), "<d><r k='1'>a &am</r></d>");
    assert!(message.contains("not well-formed"), "{message}");
}

#[test]
fn an_absolute_condition_that_may_lead_into_the_row_is_refused() {
    for (row, path) in [("S/R", "/D/S/R/@k"), ("R", "/D/*/R/q"), ("/D/S/R", "/D/*/R/q")] {
        for condition in ["where = \"{path} = 'y'\"", "skip = { x = \"{path}\" }"] {
            let xml = format!("row = '{row}'\n{}", condition.replace("{path}", path));
            let error =
                try_convert(&plain(&xml, &[("id", "@id")]), "<D><S><R id='1' k='y'/></S></D>").unwrap_err();
            assert!(error.to_string().contains("may lead into the row itself"), "{error}");
        }
    }
    let outside = plain("row = 'S/R'\nwhere = \"/D/H/@k = 'y'\"", &[("id", "@id")]);
    assert_eq!(converted(&outside, "<D><H k='y'/><S><R id='1'/></S></D>").rows(), ["1"]);
}

#[test]
fn what_a_row_reads_of_a_later_row_is_refused() {
    let feed = plain("row = 'S/R'\nwhere = \"../R/@k = 'y'\"", &[("id", "@id")]);
    let error = try_convert(&feed, "<D><S><R id='0'/><R id='1' k='y'/></S></D>").unwrap_err();
    assert_eq!(error.code(), Code::ValueAfterRow);
    assert_eq!(converted(&feed, "<D><S><R id='1' k='y'/><R id='2'/></S></D>").rows(), ["1", "2"]);
}

#[test]
fn a_number_that_is_declared_anywhere_is_found_whatever_stands_around_it() {
    let control = |path: &str| {
        feed(&format!(
            "[xml]\nrow = 'Stmt/Ntry'\nallow_empty = true\n[[column]]\nname = 'id'\npath = '@id'\nkey = true\n\
             [[control]]\nname = 'n'\npath = '{path}'\nequals = 'rows'\n"
        ))
    };
    for (path, xml) in [
        ("N", "<Doc><Hdr><N>7</N></Hdr><Stmt><Ntry id='1'/></Stmt></Doc>"),
        ("Tot/N", "<Doc><H><Tot><N>7</N></Tot></H><Stmt><Ntry id='1'/></Stmt></Doc>"),
        ("N", "<Doc><N>7</N></Doc>"),
        ("@N", "<Doc N='7'/>"),
        ("@N", "<Doc><Hdr N='7'/><Stmt><Ntry id='1'/></Stmt></Doc>"),
        ("N", "<Doc><Stmt><N>1</N><Ntry id='1'/></Stmt><Stmt><N>7</N></Stmt></Doc>"),
    ] {
        let error = try_convert(&control(path), xml).unwrap_err();
        assert_eq!(error.code(), Code::ControlFailed, "{path} in {xml}");
    }
    assert_eq!(
        converted(&control("N"), "<Doc><Hdr><N>1</N></Hdr><Stmt><Ntry id='1'/></Stmt></Doc>").rows(),
        ["1"]
    );
}
