//! Which element is a row, and which repeats within it: by how often it occurs and how many values it holds.

use super::lists;
use crate::{
    feed::path::RowPath,
    profile::{ANY, CONTEXT, DOCUMENT, NodeId, Profile},
};

/// Names that standard messages give to their records: ISO 20022, OFX, SEC, FIXML, `FpML`, SDMX.
const RECORDS: [&str; 13] = [
    "Ntry",
    "CdtTrfTxInf",
    "DrctDbtTxInf",
    "TxInfAndSts",
    "STMTTRN",
    "infoTable",
    "nonDerivativeTransaction",
    "invstOrSec",
    "TrdCaptRpt",
    "PosRpt",
    "trade",
    "Trade",
    "Obs",
];
/// Names that they give to the details of a record.
const DETAILS: [&str; 1] = ["TxDtls"];
/// How much such a name counts.
const KNOWN_NAME: u64 = 16;
/// More values than this make no better row.
const MANY_VALUES: u64 = 30;
/// A document with so many different values has no other rows than a list of single values.
const FEW_VALUES: u64 = 4;
/// A detail whose names are less than this part of the row's, or whose values are less than half of a document that is
/// one row, is joined to it instead …
const SMALL_PART: u64 = 3;
/// … unless it occurs so often in one row.
const MANY_DETAILS: u64 = 10;
/// What repeats and holds less than two fifths of a document's values, or, from three on, less than this part of them,
/// is no list of records: the document is one.
const LIST_PART: u64 = 5;
const LIST_LENGTH: u64 = 3;
/// An element with fewer values is not mentioned as another row.
const TELLING_VALUES: u64 = 3;
/// Other rows that are mentioned.
const MAX_OTHERS: usize = 4;

/// `[xml]`: where rows are.
#[derive(Debug, Clone)]
pub struct RowLayout {
    /// The row element.
    pub row: NodeId,
    /// Its path.
    pub row_path: String,
    /// The detail element and its path from the row.
    pub explode: Option<(NodeId, String)>,
    /// The root element, where all files have the same.
    pub root: Option<String>,
    /// A document holds several rows, or is one of a kind that does.
    pub several: bool,
    /// Other elements that could be the row, for people.
    pub others: Vec<String>,
}

/// Chooses the row; `None` where no element holds a value.
pub(super) fn layout(profile: &Profile) -> Option<RowLayout> {
    let survey = Survey::new(profile);
    let mut found = survey.candidates();
    let first = found.first().copied().or_else(|| survey.trunk())?;
    let row = survey.promoted(first);
    found.retain(|&id| id != row && id != first);
    let explode = survey.detail(row).map(|id| (id, steps(profile, id, row)));
    let others = found.iter().filter(|&&id| {
        survey.own[id] >= TELLING_VALUES && explode.as_ref().is_none_or(|(detail, _)| *detail != id)
    });
    let others = others.take(MAX_OTHERS).map(|&id| {
        let names = survey.row_path(id).unwrap_or_default();
        format!("{names} ({} times, {} values)", profile.node(id).count, survey.own[id])
    });
    let mut roots = profile.children(DOCUMENT);
    let root = roots.next().filter(|_| roots.next().is_none());
    Some(RowLayout {
        row,
        row_path: survey.row_path(row)?,
        others: others.collect(),
        explode,
        several: survey.recurs(row) || survey.known(row, &RECORDS) && profile.node(row).name != "trade",
        root: root.map(|id| profile.node(id).name.clone()),
    })
}

/// An element around the rows, below the root, that stands in every file: also in those without rows.
pub(super) fn proof(profile: &Profile, row: NodeId) -> Option<String> {
    let around = profile.path(profile.node(row).parent, DOCUMENT);
    let everywhere = |id: &&NodeId| profile.node(**id).documents == profile.node(DOCUMENT).count;
    let deepest = around.iter().skip(1).rev().find(everywhere)?;
    let path = format!("/{}", steps(profile, *deepest, DOCUMENT));
    RowPath::parse(&path).is_ok_and(|parsed| same_names(profile, &parsed, *deepest, DOCUMENT)).then_some(path)
}

/// Names from an ancestor down to a node.
pub(super) fn steps(profile: &Profile, id: NodeId, top: NodeId) -> String {
    let names = profile.path(id, top).into_iter().map(|id| {
        let node = profile.node(id);
        format!("{}{}", if node.attribute { "@" } else { "" }, node.name)
    });
    names.collect::<Vec<_>>().join("/")
}

