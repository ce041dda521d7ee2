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
    /// Sign codes that were taken as positive, of the column that was read last.
    pub unlisted: Vec<String>,
    /// The pattern of the column that was read last does not match the value that is there.
    pub unmatched: bool,
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

/// Bytes that the buffers may keep for the next row.
const SPARE: usize = 1 << 20;

impl Buffers {
    /// Bytes in use, without those of memos.
    pub fn size(&self) -> usize {
        self.spans.capacity() * size_of::<Span>()
            + [&self.base, &self.raw, &self.text, &self.other].map(String::capacity).iter().sum::<usize>()
    }

    /// Bytes of what routes with a memo found.
    pub fn memos_size(&self) -> usize {
        self.memos.iter().flatten().map(|memo| size_of_val(memo.spans.as_slice())).sum()
    }

    /// What one large row took is free for the next one.
    pub fn shrink(&mut self) {
        if self.size() > SPARE {
            let memos = std::mem::take(&mut self.memos);
            *self = Self { memos, ..Self::default() };
        }
    }

    /// Another row element begins.
    pub fn forget(&mut self, memos: usize) {
        self.memos.clear();
        self.memos.resize_with(memos, || None);
    }
}
