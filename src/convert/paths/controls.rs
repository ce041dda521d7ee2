//! Controls, compiled: where their scopes and their numbers stand, outside rows and within.

use super::{
    compiled::{CompiledControl, DeclaredNumber, SignCode},
    compiler::Compiler,
    route::{Route, Test},
    trie::{Position, ROW, VALUES_ANYWHERE, VALUES_FROM_DOCUMENT},
};
use crate::feed::{
    Control, ScopePlace, TermValue, meetings,
    path::{Path, Predicate, RowPath, Step},
    places,
};

/// Where the scopes of a control are.
#[derive(Default)]
struct Scopes {
    /// Outside rows.
    outside: Option<Position>,
    /// At the row element or within it.
    within: Vec<Position>,
}

impl<'f> Compiler<'f> {
    pub(super) fn control(&mut self, number: usize, control: &'f Control) -> CompiledControl<'f> {
        let (per, scopes) = match &control.per {
            None => (None, Scopes::default()),
            Some(path) => {
                let (tests, scopes) = self.per(number, path);
                (Some(tests), scopes)
            }
        };
        let terms = control.equals.iter().filter_map(|term| match &term.value {
            TermValue::Path(path) => Some(path),
            _ => None,
        });
        let mut enters_rows = false;
        let mut declared = Vec::new();
        for path in std::iter::once(&control.path).chain(terms) {
            let (route, point) = self.declared_route(path, scopes.outside);
            let (sign, by) = self.beside_number(control, point);
            for inner in self.paths_into_rows(control, path) {
                enters_rows = true;
                let end = self.remember(&inner, ROW, path);
                self.beside_number(control, end);
            }
            for &scope in &scopes.within {
                let base = if path.absolute { None } else { self.ascend(scope, path.up) };
                if let Some(base) = base {
                    let end = self.remember(&path.steps, base, path);
                    self.beside_number(control, end);
                }
            }
            declared.push(DeclaredNumber { route, sign, by });
        }
        CompiledControl { control, per, declared, enters_rows }
    }

    /// What is read beside a declared number whose element is at `point`.
    fn beside_number(
        &mut self,
        control: &'f Control,
        point: Position,
    ) -> (Option<SignCode<'f>>, Option<Route>) {
        let sign = control.sign.as_ref().map(|sign| SignCode {
            routes: sign.paths.iter().map(|path| self.here(path, point, None)).collect(),
            sign,
        });
        let by = control.group.as_ref().and_then(|group| group.path.as_ref());
        (sign, by.map(|path| self.here(path, point, None)))
    }

    /// The steps from a row element of what stands within rows of a scope outside.
    fn paths_into_rows(&mut self, control: &Control, path: &Path) -> Vec<Vec<Step>> {
        let (base, absolute) = match &control.per {
            _ if path.absolute => ([].as_slice(), true),
            Some(per) if path.up <= per.steps.len() => {
                (&per.steps[..per.steps.len() - path.up], per.absolute)
            }
            Some(_) => return Vec::new(),
            None => ([].as_slice(), false),
        };
        let steps: Vec<Step> = base.iter().chain(&path.steps).cloned().collect();
        let mut found = Vec::new();
        for row in &self.feed.xml.row {
            for entered in meetings(&steps, absolute, row).into_iter().filter(|n| *n > base.len()) {
                let counts = |step: &Step| step.predicates.iter().any(|p| matches!(p, Predicate::Nth(_)));
                if steps[base.len()..entered].iter().any(counts) {
                    self.mistakes.push(format!(
                        "[[control]] {}: {:?}: a position cannot select rows",
                        control.name, path.text
                    ));
                }
                found.push(steps[entered..].to_vec());
            }
        }
        found
    }

    /// Enters the `per` of a control.
    fn per(&mut self, number: usize, path: &RowPath) -> (Vec<Test>, Scopes) {
        let start = if path.absolute { VALUES_FROM_DOCUMENT } else { VALUES_ANYWHERE };
        let mut points = vec![start];
        let mut at = start;
        for (n, step) in path.steps.iter().enumerate() {
            let name = self.step_name(step);
            at = self.trie.step(at, name);
            points.push(at);
            let holds = |predicate: &Predicate| matches!(predicate, Predicate::Holds(_));
            if !step.predicates.is_empty() && (n + 1 < path.steps.len() || !step.predicates.iter().all(holds))
            {
                self.mistakes.push(format!(
                    "[[control]] per = {:?}: only conditions on its last step are possible",
                    path.text
                ));
            }
        }
        self.trie.point_mut(at).scopes.push(Some(number));
        let tests = self.conditions(path, at);
        let mut scopes = Scopes { outside: Some(at), within: Vec::new() };
        for place in places(path, &self.feed.xml) {
            let ScopePlace::Above { entered, inner } = place else { continue };
            let mut point = ROW;
            for step in &inner {
                let name = self.step_name(step);
                point = self.trie.value_step(point, name);
            }
            if point != ROW {
                let from = (entered > 0).then(|| points[entered]);
                self.trie.point_mut(point).inner_scopes.push((number, from));
            }
            self.conditions(path, point);
            scopes.within.push(point);
        }
        (tests, scopes)
    }

    /// The conditions on the last step of `per`, whose element is at `point`.
    fn conditions(&mut self, path: &RowPath, point: Position) -> Vec<Test> {
        let last = path.steps.last().map_or([].as_slice(), |step| step.predicates.as_slice());
        let conditions = last.iter().filter_map(|predicate| match predicate {
            Predicate::Holds(condition) => Some(condition),
            Predicate::Nth(_) => None,
        });
        conditions.map(|condition| self.condition_here(condition, point, None)).collect()
    }

    fn ascend(&mut self, point: Position, up: usize) -> Option<Position> {
        self.trie.ascend(point, up)
    }
}
