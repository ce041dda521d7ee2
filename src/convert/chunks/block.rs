//! Rows on their way from the converter's thread to the writer's.

/// Bytes of values, rows and values after which a block is full.
const BYTES: usize = 128 * 1024;
const ROWS: usize = 4096;
const VALUES: usize = 16 * 1024;

/// Canonical texts of rows, one after the other.
#[derive(Debug, Default)]
pub(in crate::convert) struct Block {
    columns: usize,
    /// All texts, and where each ends; the last row may be incomplete.
    pub values: Vec<u8>,
    ends: Vec<usize>,
    /// Where each complete row comes from.
    rows: Vec<Origin>,
}

/// Where a row comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The record's ordinal in its file.
    pub record: u64,
    /// The line of its element.
    pub line: u64,
}

impl Block {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }

    /// It is as large as a block shall be.
    pub(super) fn is_full(&self) -> bool {
        self.values.len() >= BYTES || self.rows.len() >= ROWS || self.ends.len() >= VALUES
    }

    /// It holds a row that is larger than blocks shall be.
    pub(super) fn is_large(&self) -> bool {
        self.values.len() > 2 * BYTES
    }

    /// Ready for other rows; what a large row took is given back.
    pub(super) fn clear(&mut self) {
        if self.is_large() {
            *self = Self::new(self.columns);
        }
        self.values.clear();
        self.ends.clear();
        self.rows.clear();
    }

    /// Values of each row.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Complete rows.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Where a complete row comes from.
    pub(super) fn origin(&self, row: usize) -> Origin {
        self.rows[row]
    }

    /// What was appended to `values` since the last call is the row's next value.
    pub fn end_value(&mut self) {
        self.ends.push(self.values.len());
    }

    /// The row that is being added is complete.
    pub(super) fn end_row(&mut self, record: u64, line: u64) {
        self.rows.push(Origin { record, line });
    }

    /// A value of the row that is being added.
    pub fn value(&self, column: usize) -> &[u8] {
        self.field(self.rows.len(), column)
    }

    /// Bytes of the row that is being added.
    pub fn row_bytes(&self) -> usize {
        self.values.len() - self.complete()
    }

    /// The row cannot be converted.
    pub fn undo_row(&mut self) {
        self.values.truncate(self.complete());
        self.values.shrink_to(2 * BYTES);
        self.ends.truncate(self.rows.len() * self.columns);
    }

    /// Bytes of complete rows.
    fn complete(&self) -> usize {
        let values = self.rows.len() * self.columns;
        if values == 0 { 0 } else { self.ends[values - 1] }
    }

    /// A value of any row.
    pub(super) fn field(&self, row: usize, column: usize) -> &[u8] {
        let n = row * self.columns + column;
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        &self.values[start..self.ends[n]]
    }
}

/// What the writer is told.
pub(super) enum ForWriter {
    Rows(Block),
    /// There are no more rows. A writer that never hears this has nothing to keep.
    End,
}
