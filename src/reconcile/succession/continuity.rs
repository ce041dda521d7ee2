//! Amounts that follow each other: the opening one is the closing one before.

use super::element::{Element, FollowFinding, Subject};
use crate::{canonical::number, model::ControlCheck};
use bigdecimal::BigDecimal;

/// Judges every new element of one subject; `elements` are those of earlier runs, in their order, then the new ones.
pub fn judge(subject: Subject<'_>, elements: Vec<Element>) -> Vec<FollowFinding> {
    let Subject { name, of } = subject;
    let mut findings = Vec::new();
    let (unreadable, elements): (Vec<Element>, Vec<Element>) =
        elements.into_iter().partition(|element| !element.position.problem.is_empty());
    for element in unreadable.iter().filter(|element| element.new) {
        let problem = format!("{name}{of}: {}", element.position.problem);
        findings.push(element.found(ControlCheck::Failed, "", "", problem));
    }
    let mut last: Option<&Element> = None;
    let (elements, twice) = in_order(elements);
    for element in &elements {
        let position = &element.position;
        let absent = [("opening", &position.opening), ("closing", &position.closing)];
        let absent: Vec<&str> =
            absent.iter().filter(|(_, amount)| amount.is_empty()).map(|(key, _)| *key).collect();
        let before = last.filter(|before| before.new || element.new);
        match before.filter(|_| !position.opening.is_empty()) {
            Some(before) => findings.push(compare(subject, before, element)),
            None if element.new && absent.is_empty() => {
                findings.push(element.found(ControlCheck::Skipped, &position.opening, "", String::new()));
            }
            None => {}
        }
        let is_part = element.part() > 1 || goes_on(element, &elements);
        if element.new && !absent.is_empty() && !is_part {
            let problem = format!("{name}{of}: {} is not there", absent.join(" and "));
            findings.push(element.found(ControlCheck::NotDeclared, "", "", problem));
        }
        last = Some(element).filter(|element| !element.position.closing.is_empty());
    }
    let skipped = twice.iter().filter(|element| element.new);
    findings.extend(skipped.map(|element| element.found(ControlCheck::Skipped, "", "", String::new())));
    findings
}

/// Another part of the element is there: it closes on that one.
fn goes_on(element: &Element, elements: &[Element]) -> bool {
    let later = |other: &Element| other.number() == element.number() && other.part() > element.part();
    element.part() > 0 && element.number().is_some() && elements.iter().any(later)
}

fn compare(Subject { name, of }: Subject<'_>, before: &Element, after: &Element) -> FollowFinding {
    let (closing, opening) = (&before.position.closing, &after.position.opening);
    let told = if after.new { after } else { before };
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

/// The elements as they follow each other: by year and number where all have one, else by day, else as they came. Of
/// those that come twice the last one counts; the others are given apart.
fn in_order(mut elements: Vec<Element>) -> (Vec<Element>, Vec<Element>) {
    let all = |has: fn(&Element) -> bool| elements.iter().all(has);
    let days = all(|element| !element.position.day.is_empty());
    let numbers = all(|element| element.number().is_some());
    if numbers {
        let year = |element: &Element| if days { element.year().to_owned() } else { String::new() };
        elements.sort_by_cached_key(|element| (year(element), element.number(), element.part()));
    } else if days {
        elements.sort_by_cached_key(|element| (element.position.day.clone(), element.part()));
    }
    let is_twice = |one: &Element, other: &Element| {
        let (a, b) = (&one.position, &other.position);
        let same_number = numbers && (one.number(), one.part()) == (other.number(), other.part());
        same_number && (!days || one.year() == other.year())
            || !numbers
                && (&a.day, &a.part, &a.opening, &a.closing) == (&b.day, &b.part, &b.opening, &b.closing)
    };
    let (mut kept, mut twice): (Vec<Element>, Vec<Element>) = (Vec::new(), Vec::new());
    for element in elements {
        if kept.last().is_some_and(|last| is_twice(last, &element)) {
            twice.extend(kept.pop());
        }
        kept.push(element);
    }
    (kept, twice)
}
