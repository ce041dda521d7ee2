//! Numbers that follow each other: what is missing between them, and what comes twice.

use super::{
    element::{Element, FollowFinding, Subject},
    years::years,
};
use crate::model::ControlCheck;
use std::collections::BTreeMap;

/// What a sequence is like.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own")]
pub struct Rules {
    /// Some element says that its number is the first one.
    pub first: bool,
    /// Some element says that its number is the last one.
    pub last: bool,
    /// A new year may begin with 1.
    pub yearly: bool,
    /// A number may come twice.
    pub repeats: bool,
}

impl Rules {
    /// It has a first or a last one, such as pages have: it is to be there as a whole.
    pub const fn is_whole(self) -> bool {
        self.first || self.last
    }
}

/// Elements by year and number, in their order.
type Numbers<'e> = BTreeMap<(i64, i128), Vec<&'e Element>>;

/// Judges every new element of one subject; `elements` are those of earlier runs, in their order, then the new ones.
/// What earlier runs found missing is told in `notes`.
pub fn judge(
    subject: Subject<'_>,
    rules: Rules,
    elements: &[Element],
    notes: &mut Vec<String>,
) -> Vec<FollowFinding> {
    let mut findings = Vec::new();
    let mut numbers = Numbers::new();
    let years = if rules.yearly { years(elements) } else { vec![0; elements.len()] };
    for (year, element) in years.into_iter().zip(elements) {
        match readable(subject, element) {
            Err(finding) => findings.extend(element.new.then_some(finding)),
            Ok(number) => {
                let others = numbers.entry((year, number)).or_default();
                if element.new && !rules.repeats {
                    findings.extend(repeat(subject, others, element));
                }
                others.push(element);
            }
        }
    }
    gaps(subject, rules, &numbers, &mut findings, notes);
    findings.extend(begins(subject, rules, &numbers).into_iter().chain(not_ended(subject, rules, &numbers)));
    let failed = |element: &Element| {
        findings.iter().any(|one| one.sha256 == element.sha256 && one.ordinal == element.position.ordinal)
    };
    let held: Vec<FollowFinding> = elements
        .iter()
        .filter(|element| element.new && !failed(element))
        .map(|element| element.found(ControlCheck::Held, &element.position.number, "", String::new()))
        .collect();
    findings.extend(held);
    findings
}

/// The element's number, or what is wrong with it.
#[expect(clippy::result_large_err, reason = "a finding is an answer here, and rare")]
fn readable(Subject { name, of }: Subject<'_>, element: &Element) -> Result<i128, FollowFinding> {
    let number = &element.position.number;
    if !element.position.problem.is_empty() {
        let problem = format!("{name}{of}: {}", element.position.problem);
        return Err(element.found(ControlCheck::Failed, number, "", problem));
    }
    if number.is_empty() {
        let problem = format!("{name}{of} is not there");
        return Err(element.found(ControlCheck::NotDeclared, "", "", problem));
    }
    element.number().ok_or_else(|| {
        let problem = format!("{name}{of} has more than 38 digits");
        element.found(ControlCheck::Failed, number, "", problem)
    })
}

/// The same number, and the same part of it, came before.
fn repeat(
    Subject { name, of }: Subject<'_>,
    others: &[&Element],
    element: &Element,
) -> Option<FollowFinding> {
    let other = others.iter().find(|other| other.part() == element.part())?;
    let number = &element.position.number;
    let part = match element.position.part.as_str() {
        "" | "1" => String::new(),
        part => format!(", part {part},"),
    };
    let both = if other.sha256 == element.sha256 {
        let (first, second) = (other.position.line, element.position.line);
        format!("{} has it on lines {first} and {second}", element.shown())
    } else {
        format!("{} has it, and so has {}", other.shown(), element.shown())
    };
    let problem = format!("{name} {number}{part}{of} comes twice: {both}");
    Some(element.found(ControlCheck::Failed, number, "", problem))
}

