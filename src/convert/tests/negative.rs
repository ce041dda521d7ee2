//! What no XML processor may accept (XML 1.0, fifth edition), in the manner of the W3C's suite; and what
//! every one must accept. The cases are our own.

use super::*;

/// Each with the section that forbids it.
const NOT_WELL_FORMED: &[(&str, &[u8])] = &[
    // 2.1: one root element, nothing but markup outside of it.
    ("no root", b"<!-- nothing --><?pi?>"),
    ("text before the root", b"x<d/>"),
    ("text after the declaration", b"<?xml version='1.0'?>x<d/>"),
    ("text after the root", b"<d/>x"),
    ("a reference after the root", b"<d/>&#32;"),
    ("a reference before the root", b"&#32;<d/>"),
    ("CDATA before the root", b"<![CDATA[ ]]><d/>"),
    ("CDATA after the root", b"<d/><![CDATA[]]>"),
    ("two roots", b"<d/><d/>"),
    ("an unclosed root", b"<d>"),
    ("an unclosed child", b"<d><r></d>"),
    ("crossed tags", b"<d><r><s></r></s></d>"),
    ("an end tag only", b"</d>"),
    ("an end tag after the root", b"<d></d></d>"),
    ("tags that differ in case", b"<d></D>"),
    ("tags that differ in prefix", b"<a:d></b:d>"),
    // 2.2: characters.
    ("NUL", b"<d>\x00</d>"),
    ("a control character", b"<d>\x01</d>"),
    ("a form feed", b"<d>\x0c</d>"),
    ("escape in an attribute", b"<d a='\x1b'/>"),
    ("a control character in a comment", b"<d><!--\x02--></d>"),
    ("a control character in CDATA", b"<d><![CDATA[\x03]]></d>"),
    ("a control character in an instruction", b"<d><?pi \x04?></d>"),
    ("U+FFFE", b"<d>\xef\xbf\xbe</d>"),
    ("U+FFFF", b"<d>\xef\xbf\xbf</d>"),
    ("an overlong `/`", b"<d>\xc0\xaf</d>"),
    ("an overlong NUL", b"<d>\xc0\x80</d>"),
    ("three bytes too long", b"<d>\xe0\x80\xaf</d>"),
    ("a surrogate in UTF-8", b"<d>\xed\xa0\x80</d>"),
    ("beyond U+10FFFF", b"<d>\xf4\x90\x80\x80</d>"),
    ("five bytes", b"<d>\xf8\x88\x80\x80\x80</d>"),
    ("a lone continuation", b"<d>\x80</d>"),
    ("a cut sequence", b"<d>\xe2\x82</d>"),
    ("Latin-1 without a declaration", b"<d>\xe9</d>"),
    ("0xfe", b"<d>\xfe</d>"),
    ("half a surrogate pair in UTF-16", b"\xff\xfe<\0d\0>\0\x00\xd8<\0/\0d\0>\0"),
    ("half a unit of UTF-16", b"\xff\xfe<\0d\0/\0>\0\n"),
    ("U+FFFE in UTF-16", b"\xff\xfe<\0d\0>\0\xfe\xff<\0/\0d\0>\0"),
    // 2.3: names.
    ("an empty name", b"<></>"),
    ("a space before the name", b"< d></d>"),
    ("a digit first", b"<1d/>"),
    ("a dot first", b"<.d/>"),
    ("a hyphen first", b"<-d/>"),
    ("`$` in a name", b"<d$e/>"),
    ("`,` in a name", b"<d,e/>"),
    ("`(` in a name", b"<d(/>"),
    ("a quote in a name", b"<d\"/>"),
    ("`<` in a name", b"<d<e/>"),
    ("`=` in a name", b"<d=e/>"),
    ("a multiplication sign in a name", b"<d\xc3\x97/>"),
    ("a no-break space in a name", b"<d\xc2\xa0/>"),
    ("an arrow first in a name", b"<\xe2\x86\x92/>"),
    // 2.4 and 2.7: text and CDATA.
    ("a bare ampersand", b"<d>a & b</d>"),
    ("an ampersand at the end", b"<d>&</d>"),
    ("a reference without `;`", b"<d>&amp</d>"),
    ("`]]>` in text", b"<d>]]></d>"),
    ("unclosed CDATA", b"<d><![CDATA[x]]</d>"),
    ("lower-case CDATA", b"<d><![cdata[x]]></d>"),
    ("CDATA with a space", b"<d><![ CDATA[x]]></d>"),
    // 2.5: comments.
    ("`--` in a comment", b"<d><!-- a -- b --></d>"),
    ("`--->`", b"<d><!-- a ---></d>"),
    ("an unclosed comment", b"<d><!-- </d>"),
    ("`<!-->`", b"<d><!--></d>"),
    ("a comment in a tag", b"<d <!-- x -->></d>"),
    // 2.6: processing instructions.
    ("an instruction without a target", b"<d><? x?></d>"),
    ("an instruction without anything", b"<d><??></d>"),
    ("the target XML", b"<d><?XML x?></d>"),
    ("the target xMl", b"<?xMl version='1.0'?><d/>"),
    ("a digit as target", b"<d><?1 x?></d>"),
    ("an unclosed instruction", b"<d><?pi </d>"),
    ("an instruction closed by `>`", b"<d><?pi ></d>"),
    // 2.8: prolog.
    ("a declaration twice", b"<?xml version='1.0'?><?xml version='1.0'?><d/>"),
    ("a declaration after a comment", b"<!-- --><?xml version='1.0'?><d/>"),
    ("a declaration within the root", b"<d><?xml version='1.0'?></d>"),
    ("a declaration after the root", b"<d/><?xml version='1.0'?>"),
    ("a declaration without a version", b"<?xml encoding='UTF-8'?><d/>"),
    ("a version without quotes", b"<?xml version=1.0?><d/>"),
    ("the version 2.0", b"<?xml version='2.0'?><d/>"),
    ("an empty version", b"<?xml version=''?><d/>"),
    ("the encoding before the version", b"<?xml encoding='UTF-8' version='1.0'?><d/>"),
    ("an encoding that is no name", b"<?xml version='1.0' encoding=' UTF-8'?><d/>"),
    ("an empty encoding", b"<?xml version='1.0' encoding=''?><d/>"),
    ("no space before the encoding", b"<?xml version='1.0'encoding='UTF-8'?><d/>"),
    ("standalone maybe", b"<?xml version='1.0' standalone='maybe'?><d/>"),
    ("standalone before the encoding", b"<?xml version='1.0' standalone='no' encoding='UTF-8'?><d/>"),
    ("something else in the declaration", b"<?xml version='1.0' valid='no'?><d/>"),
    ("quotes that differ", b"<?xml version='1.0\"?><d/>"),
    ("a declaration closed by `>`", b"<?xml version='1.0'><d/>"),
    ("a DOCTYPE twice", b"<!DOCTYPE d><!DOCTYPE d><d/>"),
    ("a DOCTYPE after the root", b"<d/><!DOCTYPE d>"),
    ("a DOCTYPE in lower case", b"<!doctype d><d/>"),
    ("a DOCTYPE without a space", b"<!DOCTYPEd><d/>"),
    ("a DOCTYPE without a name", b"<!DOCTYPE><d/>"),
    ("an unclosed DOCTYPE", b"<!DOCTYPE d [<d/>"),
    ("an element declaration in the document", b"<d><!ELEMENT d ANY></d>"),
    // 3.1: tags.
    ("an attribute twice", b"<d a='1' a='2'/>"),
    ("`<` in an attribute", b"<d a='<'/>"),
    ("a bare ampersand in an attribute", b"<d a='&'/>"),
    ("an attribute without quotes", b"<d a=1/>"),
    ("an attribute without a value", b"<d a/>"),
    ("an attribute without a name", b"<d ='1'/>"),
    ("attributes without a space", b"<d a='1'b='2'/>"),
    ("an attribute that is not closed", b"<d a='1/></d>"),
    ("`$` in an attribute's name", b"<d a$='1'/>"),
    ("a digit first in an attribute's name", b"<d 1a='1'/>"),
    ("an attribute in an end tag", b"<d></d a='1'>"),
    ("a slash in a tag", b"<d / a='1'></d>"),
    ("a slash and a space", b"<d / ></d>"),
    ("an end tag that is empty", b"<d></d/>"),
    ("an end tag with a space first", b"<d></ d>"),
    ("a tag within a tag", b"<d <e/>></d>"),
    ("an unclosed start tag", b"<d"),
    ("an unclosed end tag", b"<d></d"),
    ("typographic quotes", b"<d a=\xe2\x80\x9c1\xe2\x80\x9d/>"),
    // 4.1: references.
    ("&#0;", b"<d>&#0;</d>"),
    ("&#x0;", b"<d>&#x0;</d>"),
    ("&#8;", b"<d>&#8;</d>"),
    ("a reference to a surrogate", b"<d>&#xD800;</d>"),
    ("a reference to U+FFFF", b"<d>&#xFFFF;</d>"),
    ("a reference beyond U+10FFFF", b"<d>&#x110000;</d>"),
    ("a reference of many digits", b"<d>&#99999999999999999999;</d>"),
    ("&#X41;", b"<d>&#X41;</d>"),
    ("&#;", b"<d>&#;</d>"),
    ("&#x;", b"<d>&#x;</d>"),
    ("a sign in a reference", b"<d>&#+65;</d>"),
    ("a space in a reference", b"<d>& amp;</d>"),
    ("a space at a reference's end", b"<d>&amp ;</d>"),
    ("a hexadecimal digit in a decimal reference", b"<d>&#4A;</d>"),
    ("an unknown entity", b"<d>&nbsp;</d>"),
    ("an entity in the wrong case", b"<d>&AMP;</d>"),
    ("an unknown entity in an attribute", b"<d a='&eacute;'/>"),
    ("&#0; in an attribute", b"<d a='&#0;'/>"),
    // Well-formed or not, entities are refused.
    ("an internal entity", b"<!DOCTYPE d [<!ENTITY a 'b'>]><d>&a;</d>"),
    ("an unused entity", b"<!DOCTYPE d [<!ENTITY a 'b'>]><d/>"),
    ("an external entity", b"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><d>&a;</d>"),
    ("a parameter entity", b"<!DOCTYPE d [<!ENTITY % a SYSTEM 'http://127.0.0.1:1/'>%a;]><d/>"),
    ("a billion laughs", b"<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><d>&b;</d>"),
    ("an entity of an external subset", b"<!DOCTYPE d SYSTEM 'x.dtd'><d>&a;</d>"),
    ("an attribute's default", b"<!DOCTYPE d [<!ATTLIST d a CDATA 'b'>]><d/>"),
];

