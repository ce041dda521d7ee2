//! What the file declares about itself against what was counted: `[[control]]`. Which scopes are open, and what became
//! of those that ended. A scope is the whole file, an element above rows, a row element, or an element within one.

mod inner;
mod outcomes;

use super::{
    declared::{FoundNumbers, Way},
    judge::EndedScope,
    tally::{GroupId, Groups, NO_GROUP, Tally},
};
use crate::{
    convert::{
        cost::allocated,
        location::Location,
        paths::{Anchor, CompiledColumn, CompiledControl, Context, DOCUMENT, ElementId, Tree},
    },
    error::Result,
    model::ControlSummary,
};
use inner::{InnerScope, InnerScopes};
use outcomes::Outcomes;

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
    inner: InnerScopes,
    names: Groups,
    outcomes: Outcomes<'r>,
    /// Rows of the file.
    rows: u64,
    /// Some record of the current row element was kept.
    kept: bool,
    /// Bytes that scopes outside rows take.
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
        let mut controls = Self {
            checks,
            columns,
            open: Vec::new(),
            inner: InnerScopes::default(),
            names: Groups::new(),
            outcomes: Outcomes::new(checks, file),
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
        self.scopes + self.names.size + self.inner.size()
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
        self.inner.forget();
        self.kept = false;
    }

    /// A `per` element begins that is the row element or stands within it.
    pub fn begin_inner(&mut self, check: usize, node: ElementId) {
        self.inner.begin(check, node);
    }

    /// How many scopes of the current row element there are.
    pub fn inner(&self) -> usize {
        self.inner.all.len()
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
        let (checks, names) = (self.checks, &mut self.names);
        self.inner.count(node, tree, |check, tally| {
            let group = group_of_row(names, &checks[check], &value);
            tally.row(checks[check].control, group, &value)
        });
    }

    /// What became of a record of the row element or its detail `node`.
    pub fn record(&mut self, fate: Fate, node: ElementId, tree: &Tree) {
        self.kept |= fate == Fate::Kept;
        self.inner.count(node, tree, |_, tally| {
            match fate {
                Fate::Kept => tally.kept = true,
                Fate::Filtered => tally.filtered = true,
            }
            0
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
            for scope in &mut inner.all {
                if let Some(tally) = scope.tally.as_mut().filter(|_| scope.node == row) {
                    tally.elements = 1;
                }
                self.end_inner(scope, tree, place)?;
            }
            self.inner = inner;
        }
        self.inner.forget();
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
        let ended = EndedScope { control: check.control, tally, found: &found, names: &self.names };
        self.outcomes.judge(inner.check, &ended, place)
    }

    /// What a person should know of the controls' own feed.
    pub fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        self.outcomes.warnings()
    }

    /// What came of them, per control in order.
    pub fn summaries(&mut self) -> Vec<ControlSummary> {
        std::mem::take(&mut self.outcomes.summaries)
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
        self.outcomes.finish(self.rows, &self.names, place)
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
            let context = Context { here: node, detail: None };
            if !check.per.iter().flatten().all(|test| tree.holds(test, context)) {
                continue;
            }
            let ended = EndedScope {
                control: check.control,
                tally: &scope.tally,
                found: &scope.found,
                names: &self.names,
            };
            self.outcomes.judge(scope.check, &ended, place)?;
        }
        Ok(())
    }
}

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