/// Numbers that are missing between two that are there.
fn gaps(
    subject: Subject<'_>,
    rules: Rules,
    numbers: &Numbers<'_>,
    findings: &mut Vec<FollowFinding>,
    notes: &mut Vec<String>,
) {
    for (before, after) in numbers.iter().zip(numbers.iter().skip(1)) {
        let ((year_before, low), (year, high)) = (*before.0, *after.0);
        let Some((from, to)) = missing((year_before, low), (year, high)) else { continue };
        let Subject { name, of } = subject;
        let which = if from == to { format!("{from}{of} is") } else { format!("{from} to {to}{of} are") };
        let years = year_before != year;
        let shown = |number: i128, year: i64, of: &[&Element]| {
            let year = if years { format!(" in {year}") } else { String::new() };
            let file = of.first().map(|element| element.shown()).unwrap_or_default();
            format!("{file} has {number}{year}")
        };
        let both = format!("{}, {}", shown(low, year_before, before.1), shown(high, year, after.1));
        let around = after.1.iter().chain(before.1).find(|element| element.new);
        // Whatever page comes, the others are to be there.
        let new = around.or_else(|| new(numbers).filter(|_| rules.is_whole()));
        match new {
            Some(element) => {
                let (declared, problem) =
                    (&element.position.number, format!("{name} {which} missing: {both}"));
                findings.push(element.found(ControlCheck::Failed, declared, &from.to_string(), problem));
            }
            None => notes.push(format!("{name} {which} still missing: {both}")),
        }
    }
}

/// The first and the last number that is missing between two years and numbers.
fn missing(before: (i64, i128), after: (i64, i128)) -> Option<(i128, i128)> {
    let next = before.1.checked_add(1)?;
    let restarted = before.0 != after.0 && (after.1 == 1 || after.1 <= before.1);
    let from = if restarted { 1 } else { next };
    (from < after.1).then(|| (from, after.1 - 1))
}

/// The last new element.
fn new<'n, 'e>(numbers: &'n Numbers<'e>) -> Option<&'n &'e Element> {
    numbers.values().rev().flatten().find(|element| element.new)
}

/// The lowest number is not the first one.
fn begins(subject: Subject<'_>, rules: Rules, numbers: &Numbers<'_>) -> Option<FollowFinding> {
    let lowest = numbers.values().next()?.iter().find(|element| element.new);
    let new = lowest.or_else(|| new(numbers))?;
    let problem = not_begun(subject, rules, numbers, Some(new))?;
    Some(new.found(ControlCheck::Failed, &new.position.number, "", problem))
}

/// Why the lowest number is not the first one; `new` came now.
fn not_begun(
    Subject { name, of }: Subject<'_>,
    rules: Rules,
    numbers: &Numbers<'_>,
    new: Option<&Element>,
) -> Option<String> {
    let ((_, number), lowest) = numbers.first_key_value().filter(|_| rules.first)?;
    if lowest.iter().any(|element| element.position.first) {
        return None;
    }
    let new = new.filter(|new| new.number() != Some(*number));
    let new = new.map(|new| format!("; {} has {}", new.shown(), new.position.number)).unwrap_or_default();
    let file = lowest.first()?.shown();
    Some(format!(
        "what stands before {name} {number}{of} is missing: {file} has {number}, and it is not the first{new}"
    ))
}

/// The highest number is not the last one.
fn not_ended(subject: Subject<'_>, rules: Rules, numbers: &Numbers<'_>) -> Option<FollowFinding> {
    let (next, problem) = not_last(subject, rules, numbers)?;
    let new = new(numbers)?;
    Some(new.found(ControlCheck::Failed, &new.position.number, &next.to_string(), problem))
}

/// The number after the highest one, and why that is not the last.
fn not_last(
    Subject { name, of }: Subject<'_>,
    rules: Rules,
    numbers: &Numbers<'_>,
) -> Option<(i128, String)> {
    let ((_, number), highest) = numbers.last_key_value().filter(|_| rules.last)?;
    if highest.iter().any(|element| element.position.last) {
        return None;
    }
    let (next, file) = (number.checked_add(1)?, highest.first()?.shown());
    Some((next, format!("{name} {next}{of} has not come: {file} has {number}, and it is not the last")))
}

/// What is missing of elements of earlier runs, none of which came now.
pub fn unfinished(subject: Subject<'_>, rules: Rules, elements: &[Element]) -> Vec<String> {
    let mut numbers = Numbers::new();
    for element in elements {
        if let Ok(number) = readable(subject, element) {
            numbers.entry((0, number)).or_default().push(element);
        }
    }
    let mut missing = Vec::new();
    missing.extend(not_begun(subject, rules, &numbers, None));
    gaps(subject, rules, &numbers, &mut Vec::new(), &mut missing);
    missing.extend(not_last(subject, rules, &numbers).map(|(_, problem)| problem));
    missing
}
