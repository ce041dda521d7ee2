//! Any bytes are converted or refused, and how they arrive changes nothing.

use super::conversion::{Drip, run};
use std::{path::Path, sync::OnceLock};
use tieout::feed::{self, Feed};

/// Every kind of path, option and control at once, with names and limits that a mutation can reach.
const FEED: &str = include_str!("feed.toml");
/// Several row sets, details, late values and look-ups: the file is read twice.
const SETS: &str = include_str!("sets.toml");

/// Converts `bytes` read whole and read in pieces.
pub fn check(bytes: &[u8]) {
    static FEEDS: OnceLock<[Vec<Feed>; 2]> = OnceLock::new();
    let feeds = FEEDS.get_or_init(|| [FEED, SETS].map(parsed));
    // Some byte in the middle decides, so that both feeds meet every kind of document.
    let choice = bytes.len() + usize::from(bytes.get(bytes.len() / 2).copied().unwrap_or_default());
    let feeds = &feeds[choice % feeds.len()];
    let (whole, pieces) = (run(feeds, || bytes), run(feeds, || Drip(bytes, choice)));
    assert_eq!(whole, pieces, "how the bytes arrive made a difference");
}

fn parsed(text: &str) -> Vec<Feed> {
    feed::parse(text, Path::new("feed.toml"), &|_| None).expect("the feed is right")
}
