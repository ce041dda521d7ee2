//! Buffers of the value reader that live as long as the conversion.

use crate::convert::paths::Span;

/// The buffers.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// Where the values of the current path stand: in the tree, or in `base`.
    pub spans: Vec<Span>,
    /// Values that are not in the tree, one after the other.
    pub base: String,
    pub raw: String,
    pub text: String,
    pub other: String,
    /// What routes with a memo found in the current row element.
    pub memos: Vec<Option<Memo>>,
}

/// What a route found.
#[derive(Debug)]
pub(super) struct Memo {
    /// It matched something, with or without a value.
    pub matched: bool,
    pub spans: Vec<Span>,
}

impl Buffers {
    /// Another row element begins.
    pub fn forget(&mut self, memos: usize) {
        self.memos.clear();
        self.memos.resize_with(memos, || None);
    }
}
