//! Comparisons in conditions: operators, types, parameters, other paths, and what cannot be read or cannot be right.

use super::*;

const TYPED: &str = r#"
[[column]]
name = "k"
path = "@k"
key = true
[[column]]
name = "amount"
path = "amt"
type = "decimal"
[[column]]
name = "count"
path = "n"
type = "integer"
decimal_comma = true
[[column]]
name = "day"
path = "day"
type = "date"
format = "%d.%m.%Y"
[[column]]
name = "at"
path = "at"
type = "timestamp"
timezone = "Europe/Zurich"
[[column]]
name = "free"
path = "free"
[[column]]
name = "flag"
path = "flag"
type = "boolean"
"#;

fn typed(condition: &str, parameters: &[(&str, &str)]) -> Feed {
    let xml =
        format!("[xml]\nrow = \"r\"\nallow_empty = true\nbad_rows = \"quarantine\"\nwhere = {condition:?}\n");
    let mut feed = feed(&(xml + TYPED));
    feed.parameters = parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    feed
}

/// `true` a row, `false` filtered, `None` bad.
fn asked(condition: &str, parameters: &[(&str, &str)], inside: &str) -> Option<bool> {
    let xml = format!("<d><r k='1'>{inside}</r></d>");
    let done = converted(&typed(condition, parameters), xml);
    match (done.converted.rows, done.converted.filtered, done.converted.rejects) {
        (1, 0, 0) => Some(true),
        (0, 1, 0) => Some(false),
        (0, 0, 1) => {
            let reason = &done.rejects[0].reason;
            assert!(reason.contains("(of the condition on "), "{condition} {inside}: {reason}");
            None
        }
        other => panic!("{condition} {inside}: {other:?}"),
    }
}

#[test]
fn every_operator_on_every_type() {
    // Per type: the path, a literal, then a value below it, the same and one above, and one that cannot be read.
    let types: &[(&str, &str, [&str; 3], &str)] = &[
        ("amt", "10", ["9.99", "10.00", "10.01"], "ten"),
        ("amt", "'10'", ["-100", "+10", "9999999999999999999999"], "1e5"),
        ("n", "1000", ["999", "1.000", "1.001"], "1,5"),
        ("free", "-0.5", ["-1", "-0.50", "0"], "x"),
        ("day", "'2026-01-31'", ["30.01.2026", "31.01.2026", "01.02.2026"], "2026-01-31"),
        ("free", "'2026-01-31'", ["2025-12-31", "2026-01-31", "2026-02-01T00:00:00Z"], "31.01.2026"),
        (
            "at",
            "'2026-01-31'",
            ["2026-01-30T23:59:59", "2026-01-31T23:59:59", "2026-01-31T23:00:00Z"],
            "noon",
        ),
        (
            "at",
            "'2026-01-31T12:00:00'",
            ["2026-01-31T10:59:59Z", "2026-01-31T11:00:00Z", "2026-01-31T12:00:00.5"],
            "2026-13-01T00:00:00",
        ),
        (
            "free",
            "'2026-01-31T12:00:00'",
            ["2026-01-31T11:59:59", "2026-01-31T12:00:00.000", "2026-01-31T12:00:01"],
            "2026-01-31T12:00:00Z",
        ),
    ];
    for (path, literal, values, bad) in types {
        for (operator, expected) in [
            ("<", [true, false, false]),
            ("<=", [true, true, false]),
            (">", [false, false, true]),
            (">=", [false, true, true]),
        ] {
            let condition = format!("{path} {operator} {literal}");
            let ask = |inside: &str| asked(&condition, &[], inside);
            let element = |value: &str| format!("<{path}>{value}</{path}>");
            for (value, expected) in values.iter().zip(expected) {
                assert_eq!(ask(&element(value)), Some(expected), "{condition}: {value}");
            }
            assert_eq!(ask(""), Some(false), "{condition}: absent");
            assert_eq!(ask(&element(" ")), Some(false), "{condition}: empty");
            assert_eq!(ask(&element(bad)), None, "{condition}: {bad}");
            let negated = format!("not({condition})");
            assert_eq!(asked(&negated, &[], ""), Some(true), "{negated}: absent");
            assert_eq!(asked(&negated, &[], &element(bad)), None, "{negated}: {bad}");
        }
    }
}

#[test]
fn several_nodes_hold_where_one_does() {
    let two = "<g><x>5</x><x>15</x></g>";
    for (condition, expected) in [
        ("g/x > 10", true),
        ("g/x < 10", true),
        ("g/x > 15", false),
        ("g/x = 5", true),
        ("g/x = '5.0'", false),
        ("g/x = 5.0", true),
        ("g/x != 15", false),
        ("g/x != 7", true),
        ("g/x in (1, 15)", true),
        ("g/x not in (1, 15)", false),
        ("g/x in ('1', '5')", true),
        ("g/y not in ('1')", true),
        ("g/y in ('1')", false),
    ] {
        assert_eq!(asked(condition, &[], two), Some(expected), "{condition}");
    }
}

