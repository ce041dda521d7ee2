//! Scopes of controls at the row element or within it. They are open until the row element ends.

use crate::convert::{
    paths::{DOCUMENT, ElementId, Tree},
    rows::tally::Tally,
};

/// One of them.
pub(super) struct InnerScope {
    pub check: usize,
    pub node: ElementId,
    /// Absent while nothing was counted.
    pub tally: Option<Box<Tally>>,
}

/// Those of the current row element, in the order of the document.
#[derive(Default)]
pub(super) struct InnerScopes {
    pub all: Vec<InnerScope>,
    /// Bytes that their tallies take.
    tallies: usize,
}

/// As many of one row element keep their room for the next.
const SPARE: usize = 1024;

impl InnerScopes {
    /// Bytes that they take, roughly.
    pub fn size(&self) -> usize {
        self.tallies + self.all.capacity() * size_of::<InnerScope>()
    }

    pub fn begin(&mut self, check: usize, node: ElementId) {
        self.all.push(InnerScope { check, node, tally: None });
    }

    pub fn forget(&mut self) {
        self.all.clear();
        self.tallies = 0;
        if self.all.capacity() > SPARE {
            self.all.shrink_to(SPARE);
        }
    }

    /// Counts in those that are `node` or hold it; `add` is given the control, and gives the bytes that it takes more.
    pub fn count(&mut self, node: ElementId, tree: &Tree, mut add: impl FnMut(usize, &mut Tally) -> usize) {
        let Some(row) = self.all.first().map(|first| first.node) else { return };
        let mut at = node;
        while at >= row && at != DOCUMENT {
            let first = self.all.partition_point(|scope| scope.node < at);
            for scope in self.all[first..].iter_mut().take_while(|scope| scope.node == at) {
                let tally = scope.tally.get_or_insert_with(|| {
                    self.tallies += size_of::<Tally>();
                    Box::default()
                });
                self.tallies += add(scope.check, tally);
            }
            at = tree.node(at).parent();
        }
    }
}
