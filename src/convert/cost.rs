//! What one conversion costs, for all its row sets together: the bytes that are written for the document, and those
//! that are held in memory at once. Both are bounded by the feed's limits, whatever the document holds.

use super::location::Location;
use crate::{
    error::{Error, Result},
    feed::Limits,
};
use std::{cell::Cell, rc::Rc};

/// Bytes that may be written, however short the document is.
const FREE: u64 = 256 << 20;
/// Bytes of a chunk that a row takes beside its values: id, line, checksum, quotes.
const ROW: u64 = 96;
/// The same of a value: quotes and comma.
const VALUE: u64 = 3;

/// What an allocation of so many bytes takes, roughly: the least is 32 bytes.
pub(super) fn allocated(bytes: usize) -> usize {
    16 + bytes.max(16)
}

/// The account of one conversion.
#[derive(Debug)]
pub(super) struct Cost {
    /// Times the document's length that may be written.
    factor: u64,
    /// Bytes that may be written.
    most: u64,
    written: Cell<u64>,
    memory: Rc<Memory>,
}

/// Bytes that may be held, and those that are.
#[derive(Debug)]
struct Memory {
    room: usize,
    held: Cell<usize>,
}

/// What one part of the conversion holds of that; given back when it goes.
#[derive(Debug)]
pub(super) struct Share {
    memory: Rc<Memory>,
    bytes: usize,
}

impl Cost {
    /// Of a document of so many bytes.
    pub fn new(limits: &Limits, bytes: u64) -> Self {
        let most = bytes.saturating_mul(limits.amplification).max(FREE);
        Self {
            factor: limits.amplification,
            most,
            written: Cell::new(0),
            memory: Rc::new(Memory { room: limits.row, held: Cell::new(0) }),
        }
    }

    /// A share that holds nothing yet.
    pub fn share(&self) -> Share {
        Share { memory: self.memory.clone(), bytes: 0 }
    }

    /// A row at this place is written to a chunk: so many values, of so many bytes.
    pub fn write(&self, values: usize, bytes: usize, place: Location<'_>) -> Result<()> {
        let written = self.written.get() + ROW + VALUE * values as u64 + bytes as u64;
        self.written.set(written);
        if written <= self.most {
            return Ok(());
        }
        let what = format!(
            "the rows take more than {} bytes, {} times the file's size ({} bytes are always allowed)",
            self.most, self.factor, FREE
        );
        Err(place.exceeded("max_amplification", what).with_hint(
            "a value above the rows is copied into each; take it out of the columns, or raise max_amplification \
             under [xml] if the file is right",
        ))
    }
}

impl Memory {
    #[cold]
    fn full(&self, place: Location<'_>) -> Error {
        let what = format!(
            "a row, what stands beside it, look-ups, groups and rejects take more than {} bytes of memory",
            self.room
        );
        place.exceeded("max_row", what)
    }
}

impl Share {
    /// So many bytes are held now.
    #[inline]
    pub fn hold(&mut self, bytes: usize, place: Location<'_>) -> Result<()> {
        let held = self.memory.held.get() - self.bytes + bytes;
        self.memory.held.set(held);
        self.bytes = bytes;
        if held <= self.memory.room { Ok(()) } else { Err(self.memory.full(place)) }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.memory.held.set(self.memory.held.get() - self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Location<'_> = Location { name: "x.xml", line: 7, byte: 70 };

    #[test]
    fn what_is_written_is_bounded_by_what_came_in() {
        let limits = Limits { amplification: 3, ..Limits::default() };
        for (bytes, most) in [(0, FREE), (1000, FREE), (FREE, 3 * FREE), (u64::MAX, u64::MAX)] {
            let cost = Cost::new(&limits, bytes);
            assert_eq!(cost.most, most);
        }
        let cost = Cost::new(&limits, 1000);
        let row = 1 << 20;
        assert!((0..255).all(|_| cost.write(2, row, HERE).is_ok()));
        let error = cost.write(2, row, HERE).unwrap_err();
        assert_eq!(
            error.to_string(),
            "x.xml: line 7, byte 70: the rows take more than 268435456 bytes, 3 times the file's size (268435456 bytes are always allowed)"
        );
        assert!(error.hint().contains("max_amplification"));
    }
    #[test]
    fn what_is_held_is_bounded_for_all_parts_together() {
        let cost = Cost::new(&Limits { row: 100, ..Limits::default() }, 0);
        let (mut one, mut other) = (cost.share(), cost.share());
        assert!(one.hold(60, HERE).is_ok() && other.hold(40, HERE).is_ok());
        assert!(other.hold(41, HERE).unwrap_err().to_string().contains("more than 100 bytes of memory"));
        drop(one);
        assert!(other.hold(100, HERE).is_ok());
    }
}
