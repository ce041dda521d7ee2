//! Values of ancestors that rows read, and the proof that none of them came too late.
//!
//! A row takes the values that precede it. If the document later changes what an earlier row was
//! given, that row was wrong: the file is refused, never the value left blank.

use super::{
    plan::SlotRule,
    select::{Context, Span},
    tree::{NodeId, Tree},
};

/// What a route found: the values that are not empty, and how many nodes there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub text: String,
    pub spans: Vec<Span>,
    pub nodes: usize,
}

/// What one slot gave to the rows below one ancestor.
#[derive(Debug)]
struct Given {
    anchor: NodeId,
    /// Steps of the route that lead to the anchor.
    used: usize,
    version: u64,
    /// Line of the first row that read it.
    row_line: u64,
    found: Found,
}

/// A value that came after a row that reads it.
#[derive(Debug)]
pub(super) struct Late {
    pub slot: usize,
    pub row_line: u64,
}

/// All slots.
#[derive(Debug)]
pub(super) struct Ancestors {
    given: Vec<Vec<Given>>,
    /// Changes with every value outside rows.
    version: u64,
    scratch: Found,
    empty: Found,
}

impl Ancestors {
    pub fn new(slots: usize) -> Self {
        Self {
            given: (0..slots).map(|_| Vec::new()).collect(),
            version: 0,
            scratch: Found::default(),
            empty: Found::default(),
        }
    }

    /// What the slot gives to this row.
    pub fn read(&mut self, slot: usize, rules: &[SlotRule], tree: &Tree, context: Context) -> &Found {
        let rule = &rules[slot];
        let Some((anchor, used)) = tree.locate(&rule.route, context) else { return &self.empty };
        let list = &mut self.given[slot];
        let known = list.iter().position(|given| given.anchor == anchor && given.used == used);
        let at = known.unwrap_or_else(|| {
            let row_line = tree.node(context.here).line;
            list.push(Given { anchor, used, version: u64::MAX, row_line, found: Found::default() });
            list.len() - 1
        });
        let given = &mut list[at];
        if given.version != self.version {
            collect(rule, tree, anchor, used, &mut given.found);
            given.version = self.version;
        }
        &self.given[slot][at].found
    }

    /// A remembered element outside rows has ended: what rows were given must still be true.
    pub fn changed(&mut self, rules: &[SlotRule], tree: &Tree) -> Result<(), Late> {
        self.version += 1;
        for (slot, list) in self.given.iter().enumerate() {
            for given in list {
                collect(&rules[slot], tree, given.anchor, given.used, &mut self.scratch);
                if self.scratch != given.found {
                    return Err(Late { slot, row_line: given.row_line });
                }
            }
        }
        Ok(())
    }

    /// The element ends, and with it everything that it gave.
    pub fn forget(&mut self, anchor: NodeId) {
        for list in &mut self.given {
            list.retain(|given| given.anchor < anchor);
        }
        self.version += 1;
    }
}

fn collect(rule: &SlotRule, tree: &Tree, anchor: NodeId, used: usize, found: &mut Found) {
    found.text.clear();
    found.spans.clear();
    found.nodes = 0;
    tree.walk(anchor, &rule.route.steps[used..], &mut |node| {
        let Some(at) = tree.value(node, rule.route.attribute) else { return true };
        found.nodes += 1;
        if at.0 == at.1 {
            return true;
        }
        let start = found.text.len();
        found.text.push_str(tree.text(at));
        found.spans.push(Span { at: (start, found.text.len()), line: tree.node(node).line });
        !rule.first_only
    });
    if rule.first_only {
        // Nothing after the first value matters.
        found.nodes = found.nodes.min(1);
    }
}
