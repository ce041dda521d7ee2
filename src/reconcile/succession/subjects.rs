//! What is judged by itself, such as the balances of one currency, and what it shares with others: the account. A
//! statement that comes while another one of its account lacks pages tells of it, and one without balances stands
//! between those of every currency.

use super::{
    continuity,
    element::{self, Element, FollowFinding, Subject},
    sequence::{self, Rules},
};
use crate::{
    feed::{Succession, SuccessionRule, path::Path},
    model::{ControlCheck, Standing, checksum},
};
use std::collections::BTreeMap;

/// What is found of all elements that share a group.
#[derive(Default)]
pub struct JudgedGroup {
    pub findings: Vec<FollowFinding>,
    /// Something of earlier runs is not whole.
    pub waits: bool,
}

/// The values of `by`.
pub fn values(one: &Succession, position: &Standing) -> Vec<String> {
    let mut values = position.by.clone();
    values.resize(one.by.len(), String::new());
    values
}

/// What an element is judged together within: its values of `by` without those that tell members apart.
pub fn group(one: &Succession, position: &Standing) -> String {
    let values = values(one, position);
    let shared = (0..values.len()).filter(|n| !tells_apart(one, *n)).map(|n| values[n].as_str());
    checksum::encode(shared)
}

/// Of what has a first or a last number, the last value names it: the statement that has pages. Of a continuity, the
/// values of details do: the currency of balances.
fn tells_apart(one: &Succession, n: usize) -> bool {
    match &one.rule {
        SuccessionRule::Sequence { first, last, .. } => {
            n + 1 == one.by.len() && !(first.is_empty() && last.is_empty())
        }
        SuccessionRule::Continuity { .. } => one.explode.as_ref().is_some_and(|explode| {
            let begins = |path: &Path| {
                path.up == 0
                    && path.steps.len() >= explode.steps.len()
                    && path.steps.iter().zip(&explode.steps).all(|(a, b)| a.name == b.name)
            };
            one.by[n].1.iter().any(begins)
        }),
    }
}

/// Judges the elements of one group, those of earlier runs in their order, then the new ones.
pub fn judge(one: &Succession, elements: &[Element], notes: &mut Vec<String>) -> JudgedGroup {
    let mut all: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (n, element) in elements.iter().enumerate() {
        all.entry(values(one, &element.position)).or_default().push(n);
    }
    let mut judged = JudgedGroup::default();
    for (values, members) in &all {
        let of = element::subject(&one.by, values);
        let subject = Subject { name: &one.name, of: &of };
        match &one.rule {
            SuccessionRule::Sequence { first, last, yearly, repeats } => {
                let (first, last) = (!first.is_empty(), !last.is_empty());
                let rules = Rules { first, last, yearly: *yearly, repeats: *repeats };
                sequence_of((subject, rules, members), elements, (&mut judged, notes));
            }
            SuccessionRule::Continuity { .. } => {
                let members = continuing(one, values, elements);
                if members.iter().any(|element| element.new) {
                    judged.findings.extend(continuity::judge(subject, members));
                }
            }
        }
    }
    judged
}

fn sequence_of(
    (subject, rules, members): (Subject<'_>, Rules, &[usize]),
    elements: &[Element],
    (judged, notes): (&mut JudgedGroup, &mut Vec<String>),
) {
    let mine: Vec<Element> = members.iter().map(|n| elements[*n].clone()).collect();
    if mine.iter().any(|element| element.new) {
        judged.findings.extend(sequence::judge(subject, rules, &mine, notes));
        return;
    }
    let missing = if rules.is_whole() { sequence::unfinished(subject, rules, &mine) } else { Vec::new() };
    let new = elements.iter().find(|element| element.new);
    let (Some(last), Some(new)) = (members.last(), new) else { return };
    judged.waits |= !missing.is_empty();
    // The run that meets it fails; the later ones say that it is still so.
    let was_told = elements[last + 1..].iter().any(|other| !other.new && other.run != elements[*last].run);
    for problem in missing {
        if was_told {
            notes.push(problem);
        } else {
            let problem = format!("{problem}; {} begins another one", new.shown());
            judged.findings.push(new.found(ControlCheck::Failed, &new.position.number, "", problem));
        }
    }
}

/// The elements of these values, and those without amounts that may be of them too: these stand between.
fn continuing(one: &Succession, of: &[String], elements: &[Element]) -> Vec<Element> {
    let mut members = Vec::new();
    for element in elements {
        let own = values(one, &element.position);
        let may_be =
            |(n, value): (usize, &String)| *value == of[n] || value.is_empty() && tells_apart(one, n);
        if own == *of {
            members.push(element.clone());
        } else if !element.speaks() && own.iter().enumerate().all(may_be) {
            // It is told of where it is judged by itself.
            members.push(Element { new: false, ..element.clone() });
        }
    }
    members
}
