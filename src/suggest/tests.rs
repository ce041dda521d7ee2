//! Which rows are suggested to go together, and which columns say so.

use super::{
    Finder,
    alike::{RemainingColumns, plain},
    day, of_feed,
    pairs::{LoneRow, Pair, find},
};
use crate::{
    feed::parse,
    model::{ColumnSummary, Counts, Suggestions, Summary, checksum},
};
use std::{collections::HashSet, fmt::Write as _, path::Path};

/// Columns: reference (key), amount, currency, date, memo.
fn comparison() -> RemainingColumns {
    let column = |name: &str, r#type: &str, key| ColumnSummary {
        name: name.into(),
        r#type: r#type.into(),
        key,
        compared: true,
        in_checksum: true,
        matched: 0,
        mismatched: 0,
        null_theirs: 0,
        null_ours: 0,
        match_rate: String::new(),
    };
    let columns = [
        column("reference", "text", true),
        column("amount", "decimal", false),
        column("currency", "text", false),
        column("date", "date", false),
        column("memo", "text", false),
    ];
    RemainingColumns::new(&columns, &[1, 2, 3])
}

fn row(seq: i64, reference: &str, amount: &str, date: &str, memo: &str) -> LoneRow {
    let magnitude = amount.trim_start_matches('-');
    LoneRow {
        group: format!("{magnitude}\u{1f}EUR"),
        negative: amount.starts_with('-'),
        day: day(date).expect("a date"),
        key: reference.into(),
        plain: plain(reference),
        text: checksum::encode([reference, amount, "EUR", date, memo]),
        seq,
        id: String::new(),
        place: None,
    }
}

fn rows(rows: &[(&str, &str, &str, &str)]) -> Vec<LoneRow> {
    rows.iter()
        .zip(1..)
        .map(|((reference, amount, date, memo), n)| row(n, reference, amount, date, memo))
        .collect()
}

/// (theirs, ours, why, days, others) of each pair.
fn told(pairs: &[Pair]) -> Vec<(&str, &str, &str, u32, u64)> {
    pairs.iter().map(|p| (p.theirs.key.as_str(), p.ours.key.as_str(), p.why(), p.days, p.others)).collect()
}

#[test]
fn amount_and_currency_agree_and_the_date_nearly() {
    let theirs = rows(&[
        ("A", "10", "2026-01-05", ""),
        ("B", "11", "2026-01-05", ""),
        ("C", "12", "2026-01-05", ""),
        ("D", "13", "2026-01-05", ""),
    ]);
    let mut ours = rows(&[
        ("P", "10", "2026-01-05", ""),
        ("Q", "11", "2026-01-08", ""),
        ("R", "12", "2026-01-09", ""),
        ("S", "13", "2026-01-05", ""),
    ]);
    ours[3].group = "13\u{1f}USD".into();
    let pairs = find(theirs.clone(), ours.clone(), 3, &comparison());
    assert_eq!(told(&pairs), [("A", "P", "same_date", 0, 0), ("B", "Q", "near_date", 3, 0)]);
    assert_eq!(told(&find(theirs, ours, 0, &comparison())), [("A", "P", "same_date", 0, 0)]);
}

#[test]
fn the_nearest_date_wins_then_what_agrees_most_and_every_row_is_claimed_once() {
    let theirs = rows(&[
        ("INV-17", "10", "2026-01-05", "rent"),
        ("INV-18", "10", "2026-01-05", "rent"),
        ("INV-19", "10", "2026-01-04", "rent"),
    ]);
    let ours = rows(&[
        ("inv 18", "10", "2026-01-05", "rent"),
        ("X", "10", "2026-01-05", "rent"),
        ("INV19", "10", "2026-01-06", "rent"),
    ]);
    let pairs = find(theirs, ours, 3, &comparison());
    assert_eq!(
        told(&pairs),
        [
            ("INV-18", "inv 18", "reference_alike", 0, 0),
            ("INV-17", "X", "same_date", 0, 0),
            ("INV-19", "INV19", "reference_alike", 2, 0),
        ]
    );
    assert_eq!(
        (pairs[0].compared.equal.as_slice(), pairs[0].compared.alike.as_slice()),
        (&[4][..], &[0][..])
    );
}

