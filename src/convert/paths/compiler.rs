//! Makes routes of a feed's paths and conditions, and enters their steps in the trie, so that the elements they
//! touch are remembered.

use super::{
    name::{Name, ValueOf},
    route::{Anchor, Hop, Need, Route, SlotRule, Test},
    trie::{Position, ROW, Trie, VALUES_ANYWHERE, VALUES_FROM_DOCUMENT},
};
use crate::{
    error::Error,
    feed::{
        Feed, Lookup, ValueFrom,
        path::{Condition, Operand, Path, Predicate, RowPath, SELF, Step},
    },
};
use std::collections::BTreeSet;

/// The condition on the `above`-th ancestor of the row as one on the row.
pub(super) fn rebase(condition: &Condition, above: usize) -> Condition {
    let path = |path: &Path| {
        let above = if path.absolute { 0 } else { above };
        let text = format!("{}{}", "../".repeat(above), path.text);
        Path { up: path.up + above, text, ..path.clone() }
    };
    let all = |list: &[Condition]| list.iter().map(|c| rebase(c, above)).collect();
    match condition {
        Condition::Compares(p, operator, operands) => {
            let operand = |operand: &Operand| match operand {
                Operand::Path(other) => Operand::Path(path(other)),
                literal => literal.clone(),
            };
            Condition::Compares(path(p), *operator, operands.iter().map(operand).collect())
        }
        Condition::Exists(p) => Condition::Exists(path(p)),
        Condition::Not(inner) => Condition::Not(Box::new(rebase(inner, above))),
        Condition::And(list) => Condition::And(all(list)),
        Condition::Or(list) => Condition::Or(all(list)),
    }
}

/// What a path is read for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Purpose {
    /// Only its first value counts.
    pub first_only: bool,
    /// It may pass through `explode`.
    pub details: bool,
    /// For everything inside its elements, as it stands.
    pub raw: bool,
}

/// Steps below the row element; `None` outside it, where a path may go up as far as it wants.
type Depth = Option<usize>;

/// Collects what the paths need.
pub(super) struct Compiler<'f> {
    pub feed: &'f Feed,
    pub trie: Trie,
    pub slots: Vec<SlotRule>,
    pub watched: Vec<usize>,
    pub lookups: Vec<&'f Lookup>,
    /// Some path counts elements.
    pub positions: bool,
    pub mistakes: Vec<String>,
    /// What is wrong with the values of parameters, and which names conditions use.
    pub refusals: Vec<Error>,
    pub parameters: BTreeSet<String>,
    /// Where columns have their values, by names.
    pub column_ends: Vec<(Position, ValueOf, usize)>,
    /// The steps of `explode` and the point where they end.
    pub detail: Option<(Vec<Step>, Position)>,
}

impl<'f> Compiler<'f> {
    pub fn new(feed: &'f Feed) -> Self {
        let (slots, watched, lookups, mistakes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            feed,
            trie: Trie::new(),
            slots,
            watched,
            lookups,
            mistakes,
            refusals: Vec::new(),
            parameters: BTreeSet::new(),
            column_ends: Vec::new(),
            positions: false,
            detail: None,
        }
    }

    pub fn step_name(&mut self, step: &Step) -> Option<Name> {
        (step.name != "*").then(|| self.trie.number(&step.name))
    }

    pub fn explode_route(&mut self, path: &RowPath) -> (Route, Position) {
        let (steps, point) = self.hops(&path.steps, ROW, Some(0));
        (Route::new(Anchor::Row, steps, ValueOf::Text, &path.text), point)
    }

    /// A path that is read for a row.
    pub fn route(&mut self, path: &Path, purpose: Purpose) -> Route {
        let within = self.within_row(path);
        let path = within.as_ref().unwrap_or(path);
        if path.absolute {
            self.remember_within_row(path, purpose.raw);
        }
        let (anchor, base, skip) = if path.absolute {
            (Anchor::Document, VALUES_FROM_DOCUMENT, 0)
        } else if path.up > 0 {
            (Anchor::Ancestor(path.up), self.trie.ancestor(path.up), 0)
        } else {
            match &self.detail {
                Some((steps, point)) if purpose.details && passes(&path.steps, steps) => {
                    (Anchor::Detail, *point, steps.len())
                }
                _ => (Anchor::Row, ROW, 0),
            }
        };
        // How many `..` lead from the first step's parent to the row; predicates may leave the row.
        let depth = matches!(anchor, Anchor::Row | Anchor::Detail).then_some(skip);
        let mut rest = path.steps[skip..].to_vec();
        if let (Anchor::Detail, Some(own)) = (anchor, self.condition_on_detail(&path.steps[..skip])) {
            rest.insert(0, own);
        }
        let (steps, point) = self.hops(&rest, base, depth);
        if matches!(anchor, Anchor::Ancestor(_)) {
            self.trie.beside(point);
        }
        let value = self.end(point, path, purpose.raw);
        let by_name = steps.iter().all(|hop| hop.name.is_some() && hop.predicates.is_empty());
        let mut route = Route {
            end: Some(point),
            only: (anchor == Anchor::Row && by_name).then_some(point),
            ..Route::new(anchor, steps, value, &path.text)
        };
        if matches!(anchor, Anchor::Ancestor(_) | Anchor::Document) {
            route.slot = Some(self.slots.len());
            let first_only = purpose.first_only;
            self.slots.push(SlotRule { route: route.clone(), first_only, late: false });
        }
        route
    }

