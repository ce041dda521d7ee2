//! The numbers that a file declares about itself: where they stand, and what they mean.

use super::tally::{GroupId, Groups};
use crate::{
    canonical::number,
    convert::{
        cost::allocated,
        paths::{
            Anchor, CompiledColumn, Context, DOCUMENT, DeclaredNumber, ElementId, Passed, Route, SignCode,
            Tree, apply,
        },
    },
    error::excerpt,
    feed::{CodeMeans, Sign},
};
use bigdecimal::BigDecimal;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    str::FromStr,
};

/// The numbers that one path leads to within one scope, per group: never one of several different ones.
#[derive(Debug, Default)]
pub(super) struct FoundNumbers {
    groups: BTreeMap<GroupId, FoundNumber>,
    /// The path counts elements that hold rows: nobody knows which is meant.
    pub unclear: bool,
}

/// The numbers of one group.
#[derive(Debug)]
pub(super) struct FoundNumber {
    number: ReadNumber,
    /// Another one, if there is one.
    other: Option<ReadNumber>,
}

/// A number as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ReadNumber {
    text: String,
    /// Its sign code makes it negative.
    negative: bool,
    /// … even if it is negative already.
    negates: bool,
    /// Why its sign code cannot be read.
    refused: Option<String>,
    /// Its sign code, if no list names it and it was taken as positive.
    unlisted: Option<String>,
}

/// Where a number is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// Everywhere.
    All,
    /// Only by way of this element, which is about to be forgotten.
    Through(ElementId),
}

impl FoundNumbers {
    /// Looks for them in the scope. `by`: the column that has the groups of rows. Gives the bytes that they take more, and
    /// stops where that is more than `room`.
    pub fn collect(
        &mut self,
        declared: &DeclaredNumber<'_>,
        by: Option<&CompiledColumn<'_>>,
        (scope, way): (ElementId, Way),
        tree: &Tree,
        (names, room): (&mut Groups, usize),
    ) -> usize {
        let mut more = 0;
        let groups = &mut self.groups;
        let mut visit = |node: ElementId| {
            let text = tree.value(node, declared.route.value).map(|at| tree.text(at).trim_ascii());
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                let group = group(declared, by, node, tree, names);
                more += add(groups, group, ReadNumber::new(text, declared.sign.as_ref(), node, tree));
            }
            more <= room
        };
        let passed = match way {
            Way::All => everywhere(&declared.route, scope, tree, &mut visit),
            Way::Through(node) => through(&declared.route, scope, node, tree, &mut visit),
        };
        self.unclear |= passed == Passed::Unclear;
        more
    }

    pub fn groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.groups.keys().copied()
    }

    pub fn get(&self, group: GroupId) -> Option<&FoundNumber> {
        self.groups.get(&group)
    }

    /// The only group that there is.
    pub fn only(&self) -> Option<(GroupId, &FoundNumber)> {
        let mut groups = self.groups.iter();
        groups.next().filter(|_| groups.next().is_none()).map(|(group, found)| (*group, found))
    }
}

impl FoundNumber {
    /// The number, unless there are several or it is none.
    pub fn number(&self) -> Result<BigDecimal, String> {
        if let Some(other) = &self.other {
            return Err(format!(
                "the file declares several numbers: {} and {}",
                self.number.shown(),
                other.shown()
            ));
        }
        self.number.read()
    }

    /// Its sign code, if no list names it.
    pub fn unlisted(&self) -> Option<&String> {
        self.number.unlisted.as_ref()
    }

    /// As the summary shows it.
    pub fn shown(&self) -> String {
        self.number.shown()
    }
}

impl ReadNumber {
    fn new(text: &str, sign: Option<&SignCode<'_>>, node: ElementId, tree: &Tree) -> Self {
        let number =
            Self { text: text.to_owned(), negative: false, negates: false, refused: None, unlisted: None };
        let Some(code) = sign else { return number };
        let (text, found) =
            if code.sign.suffix { number::split_code(text) } else { (text, code_of(code, node, tree)) };
        let means = code.sign.means(found);
        let refused = (means == CodeMeans::Unknown)
            .then(|| format!("the declared {text}: {:?} {}", excerpt(found), Sign::refusal(found)));
        let unlisted = (means == CodeMeans::Unlisted).then(|| found.trim().to_owned());
        let negative = means == CodeMeans::Negative;
        Self { text: text.to_owned(), negative, negates: code.sign.negates, refused, unlisted }
    }

    fn read(&self) -> Result<BigDecimal, String> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let mut canonical = canonical(&self.text)?;
        if self.negative {
            number::negate(&mut canonical, 0, self.negates)
                .map_err(|reason| format!("{:?} {reason}", excerpt(&self.text)))?;
        }
        big(&self.text, canonical)
    }

    fn shown(&self) -> String {
        self.read().map_or_else(|_| self.text.clone(), |number| number::of_big(&number))
    }
}

