//! What the file declares about itself against what was counted: `[[control]]`. Which scopes are open, and what became
//! of those that ended. A scope is the whole file, an element above rows, a row element, or an element within one.

use super::{
    codes::Codes,
    declared::{FoundNumbers, Way},
    judge::{EndedScope, Judgement},
    tally::{GroupId, Groups, NO_GROUP, Tally},
};
use crate::{
    convert::{
        cost::allocated,
        location::Location,
        paths::{Anchor, CompiledColumn, CompiledControl, Context, DOCUMENT, ElementId, Tree},
    },
    error::{Code, Result, printable},
    feed::{Absent, Control},
    model::{ControlCheck, ControlExample, ControlSummary},
};

/// A scope outside rows: the whole file or an open `per` element.
struct Scope {
    check: usize,
    node: ElementId,
    tally: Tally,
    /// Per declared path, in order.
    found: Vec<FoundNumbers>,
    /// Bytes that it takes beside the tally.
    bytes: usize,
}

/// A scope at the row element or within it, until the row element ends. They stand in the order of the document.
struct InnerScope {
    check: usize,
    node: ElementId,
    /// Absent while nothing was counted.
    tally: Option<Box<Tally>>,
}

/// A record that becomes a row, a bad row, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Filtered,
}

/// All controls of one file.
pub(super) struct Controls<'r> {
    checks: &'r [CompiledControl<'r>],
    columns: &'r [CompiledColumn<'r>],
    open: Vec<Scope>,
    inner: Vec<InnerScope>,
    names: Groups,
    /// Per control: how many `per` elements have ended.
    ordinals: Vec<u64>,
    /// Per control, in order.
    pub outcomes: Vec<ControlSummary>,
    /// Per control: sign codes of its numbers that no list names.
    codes: Vec<Codes>,
    /// Rows of the file.
    rows: u64,
    /// Some record of the current row element was kept.
    kept: bool,
    /// Bytes that scopes take.
    scopes: usize,
    /// Bytes of numbers that one scope may find at once …
    room: usize,
    /// … and one found more: the file takes too much memory.
    over: bool,
    /// An element that allows the file to be without rows was met.
    pub may_be_empty: bool,
}