/// The product of how often each step occurs in the one above: 1 where nothing can repeat.
pub(super) fn multiplicity(profile: &Profile, id: NodeId, top: NodeId) -> u64 {
    profile.path(id, top).into_iter().fold(1, |most, id| most.saturating_mul(profile.node(id).most))
}

/// Counts of values, per element.
struct Survey<'p> {
    profile: &'p Profile,
    /// Values at and below an element.
    all: Vec<u64>,
    /// The same without those of elements that repeat below it and hold several.
    own: Vec<u64>,
    /// How often there are values at and below an element.
    volume: Vec<u64>,
    /// Elements of lists of names and values, and all that stands in them.
    named: Vec<bool>,
}

impl<'p> Survey<'p> {
    fn new(profile: &'p Profile) -> Self {
        let length = profile.ids().end;
        let (mut all, mut own, mut volume) = (vec![0; length], vec![0; length], vec![0; length]);
        let mut named = vec![false; length];
        for id in profile.ids() {
            named[id] = named[profile.node(id).parent] || lists::named(profile, id).is_some();
        }
        // Children come after their parents, so from the end every subtree is complete before it is added.
        for id in profile.ids().rev() {
            let value = u64::from(profile.is_value(id));
            all[id] += value;
            own[id] += value;
            let node = profile.node(id);
            volume[id] += if value > 0 { node.count } else { 0 };
            volume[node.parent] += volume[id];
            all[node.parent] += all[id];
            if named[id] && !named[node.parent] {
                own[node.parent] += lists::named(profile, id).map_or(0, |list| list.names.len() as u64);
            } else if node.most < 2 || all[id] < 2 {
                own[node.parent] += own[id];
            }
        }
        Self { profile, all, own, volume, named }
    }

    fn is_element(&self, id: NodeId) -> bool {
        !self.profile.node(id).attribute
    }

    fn known(&self, id: NodeId, names: &[&str]) -> bool {
        self.is_element(id) && names.contains(&self.profile.node(id).name.as_str())
    }

    /// It repeats, or something above it does.
    fn recurs(&self, id: NodeId) -> bool {
        multiplicity(self.profile, id, DOCUMENT) > 1
    }

    fn score(&self, id: NodeId) -> u64 {
        let known = if self.known(id, &RECORDS) { KNOWN_NAME } else { 1 };
        self.own[id].min(MANY_VALUES) * self.profile.node(id).count * known
    }

    /// Elements that could be rows, the best first.
    fn candidates(&self) -> Vec<NodeId> {
        let elements = || self.profile.ids().filter(|&id| self.is_element(id) && self.row_path(id).is_some());
        let whole = self.volume[DOCUMENT];
        let several = |&id: &NodeId| {
            let list = self.profile.node(id).count > 1
                && self.recurs(id)
                && !self.named[id]
                && (self.volume[id] * 5 >= whole * 2
                    || self.profile.node(id).count >= LIST_LENGTH && self.volume[id] * LIST_PART >= whole);
            self.own[id] >= 2 && (list || self.known(id, &RECORDS))
        };
        let mut found: Vec<NodeId> = elements().filter(several).collect();
        // A list of single values is the row only where there is little else.
        if found.is_empty() && self.all[DOCUMENT] <= FEW_VALUES {
            found = elements().filter(|&id| self.own[id] > 0 && self.profile.node(id).most > 1).collect();
        }
        found.sort_by_key(|&id| (std::cmp::Reverse(self.score(id)), id));
        found
    }

    /// Where nothing repeats: the lowest element that holds all values but those of the envelope around it, so that a
    /// document is one row however it is built.
    fn trunk(&self) -> Option<NodeId> {
        let mut at = DOCUMENT;
        loop {
            let inner: Vec<NodeId> =
                (self.profile.children(at)).filter(|&id| self.is_element(id) && self.all[id] > 0).collect();
            let [only] = inner.as_slice() else { break };
            let leaf = !self.profile.children(*only).any(|id| self.is_element(id));
            if self.row_path(*only).is_none() || at != DOCUMENT && (leaf || self.profile.node(*only).most > 1)
            {
                break;
            }
            at = *only;
        }
        (at != DOCUMENT).then_some(at)
    }