    /// `TxDtls[condition]` where `explode` names `TxDtls`: the current detail, if the condition holds.
    fn condition_on_detail(&self, steps: &[Step]) -> Option<Step> {
        let own = &steps.last()?.predicates;
        let (explode, _) = self.detail.as_ref()?;
        let more = !own.is_empty() && *own != explode.last()?.predicates;
        more.then(|| Step { name: SELF.to_owned(), predicates: own.clone() })
    }

    /// An absolute path through an absolute row path, as a path relative to the row.
    pub fn within_row(&self, path: &Path) -> Option<Path> {
        let [row] = self.feed.xml.row.as_slice() else { return None };
        if !path.absolute || !row.absolute || !begins_with(&path.steps, &row.steps) {
            return None;
        }
        let steps = path.steps[row.steps.len()..].to_vec();
        Some(Path { absolute: false, up: 0, steps, ..path.clone() })
    }

    /// Where rows stand at any depth, an absolute path may turn out to lead into the row.
    fn remember_within_row(&mut self, path: &Path, raw: bool) {
        let feed = self.feed;
        for row in &feed.xml.row {
            for start in 0..path.steps.len() {
                if begins_with(&path.steps[start..], &row.steps) {
                    let (_, point) = self.hops(&path.steps[start + row.steps.len()..], ROW, None);
                    self.end(point, path, raw);
                }
            }
        }
    }

    /// A condition that is read for a row.
    pub fn condition(&mut self, condition: &Condition, details: bool) -> Test {
        self.test(condition, &mut |compiler, path| {
            compiler.refuse_into_row(path);
            let route = compiler.route(path, Purpose { details, ..Purpose::default() });
            compiler.watched.extend(route.slot);
            route
        })
    }

    /// A condition on the element at `point`.
    pub fn condition_here(&mut self, condition: &Condition, point: Position, depth: Depth) -> Test {
        self.test(condition, &mut |compiler, path| compiler.here(path, point, depth))
    }

    fn test(&mut self, condition: &Condition, route: &mut impl FnMut(&mut Self, &Path) -> Route) -> Test {
        match condition {
            Condition::Compares(path, operator, operands) => {
                let left = route(self, path);
                let mut paths = Vec::new();
                for operand in operands {
                    if let Operand::Path(other) = operand {
                        paths.push(route(self, other));
                    }
                }
                Test::Compares(Box::new(self.compared(left, *operator, operands, paths)))
            }
            Condition::Exists(path) => Test::Exists(route(self, path)),
            Condition::Not(inner) => Test::Not(Box::new(self.test(inner, route))),
            Condition::And(list) => Test::And(list.iter().map(|c| self.test(c, route)).collect()),
            Condition::Or(list) => Test::Or(list.iter().map(|c| self.test(c, route)).collect()),
        }
    }

    /// A path that starts at the element at `point`.
    pub fn here(&mut self, path: &Path, point: Position, depth: Depth) -> Route {
        if let Some(depth) = depth.filter(|depth| path.absolute || path.up > *depth) {
            // It leaves the row: what it finds there must not change after the row was read.
            let outside = Path { up: path.up.saturating_sub(depth), ..path.clone() };
            let slot = self.route(&outside, Purpose::default()).slot;
            self.watched.extend(slot);
        }
        let (anchor, base) = if path.absolute {
            (Anchor::Document, Some(VALUES_FROM_DOCUMENT))
        } else {
            (Anchor::Here(path.up), self.trie.ascend(point, path.up))
        };
        if depth.is_none() && self.leads_into_rows(path) {
            self.mistakes.push(format!(
                "{}: a condition outside rows cannot look into rows, which are gone by then",
                path.text
            ));
        }
        let Some(base) = base else {
            self.mistakes.push(format!(
                "{}: leads above where its path begins: begin that path with `/`, or further up",
                path.text
            ));
            return Route::new(anchor, Vec::new(), ValueOf::Text, &path.text);
        };
        let (steps, end) = self.hops(&path.steps, base, None);
        let value = self.end(end, path, false);
        Route { end: Some(end), ..Route::new(anchor, steps, value, &path.text) }
    }