const WELL_FORMED: &[(&str, &str)] = &[
    ("a root", "<d/>"),
    ("spaces in tags", "<d  a = '1'\n\tb=\"2\" ></d >"),
    ("`>` in text and in an attribute", "<d a='>'>></d>"),
    ("a quote in the other quotes", "<d a='\"' b=\"'\"/>"),
    ("names of other scripts", "<données été='1'><名前/><имя/></données>"),
    ("names with all signs", "<d._-·1:x a.b-c_d·2='1' xmlns:d._-·1='u'/>"),
    ("all predefined references", "<d a='&lt;&quot;'>&amp;&lt;&gt;&apos;&quot;&#65;&#x1F600;</d>"),
    (
        "a comment, an instruction, CDATA",
        "<!-- - - --><?a-b c ? d?><d><![CDATA[<&]]]]>]]&gt;</d><!-- --><?z?>",
    ),
    (
        "everything in the declaration",
        "<?xml version=\"1.0\"  encoding = 'UTF-8' standalone='yes' ?>\n<d/>\n",
    ),
    ("the version 1.1", "<?xml version='1.1'?><d/>"),
    ("an instruction called xml-stylesheet", "<?xml-stylesheet href='x'?><d/>"),
    (
        "a DOCTYPE of everything",
        "<!DOCTYPE d PUBLIC '-//A' \"http://127.0.0.1:1/a.dtd\" [<!ELEMENT d ANY>]><d/>",
    ),
    ("a DOCTYPE of attributes", "<!DOCTYPE d [<!ATTLIST d a CDATA #IMPLIED>]><d/>"),
    ("the last characters", "<d>\u{7f}\u{85}\u{d7ff}\u{e000}\u{fffd}\u{10ffff}</d>"),
];