#[test]
fn what_fits_as_well_is_counted_on_every_pair_of_it() {
    let theirs = rows(&[("A", "10", "2026-01-05", ""), ("B", "10", "2026-01-05", "")]);
    let ours = rows(&[("P", "10", "2026-01-05", ""), ("Q", "10", "2026-01-05", "")]);
    let pairs = find(theirs, ours, 3, &comparison());
    assert_eq!(told(&pairs), [("A", "P", "same_date", 0, 2), ("B", "Q", "same_date", 0, 2)]);
}

#[test]
fn an_opposite_sign_comes_last() {
    let theirs = rows(&[("A", "10", "2026-01-05", ""), ("B", "-10", "2026-01-05", "")]);
    let ours = rows(&[("P", "-10", "2026-01-05", ""), ("Q", "-10", "2026-01-07", "")]);
    let pairs = find(theirs, ours, 3, &comparison());
    assert_eq!(told(&pairs), [("B", "P", "same_date", 0, 0), ("A", "Q", "opposite_sign", 2, 0)]);
}

/// A database may give the rows in any order.
#[test]
fn the_order_of_the_rows_does_not_matter() {
    let many = |prefix: &str| -> Vec<LoneRow> {
        let of = |n: usize| {
            let (amount, day) = ((n % 3).to_string(), format!("2026-01-{:02}", 1 + n * 7 % 11));
            row(i64::try_from(n).expect("small"), &format!("{prefix}{n:03}"), &amount, &day, ["", "x"][n % 2])
        };
        (0..120).map(of).collect()
    };
    let (theirs, ours) = (many("T"), many("O"));
    let expected = find(theirs.clone(), ours.clone(), 3, &comparison());
    assert!(expected.len() > 100, "{}", expected.len());
    for step in [7, 11, 113] {
        let mixed = |rows: &[LoneRow]| (0..rows.len()).map(|n| rows[n * step % rows.len()].clone()).collect();
        assert_eq!(find(mixed(&theirs), mixed(&ours), 3, &comparison()), expected);
    }
}

/// Keys of other makes are nobody's neighbours, and still all rows of a crowd find somebody.
#[test]
fn a_crowd_of_rows_that_all_fit_is_paired_to_the_last() {
    let many = |prefix: &str| -> Vec<LoneRow> {
        (0..200).map(|n| row(n, &format!("{prefix}{n:03}"), "1", "2026-01-05", "")).collect()
    };
    let pairs = find(many("A"), many("Z"), 3, &comparison());
    assert_eq!(pairs.len(), 200);
}

/// Nothing here may be quadratic: one amount, one day, thousands of rows.
#[test]
fn a_large_group_is_bounded_and_no_row_is_claimed_twice() {
    let many = |prefix: &str| -> Vec<LoneRow> {
        (0..5000).map(|n| row(n, &format!("{prefix}{n:05}"), "1", "2026-01-05", "")).collect()
    };
    let pairs = find(many("INV-"), many("inv "), 3, &comparison());
    let same = |pair: &&Pair| pair.theirs.key[4..] == pair.ours.key[4..];
    assert_eq!(pairs.iter().filter(same).count(), 5000, "keys that are alike meet however many there are");
    let theirs: HashSet<&str> = pairs.iter().map(|p| p.theirs.key.as_str()).collect();
    let ours: HashSet<&str> = pairs.iter().map(|p| p.ours.key.as_str()).collect();
    assert_eq!((theirs.len(), ours.len()), (pairs.len(), pairs.len()));
}

