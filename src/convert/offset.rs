//! Offsets into buffers that are bounded far below 4 GiB, in 32 bits.

/// The offset; buffers that could exceed it are refused before (`max_text`, `max_row`).
#[inline]
pub(super) fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