fn any() -> Feed {
    plain("row = 'r'\nallow_empty = true", &[("k", "@k")])
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let accepted: Vec<&str> = (NOT_WELL_FORMED.iter())
        .filter(|(_, xml)| !is_refused(&try_convert(&any(), xml)))
        .map(|(what, _)| *what)
        .collect();
    assert!(accepted.is_empty(), "accepted: {accepted:#?}");
}

#[test]
fn what_is_well_formed_is_accepted() {
    let refused: Vec<String> = (WELL_FORMED.iter())
        .filter_map(|(what, xml)| try_convert(&any(), xml).err().map(|cause| format!("{what}: {cause}")))
        .collect();
    assert!(refused.is_empty(), "refused: {refused:#?}");
}

/// The same text wherever it stands within a row, which is read by other code than what is around it.
#[test]
fn the_same_within_rows() {
    let wrapped = |xml: &str| format!("<d><r k='1'>{xml}</r></d>");
    let mut accepted = Vec::new();
    for (what, xml) in NOT_WELL_FORMED {
        let Ok(xml) = std::str::from_utf8(xml) else { continue };
        let inner = xml.strip_prefix("<d>").and_then(|rest| rest.strip_suffix("</d>"));
        let Some(inner) = inner.or_else(|| xml.starts_with("<d ").then_some(xml)) else { continue };
        if !is_refused(&try_convert(&any(), wrapped(inner))) {
            accepted.push(*what);
        }
    }
    assert!(accepted.is_empty(), "accepted: {accepted:#?}");
}
