//! What follows what, without a database.

use super::{
    continuity,
    element::{Element, FollowFinding, Subject},
    sequence::{self, Rules},
};
use crate::model::{ControlCheck, Standing};

const SUBJECT: Subject<'static> = Subject { name: "number", of: " of A" };
const OPEN: Rules = Rules { first: false, last: false, yearly: false, repeats: false };
const PAGES: Rules = Rules { first: true, last: true, ..OPEN };

/// An element of a file; `=` before its name: of this run.
fn element(file: &str, make: impl FnOnce(&mut Standing)) -> Element {
    let mut position = Standing { ordinal: 1, line: 1, ..Standing::default() };
    make(&mut position);
    let name = file.trim_start_matches('=');
    Element {
        position,
        file: name.to_owned(),
        sha256: name.to_owned(),
        new: file.starts_with('='),
        run: String::new(),
    }
}

fn numbered(file: &str, number: &str) -> Element {
    element(file, |position| number.clone_into(&mut position.number))
}

/// `day/number`.
fn dated(file: &str, text: &str) -> Element {
    let (day, number) = text.split_once('/').unwrap();
    element(file, |position| {
        day.clone_into(&mut position.day);
        number.clone_into(&mut position.number);
    })
}

/// A page, `<` the first and `>` the last.
fn page(file: &str, text: &str) -> Element {
    element(file, |position| {
        (position.first, position.last) = (text.starts_with('<'), text.ends_with('>'));
        text.trim_matches(['<', '>']).clone_into(&mut position.number);
    })
}

/// `day number opening closing`, `-` for none.
fn amounts(file: &str, text: &str) -> Element {
    let fields: Vec<String> = text.split(' ').map(|field| field.trim_matches('_').to_owned()).collect();
    let [day, number, opening, closing] = <[String; 4]>::try_from(fields).unwrap();
    element(file, |position| {
        *position = Standing { number, day, opening, closing, ..position.clone() };
    })
}

fn problems(findings: &[FollowFinding]) -> Vec<&str> {
    let failed = findings.iter().filter(|one| one.check == ControlCheck::Failed);
    failed.map(|one| one.problem.as_str()).collect()
}

fn sequence(rules: Rules, elements: &[Element]) -> (Vec<FollowFinding>, Vec<String>) {
    let mut notes = Vec::new();
    (sequence::judge(SUBJECT, rules, elements, &mut notes), notes)
}

#[track_caller]
fn fails(rules: Rules, elements: &[Element], expected: &[&str]) {
    assert_eq!(problems(&sequence(rules, elements).0), expected);
}

#[test]
fn a_gap_names_both_files_in_whatever_order_they_come() {
    let gap = ["number 98 of A is missing: a has 97, c has 99"];
    fails(OPEN, &[numbered("a", "97"), numbered("=c", "99")], &gap);
    fails(OPEN, &[numbered("=c", "99"), numbered("=a", "97")], &gap);
    fails(OPEN, &[numbered("=c", "99"), numbered("=b", "98"), numbered("=a", "97")], &[]);
    fails(
        OPEN,
        &[numbered("a", "97"), numbered("d", "101"), numbered("=c", "99")],
        &["number 98 of A is missing: a has 97, c has 99", "number 100 of A is missing: c has 99, d has 101"],
    );
    fails(
        OPEN,
        &[numbered("=a", "1"), numbered("=b", "5")],
        &["number 2 to 4 of A are missing: a has 1, b has 5"],
    );
    fails(OPEN, &[numbered("=a", "97")], &[]);
}

#[test]
fn what_comes_late_closes_the_gap() {
    let (findings, notes) = sequence(OPEN, &[numbered("a", "97"), numbered("c", "99"), numbered("=b", "98")]);
    assert_eq!(findings.iter().map(|one| one.check).collect::<Vec<_>>(), [ControlCheck::Held]);
    assert!(notes.is_empty());
    let (findings, notes) =
        sequence(OPEN, &[numbered("a", "97"), numbered("c", "99"), numbered("=d", "100")]);
    assert!(problems(&findings).is_empty(), "it was told when it came");
    assert_eq!(notes, ["number 98 of A is still missing: a has 97, c has 99"]);
}

