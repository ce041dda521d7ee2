//! Which element is a row, and which repeats within it: by how often it occurs and how many values it holds.

use crate::{
    feed::path::RowPath,
    profile::{DOCUMENT, NodeId, Profile},
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
/// A detail with less than this part of the row's values is joined to it instead.
const SMALL_PART: u64 = 3;
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
        root: root.map(|id| profile.node(id).name.clone()),
    })
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
}

impl<'p> Survey<'p> {
    fn new(profile: &'p Profile) -> Self {
        let length = profile.ids().end;
        let (mut all, mut own) = (vec![0; length], vec![0; length]);
        // Children come after their parents, so from the end every subtree is complete before it is added.
        for id in profile.ids().rev() {
            let value = u64::from(profile.is_value(id));
            all[id] += value;
            own[id] += value;
            let node = profile.node(id);
            all[node.parent] += all[id];
            if node.most < 2 || all[id] < 2 {
                own[node.parent] += own[id];
            }
        }
        Self { profile, all, own }
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
        let several = |id: &NodeId| {
            self.own[*id] >= 2
                && (self.profile.node(*id).count > 1 && self.recurs(*id) || self.known(*id, &RECORDS))
        };
        let mut found: Vec<NodeId> = elements().filter(several).collect();
        // A list of single values is the row only where there is little else.
        if found.is_empty() && self.all[DOCUMENT] <= FEW_VALUES {
            found = elements().filter(|&id| self.own[id] > 0 && self.profile.node(id).most > 1).collect();
        }
        found.sort_by_key(|&id| (std::cmp::Reverse(self.score(id)), id));
        found
    }

    /// Where nothing repeats: the lowest element that holds most of the values.
    fn trunk(&self) -> Option<NodeId> {
        let elements = self.profile.ids().filter(|&id| self.is_element(id) && self.row_path(id).is_some());
        let most = self.all.get(DOCUMENT).copied().unwrap_or(0);
        let large = elements.filter(|&id| self.all[id] > 0 && self.all[id] * 5 >= most * 3);
        large.max_by_key(|&id| (self.profile.path(id, DOCUMENT).len(), self.all[id], std::cmp::Reverse(id)))
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
            let large = self.own[id] >= 2 && self.own[id] * SMALL_PART >= self.own[row];
            let repeats = multiplicity(self.profile, id, row) > 1 && large && outermost;
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
