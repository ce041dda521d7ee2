//! A scope of a control that has ended → what its numbers say.

use super::{
    declared::{FoundNumber, FoundNumbers, read},
    tally::{GroupId, Groups, NO_GROUP, Tally},
};
use crate::{
    canonical::number,
    error::Result,
    feed::{Control, TermValue},
    model::ControlCheck,
};
use bigdecimal::BigDecimal;
use std::collections::BTreeSet;

/// What came of one group of one scope.
pub(super) struct Judgement {
    pub checked: ControlCheck,
    pub group: GroupId,
    pub declared: Option<String>,
    pub counted: String,
    /// What is wrong, in words; empty where nothing is.
    pub problem: String,
}

/// A scope that has ended.
pub(super) struct EndedScope<'s> {
    pub control: &'s Control,
    pub tally: &'s Tally,
    /// Per declared path, in order: the number first, then the paths among the terms.
    pub found: &'s [FoundNumbers],
    pub names: &'s Groups,
}

/// What is checked of a group: its rows, or all of them.
type Scoped = Option<GroupId>;

impl EndedScope<'_> {
    /// Tells one judgement per group, at least one; each by itself, since there may be many groups.
    pub fn judge(&self, mut tell: impl FnMut(Judgement) -> Result<()>) -> Result<()> {
        if self.found.iter().any(|found| found.unclear) {
            let problem = "the path counts elements that hold rows: a position cannot tell which is meant";
            return tell(self.failed(NO_GROUP, None, String::new(), problem.to_owned()));
        }
        let mut groups: BTreeSet<GroupId> = self.found[0].groups().collect();
        if self.control.group.is_none() || groups.contains(&NO_GROUP) {
            // A number of no group is about all rows, whatever group they have.
            groups.insert(NO_GROUP);
        } else {
            groups.extend(self.tally.groups());
            groups.extend(self.found[1..].iter().flat_map(FoundNumbers::groups));
        }
        if groups.is_empty() {
            groups.insert(NO_GROUP);
        }
        groups.into_iter().try_for_each(|group| tell(self.judge_group(group)))
    }

    /// Sign codes of the group's numbers that no list names.
    pub fn unlisted(&self, group: GroupId) -> Vec<String> {
        self.found.iter().filter_map(|found| found.get(group)?.unlisted().cloned()).collect()
    }

    fn judge_group(&self, group: GroupId) -> Judgement {
        let declared = self.found[0].get(group);
        let whole = self.control.group.is_none() || (group == NO_GROUP && declared.is_some());
        let rows = if whole { None } else { Some(group) };
        let counted = self.counted(rows);
        let shown = declared.map(FoundNumber::shown);
        let Some(found) = declared else {
            let counted = counted.ok().flatten().map_or_else(String::new, |sum| number::of_big(&sum));
            return self.without_number(group, rows, None, counted);
        };
        match (found.number(), counted) {
            (Err(problem), _) | (_, Err(problem)) => self.failed(group, shown, String::new(), problem),
            (Ok(_), Ok(None)) => self.without_number(group, None, shown, String::new()),
            // Over a run, single files prove nothing.
            (Ok(declared), Ok(Some(counted))) if self.control.over_run || declared == counted => Judgement {
                checked: ControlCheck::Held,
                group,
                declared: shown,
                counted: number::of_big(&counted),
                problem: String::new(),
            },
            (Ok(declared), Ok(Some(counted))) => {
                let (declared, counted) = (number::of_big(&declared), number::of_big(&counted));
                let problem = format!("the file declares {declared}, but {counted} was counted");
                self.failed(group, shown, counted, problem)
            }
        }
    }

    fn failed(
        &self,
        group: GroupId,
        declared: Option<String>,
        counted: String,
        problem: String,
    ) -> Judgement {
        let problem = self.of_group(group, problem);
        Judgement { checked: ControlCheck::Failed, group, declared, counted, problem }
    }

    fn of_group(&self, group: GroupId, problem: String) -> String {
        match self.names.name(group) {
            "" => problem,
            name => format!("in {name}, {problem}"),
        }
    }

    /// The number, or one of the terms, is not there.
    fn without_number(
        &self,
        group: GroupId,
        rows: Scoped,
        declared: Option<String>,
        counted: String,
    ) -> Judgement {
        let counts = self.control.equals.iter().any(|term| matches!(term.value, TermValue::Count));
        let any = self.tally.rows(rows) > 0 || (counts && self.tally.elements > 0);
        let checked = if any { ControlCheck::NotDeclared } else { ControlCheck::Skipped };
        let text = if declared.is_none() {
            self.control.path.text.as_str()
        } else {
            let lacks = |found: &FoundNumbers| rows_group(found, group).is_none();
            let absent = self.paths().zip(&self.found[1..]).find(|(_, found)| lacks(found));
            absent.map_or("a number", |(text, _)| text)
        };
        let what = format!("{text} is not there");
        let problem = self.of_group(group, what);
        Judgement { checked, group, declared, counted, problem }
    }

    /// The paths among the terms, as written.
    fn paths(&self) -> impl Iterator<Item = &str> {
        self.control.equals.iter().filter_map(|term| match &term.value {
            TermValue::Path(path) => Some(path.text.as_str()),
            _ => None,
        })
    }

    /// What the terms come to; `None`: one of them is declared by the file, and not there.
    fn counted(&self, rows: Scoped) -> Result<Option<BigDecimal>, String> {
        let mut total = BigDecimal::default();
        let mut found = self.found.iter().skip(1);
        let mut sums = 0;
        for term in &self.control.equals {
            let value = match &term.value {
                TermValue::Count => BigDecimal::from(self.tally.elements),
                TermValue::Rows => BigDecimal::from(self.tally.rows(rows)),
                TermValue::Sum(_) => {
                    sums += 1;
                    self.tally.sum(sums - 1, rows)
                }
                TermValue::Path(_) => {
                    let group = rows.unwrap_or(NO_GROUP);
                    match found.next().and_then(|found| rows_group(found, group)) {
                        Some(found) => found.number()?,
                        // Over a run, a number that is not there adds nothing.
                        None if self.control.over_run => continue,
                        None => return Ok(None),
                    }
                }
                TermValue::Number(text) => read(text)?,
            };
            total = if term.negative { total - value } else { total + value };
        }
        Ok(Some(total))
    }
}

/// The number of this group; or the only one there is, where one of the two names no group.
fn rows_group(found: &FoundNumbers, group: GroupId) -> Option<&FoundNumber> {
    found.get(group).or_else(|| {
        found.only().filter(|(other, _)| group == NO_GROUP || *other == NO_GROUP).map(|(_, found)| found)
    })
}
