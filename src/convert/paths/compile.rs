//! A feed as a compiled feed: what each of its keys asks of the paths.

use super::{
    automaton::Automaton,
    compiled::{CompiledColumn, CompiledFeed, CompiledRetraction, Factor, ParentRule, RowRule, SignCode},
    compiler::{Compiler, Purpose, rebase},
    route::Route,
    trie::{ROWS_ANYWHERE, ROWS_FROM_DOCUMENT, VALUES_ANYWHERE, VALUES_FROM_DOCUMENT},
    typed::CompiledKind,
};
use crate::{
    canonical::time::Reading,
    error::{Code, Error, Mistake, Place, Result},
    feed::{
        self, Feed, Kind, Repeat, ValueFrom,
        path::{Predicate, RowPath},
    },
};
use jiff::tz::TimeZone;

/// Compiles `feed`; with `parents`, elements in which rows could stand are noticed too.
///
/// # Errors
/// `Usage` where paths contradict each other, or a time zone is unknown.
pub(in crate::convert) fn compile(feed: &Feed, parents: bool) -> Result<CompiledFeed<'_>> {
    let mut compiler = Compiler::new(feed);
    compiler.find_columns();
    let rows = feed.xml.row.iter().enumerate().map(|(n, path)| compiler.row_path(n, path)).collect();
    let explode = feed.xml.explode.as_ref().map(|path| compiler.explode(path));
    let skip = &feed.xml.skip;
    let skip = skip.iter().map(|one| (one.name.as_str(), compiler.condition(&one.when, true))).collect();
    let filter = feed.xml.filter.as_ref().map(|condition| compiler.condition(condition, true));
    let retractions = feed.xml.retractions.iter().map(|one| compiler.retraction(one)).collect();
    let mut columns =
        feed.columns.iter().map(|column| compiler.column(column)).collect::<Result<Vec<_>>>()?;
    let memos = if explode.is_some() { number_memos(&mut columns) } else { 0 };
    let controls = feed.controls.iter().enumerate().map(|(n, c)| compiler.control(n, c)).collect();
    for path in &feed.xml.empty_with {
        compiler.may_be_empty(path);
    }
    let parents = parents.then(|| compiler.parents());
    let Compiler { trie, slots, watched, lookups, mistakes, refusals, parameters, positions, .. } = compiler;
    if !mistakes.is_empty() {
        return Err(mistaken(feed, mistakes));
    }
    if let Some(refusal) = refusals.into_iter().reduce(|first, other| first.and(&other)) {
        return Err(refusal);
    }
    let late = (0..slots.len()).filter(|&slot| slots[slot].late).collect();
    let points = trie.len();
    Ok(CompiledFeed {
        automaton: Automaton::new(trie),
        rows,
        explode,
        skip,
        filter,
        retractions,
        columns,
        controls,
        slots,
        positions,
        memos,
        watched,
        late,
        lookups,
        points,
        parameters,
        parents,
    })
}

