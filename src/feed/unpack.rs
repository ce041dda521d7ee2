//! What `[xml]` says about packed input: gzip, zstd, zip.

use super::table::KnownTable;

/// How packed files are read, all settable under `[xml]`.
#[derive(Debug, Clone)]
pub struct Unpack {
    /// Files of a zip archive whose names match are read, the others left out (`members`, default all).
    pub wanted: Option<String>,
    /// Members of a zip archive (`max_members`, default 1000).
    pub members: u64,
    /// Times its size that a file may unpack to, above 64 MiB (`max_ratio`, default 300).
    pub ratio: u64,
    /// Bytes that one document may unpack to (`max_unpacked`, default 64 GiB).
    pub unpacked: u64,
    /// Bytes that a zstd frame may ask to be kept in memory (`max_window`, default 8 MiB, which RFC 8878
    /// asks every program to support).
    pub window: u64,
}

impl Default for Unpack {
    fn default() -> Self {
        Self { wanted: None, members: 1000, ratio: 300, unpacked: 64 << 30, window: 8 << 20 }
    }
}

pub(super) fn unpack(table: &KnownTable<'_>) -> Unpack {
    let default = Unpack::default();
    Unpack {
        wanted: table.word("members").map(|text| text.value),
        members: table.number("max_members", 1, default.members),
        ratio: table.number("max_ratio", 1, default.ratio),
        unpacked: table.size("max_unpacked", default.unpacked),
        window: table.size("max_window", default.window),
    }
}
