//! What a DOCTYPE may say.

use super::*;

/// The code of what is refused in a subset.
fn refused(subset: &str) -> Option<Code> {
    read(&format!(" d [{subset}]")).err().map(|wrong| wrong.code)
}

#[test]
fn what_changes_nothing_is_accepted() {
    for declaration in [
        " d",
        "\n\td ",
        " p:d SYSTEM 'a[>'",
        " d PUBLIC \"-//A'B//EN\" \"\"  ",
        " d[]",
        " d SYSTEM 'x'[ ] ",
        " d PUBLIC '' '' []",
    ] {
        assert!(read(declaration).is_ok(), "{declaration}");
    }
    for subset in [
        "\r\n<!-- 100% ]> <!ENTITY ' \" --><?pi ]> <!ENTITY '?>",
        "<!ELEMENT a EMPTY><!ELEMENT a ANY><!ELEMENT p:a\n(b) >",
        "<!ELEMENT a (#PCDATA)><!ELEMENT a ( #PCDATA )*><!ELEMENT a (#PCDATA|b | p:c)*>",
        "<!ELEMENT a ( (b,c?)+ | ( (d) ) | (e|f*)? )*>",
        "<!ATTLIST a><!ATTLIST a b CDATA #IMPLIED\n c NMTOKENS #REQUIRED >",
        "<!ATTLIST p:a xml:lang (de | en|1) #IMPLIED d NOTATION (n |m) #REQUIRED>",
        "<!NOTATION n SYSTEM '%>'><!NOTATION n PUBLIC 'x'><!NOTATION n PUBLIC 'x' '>' >",
        "<!ELEMENT ที่อยู่ ANY>",
    ] {
        assert!(refused(subset).is_none(), "{subset}: {:?}", read(&format!(" d [{subset}]")));
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for declaration in
        ["", "d", " ", " 1", " d x", " d SYSTEM", " d SYSTEM'x'", " d SYSTEM x", " d PUBLIC 'x'"]
    {
        assert!(read(declaration).is_err(), "{declaration}");
    }
    for declaration in
        [" d PUBLIC '{' ''", " d PUBLIC ''''", " d []x", " d [", " d [] []", " d [[[[", " a:b:c"]
    {
        assert!(read(declaration).is_err(), "{declaration}");
    }
    for subset in [
        "x",
        "<",
        "&a;",
        "[",
        "<![INCLUDE[]]>",
        "<a/>",
        "<!x>",
        "<!-- a -- b -->",
        "<!-- --",
        "<?pi",
        "<??>",
        "<?xml version='1.0'?>",
        "<!ELEMENT>",
        "<!ELEMENT a>",
        "<!ELEMENT a b>",
        "<!ELEMENT a(b)>",
        "<!ELEMENT a ()>",
        "<!ELEMENT a (b",
        "<!ELEMENT a (b,c|d)>",
        "<!ELEMENT a (b,)>",
        "<!ELEMENT a (b c)>",
        "<!ELEMENT a (b) ?>",
        "<!ELEMENT a (b)+*>",
        "<!ELEMENT a (#PCDATA|b)>",
        "<!ELEMENT a (b|#PCDATA)*>",
        "<!ELEMENT a (#PCDATA)?>",
        "<!ELEMENT a (#PCDATA,b)*>",
        "<!ELEMENT a empty>",
        "<!ELEMENT a EMPTYx>",
        "<!ELEMENT 1 ANY>",
        "<!element a ANY>",
        "<!ELEMENT a (b ?)>",
        "<!ATTLIST>",
        "<!ATTLIST a b>",
        "<!ATTLIST a b CDATA>",
        "<!ATTLIST a b CDATA #implied>",
        "<!ATTLIST a b STRING #IMPLIED>",
        "<!ATTLIST a b () #IMPLIED>",
        "<!ATTLIST a b (c,d) #IMPLIED>",
        "<!ATTLIST a b (c)#IMPLIED>",
        "<!ATTLIST a b NOTATION(c) #IMPLIED>",
        "<!ATTLIST a b NOTATION (1) #IMPLIED>",
        "<!ATTLIST a b CDATA #IMPLIEDc CDATA #IMPLIED>",
        "<!NOTATION n>",
        "<!NOTATION n SYSTEM>",
        "<!NOTATION n 'x'>",
        "<!NOTATION n PUBLIC 'x''y'>",
        "<!NOTATION n SYSTEM 'x' 'y'>",
        "<!ELEMENT %a; ANY>",
        "<!ELEMENT a (%b;)>",
    ] {
        assert_eq!(refused(subset), Some(Code::NotWellFormed), "{subset}");
    }
    for subset in [
        "<!ELEMENT a:b:c ANY>",
        "<!ATTLIST a b: CDATA #IMPLIED>",
        "<!ATTLIST a b NOTATION (:) #IMPLIED>",
        "<!ATTLIST a b NOTATION (n|a:b) #IMPLIED>",
        "<!NOTATION a:b SYSTEM ''>",
    ] {
        assert_eq!(refused(subset), Some(Code::NamespaceRule), "{subset}");
    }
}

#[test]
fn what_would_change_the_document_is_refused() {
    for subset in ["<!ENTITY a 'b'>", "<!ENTITY % p SYSTEM 'x'> %p;", "%p;", "<!ELEMENT a ANY>%p;"] {
        assert_eq!(refused(subset), Some(Code::DeclaresEntities), "{subset}");
    }
    for default in ["'x'", "\"\"", "#FIXED 'x'"] {
        let subset = format!("<!ATTLIST a b CDATA {default}>");
        assert_eq!(refused(&subset), Some(Code::DeclaresDefaults), "{subset}");
    }
}

#[test]
fn deep_models_need_no_stack() {
    let deep = |n| format!("<!ELEMENT a {}b{}>", "(".repeat(n), ")".repeat(n));
    assert!(refused(&deep(1_000_000)).is_none());
    assert!(refused(&"[".repeat(1_000_000)).is_some());
}

#[test]
fn the_first_declaration_of_an_attribute_counts() {
    let types =
        read(" d [<!ATTLIST d a CDATA #IMPLIED b ID #IMPLIED><!ATTLIST d a NMTOKEN #IMPLIED>]").unwrap();
    assert!(!types.tokens("d", "a") && types.tokens("d", "b") && !types.tokens("e", "b"));
}