impl<'r> Controls<'r> {
    /// `file`: the name of the document; `room`: bytes that are not worth counting one by one.
    pub fn new(
        checks: &'r [CompiledControl<'r>],
        columns: &'r [CompiledColumn<'r>],
        file: &str,
        room: usize,
    ) -> Self {
        let outcomes = checks.iter().map(|check| ControlSummary::new(&check.control.name, file));
        let mut controls = Self {
            checks,
            columns,
            open: Vec::new(),
            inner: Vec::new(),
            names: Groups::new(),
            ordinals: vec![0; checks.len()],
            outcomes: outcomes.collect(),
            codes: vec![Codes::default(); checks.len()],
            rows: 0,
            kept: false,
            scopes: 0,
            room,
            over: false,
            may_be_empty: false,
        };
        for (n, check) in checks.iter().enumerate() {
            if check.per.is_none() {
                controls.begin(n, DOCUMENT);
            }
        }
        controls
    }

    /// Bytes that are held, roughly.
    pub fn size(&self) -> usize {
        if self.over {
            return usize::MAX / 4;
        }
        self.scopes + self.names.size + self.inner.capacity() * size_of::<InnerScope>()
    }

    /// A `per` element outside rows (or the file) begins.
    pub fn begin(&mut self, check: usize, node: ElementId) {
        let numbers = self.checks[check].declared.len();
        let found: Vec<FoundNumbers> = (0..numbers).map(|_| FoundNumbers::default()).collect();
        let bytes = size_of::<Scope>() + allocated(size_of_val(found.as_slice()));
        self.scopes += bytes;
        self.open.push(Scope { check, node, tally: Tally::default(), found, bytes });
    }

    /// An element that may be a row element begins: nothing within it is known yet.
    pub fn begin_row(&mut self) {
        self.forget_inner();
        self.kept = false;
    }

    /// A `per` element begins that is the row element or stands within it.
    pub fn begin_inner(&mut self, check: usize, node: ElementId) {
        self.inner.push(InnerScope { check, node, tally: None });
    }

    /// How many scopes of the current row element there are.
    pub fn inner(&self) -> usize {
        self.inner.len()
    }

    /// A row element.
    pub fn element(&mut self) {
        for scope in &mut self.open {
            scope.tally.elements += 1;
        }
    }

    /// A row was written, of the row element or its detail `node`; `value` gives its canonical text per column.
    pub fn row<'v>(&mut self, node: ElementId, tree: &Tree, value: impl Fn(usize) -> &'v str) {
        self.rows += 1;
        for scope in &mut self.open {
            let control = self.checks[scope.check].control;
            let group = group_of_row(&mut self.names, &self.checks[scope.check], &value);
            self.scopes += scope.tally.row(control, group, &value);
        }
        for_each_inner(&mut self.inner, node, tree, |inner| {
            let group = group_of_row(&mut self.names, &self.checks[inner.check], &value);
            let tally = inner.tally.get_or_insert_with(|| {
                self.scopes += size_of::<Tally>();
                Box::default()
            });
            self.scopes += tally.row(self.checks[inner.check].control, group, &value);
        });
    }

    /// What became of a record of the row element or its detail `node`.
    pub fn record(&mut self, fate: Fate, node: ElementId, tree: &Tree) {
        self.kept |= fate == Fate::Kept;
        for_each_inner(&mut self.inner, node, tree, |inner| {
            let tally = inner.tally.get_or_insert_with(|| {
                self.scopes += size_of::<Tally>();
                Box::default()
            });
            match fate {
                Fate::Kept => tally.kept = true,
                Fate::Filtered => tally.filtered = true,
            }
        });
    }

    /// The row element has ended, and all its records are known.
    pub fn end_row(&mut self, row: ElementId, tree: &Tree, place: Location<'_>) -> Result<()> {
        if self.kept {
            let entering = |scope: &&mut Scope| self.checks[scope.check].enters_rows;
            for scope in self.open.iter_mut().filter(entering) {
                let check = &self.checks[scope.check];
                let way = Way::Through(row);
                let names = (&mut self.names, self.room);
                let more = collect(scope, way, check, by(self.columns, check), tree, names);
                self.over |= more > self.room;
                self.scopes += more;
            }
            let mut inner = std::mem::take(&mut self.inner);
            for scope in &mut inner {
                if let Some(tally) = scope.tally.as_mut().filter(|_| scope.node == row) {
                    tally.elements = 1;
                }
                self.end_inner(scope, tree, place)?;
            }
            self.inner = inner;
        }
        self.forget_inner();
        Ok(())
    }

    fn end_inner(&mut self, inner: &InnerScope, tree: &Tree, place: Location<'_>) -> Result<()> {
        let none = Tally::default();
        let tally = inner.tally.as_deref().unwrap_or(&none);
        if tally.filtered && !tally.kept {
            return Ok(());
        }
        let check = &self.checks[inner.check];
        let context = Context { here: inner.node, detail: None };
        if !check.per.iter().flatten().all(|test| tree.holds(test, context)) {
            return Ok(());
        }
        let by = by(self.columns, check);
        let mut found: Vec<FoundNumbers> = check.declared.iter().map(|_| FoundNumbers::default()).collect();
        for (found, declared) in found.iter_mut().zip(&check.declared) {
            let names = (&mut self.names, self.room);
            self.over |= found.collect(declared, by, (inner.node, Way::All), tree, names) > self.room;
        }
        let place = Location { line: tree.node(inner.node).line, ..place };
        self.ordinals[inner.check] += 1;
        let ordinal = self.ordinals[inner.check];
        let ended = EndedScope { control: check.control, tally, found: &found, names: &self.names };
        let (outcome, codes) = (&mut self.outcomes[inner.check], &mut self.codes[inner.check]);
        ended.judge(|one| {
            codes.see(&ended.unlisted(one.group));
            codes.count();
            remember(outcome, (ended.control, ended.names), ordinal, one, place)
        })
    }

    fn forget_inner(&mut self) {
        for inner in self.inner.drain(..) {
            if let Some(tally) = inner.tally {
                self.scopes -= size_of::<Tally>() + tally.size();
            }
        }
        if self.inner.capacity() > SPARE {
            self.inner.shrink_to(SPARE);
        }
    }

    /// What a person should know of the controls' own feed.
    pub fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        self.checks.iter().zip(&self.codes).filter_map(|(check, codes)| {
            let (name, codes) = (&check.control.name, codes.told()?);
            Some(format!(
                "control {name:?}: sign took codes as positive that no list names, in so many numbers: {}; name them in \
                 positive, and others fail the control",
                printable(&codes)
            ))
        })
    }

    /// Whether a number is looked for below any element.
    pub fn look_anywhere(&self) -> bool {
        self.checks.iter().flat_map(|one| &one.declared).any(|one| one.route.anchor == Anchor::Anywhere)
    }

    /// Takes what is declared so far in an element with rows, before that is forgotten.
    pub fn collect(&mut self, node: ElementId, tree: &Tree) {
        for scope in &mut self.open {
            let check = &self.checks[scope.check];
            let way = Way::Through(node);
            let names = (&mut self.names, self.room);
            let more = collect(scope, way, check, by(self.columns, check), tree, names);
            self.over |= more > self.room;
            self.scopes += more;
        }
    }

    /// The file ends: decides the controls on it, and names those whose `per` never occurred.
    pub fn finish(&mut self, tree: &Tree, place: Location<'_>) -> Result<()> {
        self.end(DOCUMENT, tree, place)?;
        for check in 0..self.checks.len() {
            let control = self.checks[check].control;
            let Some(per) = control.per.as_ref().filter(|_| self.ordinals[check] == 0) else { continue };
            if control.over_run {
                continue;
            }
            let expected = self.rows > 0 && control.absent != Absent::Accept;
            let checked = if expected { ControlCheck::NotDeclared } else { ControlCheck::Skipped };
            let problem = format!("there is no {} to check", per.text);
            let none =
                Judgement { checked, group: NO_GROUP, declared: None, counted: String::new(), problem };
            remember(&mut self.outcomes[check], (control, &self.names), 0, none, place)?;
        }
        Ok(())
    }

    /// The element ends: decides the controls on it.
    pub fn end(&mut self, node: ElementId, tree: &Tree, place: Location<'_>) -> Result<()> {
        if self.open.iter().all(|scope| scope.node != node) {
            return Ok(());
        }
        let checks = self.checks;
        let (ended, open) = std::mem::take(&mut self.open).into_iter().partition(|scope| scope.node == node);
        self.open = open;
        let ended: Vec<Scope> = ended;
        for mut scope in ended {
            let check = &checks[scope.check];
            let names = (&mut self.names, self.room);
            let more = collect(&mut scope, Way::All, check, by(self.columns, check), tree, names);
            self.over |= more > self.room;
            self.scopes += more;
            self.scopes -= scope.bytes + scope.tally.size();
            let mut ordinal = 0;
            if let Some(tests) = &check.per {
                if !tests.iter().all(|test| tree.holds(test, Context { here: node, detail: None })) {
                    continue;
                }
                self.ordinals[scope.check] += 1;
                ordinal = self.ordinals[scope.check];
            }
            let ended = EndedScope {
                control: check.control,
                tally: &scope.tally,
                found: &scope.found,
                names: &self.names,
            };
            let (outcome, codes) = (&mut self.outcomes[scope.check], &mut self.codes[scope.check]);
            ended.judge(|one| {
                codes.see(&ended.unlisted(one.group));
                codes.count();
                remember(outcome, (ended.control, ended.names), ordinal, one, place)
            })?;
        }
        Ok(())
    }
}

