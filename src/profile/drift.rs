//! A document against a feed: paths that lead nowhere, and values beside mapped ones that no path mentions. So a
//! sender's change of format is seen before it costs anything.
//!
//! Names alone are compared: predicates are taken to hold.

mod walk;

pub use walk::Dead;

use super::nodes::{DOCUMENT, NodeId, Profile};
use crate::feed::{Absent, Feed, Presence, SuccessionRule, TermValue, ValueFrom};
use std::collections::BTreeSet;
use walk::Walk;

/// What differs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// How often each set's row elements occur, by their names alone.
    pub rows: Vec<u64>,
    /// Whether each set's file without rows holds what it must.
    pub may_be_empty: Vec<bool>,
    /// Paths that lead nowhere.
    pub dead: Vec<Dead>,
    /// Values that no path mentions, in document order.
    pub unmapped: Vec<Unmapped>,
}

/// A value, or an element with values below it, that no path mentions.
#[derive(Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// Its names from the root.
    pub path: String,
    /// How often it occurs.
    pub count: u64,
    /// A value of it.
    pub sample: Option<String>,
    /// Values below it, which are not listed by themselves.
    pub below: usize,
}

/// Compares a document's profile with the feeds of one feed file: one per row set.
#[must_use]
pub fn drift(profile: &Profile, feeds: &[Feed]) -> Drift {
    let mut walk = Walk::new(profile);
    let (mut all, mut counts, mut may_be_empty) = (BTreeSet::new(), Vec::new(), Vec::new());
    for feed in feeds {
        let rows = walk.rows(feed);
        walk.columns(feed, &rows);
        walk.controls(feed);
        walk.successions(feed);
        may_be_empty.push(feed.xml.empty_with.iter().any(|path| !walk.anywhere(path).is_empty()));
        counts.push(rows.iter().map(|&id| profile.node(id).count).sum());
        all.extend(rows);
    }
    let rows: Vec<NodeId> = all.into_iter().collect();
    let unmapped = walk.unmapped(&rows);
    Drift { rows: counts, may_be_empty, dead: walk.dead, unmapped }
}

/// Whether a document has rows of this feed and, as far as names say, a value for each column of its key.
#[must_use]
pub fn fits(profile: &Profile, feed: &Feed) -> bool {
    let drift = drift(profile, std::slice::from_ref(feed));
    let keys: Vec<String> = (feed.columns.iter().filter(|column| column.is_key()))
        .map(|column| label(feed, &format!("column {}", column.name)))
        .collect();
    let found = drift.rows.iter().any(|&rows| rows > 0);
    found && !drift.dead.iter().any(|dead| !dead.spare && keys.contains(&dead.label))
}

/// For a message: what it is for, and in which row set.
fn label(feed: &Feed, what: &str) -> String {
    feed.set.as_ref().map_or_else(|| what.to_owned(), |set| format!("set {set}, {what}"))
}

