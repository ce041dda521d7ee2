//! Follows routes through the tree and decides conditions.

use super::{
    compiled::CompiledFeed,
    route::{Anchor, Hop, Need, Route, Test},
    tree::{DOCUMENT, ElementId, Tree},
};

/// Where a value stands, and on which line its element begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::convert) struct Span {
    pub at: (usize, usize),
    pub line: u64,
}

/// Where routes of a row start.
#[derive(Debug, Clone, Copy)]
pub(in crate::convert) struct Context {
    /// The row element, or the element that a condition is about.
    pub here: ElementId,
    /// The current detail of `explode`.
    pub detail: Option<ElementId>,
}

/// Whether a walk could tell what is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::convert) enum Passed {
    Clear,
    /// A position counts elements of which some are forgotten.
    Unclear,
}

impl Passed {
    pub fn and(self, other: Self) -> Self {
        if self == Self::Unclear { self } else { other }
    }
}

/// A visitor of nodes; `false` stops.
type Visit<'v> = &'v mut dyn FnMut(ElementId) -> bool;

impl Tree {
    /// Where the route starts, and how many of its steps lead there.
    pub fn locate(&self, route: &Route, context: Context) -> Option<(ElementId, usize)> {
        match route.anchor {
            Anchor::Row => Some((context.here, 0)),
            Anchor::Detail => context.detail.map(|detail| (detail, 0)),
            Anchor::Here(up) => self.ancestor(context.here, up).map(|ancestor| (ancestor, 0)),
            Anchor::Ancestor(up) => {
                let from = self.ancestor(context.here, up)?;
                self.bind(from, &route.steps, self.node(context.here).parent())
            }
            Anchor::Document => self.bind(DOCUMENT, &route.steps, context.detail.unwrap_or(context.here)),
            Anchor::Anywhere => None,
        }
    }

    /// The same for a row that is not there: it would stand so many levels beneath `at`. The document's root has rows
    /// at no level that is known, which `usize::MAX` stands for.
    pub fn locate_above(&self, route: &Route, at: ElementId, levels: usize) -> Option<(ElementId, usize)> {
        match route.anchor {
            Anchor::Ancestor(up) => self.bind(self.ancestor(at, up.checked_sub(levels)?)?, &route.steps, at),
            Anchor::Document => self.bind(DOCUMENT, &route.steps, at),
            Anchor::Row | Anchor::Detail | Anchor::Here(_) | Anchor::Anywhere => None,
        }
    }

    /// Steps that name `here` or ancestors of it mean these, not all elements of that name: a row's
    /// `/Document/Stmt/Id` is that of its own statement.
    fn bind(&self, from: ElementId, steps: &[Hop], here: ElementId) -> Option<(ElementId, usize)> {
        let (mut at, mut used) = (from, 0);
        while let Some(hop) = steps.get(used) {
            let Some(next) = self.child_towards(at, here) else { break };
            if hop.name.is_some_and(|name| name != self.node(next).name) {
                break;
            }
            let holds = hop.predicates.iter().all(|need| match need {
                Need::Nth(_) => false,
                Need::Holds(test) => self.holds(test, Context { here: next, detail: None }),
            });
            if !holds {
                return None;
            }
            (at, used) = (next, used + 1);
        }
        Some((at, used))
    }

    /// The child of `at` on the way down to `to`.
    fn child_towards(&self, at: ElementId, to: ElementId) -> Option<ElementId> {
        let mut below = to;
        while below != DOCUMENT {
            let parent = self.node(below).parent();
            if parent == at {
                return Some(below);
            }
            below = parent;
        }
        None
    }

    /// Fills `details` with those of `explode` in a row element.
    pub fn details(&self, compiled: &CompiledFeed<'_>, row: ElementId, details: &mut Vec<ElementId>) {
        details.clear();
        if let Some(explode) = &compiled.explode {
            self.select(explode, Context { here: row, detail: None }, &mut |node| {
                details.push(node);
                true
            });
        }
    }

    /// Visits the elements that the route selects, in document order.
    pub fn select(&self, route: &Route, context: Context, visit: Visit<'_>) {
        if route.anchor == Anchor::Anywhere {
            // Its first step may stand below any element.
            for parent in 0..self.len() {
                if !self.walk(parent, &route.steps, visit) {
                    return;
                }
            }
        } else if let Some((at, used)) = self.locate(route, context) {
            self.walk(at, &route.steps[used..], visit);
        }
    }

    /// Visits what `steps` select below `at`; `false`: the visitor stopped.
    pub fn walk(&self, at: ElementId, steps: &[Hop], visit: Visit<'_>) -> bool {
        let Some((hop, rest)) = steps.split_first() else { return visit(at) };
        if hop.stays {
            let context = Context { here: at, detail: None };
            let holds = hop.predicates.iter().all(|need| match need {
                Need::Nth(_) => false,
                Need::Holds(test) => self.holds(test, context),
            });
            return !holds || self.walk(at, rest, visit);
        }
        let mut position = 0;
        for child in self.children(at) {
            self.count_looks(1);
            if hop.name.is_some_and(|name| name != self.node(child).name) {
                continue;
            }
            position += 1;
            let holds = hop.predicates.iter().all(|need| match need {
                Need::Nth(n) => *n == position,
                Need::Holds(test) => self.holds(test, Context { here: child, detail: None }),
            });
            if holds && !self.walk(child, rest, visit) {
                return false;
            }
        }
        true
    }

    /// Visits what `steps` select below `at` by way of `to`, which stands below it: nothing that ends above `to`.
    pub fn walk_towards(
        &self,
        mut at: ElementId,
        mut steps: &[Hop],
        to: ElementId,
        visit: Visit<'_>,
    ) -> Passed {
        let mut unclear = false;
        while at != to {
            let Some((hop, rest)) = steps.split_first() else { return Passed::Clear };
            let next = if hop.stays { Some(at) } else { self.child_towards(at, to) };
            let Some(next) = next else { return Passed::Clear };
            if !hop.stays && hop.name.is_some_and(|name| name != self.node(next).name) {
                return Passed::Clear;
            }
            for need in &hop.predicates {
                match need {
                    Need::Nth(_) => unclear = true,
                    Need::Holds(test) if self.holds(test, Context { here: next, detail: None }) => {}
                    Need::Holds(_) => return Passed::Clear,
                }
            }
            (at, steps) = (next, rest);
        }
        let mut any = false;
        self.walk(at, steps, &mut |node| {
            any = true;
            unclear || visit(node)
        });
        if unclear && any { Passed::Unclear } else { Passed::Clear }
    }

    /// Decides a condition.
    pub fn holds(&self, condition: &Test, context: Context) -> bool {
        match condition {
            Test::Compares(one) => self.compares(one, context),
            Test::Exists(route) => self.any(route, context),
            Test::Not(inner) => !self.holds(inner, context),
            Test::And(tests) => tests.iter().all(|test| self.holds(test, context)),
            Test::Or(tests) => tests.iter().any(|test| self.holds(test, context)),
        }
    }

    fn any(&self, route: &Route, context: Context) -> bool {
        let mut found = false;
        self.select(route, context, &mut |node| {
            found = self.value(node, route.value).is_some();
            !found
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_no_ancestors_towards_itself() {
        let mut tree = Tree::new();
        let root = tree.open(DOCUMENT, 1, 1);
        let child = tree.open(root, 2, 1);
        assert_eq!(tree.child_towards(DOCUMENT, child), Some(root));
        assert_eq!(tree.child_towards(root, child), Some(child));
        assert_eq!(tree.child_towards(child, child), None);
    }
}