#[test]
fn days_are_those_of_the_calendar() {
    assert_eq!(day("2026-03-01").zip(day("2026-02-28")).map(|(a, b)| a - b), Some(1));
    assert_eq!(day("2026-03-01 23:59:59.5"), day("2026-03-01"));
    for text in ["", "2026", "2026-02-30", "0000-00-00", "infinity!!", "ééééééé"] {
        assert_eq!(day(text), None, "{text}");
    }
}

/// What is chosen of columns written as (name, type, options).
fn chosen(columns: &[(&str, &str, &str)], more: &str) -> Suggestions {
    let mut text = String::from("[feed]\nname = \"f\"\n[xml]\nrow = \"r\"\n");
    for (name, r#type, options) in columns {
        let _ = writeln!(text, "[[column]]\nname = \"{name}\"\ntype = \"{type}\"\n{options}");
    }
    let feeds =
        parse(&(text + more), Path::new("f.toml"), &|_| None).unwrap_or_else(|error| panic!("{error}"));
    of_feed(&feeds[0])
}

#[test]
fn the_columns_are_chosen_where_they_are_certain() {
    let id = ("id", "text", "key = true");
    let (amount, currency) = (("amount", "decimal", "total_by = \"currency\""), ("currency", "text", ""));
    let (value, booked) = (("value", "date", ""), ("booked", "timestamp", ""));
    let names = |s: &Suggestions| [s.amount.clone(), s.currency.clone(), s.date.clone(), s.days.to_string()];

    let found = chosen(&[id, amount, currency, value, booked], "");
    assert_eq!(
        (names(&found), found.note.as_str()),
        (["amount", "currency", "value", "3"].map(str::to_owned), "")
    );
    let found = chosen(&[id, amount, currency, value, booked], "[suggestions]\ndate = \"booked\"\ndays = 0");
    assert_eq!(names(&found), ["amount", "currency", "booked", "0"].map(str::to_owned));
    let fee = ("fee", "decimal", "total_by = \"id\"");
    let found = chosen(&[id, amount, fee, currency, value], "[suggestions]\namount = \"fee\"");
    assert_eq!(names(&found), ["fee", "id", "value", "3"].map(str::to_owned));

    for (columns, more, note) in [
        (&[id, amount, fee, currency, value][..], "", "several columns have total_by"),
        (&[id, currency, value], "", "no column has total_by"),
        (&[id, amount, currency], "", "no compared column is a date"),
        (&[id, amount, currency, ("value", "date", "compare = false")], "", "no compared column is a date"),
        (&[id, amount, currency, value], "[suggestions]\nenabled = false", "switched off"),
    ] {
        let found = chosen(columns, more);
        assert!(found.note.starts_with(note) && found.amount.is_empty(), "{found:?}");
    }
}

#[test]
fn too_many_missing_rows_are_not_even_held() {
    let finish = |theirs: u64, ours: u64| {
        let mut summary: Summary = serde_json::from_value(serde_json::json!({
            "run_id": "f-20260131T070509Z-000001-0123abcd", "feed": "f", "feed_sha256": "", "verdict": "breaks", "started_at": "", "finished_at": "",
            "database": { "product": "", "url": "", "loaded_by": "" }, "files": [], "counts": Counts::default(),
            "columns": [], "totals": [], "controls": [], "absorbed": [], "matched_within_tolerance": 0,
            "parameters": {}, "matched_exported": false, "warnings": [], "timings": {},
            "suggestions": { "pairs": 0, "amount": "a", "currency": "", "date": "d", "days": 3, "note": "" },
        }))
        .expect("a summary");
        (summary.counts.missing_in_ours, summary.counts.missing_in_theirs) = (theirs, ours);
        Finder::new(&summary).finish().1.note
    };
    assert_eq!(finish(50_000, 1), "");
    assert!(finish(1, 50_001).starts_with("not made: more than 50000 rows of one side"));
    assert_eq!(finish(0, 50_001), "", "there is nothing to pair them with");
}
