//! A feed, compiled for one conversion: paths as routes through the automaton, options as what has to
//! be done to a value.

mod routes;

pub(super) use routes::{Anchor, Hop, Need, Route, Test};

use super::automaton::{
    Automaton, Position, RAW, ROWS_ANYWHERE, ROWS_FROM_DOCUMENT, VALUES_ANYWHERE, VALUES_FROM_DOCUMENT,
};
use crate::{
    canonical::time::Reading,
    error::{Error, Mistake, Result},
    feed::{
        self, Feed, Kind, Repeat, ValueFrom,
        path::{Predicate, RowPath},
    },
};
use jiff::tz::TimeZone;
use routes::Compiler;

/// A compiled feed.
pub(super) struct Plan<'f> {
    pub rows: Vec<RowRule>,
    pub explode: Option<Route>,
    pub filter: Option<Test>,
    pub columns: Vec<Cell<'f>>,
    pub controls: Vec<Check<'f>>,
    /// Routes to ancestors' values that columns read, by slot.
    pub slots: Vec<SlotRule>,
    /// Some path counts elements.
    pub positions: bool,
    /// Number of routes with a memo.
    pub memos: usize,
    /// Slots that conditions read: they are looked at for every row.
    pub watched: Vec<usize>,
    /// Slots whose values may stand after their rows: looked at for every row, in every pass.
    pub late: Vec<usize>,
    /// What columns are looked up in.
    pub lookups: Vec<&'f feed::Lookup>,
    /// Number of trie points.
    pub points: usize,
}

/// What else must hold for an element that matches a row path by its names.
pub(super) struct RowRule {
    /// Known from the start tag alone.
    pub early: Vec<Test>,
    /// Known when the element ends.
    pub late: Vec<Test>,
}

/// A value of an ancestor that rows read.
pub(super) struct SlotRule {
    pub route: Route,
    /// Only the first value counts, so later ones are not late.
    pub first_only: bool,
    /// It may stand after its rows: an earlier pass finds it.
    pub late: bool,
}

/// A compiled column.
pub(super) struct Cell<'f> {
    pub column: &'f feed::Column,
    pub routes: Vec<Route>,
    pub sign: Option<Code<'f>>,
    /// Factor, and whether to divide by it.
    pub scale: Option<(Vec<Route>, bool)>,
    /// Index of the look-up whose entries its values name.
    pub lookup: Option<usize>,
    /// White space at both ends is no part of the value.
    pub trims: bool,
    /// No text option has to be applied.
    pub plain: bool,
    /// Every detail of one row element has the same value.
    pub shared: bool,
    pub kind: CellKind,
}

/// A type, ready to be applied.
pub(super) enum CellKind {
    Text,
    Integer,
    Decimal,
    Boolean,
    Date(Reading),
    Timestamp(Reading),
}

/// A sign code.
pub(super) struct Code<'f> {
    pub routes: Vec<Route>,
    pub negative: &'f [String],
}

/// A compiled control.
pub(super) struct Check<'f> {
    pub control: &'f feed::Control,
    /// Conditions on the `per` element; `None`: once per file.
    pub per: Option<Vec<Test>>,
    /// The declared number first, then the paths among the terms, in order.
    pub declared: Vec<Declared<'f>>,
}

/// A number that the file declares.
pub(super) struct Declared<'f> {
    pub route: Route,
    pub sign: Option<Code<'f>>,
}