#[test]
fn a_number_comes_once_and_its_parts_once_each() {
    fails(
        OPEN,
        &[numbered("a", "97"), numbered("=b", "97")],
        &["number 97 of A comes twice: a has it, and so has b"],
    );
    let part = |file: &str, part: &str| {
        element(file, |position| {
            "97".clone_into(&mut position.number);
            part.clone_into(&mut position.part);
        })
    };
    fails(OPEN, &[part("a", "1"), part("=b", "2")], &[]);
    fails(Rules { repeats: true, ..OPEN }, &[part("a", "2"), part("=b", "2")], &[]);
    fails(
        OPEN,
        &[part("a", "2"), part("=b", "2")],
        &["number 97, part 2, of A comes twice: a has it, and so has b"],
    );
}

#[test]
fn a_year_may_begin_anew_or_go_on() {
    let yearly = Rules { yearly: true, ..OPEN };
    let old = || dated("a", "2026-12-30/250");
    fails(yearly, &[old(), dated("=b", "2027-01-04/1")], &[]);
    fails(yearly, &[old(), dated("=b", "2027-01-04/251")], &[]);
    fails(
        yearly,
        &[old(), dated("=b", "2027-01-04/2")],
        &["number 1 of A is missing: a has 250 in 2026, b has 2 in 2027"],
    );
    fails(
        yearly,
        &[old(), dated("=b", "2027-01-04/253")],
        &["number 251 to 252 of A are missing: a has 250 in 2026, b has 253 in 2027"],
    );
    fails(
        OPEN,
        &[old(), dated("=b", "2027-01-04/1")],
        &["number 2 to 249 of A are missing: b has 1, a has 250"],
    );
}

#[test]
fn every_page_comes() {
    fails(PAGES, &[page("=a", "<1>")], &[]);
    fails(PAGES, &[page("=b", "2>"), page("=a", "<1")], &[]);
    fails(PAGES, &[page("=a", "<1")], &["number 2 of A has not come: a has 1, and it is not the last"]);
    fails(PAGES, &[page("a", "<1"), page("=b", "2>")], &[]);
    fails(
        PAGES,
        &[page("=b", "2>")],
        &["what stands before number 2 of A is missing: b has 2, and it is not the first"],
    );
    fails(PAGES, &[page("a", "<1"), page("=c", "3>")], &["number 2 of A is missing: a has 1, c has 3"]);
}

#[test]
fn what_cannot_be_read_fails_and_what_is_absent_is_told() {
    let bad = element("=a", |position| "number \"x\" is no integer".clone_into(&mut position.problem));
    fails(OPEN, &[bad], &["number of A: number \"x\" is no integer"]);
    let long = "9".repeat(40);
    fails(OPEN, &[numbered("=a", &long)], &["number of A has more than 38 digits"]);
    let (findings, _) = sequence(OPEN, &[numbered("=a", "")]);
    assert_eq!(findings[0].check, ControlCheck::NotDeclared);
    fails(OPEN, &[numbered("a", "-1"), numbered("=b", "0"), numbered("=c", "1")], &[]);
}

#[track_caller]
fn continues(elements: Vec<Element>, expected: &[&str]) -> Vec<ControlCheck> {
    let findings = continuity::judge(SUBJECT, elements);
    assert_eq!(problems(&findings), expected);
    findings.iter().map(|one| one.check).collect()
}

#[test]
fn the_opening_amount_is_the_closing_one_before() {
    use ControlCheck::{Held, Skipped};
    let first = || amounts("a", "2026-03-02 97 100 110");
    assert_eq!(continues(vec![first(), amounts("=b", "2026-03-03 98 110 135.1")], &[]), [Held]);
    assert_eq!(continues(vec![amounts("=a", "2026-03-02 _ 100 110")], &[]), [Skipped]);
    continues(
        vec![first(), amounts("=b", "2026-03-03 98 135 165")],
        &["number of A: a closes 97 with 110, b opens 98 with 135: a difference of 25"],
    );
    // By number, by day, and as they come.
    continues(vec![amounts("=b", "2026-03-01 98 110 1"), amounts("=a", "2026-03-02 97 0 110")], &[]);
    continues(vec![amounts("=b", "2026-03-03 _ 110 1"), amounts("=a", "2026-03-02 _ 0 110")], &[]);
    continues(vec![amounts("=a", "_ _ 0 110"), amounts("=b", "_ _ 110 1")], &[]);
    // One that came late is compared on both sides.
    let late = vec![first(), amounts("c", "2026-03-04 99 135 165"), amounts("=b", "2026-03-03 98 110 135")];
    assert_eq!(continues(late, &[]), [Held, Held]);
}