impl Walk<'_> {
    /// The row elements.
    fn rows(&mut self, feed: &Feed) -> Vec<NodeId> {
        let mut rows = BTreeSet::new();
        for path in &feed.xml.row {
            let found = self.anywhere(path);
            if found.is_empty() {
                self.note(&label(feed, "row"), &path.text);
            }
            rows.extend(found);
        }
        let rows: Vec<NodeId> = rows.into_iter().collect();
        if let Some(explode) = &feed.xml.explode
            && self.descend(&rows, &explode.steps).is_empty()
        {
            self.note(&label(feed, "explode"), &explode.text);
        }
        for one in &feed.xml.skip {
            let before = self.dead.len();
            self.condition(&label(feed, &format!("skip {}", one.name)), &one.when, &rows);
            // A file need not hold what is skipped.
            self.spare(before);
        }
        if let Some(filter) = &feed.xml.filter {
            let before = self.dead.len();
            let ends = self.condition(&label(feed, "where"), filter, &rows);
            if ends > 0 {
                self.spare(before);
            }
        }
        rows
    }

    fn columns(&mut self, feed: &Feed, rows: &[NodeId]) {
        for column in &feed.columns {
            let label = label(feed, &format!("column {}", column.name));
            let before = self.dead.len();
            if let ValueFrom::Paths(paths) = &column.source.from {
                let ends = self.paths(&label, paths, rows);
                if column.source.raw {
                    for id in ends {
                        self.whole(id);
                    }
                }
            }
            if let Some(lookup) = &column.source.lookup {
                let label = format!("{label}, lookup");
                let entries = self.anywhere(&lookup.within);
                if entries.is_empty() {
                    self.note(&label, &lookup.within.text);
                }
                self.path(&label, &lookup.id, &entries);
                self.paths(&label, &lookup.values, &entries);
            }
            if let Some(sign) = &column.number.sign {
                self.paths(&format!("{label}, sign"), &sign.paths, rows);
            }
            if let Some(scale) = &column.number.scale_by {
                self.paths(&format!("{label}, scale_by"), &scale.paths, rows);
            }
            if column.source.presence == Presence::Optional {
                self.spare(before);
            }
        }
    }

    fn controls(&mut self, feed: &Feed) {
        for control in &feed.controls {
            let label = label(feed, &format!("control {}", control.name));
            // A file that declares nothing is not checked against it.
            let before = self.dead.len();
            // Without `per`, a control's paths start at any element.
            let from: Vec<NodeId> = match &control.per {
                Some(per) => self.anywhere(per),
                None => (0..self.profile.ids().end).filter(|&id| !self.profile.node(id).attribute).collect(),
            };
            let ends = self.path(&label, &control.path, &from);
            let terms = control.equals.iter().filter_map(|term| match &term.value {
                TermValue::Path(path) => Some(path),
                _ => None,
            });
            for path in terms {
                self.path(&label, path, &from);
            }
            // The sign's path starts where the declared number stands.
            if let Some(sign) = &control.sign {
                self.paths(&format!("{label}, sign"), &sign.paths, &ends);
            }
            if let Some(by) = control.group.as_ref().and_then(|group| group.path.as_ref()) {
                self.path(&format!("{label}, by"), by, &ends);
            }
            self.spare(before);
        }
    }

    fn successions(&mut self, feed: &Feed) {
        for one in &feed.successions {
            let label = label(feed, &format!("{} {}", one.kind(), one.name));
            let from = self.anywhere(&one.per);
            let before = self.dead.len();
            let (needed, others) = match &one.rule {
                SuccessionRule::Sequence { first, last, .. } => (vec![&one.number], vec![first, last]),
                SuccessionRule::Continuity { opening, closing, sign } => {
                    let sign = sign.iter().map(|sign| &sign.paths);
                    (vec![opening, closing], sign.chain([&one.number]).collect())
                }
            };
            for paths in needed {
                self.paths(&label, paths, &from);
            }
            if one.absent == Absent::Accept {
                self.spare(before);
            }
            let before = self.dead.len();
            let by = one.by.iter().map(|(_, paths)| paths);
            for paths in others.into_iter().chain([&one.part, &one.date]).chain(by) {
                self.paths(&label, paths, &from);
            }
            self.spare(before);
        }
    }

    /// What stands in the rows, and beside mapped values outside of them, and is mentioned nowhere.
    fn unmapped(&self, rows: &[NodeId]) -> Vec<Unmapped> {
        let inside = |id: NodeId| self.profile.path(id, DOCUMENT).iter().any(|at| rows.contains(at));
        let above: BTreeSet<NodeId> = rows.iter().flat_map(|&row| self.profile.path(row, DOCUMENT)).collect();
        let beside: BTreeSet<NodeId> = (self.mentioned.iter())
            .filter(|&&id| !inside(id))
            .map(|&id| self.profile.node(id).parent)
            .filter(|&parent| parent != DOCUMENT)
            .collect();
        let mut found = Vec::new();
        for id in self.profile.ids() {
            let is_new = !self.mentioned.contains(&id);
            let parent = self.profile.node(id).parent;
            if is_new && self.profile.is_value(id) && (inside(id) || beside.contains(&parent)) {
                found.push(self.describe(id, 0));
            } else if is_new
                && beside.contains(&parent)
                && !self.passed.contains(&id)
                && !above.contains(&id)
                && !inside(id)
            {
                found.push(self.describe(id, self.below(id)));
            }
        }
        found
    }

    fn below(&self, id: NodeId) -> usize {
        let children = self.profile.children(id);
        children.map(|child| usize::from(self.profile.is_value(child)) + self.below(child)).sum()
    }

    fn describe(&self, id: NodeId, below: usize) -> Unmapped {
        let node = self.profile.node(id);
        Unmapped {
            path: self.profile.shown(id),
            count: node.count,
            sample: node.values.sample.clone(),
            below,
        }
    }
}