/// Reads a number of the feed.
pub(super) fn read(text: &str) -> Result<BigDecimal, String> {
    big(text, canonical(text)?)
}

/// The canonical text of a declared number; a flag is 1 or 0.
fn canonical(text: &str) -> Result<Vec<u8>, String> {
    let text = match text {
        "true" => "1",
        "false" => "0",
        text => text,
    };
    let mut canonical = Vec::new();
    number::decimal(text, &mut canonical).map_err(|reason| format!("{:?} {reason}", excerpt(text)))?;
    Ok(canonical)
}

fn big(text: &str, canonical: Vec<u8>) -> Result<BigDecimal, String> {
    // Canonical text is ASCII.
    let canonical = String::from_utf8(canonical).unwrap_or_default();
    BigDecimal::from_str(&canonical).map_err(|_| format!("{:?} is not a number", excerpt(text)))
}

fn add(groups: &mut BTreeMap<GroupId, FoundNumber>, group: GroupId, number: ReadNumber) -> usize {
    // The nodes of the map are two thirds full.
    let size = size_of::<FoundNumber>() * 3 / 2 + allocated(number.text.len());
    match groups.entry(group) {
        Entry::Vacant(new) => {
            new.insert(FoundNumber { number, other: None });
            size
        }
        Entry::Occupied(mut known) => {
            let known = known.get_mut();
            if known.other.is_some() || known.number == number {
                return 0;
            }
            if let (Ok(one), Ok(other)) = (known.number.read(), number.read())
                && one == other
            {
                return 0;
            }
            known.other = Some(number);
            size
        }
    }
}

/// Visits what the route selects.
fn everywhere(
    route: &Route,
    scope: ElementId,
    tree: &Tree,
    visit: &mut dyn FnMut(ElementId) -> bool,
) -> Passed {
    let context = Context { here: scope, detail: None };
    match route.anchor {
        Anchor::Document => {
            tree.walk(DOCUMENT, &route.steps, visit);
        }
        // The document has no `ancestor` of its own, so `Here(0)` cannot name it; `per` never is it.
        _ => tree.select(route, context, visit),
    }
    Passed::Clear
}

/// Visits what the route selects by way of `node`: the element itself and what is below it.
fn through(
    route: &Route,
    scope: ElementId,
    node: ElementId,
    tree: &Tree,
    visit: &mut dyn FnMut(ElementId) -> bool,
) -> Passed {
    match route.anchor {
        Anchor::Document => tree.walk_towards(DOCUMENT, &route.steps, node, visit),
        Anchor::Here(up) => match tree.ancestor(scope, up) {
            Some(from) => tree.walk_towards(from, &route.steps, node, visit),
            None => Passed::Clear,
        },
        _ => {
            let mut passed = Passed::Clear;
            let mut above = node;
            while above != DOCUMENT {
                above = tree.node(above).parent();
                passed = passed.and(tree.walk_towards(above, &route.steps, node, visit));
            }
            for parent in node..tree.end(node) {
                tree.walk(parent, &route.steps, visit);
            }
            passed
        }
    }
}

/// The group that a number is of.
fn group(
    declared: &DeclaredNumber<'_>,
    by: Option<&CompiledColumn<'_>>,
    node: ElementId,
    tree: &Tree,
    names: &mut Groups,
) -> GroupId {
    let (Some(route), Some(by)) = (&declared.by, by) else { return super::tally::NO_GROUP };
    let (mut found, mut another) = ("", "");
    tree.select(route, Context { here: node, detail: None }, &mut |at| {
        let text = tree.value(at, route.value).map_or("", |at| tree.text(at).trim());
        if found.is_empty() {
            found = text;
        } else if text != found {
            another = text;
        }
        another.is_empty()
    });
    if !another.is_empty() {
        // Of no group that rows have, so that the control tells of it.
        return names.id(&format!("{found} and {another}"));
    }
    if by.plain {
        return names.id(found);
    }
    // As the rows' own values are made.
    let (mut text, mut other) = (String::new(), String::new());
    apply(&by.column.text, found, &mut text, &mut other);
    names.id(text.trim())
}

/// The sign code of a number; empty: it has none.
fn code_of<'t>(code: &SignCode<'_>, node: ElementId, tree: &'t Tree) -> &'t str {
    let context = Context { here: node, detail: None };
    let mut found = "";
    for route in &code.routes {
        tree.select(route, context, &mut |at| {
            found = tree.value(at, route.value).map_or("", |at| tree.text(at).trim_ascii());
            found.is_empty()
        });
        if !found.is_empty() {
            break;
        }
    }
    found
}
