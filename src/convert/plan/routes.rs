//! Paths and conditions of a feed as routes: where they start, their steps as numbers, and their
//! entry in the trie, so that the elements they touch are remembered.

use super::SlotRule;
use crate::{
    convert::automaton::{Name, Position, ROW, Trie, VALUES_ANYWHERE, VALUES_FROM_DOCUMENT},
    feed::{
        Feed, Lookup,
        path::{Condition, Path, Predicate, RowPath, SELF, Step},
    },
};

/// Where a route starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::convert) enum Anchor {
    /// At the row element.
    Row,
    /// At the current detail of `explode`.
    Detail,
    /// At an ancestor of the row element.
    Ancestor(usize),
    /// At the document; steps that name ancestors of the row mean these.
    Document,
    /// At the element in question or, going up, at an ancestor of it.
    Here(usize),
    /// At any element.
    Anywhere,
}

/// A compiled path.
#[derive(Debug, Clone)]
pub(in crate::convert) struct Route {
    pub anchor: Anchor,
    pub steps: Vec<Hop>,
    pub attribute: Option<Name>,
    /// As written in the feed.
    pub text: String,
    /// The one point where the route ends, if names alone decide.
    pub only: Option<Position>,
    /// For values of ancestors.
    pub slot: Option<usize>,
    /// What it selects is the same for all details of a row element: where that is kept.
    pub memo: Option<usize>,
}

/// A compiled step.
#[derive(Debug, Clone)]
pub(in crate::convert) struct Hop {
    /// No step down: what follows starts here, if the predicates hold.
    pub stays: bool,
    pub name: Option<Name>,
    pub predicates: Vec<Need>,
}

/// A compiled predicate.
#[derive(Debug, Clone)]
pub(in crate::convert) enum Need {
    Nth(u32),
    Holds(Test),
}

/// A compiled condition.
#[derive(Debug, Clone)]
pub(in crate::convert) enum Test {
    Equals(Route, String),
    Differs(Route, String),
    Exists(Route),
    Not(Box<Test>),
    And(Vec<Test>),
    Or(Vec<Test>),
}

impl Route {
    /// What it selects may differ between the details of one row element.
    pub fn concerns_detail(&self) -> bool {
        matches!(self.anchor, Anchor::Detail | Anchor::Document)
    }
}

impl Test {
    /// Its outcome may differ between the details of one row element.
    pub fn concerns_detail(&self) -> bool {
        match self {
            Self::Equals(route, _) | Self::Differs(route, _) | Self::Exists(route) => route.concerns_detail(),
            Self::Not(test) => test.concerns_detail(),
            Self::And(tests) | Self::Or(tests) => tests.iter().any(Self::concerns_detail),
        }
    }

    /// Concerns attributes of the element itself and nothing else.
    pub fn needs_only_start_tag(&self) -> bool {
        match self {
            Self::Equals(route, _) | Self::Differs(route, _) | Self::Exists(route) => {
                route.anchor == Anchor::Row && route.steps.is_empty() && route.attribute.is_some()
            }
            Self::Not(test) => test.needs_only_start_tag(),
            Self::And(tests) | Self::Or(tests) => tests.iter().all(Self::needs_only_start_tag),
        }
    }
}

/// The condition on the `above`-th ancestor of the row as one on the row.
pub(super) fn rebase(condition: &Condition, above: usize) -> Condition {
    let path = |path: &Path| {
        let above = if path.absolute { 0 } else { above };
        let text = format!("{}{}", "../".repeat(above), path.text);
        Path { up: path.up + above, text, ..path.clone() }
    };
    let all = |list: &[Condition]| list.iter().map(|c| rebase(c, above)).collect();
    match condition {
        Condition::Equals(p, text) => Condition::Equals(path(p), text.clone()),
        Condition::Differs(p, text) => Condition::Differs(path(p), text.clone()),
        Condition::Exists(p) => Condition::Exists(path(p)),
        Condition::Not(inner) => Condition::Not(Box::new(rebase(inner, above))),
        Condition::And(list) => Condition::And(all(list)),
        Condition::Or(list) => Condition::Or(all(list)),
    }
}