/// Gives a memo to every route within the row that selects the same for all details.
fn number_memos(columns: &mut [CompiledColumn<'_>]) -> usize {
    let mut memos = 0;
    for column in columns {
        let factors = column.scale.iter_mut().flat_map(|factor| &mut factor.routes);
        let codes = column.sign.iter_mut().flat_map(|code| &mut code.routes);
        let routes = column.routes.iter_mut().chain(factors).chain(codes);
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
                let condition = rebase(condition, above);
                let test = self.condition(&condition, false);
                if test.needs_only_attributes() { early.push(test) } else { late.push(test) }
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

    fn retraction(&mut self, retraction: &'f feed::Retraction) -> CompiledRetraction<'f> {
        let beside = Purpose { details: true, ..Purpose::default() };
        let when = self.condition(&retraction.when, true);
        let (id, of) = (self.routes(&retraction.id, beside), self.routes(&retraction.of, beside));
        let within = self.routes(&retraction.within, beside);
        let per_detail =
            when.concerns_detail() || id.iter().chain(&of).chain(&within).any(Route::concerns_detail);
        CompiledRetraction { retraction, when, id, of, within, per_detail }
    }

    fn column(&mut self, column: &'f feed::Column) -> Result<CompiledColumn<'f>> {
        let beside = Purpose { details: true, ..Purpose::default() };
        let own =
            Purpose { first_only: column.source.repeat == Repeat::First, raw: column.source.raw, ..beside };
        let slots = self.slots.len();
        let routes = match &column.source.from {
            ValueFrom::Paths(paths) => self.routes(paths, own),
            _ => Vec::new(),
        };
        let sign = column
            .number
            .sign
            .as_ref()
            .map(|sign| SignCode { routes: self.routes(&sign.paths, beside), sign });
        let scale = column.number.scale_by.as_ref().map(|scale| Factor {
            routes: self.routes(&scale.paths, beside),
            value: scale.value.as_deref(),
            divide: scale.divide,
        });
        if column.source.late
            && let ValueFrom::Paths(paths) = &column.source.from
        {
            for path in paths {
                self.refuse_into_row(path);
            }
        }
        for slot in &mut self.slots[slots..] {
            slot.late = column.source.late;
        }
        let lookup = column.source.lookup.as_ref().map(|lookup| self.lookup(lookup));
        let factors = scale.iter().flat_map(|factor| &factor.routes);
        let codes = sign.iter().flat_map(|code| &code.routes);
        let shared = matches!(column.source.from, ValueFrom::Paths(_))
            && !routes.iter().chain(factors).chain(codes).any(Route::concerns_detail);
        Ok(CompiledColumn {
            shared,
            routes,
            sign,
            scale,
            lookup,
            trims: column.text.trim || column.kind != Kind::Text,
            plain: column.text.only_trim(),
            kind: kind(self.feed, column)?,
            column,
        })
    }

    fn routes(&mut self, paths: &[feed::path::Path], purpose: Purpose) -> Vec<Route> {
        paths.iter().map(|path| self.route(path, purpose)).collect()
    }

    /// The number of a look-up; equal ones share their entries.
    fn lookup(&mut self, lookup: &'f feed::Lookup) -> usize {
        self.lookups.iter().position(|known| *known == lookup).unwrap_or_else(|| {
            self.lookups.push(lookup);
            self.lookups.len() - 1
        })
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

    /// Every beginning of every row path; equal ones once.
    fn parents(&mut self) -> Vec<ParentRule> {
        let feed = self.feed;
        let mut rules = Vec::new();
        for path in &feed.xml.row {
            let mut at = if path.absolute { VALUES_FROM_DOCUMENT } else { VALUES_ANYWHERE };
            for (n, step) in path.steps.iter().enumerate().take(path.steps.len() - 1) {
                let name = self.step_name(step);
                at = self.trie.step(at, name);
                let mut tests = Vec::new();
                for (above, step) in path.steps[..=n].iter().rev().enumerate() {
                    for predicate in &step.predicates {
                        if let Predicate::Holds(condition) = predicate {
                            tests.push(self.condition_here(&rebase(condition, above), at, None));
                        }
                    }
                }
                self.trie.point_mut(at).parents.push(rules.len());
                rules.push(ParentRule { levels: path.steps.len() - 1 - n, tests });
            }
        }
        rules
    }
}

/// Mistakes that only compiling finds.
fn mistaken(feed: &Feed, mistakes: Vec<String>) -> Error {
    let place = Place::file(&feed.file.display().to_string());
    let mistakes = mistakes.into_iter().map(|what| Mistake { place: place.clone(), what });
    Error::feed(Code::FeedMistakes, mistakes.collect())
}

pub(super) fn kind(feed: &Feed, column: &feed::Column) -> Result<CompiledKind> {
    let reading = |format: &Option<String>, zone: &Option<String>| -> Result<Reading> {
        let zone = zone.as_ref().map(|name| {
            TimeZone::get(name).map_err(|cause| {
                let what = format!("[[column]] {}: timezone = {name:?}: {cause}", column.name);
                mistaken(feed, vec![what])
            })
        });
        Ok(Reading { format: format.clone(), zone: zone.transpose()? })
    };
    Ok(match &column.kind {
        Kind::Text => CompiledKind::Text,
        Kind::Integer => CompiledKind::Integer,
        Kind::Decimal => CompiledKind::Decimal,
        Kind::Boolean => CompiledKind::Boolean,
        Kind::Date { format, timezone } => CompiledKind::Date(reading(format, timezone)?),
        Kind::Timestamp { format, timezone } => CompiledKind::Timestamp(reading(format, timezone)?),
    })
}
