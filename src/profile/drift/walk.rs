//! Where paths of a feed lead in a document's profile, by names alone: what they mention, what they pass, and which of
//! them lead nowhere.

use crate::{
    feed::path::{Condition, Operand, Path, Predicate, RowPath, SELF, Step},
    profile::nodes::{DOCUMENT, NodeId, Profile},
};
use std::collections::BTreeSet;

/// A path that leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Dead {
    /// What it is for.
    pub label: String,
    /// As written in the feed.
    pub path: String,
    /// Nothing is missing: an alternative leads somewhere, or the column or control does without.
    pub spare: bool,
}

/// What following paths through a profile came to so far.
pub(super) struct Walk<'p> {
    pub profile: &'p Profile,
    /// Values that a path ends at.
    pub mentioned: BTreeSet<NodeId>,
    /// Elements that a path leads through.
    pub passed: BTreeSet<NodeId>,
    pub dead: Vec<Dead>,
}

impl<'p> Walk<'p> {
    pub fn new(profile: &'p Profile) -> Self {
        Self { profile, mentioned: BTreeSet::new(), passed: BTreeSet::new(), dead: Vec::new() }
    }

    pub fn note(&mut self, label: &str, path: &str) {
        self.dead.push(Dead { label: label.to_owned(), path: path.to_owned(), spare: false });
    }

    /// Follows alternatives; gives where they end. Where one leads somewhere, the others are spare.
    pub fn paths(&mut self, label: &str, paths: &[Path], from: &[NodeId]) -> Vec<NodeId> {
        let before = self.dead.len();
        let ends: Vec<NodeId> = paths.iter().flat_map(|path| self.path(label, path, from)).collect();
        if !ends.is_empty() {
            self.spare(before);
        }
        ends
    }

    /// What was found dead since then is spare.
    pub fn spare(&mut self, since: usize) {
        for dead in &mut self.dead[since..] {
            dead.spare = true;
        }
    }

    /// Mentions a whole sub-tree.
    pub fn whole(&mut self, id: NodeId) {
        self.mentioned.insert(id);
        for child in self.profile.children(id) {
            self.whole(child);
        }
    }

    /// Follows a path; gives where it ends.
    pub fn path(&mut self, label: &str, path: &Path, from: &[NodeId]) -> Vec<NodeId> {
        let ends = self.follow(path, from);
        if ends.is_empty() && !from.is_empty() {
            self.note(label, &path.text);
        }
        ends
    }

    fn follow(&mut self, path: &Path, from: &[NodeId]) -> Vec<NodeId> {
        let mut starts: BTreeSet<NodeId> = from.iter().copied().collect();
        if path.absolute {
            starts = BTreeSet::from([DOCUMENT]);
        }
        for _ in 0..path.up {
            starts = starts
                .into_iter()
                .filter(|&id| id != DOCUMENT)
                .map(|id| self.profile.node(id).parent)
                .collect();
        }
        let starts: Vec<NodeId> = starts.into_iter().collect();
        let mut ends = self.descend(&starts, &path.steps);
        if let Some(name) = &path.attribute {
            ends = ends.into_iter().filter_map(|id| self.child(id, name, true).next()).collect();
        }
        self.mentioned.extend(&ends);
        ends
    }

    fn child<'n>(
        &self,
        id: NodeId,
        name: &'n str,
        attribute: bool,
    ) -> impl Iterator<Item = NodeId> + use<'n, '_> {
        let profile = self.profile;
        profile.children(id).filter(move |&child| {
            let node = profile.node(child);
            node.attribute == attribute && (name == "*" || node.name == name)
        })
    }

    /// Where child steps lead, with what their predicates mention.
    pub fn descend(&mut self, from: &[NodeId], steps: &[Step]) -> Vec<NodeId> {
        let mut at = from.to_vec();
        for step in steps {
            if step.name == SELF {
                self.predicates(step, &at);
                continue;
            }
            let mut next = Vec::new();
            for id in at {
                let before = next.len();
                next.extend(self.child(id, &step.name, false));
                if next.len() > before {
                    self.passed.insert(id);
                }
            }
            at = next;
            self.predicates(step, &at);
        }
        self.passed.extend(&at);
        at
    }

    /// What predicates mention; one that never holds is seen by the path that it stands in.
    fn predicates(&mut self, step: &Step, at: &[NodeId]) {
        let before = self.dead.len();
        for predicate in &step.predicates {
            if let Predicate::Holds(condition) = predicate {
                self.condition("", condition, at);
            }
        }
        self.dead.truncate(before);
    }

    /// Follows the paths of a condition; gives how many of them lead somewhere.
    pub fn condition(&mut self, label: &str, condition: &Condition, from: &[NodeId]) -> usize {
        match condition {
            Condition::Compares(path, _, operands) => {
                for operand in operands {
                    if let Operand::Path(other) = operand {
                        self.path(label, other, from);
                    }
                }
                usize::from(!self.path(label, path, from).is_empty())
            }
            Condition::Exists(path) => usize::from(!self.path(label, path, from).is_empty()),
            Condition::Not(inner) => self.condition(label, inner, from),
            Condition::And(all) | Condition::Or(all) => {
                all.iter().map(|one| self.condition(label, one, from)).sum()
            }
        }
    }

    /// Elements that a row path selects.
    pub fn anywhere(&mut self, path: &RowPath) -> Vec<NodeId> {
        let profile = self.profile;
        let matches = |&id: &NodeId| {
            let nodes = profile.path(id, DOCUMENT);
            let (found, wanted) = (nodes.len(), path.steps.len());
            let fits = if path.absolute { found == wanted } else { found >= wanted };
            fits && !profile.node(id).attribute
                && nodes[found.saturating_sub(wanted)..]
                    .iter()
                    .zip(&path.steps)
                    .all(|(&id, step)| step.name == "*" || step.name == profile.node(id).name)
        };
        let found: Vec<NodeId> = profile.ids().filter(matches).collect();
        for &id in &found {
            let nodes = profile.path(id, DOCUMENT);
            for (&node, step) in nodes[nodes.len() - path.steps.len()..].iter().zip(&path.steps) {
                self.predicates(step, &[node]);
            }
        }
        found
    }
}