    /// The element itself, or the one around it whose detail it is: taken alone, it would lose those without any.
    fn promoted(&self, id: NodeId) -> NodeId {
        if self.known(id, &RECORDS) {
            return id;
        }
        let above = self.profile.path(self.profile.node(id).parent, DOCUMENT);
        let holder = above.into_iter().rev().find(|&holder| {
            let (own, holders) = (self.own[holder], self.profile.node(holder).count);
            let few = self.profile.node(id).count < holders * 4;
            let lacking = self.profile.path(id, holder).iter().any(|&step| !self.profile.always(step));
            // A holder with next to nothing of its own is an envelope, like the day around exchange rates.
            let rich = own >= 2 && own * 2 >= self.own[id];
            self.known(holder, &RECORDS) || rich && holders > 1 && self.recurs(holder) && (few || lacking)
        });
        holder.filter(|&holder| self.row_path(holder).is_some()).unwrap_or(id)
    }

    /// The element that repeats within the row and holds the most.
    fn detail(&self, row: NodeId) -> Option<NodeId> {
        let within = |&id: &NodeId| {
            let path = self.profile.path(id, row);
            let inside = path.first().is_some_and(|&top| self.profile.node(top).parent == row);
            let outermost = path
                .iter()
                .rev()
                .skip(1)
                .all(|&step| self.profile.node(step).most < 2 || self.all[step] == self.all[id]);
            let most = multiplicity(self.profile, id, row);
            let large = self.own[id] >= 2
                && (self.own[id] * SMALL_PART >= self.own[row]
                    && (self.profile.node(row).count > 1 || self.volume[id] * 2 >= self.volume[row])
                    || most >= MANY_DETAILS)
                && !self.named[id];
            let repeats = most > 1 && large && outermost;
            inside && self.is_element(id) && (repeats || self.known(id, &DETAILS)) && self.parses(id, row)
        };
        let known = |id: NodeId| u64::from(self.known(id, &DETAILS));
        self.profile
            .ids()
            .filter(within)
            .max_by_key(|&id| (known(id), self.own[id] * self.profile.node(id).count, id))
    }

    fn parses(&self, id: NodeId, top: NodeId) -> bool {
        let text = steps(self.profile, id, top);
        RowPath::parse(&text).is_ok_and(|path| same_names(self.profile, &path, id, top))
    }

    /// The shortest path of at least two steps that selects this element alone; `None` where its names
    /// cannot stand in a path.
    fn row_path(&self, id: NodeId) -> Option<String> {
        if self.profile.node(id).name == ANY {
            let around = steps(self.profile, self.profile.node(id).parent, DOCUMENT);
            return Some(format!("/{around}/{ANY}[@{CONTEXT}]"));
        }
        let whole = format!("/{}", steps(self.profile, id, DOCUMENT));
        let parsed = RowPath::parse(&whole).ok()?;
        if !same_names(self.profile, &parsed, id, DOCUMENT) {
            return None;
        }
        let path = self.profile.path(id, DOCUMENT);
        if self.profile.incomplete || path.len() < 2 {
            return Some(whole);
        }
        let twins: Vec<NodeId> = (self.profile.ids())
            .filter(|&other| {
                other != id
                    && self.is_element(other)
                    && self.profile.node(other).name == self.profile.node(id).name
            })
            .collect();
        let names = |id| -> Vec<&str> {
            self.profile
                .path(id, DOCUMENT)
                .into_iter()
                .map(|id| self.profile.node(id).name.as_str())
                .collect()
        };
        let own = names(id);
        let alone = |length: &usize| {
            let end = &own[own.len() - length..];
            twins.iter().all(|&twin| !names(twin).ends_with(end))
        };
        let length = (2..own.len()).find(alone);
        Some(length.map_or(whole, |length| own[own.len() - length..].join("/")))
    }
}

/// The path's steps are the names of the nodes, so that no character of a name meant something else.
fn same_names(profile: &Profile, path: &RowPath, id: NodeId, top: NodeId) -> bool {
    let nodes = profile.path(id, top);
    nodes.len() == path.steps.len()
        && nodes
            .iter()
            .zip(&path.steps)
            .all(|(&id, step)| profile.node(id).name == step.name && step.predicates.is_empty())
}
