//! A feed, compiled for one conversion: paths as routes through the automaton, options as what has to
//! be done to a value. How it is compiled stands in `compile`.

use super::{
    automaton::Automaton,
    route::{Anchor, Route, SlotRule, Test},
    typed::CompiledKind,
};
use crate::feed;
use std::collections::BTreeSet;

/// A compiled feed.
pub(in crate::convert) struct CompiledFeed<'f> {
    /// All its paths at once, not yet begun.
    pub automaton: Automaton,
    pub rows: Vec<RowRule>,
    pub explode: Option<Route>,
    /// Records for which one of these holds are filtered out under its name.
    pub skip: Vec<(&'f str, Test)>,
    pub filter: Option<Test>,
    pub retractions: Vec<CompiledRetraction<'f>>,
    pub columns: Vec<CompiledColumn<'f>>,
    pub controls: Vec<CompiledControl<'f>>,
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
    /// The parameters that its conditions use.
    pub parameters: BTreeSet<String>,
    /// Elements beneath which rows may stand, where somebody asks for those without.
    pub parents: Option<Vec<ParentRule>>,
}

/// The beginning of a row path: an element that it matches has rows, or none.
pub(in crate::convert) struct ParentRule {
    /// So many levels beneath it a row would stand.
    pub levels: usize,
    /// What must hold of it.
    pub tests: Vec<Test>,
}

impl CompiledColumn<'_> {
    /// It may have a value where no row stands, but could, so many levels beneath an element.
    pub fn leads_above(&self, levels: usize) -> bool {
        let above = |route: &Route| match route.anchor {
            Anchor::Ancestor(up) => up >= levels,
            Anchor::Document => true,
            Anchor::Row | Anchor::Detail | Anchor::Here(_) | Anchor::Anywhere => false,
        };
        let factors = self.scale.iter().flat_map(|factor| &factor.routes);
        let codes = self.sign.iter().flat_map(|code| &code.routes);
        self.routes.iter().any(above) && factors.chain(codes).all(above)
    }
}

/// What else must hold for an element that matches a row path by its names.
pub(in crate::convert) struct RowRule {
    /// Known as soon as its attributes are.
    pub early: Vec<Test>,
    /// Known when the element ends.
    pub late: Vec<Test>,
}

/// Which records take others back, and where both have their ids.
pub(in crate::convert) struct CompiledRetraction<'f> {
    pub retraction: &'f feed::Retraction,
    pub when: Test,
    pub id: Vec<Route>,
    pub of: Vec<Route>,
    pub within: Vec<Route>,
    /// Each detail of a row element is a record of its own: it has an id, or a condition, of its own.
    pub per_detail: bool,
}

/// A compiled column.
pub(in crate::convert) struct CompiledColumn<'f> {
    pub column: &'f feed::Column,
    pub routes: Vec<Route>,
    pub sign: Option<SignCode<'f>>,
    pub scale: Option<Factor<'f>>,
    /// Index of the look-up whose entries its values name.
    pub lookup: Option<usize>,
    /// White space at both ends is no part of the value.
    pub trims: bool,
    /// No text option has to be applied.
    pub plain: bool,
    /// Every detail of one row element has the same value.
    pub shared: bool,
    pub kind: CompiledKind,
}

/// A sign code.
pub(in crate::convert) struct SignCode<'f> {
    pub routes: Vec<Route>,
    pub sign: &'f feed::Sign,
}

/// What a value is multiplied with or divided by.
pub(in crate::convert) struct Factor<'f> {
    pub routes: Vec<Route>,
    /// The same for every row.
    pub value: Option<&'f str>,
    pub divide: bool,
}

/// A compiled control.
pub(in crate::convert) struct CompiledControl<'f> {
    pub control: &'f feed::Control,
    /// Conditions on the `per` element; `None`: once per file.
    pub per: Option<Vec<Test>>,
    /// The declared number first, then the paths among the terms, in order.
    pub declared: Vec<DeclaredNumber<'f>>,
    /// Some of them may stand within the rows of a scope.
    pub enters_rows: bool,
}

/// A number that the file declares.
pub(in crate::convert) struct DeclaredNumber<'f> {
    pub route: Route,
    pub sign: Option<SignCode<'f>>,
    /// Where its group stands, from its element.
    pub by: Option<Route>,
}