/// Remembers what came of one group of a scope, or refuses the file.
fn remember(
    outcome: &mut ControlSummary,
    (control, names): (&Control, &Groups),
    ordinal: u64,
    one: Judgement,
    place: Location<'_>,
) -> Result<()> {
    if control.over_run && one.checked != ControlCheck::Failed {
        outcome.add_up(one.declared.as_deref(), &one.counted, place.name);
        return Ok(());
    }
    let whose = if ordinal > 0 { format!(" of element {ordinal}") } else { String::new() };
    let (name, problem) = (&control.name, &one.problem);
    if one.checked == ControlCheck::Failed && control.refuse {
        let what = format!("control {name:?}{whose} failed: {problem}");
        return Err(place.refused(Code::ControlFailed, what));
    }
    if one.checked == ControlCheck::NotDeclared && control.absent == Absent::Refuse {
        let what = format!("control {name:?}{whose} cannot be checked: {problem}");
        return Err(place.refused(Code::ControlAbsent, what));
    }
    let example = ControlExample {
        file: place.name.to_owned(),
        ordinal,
        line: place.line,
        group: names.name(one.group).to_owned(),
        declared: one.declared,
        counted: one.counted,
        problem: one.problem,
    };
    outcome.add(one.checked, example);
    Ok(())
}

/// Scopes of one row element for which the room is kept.
const SPARE: usize = 1024;

/// The column that has the groups of the control's rows.
fn by<'r>(columns: &'r [CompiledColumn<'r>], check: &CompiledControl<'_>) -> Option<&'r CompiledColumn<'r>> {
    check.control.group.as_ref().map(|group| &columns[group.column])
}

fn group_of_row<'v>(
    names: &mut Groups,
    check: &CompiledControl<'_>,
    value: &impl Fn(usize) -> &'v str,
) -> GroupId {
    check.control.group.as_ref().map_or(NO_GROUP, |group| names.id(value(group.column)))
}

/// Looks for the scope's numbers; gives the bytes that they take more.
fn collect(
    scope: &mut Scope,
    way: Way,
    check: &CompiledControl<'_>,
    by: Option<&CompiledColumn<'_>>,
    tree: &Tree,
    (names, room): (&mut Groups, usize),
) -> usize {
    let mut more = 0;
    for (found, declared) in scope.found.iter_mut().zip(&check.declared) {
        more +=
            found.collect(declared, by, (scope.node, way), tree, (&mut *names, room.saturating_sub(more)));
    }
    scope.bytes += more;
    more
}

/// The inner scopes that are `node` or hold it.
fn for_each_inner(
    inner: &mut [InnerScope],
    node: ElementId,
    tree: &Tree,
    mut visit: impl FnMut(&mut InnerScope),
) {
    let Some(row) = inner.first().map(|first| first.node) else { return };
    let mut at = node;
    while at >= row && at != DOCUMENT {
        let first = inner.partition_point(|scope| scope.node < at);
        inner[first..].iter_mut().take_while(|scope| scope.node == at).for_each(&mut visit);
        at = tree.node(at).parent();
    }
}
