//! Values of ancestors that rows read, and the proof that none of them came too late.
//!
//! A row takes the values that precede it. If the document later changes what an earlier row was
//! given, that row was wrong: the file is refused, never the value left blank. Values that are declared
//! to come late are known from an earlier pass over the same document, which counted the ancestors in the
//! same order.

use super::{
    route::SlotRule,
    select::{Context, Span},
    tree::{ElementId, Tree, Unreadable},
};
use crate::convert::cost::allocated;

/// What a route found: the values that are not empty, and how many nodes there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::convert) struct FoundAbove {
    pub text: String,
    pub spans: Vec<Span>,
    pub nodes: usize,
    /// A condition on the way could not read a value.
    pub unreadable: Option<Box<Unreadable>>,
}

impl FoundAbove {
    /// Bytes beside itself.
    fn size(&self) -> usize {
        allocated(self.text.capacity()) + allocated(self.spans.capacity() * size_of::<Span>())
    }
}

/// Late values per slot, in the order in which rows first read of their ancestors.
#[derive(Debug, Default)]
pub(in crate::convert) struct LateValues {
    values: Vec<Vec<FoundAbove>>,
    /// They come from a whole pass; otherwise this pass collects them.
    pub complete: bool,
}

/// What one slot gave to the rows below one ancestor.
#[derive(Debug)]
struct Given {
    anchor: ElementId,
    /// Steps of the route that lead to the anchor.
    used: usize,
    /// That of the values when it was collected, if it was.
    version: Option<u64>,
    /// Line of the first row that read it.
    row_line: u64,
    /// How many ancestors rows had read for this slot before.
    number: usize,
    found: FoundAbove,
}

/// A value that came after a row that reads it.
#[derive(Debug)]
pub(in crate::convert) struct Late {
    pub slot: usize,
    pub row_line: u64,
}

/// All slots.
#[derive(Debug)]
pub(in crate::convert) struct Ancestors {
    given: Vec<Vec<Given>>,
    /// Per slot: ancestors that rows have read.
    count: Vec<usize>,
    /// Per slot: this pass collects its values for the next one.
    collects: Vec<bool>,
    known: LateValues,
    /// Bytes that are given to rows, and in `known`.
    size: usize,
    /// Changes with every value outside rows.
    version: u64,
    scratch: FoundAbove,
    empty: FoundAbove,
}

impl Ancestors {
    pub fn new(rules: &[SlotRule], mut known: LateValues) -> Self {
        known.values.resize_with(rules.len(), Vec::new);
        let size = known.values.iter().flatten().map(|found| size_of::<FoundAbove>() + found.size()).sum();
        Self {
            given: rules.iter().map(|_| Vec::new()).collect(),
            count: vec![0; rules.len()],
            collects: rules.iter().map(|rule| rule.late && !known.complete).collect(),
            known,
            size,
            version: 0,
            scratch: FoundAbove::default(),
            empty: FoundAbove::default(),
        }
    }

    /// Bytes of what is given to rows, and of late values.
    pub fn size(&self) -> usize {
        self.size
    }

    /// What was collected.
    pub fn into_late_values(self) -> LateValues {
        LateValues { complete: true, ..self.known }
    }

    /// What the slot gives to this row.
    pub fn read(&mut self, slot: usize, rules: &[SlotRule], tree: &Tree, context: Context) -> &FoundAbove {
        let place = tree.locate(&rules[slot].route, context);
        self.give(slot, rules, tree, place, tree.node(context.here).line)
    }

    /// What the slot would give to a row that is not there, so many levels beneath an element.
    pub fn read_above(
        &mut self,
        slot: usize,
        rules: &[SlotRule],
        tree: &Tree,
        (element, levels): (ElementId, usize),
    ) -> &FoundAbove {
        let place = tree.locate_above(&rules[slot].route, element, levels);
        self.give(slot, rules, tree, place, tree.node(element).line)
    }

    /// What the slot gives to whoever stands on this line. `place`: where its route starts, and how many of its steps
    /// lead there.
    fn give(
        &mut self,
        slot: usize,
        rules: &[SlotRule],
        tree: &Tree,
        place: Option<(ElementId, usize)>,
        row_line: u64,
    ) -> &FoundAbove {
        let rule = &rules[slot];
        let Some((anchor, used)) = place else { return &self.empty };
        let list = &mut self.given[slot];
        let seen = list.iter().position(|given| given.anchor == anchor && given.used == used);
        let fixed = rule.late && self.known.complete;
        let at = seen.unwrap_or_else(|| {
            let number = self.count[slot];
            self.count[slot] += 1;
            // Both passes see the same rows, so the number names the same ancestor.
            let found =
                if fixed { self.known.values[slot].get_mut(number).map(std::mem::take) } else { None };
            // What is known counts already.
            let new = if found.is_some() { 0 } else { FoundAbove::default().size() };
            self.size += size_of::<Given>() + new;
            let found = found.unwrap_or_default();
            list.push(Given { anchor, used, version: None, row_line, number, found });
            list.len() - 1
        });
        let given = &mut list[at];
        if given.version != Some(self.version) && !fixed {
            self.size -= given.found.size();
            collect(rule, tree, anchor, used, &mut given.found);
            self.size += given.found.size();
            given.version = Some(self.version);
        }
        &self.given[slot][at].found
    }

    /// A remembered element outside rows has ended: what rows were given must still be true.
    pub fn changed(&mut self, rules: &[SlotRule], tree: &Tree) -> Result<(), Late> {
        self.version += 1;
        for (slot, list) in self.given.iter().enumerate() {
            let rule = &rules[slot];
            // What may come late is collected when its ancestor ends.
            for given in list.iter().filter(|_| !rule.late) {
                collect(rule, tree, given.anchor, given.used, &mut self.scratch);
                if self.scratch != given.found {
                    return Err(Late { slot, row_line: given.row_line });
                }
            }
        }
        Ok(())
    }

    /// The element ends, and with it everything that it gave.
    pub fn forget(&mut self, anchor: ElementId, rules: &[SlotRule], tree: &Tree) {
        for (slot, list) in self.given.iter_mut().enumerate() {
            let values = &mut self.known.values[slot];
            let collects = self.collects[slot];
            list.retain_mut(|given| {
                if given.anchor < anchor {
                    return true;
                }
                self.size -= size_of::<Given>() + given.found.size();
                if collects {
                    let mut found = std::mem::take(&mut given.found);
                    collect(&rules[slot], tree, given.anchor, given.used, &mut found);
                    // As copies: what a shrunk one leaves is too small for others.
                    (found.text, found.spans) = (found.text.as_str().into(), found.spans.as_slice().into());
                    let more = (given.number + 1).saturating_sub(values.len());
                    self.size += found.size() + more * size_of::<FoundAbove>();
                    values.resize_with(values.len() + more, FoundAbove::default);
                    values[given.number] = found;
                }
                false
            });
        }
        self.version += 1;
    }
}

fn collect(rule: &SlotRule, tree: &Tree, anchor: ElementId, used: usize, found: &mut FoundAbove) {
    let before = tree.take_unreadable();
    found.text.clear();
    found.spans.clear();
    found.nodes = 0;
    tree.walk(anchor, &rule.route.steps[used..], &mut |node| {
        let Some(at) = tree.value(node, rule.route.value) else { return true };
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
    found.unreadable = tree.take_unreadable();
    tree.restore_unreadable(before);
}
