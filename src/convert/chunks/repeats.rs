//! Keys that may have occurred before in the same run, in constant memory.
//!
//! Looking for repeated keys with `GROUP BY` over the whole stage costs the database as much as the join
//! itself. Here every key sets one bit of up to 2^27 (16 MiB); a key that finds its bit set *may* be a repeat, and the
//! database looks only at those. No repeat is missed: the bit of the first is set by then, also where two
//! files are read at once. A key that is marked in vain costs a look-up.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

/// Pages of 512 words of 64 bits, 4 KiB. All of them are 2^27 bits, 16 MiB when all are in use.
const PAGES: u64 = 4096;
const WORDS: u64 = 512;
/// Bytes of documents for which there is a page: half a bit a byte, and rows have dozens of bytes at least.
const READ: u64 = 64 << 10;
/// Pages that there always are.
const FEW: u64 = 16;

/// The keys of one run, all its files together.
pub struct Keys {
    /// A page comes into being with its first bit.
    pages: Vec<OnceLock<Vec<AtomicU64>>>,
}

impl Default for Keys {
    fn default() -> Self {
        Self::of(u64::MAX)
    }
}

impl Keys {
    /// The keys of documents of so many bytes.
    pub fn of(bytes: u64) -> Self {
        let pages = (bytes / READ).clamp(FEW, PAGES).next_power_of_two();
        Self { pages: (0..pages).map(|_| OnceLock::new()).collect() }
    }

    /// Adds a key, given as its fields; true where it may have been added before.
    pub fn add<'a>(&self, fields: impl Iterator<Item = &'a [u8]>) -> bool {
        let hash = hash(fields);
        let index = |n: u64| usize::try_from(n).unwrap_or_default();
        let pages = self.pages.len() as u64;
        let page =
            self.pages[index(hash % pages)].get_or_init(|| (0..WORDS).map(|_| AtomicU64::new(0)).collect());
        let mask = 1 << (hash >> 58);
        page[index((hash / pages) % WORDS)].fetch_or(mask, Ordering::Relaxed) & mask != 0
    }
}

/// FNV-1a over words of 8 bytes, with a final mix: the same on every machine, so that converting twice gives
/// the same bytes. Nothing depends on it but speed.
fn hash<'a>(fields: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |word: u64| {
        hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    };
    for field in fields {
        let (words, rest) = field.as_chunks();
        for word in words {
            add(u64::from_le_bytes(*word));
        }
        // The rest is shorter than a word, so its length separates the fields.
        add(rest.iter().fold(rest.len() as u64, |word, byte| word << 8 | u64::from(*byte)));
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repeat_is_seen_and_few_others() {
        let keys = Keys::default();
        let key = |n: u32| n.to_string().into_bytes();
        let in_vain = (0..100_000).filter(|n| keys.add([key(*n).as_slice()].into_iter())).count();
        assert!(in_vain < 200, "{in_vain}");
        assert!((0..100_000).all(|n| keys.add([key(n).as_slice()].into_iter())));
    }

    #[test]
    fn few_bytes_hold_few_keys_and_take_little_memory() {
        let count = |bytes: u64| Keys::of(bytes).pages.len() as u64;
        assert_eq!([0, 1 << 20, 3 << 20, 256 << 20, u64::MAX].map(count), [FEW, 16, 64, PAGES, PAGES]);
        // Rows of 40 bytes.
        let keys = Keys::of(4_000_000);
        let key = |n: u32| n.to_string().into_bytes();
        let in_vain = (0..100_000).filter(|n| keys.add([key(*n).as_slice()].into_iter())).count();
        assert!(in_vain < 4000, "{in_vain}");
        assert!((0..100_000).all(|n| keys.add([key(n).as_slice()].into_iter())));
    }
}