#[test]
fn parameters_have_the_type_of_what_they_are_compared_with() {
    for (condition, value, inside, expected) in [
        ("day <= :p", "2026-01-31", "<day>31.01.2026</day>", Some(true)),
        ("free <= :p", "2026-01-31", "<free>2026-02-01</free>", Some(false)),
        ("free > :p", "9", "<free>10</free>", Some(true)),
        ("free = :p", "10.0", "<free>10</free>", Some(false)),
        ("free = :p", " ten ", "<free>ten</free>", Some(true)),
        ("free in (:p, 'b')", "a", "<free>a</free>", Some(true)),
        ("free in (:p, 7)", "8", "<free>8.0</free>", Some(true)),
        ("amt >= :p", "10.50", "<amt>10.5</amt>", Some(true)),
    ] {
        assert_eq!(asked(condition, &[("p", value)], inside), expected, "{condition} {value} {inside}");
    }
}

fn wrong(feed: &Feed) -> (Code, String) {
    let error = super::super::parameters(feed).expect_err("a wrong feed");
    assert_eq!(error.status(), 2);
    (error.code(), error.to_string())
}

#[test]
fn what_cannot_be_compared_is_refused_before_a_file_is_read() {
    for (condition, parameters, code, text) in [
        ("day <= :to", &[][..], Code::NoParameter, "[xml] uses :to, which has no value"),
        ("day <= :to", &[("to", "31.01.2026")], Code::BadParameter, "--set to=31.01.2026"),
        ("day <= :to", &[("to", "2026-01-31T00:00:00")], Code::BadParameter, "column day is of type date"),
        ("amt <= :to", &[("to", "2026-01-31")], Code::BadParameter, "column amount is of type decimal"),
        ("free <= :to", &[("to", "M")], Code::BadParameter, "texts have no order"),
        ("free in (1, :to)", &[("to", "M")], Code::BadParameter, "--set to=M"),
        ("free < 'M'", &[], Code::FeedMistakes, "texts have no order"),
        ("free < '5'", &[], Code::FeedMistakes, "write 5 without quotes"),
        ("amt < '2026-01-31'", &[], Code::FeedMistakes, "column amount is of type decimal"),
        ("day < 5", &[], Code::FeedMistakes, "column day is of type date"),
        ("flag < 5", &[], Code::FeedMistakes, "column flag is of type boolean"),
        ("free < ../x", &[], Code::FeedMistakes, "nothing says as what"),
        (
            "amt < ./day",
            &[],
            Code::FeedMistakes,
            "column amount is of type decimal, and column day of type date",
        ),
    ] {
        let (found, message) = wrong(&typed(condition, parameters));
        assert_eq!(found, code, "{condition}: {message}");
        assert!(message.contains(text), "{condition}: {message}");
    }
    let used = super::super::parameters(&typed("free = :a and @k != :b", &[("a", ""), ("b", ""), ("c", "")]));
    assert_eq!(used.unwrap().into_iter().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn two_paths() {
    for (condition, inside, expected) in [
        ("free = ./other", "<free>a</free><other>b</other><other> a </other>", Some(true)),
        ("free = ./other", "<free>a</free>", Some(false)),
        ("free != ./other", "<free>a</free>", Some(true)),
        ("free != ./other", "<free>a</free><other>a</other>", Some(false)),
        ("amt < ./limit", "<amt>9</amt><limit>10</limit>", Some(true)),
        ("amt < ./limit", "<amt>9</amt><limit>ten</limit>", None),
        ("limit >= ./amt", "<amt>9</amt><limit>8</limit>", Some(false)),
        ("day = ./at", "<day>31.01.2026</day><at>2026-01-31T10:00:00</at>", Some(false)),
        ("day <= ./at", "<day>31.01.2026</day><at>2026-01-31T10:00:00</at>", Some(true)),
        ("day < ./at", "<day>31.01.2026</day><at>2026-01-31T10:00:00</at>", Some(false)),
    ] {
        assert_eq!(asked(condition, &[], inside), expected, "{condition} {inside}");
    }
}

const BATCH: &str = "<d><s><ccy>CHF</ccy><b ccy='EUR'>1</b><b ccy='CHF'>2</b>\
    <e k='1'><a c='CHF'>100</a><t n='1'><a c='EUR'>40</a><x><a c='CHF'>38</a></x></t><t n='2'><a c='CHF'>62</a></t></e></s></d>";

#[test]
fn a_predicate_may_compare_with_what_stands_above() {
    let feed = plain(
        "row = \"s/e\"\nexplode = \"t\"",
        &[
            ("k", "t/@n"),
            ("own", "t/a[@c = ../../a/@c]"),
            ("converted", "t/x/a[@c = ../../../a/@c]"),
            ("of_account", "t/x/a[@c = ../../../../ccy]"),
            ("whole", ".[a/@c = ../ccy]/a"),
            ("balance", "../b[@ccy = ../ccy]"),
            ("from_root", "/d/s/b[@ccy != ../ccy]"),
        ],
    );
    assert_eq!(converted(&feed, BATCH).rows(), ["1||38|38|100|2|1", "2|62|||100|2|1"]);
    // What a row was given must not change afterwards.
    let late = BATCH.replace("<ccy>CHF</ccy>", "").replace("</s>", "<ccy>CHF</ccy></s>");
    let balance = plain("row = \"s/e\"", &[("k", "@k"), ("balance", "../b[@ccy = ../ccy]")]);
    let message = refusal(&balance, late);
    assert!(message.contains("stands after a row that needs it"), "{message}");
}

#[test]
fn explode_and_row_paths_compare_too() {
    let feed = plain("row = \"s/e[@k >= 1]\"\nexplode = \"t[a/@c = ../a/@c]\"", &[("k", "t/@n")]);
    assert_eq!(converted(&feed, BATCH).rows(), ["2"]);
    let bad = converted(
        &plain("row = \"s/e[@k >= 1]\"\nbad_rows = \"quarantine\"", &[("k", "a")]),
        BATCH.replace("k='1'", "k='one'"),
    );
    assert_eq!(bad.rejects[0].reason, "(of the condition on @k) is not a decimal number");
}

#[test]
fn what_cannot_be_right_while_the_file_streams_is_refused() {
    let control = |path: &str, per: &str| {
        let columns = "[[column]]\nname = \"k\"\npath = \"@k\"\nkey = true\n";
        let xml = "[xml]\nrow = \"s/e\"\n";
        feed(&format!("{xml}{columns}[[control]]\nname = \"c\"\n{per}path = {path:?}\nequals = \"count\"\n"))
    };
    for (feed, text) in [
        (plain("row = \"s/e\"", &[("k", "../b[@ccy = ../e/a/@c]")]), "cannot look into rows"),
        (
            plain("row = \"/d/s/e\"", &[("k", "/d/s/b[@ccy = ../../../../ccy]")]),
            "leads above where its path begins",
        ),
        (control("s/b[@ccy = ../../ccy]", ""), "leads out of an element with rows"),
        (control("b[@ccy = ../../ccy]", "per = \"s\"\n"), "leads above where the control's path begins"),
    ] {
        let (code, message) = wrong(&feed);
        assert_eq!(code, Code::FeedMistakes);
        assert!(message.contains(text), "{message}");
    }
    let feed = control("b[@ccy = ../ccy]", "per = \"s\"\n");
    let declared: Vec<_> = converted(&feed, BATCH.replace("'CHF'>2", "'CHF'>1"))
        .converted
        .controls
        .into_iter()
        .map(|c| c.outcome)
        .collect();
    assert_eq!(declared, ["passed"]);
}

#[test]
fn each_detail_hears_of_what_cannot_be_read() {
    let feed = plain(
        "row = \"e\"\nexplode = \"t\"\nbad_rows = \"quarantine\"",
        &[("k", "t/@n"), ("v", "x[@q > 3]"), ("h", "../h[@q > 3]")],
    );
    let read = |x: &str, h: &str| {
        let xml =
            format!("<d><h q='{h}'>H</h><e><x q='{x}'>X</x><t n='1'/><t n='2'/></e><e><t n='3'/></e></d>");
        let done = converted(&feed, xml);
        (done.rows(), done.rejects.into_iter().map(|one| one.column).collect::<Vec<_>>())
    };
    assert_eq!(read("4", "5").0, ["1|X|H", "2|X|H", "3||H"]);
    assert_eq!(read("?", "5"), (vec!["3||H".into()], vec!["v".into(), "v".into()]));
    assert_eq!(read("4", "?"), (Vec::new(), vec!["h".into(), "h".into(), "h".into()]));
}

#[test]
fn an_attribute_without_a_prefix_is_meant_where_one_with_a_prefix_has_its_name() {
    let feed = feed(
        "[xml]\nrow = \"e\"\nwhere = \"@type = 'A'\"\n\
         [[column]]\nname = \"k\"\npath = \"@type\"\nkey = true\n\
         [[column]]\nname = \"who\"\npath = \"@ref\"\nlookup = { in = \"p\", id = \"@id\", value = \"@type\" }\n",
    );
    for pair in ["type='A' x:type='B'", "x:type='B' type='A'"] {
        let entry = pair.replace('A', "C");
        let xml = format!("<d xmlns:x='urn:x'><p x:id='9' id='1' {entry}/><e {pair} x:ref='9' ref='1'/></d>");
        assert_eq!(converted(&feed, xml).rows(), ["A|C"], "{pair}");
    }
    let only = "<d xmlns:x='urn:x'><p x:id='1' x:type='C'/><e x:type='A' x:ref='1'/></d>";
    assert_eq!(converted(&feed, only).rows(), ["A|C"], "the only one is meant whatever its prefix");
}
