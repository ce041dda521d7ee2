//! What the file declares about itself against what was counted: `[[control]]`.

use super::sums::Sum;
use crate::{
    canonical::number,
    convert::{
        cost::allocated,
        location::Location,
        paths::{Anchor, CompiledControl, Context, DOCUMENT, DeclaredNumber, ElementId, SignCode, Tree},
    },
    error::{Code, Result, excerpt, printable},
    feed::{CodeMeans, TermValue},
    model::ControlOutcome,
};
use bigdecimal::BigDecimal;
use std::str::FromStr;

/// A control on the whole file or on one open `per` element.
struct Scope {
    check: usize,
    /// From 1; 0 for the whole file.
    ordinal: u64,
    node: ElementId,
    elements: u64,
    rows: u64,
    /// Per `sum(…)` among the terms, in order.
    sums: Vec<(usize, Sum)>,
    /// Per declared path, in order.
    found: Vec<Option<Declared>>,
}

/// A number as the file declares it.
#[derive(Debug, Clone)]
struct Declared {
    text: String,
    /// Its sign code makes it negative.
    negative: bool,
}

/// All controls of one file.
pub(super) struct Controls<'r> {
    checks: &'r [CompiledControl<'r>],
    open: Vec<Scope>,
    ordinals: Vec<u64>,
    pub outcomes: Vec<ControlOutcome>,
    pub warnings: Vec<String>,
    /// Bytes that outcomes and warnings take, roughly.
    pub size: usize,
    /// An element that allows the file to be without rows was met.
    pub may_be_empty: bool,
}

impl<'r> Controls<'r> {
    pub fn new(checks: &'r [CompiledControl<'r>]) -> Self {
        let mut controls = Self {
            checks,
            open: Vec::new(),
            ordinals: vec![0; checks.len()],
            outcomes: Vec::new(),
            warnings: Vec::new(),
            size: 0,
            may_be_empty: false,
        };
        for (n, check) in checks.iter().enumerate() {
            if check.per.is_none() {
                controls.begin(n, DOCUMENT);
            }
        }
        controls
    }

    /// A `per` element (or the file) begins.
    pub fn begin(&mut self, check: usize, node: ElementId) {
        let sums = self.checks[check].control.equals.iter().filter_map(|term| match term.value {
            TermValue::Sum(column) => Some((column, Sum::default())),
            _ => None,
        });
        self.open.push(Scope {
            check,
            ordinal: 0,
            node,
            elements: 0,
            rows: 0,
            sums: sums.collect(),
            found: vec![None; self.checks[check].declared.len()],
        });
    }

    /// A row element.
    pub fn element(&mut self) {
        for scope in &mut self.open {
            scope.elements += 1;
        }
    }

    /// A row was written; `value` gives its canonical text per column.
    pub fn row<'v>(&mut self, value: impl Fn(usize) -> &'v str) {
        for scope in &mut self.open {
            scope.rows += 1;
            for (column, sum) in &mut scope.sums {
                let text = value(*column);
                if !text.is_empty() {
                    sum.add(text);
                }
            }
        }
    }

    /// Takes what is declared so far, before an element with rows is forgotten.
    pub fn collect(&mut self, tree: &Tree) {
        for scope in &mut self.open {
            let declared = &self.checks[scope.check].declared;
            for (found, declared) in scope.found.iter_mut().zip(declared) {
                if found.is_none() {
                    *found = find(declared, scope.node, tree);
                }
            }
        }
    }

    /// The file ends: decides the controls on it, and names those whose `per` never occurred.
    pub fn finish(&mut self, tree: &Tree, place: Location<'_>) -> Result<()> {
        self.end(DOCUMENT, tree, place)?;
        let checks = self.checks.iter().zip(&self.ordinals);
        for (check, _) in checks.filter(|(check, ordinal)| check.per.is_some() && **ordinal == 0) {
            self.outcomes.push(ControlOutcome {
                name: check.control.name.clone(),
                ordinal: 0,
                declared: None,
                counted: String::new(),
                outcome: "skipped",
            });
        }
        Ok(())
    }

    /// The element ends: decides the controls on it.
    pub fn end(&mut self, node: ElementId, tree: &Tree, place: Location<'_>) -> Result<()> {
        if self.open.iter().all(|scope| scope.node != node) {
            return Ok(());
        }
        self.collect(tree);
        let checks = self.checks;
        let (ended, open) = std::mem::take(&mut self.open).into_iter().partition(|scope| scope.node == node);
        self.open = open;
        let ended: Vec<Scope> = ended;
        for mut scope in ended {
            if let Some(tests) = &checks[scope.check].per {
                if !tests.iter().all(|test| tree.holds(test, Context { here: node, detail: None })) {
                    continue;
                }
                self.ordinals[scope.check] += 1;
                scope.ordinal = self.ordinals[scope.check];
            }
            self.decide(&checks[scope.check], &scope, place)?;
        }
        Ok(())
    }

    fn decide(&mut self, check: &CompiledControl<'_>, scope: &Scope, place: Location<'_>) -> Result<()> {
        let control = check.control;
        let mut outcome = ControlOutcome {
            name: control.name.clone(),
            ordinal: scope.ordinal,
            declared: None,
            counted: String::new(),
            outcome: "skipped",
        };
        let counted = counted(check, scope);
        let Some(found) = &scope.found[0] else {
            outcome.counted = counted.ok().flatten().map_or_else(String::new, |sum| number::of_big(&sum));
            self.push(outcome);
            return Ok(());
        };
        let declared = found.number();
        outcome.declared = Some(declared.as_ref().map_or_else(|_| found.text.clone(), number::of_big));
        let problem = match (declared, counted) {
            (_, Ok(None)) => {
                self.push(outcome);
                return Ok(());
            }
            (Err(reason), _) | (_, Err(reason)) => Some(reason),
            (Ok(declared), Ok(Some(counted))) => {
                outcome.counted = number::of_big(&counted);
                (declared != counted).then(|| {
                    format!(
                        "the file declares {}, but {} was counted",
                        number::of_big(&declared),
                        outcome.counted
                    )
                })
            }
        };
        outcome.outcome = if problem.is_some() { "failed" } else { "passed" };
        self.push(outcome);
        let Some(problem) = problem else { return Ok(()) };
        let whose = if scope.ordinal > 0 { format!(" of element {}", scope.ordinal) } else { String::new() };
        let what = format!("control {:?}{whose} failed: {problem}", control.name);
        if control.refuse {
            return Err(place.refused(Code::ControlFailed, what));
        }
        let warning = format!("{}: line {}: {what}", printable(place.name), place.line);
        self.size += allocated(warning.capacity()) + size_of::<String>();
        self.warnings.push(warning);
        Ok(())
    }

    fn push(&mut self, outcome: ControlOutcome) {
        let texts = [Some(&outcome.name), outcome.declared.as_ref(), Some(&outcome.counted)];
        let texts = texts.into_iter().flatten().map(|text| allocated(text.capacity()));
        self.size += size_of::<ControlOutcome>() + texts.sum::<usize>();
        self.outcomes.push(outcome);
    }
}