/// Compiles `feed`.
pub(super) fn compile(feed: &Feed) -> Result<(Plan<'_>, Automaton)> {
    let mut compiler = Compiler::new(feed);
    let rows = feed.xml.row.iter().enumerate().map(|(n, path)| compiler.row_path(n, path)).collect();
    let explode = feed.xml.explode.as_ref().map(|path| compiler.explode(path));
    let filter = feed.xml.filter.as_ref().map(|condition| compiler.condition(condition, true));
    let mut columns = feed.columns.iter().map(|column| compiler.cell(column)).collect::<Result<Vec<_>>>()?;
    let memos = if explode.is_some() { number_memos(&mut columns) } else { 0 };
    let controls = feed.controls.iter().enumerate().map(|(n, c)| compiler.check(n, c)).collect();
    for path in &feed.xml.empty_with {
        compiler.may_be_empty(path);
    }
    let Compiler { trie, slots, watched, lookups, mistakes, positions, .. } = compiler;
    if !mistakes.is_empty() {
        return Err(Error::feed(mistakes.into_iter().map(|what| Mistake { place: None, what }).collect()));
    }
    let late = (0..slots.len()).filter(|&slot| slots[slot].late).collect();
    let points = trie.len();
    let plan = Plan {
        rows,
        explode,
        filter,
        columns,
        controls,
        slots,
        positions,
        memos,
        watched,
        late,
        lookups,
        points,
    };
    Ok((plan, Automaton::new(trie)))
}