#[test]
fn amounts_that_are_not_there_prove_nothing() {
    use ControlCheck::{NotDeclared, Skipped};
    let first = || amounts("a", "2026-03-02 _ 100 110");
    assert_eq!(continues(vec![first(), amounts("=b", "2026-03-03 _ _ 1")], &[]), [NotDeclared]);
    let between = amounts("b", "2026-03-03 _ 110 _");
    assert_eq!(continues(vec![first(), between, amounts("=c", "2026-03-04 _ 7 8")], &[]), [Skipped]);
}

#[test]
fn a_page_need_not_open_or_close() {
    use ControlCheck::{Held, NotDeclared, Skipped};
    let page = |file: &str, part: &str, text: &str| {
        let mut element = amounts(file, text);
        part.clone_into(&mut element.position.part);
        element
    };
    let first = || page("=a", "1", "2026-03-02 97 100 _");
    assert_eq!(continues(vec![first()], &[]), [NotDeclared]);
    let rest = vec![first(), page("=b", "2", "2026-03-02 97 _ _"), page("=c", "3", "2026-03-02 97 _ 110")];
    let next = amounts("=d", "2026-03-03 98 110 120");
    let all: Vec<Element> = rest.into_iter().chain([next]).collect();
    assert_eq!(continues(all, &[]).into_iter().filter(|one| *one != Skipped).collect::<Vec<_>>(), [Held]);
}

#[test]
fn a_statement_that_is_sent_again_takes_the_place_of_the_first_one() {
    let again = vec![
        amounts("a", "2026-03-02 97 100 110"),
        amounts("b", "2026-03-03 98 110 120"),
        amounts("=c", "2026-03-02 97 100 110"),
    ];
    continues(again, &[]);
}

/// `day number part opening closing`.
fn paged(file: &str, text: &str) -> Element {
    let fields: Vec<String> = text.split(' ').map(|field| field.trim_matches('_').to_owned()).collect();
    let [day, number, part, opening, closing] = <[String; 5]>::try_from(fields).unwrap();
    element(file, |position| {
        *position = Standing { number, part, day, opening, closing, ..position.clone() };
    })
}

#[test]
fn whatever_page_comes_the_others_are_to_be_there() {
    fails(
        PAGES,
        &[page("b", "2"), page("=c", "3>")],
        &["what stands before number 2 of A is missing: b has 2, and it is not the first; c has 3"],
    );
    fails(
        PAGES,
        &[page("a", "<1"), page("c", "3"), page("=d", "4>")],
        &["number 2 of A is missing: a has 1, c has 3"],
    );
}

#[test]
fn pages_of_a_number_are_of_the_year_of_the_last_one() {
    let yearly = Rules { yearly: true, ..OPEN };
    let old = || paged("a", "2026-12-30 249 _ _ _");
    let pages = |a: &str, b: &str| [paged(a, "2027-01-01 250 1 _ _"), paged(b, "2026-12-31 250 2 _ _")];
    fails(yearly, &[&[old()][..], &pages("=b", "=c")].concat(), &[]);
    let next = [paged("=d", "2027-01-04 1 _ _ _")];
    fails(yearly, &[&[old()][..], &pages("b", "c"), &next].concat(), &[]);
    // A year later the number is another one.
    let later = [paged("=e", "2027-12-31 250 1 _ _"), paged("=f", "2027-12-31 250 2 _ _")];
    let gap = "number 2 to 249 of A are missing: d has 1, e has 250";
    fails(
        yearly,
        &[&[old()][..], &pages("b", "c"), &[paged("d", "2027-01-04 1 _ _ _")], &later].concat(),
        &[gap],
    );
}