/// `None`: one of the terms is declared by the file, and absent.
fn counted(check: &CompiledControl<'_>, scope: &Scope) -> Result<Option<BigDecimal>, String> {
    let mut total = BigDecimal::default();
    let mut found = scope.found.iter().skip(1);
    let mut sums = scope.sums.iter();
    for term in &check.control.equals {
        let value = match &term.value {
            TermValue::Count => BigDecimal::from(scope.elements),
            TermValue::Rows => BigDecimal::from(scope.rows),
            TermValue::Sum(_) => sums.next().map(|(_, sum)| sum.total()).unwrap_or_default(),
            TermValue::Path(_) => match found.next() {
                Some(Some(found)) => found.number()?,
                _ => return Ok(None),
            },
            TermValue::Number(text) => parse(text, false)?,
        };
        total = if term.negative { total - value } else { total + value };
    }
    Ok(Some(total))
}

impl Declared {
    fn number(&self) -> Result<BigDecimal, String> {
        parse(&self.text, self.negative)
    }
}

fn parse(text: &str, negative: bool) -> Result<BigDecimal, String> {
    let mut canonical = Vec::new();
    number::decimal(text, &mut canonical).map_err(|reason| format!("{:?} {reason}", excerpt(text)))?;
    if negative {
        number::negate(&mut canonical, 0, false).map_err(|reason| format!("{:?} {reason}", excerpt(text)))?;
    }
    let canonical = String::from_utf8(canonical).unwrap_or_default();
    BigDecimal::from_str(&canonical).map_err(|_| format!("{:?} is not a number", excerpt(text)))
}

/// The first match that has a value.
fn find(declared: &DeclaredNumber<'_>, scope: ElementId, tree: &Tree) -> Option<Declared> {
    let route = &declared.route;
    let mut found = None;
    let mut visit = |node: ElementId| {
        let Some(text) = tree.value(node, route.value).map(|at| tree.text(at).trim_ascii()) else {
            return true;
        };
        if text.is_empty() {
            return true;
        }
        let negative = declared.sign.as_ref().is_some_and(|code| is_negative(code, node, tree));
        found = Some(Declared { text: text.to_owned(), negative });
        false
    };
    let context = Context { here: scope, detail: None };
    match route.anchor {
        Anchor::Document => {
            tree.walk(DOCUMENT, &route.steps, &mut visit);
        }
        // The document has no `ancestor` of its own, so `Here(0)` cannot name it; `per` never is it.
        _ => tree.select(route, context, &mut visit),
    }
    found
}

fn is_negative(code: &SignCode<'_>, node: ElementId, tree: &Tree) -> bool {
    let context = Context { here: node, detail: None };
    for route in &code.routes {
        let mut found = None;
        tree.select(route, context, &mut |at| {
            found = tree.value(at, route.value).map(|at| tree.text(at).trim_ascii());
            found.is_none_or(str::is_empty)
        });
        if let Some(text) = found.filter(|text| !text.is_empty()) {
            return code.sign.means(text) == CodeMeans::Negative;
        }
    }
    code.sign.means("") == CodeMeans::Negative
}
