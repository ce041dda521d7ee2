//! Random days of records that take others back: what stays is what the definition, taken literally, lets stay.

use super::*;
use proptest::prelude::*;

const FEED: &str = "
[xml]
row = 'r'
bad_rows = 'quarantine'
allow_empty = true
[[xml.retraction]]
name = 'cancelled'
where = \"@kind = 'cancel'\"
id = '@id'
of = '@of'
[[xml.retraction]]
name = 'replaced'
where = \"@kind = 'replace'\"
id = '@id'
of = '@of'
effect = 'replace'
[[column]]
name = 'number'
from = 'row_number'
key = true
";

#[derive(Debug, Clone)]
struct Booking {
    kind: &'static str,
    id: u8,
    of: Option<u8>,
}

fn booking() -> impl Strategy<Value = Booking> {
    (
        prop::sample::select(&["new", "new", "new", "cancel", "replace"][..]),
        0_u8..9,
        prop::option::weighted(0.9, 0_u8..9),
    )
        .prop_map(|(kind, id, of)| Booking { kind, id, of })
}

/// The records that a kind of record takes back, each with the number of the one that does.
fn taken(day: &[Booking], kind: &str, n: usize) -> bool {
    let takers = day.iter().enumerate().filter(|(_, taker)| taker.kind == kind);
    let mut takers = takers.filter(|(_, taker)| taker.of == Some(day[n].id));
    takers.any(|(at, taker)| taker.id != day[n].id || n < at)
}

/// Whether the last ones that take back, one after the other, lead back to the id.
fn in_circle(day: &[Booking], kind: &str, id: u8) -> bool {
    let by = |of: u8| {
        day.iter().rfind(|one| one.kind == kind && one.of == Some(of) && one.id != of).map(|one| one.id)
    };
    let mut at = id;
    (0..20).any(|_| match by(at) {
        Some(next) => {
            at = next;
            at == id
        }
        None => false,
    })
}

/// `Some(true)`: a row; `Some(false)`: filtered out; `None`: bad.
fn fate(day: &[Booking], n: usize) -> Option<bool> {
    for kind in ["cancel", "replace"] {
        if taken(day, kind, n) {
            return (!in_circle(day, kind, day[n].id)).then_some(false);
        }
        if day[n].kind != kind {
            continue;
        }
        let met = day.iter().enumerate().filter(|(at, one)| {
            Some(one.id) == day[n].of && taken(day, kind, *at) && !(kind == "cancel" && one.kind == kind)
        });
        let met = met.count();
        let by_another =
            day.iter().any(|one| one.kind == kind && one.of == day[n].of && Some(one.id) != one.of);
        match (met, kind) {
            (0, "cancel") => return None,
            (2.., _) if by_another => return None,
            (1.., "cancel") => return Some(false),
            _ => {}
        }
    }
    Some(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_stays_is_what_nothing_takes_back(day in prop::collection::vec(booking(), 1..14)) {
        let mut xml = "<d>".to_owned();
        for Booking { kind, id, of } in &day {
            let of = of.map(|of| format!(" of='{of}'")).unwrap_or_default();
            let _ = write!(xml, "<r kind='{kind}' id='{id}'{of}/>");
        }
        xml.push_str("</d>");
        let fates: Vec<Option<bool>> = (0..day.len()).map(|n| fate(&day, n)).collect();
        let of_fate = |wanted| (1..).zip(&fates).filter(move |(_, fate)| **fate == wanted).map(|(n, _): (u64, _)| n);
        let done = converted(&feed(FEED), &xml);
        prop_assert_eq!(done.rows(), of_fate(Some(true)).map(|n| n.to_string()).collect::<Vec<_>>());
        let rejects: Vec<u64> = done.rejects.iter().map(|reject| reject.record).collect();
        prop_assert_eq!(rejects, of_fate(None).collect::<Vec<_>>());
    }
}

#[test]
fn details_go_and_stay_with_the_row_element_whose_id_they_share() {
    let tables = FEED.replace("row = 'r'", "row = 'r'\nexplode = 'd'");
    let xml = "<d><r kind='new' id='1'><d/><d/></r><r kind='cancel' id='2' of='1'><d/></r><r kind='new' id='3'><d/><d/></r>\
               <r kind='replace' id='3' of='3'><d/><d/><d/></r></d>";
    assert_eq!(converted(&feed(&tables), xml).rows(), ["6", "7", "8"]);
}

#[test]
fn what_is_passed_over_by_name_takes_nothing_back_and_is_not_taken_back() {
    let tables = FEED.replace("row = 'r'", "row = 'r'\nskip = { total = \"@total\" }");
    let xml = "<d><r kind='new' id='1'/><r kind='cancel' id='2' of='1' total='1'/><r kind='new' id='3' total='1'/>\
               <r kind='cancel' id='4' of='3'/></d>";
    let done = converted(&feed(&tables), xml);
    assert_eq!(done.rows(), ["1"]);
    assert_eq!((done.converted.filtered, done.rejects[0].record), (2, 4));
}

#[test]
fn an_id_counts_within_what_the_feed_says() {
    let tables =
        FEED.replace("row = 'r'", "row = 'a/r'").replace("of = '@of'", "of = '@of'\nwithin = '../@account'");
    let xml = "<d><a account='A'><r kind='new' id='5'/><r kind='cancel' id='9' of='5'/></a>\
               <a account='B'><r kind='new' id='5'/><r kind='cancel' id='8' of='7'/></a></d>";
    let done = converted(&feed(&tables), xml);
    assert_eq!(done.rows(), ["3"]);
    let bad = &done.rejects[0];
    assert_eq!((done.converted.filtered, bad.record, bad.value.as_str()), (2, 4, "7"));
}

#[test]
fn records_that_take_back_each_other_are_bad() {
    let xml =
        "<d><r kind='replace' id='1' of='2'/><r kind='replace' id='2' of='1'/><r kind='new' id='3'/></d>";
    let done = converted(&feed(FEED), xml);
    assert_eq!(done.rows(), ["3"]);
    assert_eq!(done.rejects.iter().map(|reject| reject.record).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn an_id_that_is_not_one_value_is_a_bad_record() {
    let tables = FEED.replace("id = '@id'", "id = 'id'");
    let xml = "<d><r kind='new'><id>1</id></r><r kind='new'><id>1</id><id>2</id></r><r kind='cancel' of='1'><id>3</id></r></d>";
    let done = converted(&feed(&tables), xml);
    assert_eq!(done.converted.filtered, 2);
    assert!(done.rejects[0].reason.contains("retraction id"), "{:?}", done.rejects);
}