#[test]
fn an_element_without_a_day_is_of_the_year_that_its_number_fits_into() {
    let yearly = Rules { yearly: true, ..OPEN };
    let three = || vec![dated("a", "2026-03-02/2"), dated("b", "2026-03-03/3")];
    fails(yearly, &[three(), vec![numbered("=c", "4")]].concat(), &[]);
    fails(yearly, &[three(), vec![numbered("c", "4"), dated("=d", "2026-03-05/5")]].concat(), &[]);
    let turn = vec![dated("a", "2026-12-31/250"), numbered("b", "1"), dated("=c", "2027-01-05/2")];
    fails(yearly, &turn, &[]);
}

#[test]
fn the_opening_amount_of_a_paged_first_statement_of_the_year_is_compared() {
    let old = || amounts("a", "2026-12-31 250 2 3");
    let wrong = "number of A: a closes 250 with 3, b opens 1 with 777: a difference of 774";
    continues(vec![old(), paged("=b", "2026-12-31 1 1 777 _"), paged("=c", "2027-01-04 1 2 _ 4")], &[wrong]);
    // On two nights it is the last page that tells its year.
    continues(vec![old(), paged("b", "2026-12-31 1 1 777 _"), paged("=c", "2027-01-04 1 2 _ 4")], &[wrong]);
    // The number of the year before is another one.
    let years = vec![amounts("z", "2026-01-02 1 0 2"), old(), paged("=b", "2026-12-31 1 1 3 _")];
    continues(years, &[]);
    let years = vec![amounts("z", "2026-01-02 1 0 2"), old(), paged("=b", "2026-12-31 1 1 777 _")];
    continues(years, &[wrong]);
}

#[test]
fn what_has_no_amount_or_an_unreadable_one_stands_between() {
    let first = || amounts("a", "2026-03-02 1 1 2");
    let third = || amounts("=c", "2026-03-04 3 5 6");
    continues(vec![first(), amounts("b", "_ 2 _ _"), third()], &[]);
    let bad = element("=b", |position| {
        "2".clone_into(&mut position.number);
        "closing \"x\" is no decimal".clone_into(&mut position.problem);
    });
    continues(vec![first(), bad, third()], &["number of A: closing \"x\" is no decimal"]);
    // A page without amounts of a statement that has some hides nothing.
    let wrong = "number of A: a closes 1 with 2, c opens 2 with 7: a difference of 5";
    continues(vec![first(), paged("b", "_ 2 1 _ _"), paged("=c", "2026-03-03 2 2 7 8")], &[wrong]);
}

#[test]
fn what_is_sent_again_among_others_of_its_day_takes_its_place() {
    let day = vec![
        amounts("a", "2026-03-02 _ 1 2"),
        amounts("b", "2026-03-02 _ 2 3"),
        amounts("=c", "2026-03-02 _ 1 2"),
        amounts("=d", "2026-03-03 _ 3 4"),
    ];
    continues(day, &[]);
    // The same amounts may also follow.
    let back = vec![
        amounts("a", "2026-03-02 _ 1 2"),
        amounts("b", "2026-03-02 _ 2 1"),
        amounts("=c", "2026-03-02 _ 1 2"),
        amounts("=d", "2026-03-03 _ 2 4"),
    ];
    continues(back, &[]);
}

#[test]
fn pages_of_random_nights_fail_while_one_is_missing() {
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for round in 0..2000 {
        let last = 1 + random(5);
        let mut pages: Vec<u64> = (1..=last).collect();
        for n in (1..pages.len()).rev() {
            pages.swap(n, usize::try_from(random(n as u64 + 1)).unwrap());
        }
        let mut known: Vec<u64> = Vec::new();
        while !pages.is_empty() {
            let night = usize::try_from(1 + random(2)).unwrap().min(pages.len());
            let now: Vec<u64> = pages.drain(..night).collect();
            let written = |number: &u64, mark: &str| {
                let (first, end) =
                    (if *number == 1 { "<" } else { "" }, if *number == last { ">" } else { "" });
                page(&format!("{mark}{number}"), &format!("{first}{number}{end}"))
            };
            let elements: Vec<Element> =
                known.iter().map(|n| written(n, "")).chain(now.iter().map(|n| written(n, "="))).collect();
            known.extend(&now);
            let found = sequence(PAGES, &elements).0;
            let whole = known.len() == usize::try_from(last).unwrap();
            assert_eq!(problems(&found).is_empty(), whole, "round {round}: {known:?} of {last}, now {now:?}");
        }
    }
}
