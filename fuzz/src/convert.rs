//! Any bytes are converted or refused, and how they arrive changes nothing.

use super::conversion::{Drip, run};
use std::{path::Path, sync::OnceLock};
use tieout::feed::{self, Feed};

/// Every kind of path, option and control at once, with names and limits that a mutation can reach.
const FEED: &str = include_str!("feed.toml");

/// Converts `bytes` read whole and read in pieces.
pub fn check(bytes: &[u8]) {
    static FEEDS: OnceLock<[Feed; 2]> = OnceLock::new();
    let feeds = FEEDS.get_or_init(|| {
        let parse =
            |text: &str| feed::parse(text, Path::new("feed.toml"), &|_| None).expect("the feed is right");
        let exploded = FEED.replace("row = \"s/e\"", "row = \"s/e\"\nexplode = \"n/t\"");
        [parse(FEED), parse(&exploded)]
    });
    // Some byte in the middle decides, so that both feeds meet every kind of document.
    let choice = bytes.len() + usize::from(bytes.get(bytes.len() / 2).copied().unwrap_or_default());
    let feed = &feeds[choice % feeds.len()];
    assert_eq!(run(feed, bytes), run(feed, Drip(bytes, choice)), "how the bytes arrive made a difference");
}