/// Gives a memo to every route within the row that selects the same for all details.
fn number_memos(columns: &mut [Cell<'_>]) -> usize {
    let mut memos = 0;
    for cell in columns {
        let factors = cell.scale.iter_mut().flat_map(|(routes, _)| routes);
        let codes = cell.sign.iter_mut().flat_map(|code| &mut code.routes);
        let routes = cell.routes.iter_mut().chain(factors).chain(codes);
        for route in routes.filter(|route| route.slot.is_none() && !route.concerns_detail()) {
            route.memo = Some(memos);
            memos += 1;
        }
    }
    memos
}

impl<'f> Compiler<'f> {
    fn row_path(&mut self, number: usize, path: &RowPath) -> RowRule {
        let root = if path.absolute { ROWS_FROM_DOCUMENT } else { ROWS_ANYWHERE };
        let mut at = root;
        let (mut early, mut late) = (Vec::new(), Vec::new());
        for (n, step) in path.steps.iter().enumerate() {
            let name = self.step_name(step);
            at = self.trie.step(at, name);
            let above = path.steps.len() - 1 - n;
            for predicate in &step.predicates {
                let Predicate::Holds(condition) = predicate else {
                    self.mistakes.push(format!("[xml] row = {:?}: a position cannot select rows", path.text));
                    continue;
                };
                let condition = routes::rebase(condition, above);
                let test = self.condition(&condition, false);
                if test.needs_only_start_tag() { early.push(test) } else { late.push(test) }
            }
        }
        self.trie.point_mut(at).rows.push(number);
        RowRule { early, late }
    }

    fn explode(&mut self, path: &RowPath) -> Route {
        let (route, point) = self.explode_route(path);
        self.detail = Some((path.steps.clone(), point));
        route
    }

    fn cell(&mut self, column: &'f feed::Column) -> Result<Cell<'f>> {
        let first_only = column.repeat == Repeat::First;
        let slots = self.slots.len();
        let routes: Vec<Route> = match &column.from {
            ValueFrom::Paths(paths) if column.raw => {
                let raw = |path: &feed::path::Path| feed::path::Path {
                    attribute: Some(RAW.to_owned()),
                    ..path.clone()
                };
                paths.iter().map(|path| self.route(&raw(path), first_only, true)).collect()
            }
            ValueFrom::Paths(paths) => paths.iter().map(|path| self.route(path, first_only, true)).collect(),
            _ => Vec::new(),
        };
        let sign = column.sign.as_ref().map(|sign| Code {
            routes: sign.paths.iter().map(|path| self.route(path, false, true)).collect(),
            negative: &sign.negative,
        });
        let scale = column.scale_by.as_ref().map(|scale| {
            (scale.paths.iter().map(|path| self.route(path, false, true)).collect(), scale.divide)
        });
        for slot in &mut self.slots[slots..] {
            slot.late = column.late;
        }
        let lookup = column.lookup.as_ref().map(|lookup| self.lookup(lookup));
        let factors = scale.iter().flat_map(|(routes, _): &(Vec<Route>, bool)| routes);
        let codes = sign.iter().flat_map(|code: &Code<'_>| &code.routes);
        let shared = matches!(column.from, ValueFrom::Paths(_))
            && !routes.iter().chain(factors).chain(codes).any(Route::concerns_detail);
        Ok(Cell {
            shared,
            routes,
            sign,
            scale,
            lookup,
            trims: column.trim || column.kind != Kind::Text,
            plain: !column.collapse_spaces
                && column.strip.is_empty()
                && column.pattern.is_none()
                && column.null_if.is_empty()
                && column.map.is_empty()
                && column.case.is_none(),
            kind: cell_kind(column)?,
            column,
        })
    }

    /// The number of a look-up; equal ones share their entries.
    fn lookup(&mut self, lookup: &'f feed::Lookup) -> usize {
        self.lookups.iter().position(|known| *known == lookup).unwrap_or_else(|| {
            self.lookups.push(lookup);
            self.lookups.len() - 1
        })
    }

    fn check(&mut self, number: usize, control: &'f feed::Control) -> Check<'f> {
        let (per, base) = match &control.per {
            None => (None, None),
            Some(path) => {
                let (tests, point) = self.per(number, path);
                (Some(tests), Some(point))
            }
        };
        let terms = control.equals.iter().filter_map(|term| match &term.value {
            feed::TermValue::Path(path) => Some(path),
            _ => None,
        });
        let declared = std::iter::once(&control.path)
            .chain(terms)
            .map(|path| {
                let (route, point) = self.declared_route(path, base);
                let sign = control.sign.as_ref().map(|sign| Code {
                    routes: sign.paths.iter().map(|path| self.here(path, point, 0)).collect(),
                    negative: &sign.negative,
                });
                Declared { route, sign }
            })
            .collect();
        Check { control, per, declared }
    }

    /// An element that a file without rows must hold.
    fn may_be_empty(&mut self, path: &RowPath) {
        let mut at = if path.absolute { VALUES_FROM_DOCUMENT } else { VALUES_ANYWHERE };
        for step in &path.steps {
            let name = self.step_name(step);
            at = self.trie.step(at, name);
        }
        self.trie.point_mut(at).scopes.push(None);
    }

    fn per(&mut self, number: usize, path: &RowPath) -> (Vec<Test>, Position) {
        let mut at = if path.absolute { VALUES_FROM_DOCUMENT } else { VALUES_ANYWHERE };
        let mut tests = Vec::new();
        for (n, step) in path.steps.iter().enumerate() {
            let name = self.step_name(step);
            at = self.trie.step(at, name);
            for predicate in &step.predicates {
                match predicate {
                    Predicate::Holds(condition) if n + 1 == path.steps.len() => {
                        tests.push(self.condition_here(condition, at, usize::MAX));
                    }
                    _ => self.mistakes.push(format!(
                        "[[control]] per = {:?}: only conditions on its last step are possible",
                        path.text
                    )),
                }
            }
        }
        self.trie.point_mut(at).scopes.push(Some(number));
        (tests, at)
    }
}

fn cell_kind(column: &feed::Column) -> Result<CellKind> {
    let reading = |format: &Option<String>, zone: &Option<String>| -> Result<Reading> {
        let zone = zone.as_ref().map(|name| {
            TimeZone::get(name).map_err(|cause| {
                let what = format!("[[column]] {}: timezone = {name:?}: {cause}", column.name);
                Error::feed(vec![Mistake { place: None, what }])
            })
        });
        Ok(Reading { format: format.clone(), zone: zone.transpose()? })
    };
    Ok(match &column.kind {
        Kind::Text => CellKind::Text,
        Kind::Integer => CellKind::Integer,
        Kind::Decimal => CellKind::Decimal,
        Kind::Boolean => CellKind::Boolean,
        Kind::Date { format, timezone } => CellKind::Date(reading(format, timezone)?),
        Kind::Timestamp { format, timezone } => CellKind::Timestamp(reading(format, timezone)?),
    })
}
