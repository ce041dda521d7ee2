//! Amounts that follow each other: the opening one is the closing one before.

use super::{
    element::{Element, FollowFinding, Subject},
    years::years,
};
use crate::{canonical::number, model::ControlCheck};
use bigdecimal::BigDecimal;
use std::collections::{BTreeSet, HashSet};

/// By year and number, or by day; then by part.
type Key = (i64, i128, String, i128);

/// An element at its place.
#[derive(Clone)]
struct Placed {
    key: Key,
    element: Element,
}

/// Judges every new element of one subject; `elements` are those of earlier runs, in their order, then the new ones.
pub fn judge(subject: Subject<'_>, elements: Vec<Element>) -> Vec<FollowFinding> {
    let Subject { name, of } = subject;
    let (known, _) = in_order(elements.iter().filter(|element| !element.new).cloned().collect());
    let met = |before: &Element, after: &Element| (before.identity(), after.identity());
    let judged: HashSet<_> = befores(&known)
        .into_iter()
        .zip(&known)
        .filter_map(|(before, after)| Some(met(before?, &after.element)))
        .collect();
    let (placed, twice) = in_order(elements);
    let mut findings = Vec::new();
    for (before, Placed { element, .. }) in befores(&placed).into_iter().zip(&placed) {
        let position = &element.position;
        if element.new && !position.problem.is_empty() {
            let problem = format!("{name}{of}: {}", position.problem);
            findings.push(element.found(ControlCheck::Failed, "", "", problem));
            continue;
        }
        let absent = [("opening", &position.opening), ("closing", &position.closing)];
        let absent: Vec<&str> =
            absent.iter().filter(|(_, amount)| amount.is_empty()).map(|(key, _)| *key).collect();
        match before.filter(|before| !judged.contains(&met(before, element))) {
            Some(before) => findings
                .extend(told(before, element, &placed).map(|told| compare(subject, (before, element), told))),
            None if element.new && absent.is_empty() => {
                findings.push(element.found(ControlCheck::Skipped, &position.opening, "", String::new()));
            }
            None => {}
        }
        let is_part = element.part() > 1 || goes_on(element, &placed);
        if element.new && !absent.is_empty() && !is_part {
            let problem = format!("{name}{of}: {} is not there", absent.join(" and "));
            findings.push(element.found(ControlCheck::NotDeclared, "", "", problem));
        }
    }
    let skipped = twice.iter().filter(|element| element.new);
    findings.extend(skipped.map(|element| element.found(ControlCheck::Skipped, "", "", String::new())));
    findings
}

/// Another part of the element is there: it closes on that one.
fn goes_on(element: &Element, placed: &[Placed]) -> bool {
    let later =
        |other: &Placed| other.element.number() == element.number() && other.element.part() > element.part();
    element.part() > 0 && element.number().is_some() && placed.iter().any(later)
}

/// What each element's opening amount is to be compared with: the element before, where both have the amount. One
/// without a closing amount hides those before it, but a page without amounts of an element that has some hides none.
fn befores(placed: &[Placed]) -> Vec<Option<&Element>> {
    let statement = |one: &Placed| (one.key.0, one.element.number());
    let speaking: BTreeSet<_> =
        placed.iter().filter(|one| one.element.speaks() && one.element.part() > 0).map(statement).collect();
    let mut last: Option<&Element> = None;
    let mut befores = Vec::with_capacity(placed.len());
    for one in placed {
        let element = &one.element;
        let is_covered = !element.speaks()
            && element.part() > 0
            && element.number().is_some()
            && element.position.problem.is_empty()
            && speaking.contains(&statement(one));
        befores.push(last.filter(|_| element.speaks() && !element.position.opening.is_empty()));
        if !is_covered {
            last = Some(element).filter(|element| element.speaks() && !element.position.closing.is_empty());
        }
    }
    befores
}

/// The new element that two are told of: one of them, or a page of one of them, which made them neighbours.
fn told<'p>(before: &'p Element, after: &'p Element, placed: &'p [Placed]) -> Option<&'p Element> {
    let new = || placed.iter().map(|one| &one.element).filter(|element| element.new);
    let page = |element: &&Element| [before.number(), after.number()].contains(&element.number());
    [after, before].into_iter().find(|one| one.new).or_else(|| new().find(page)).or_else(|| new().next())
}

fn compare(
    Subject { name, of }: Subject<'_>,
    (before, after): (&Element, &Element),
    told: &Element,
) -> FollowFinding {
    let (closing, opening) = (&before.position.closing, &after.position.opening);
    // The ledger and the converter give canonical decimals.
    let amount = |text: &str| text.parse::<BigDecimal>().unwrap_or_default();
    let difference = amount(opening) - amount(closing);
    if difference == BigDecimal::default() {
        return told.found(ControlCheck::Held, opening, closing, String::new());
    }
    let which = |element: &Element| match element.position.number.as_str() {
        "" => String::new(),
        number => format!(" {number}"),
    };
    let problem = format!(
        "{name}{of}: {} closes{} with {closing}, {} opens{} with {opening}: a difference of {}",
        before.shown(),
        which(before),
        after.shown(),
        which(after),
        number::of_big(&difference)
    );
    told.found(ControlCheck::Failed, opening, closing, problem)
}

/// The elements as they follow each other: by year and number where all that have an amount have one, else by day,
/// else as they came. What has no such key stays behind what came before it. Of those that come twice the last one
/// counts, at the place of the first; the others are given apart.
fn in_order(elements: Vec<Element>) -> (Vec<Placed>, Vec<Element>) {
    let all = |has: fn(&Element) -> bool| elements.iter().filter(|element| element.speaks()).all(has);
    let numbers = all(|element| element.number().is_some());
    let days = !numbers && all(|element| !element.position.day.is_empty());
    let mut before: Key = (i64::MIN, i128::MIN, String::new(), 0);
    let mut placed: Vec<Placed> = Vec::with_capacity(elements.len());
    for (year, element) in years(&elements).into_iter().zip(elements) {
        match element.number() {
            Some(number) if numbers => before = (year, number, String::new(), element.part()),
            _ if days && !element.position.day.is_empty() => {
                before = (0, 0, element.position.day.clone(), element.part());
            }
            _ => {}
        }
        placed.push(Placed { key: before.clone(), element });
    }
    placed.sort_by(|one, other| one.key.cmp(&other.key));
    let (mut kept, mut twice): (Vec<Placed>, Vec<Element>) = (Vec::new(), Vec::new());
    for one in placed {
        // As they come, only the same one at once comes twice. Of one day any may, unless it follows the last one.
        let reach = if numbers || days { usize::MAX } else { 1 };
        let follows = kept.last().is_some_and(|last| {
            last.element.position.closing == one.element.position.opening && one.element.speaks()
        });
        let is_twice = |other: &Placed| {
            let (a, b) = (&other.element.position, &one.element.position);
            if numbers {
                return one.element.number().is_some() && other.element.number().is_some();
            }
            !follows
                && one.element.speaks()
                && (&a.day, &a.part, &a.opening, &a.closing) == (&b.day, &b.part, &b.opening, &b.closing)
        };
        let mut same = kept.iter_mut().rev().take_while(|other| other.key == one.key).take(reach);
        match same.find(|other| is_twice(other)) {
            Some(other) => twice.push(std::mem::replace(&mut other.element, one.element)),
            None => kept.push(one),
        }
    }
    (kept, twice)
}