    /// A path of a control, relative to `per` or to any element, and the point where it ends.
    pub fn declared_route(&mut self, path: &Path, per: Option<Position>) -> (Route, Position) {
        let (anchor, base) = match per {
            _ if path.absolute => (Anchor::Document, VALUES_FROM_DOCUMENT),
            Some(point) => (Anchor::Here(path.up), self.trie.ascend(point, path.up).unwrap_or(point)),
            None => (Anchor::Anywhere, VALUES_ANYWHERE),
        };
        self.check_upwards(path);
        let (steps, point) = self.hops(&path.steps, base, None);
        let value = self.end(point, path, false);
        (Route::new(anchor, steps, value, &path.text), point)
    }

    /// Remembers what a path of a control selects below `base`; gives the point where it ends.
    pub fn remember(&mut self, steps: &[Step], base: Position, path: &Path) -> Position {
        let (_, point) = self.hops(steps, base, None);
        self.end(point, path, false);
        point
    }

    fn hops(&mut self, steps: &[Step], base: Position, depth: Depth) -> (Vec<Hop>, Position) {
        let mut at = base;
        let mut below = depth;
        let mut hops = Vec::with_capacity(steps.len());
        for step in steps {
            let stays = step.name == SELF;
            let name = if stays { None } else { self.step_name(step) };
            if !stays {
                at = self.trie.value_step(at, name);
            }
            below = below.map(|below| below + usize::from(!stays));
            let depth = below;
            let predicates = step.predicates.iter().map(|predicate| match predicate {
                Predicate::Nth(n) => {
                    self.positions = true;
                    Need::Nth(*n)
                }
                Predicate::Holds(condition) => Need::Holds(self.condition_here(condition, at, depth)),
            });
            hops.push(Hop { stays, name, predicates: predicates.collect() });
        }
        (hops, at)
    }

    /// Notes where the columns have their values, so that conditions read them as the columns do.
    pub fn find_columns(&mut self) {
        for (n, column) in self.feed.columns.iter().enumerate() {
            let ValueFrom::Paths(paths) = &column.source.from else { continue };
            if column.source.raw || column.source.lookup.is_some() {
                continue;
            }
            for path in paths {
                let within = self.within_row(path);
                let path = within.as_ref().unwrap_or(path);
                let mut at = match (path.absolute, path.up) {
                    (true, _) => VALUES_FROM_DOCUMENT,
                    (false, 0) => ROW,
                    (false, up) => self.trie.ancestor(up),
                };
                for step in path.steps.iter().filter(|step| step.name != SELF) {
                    let name = self.step_name(step);
                    at = self.trie.value_step(at, name);
                }
                let value = match &path.attribute {
                    Some(name) => ValueOf::Attribute(self.trie.number(name)),
                    None => ValueOf::Text,
                };
                self.column_ends.push((at, value, n));
            }
        }
    }

    /// Marks what the path reads at `point` as a value.
    fn end(&mut self, point: Position, path: &Path, raw: bool) -> ValueOf {
        let name = path.attribute.as_ref().filter(|_| !raw).map(|name| self.trie.number(name));
        let point = self.trie.point_mut(point);
        match name {
            Some(name) => {
                point.attributes.push(name);
                ValueOf::Attribute(name)
            }
            None if raw => {
                point.raw = true;
                ValueOf::Raw
            }
            None => {
                point.text = true;
                ValueOf::Text
            }
        }
    }
}

/// The path's first steps are those of a row path.
fn begins_with(path: &[Step], row: &[Step]) -> bool {
    path.len() >= row.len()
        && path.iter().zip(row).all(|(a, b)| a.predicates.is_empty() && (a.name == b.name || b.name == "*"))
}

/// The path's first steps are those of `explode`; its last one may have conditions of its own.
fn passes(path: &[Step], explode: &[Step]) -> bool {
    let conditions = |step: &Step| step.predicates.iter().all(|p| matches!(p, Predicate::Holds(_)));
    path.len() >= explode.len()
        && path.iter().zip(explode).enumerate().all(|(n, (a, b))| {
            let last = n + 1 == explode.len() && b.predicates.is_empty() && conditions(a);
            a.name == b.name && (a.predicates.is_empty() || a.predicates == b.predicates || last)
        })
}