/// Collects what the paths need.
pub(super) struct Compiler<'f> {
    feed: &'f Feed,
    pub trie: Trie,
    pub slots: Vec<SlotRule>,
    pub watched: Vec<usize>,
    pub lookups: Vec<&'f Lookup>,
    /// Some path counts elements.
    pub positions: bool,
    pub mistakes: Vec<String>,
    /// The steps of `explode` and the point where they end.
    pub detail: Option<(Vec<Step>, Position)>,
}

impl<'f> Compiler<'f> {
    pub fn new(feed: &'f Feed) -> Self {
        let (slots, watched, lookups, mistakes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { feed, trie: Trie::new(), slots, watched, lookups, mistakes, positions: false, detail: None }
    }

    pub fn step_name(&mut self, step: &Step) -> Option<Name> {
        (step.name != "*").then(|| self.trie.name(&step.name))
    }

    pub fn explode_route(&mut self, path: &RowPath) -> (Route, Position) {
        let (steps, point) = self.hops(&path.steps, ROW, 0);
        let text = path.text.clone();
        (
            Route { anchor: Anchor::Row, steps, attribute: None, text, only: None, slot: None, memo: None },
            point,
        )
    }

    /// A path that is read for a row. `details`: it may pass through `explode`.
    pub fn route(&mut self, path: &Path, first_only: bool, details: bool) -> Route {
        let within = self.within_row(path);
        let path = within.as_ref().unwrap_or(path);
        if path.absolute {
            self.remember_within_row(path);
        }
        let (anchor, base, skip) = if path.absolute {
            (Anchor::Document, VALUES_FROM_DOCUMENT, 0)
        } else if path.up > 0 {
            (Anchor::Ancestor(path.up), self.trie.ancestor(path.up), 0)
        } else {
            match &self.detail {
                Some((steps, point)) if details && passes(&path.steps, steps) => {
                    (Anchor::Detail, *point, steps.len())
                }
                _ => (Anchor::Row, ROW, 0),
            }
        };
        // How many `..` lead from the first step's parent to the row; predicates may leave the row.
        let depth = if matches!(anchor, Anchor::Row | Anchor::Detail) { skip } else { usize::MAX };
        let mut rest = path.steps[skip..].to_vec();
        if let (Anchor::Detail, Some(own)) = (anchor, self.condition_on_detail(&path.steps[..skip])) {
            rest.insert(0, own);
        }
        let (steps, point) = self.hops(&rest, base, depth);
        if matches!(anchor, Anchor::Ancestor(_)) {
            self.trie.beside(point);
        }
        let attribute = self.end(point, path.attribute.as_deref());
        let by_name = steps.iter().all(|hop| hop.name.is_some() && hop.predicates.is_empty());
        let mut route = Route {
            only: (anchor == Anchor::Row && by_name).then_some(point),
            anchor,
            steps,
            attribute,
            text: path.text.clone(),
            slot: None,
            memo: None,
        };
        if matches!(anchor, Anchor::Ancestor(_) | Anchor::Document) {
            route.slot = Some(self.slots.len());
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
    fn within_row(&self, path: &Path) -> Option<Path> {
        let [row] = self.feed.xml.row.as_slice() else { return None };
        if !path.absolute || !row.absolute || !begins_with(&path.steps, &row.steps) {
            return None;
        }
        let steps = path.steps[row.steps.len()..].to_vec();
        Some(Path { absolute: false, up: 0, steps, ..path.clone() })
    }

    /// Where rows stand at any depth, an absolute path may turn out to lead into the row.
    fn remember_within_row(&mut self, path: &Path) {
        let feed = self.feed;
        for row in &feed.xml.row {
            for start in 0..path.steps.len() {
                if begins_with(&path.steps[start..], &row.steps) {
                    let (_, point) = self.hops(&path.steps[start + row.steps.len()..], ROW, usize::MAX);
                    self.end(point, path.attribute.as_deref());
                }
            }
        }
    }

    /// A condition that is read for a row.
    pub fn condition(&mut self, condition: &Condition, details: bool) -> Test {
        self.test(condition, &mut |compiler, path| {
            let route = compiler.route(path, false, details);
            compiler.watched.extend(route.slot);
            route
        })
    }

    /// A condition on the element at `point`, which is `depth` steps below the row.
    pub fn condition_here(&mut self, condition: &Condition, point: Position, depth: usize) -> Test {
        self.test(condition, &mut |compiler, path| compiler.here(path, point, depth))
    }

    fn test(&mut self, condition: &Condition, route: &mut impl FnMut(&mut Self, &Path) -> Route) -> Test {
        match condition {
            Condition::Equals(path, text) => Test::Equals(route(self, path), text.trim().to_owned()),
            Condition::Differs(path, text) => Test::Differs(route(self, path), text.trim().to_owned()),
            Condition::Exists(path) => Test::Exists(route(self, path)),
            Condition::Not(inner) => Test::Not(Box::new(self.test(inner, route))),
            Condition::And(list) => Test::And(list.iter().map(|c| self.test(c, route)).collect()),
            Condition::Or(list) => Test::Or(list.iter().map(|c| self.test(c, route)).collect()),
        }
    }

    /// A path that starts at the element at `point`.
    pub fn here(&mut self, path: &Path, point: Position, depth: usize) -> Route {
        if (path.absolute || path.up > depth) && depth != usize::MAX {
            // It leaves the row: what it finds there must not change after the row was read.
            let outside = Path { up: path.up.saturating_sub(depth), ..path.clone() };
            let slot = self.route(&outside, false, false).slot;
            self.watched.extend(slot);
        }
        let (anchor, base) = if path.absolute {
            (Anchor::Document, Some(VALUES_FROM_DOCUMENT))
        } else {
            (Anchor::Here(path.up), self.trie.ascend(point, path.up))
        };
        let (mut steps, mut attribute) = (Vec::new(), None);
        if let Some(base) = base {
            let (hops, end) = self.hops(&path.steps, base, usize::MAX);
            attribute = self.end(end, path.attribute.as_deref());
            steps = hops;
        }
        Route { anchor, steps, attribute, text: path.text.clone(), only: None, slot: None, memo: None }
    }

    /// A path of a control, relative to `per` or to any element, and the point where it ends.
    pub fn declared_route(&mut self, path: &Path, per: Option<Position>) -> (Route, Position) {
        let (anchor, base) = match per {
            _ if path.absolute => (Anchor::Document, VALUES_FROM_DOCUMENT),
            Some(point) => (Anchor::Here(path.up), self.trie.ascend(point, path.up).unwrap_or(point)),
            None => (Anchor::Anywhere, VALUES_ANYWHERE),
        };
        let (steps, point) = self.hops(&path.steps, base, usize::MAX);
        let attribute = self.end(point, path.attribute.as_deref());
        (
            Route { anchor, steps, attribute, text: path.text.clone(), only: None, slot: None, memo: None },
            point,
        )
    }

    fn hops(&mut self, steps: &[Step], base: Position, depth: usize) -> (Vec<Hop>, Position) {
        let mut at = base;
        let mut hops = Vec::with_capacity(steps.len());
        for (n, step) in steps.iter().enumerate() {
            let stays = step.name == SELF;
            let name = if stays { None } else { self.step_name(step) };
            if !stays {
                at = self.trie.value_step(at, name);
            }
            let depth = if depth == usize::MAX { depth } else { depth + n + 1 };
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

    /// Marks the text or the attribute at `point` as a value.
    fn end(&mut self, point: Position, attribute: Option<&str>) -> Option<Name> {
        let name = attribute.map(|name| self.trie.name(name));
        let point = self.trie.point_mut(point);
        match name {
            Some(name) => point.attributes.push(name),
            None => point.text = true,
        }
        name
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
