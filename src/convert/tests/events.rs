//! The seam between producers and rows: the same events give the same rows, whatever they were written in.

use super::*;
use crate::convert::{
    events::{Attribute, Events},
    job::passes,
    location::Location,
    rows::Extraction,
    xml::Scanned,
};
use serde_json::{Value, json};

const HERE: Location<'_> = Location { name: "in/statements.json", line: 1, byte: 0 };

/// Everything that looks beyond the row: details, a value of an ancestor, one that stands after its rows, a look-up,
/// a position, a condition, a control on each statement and one on the document.
const FEED: &str = r#"
    [xml]
    row = "entries"
    explode = "details"
    where = "status = 'booked'"
    bad_rows = "quarantine"
    [[column]]
    name = "reference"
    path = ["details/reference", "reference"]
    key = true
    [[column]]
    name = "account"
    path = "../account/iban"
    [[column]]
    name = "amount"
    path = ["details/amount", "amount"]
    type = "decimal"
    sign = { path = "debit", negative = ["true"] }
    [[column]]
    name = "closing"
    path = "../closing"
    late = true
    [[column]]
    name = "party"
    path = "party"
    lookup = { in = "parties", id = "id", value = "name" }
    [[column]]
    name = "second_tag"
    path = "tags[2]"
    [[control]]
    name = "entries"
    path = "count"
    per = "statements"
    equals = "count"
    [[control]]
    name = "all"
    path = "/report/total"
    equals = "count"
"#;

fn document() -> Value {
    json!({ "report": {
        "total": 4,
        "statements": [
            {
                "account": { "iban": "CH93" },
                "count": 3,
                "entries": [
                    { "reference": "N1", "amount": 10.50, "status": "booked", "tags": ["a", "b"], "party": "p2" },
                    { "reference": "N2", "amount": 20, "status": "booked", "debit": true, "details": [
                        { "reference": "D1", "amount": "1.0" }, { "reference": null }, { "amount": "x" },
                    ] },
                    { "reference": "N3", "status": "pending" },
                ],
                "closing": "99 \u{1f600} & <more>",
            },
            { "count": 1, "entries": [{ "reference": "N4", "amount": null, "status": "booked" }] },
        ],
        "parties": [{ "id": "p1", "name": "One" }, { "id": "p2", "name": "Two" }],
    } })
}

/// Tells a document as a reader of JSON would: an element per member, an array one per item.
fn tell(name: &str, value: &Value, events: &mut impl Events) -> Result<()> {
    if let Value::Array(items) = value {
        return items.iter().try_for_each(|item| tell(name, item, events));
    }
    events.start(name, HERE)?;
    if value.is_null() {
        events.nil();
    }
    events.started(name, HERE)?;
    match value {
        Value::Object(members) => members.iter().try_for_each(|(name, value)| tell(name, value, events))?,
        Value::String(text) => events.text(HERE, |out| out.push_str(text))?,
        Value::Bool(_) | Value::Number(_) => events.text(HERE, |out| out.push_str(&value.to_string()))?,
        Value::Null | Value::Array(_) => {}
    }
    events.end(HERE)
}

/// Writes the same document as XML.
fn write_xml(name: &str, value: &Value, xml: &mut String) {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    match value {
        Value::Array(items) => items.iter().for_each(|item| write_xml(name, item, xml)),
        Value::Null => drop(write!(xml, "<{name} xmlns:xsi='urn:xsi' xsi:nil='true'/>")),
        Value::Object(members) => {
            let _ = write!(xml, "<{name}>");
            members.iter().for_each(|(name, value)| write_xml(name, value, xml));
            let _ = write!(xml, "</{name}>");
        }
        Value::String(text) => drop(write!(xml, "<{name}>{}</{name}>", escaped(text))),
        other => drop(write!(xml, "<{name}>{other}</{name}>")),
    }
}

/// Converts what `tell` tells, without a byte of any format.
fn told(feed: &Feed, tell: impl Fn(&mut Vec<Extraction<'_>>) -> Result<()>) -> Result<Done> {
    done(feed, |document, to| {
        passes(document, to, |_, events| {
            tell(events)?;
            events.finish(HERE)?;
            Ok(Scanned { bytes: 0, warnings: Vec::new() })
        })
    })
}

#[test]
fn json_gives_the_rows_that_the_same_xml_gives() {
    let (feed, document) = (feed(FEED), document());
    let members = document.as_object().unwrap();
    let tell = |events: &mut Vec<Extraction<'_>>| {
        members.iter().try_for_each(|(name, value)| tell(name, value, events))
    };
    let json = told(&feed, tell).unwrap();
    let mut xml = String::new();
    members.iter().for_each(|(name, value)| write_xml(name, value, &mut xml));
    let xml = converted(&feed, xml);
    assert_eq!(
        json.rows(),
        [
            "N1|CH93|10.5|99 😀 & <more>|Two|b",
            "D1|CH93|-1|99 😀 & <more>||",
            "N2|CH93|-20|99 😀 & <more>||",
            "N4|||||"
        ]
    );
    assert_eq!(json.csv, xml.csv);
    let without_place = |reject: &Reject| (reject.record, reject.column.clone(), reject.value.clone());
    let rejects = |done: &Done| done.rejects.iter().map(without_place).collect::<Vec<_>>();
    assert_eq!(rejects(&json), [(4, "amount".to_owned(), "x".to_owned())]);
    assert_eq!(rejects(&json), rejects(&xml));
    let of_xml = xml.converted.controls.iter();
    let of_xml = of_xml.map(|control| control.declared.clone()).collect::<Vec<_>>();
    let of_json = json.converted.controls.iter();
    assert_eq!(of_json.map(|control| control.declared.clone()).collect::<Vec<_>>(), of_xml);
    let held =
        json.converted.controls.iter().map(|control| (control.held, control.failed, control.not_declared));
    assert_eq!(held.collect::<Vec<_>>(), [(2, 0, 0), (1, 0, 0)]);
}

#[test]
fn attributes_need_no_syntax() {
    let feed = plain("row = \"row[@kind='a']\"", &[("id", "@id"), ("day", "../@day")]);
    let element = |name: &str, attributes: &[(&str, &str)], events: &mut Vec<Extraction<'_>>| {
        events.start(name, HERE)?;
        for &(name, value) in attributes {
            events.attribute(Attribute { name, value, prefixed: false, about_schema: false });
        }
        events.started(name, HERE)
    };
    let done = told(&feed, |events| {
        assert!(!element("rows", &[("day", "2024-05-06")], events)?);
        for (id, kind, is_row) in [("1 & <2>", "a", true), ("3", "b", false)] {
            assert_eq!(element("row", &[("id", id), ("kind", kind)], events)?, is_row);
            events.end(HERE)?;
        }
        events.end(HERE)
    });
    assert_eq!(done.unwrap().rows(), ["1 & <2>|2024-05-06"]);
}

#[test]
fn what_is_wrong_is_said_of_the_place_that_the_producer_names() {
    let feed = plain("row = 'r'", &[("k", "k")]);
    let nested = |events: &mut Vec<Extraction<'_>>| {
        for line in 1..=2 {
            events.start("r", Location { line, byte: 40, ..HERE })?;
            events.started("r", Location { line, byte: 40, ..HERE })?;
        }
        Ok(())
    };
    let message = told(&feed, nested).unwrap_err().to_string();
    let expected = "in/statements.json: line 2, byte 40: a row element (r) within the row element of line 1";
    assert_eq!(message, expected);
}
